"""A hazard is ended as 非事实主张 by two verifiers, and by nobody alone."""

from __future__ import annotations

import pytest

from models import driver
from models.casework import cases, closings, evidence
from models.casework.records import Case, CaseState, Hazard, Literal
from models.errors import Conflict, Forbidden, RuleBroken
from models.harm import Topic
from models.outcome import Outcome
from models.people import officers
from models.roles import Officer
from models.store import Store
from tests import case_steps
from tests.conftest import People


def close(db: Store, case: Case, by: Officer) -> None:
    case_steps.decide(db, case, by, Outcome.NOT_A_CLAIM, Literal.UNKNOWN, Hazard.UNKNOWN)


def refused(db: Store, case: Case, by: Officer) -> None:
    with pytest.raises(RuleBroken) as caught:
        close(db, case, by)
    assert caught.value.rule == "two-people"
    found = evidence.set_hash(evidence.of_case(db, case.id))
    with pytest.raises(driver.library.IntegrityError, match="rule:two-people"):
        db.conn.execute(
            "INSERT INTO verdicts (case_id, literal, hazard, outcome, ground, evidence_hash, by, at)"
            " VALUES (?, 'unknown', 'unknown', 'not_a_claim', 'ground', ?, ?, '2026-11-24T00:00:00Z')",
            [case.id, found, by.id],
        )


def proposed(db: Store, people: People) -> Case:
    case = case_steps.claimed(db, people, Topic.FOOD)
    return closings.propose(db, case.id, None, ground="只是祝愿，没有事实", by=people.verifier)


def test_one_proposes_and_another_closes(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people, Topic.FOOD)
    refused(db, case, people.verifier)
    case = closings.propose(db, case.id, None, ground="只是祝愿，没有事实", by=people.verifier)
    assert (case.state, case.holder_id) == (CaseState.WAITING, 0)
    cases.claim(db, case.id, by=people.second)
    close(db, case, people.second)
    assert cases.get(db, case.id).state is CaseState.CLOSED


def test_the_same_person_is_not_two(db: Store, people: People) -> None:
    case = proposed(db, people)
    cases.claim(db, case.id, by=people.verifier)
    refused(db, case, people.verifier)
    with pytest.raises(RuleBroken, match="你已提议过"):
        closings.propose(db, case.id, None, ground="只是祝愿，没有事实", by=people.verifier)


@pytest.mark.parametrize("who", ["monitor", "publisher", "admin", "viewer"])
def test_other_roles_propose_nothing(db: Store, people: People, who: str) -> None:
    case = case_steps.open_case(db, Topic.FOOD)
    with pytest.raises(Forbidden):
        closings.propose(db, case.id, None, ground="没有事实主张", by=getattr(people, who))
    reasons = ["", "trivial"] if who != "monitor" else [""]  # a monitor may dismiss
    for reason in reasons:
        with pytest.raises(driver.library.IntegrityError, match="rule:only-verifiers-decide"):
            db.conn.execute(
                "INSERT INTO closings (case_id, reason, claim, evidence_hash, ground, by, at)"
                " VALUES (?, ?, ?, '', 'ground', ?, '2026-11-24T00:00:00Z')",
                [case.id, reason, case.claim, getattr(people, who).id],
            )


@pytest.mark.parametrize("change", ["evidence", "claim", "account"])
def test_a_proposal_holds_for_what_its_author_saw(db: Store, people: People, change: str) -> None:
    case = proposed(db, people)
    cases.claim(db, case.id, by=people.second)
    assert closings.proposal(db, cases.get(db, case.id))
    if change == "evidence":
        case_steps.prove(db, case, people.monitor, title="有人吃坏", adverse=True, refutes="")
    elif change == "claim":
        cases.reword(db, case.id, claim="食堂的鱼吃坏了三个学生", by=people.monitor)
    else:
        officers.set_active(db, people.verifier.id, False, by=people.admin)
    assert closings.proposal(db, cases.get(db, case.id)) is None
    refused(db, case, people.second)


def test_sql_closes_no_hazard_on_other_evidence_than_was_proposed_on(
    db: Store, people: People
) -> None:
    case = proposed(db, people)
    cases.claim(db, case.id, by=people.second)
    found = evidence.set_hash(evidence.of_case(db, case.id))
    sql = (
        "INSERT INTO verdicts (case_id, literal, hazard, outcome, ground, evidence_hash, by, at)"
        " VALUES (?, 'unknown', 'unknown', 'not_a_claim', 'ground', ?, ?, '2026-11-24T00:00:00Z')"
    )
    with pytest.raises(driver.library.IntegrityError, match="rule:two-people"):
        db.conn.execute(sql, [case.id, "0" * 64, people.second.id])
    db.conn.execute(sql, [case.id, found, people.second.id])


def test_a_proposal_of_before_a_verdict_is_used_up(db: Store, people: People) -> None:
    case = proposed(db, people)
    cases.claim(db, case.id, by=people.second)
    close(db, case, people.second)
    cases.reopen(db, case.id, reason="又有人说", by=people.second)
    refused(db, case, people.second)


def test_an_ordinary_case_is_closed_by_one(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    close(db, case, people.verifier)
    assert cases.get(db, case.id).state is CaseState.CLOSED


def test_nobody_proposes_on_what_a_colleague_holds_or_has_not_seen(
    db: Store, people: People
) -> None:
    case = case_steps.claimed(db, people, Topic.FOOD)
    with pytest.raises(Conflict, match="由核查 07领取"):
        closings.propose(db, case.id, None, ground="没有事实主张", by=people.second)
    with pytest.raises(Conflict, match="证据刚有变化"):
        closings.propose(
            db, case.id, None, ground="没有事实主张", by=people.verifier, evidence_hash="0" * 64
        )


def test_nothing_is_proposed_while_a_notice_is_out_or_without_its_ground(
    db: Store, people: People
) -> None:
    notice = case_steps.published(db, people, Topic.FOOD)
    case = cases.reopen(db, notice.case_id, reason="再查一次", by=people.verifier)
    with pytest.raises(RuleBroken, match="不能按“非事实主张”结案") as caught:
        closings.propose(db, case.id, None, ground="没有事实主张", by=people.verifier)
    assert caught.value.rule == "notice-out"
    free = case_steps.claimed(db, people, Topic.FOOD)
    with pytest.raises(RuleBroken, match="没有写核定理由"):
        closings.propose(db, free.id, None, ground="不是", by=people.verifier)


def test_a_proposal_is_written_once(db: Store, people: People) -> None:
    proposed(db, people)
    for sql in ("UPDATE closings SET by = 3", "DELETE FROM closings"):
        with pytest.raises(driver.library.IntegrityError, match="rule:two-people"):
            db.conn.execute(sql)
