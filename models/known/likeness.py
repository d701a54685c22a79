"""Which known claims a case is like. A likeness moves no state and is no evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from models import audit
from models.known.claims import Known, known_of_row
from models.people import officers
from models.store import Store

SHOWN = 5  # known claims beside a case
WAY = 2  # of comparing; with another one every open case is compared anew


class Relation(StrEnum):
    """What a wording has to do with a known claim."""

    SAME = "same"
    OPPOSITE = "opposite"
    ELSEWHERE = "elsewhere"
    CHANGED = "changed"
    RELATED = "related"

    @property
    def tells(self) -> bool:
        """Whether it is the same story, as it is told or with other names: what was found of the known
        claim may be of use. What says the opposite is not: that the old story was false is no reason
        to doubt who denies it."""
        return self in (Relation.SAME, Relation.ELSEWHERE, Relation.CHANGED)

    @property
    def label(self) -> str:
        return {
            "same": "同一说法",
            "opposite": "说法相反",
            "elsewhere": "同一故事，地点或车牌不同",
            "changed": "同一故事，时间或数字不同",
            "related": "相关说法",
        }[self.value]


@dataclass(frozen=True)
class Match:
    """One known claim that a wording resembles. ``score``: 0..1, how often a match like this one
    was the same claim."""

    claim_id: int
    score: float
    relation: Relation


@dataclass(frozen=True)
class Likeness:
    """A case's link to a known claim."""

    known: Known
    score: float
    relation: Relation


def link(db: Store, case_id: int, matches: Sequence[Match], library: int) -> None:
    """Keep which known claims a case is like, found in this edition of the library. No state moves.

    Left out are the claim that the case's own notice made, and what was withdrawn meanwhile.
    """
    with db.atomic():
        old = {item.known.id: item for item in of_case(db, case_id)}
        db.conn.execute("DELETE FROM case_claims WHERE case_id = ?", [case_id])
        db.conn.executemany(
            "INSERT OR IGNORE INTO case_claims SELECT ?, id, ?, ?, ? FROM claims WHERE id = ?"
            " AND withdrawn_at IS NULL AND NOT (origin = 'own' AND native_id = ?)",
            [
                [case_id, each.score, each.relation.value, library, each.claim_id, str(case_id)]
                for each in matches
            ],
        )
        found = of_case(db, case_id)
        first = next((item for item in found if item.relation is not Relation.RELATED), None)
        if first and first.known.id not in old:
            detail = {"claim": first.known.id, "likeness": round(first.score, 4)}
            audit.append(db, officers.MACHINE, "case.like", f"case:{case_id}", detail)
        told = {item.known.id: item for item in found} != old
        db.conn.execute(
            "UPDATE cases SET known_checked = ?, ticks = ticks + ? WHERE id = ?",
            [compared(library), int(told), case_id],
        )


def compared(library: int) -> str:
    """What a case says that was compared with this edition of the library in the way of today."""
    return f"{WAY}:{library}"


def of_case(db: Store, case_id: int, limit: int = SHOWN) -> list[Likeness]:
    """The known claims a case is like, but withdrawn ones: the same claim first, then the same
    story told otherwise, then what says the opposite."""
    return [
        Likeness(known_of_row(row), row["score"], Relation(row["relation"]))
        for row in db.query(
            "SELECT c.*, l.score, l.relation FROM case_claims l JOIN claims c ON c.id = l.claim_id"
            " WHERE l.case_id = ? AND c.withdrawn_at IS NULL ORDER BY"
            " CASE l.relation WHEN 'same' THEN 0 WHEN 'elsewhere' THEN 1 WHEN 'changed' THEN 1"
            " WHEN 'opposite' THEN 2 ELSE 3 END,"
            " l.score DESC, c.id LIMIT ?",
            [case_id, limit],
        )
    ]
