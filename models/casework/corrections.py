"""Corrections that are owed: a notice is in public, and what it stood on is gone.

Its evidence was withdrawn, or no longer counts, or another verdict replaced its own. The store keeps
the list by triggers, whoever took the ground away (``models.schema.m0006_evidence``); the known
claim that says the same is suspended meanwhile. A correction is no longer owed once the notice was
retracted, or a newer one on the verdict in force is out, or the evidence carries it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models.store import Store, now, time

DUE = timedelta(hours=24)
DUE_HAZARD = timedelta(hours=2)  # as the lead to the competent department (gates.LEAD_HOURS)


@dataclass(frozen=True)
class Owed:
    """One notice in public that nothing carries any more."""

    notice_id: int
    number: str  # 〔2026〕87 号
    title: str
    case_id: int
    case_number: str
    why: str  # evidence, verdict
    since: datetime
    due_at: datetime

    @property
    def reason(self) -> str:
        return {
            "evidence": "证据撤下或不再计入，撑不起这份通告",
            "verdict": "结论已经改了，通告还是原来的结论",
        }[self.why]


def owed(db: Store) -> list[Owed]:
    """All that are owed now, the one due first at the head."""
    return sorted(_owed(db.rows(_OWED)), key=lambda each: each.due_at)


def of_case(db: Store, case_id: int) -> list[Owed]:
    """Those of one case, the oldest first."""
    return _owed(db.rows(_OWED + " AND n.case_id = ? ORDER BY o.id", case_id))


_OWED = """SELECT o.notice_id, n.number, r.title, n.case_id, c.number AS case_number, c.hazard,
    o.why, o.since FROM owed_corrections o JOIN notices n ON n.id = o.notice_id
    JOIN revisions r ON r.notice_id = n.id AND r.revision = n.revision
    JOIN cases c ON c.id = n.case_id WHERE o.ended_at IS NULL"""


def _owed(rows: Sequence[dict[str, Any]]) -> list[Owed]:
    found = []
    for row in rows:
        since = time(row["since"]) or now()
        due = since + (DUE_HAZARD if row.pop("hazard") else DUE)
        found.append(Owed(**(row | {"since": since, "due_at": due})))
    return found
