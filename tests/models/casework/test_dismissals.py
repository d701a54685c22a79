"""What somebody found or decided is dropped by two: one proposes 不立案, another agrees."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models import driver
from models.casework import cases, closings, evidence, queue
from models.casework.records import Case, CaseState, NoticeKind
from models.errors import Conflict, Forbidden, RuleBroken
from models.harm import Topic
from models.people import officers
from models.publishing import reviews
from models.roles import Officer
from models.store import Store
from tests import case_steps
from tests.conftest import People
from tests.models.casework.test_holding import dismiss_by_sql, propose_by_sql

REASONS = ("private", "known", "elsewhere", "advert", "trivial")


def alone(db: Store, case: Case, by: Officer, reason: str = "trivial") -> None:
    """Neither Python nor SQL lets this officer drop the case alone."""
    with pytest.raises(RuleBroken) as caught:
        cases.dismiss(db, case.id, reason=reason, by=by)
    assert caught.value.rule == "two-people"
    with (
        pytest.raises(driver.library.IntegrityError, match="rule:two-people"),
        db.atomic(),
    ):
        dismiss_by_sql(db, case, by.id, reason)


def _own_adverse(db: Store, people: People, topic: Topic) -> Case:
    """The monitor took it up, noted an eyewitness against the denial, and put it back."""
    case = case_steps.open_case(db, topic)
    cases.claim(db, case.id, by=people.monitor)
    case_steps.prove(db, case, people.monitor, title="有人亲眼见到", adverse=True, refutes="")
    return cases.release(db, case.id, by=people.monitor)


def _others_adverse(db: Store, people: People, topic: Topic) -> Case:
    case = case_steps.claimed(db, people, topic)
    case_steps.prove(db, case, people.second, title="有人亲眼见到", adverse=True, refutes="")
    return cases.release(db, case.id, by=people.verifier)


def _withdrawn(db: Store, people: People, topic: Topic) -> Case:
    case = _others_adverse(db, people, topic)
    evidence.withdraw(db, 1, reason="回访后本人说没有去过", by=people.monitor)
    return cases.get(db, case.id)


def _decided(db: Store, people: People, topic: Topic) -> Case:
    case = case_steps.claimed(db, people, topic)
    case_steps.unverified(db, case, people.verifier)
    cases.reopen(db, case.id, reason="有新线索", by=people.verifier)
    return cases.release(db, case.id, by=people.verifier)


HELD = [_others_adverse, _withdrawn, _decided]


@pytest.mark.parametrize("reason", REASONS)
def test_a_hazard_with_a_witness_is_dropped_by_nobody_alone(
    db: Store, people: People, reason: str
) -> None:
    case = _own_adverse(db, people, Topic.FOOD)
    for by in (people.monitor, people.verifier, people.second):
        alone(db, case, by, reason)
    closings.dismiss(db, case.id, reason=reason, by=people.monitor)
    with pytest.raises(RuleBroken, match="你已提议过"):
        closings.dismiss(db, case.id, reason=reason, by=people.monitor)
    alone(db, case, people.monitor, reason)
    gone = closings.dismiss(db, case.id, reason=reason, by=people.verifier)
    assert (gone.state, gone.dismissed_for) == (CaseState.DISMISSED, reason)


@pytest.mark.parametrize("topic", [Topic.FOOD, Topic.SAFETY])
@pytest.mark.parametrize("before", HELD)
def test_what_others_found_or_decided_is_dropped_by_two(
    db: Store, people: People, topic: Topic, before: Callable[[Store, People, Topic], Case]
) -> None:
    case = before(db, people, topic)
    alone(db, case, people.monitor)
    proposed = closings.dismiss(db, case.id, reason="trivial", by=people.monitor)
    assert (proposed.state, proposed.holder_id) == (CaseState.WAITING, 0)
    assert cases.get(db, case.id).dismissed_for == ""
    gone = closings.dismiss(db, case.id, reason="trivial", by=people.second)
    assert gone.state is CaseState.DISMISSED


def test_what_one_found_alone_in_an_ordinary_case_one_drops(db: Store, people: People) -> None:
    case = _own_adverse(db, people, Topic.SAFETY)
    alone(db, case, people.verifier)
    gone = closings.dismiss(db, case.id, reason="trivial", by=people.monitor)
    assert gone.state is CaseState.DISMISSED


def test_the_second_agrees_to_the_same_reason(db: Store, people: People) -> None:
    case = _own_adverse(db, people, Topic.FOOD)
    closings.dismiss(db, case.id, reason="trivial", by=people.monitor)
    other = closings.dismiss(db, case.id, reason="private", by=people.verifier)
    assert other.state is CaseState.WAITING, "another reason is a proposal of its own"
    alone(db, case, people.second, "known")
    assert len(closings.dismissals(db, other)) == 2
    assert closings.dismiss(db, case.id, reason="private", by=people.monitor).dismissed_for


@pytest.mark.parametrize(
    "change", ["evidence", "withdrawal", "claim", "topic", "account", "undone"]
)
def test_a_proposal_holds_for_what_its_author_saw(db: Store, people: People, change: str) -> None:
    case = _own_adverse(db, people, Topic.FOOD)
    closings.dismiss(db, case.id, reason="trivial", by=people.second)
    assert closings.dismissals(db, case)
    if change == "evidence":
        case_steps.prove(db, case, people.monitor, title="又有人见到", adverse=True, refutes="")
    elif change == "withdrawal":
        evidence.withdraw(db, 1, by=people.monitor)
    elif change == "claim":
        cases.reword(db, case.id, claim="食堂的鱼吃坏了三个学生", by=people.monitor)
    elif change == "topic":
        cases.set_topic(db, case.id, topic=Topic.EPIDEMIC, by=people.monitor)
    elif change == "account":
        officers.set_active(db, people.second.id, False, by=people.admin)
    else:
        closings.dismiss(db, case.id, reason="trivial", by=people.verifier)
        cases.restore(db, case.id, by=people.monitor)
    case = cases.get(db, case.id)
    assert closings.dismissals(db, case) == []
    alone(db, case, people.monitor)


def test_it_is_seen_by_those_who_may_agree_and_leaves_a_hand(db: Store, people: People) -> None:
    case = _own_adverse(db, people, Topic.FOOD)
    closings.dismiss(db, case.id, reason="trivial", by=people.second)

    def waits(officer: Officer) -> int:
        found = queue.cases(db, "second", officer=officer)
        count = queue.counts(db, officer)["second"]
        assert count == len(found)
        return count

    assert [waits(people.monitor), waits(people.verifier), waits(people.second)] == [1, 1, 0]
    case = cases.claim(db, case.id, by=people.verifier)
    draft = case_steps.draft(db, case, NoticeKind.VERIFYING)
    notice = case_steps.submit(db, draft, people.verifier)
    assert any("不立案" in why for why in reviews.blockers(db, notice.id, people.second, "review"))


def test_nobody_proposes_what_a_colleague_holds_or_may_not(db: Store, people: People) -> None:
    case = case_steps.ready(db, people, Topic.FOOD)
    with pytest.raises(Conflict, match="由核查 07领取"):
        closings.dismiss(db, case.id, reason="trivial", by=people.monitor)
    for who in (people.publisher, people.viewer, people.admin):
        with pytest.raises(Forbidden):
            closings.dismiss(db, case.id, reason="trivial", by=who)
    with pytest.raises(RuleBroken, match="要选一个理由"):
        closings.dismiss(db, case.id, reason="", by=people.verifier)
    with pytest.raises(RuleBroken, match="不能由一个人"):  # by the verdict, and two verifiers
        closings.dismiss(db, case.id, reason="not_a_claim", by=people.verifier)


def test_sql_takes_a_proposal_of_another_for_the_same_reason_only(
    db: Store, people: People
) -> None:
    case = _own_adverse(db, people, Topic.FOOD)
    propose_by_sql(db, case, people.verifier.id)
    propose_by_sql(db, case, people.second.id, "private")
    for by, reason in ((people.verifier.id, "trivial"), (people.monitor.id, "known")):
        with (
            pytest.raises(driver.library.IntegrityError, match="rule:two-people"),
            db.atomic(),
        ):
            dismiss_by_sql(db, case, by, reason)
    with db.atomic():
        dismiss_by_sql(db, case, people.monitor.id, "private")
