"""Beside a case those that may tell the same story, in the words of the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from classifier.likeness import differing
from desk import changed
from desk.changed import Changed
from desk.templatetags.told import told_to
from models.casework import neighbours
from models.casework.neighbours import Neighbour
from models.casework.records import Case, CaseState
from models.roles import Officer
from models.store import Store

COMMON = 4  # things named that both have


@dataclass(frozen=True)
class Beside:
    """A case that may tell the same story. ``spans``: pieces of its claim, and whether the other is worded
    otherwise there."""

    case: Case
    relation: str
    spans: tuple[tuple[str, bool], ...]
    common: tuple[str, ...]
    changes: tuple[Changed, ...]  # from this case to that one, by kind
    held: str  # by whom, or that it has ended


def of_case(
    db: Store, case: Case, officer: Officer, labels: Mapping[int, str]
) -> tuple[Beside, ...]:
    """What ``models.casework.neighbours`` holds of a case, for this officer."""
    said = told_to(case.claim, officer)
    return tuple(
        _beside(each, case, said, officer, labels) for each in neighbours.of_case(db, case.id)
    )


def _beside(
    found: Neighbour, case: Case, said: str, officer: Officer, labels: Mapping[int, str]
) -> Beside:
    text = told_to(found.case.claim, officer)
    return Beside(
        case=found.case,
        relation=found.relation.label,
        spans=tuple(differing.differing(said, text)),
        common=tuple(told_to(name, officer) for name in _common(case, found.case)),
        changes=changed.from_known(said, text),
        held=_held(found.case, officer, labels),
    )


def _common(one: Case, other: Case) -> list[str]:
    """Things that both name, as this case writes them."""
    theirs = {(entity.kind, entity.value) for entity in other.entities}
    named = (e.text for e in one.entities if (e.kind, e.value) in theirs)
    return [*dict.fromkeys(named)][:COMMON]


def _held(case: Case, officer: Officer, labels: Mapping[int, str]) -> str:
    if not case.state.open:
        return "只能看"
    if not case.holder_id:
        return "待领取" if case.state is CaseState.WAITING else "没有人在核"
    return "你在核" if case.holder_id == officer.id else f"{labels.get(case.holder_id, '')} 在核"
