"""The word of a verdict."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """The verdict word, derived from the two answers (``models.casework.workflow.outcomes``)."""

    FALSE = "false"
    MISLEADING = "misleading"
    OUTDATED = "outdated"
    TRUE = "true"
    UNVERIFIED = "unverified"
    NOT_A_CLAIM = "not_a_claim"

    @property
    def label(self) -> str:
        return {
            "false": "不实",
            "misleading": "误导",
            "outdated": "旧闻",
            "true": "属实",
            "unverified": "暂无法核实",
            "not_a_claim": "非事实主张",
        }[self.value]
