"""Nothing stays public on nothing: what a notice lost is owed, seen, and mended."""

from __future__ import annotations

import pytest

from models import driver
from models.casework import cases, corrections, evidence, queue
from models.casework.records import Hazard, Literal
from models.errors import RuleBroken
from models.harm import Topic
from models.known import claims
from models.known.claims import Known, Standing
from models.outcome import Outcome
from models.publishing import notices, outbox, retractions
from models.publishing.records import Delivery, Notice
from models.store import Store
from tests import case_steps
from tests.conftest import People

WHY = "经核对不是本案的材料"


def reopened(db: Store, people: People, topic: Topic = Topic.SAFETY) -> Notice:
    notice = case_steps.published(db, people, topic)
    cases.reopen(db, notice.case_id, reason="有人来电质疑", by=people.verifier)
    return notice


def known(db: Store) -> list[Known]:
    """Our own claims that the desk still goes by."""
    return claims.search(db, origin=claims.OWN)


def owed(db: Store, notice: Notice) -> list[str]:
    found = [each.why for each in corrections.of_case(db, notice.case_id)]
    assert [each.id for each in queue.cases(db, "owed")] == [notice.case_id] * bool(found)
    assert queue.counts(db)["owed"] == len(corrections.owed(db)) == len(found)
    return found


@pytest.mark.parametrize("item", [1, 2])
def test_evidence_withdrawn_under_a_notice_is_owed_with_its_clock(
    db: Store, people: People, item: int
) -> None:
    notice = reopened(db, people)
    assert (owed(db, notice), len(known(db))) == ([], 1)
    evidence.withdraw(db, item, reason=WHY, by=people.monitor)
    assert owed(db, notice) == ["evidence"]
    (found,) = corrections.owed(db)
    assert found.due_at - found.since == corrections.DUE
    assert found.since == evidence.get(db, item).withdrawn_at
    assert (found.notice_id, found.number, found.case_id) == (
        notice.id, notice.number, notice.case_id,
    )  # fmt: skip


def test_a_hazard_is_due_sooner(db: Store, people: People) -> None:
    notice = reopened(db, people, Topic.FOOD)
    evidence.withdraw(db, 2, by=people.monitor)
    (found,) = corrections.of_case(db, notice.case_id)
    assert found.due_at - found.since == corrections.DUE_HAZARD


def test_withdrawn_to_the_last_it_is_owed_once_and_the_case_is_not_dropped(
    db: Store, people: People
) -> None:
    notice = reopened(db, people)
    for item in (1, 2):
        evidence.withdraw(db, item, reason=WHY, by=people.monitor)
    assert owed(db, notice) == ["evidence"]
    with pytest.raises(RuleBroken, match="先撤回通告"):
        cases.dismiss(db, notice.case_id, reason="known", by=people.monitor)
    cases.release(db, notice.case_id, by=people.verifier)
    with pytest.raises(RuleBroken, match="先撤回通告"):
        cases.dismiss(db, notice.case_id, reason="known", by=people.monitor)


def test_words_that_are_no_longer_in_the_claim_are_owed_too(db: Store, people: People) -> None:
    notice = reopened(db, people)
    cases.reword(db, notice.case_id, claim="有人见过一辆大车", by=people.verifier)
    assert (owed(db, notice), known(db)) == (["evidence"], [])
    cases.reword(db, notice.case_id, claim=case_steps.CLAIM, by=people.verifier)
    assert (owed(db, notice), len(known(db))) == ([], 1)


def test_the_known_claim_is_suspended_while_owed_and_back_when_mended(
    db: Store, people: People
) -> None:
    notice = reopened(db, people)
    (claim,) = known(db)
    before = claims.edition(db)
    evidence.withdraw(db, 1, by=people.verifier)
    assert known(db) == []
    assert claims.edition(db) > before  # the index takes it out
    with pytest.raises(RuleBroken, match="更正之前不能放回"):
        claims.restore(db, claim.id, by=people.verifier)
    with pytest.raises(driver.library.IntegrityError, match="rule:retracted-is-not-known"):
        db.conn.execute("UPDATE claims SET withdrawn_at = NULL WHERE id = ?", [claim.id])
    case = cases.get(db, notice.case_id)
    case_steps.prove(db, case, people.verifier, title="新的登记答复")
    assert owed(db, notice) == []
    (back,) = known(db)
    assert (back.id, back.standing, back.suspended) == (claim.id, Standing.FALSE, False)


def test_a_claim_that_an_officer_took_out_stays_out(db: Store, people: People) -> None:
    notice = reopened(db, people)
    (claim,) = known(db)
    claims.withdraw(db, claim.id, by=people.admin)
    evidence.withdraw(db, 1, by=people.verifier)
    case_steps.prove(db, cases.get(db, notice.case_id), people.verifier, title="新的登记答复")
    assert known(db) == []
    assert claims.get(db, claim.id).withdrawn_by == people.admin.id


def test_another_verdict_is_owed_until_its_own_notice_is_out(db: Store, people: People) -> None:
    notice = reopened(db, people)
    case = cases.get(db, notice.case_id)
    case_steps.decide(db, case, people.verifier, Outcome.TRUE, Literal.RIGHT, Hazard.NOT_EXCLUDED)
    assert owed(db, notice) == ["verdict"]
    assert [claim.standing for claim in known(db)] == [Standing.TRUE]  # it follows the verdict
    from models.casework.records import NoticeKind

    fresh = case_steps.draft(db, cases.get(db, case.id), NoticeKind.CONFIRMATION)
    case_steps.submit(db, fresh, people.verifier)
    case_steps.approve(db, fresh, people.publisher)
    assert owed(db, notice) == ["verdict"]
    case_steps.send(db)
    assert owed(db, notice) == []


@pytest.mark.parametrize(
    ("outcome", "literal", "hazard", "expected"),
    [
        (Outcome.FALSE, Literal.WRONG, Hazard.EXCLUDED, []),
        (Outcome.FALSE, Literal.WRONG, Hazard.UNKNOWN, ["verdict"]),  # only a statement now
        (Outcome.MISLEADING, Literal.PARTLY, Hazard.EXCLUDED, ["verdict"]),
        (Outcome.UNVERIFIED, Literal.UNKNOWN, Hazard.UNKNOWN, ["verdict"]),
    ],
)
def test_a_verdict_that_does_not_carry_the_notice_is_owed(
    db: Store,
    people: People,
    outcome: Outcome,
    literal: Literal,
    hazard: Hazard,
    expected: list[str],
) -> None:
    notice = reopened(db, people)
    case = cases.get(db, notice.case_id)
    case_steps.decide(db, case, people.verifier, outcome, literal, hazard)
    assert owed(db, notice) == expected
    if outcome is not Outcome.FALSE:
        assert Standing.FALSE not in [claim.standing for claim in known(db)]


def test_a_retraction_ends_it(db: Store, people: People) -> None:
    notice = reopened(db, people)
    evidence.withdraw(db, 1, by=people.verifier)
    retractions.retract(db, notice.id, reason="依据撤下了", by=people.verifier)
    assert (owed(db, notice), known(db)) == ([], [])
    assert db.value("SELECT count(*) FROM owed_corrections WHERE ended_at IS NOT NULL") == 1


def test_a_confirmation_that_lost_its_first_hand_item_is_owed(db: Store, people: People) -> None:
    case = case_steps.ready(db, people)
    case_steps.decide(db, case, people.verifier, Outcome.TRUE, Literal.RIGHT, Hazard.NOT_EXCLUDED)
    from models.casework.records import NoticeKind

    notice = case_steps.draft(db, cases.get(db, case.id), NoticeKind.CONFIRMATION)
    case_steps.submit(db, notice, people.verifier)
    case_steps.approve(db, notice, people.publisher)
    case_steps.send(db)
    cases.reopen(db, case.id, reason="有人来电质疑", by=people.verifier)
    evidence.withdraw(db, 1, by=people.verifier)
    assert owed(db, notice) == []
    evidence.withdraw(db, 2, reason=WHY, by=people.verifier)
    assert (owed(db, notice), known(db)) == (["evidence"], [])


@pytest.mark.parametrize("end", [Delivery.UNKNOWN, Delivery.SENT, Delivery.REJECTED])
def test_what_may_be_out_is_owed_and_what_is_not_is_not(
    db: Store, people: People, end: Delivery
) -> None:
    notice = case_steps.approved(db, people)
    row = case_steps.take(db)
    evidence.withdraw(db, 1, by=people.verifier)
    assert owed(db, notice) == ["evidence"]  # on its way
    outbox.settle(db, row.id, row.fence, end, "site/1")
    assert owed(db, notice) == ([] if end is Delivery.REJECTED else ["evidence"])


def test_what_still_waits_is_stopped_and_not_owed(db: Store, people: People) -> None:
    notice = case_steps.approved(db, people)
    evidence.withdraw(db, 1, by=people.verifier)
    assert owed(db, notice) == []
    assert outbox.take(db, "me") is None
    assert notices.get(db, notice.id).state == "void"


def test_one_who_goes_around_the_functions_owes_as_well(db: Store, people: People) -> None:
    notice = reopened(db, people)
    db.conn.execute(
        "UPDATE evidence SET withdrawn_at = added_at, withdrawn_by = added_by WHERE id = 1"
    )
    assert owed(db, notice) == ["evidence"]
    for sql in (
        "UPDATE owed_corrections SET ended_at = since",
        "UPDATE owed_corrections SET since = '2099-01-01T00:00:00.000000Z'",
        "DELETE FROM owed_corrections",
    ):
        with pytest.raises(driver.library.IntegrityError, match="rule:correction-owed"):
            db.conn.execute(sql)
    assert owed(db, notice) == ["evidence"]


def test_evidence_of_what_is_published_is_not_withdrawn_by_sql_either(
    db: Store, people: People
) -> None:
    case_steps.published(db, people)
    with pytest.raises(driver.library.IntegrityError, match="rule:closed"):
        db.conn.execute("UPDATE evidence SET withdrawn_at = added_at, withdrawn_by = added_by")
