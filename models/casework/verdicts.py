"""Verdicts: an officer's two answers, and the word that follows. The machine never gives one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.casework import cases, closings, evidence, holding, workflow
from models.casework import gates as gating
from models.casework.records import Hazard, Literal, Verdict
from models.errors import Conflict
from models.outcome import Outcome
from models.people import officers
from models.personal.admission import clean
from models.roles import Officer
from models.store import Store, now, stamp, time

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
    if case.state not in workflow.DECIDED:
        return None
    row = db.row("SELECT * FROM verdicts WHERE case_id = ? ORDER BY id DESC LIMIT 1", case_id)
    return _verdict(row) if row else None


def get(db: Store, verdict_id: int) -> Verdict | None:
    row = db.row("SELECT * FROM verdicts WHERE id = ?", verdict_id)
    return _verdict(row) if row else None


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
    on or a colleague holds the case, and ``RuleBroken`` where the evidence does not carry the word
    (RELIABILITY 3.2), or where 非事实主张 would end what is in public, or a hazard by one alone.
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
        holding.check_decision(db, case, by)
        gating.check_verdict(case, items, literal, outcome, ground)
        if kind is None:
            holding.check_nothing_out(db, case, "按“非事实主张”结案")
            closings.check(db, case, by)
        moment = now()
        review_on = moment + timedelta(days=REVIEW_DAYS) if outcome in workflow.DEBUNKABLE else None
        said = {
            "literal": literal.value,
            "hazard": hazard.value,
            "outcome": outcome.value,
            "evidence_hash": found,
        }
        verdict_id = db.insert(
            "verdicts",
            {
                "case_id": case_id,
                **said,
                "ground": ground,
                "by": by.id,
                "at": stamp(moment),
                "review_on": stamp(review_on),
            },
        )
        detail = {"verdict": verdict_id, **said}
        cases.step(db, case_id, None, action, by, {"holder_id": by.id}, detail)
        cases.void_drafts(db, case_id, by)
        made = get(db, verdict_id)
        assert made is not None  # noqa: S101  (just inserted)
        return made
