"""等第二人: proposals to dismiss a case, which a colleague may agree to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.casework import closings
from models.casework.cases import DISMISS_REASONS
from models.casework.closings import Closing
from models.casework.records import Case
from models.roles import Officer
from models.store import Store


@dataclass(frozen=True)
class Proposed:
    """One proposal as the case's page says it."""

    reason: str  # a key of DISMISS_REASONS
    word: str
    by: str  # 值班 03
    at: datetime
    mine: bool  # the officer who looks may not agree to it


def proposed(
    found: Sequence[Closing], labels: Mapping[int, str], officer: Officer
) -> list[Proposed]:
    """The proposals as this officer sees them."""
    return [
        Proposed(
            each.reason,
            DISMISS_REASONS[each.reason],
            labels.get(each.by, ""),
            each.at,
            each.by == officer.id,
        )
        for each in found
    ]


def lines(db: Store, case: Case, labels: Mapping[int, str]) -> tuple[str, ...]:
    """Who proposes to end the case, and how: a sentence each, for lists and the queue's preview."""
    found = [
        f"{labels.get(each.by, '')} 提议不立案：{DISMISS_REASONS[each.reason]}"
        for each in closings.dismissals(db, case)
    ]
    if case.hazard and (closing := closings.proposal(db, case)):
        found.append(f"{labels.get(closing.by, '')} 提议按“非事实主张”结案")
    return tuple(found)
