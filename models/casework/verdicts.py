"""Verdicts: an officer's two answers and the word that follows from them. Never the machine's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.casework import (
    cases,
    evidence,
    workflow,
)
from models.casework import (
    gates as gating,
)
from models.casework.records import (
    Case,
    CaseState,
    Hazard,
    Literal,
    Verdict,
)
from models.errors import Conflict
from models.outcome import Outcome
from models.people import officers
from models.roles import Officer
from models.store import Store, now, stamp, time
from models.text import clean

REVIEW_DAYS = 7  # a published 不实 is looked at again


def _verdict(row: dict[str, Any]) -> Verdict:
    return Verdict(
        row["id"],
        row["case_id"],
        Literal(row["literal"]),
        Hazard(row["hazard"]),
        Outcome(row["outcome"]),
        row["ground"],
        row["evidence_hash"],
        row["by"],
        time(row["at"]) or now(),
        time(row["review_on"]),
    )


def current(db: Store, case_id: int) -> Verdict | None:
    """The verdict in force: the newest one, unless the case was taken up again since."""
    case = cases.get(db, case_id)
    if case.state in (
        CaseState.WAITING,
        CaseState.VERIFYING,
        CaseState.NEEDS_EVIDENCE,
        CaseState.DISMISSED,
    ):
        return None
    row = db.row("SELECT * FROM verdicts WHERE case_id = ? ORDER BY id DESC LIMIT 1", case_id)
    return _verdict(row) if row else None


def get(db: Store, verdict_id: int) -> Verdict | None:
    row = db.row("SELECT * FROM verdicts WHERE id = ?", verdict_id)
    return _verdict(row) if row else None


def history(db: Store, case_id: int) -> list[Verdict]:
    return [
        _verdict(row)
        for row in db.query("SELECT * FROM verdicts WHERE case_id = ? ORDER BY id", [case_id])
    ]


def decide(
    db: Store,
    case_id: int,
    version: int | None,
    *,
    literal: Literal,
    hazard: Hazard,
    outcome: Outcome,
    ground: str,
    by: Officer,
    evidence_hash: str = "",
) -> Verdict:
    """Give the verdict. ``evidence_hash``: the evidence set the officer saw ("": do not compare).

    Raises ``Forbidden`` for a role that may not decide, ``Conflict`` where case or evidence moved
    on, and ``RuleBroken`` where the evidence does not carry the word (RELIABILITY 3.2).
    """
    ground = clean(ground, 1000)
    with db.atomic():
        officers.require(db, by, "decide")
        case = cases.fresh(db, case_id, version)
        items = evidence.of_case(db, case_id)
        found = evidence.set_hash(items)
        if evidence_hash and evidence_hash != found:
            raise Conflict("证据刚有变化，核定没有提交", mend="看过新证据再交一次；你的回答还在")
        kind = workflow.kind_for(outcome, hazard)
        action = "decide" if kind else "close"
        workflow.move(case, action)
        gating.check_verdict(case, items, literal, outcome, ground)
        moment = now()
        review_on = moment + timedelta(days=REVIEW_DAYS) if outcome in workflow.DEBUNKABLE else None
        verdict_id = db.conn.execute(
            "INSERT INTO verdicts (case_id, literal, hazard, outcome, ground, evidence_hash, by, at,"
            " review_on) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                case_id,
                literal.value,
                hazard.value,
                outcome.value,
                ground,
                found,
                by.id,
                stamp(moment),
                stamp(review_on),
            ],
        ).lastrowid
        cases.step(
            db,
            case_id,
            None,
            action,
            by,
            {"holder_id": by.id},
            {
                "verdict": verdict_id,
                "literal": literal.value,
                "hazard": hazard.value,
                "outcome": outcome.value,
                "evidence_hash": found,
            },
        )
        cases.void_drafts(db, case_id, by)
        made = get(db, verdict_id or 0)
        assert made is not None  # noqa: S101  (just inserted)
        return made


def allowed(case: Case) -> bool:
    """Whether a verdict can be given in this state."""
    return case.state in workflow.TRANSITIONS["decide"].before
