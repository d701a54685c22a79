"""Hands are per case, for every act: whoever acted on a case reviews and approves no notice of it.

Each is tried twice: through the functions, and by SQL as a caller who goes around them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from models import driver
from models.casework import acts, cases, closings, evidence, unopened
from models.casework.records import Case, Hazard, Literal, NoticeKind
from models.errors import RuleBroken
from models.harm import Topic
from models.outcome import Outcome
from models.people import officers
from models.publishing import notices, outbox, retractions, reviews
from models.publishing.records import Delivery, Notice, NoticeState
from models.roles import Officer, Role
from models.store import Store
from tests import case_steps
from tests.conftest import People
from tests.models.publishing.test_reviews import queue_by_sql, step_by_sql

HAZARD = Topic.EPIDEMIC
Act = Callable[[Store, People, Case], object]


def submitted(db: Store, people: People, case: Case) -> Notice:
    """The proper way of a hazard case from where it stands, by verifier and monitor."""
    cases.claim(db, case.id, by=people.verifier)
    case_steps.prove(db, cases.get(db, case.id), people.verifier, title="登记答复", refutes="武汉")
    case_steps.prove(db, cases.get(db, case.id), people.monitor, title="接诊答复", refutes="武汉")
    cases.send_lead(db, case.id, to="市疾控中心", by=people.monitor)
    cases.set_sample_status(db, case.id, status="不涉及实物", by=people.monitor)
    case_steps.decide(db, cases.get(db, case.id), people.verifier)
    return case_steps.submit(db, case_steps.draft(db, cases.get(db, case.id)), people.verifier)


def back(db: Store, case: Case, by: Officer) -> None:
    cases.release(db, case.id, by=by)


def withdrew_anothers(db: Store, people: People, case: Case) -> None:
    seen = case_steps.prove(db, case, people.monitor, title="目击", adverse=True)
    evidence.withdraw(db, seen.id, reason="来电人说他记错了日子", by=people.second)


def dismissed_and_restored(db: Store, people: People, case: Case) -> None:
    cases.dismiss(db, case.id, reason="trivial", by=people.second)
    cases.restore(db, case.id, by=people.second)


def waited(db: Store, people: People, case: Case) -> None:
    cases.claim(db, case.id, by=people.second)
    cases.wait_for_evidence(db, case.id, by=people.second)


def decided_and_reopened(db: Store, people: People, case: Case) -> None:
    cases.claim(db, case.id, by=people.second)
    case_steps.unverified(db, case, people.second)
    cases.reopen(db, case.id, reason="新线索", by=people.second)
    back(db, case, people.second)


def reopened(db: Store, people: People, case: Case) -> None:
    cases.claim(db, case.id, by=people.verifier)
    case_steps.unverified(db, case, people.verifier)
    cases.reopen(db, case.id, reason="新线索", by=people.second)
    back(db, case, people.second)


def proposed_to_close(db: Store, people: People, case: Case) -> None:
    cases.claim(db, case.id, by=people.second)
    closings.propose(db, case.id, None, ground="只是感叹，没有主张", by=people.second)


def wrote_another_notice(db: Store, people: People, case: Case) -> None:
    words = case_steps.words(db, case, NoticeKind.VERIFYING)
    notices.start(db, case.id, words, by=people.second)


def submitted_another_notice(db: Store, people: People, case: Case) -> None:
    case_steps.submit(db, case_steps.draft(db, case, NoticeKind.VERIFYING), people.second)


VERIFIERS_ACTS: dict[str, Act] = {
    "reworded it": lambda db, people, case: cases.reword(
        db, case.id, claim="有人说从武汉回来的车很脏", by=people.second
    ),
    "set its topic": lambda db, people, case: cases.set_topic(
        db, case.id, topic=Topic.EPIDEMIC, by=people.second
    ),
    "sent the lead": lambda db, people, case: cases.send_lead(
        db, case.id, to="市疾控", by=people.second
    ),
    "wrote the sample": lambda db, people, case: cases.set_sample_status(
        db, case.id, status="已留样", by=people.second
    ),
    "added evidence": lambda db, people, case: case_steps.prove(db, case, people.second),
    "withdrew another's evidence": withdrew_anothers,
    "dismissed and restored it": dismissed_and_restored,
    "let it wait for evidence": waited,
    "decided, and took it up again": decided_and_reopened,
    "took it up again": reopened,
    "proposed to close it": proposed_to_close,
    "wrote a notice that is void by now": wrote_another_notice,
    "submitted a notice that is void by now": submitted_another_notice,
}


@pytest.mark.parametrize("act", VERIFIERS_ACTS)
def test_who_acted_on_a_case_reviews_no_notice_of_it(db: Store, people: People, act: str) -> None:
    case = case_steps.open_case(db, HAZARD)
    VERIFIERS_ACTS[act](db, people, case)
    notice = submitted(db, people, case)
    assert people.second.id in reviews.hands(db, notice)
    with pytest.raises(RuleBroken, match="你.*，不能复核"):
        case_steps.review(db, notice, people.second)
    with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
        step_by_sql(db, notice, "review", people.second.id)


def test_taking_a_case_putting_it_back_and_looking_leave_no_hand(db: Store, people: People) -> None:
    case = case_steps.open_case(db, HAZARD)
    cases.claim(db, case.id, by=people.second)
    back(db, case, people.second)
    item = case_steps.prove(db, case, people.monitor, title="看过的一份")
    evidence.original(db, item.id, by=people.second)
    notice = submitted(db, people, case)
    reviews.refuse(db, notice.id, notice.hash, reason="标题太满", by=people.second)
    case_steps.submit(db, notice, people.verifier)
    case_steps.review(db, notice, people.second)
    assert case_steps.approve(db, notice, people.publisher).number


def test_who_opened_a_case_from_under_the_line_does_not_review_it(
    db: Store, people: People
) -> None:
    cluster = case_steps.cluster_of(db, topic=HAZARD, risk=0.1)
    case = unopened.open_case(db, cluster, "武汉", by=people.second)
    notice = submitted(db, people, case)
    with pytest.raises(RuleBroken, match="你从线下立了本案，不能复核"):
        case_steps.review(db, notice, people.second)


def undone(db: Store, people: People, case: Case) -> None:
    cases.reword(db, case.id, claim="另一句完整的话", by=people.second)
    cases.reword(db, case.id, claim=case.claim, by=people.verifier)


def test_what_was_undone_left_its_hand_whatever_the_account_is_called_since(
    db: Store, people: People
) -> None:
    case = case_steps.open_case(db, HAZARD)
    undone(db, people, case)
    db.conn.execute("UPDATE officers SET number = 99 WHERE id = ?", [people.second.id])
    notice = submitted(db, people, case)
    with pytest.raises(RuleBroken, match="你改写过说法，不能复核"):
        case_steps.review(db, notice, officers.get(db, people.second.id))


def test_hands_stay_when_the_case_is_taken_up_again_for_another_notice(
    db: Store, people: People
) -> None:
    third = officers.add(db, "third", Role.VERIFIER, 60, [HAZARD])
    notice = case_steps.published(db, people, HAZARD)
    cases.reopen(db, notice.case_id, reason="新线索", by=people.verifier)
    cases.send_lead(db, notice.case_id, to="市疾控", by=third)
    case_steps.decide(
        db, cases.get(db, notice.case_id), people.verifier, hazard=Hazard.NOT_EXCLUDED
    )
    second = case_steps.draft(db, cases.get(db, notice.case_id), NoticeKind.STATEMENT)
    case_steps.submit(db, second, people.verifier)
    with pytest.raises(RuleBroken, match="你转过预警线索，不能复核"):
        case_steps.review(db, second, third)
    case_steps.review(db, second, people.second)  # has reviewed before, and nothing else
    assert case_steps.approve(db, second, people.publisher).number


# ---- publishers ---------------------------------------------------------------------------------


def pasted(db: Store, people: People) -> Notice:
    """The publisher's own words in a first draft; a verifier pastes them into a second notice."""
    case = case_steps.ready(db, people)
    case_steps.decide(db, case, people.verifier)
    words = replace(case_steps.words(db, case), title="发布员写的一句标题")
    notices.start(db, case.id, words, by=people.publisher)
    again = notices.start(db, case.id, words, by=people.verifier)
    return case_steps.submit(db, again, people.verifier)


def edited_before(db: Store, people: People) -> Notice:
    """The publisher edits the machine's draft; the case is decided anew, and the words pasted."""
    old = case_steps.drafted(db, people)
    words = replace(case_steps.words(db, cases.get(db, old.case_id)), title="发布员写的一句标题")
    notices.edit(db, old.id, 1, words, by=people.publisher)
    cases.reopen(db, old.case_id, reason="再查", by=people.verifier)
    case_steps.decide(db, cases.get(db, old.case_id), people.verifier)
    new = case_steps.draft(db, cases.get(db, old.case_id))
    notices.edit(db, new.id, 1, words, by=people.verifier)
    return case_steps.submit(db, new, people.verifier)


def retracted(db: Store, people: People) -> Notice:
    """The publisher's words why it was wrong are what the public read; then a new notice."""
    old = case_steps.published(db, people)
    retractions.retract(db, old.id, reason="登记答复有误", by=people.publisher)
    case_steps.send(db)
    case = cases.get(db, old.case_id)
    case_steps.decide(db, case, people.verifier, Outcome.FALSE, Literal.WRONG, Hazard.NOT_EXCLUDED)
    new = case_steps.draft(db, case, NoticeKind.STATEMENT)
    return case_steps.submit(db, new, people.verifier)


@pytest.mark.parametrize("way", [pasted, edited_before, retracted])
def test_a_publisher_never_approves_own_words_in_another_draft(
    db: Store, people: People, way: Callable[[Store, People], Notice]
) -> None:
    notice = way(db, people)
    with pytest.raises(RuleBroken, match="你.*本案的通告，不能批准"):
        case_steps.approve(db, notice, people.publisher)
    with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
        step_by_sql(db, notice, "approve", people.publisher.id)
    assert case_steps.approve(db, notice, people.other_publisher).number


# ---- after the review, after the approval -------------------------------------------------------

LATER: dict[str, Act] = {
    "lead": lambda db, people, case: cases.send_lead(db, case.id, to="市疾控", by=people.second),
    "sample": lambda db, people, case: cases.set_sample_status(
        db, case.id, status="已留样", by=people.second
    ),
    "topic": lambda db, people, case: cases.set_topic(
        db, case.id, topic=case.topic, by=people.second
    ),
}


@pytest.mark.parametrize("act", LATER)
def test_a_reviewer_who_acts_afterwards_reviewed_nothing(
    db: Store, people: People, act: str
) -> None:
    notice = case_steps.review(db, case_steps.submitted(db, people, HAZARD), people.second)
    LATER[act](db, people, cases.get(db, notice.case_id))
    assert notices.get(db, notice.id).hash == notice.hash
    with pytest.raises(RuleBroken, match="要先有专业复核"):
        case_steps.approve(db, notice, people.publisher)
    step_by_sql(db, notice, "approve", people.publisher.id)
    with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
        queue_by_sql(db, notice)


@pytest.mark.parametrize("act", LATER)
def test_what_a_reviewer_acted_on_after_the_approval_does_not_go_out(
    db: Store, people: People, act: str
) -> None:
    notice = case_steps.approved(db, people, HAZARD)
    LATER[act](db, people, cases.get(db, notice.case_id))
    with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
        db.conn.execute("UPDATE outbox SET state = 'in_flight'")
    assert outbox.take(db, "x") is None
    assert notices.get(db, notice.id).state is NoticeState.VOID


@pytest.mark.parametrize("who", ["second", "publisher"])
def test_who_was_switched_off_since_has_agreed_to_nothing(
    db: Store, people: People, who: str
) -> None:
    notice = case_steps.review(db, case_steps.submitted(db, people, HAZARD), people.second)
    step_by_sql(db, notice, "approve", people.publisher.id)
    officers.set_active(db, getattr(people, who).id, False, by=people.admin)
    with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
        queue_by_sql(db, notice)
    if who == "second":
        with pytest.raises(RuleBroken, match="疫情类要先有专业复核"):
            case_steps.approve(db, notice, people.publisher)


@pytest.mark.parametrize("who", ["second", "publisher"])
def test_who_is_switched_off_before_it_is_sent_lets_nothing_out(
    db: Store, people: People, who: str
) -> None:
    notice = case_steps.approved(db, people, HAZARD)
    officers.set_active(db, getattr(people, who).id, False, by=people.admin)
    with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
        db.conn.execute("UPDATE outbox SET state = 'in_flight'")
    assert outbox.take(db, "x") is None
    assert {row.state for row in outbox.of_notice(db, notice.id)} == {Delivery.REJECTED}


# ---- the fields of all hazards ------------------------------------------------------------------


def shopped(db: Store, people: People) -> tuple[Notice, Officer, Officer]:
    """An epidemic, moved to 生产安全 to suit a reviewer; with a verifier of each field alone."""
    production = officers.add(db, "production", Role.VERIFIER, 61, [Topic.PRODUCTION])
    epidemic = officers.add(db, "epidemic", Role.VERIFIER, 62, [Topic.EPIDEMIC])
    notice = case_steps.submitted(db, people, HAZARD)
    cases.set_topic(db, notice.case_id, topic=Topic.PRODUCTION, by=people.monitor)
    words = case_steps.words(db, cases.get(db, notice.case_id))
    notices.edit(db, notice.id, 1, replace(words, title="换了类的标题"), by=people.verifier)
    return case_steps.submit(db, notice, people.verifier), production, epidemic


def test_a_topic_is_not_shopped_for_its_reviewer(db: Store, people: People) -> None:
    another = officers.add(db, "b", Role.VERIFIER, 63, [Topic.PRODUCTION])
    notice, production, epidemic = shopped(db, people)
    case_steps.review(db, notice, production)
    with pytest.raises(RuleBroken, match="疫情类要先有专业复核"):
        case_steps.approve(db, notice, people.publisher)
    with pytest.raises(RuleBroken, match="还缺“疫情”专业的复核"):
        case_steps.review(db, notice, another)
    step_by_sql(db, notice, "approve", people.publisher.id)
    with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
        queue_by_sql(db, notice)
    case_steps.review(db, notice, epidemic)  # together they cover it
    with pytest.raises(RuleBroken, match="本稿已有专业复核"):
        case_steps.review(db, notice, people.second)
    assert case_steps.approve(db, notice, people.publisher).number
    assert case_steps.take(db).notice_id == notice.id


def test_one_reviewer_of_all_fields_is_enough(db: Store, people: People) -> None:
    notice, *_ = shopped(db, people)
    case_steps.review(db, notice, people.second)
    assert case_steps.approve(db, notice, people.publisher).number


def test_a_field_is_asked_for_after_a_way_there_and_back(db: Store, people: People) -> None:
    epidemic = officers.add(db, "e", Role.VERIFIER, 64, [HAZARD])
    case = case_steps.ready(db, people, HAZARD)
    for topic in (Topic.FOOD, HAZARD):
        cases.set_topic(db, case.id, topic=topic, by=people.verifier)
    case_steps.decide(db, cases.get(db, case.id), people.verifier)
    notice = case_steps.submit(db, case_steps.draft(db, case), people.verifier)
    case_steps.review(db, notice, epidemic)
    with pytest.raises(RuleBroken, match="食品类要先有专业复核"):
        case_steps.approve(db, notice, people.publisher)


def test_a_hazard_that_the_machine_named_is_asked_for_when_an_officer_names_another(
    db: Store, people: People
) -> None:
    case = case_steps.open_case(db, Topic.DISASTER)
    cases.set_topic(db, case.id, topic=Topic.FOOD, by=people.monitor)
    assert acts.fields(db, case.id) == (Topic.FOOD, Topic.DISASTER)
    with pytest.raises(RuleBroken, match="不能改成一般类"):
        cases.set_topic(db, case.id, topic=Topic.OTHER, by=people.monitor)


# ---- what was taken away after the submission ---------------------------------------------------


@pytest.mark.parametrize("who", ["monitor", "verifier"])  # its author takes it back, or another
@pytest.mark.parametrize("known", [True, False])
def test_nothing_that_speaks_against_it_is_taken_away_between_two_looks(
    db: Store, people: People, known: bool, who: str
) -> None:
    """The approver would not have seen it. By SQL, with the hash of before, as well."""
    notice = case_steps.drafted(db, people)
    case = cases.get(db, notice.case_id)
    if known:
        seen = case_steps.prove(db, case, people.monitor, title="目击", adverse=True)
    notice = case_steps.submit(db, notice, people.verifier)
    if not known:
        seen = case_steps.prove(db, case, people.monitor, title="目击", adverse=True)
    by: Officer = getattr(people, who)
    evidence.withdraw(db, seen.id, reason="来电人说他记错了日子", by=by)
    with pytest.raises(RuleBroken, match="送审之后证据或危害类有变化"):
        case_steps.approve(db, notice, people.publisher)
    step_by_sql(db, notice, "approve", people.publisher.id, notice.hash)
    with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
        queue_by_sql(db, notice, digest=notice.hash)
    current = notices.get(db, notice.id)
    reviews.refuse(db, notice.id, current.hash, reason="证据有变化", by=people.publisher)
    case_steps.submit(db, notice, people.verifier)
    assert case_steps.approve(db, notice, people.publisher).number


def test_a_notice_that_nobody_can_agree_to_any_more_says_the_way_out(
    db: Store, people: People
) -> None:
    case = case_steps.open_case(db, HAZARD)
    notice = submitted(db, people, case)
    assert reviews.stuck(db, notice) == []
    case_steps.prove(db, cases.get(db, case.id), people.second, title="又一项", refutes="武汉")
    notice = notices.get(db, notice.id)
    (said,) = reviews.stuck(db, notice)
    assert said.startswith("没有人能复核“疫情”了") and "请管理员添加一名登记疫情专业" in said
    for each in officers.all(db):
        if each.role is Role.PUBLISHER:
            officers.set_active(db, each.id, False, by=people.admin)
    assert [words[:6] for words in reviews.stuck(db, notice)] == ["没有人能复核", "没有人能批准"]
    added = officers.add(db, "helper", Role.VERIFIER, fields=[HAZARD], by=people.admin)
    assert added.active and [words[:6] for words in reviews.stuck(db, notice)] == ["没有人能批准"]
