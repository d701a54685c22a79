"""What one alone may not end takes two: one proposes, another one does it.

A hazard is ended as 非事实主张 by two verifiers, at the verdict; a case that holds evidence or a
verdict is dismissed by two who may dismiss (``holding.takes_two``). A proposal holds for the claim
and the evidence as its author saw them, until there is a verdict, and while its author's account is
in use; one to dismiss also for the topic, and until a dismissal is taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.casework import cases, evidence, gates, holding, workflow
from models.casework.records import Case, Literal
from models.errors import Conflict, RuleBroken
from models.outcome import Outcome
from models.people import officers
from models.personal.admission import clean
from models.roles import Officer
from models.store import Store, now, stamp, time


@dataclass(frozen=True)
class Closing:
    """A proposal to end a case: to dismiss it for ``reason``; "": to decide that it is no claim."""

    id: int
    case_id: int
    reason: str
    ground: str
    by: int
    at: datetime


def proposal(db: Store, case: Case) -> Closing | None:
    """The newest proposal of 非事实主张 on the case that still holds, whoever made it."""
    found = _open(db, case)
    return found[0] if found else None


def _open(db: Store, case: Case) -> list[Closing]:
    rows = db.rows(
        "SELECT * FROM open_closings WHERE case_id = ? AND evidence_hash = ? ORDER BY id DESC",
        case.id,
        evidence.set_hash(evidence.of_case(db, case.id)),
    )
    return [_closing(row) for row in rows]


def _closing(row: dict[str, Any]) -> Closing:
    return Closing(
        row["id"],
        row["case_id"],
        row["reason"],
        row["ground"],
        row["by"],
        time(row["at"]) or now(),
    )


def check(db: Store, case: Case, by: Officer) -> None:
    """Raise ``RuleBroken`` where ``by`` would close a hazard alone."""
    if case.hazard and not any(each.by != by.id for each in _open(db, case)):
        raise RuleBroken(
            "two-people",
            f"{case.topic.label}类按“非事实主张”结案要两个人",
            "一位核查员提议，另一位核查员看过再核定",
        )


def propose(
    db: Store,
    case_id: int,
    version: int | None,
    *,
    ground: str,
    by: Officer,
    evidence_hash: str = "",
) -> Case:
    """提议按非事实主张结案. The case goes back to the queue, for another verifier to take.

    ``evidence_hash``: the evidence that the officer saw ("": do not compare). Raises ``Conflict``
    where case or evidence moved on or a colleague holds the case, ``RuleBroken`` where a notice of
    it is out or the officer's own proposal still waits.
    """
    ground = clean(ground, 1000)
    with db.atomic():
        officers.require(db, by, "decide")
        case = cases.fresh(db, case_id, version)
        workflow.move(case, "propose")
        holding.check_decision(db, case, by)
        holding.check_nothing_out(db, case, "按“非事实主张”结案")
        items = evidence.of_case(db, case_id)
        found = evidence.set_hash(items)
        if evidence_hash and evidence_hash != found:
            raise Conflict("证据刚有变化，没有提议", mend="看过新证据再交一次；你的回答还在")
        gates.check_verdict(case, items, Literal.UNKNOWN, Outcome.NOT_A_CLAIM, ground)
        if any(each.by == by.id for each in _open(db, case)):
            raise RuleBroken("two-people", "你已提议过", "由另一位核查员看过再核定")
        row = {"case_id": case_id, "claim": case.claim, "evidence_hash": found, "ground": ground}
        db.insert("closings", row | {"by": by.id, "at": stamp(now())})
        return cases.step(
            db, case_id, None, "propose", by, {"holder_id": 0}, {"reason": ground[:200]}
        )


def dismissals(db: Store, case: Case) -> list[Closing]:
    """The proposals to dismiss the case that still hold, newest first."""
    rows = db.rows("SELECT * FROM open_dismissals WHERE case_id = ? ORDER BY id DESC", case.id)
    return [_closing(row) for row in rows]


def dismiss(
    db: Store, case_id: int, version: int | None = None, *, reason: str, by: Officer
) -> Case:
    """不立案, or the proposal of it where it takes two and nobody proposed the same.

    A proposed case goes back to the queue. Raises as ``cases.dismiss``, and ``RuleBroken`` where the
    officer's own proposal still waits.
    """
    with db.atomic():
        officers.require(db, by, "dismiss")
        case = cases.fresh(db, case_id, version)
        two = reason in cases.DISMISS_REASONS and holding.takes_two(db, case, by)
        if not two or holding.seconded(db, case, reason, by):
            return cases.dismiss(db, case_id, version, reason=reason, by=by)
        workflow.move(case, "propose_dismissal")
        holding.check_dismissal(db, case, reason, by)
        if any((each.by, each.reason) == (by.id, reason) for each in dismissals(db, case)):
            raise RuleBroken("two-people", "你已提议过不立案", "由另一位同事看过再同意")
        found = evidence.set_hash(evidence.of_case(db, case_id))
        row = {"case_id": case_id, "reason": reason, "claim": case.claim, "evidence_hash": found}
        db.insert("closings", row | {"ground": "", "by": by.id, "at": stamp(now())})
        left = {"holder_id": 0}
        return cases.step(db, case_id, None, "propose_dismissal", by, left, {"reason": reason})
