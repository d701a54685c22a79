"""车牌与地名: what a claim names that can be checked, with what its own text tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from desk import clock
from desk.templatetags.told import told_to
from models.casework.records import Case
from models.china_time import in_china
from models.ranking.records import Entity
from models.roles import Officer

WEEKDAYS = "一二三四五六日"
SORTS = {"place": "地名", "hospital": "医院", "school": "学校", "time": "时间", "phone": "电话"}
ICONS = {"time": "calendar", "phone": "person", "count": "person"}


@dataclass(frozen=True)
class Plate:
    """A plate with its grammar; the number-series tables are the office's data, not ours."""

    value: str  # as this officer may see it
    colour: str
    grammar: str  # 格式成立，大型…, or 格式不成立：…
    sound: bool
    parts: tuple[tuple[str, str], ...]  # piece of the plate, what it means


@dataclass(frozen=True)
class Thing:
    icon: str
    text: str
    told: str


def plates(case: Case, officer: Officer) -> tuple[Plate, ...]:
    """The plates named, the most named first."""
    found = [entity for entity in case.entities if entity.kind == "plate"]
    return tuple(_plate(entity, officer) for entity in found[:4])


def _plate(entity: Entity, officer: Officer) -> Plate:
    facts = entity.facts
    value = told_to(entity.value, officer)
    form = facts.get("格式", "")
    sound = not form.startswith("不成立")
    serial = "序号" if sound else form.removeprefix("不成立：")
    return Plate(
        value=value,
        colour=_colour(entity),
        grammar="，".join(
            filter(None, (f"格式{form}" if sound else "格式不成立", facts.get("车型")))
        ),
        sound=sound,
        parts=(
            (value[:1], facts.get("省", "—")),
            (value[1:2], facts.get("发牌地") or facts.get("代号", "—")),
            (value[2:], f"{serial}，号段表未登记" if sound else serial),
        ),
    )


def _colour(entity: Entity) -> str:
    """The colour that follows from the form of a plate; "" where a heavy vehicle may have it too."""
    kind = entity.facts.get("车型", "")
    if kind in ("挂车", "教练汽车") or kind.startswith("大型"):
        return "yellow"
    return "blue" if len(entity.value) == 7 and not kind else ""


def others(case: Case, officer: Officer) -> tuple[Thing, ...]:
    """Places, times and counts, the most named first."""
    return tuple(_thing(entity, officer) for entity in case.entities if entity.kind != "plate")[:8]


def _thing(entity: Entity, officer: Officer) -> Thing:
    facts = entity.facts
    if entity.kind == "time":
        told = _weekday(facts.get("日期", "")) or "写得含糊，以首帖时间为准"
    elif entity.kind == "count":
        told = " ".join(filter(None, (facts.get("对象"), facts.get("数"), facts.get("单位"))))
    else:
        told = "，".join(filter(None, (SORTS.get(entity.kind), facts.get("依据"))))
    text = told_to(entity.text, officer)
    return Thing(
        ICONS.get(entity.kind, "place"), f"“{text}”" if entity.kind == "time" else text, told
    )


def _weekday(day: str) -> str:
    """2026-11-25 as 11 月 25 日，周三."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return ""
    return f"{found.month} 月 {found.day} 日，周{WEEKDAYS[found.weekday()]}"


def first_seen(case: Case) -> str:
    """首帖 11 月 25 日 00:14，周三"""
    here = in_china(case.first_at)
    return f"首帖 {clock.day(here)} {here:%H:%M}，周{WEEKDAYS[here.weekday()]}"


def place(entities: Sequence[Entity]) -> str:
    """Where the claim is set, for the head of a page; "" where it names no place. A local name goes
    before a city that every dictionary knows."""
    places = [entity for entity in entities if entity.kind == "place"]
    local = [entity for entity in places if entity.facts.get("依据") != "词典"]
    return next((entity.value for entity in (*local, *places)), "")
