"""Four eyes: 2 people for an ordinary notice, 3 for a hazard, and no way around.

Each shortcut is tried twice: through the functions, and by SQL as a caller who goes around them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from models import driver
from models.casework import cases, evidence, workflow
from models.casework.records import NoticeKind
from models.errors import Conflict, Forbidden, PiyaoError, RuleBroken
from models.harm import Topic
from models.people import officers
from models.publishing import notices, outbox, reviews
from models.publishing.records import Notice, NoticeState
from models.roles import Officer, Role
from models.store import Store, now, stamp
from tests import case_steps
from tests.conftest import People

ORDINARY, HAZARD = Topic.SAFETY, Topic.EPIDEMIC


def step_by_sql(db: Store, notice: Notice, step: str, by: int, digest: str = "") -> None:
    current = notices.get(db, notice.id)
    db.conn.execute(
        "INSERT INTO approvals (notice_id, revision, hash, step, reason, by, at)"
        " VALUES (?, ?, ?, ?, '', ?, ?)",
        [notice.id, current.revision, digest or current.hash, step, by, stamp(now())],
    )


def queue_by_sql(db: Store, notice: Notice, kind: str = "publish", digest: str = "") -> None:
    current = notices.get(db, notice.id)
    db.conn.execute(
        "INSERT INTO outbox (notice_id, revision, channel, kind, hash, queued_at)"
        " VALUES (?, ?, 'site', ?, ?, ?)",
        [notice.id, current.revision, kind, digest or current.hash, stamp(now())],
    )


def people_behind(db: Store, notice: Notice) -> set[int]:
    """Everybody whose hand a publication of this notice rests on."""
    return set(reviews.hands(db, notice)) | {
        step.by for step in reviews.approvals(db, notice.id) if step.step in ("review", "approve")
    }


def test_an_ordinary_notice_takes_two_people(db: Store, people: People) -> None:
    notice = case_steps.drafted(db, people)
    case = cases.get(db, notice.case_id)
    assert workflow.people_needed(case) == 2
    notice = case_steps.approve(
        db, case_steps.submit(db, notice, people.verifier), people.publisher
    )
    assert notice.state is NoticeState.APPROVED
    assert case_steps.take(db).notice_id == notice.id


def test_a_debunk_of_a_hazard_takes_four_people(db: Store, people: People) -> None:
    notice = case_steps.submitted(db, people, HAZARD)
    assert workflow.people_needed(cases.get(db, notice.case_id)) == 4
    with pytest.raises(RuleBroken, match="要先有专业复核"):
        case_steps.approve(db, notice, people.publisher)
    case_steps.review(db, notice, people.second)
    assert case_steps.approve(db, notice, people.publisher).state is NoticeState.APPROVED
    assert {people.verifier.id, people.second.id, people.publisher.id} <= people_behind(db, notice)
    assert len(people_behind(db, notice)) == workflow.people_needed(cases.get(db, notice.case_id))


def test_a_notice_that_is_only_being_verified_takes_two_and_three_people_as_well(
    db: Store, people: People
) -> None:
    for topic in (ORDINARY, HAZARD):
        notice = case_steps.draft(db, case_steps.claimed(db, people, topic), NoticeKind.VERIFYING)
        case_steps.submit(db, notice, people.verifier)
        if topic.hazard:
            with pytest.raises(RuleBroken):
                case_steps.approve(db, notice, people.publisher)
            case_steps.review(db, notice, people.second)
        assert case_steps.approve(db, notice, people.publisher).number


# ---- shortcuts ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shortcut:
    """What somebody wants: ``step`` by ``who`` on a notice that ``prepare`` made."""

    prepare: Callable[[Store, People], Notice]
    step: str
    who: str


def submitted(topic: Topic) -> Callable[[Store, People], Notice]:
    return lambda db, people: case_steps.submitted(db, people, topic)


def reviewed(db: Store, people: People) -> Notice:
    return case_steps.review(db, case_steps.submitted(db, people, HAZARD), people.second)


def with_evidence_of_second(db: Store, people: People) -> Notice:
    notice = case_steps.drafted(db, people, HAZARD)
    case_steps.prove(db, cases.get(db, notice.case_id), people.second, title="我加的")
    return case_steps.submit(db, notice, people.verifier)


def with_withdrawn_evidence_of_second(db: Store, people: People) -> Notice:
    notice = case_steps.drafted(db, people, HAZARD)
    item = case_steps.prove(db, cases.get(db, notice.case_id), people.second, title="我加的")
    evidence.withdraw(db, item.id, by=people.second)
    return case_steps.submit(db, notice, people.verifier)


def edited_by_publisher(db: Store, people: People) -> Notice:
    notice = case_steps.drafted(db, people)
    draft = case_steps.words(db, cases.get(db, notice.case_id))
    edited = replace(draft, title="发布员改过的题目")
    notices.edit(db, notice.id, 1, edited, by=people.publisher)
    notices.edit(db, notice.id, 2, draft, by=people.verifier)  # even if that was taken back
    return case_steps.submit(db, notice, people.verifier)


def submitted_by_second(db: Store, people: People) -> Notice:
    return case_steps.submit(db, case_steps.drafted(db, people, HAZARD), people.second)


def decided_by_second_before(db: Store, people: People) -> Notice:
    case = case_steps.ready(db, people, HAZARD)
    case_steps.hand_over(db, case, people.verifier, people.second)
    case_steps.decide(db, case, people.second)
    cases.reopen(db, case.id, reason="再查一次", by=people.verifier)
    case_steps.decide(db, case, people.verifier)
    return case_steps.submit(db, case_steps.draft(db, case), people.verifier)


SHORTCUTS = {
    "the verdict's author reviews": Shortcut(submitted(HAZARD), "review", "verifier"),
    "the verdict's author approves": Shortcut(submitted(ORDINARY), "approve", "verifier"),
    "another verifier approves": Shortcut(submitted(ORDINARY), "approve", "second"),
    "the monitor approves": Shortcut(submitted(ORDINARY), "approve", "monitor"),
    "the viewer approves": Shortcut(submitted(ORDINARY), "approve", "viewer"),
    "the administrator approves": Shortcut(submitted(ORDINARY), "approve", "admin"),
    "the reviewer approves": Shortcut(reviewed, "approve", "second"),
    "the publisher reviews": Shortcut(submitted(HAZARD), "review", "publisher"),
    "the monitor who added evidence reviews": Shortcut(submitted(HAZARD), "review", "monitor"),
    "a verifier who added evidence reviews": Shortcut(with_evidence_of_second, "review", "second"),
    "who added evidence and took it back reviews": Shortcut(
        with_withdrawn_evidence_of_second, "review", "second"
    ),
    "the publisher who edited approves": Shortcut(edited_by_publisher, "approve", "publisher"),
    "the verifier who submitted reviews": Shortcut(submitted_by_second, "review", "second"),
    "who gave an earlier verdict reviews": Shortcut(decided_by_second_before, "review", "second"),
    "the monitor submits": Shortcut(case_steps.drafted, "submit", "monitor"),
    "the publisher submits": Shortcut(case_steps.drafted, "submit", "publisher"),
}


@pytest.mark.parametrize("name", SHORTCUTS)
def test_each_shortcut_is_refused_by_the_functions(db: Store, people: People, name: str) -> None:
    way = SHORTCUTS[name]
    notice = way.prepare(db, people)
    who: Officer = getattr(people, way.who)
    assert reviews.blockers(db, notice.id, who, way.step)
    with pytest.raises((RuleBroken, Forbidden)):
        getattr(case_steps, way.step)(db, notice, who)
    forged = replace(who, role=Role.PUBLISHER, fields=tuple(Topic))  # says so itself
    with pytest.raises((RuleBroken, Forbidden)):
        getattr(case_steps, way.step)(db, notice, forged)
    assert outbox.take(db, "x") is None


@pytest.mark.parametrize("name", SHORTCUTS)
def test_each_shortcut_is_refused_by_the_store(db: Store, people: People, name: str) -> None:
    way = SHORTCUTS[name]
    notice = way.prepare(db, people)
    with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
        step_by_sql(db, notice, way.step, getattr(people, way.who).id)


@pytest.mark.parametrize("step", ["submit", "review", "approve"])
def test_the_machine_counts_as_nobody(db: Store, people: People, step: str) -> None:
    notice = case_steps.drafted(db, people, HAZARD)
    if step != "submit":
        case_steps.submit(db, notice, people.verifier)
    with pytest.raises(Forbidden):
        getattr(case_steps, step)(db, notice, officers.MACHINE)
    with pytest.raises(driver.library.IntegrityError):
        step_by_sql(db, notice, step, 0)


def test_a_verifier_of_another_field_reviews_nothing(db: Store, people: People) -> None:
    food = officers.add(db, "food", Role.VERIFIER, 50, [Topic.FOOD])
    notice = case_steps.submitted(db, people, HAZARD)
    with pytest.raises(RuleBroken, match="没有登记“疫情”专业"):
        case_steps.review(db, notice, food)
    with pytest.raises(RuleBroken):
        case_steps.review(db, notice, replace(food, fields=(HAZARD,)))
    with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
        step_by_sql(db, notice, "review", food.id)


def test_a_review_in_one_field_does_not_hold_when_the_topic_becomes_another(
    db: Store, people: People
) -> None:
    notice = case_steps.review(db, case_steps.submitted(db, people, HAZARD), people.second)
    cases.set_topic(db, notice.case_id, topic=Topic.FOOD, by=people.monitor)
    with pytest.raises(RuleBroken, match="要先有专业复核"):
        case_steps.approve(db, notice, people.publisher)


def test_who_was_switched_off_a_moment_ago_approves_nothing(db: Store, people: People) -> None:
    notice = case_steps.submitted(db, people)
    officers.set_active(db, people.publisher.id, False, by=people.admin)
    with pytest.raises(Forbidden):
        case_steps.approve(db, notice, people.publisher)
    with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
        step_by_sql(db, notice, "approve", people.publisher.id)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE officers SET role = 'publisher' WHERE id = 2",
        "INSERT OR REPLACE INTO officers (id, username, role, number, fields)"
        " VALUES (2, 'x', 'publisher', 99, '[]')",
        "DELETE FROM officers WHERE id = 2",
    ],
)
def test_nobody_becomes_somebody_else_by_sql(db: Store, people: People, sql: str) -> None:
    case_steps.drafted(db, people)
    with pytest.raises(driver.library.IntegrityError, match="rule:role-immutable"):
        db.conn.execute(sql)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [("cases", "hazard", "0"), ("cases", "topic", "'other'"), ("notices", "kind", "'debunk'")],
)
def test_replacing_a_row_is_no_way_around_its_triggers(
    db: Store, people: People, table: str, column: str, value: str
) -> None:
    case_steps.draft(db, case_steps.claimed(db, people, HAZARD), NoticeKind.VERIFYING)
    columns = [row["name"] for row in db.query(f"PRAGMA table_info({table})")]
    chosen = ", ".join(value if name == column else name for name in columns)
    with pytest.raises(driver.library.IntegrityError, match="rule:|CHECK"):
        db.conn.execute(f"INSERT OR REPLACE INTO {table} SELECT {chosen} FROM {table}")


def test_nothing_is_queued_by_sql_without_its_steps(db: Store, people: People) -> None:
    notice = case_steps.drafted(db, people)

    def refused() -> None:
        with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
            queue_by_sql(db, notice)

    refused()
    case_steps.submit(db, notice, people.verifier)
    refused()
    step_by_sql(db, notice, "approve", people.publisher.id, "another hash")
    refused()
    step_by_sql(db, notice, "approve", people.publisher.id)
    queue_by_sql(db, notice)  # that is the whole way


def test_an_approval_before_the_submission_does_not_count(db: Store, people: People) -> None:
    notice = case_steps.drafted(db, people)
    step_by_sql(db, notice, "approve", people.publisher.id)
    case_steps.submit(db, notice, people.verifier)
    with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
        queue_by_sql(db, notice)


def test_a_hazard_is_not_queued_by_sql_without_its_review(db: Store, people: People) -> None:
    notice = case_steps.submitted(db, people, HAZARD)
    step_by_sql(db, notice, "approve", people.publisher.id)
    with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
        queue_by_sql(db, notice)
    case_steps.review(db, notice, people.second)
    with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
        queue_by_sql(db, notice)  # the approver had not seen a review
    step_by_sql(db, notice, "approve", people.publisher.id)
    queue_by_sql(db, notice)


def test_who_touched_the_case_after_approving_it_approved_nothing(
    db: Store, people: People
) -> None:
    notice = case_steps.submitted(db, people)
    step_by_sql(db, notice, "approve", people.publisher.id)
    db.conn.execute(
        "INSERT INTO revisions SELECT notice_id, 2, title, findings, quote, closing, basis, ?, at"
        " FROM revisions WHERE notice_id = ?",
        [people.publisher.id, notice.id],
    )
    with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
        queue_by_sql(db, notice)


def test_a_refusal_ends_an_earlier_approval_of_the_same_text(db: Store, people: People) -> None:
    notice = case_steps.submitted(db, people)
    step_by_sql(db, notice, "approve", people.publisher.id)
    reviews.refuse(db, notice.id, notice.hash, reason="还要再问一处", by=people.other_publisher)
    again = case_steps.submit(db, notice, people.verifier)
    assert again.hash == notice.hash
    with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
        queue_by_sql(db, again)
    step_by_sql(db, again, "approve", people.publisher.id)
    queue_by_sql(db, again)


def test_a_verdict_that_is_not_the_last_lets_nothing_out(db: Store, people: People) -> None:
    notice = case_steps.submitted(db, people)
    step_by_sql(db, notice, "approve", people.publisher.id)
    db.conn.execute(
        "INSERT INTO verdicts (case_id, literal, hazard, outcome, ground, evidence_hash, by, at)"
        " SELECT case_id, literal, hazard, outcome, ground, evidence_hash, by, ? FROM verdicts",
        [stamp(now())],
    )
    with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
        queue_by_sql(db, notice)


def test_too_little_evidence_is_not_queued_by_sql_either(db: Store, people: People) -> None:
    notice = case_steps.submitted(db, people)
    step_by_sql(db, notice, "approve", people.publisher.id)
    db.conn.execute(
        "UPDATE evidence SET withdrawn_at = added_at, withdrawn_by = added_by WHERE id = 1"
    )
    digest = notice.hash  # of the moment of approval
    with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
        queue_by_sql(db, notice, digest=digest)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE outbox SET revision = 9",
        "UPDATE outbox SET hash = 'other'",
        "UPDATE outbox SET channel = 'weibo'",
        "UPDATE outbox SET kind = 'retract'",
        "UPDATE outbox SET notice_id = 9",
    ],
)
def test_an_approved_row_cannot_be_made_to_send_something_else(
    db: Store, people: People, sql: str
) -> None:
    case_steps.approved(db, people)
    with pytest.raises(driver.library.IntegrityError):
        db.conn.execute(sql)


def test_another_kind_of_row_cannot_be_turned_into_a_publication(db: Store, people: People) -> None:
    notice = case_steps.submitted(db, people)
    queue_by_sql(db, notice, "retract")  # taking back needs no approval
    with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
        db.conn.execute("UPDATE outbox SET kind = 'publish'")
    with pytest.raises(driver.library.IntegrityError):
        queue_by_sql(db, notice, "announce")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE approvals SET by = 4",
        "UPDATE approvals SET hash = 'other'",
        "UPDATE approvals SET step = 'approve'",
        "DELETE FROM approvals",
        "INSERT OR REPLACE INTO approvals SELECT id, notice_id, revision, hash, 'refuse', '', by, at"
        " FROM approvals",
        "UPDATE revisions SET title = 'other'",
        "UPDATE revisions SET edited_by = 0",
        "DELETE FROM revisions",
    ],
)
def test_who_agreed_to_what_is_never_rewritten(db: Store, people: People, sql: str) -> None:
    case_steps.submitted(db, people)
    with pytest.raises(driver.library.IntegrityError, match="immutable"):
        db.conn.execute(sql)


# ---- one exact text -----------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["submit", "review", "approve"])
def test_a_step_on_a_text_that_has_changed_is_a_conflict(
    db: Store, people: People, step: str
) -> None:
    notice = case_steps.drafted(db, people, HAZARD)
    if step != "submit":
        case_steps.submit(db, notice, people.verifier)
    if step == "approve":
        case_steps.review(db, notice, people.second)
    seen = notices.get(db, notice.id).hash
    case_steps.prove(db, cases.get(db, notice.case_id), people.monitor, title="新到的一份")
    who = {"submit": people.verifier, "review": people.second, "approve": people.publisher}[step]
    with pytest.raises((Conflict, RuleBroken)):
        getattr(reviews, step)(db, notice.id, seen, by=who)


def test_a_draft_is_not_sent_back_by_who_saw_another(db: Store, people: People) -> None:
    """The reason would speak of words that no longer stand there."""
    seen = case_steps.submitted(db, people, HAZARD)
    case_steps.prove(db, cases.get(db, seen.case_id), people.monitor, title="新到的一份")
    with pytest.raises(Conflict, match="本稿刚有变化"):
        reviews.refuse(db, seen.id, seen.hash, reason="缺时间", by=people.second)
    stands = notices.get(db, seen.id)
    assert stands.state is NoticeState.IN_REVIEW and stands.hash != seen.hash
    sent_back = reviews.refuse(db, seen.id, stands.hash, reason="缺时间", by=people.second)
    assert sent_back.state is NoticeState.DRAFT


def test_a_review_of_the_text_before_is_no_review_of_this_one(db: Store, people: People) -> None:
    notice = case_steps.review(db, case_steps.submitted(db, people, HAZARD), people.second)
    assert reviews.reviewed(db, notice)
    draft = replace(case_steps.words(db, cases.get(db, notice.case_id)), title="换了一个题目")
    notices.edit(db, notice.id, 1, draft, by=people.verifier)
    again = case_steps.submit(db, notice, people.verifier)
    assert not reviews.reviewed(db, again)
    with pytest.raises(RuleBroken, match="要先有专业复核"):
        case_steps.approve(db, again, people.publisher)


def test_a_refusal_ends_an_earlier_review_of_the_same_text(db: Store, people: People) -> None:
    notice = case_steps.review(db, case_steps.submitted(db, people, HAZARD), people.second)
    reviews.refuse(db, notice.id, notice.hash, reason="复核后发现有误", by=people.second)
    again = case_steps.submit(db, notice, people.verifier)
    assert again.hash == notice.hash
    assert not reviews.reviewed(db, again)
    with pytest.raises(RuleBroken, match="要先有专业复核"):
        case_steps.approve(db, again, people.publisher)
    step_by_sql(db, again, "approve", people.publisher.id)
    with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
        queue_by_sql(db, again)
    case_steps.review(db, again, people.second)  # may think again
    assert case_steps.approve(db, again, people.publisher).number


def test_a_reviewer_who_then_touches_the_case_reviewed_nothing(db: Store, people: People) -> None:
    """Evidence added and taken back leaves the hash as it was, and a hand in the case."""
    notice = case_steps.review(db, case_steps.submitted(db, people, HAZARD), people.second)
    item = case_steps.prove(db, cases.get(db, notice.case_id), people.second, title="我加的")
    evidence.withdraw(db, item.id, by=people.second)
    assert notices.get(db, notice.id).hash == notice.hash
    with pytest.raises(RuleBroken, match="要先有专业复核"):
        case_steps.approve(db, notice, people.publisher)
    step_by_sql(db, notice, "approve", people.publisher.id)
    with pytest.raises(driver.library.IntegrityError, match="rule:four-eyes"):
        queue_by_sql(db, notice)


def test_an_ordinary_notice_asks_for_no_review_and_a_second_review_is_none(
    db: Store, people: People
) -> None:
    with pytest.raises(RuleBroken, match="不需要专业复核"):
        case_steps.review(db, case_steps.submitted(db, people), people.second)
    third = officers.add(db, "third", Role.VERIFIER, 60, [HAZARD])
    notice = case_steps.review(db, case_steps.submitted(db, people, HAZARD), people.second)
    with pytest.raises(RuleBroken, match="已有专业复核"):
        case_steps.review(db, notice, third)


def test_of_two_approvers_at_once_one_approves(db: Store, people: People) -> None:
    notice = case_steps.submitted(db, people)
    case_steps.approve(db, notice, people.publisher)
    with pytest.raises(RuleBroken, match="已批准"):
        case_steps.approve(db, notice, people.other_publisher)
    assert len(outbox.of_notice(db, notice.id)) == 1


def test_a_refused_step_leaves_no_trace(db: Store, people: People) -> None:
    notice = case_steps.submitted(db, people)
    before = db.value("SELECT count(*) FROM approvals"), db.value("SELECT count(*) FROM audit")
    with pytest.raises(PiyaoError):
        case_steps.approve(db, notice, people.verifier)
    assert before == (
        db.value("SELECT count(*) FROM approvals"),
        db.value("SELECT count(*) FROM audit"),
    )


def test_a_notice_does_not_rest_on_what_was_withdrawn(db: Store, people: People) -> None:
    case = case_steps.ready(db, people)
    third = case_steps.prove(db, case, people.verifier, title="第三份答复")
    case_steps.decide(db, case, people.verifier)
    notice = case_steps.draft(db, case)
    evidence.withdraw(db, third.id, by=people.verifier)  # the other two carry it
    with pytest.raises(RuleBroken, match="^依据里有已撤下的证据"):
        case_steps.submit(db, notice, people.verifier)


def test_nobody_agrees_to_what_the_evidence_no_longer_carries(db: Store, people: People) -> None:
    """Also where the item that went is not named under 依据."""
    case = case_steps.ready(db, people)
    case_steps.decide(db, case, people.verifier)
    (first, second) = evidence.of_case(db, case.id)
    words = replace(case_steps.words(db, case), basis=(first.id,))
    notice = notices.start(db, case.id, words, by=officers.MACHINE)
    evidence.withdraw(db, second.id, by=people.monitor)
    with pytest.raises(RuleBroken, match="^证据撑不起“不实”了：证据至少 2 项"):
        case_steps.submit(db, notice, people.verifier)


def test_who_reviewed_does_not_approve_however_the_review_came_to_be(
    db: Store, people: People
) -> None:
    notice = case_steps.submitted(db, people)
    db.conn.execute("DROP TRIGGER four_eyes")  # no role can do both
    db.conn.execute(
        "INSERT INTO approvals (notice_id, revision, hash, step, reason, by, at)"
        " VALUES (?, 1, ?, 'review', '', ?, ?)",
        [notice.id, notice.hash, people.publisher.id, stamp(now())],
    )
    with pytest.raises(RuleBroken, match="^你复核过本稿，不能批准"):
        case_steps.approve(db, notice, people.publisher)
    assert case_steps.approve(db, notice, people.other_publisher).number
