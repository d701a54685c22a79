"""Whose a case is: a verifier decides what is theirs or free, and nobody drops what others hold."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import driver, store
from models.casework import cases, evidence, holding
from models.casework.records import Case, CaseState
from models.errors import Conflict, RuleBroken
from models.harm import Topic
from models.people import officers
from models.publishing import retractions
from models.store import Store
from tests import case_steps
from tests.conftest import People


def verdict_by_sql(db: Store, case: Case, by: int, outcome: str = "unverified") -> None:
    db.conn.execute(
        "INSERT INTO verdicts (case_id, literal, hazard, outcome, ground, evidence_hash, by, at)"
        " VALUES (?, 'unknown', 'unknown', ?, 'ground', '', ?, '2026-11-24T00:00:00.000000Z')",
        [case.id, outcome, by],
    )


def dismiss_by_sql(db: Store, case: Case, by: int, reason: str = "trivial") -> None:
    act = {"case_id": case.id, "how": "dismissal", "was": "", "became": reason, "by": by}
    db.insert("case_acts", act | {"at": "2026-11-29"})
    db.conn.execute(
        "UPDATE cases SET state = 'dismissed', dismissed_for = ?, dismissed_by = ?, holder_id = 0"
        " WHERE id = ?",
        [reason, by, case.id],
    )


def propose_by_sql(db: Store, case: Case, by: int, reason: str = "trivial") -> None:
    row = {"case_id": case.id, "reason": reason, "claim": case.claim, "evidence_hash": ""}
    db.insert("closings", row | {"ground": "", "by": by, "at": store.stamp(store.now())})


def test_a_verifier_does_not_decide_what_a_colleague_holds(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    with pytest.raises(Conflict, match="由核查 07领取"):
        case_steps.unverified(db, case, people.second)
    with pytest.raises(driver.library.IntegrityError, match="rule:not-holder"):
        verdict_by_sql(db, case, people.second.id)
    case_steps.hand_over(db, case, people.verifier, people.second)
    case_steps.unverified(db, case, people.second)


def test_a_colleague_does_not_take_a_case_by_way_of_waiting(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    with pytest.raises(RuleBroken) as caught:
        cases.wait_for_evidence(db, case.id, by=people.second)
    assert caught.value.rule == "not-holder"
    cases.wait_for_evidence(db, case.id, by=people.verifier)
    with pytest.raises(Conflict):  # what waits for evidence is taken before it is decided
        case_steps.unverified(db, case, people.second)
    cases.claim(db, case.id, by=people.second)
    case_steps.unverified(db, case, people.second)


def test_a_monitor_holds_a_case_as_a_verifier_does(db: Store, people: People) -> None:
    case = case_steps.open_case(db)
    cases.claim(db, case.id, by=people.monitor)
    with pytest.raises(Conflict, match="由值班 03领取"):
        case_steps.unverified(db, case, people.verifier)


def test_the_case_of_an_account_that_was_switched_off_is_free(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    officers.set_active(db, people.verifier.id, False, by=people.admin)
    assert holding.holder(db, cases.get(db, case.id)) is None
    case_steps.unverified(db, case, people.second)


def test_a_holder_who_was_gone_for_a_shift_is_released_by_a_colleague(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_steps.claimed(db, people)
    later = store.now() + holding.SHIFT - timedelta(minutes=1)
    monkeypatch.setattr(store, "clock", lambda: later)
    with pytest.raises(RuleBroken, match="领取人核查 07"):
        cases.release(db, case.id, by=people.second)
    monkeypatch.setattr(store, "clock", lambda: later + timedelta(minutes=2))
    assert cases.release(db, case.id, by=people.second).holder_id == 0


@pytest.mark.parametrize("state", ["claimed", "waiting for evidence", "reopened"])
def test_a_monitor_dismisses_no_hazard_that_a_verifier_holds(
    db: Store, people: People, state: str
) -> None:
    case = case_steps.ready(db, people, Topic.FOOD)
    if state == "waiting for evidence":
        cases.wait_for_evidence(db, case.id, by=people.verifier)
    if state == "reopened":
        case_steps.decide(db, case, people.verifier)
        cases.reopen(db, case.id, reason="再查", by=people.verifier)
    for by in (people.verifier, people.second):
        propose_by_sql(db, case, by.id)
    for by in (people.monitor, people.second):
        with pytest.raises(Conflict, match="由核查 07领取"):
            cases.dismiss(db, case.id, reason="trivial", by=by)
        with pytest.raises(driver.library.IntegrityError, match="rule:not-holder"):
            dismiss_by_sql(db, case, by.id)
    with pytest.raises(driver.library.IntegrityError, match="rule:act-unsigned"):
        dismiss_by_sql(db, case, 0)
    assert cases.dismiss(db, case.id, reason="trivial", by=people.verifier)


def test_a_free_hazard_and_an_ordinary_case_are_dismissed_as_before(
    db: Store, people: People
) -> None:
    hazard, ordinary = case_steps.open_case(db, Topic.FOOD), case_steps.claimed(db, people)
    for case in (hazard, ordinary):
        gone = cases.dismiss(db, case.id, reason="not_a_claim", by=people.monitor)
        assert gone.state is CaseState.DISMISSED


def test_a_verifier_may_dismiss_a_hazard_that_a_monitor_holds(db: Store, people: People) -> None:
    case = case_steps.open_case(db, Topic.FOOD)
    cases.claim(db, case.id, by=people.monitor)
    assert cases.dismiss(db, case.id, reason="trivial", by=people.verifier)


@pytest.mark.parametrize("before", ["claimed", "with evidence"])
def test_a_hazard_that_was_taken_up_is_not_dismissed_as_no_claim(
    db: Store, people: People, before: str
) -> None:
    case = case_steps.claimed(db, people, Topic.FOOD)
    if before == "with evidence":
        case_steps.prove(db, case, people.verifier)
        cases.release(db, case.id, by=people.verifier)
    with pytest.raises(RuleBroken) as caught:
        cases.dismiss(db, case.id, reason="not_a_claim", by=people.verifier)
    assert caught.value.rule == "two-people"
    with pytest.raises(driver.library.IntegrityError, match="rule:two-people"):
        dismiss_by_sql(db, case, people.verifier.id, "not_a_claim")


@pytest.mark.parametrize("state", ["approved", "in flight", "unknown", "published"])
def test_while_a_notice_is_out_nothing_is_dismissed_or_closed(
    db: Store, people: People, state: str
) -> None:
    notice = case_steps.approved(db, people)
    if state != "approved":
        row = case_steps.take(db)
        if state != "in flight":
            from models.publishing import outbox
            from models.publishing.records import Delivery

            end = Delivery.SENT if state == "published" else Delivery.UNKNOWN
            outbox.settle(db, row.id, row.fence, end, "site/1")
    case = cases.reopen(db, notice.case_id, reason="再查一次", by=people.verifier)
    with pytest.raises(RuleBroken, match="不能不立案") as caught:
        cases.dismiss(db, case.id, reason="trivial", by=people.verifier)
    assert caught.value.rule == "notice-out"
    with pytest.raises(RuleBroken, match="不能按“非事实主张”结案"):
        not_a_claim(db, case, people)
    with pytest.raises(driver.library.IntegrityError, match="rule:(notice-out|transition)"):
        db.conn.execute("UPDATE cases SET state = 'closed' WHERE id = ?", [case.id])
    propose_by_sql(db, case, people.second.id)
    with pytest.raises(driver.library.IntegrityError, match="rule:notice-out"):
        dismiss_by_sql(db, case, people.verifier.id)
    retractions.retract(db, notice.id, reason="结论有误", by=people.verifier)
    assert cases.dismiss(db, case.id, reason="trivial", by=people.verifier)


def not_a_claim(db: Store, case: Case, people: People) -> None:
    from models.casework.records import Hazard, Literal
    from models.outcome import Outcome

    case_steps.decide(
        db, case, people.verifier, Outcome.NOT_A_CLAIM, Literal.UNKNOWN, Hazard.UNKNOWN
    )


def test_sql_closes_no_case_without_its_verdict(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    with pytest.raises(driver.library.IntegrityError, match="rule:transition"):
        db.conn.execute("UPDATE cases SET state = 'closed' WHERE id = ?", [case.id])
    not_a_claim(db, case, people)
    assert cases.get(db, case.id).state is CaseState.CLOSED


# ---- taking evidence away -----------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["", "  ", "不要", "，。！？……"])
def test_what_another_found_goes_with_a_reason_only(db: Store, people: People, reason: str) -> None:
    case = case_steps.ready(db, people)
    with pytest.raises(RuleBroken, match="是值班 03加的，撤下要写理由") as caught:
        evidence.withdraw(db, 2, reason=reason, by=people.verifier)
    assert caught.value.rule == "reason"
    with pytest.raises(driver.library.IntegrityError, match="rule:reason"):
        db.conn.execute(
            "UPDATE evidence SET withdrawn_at = added_at, withdrawn_by = ?, withdrawn_for = 'no'"
            " WHERE id = 2",
            [people.verifier.id],
        )
    gone = evidence.withdraw(db, 2, reason="答复的不是本案的车", by=people.verifier)
    assert (gone.withdrawn_by, gone.withdrawn_for) == (people.verifier.id, "答复的不是本案的车")
    (entry, *_) = db.rows("SELECT detail FROM audit ORDER BY seq DESC LIMIT 1")
    assert "答复的不是本案的车" in entry["detail"]
    assert case.id


def test_anothers_adverse_item_needs_more_than_a_word(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    case_steps.prove(db, case, people.monitor, title="有人亲眼见到", adverse=True, refutes="")
    for reason in ("不可信", "不可信。。。。。。"):
        with pytest.raises(RuleBroken, match="不利证据是值班 03加的"):
            evidence.withdraw(db, 1, reason=reason, by=people.verifier)
    evidence.withdraw(db, 1, reason="回访后本人说没有去过", by=people.verifier)


def test_what_was_taken_away_in_review_is_agreed_to_anew(db: Store, people: People) -> None:
    notice = case_steps.submitted(db, people)
    case = cases.get(db, notice.case_id)
    seen = case_steps.prove(db, case, people.monitor, title="有人亲眼见到", adverse=True)
    evidence.withdraw(db, seen.id, reason="回访后本人说没有去过", by=people.verifier)
    with pytest.raises(RuleBroken, match="请退回，看过再送审"):
        case_steps.approve(db, notice, people.publisher)
