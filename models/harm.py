"""The harm a claim could do."""

from __future__ import annotations

from enum import StrEnum


class Topic(StrEnum):
    """The harm a claim could do. Hazard topics need a third person (RELIABILITY 3.2, 3.4)."""

    EPIDEMIC = "epidemic"
    FOOD = "food"
    DISASTER = "disaster"
    MEDICINE = "medicine"
    PRODUCTION = "production"
    SAFETY = "safety"  # crime, children, traffic
    SCHOOL = "school"
    FINANCE = "finance"
    UTILITY = "utility"  # water, power, transport
    POLICY = "policy"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "epidemic": "疫情",
            "food": "食品",
            "disaster": "灾害",
            "medicine": "用药",
            "production": "生产安全",
            "safety": "治安",
            "school": "校园",
            "finance": "金融",
            "utility": "水电交通",
            "policy": "政策",
            "other": "其他",
        }[self.value]

    @property
    def hazard(self) -> bool:
        return self in HAZARDS


HAZARDS = frozenset({Topic.EPIDEMIC, Topic.FOOD, Topic.DISASTER, Topic.MEDICINE, Topic.PRODUCTION})
