"""Lessons that an officer took out: the model does not learn from the decision on this case.

The decision itself stays in force. Whoever takes lessons away steers the model as much as whoever
gives them. So each withdrawal needs a reason, leaves an audit entry, and is limited in number for
the lessons of other officers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models import audit
from models.casework import cases
from models.errors import RuleBroken
from models.learning import lessons
from models.people import officers
from models.personal.admission import clean
from models.roles import Officer
from models.store import Store, now, stamp, time

OTHERS_A_DAY = 20  # lessons of other officers that one account may withdraw within a day
REASON_CHARS = 200


@dataclass(frozen=True)
class Withdrawal:
    """A case that teaches nothing: who said so, when and why. ``version`` is the case's, now."""

    case_id: int
    number: str
    version: int
    by: int
    at: datetime
    reason: str


_WITHDRAWN = """SELECT l.*, c.number, c.version FROM withdrawn_lessons l
    JOIN cases c ON c.id = l.case_id"""


def of_case(db: Store, case_id: int) -> Withdrawal | None:
    """The withdrawal of this case; None where it teaches."""
    row = db.row(f"{_WITHDRAWN} WHERE l.case_id = ?", case_id)
    return _of_row(row) if row else None


def newest(db: Store, limit: int) -> list[Withdrawal]:
    """At most ``limit`` withdrawals that were not undone, the newest first."""
    ordered = f"{_WITHDRAWN} ORDER BY l.at DESC, l.case_id DESC LIMIT ?"
    return [_of_row(row) for row in db.rows(ordered, limit)]


def count(db: Store) -> int:
    """How many withdrawals were not undone."""
    return int(db.value("SELECT count(*) FROM withdrawn_lessons"))


def withdraw(
    db: Store, case_id: int, version: int | None = None, *, reason: str, by: Officer
) -> None:
    """This case teaches nothing from now on, nor when it is decided anew. Undone by ``put_back``.

    Of other officers' lessons one account may withdraw ``OTHERS_A_DAY`` within a day. Raises
    ``RuleBroken`` beyond that, without a reason, and where there is no lesson; ``Conflict`` where
    the case moved since ``version``.
    """
    reason = clean(reason, REASON_CHARS)
    if len(reason) < 2:
        raise RuleBroken("reason", "没有写理由", "写明为什么不该作为样例")
    with db.atomic():
        officers.require(db, by, "decide")
        case = cases.fresh(db, case_id, version)
        if of_case(db, case_id):
            return
        decided = lessons.decision(db, case_id)
        if decided is None or decided.label is None:
            raise RuleBroken("no-lesson", f"案件{case.number}现在不是样例", "有了结论才能撤下")
        if decided.by != by.id and _of_others(db, by) >= OTHERS_A_DAY:
            raise RuleBroken(
                "lessons-of-others",
                f"一天内最多撤下他人的 {OTHERS_A_DAY} 条样例",
                "请另一名核查员来撤，或明天再撤",
            )
        row = {"case_id": case_id, "by": by.id, "at": stamp(now()), "reason": reason}
        db.insert("withdrawn_lessons", row)
        _said(db, by, "lesson.withdraw", case_id, {"reason": reason, "of": decided.by})


def put_back(db: Store, case_id: int, version: int | None = None, *, by: Officer) -> None:
    """The case teaches again. Raises ``Conflict`` where it moved since ``version``."""
    with db.atomic():
        officers.require(db, by, "decide")
        cases.fresh(db, case_id, version)
        gone = db.conn.execute("DELETE FROM withdrawn_lessons WHERE case_id = ?", [case_id])
        if gone.rowcount:
            _said(db, by, "lesson.put_back", case_id, {})


def _said(db: Store, by: Officer, action: str, case_id: int, detail: Mapping[str, object]) -> None:
    cases.write(db, case_id, {})  # counts a version: a page drawn before is stale
    audit.append(db, by, action, f"case:{case_id}", detail)


def _of_others(db: Store, by: Officer) -> int:
    return int(
        db.value(
            "SELECT count(*) FROM audit WHERE actor = ? AND action = 'lesson.withdraw' AND at > ?"
            " AND json_extract(detail, '$.of') <> ?",
            audit.actor(by),
            stamp(now() - timedelta(days=1)),
            by.id,
        )
    )


def _of_row(row: Mapping[str, Any]) -> Withdrawal:
    at = time(row["at"]) or now()
    return Withdrawal(row["case_id"], row["number"], row["version"], row["by"], at, row["reason"])
