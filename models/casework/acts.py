"""Acts: what was done to a case itself, in old and new words, and whose hand did it.

Written once. The store refuses a change of a signed column (``SIGNED``) that the newest act of its
kind does not name, so that nobody steers a case and leaves no hand in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.harm import Topic
from models.roles import Officer
from models.store import Store, now, stamp, time

SIGNED = {  # a column of a case -> the act that changes it
    "claim": "claim",
    "topic": "topic",
    "lead_sent_to": "lead",
    "sample_status": "sample",
    "dismissed_for": "dismissal",
}
MOVES = ("wait", "reopen", "pick")  # acts without words; a bare claim and release are none
HANDS = {  # what is said of a hand; of several, the first
    "verdict": "核定了本案",
    "closing": "提过按“非事实主张”结案",
    "evidence": "添加了证据",
    "withdrawal": "撤下过证据",
    "text": "写过本案的通告",
    "submit": "送审过本案的通告",
    "retract": "撤回过本案的通告",
    "claim": "改写过说法",
    "topic": "定过危害类",
    "lead": "转过预警线索",
    "sample": "写过留样状态",
    "dismissal": "办过或提过不立案",
    "wait": "转过待补证",
    "reopen": "重新核查过本案",
    "pick": "从线下立了本案",
}
HERE = {"text": "改过本稿", "submit": "送审了本稿"}  # of the notice that is looked at
ORDER = tuple(HANDS)


@dataclass(frozen=True)
class Act:
    """One act on a case. ``was`` and ``became`` are "" where it has no words, or nobody kept them."""

    how: str  # claim, topic, lead, sample, dismissal, or one of MOVES
    was: str
    became: str
    by: int  # 0: the machine, whose hand is nobody's
    at: datetime


def sign(db: Store, case_id: int, changed: Mapping[str, Any], by: Officer) -> None:
    """Name who is about to change these columns of a case, in the caller's transaction."""
    columns = [column for column in SIGNED if column in changed]
    if not columns:
        return
    old = db.row("SELECT * FROM cases WHERE id = ?", case_id) or {}
    for column in columns:
        at = changed.get("lead_sent_at") if column == "lead_sent_to" else None
        add(db, case_id, SIGNED[column], by, str(old[column]), str(changed[column]), at)


def add(
    db: Store,
    case_id: int,
    how: str,
    by: Officer,
    was: str = "",
    became: str = "",
    at: str | None = None,
) -> None:
    """Keep an act, in the caller's transaction; at ``at`` as stored, else now."""
    act = {"case_id": case_id, "how": how, "was": was, "became": became, "by": by.id}
    db.insert("case_acts", act | {"at": at or stamp(now())})


def of_case(db: Store, case_id: int, how: str) -> list[Act]:
    """All acts of one kind on a case, oldest first: the wordings or topics it ever had."""
    return [
        Act(row["how"], row["was"], row["became"], row["by"], time(row["at"]) or now())
        for row in db.rows(
            "SELECT * FROM case_acts WHERE case_id = ? AND how = ? ORDER BY id", case_id, how
        )
    ]


def hands(db: Store, case_id: int, notice_id: int = 0) -> dict[int, str]:
    """Officer id -> how they acted on this case, by any act on it or on any of its notices.

    Undone is not unmade: what was taken back leaves its hand. ``notice_id``: of whose own text and
    submission the words speak.
    """
    rows = db.rows("SELECT by, how, notice_id FROM hands WHERE case_id = ?", case_id)
    found: dict[int, str] = {}
    for row in sorted(rows, key=lambda row: ORDER.index(row["how"])):
        words = HANDS | HERE if row["notice_id"] == notice_id else HANDS
        found.setdefault(row["by"], words[row["how"]])
    return found


def fields(db: Store, case_id: int) -> tuple[Topic, ...]:
    """The hazards that machine or officer ever named for a case, in the order of ``Topic``."""
    named = {
        row["topic"] for row in db.rows("SELECT topic FROM case_fields WHERE case_id = ?", case_id)
    }
    return tuple(topic for topic in Topic if topic.value in named)
