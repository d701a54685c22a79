"""Notices: numbered revisions, a hash over all that was agreed to, gapless numbers, corrections."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from models import audit, driver, store
from models.casework import cases, evidence
from models.casework.records import (
    CaseState,
    Hazard,
    Literal,
    NoticeKind,
)
from models.errors import Conflict, Forbidden, NotFound, RuleBroken
from models.harm import Topic
from models.outcome import Outcome
from models.people import officers
from models.publishing import (
    notices,
    outbox,
    retractions,
    reviews,
    revisions,
)
from models.publishing.records import Delivery, NoticeState
from models.publishing.revisions import Draft
from models.store import Store
from tests import case_steps
from tests.conftest import People

CHANGES: dict[str, dict[str, object]] = {
    "title": {"title": "另一个题目"},
    "findings": {"findings": ("该车没有来过",)},
    "order of findings": {"findings": ("没有确诊患者", "该车没有来过")},
    "quote": {"quote": "网传另一句"},
    "closing": {"closing": "请以官方为准"},
    "basis": {"basis": (1,)},
}


@pytest.mark.parametrize("what", CHANGES)
def test_any_change_of_the_text_changes_the_hash_and_voids_what_was_agreed(
    db: Store, people: People, what: str
) -> None:
    notice = case_steps.review(db, case_steps.submitted(db, people, Topic.FOOD), people.second)
    draft = replace(case_steps.words(db, cases.get(db, notice.case_id)), **CHANGES[what])
    edited = notices.edit(db, notice.id, 1, draft, by=people.verifier)
    assert edited.hash != notice.hash
    assert (edited.revision, edited.state, edited.submitted_by) == (2, NoticeState.DRAFT, 0)
    assert cases.get(db, notice.case_id).state is CaseState.DECIDED
    with pytest.raises(RuleBroken):
        reviews.approve(db, notice.id, notice.hash, by=people.publisher)
    again = case_steps.submit(db, edited, people.verifier)
    with pytest.raises(RuleBroken, match="要先有专业复核"):
        case_steps.approve(db, again, people.publisher)


def test_the_changes_tried_above_are_all_the_words_of_a_draft() -> None:
    assert {name for change in CHANGES.values() for name in change} == {
        field.name for field in fields(Draft)
    } - {"kind"}


def test_the_same_words_in_a_new_revision_are_a_new_text(db: Store, people: People) -> None:
    notice = case_steps.drafted(db, people)
    draft = case_steps.words(db, cases.get(db, notice.case_id))
    assert notices.edit(db, notice.id, 1, draft, by=people.verifier).hash != notice.hash


def test_more_evidence_withdrawn_evidence_and_another_topic_change_the_hash(
    db: Store, people: People
) -> None:
    notice = case_steps.submitted(db, people)
    seen = [notice.hash]
    case = cases.get(db, notice.case_id)
    item = case_steps.prove(db, case, people.monitor, title="第三份", adverse=True)
    seen.append(notices.get(db, notice.id).hash)
    evidence.withdraw(db, item.id, by=people.monitor)
    assert notices.get(db, notice.id).hash == seen[0]  # it stands as it stood
    evidence.withdraw(db, 1, reason="抄错了车牌", by=people.monitor)
    seen.append(notices.get(db, notice.id).hash)
    cases.set_topic(db, case.id, topic=Topic.FOOD, by=people.monitor)
    seen.append(notices.get(db, notice.id).hash)
    assert len(set(seen)) == 4


def test_another_verdict_gives_another_hash(db: Store, people: People) -> None:
    first = case_steps.drafted(db, people)
    cases.reopen(db, first.case_id, reason="再查", by=people.verifier)
    case = cases.get(db, first.case_id)
    case_steps.decide(db, case, people.verifier, Outcome.MISLEADING, Literal.PARTLY)
    assert case_steps.draft(db, case).hash != first.hash


def test_the_hash_does_not_change_by_being_looked_at(db: Store, people: People) -> None:
    notice = case_steps.drafted(db, people)
    again = store.open(db.path)
    assert notices.get(again, notice.id).hash == notice.hash == notices.get(db, notice.id).hash
    again.close()


def test_a_published_notice_keeps_the_hash_it_was_approved_with(db: Store, people: People) -> None:
    notice = case_steps.published(db, people)
    with pytest.raises(RuleBroken):  # what is out rests on it
        evidence.withdraw(db, 1, by=people.verifier)
    cases.reopen(db, notice.case_id, reason="重查", by=people.verifier)
    evidence.withdraw(db, 1, by=people.verifier)
    assert notices.get(db, notice.id).hash == notice.hash


# ---- evidence on the way out --------------------------------------------------------------------


@pytest.mark.parametrize("step", ["submit", "review", "approve"])
def test_a_debunk_whose_evidence_was_withdrawn_after_the_verdict_goes_no_further(
    db: Store, people: People, step: str
) -> None:
    notice = case_steps.drafted(db, people, Topic.FOOD)
    if step != "submit":
        case_steps.submit(db, notice, people.verifier)
    if step == "approve":
        case_steps.review(db, notice, people.second)
    evidence.withdraw(db, 2, by=people.monitor)
    who = {"submit": people.verifier, "review": people.second, "approve": people.publisher}[step]
    with pytest.raises(RuleBroken, match="证据撑不起“不实”"):
        getattr(case_steps, step)(db, notice, who)


def test_evidence_that_comes_while_in_review_sends_the_notice_back_to_its_author(
    db: Store, people: People
) -> None:
    notice = case_steps.submitted(db, people)
    case_steps.prove(
        db, cases.get(db, notice.case_id), people.monitor, title="第三份", adverse=True
    )
    with pytest.raises(RuleBroken, match="请退回，看过再送审"):
        case_steps.approve(db, notice, people.publisher)
    seen = notices.get(db, notice.id).hash
    reviews.refuse(db, notice.id, seen, reason="有新证据，再看一遍", by=people.publisher)
    case_steps.submit(db, notice, people.verifier)
    assert case_steps.approve(db, notice, people.publisher).number


def test_withdrawn_evidence_is_not_named_as_the_basis(db: Store, people: People) -> None:
    notice = case_steps.drafted(db, people)
    case_steps.prove(db, cases.get(db, notice.case_id), people.monitor, title="第三份")
    evidence.withdraw(db, 2, by=people.monitor)
    with pytest.raises(RuleBroken, match="依据里有已撤下的证据"):
        case_steps.submit(db, notice, people.verifier)
    draft = case_steps.words(db, cases.get(db, notice.case_id))
    notices.edit(db, notice.id, 1, draft, by=people.verifier)
    assert case_steps.submit(db, notice, people.verifier).basis == (1, 3)


def test_evidence_of_another_case_is_not_named_as_the_basis(db: Store, people: People) -> None:
    other = case_steps.prove(db, case_steps.claimed(db, people), people.verifier)
    case = case_steps.ready(db, people)
    case_steps.decide(db, case, people.verifier)
    stolen = replace(case_steps.words(db, case), basis=(other.id,))
    for by in (officers.MACHINE, people.verifier):
        with pytest.raises(RuleBroken) as caught:
            notices.start(db, case.id, stolen, by=by)
        assert caught.value.rule == "notice-basis"
    notice = case_steps.draft(db, case)
    with pytest.raises(RuleBroken):
        notices.edit(db, notice.id, 1, stolen, by=people.verifier)


def test_a_debunk_names_its_basis(db: Store, people: People) -> None:
    notice = case_steps.drafted(db, people)
    draft = replace(case_steps.words(db, cases.get(db, notice.case_id)), basis=())
    notices.edit(db, notice.id, 1, draft, by=people.verifier)
    with pytest.raises(RuleBroken, match="没有写依据"):
        case_steps.submit(db, notice, people.verifier)


# ---- drafts -------------------------------------------------------------------------------------


def test_before_a_verdict_only_verifying_can_be_drafted(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    for kind in NoticeKind:
        if kind is NoticeKind.VERIFYING:
            assert case_steps.draft(db, case, kind).outcome is None
            continue
        with pytest.raises(RuleBroken) as caught:
            case_steps.draft(db, case, kind)
        assert caught.value.rule == "unverified-is-not-false"


def test_of_a_case_that_is_closed_nothing_is_said_to_be_verified(db: Store, people: People) -> None:
    dropped = case_steps.claimed(db, people)
    cases.dismiss(db, dropped.id, reason="trivial", by=people.monitor)
    out = case_steps.published(db, people).case_id
    for case_id in (dropped.id, out):
        case = cases.get(db, case_id)
        words = case_steps.words(db, case, NoticeKind.VERIFYING)
        for by in (officers.MACHINE, people.verifier):
            with pytest.raises(RuleBroken, match=f"是“{case.state.label}”") as caught:
                notices.start(db, case_id, words, by=by)
            assert caught.value.rule == "closed"


@pytest.mark.parametrize(
    ("outcome", "literal", "hazard", "allowed"),
    [
        (Outcome.FALSE, Literal.WRONG, Hazard.EXCLUDED, NoticeKind.DEBUNK),
        (Outcome.MISLEADING, Literal.PARTLY, Hazard.NOT_EXCLUDED, NoticeKind.STATEMENT),
        (Outcome.TRUE, Literal.RIGHT, Hazard.NOT_EXCLUDED, NoticeKind.CONFIRMATION),
        (Outcome.UNVERIFIED, Literal.UNKNOWN, Hazard.UNKNOWN, NoticeKind.VERIFYING),
    ],
)
def test_a_verdict_allows_one_kind_of_notice_and_no_other(
    db: Store,
    people: People,
    outcome: Outcome,
    literal: Literal,
    hazard: Hazard,
    allowed: NoticeKind,
) -> None:
    case = case_steps.ready(db, people)
    case_steps.decide(db, case, people.verifier, outcome, literal, hazard)
    draft = replace(case_steps.words(db, case, allowed), title="关于一辆车", findings=())
    for kind in set(NoticeKind) - {allowed}:
        with pytest.raises(RuleBroken, match=f"这个结论不能出“{kind.label}”") as caught:
            notices.start(db, case.id, replace(draft, kind=kind), by=people.verifier)
        assert caught.value.mend == f"只能出“{allowed.label}”"
    assert notices.start(db, case.id, draft, by=people.verifier).kind is allowed


@pytest.mark.parametrize("state", ["approved", "published", "retracted", "void"])
def test_what_was_agreed_to_is_not_reworded(db: Store, people: People, state: str) -> None:
    notice = (case_steps.published if state == "published" else case_steps.approved)(db, people)
    if state == "retracted":
        retractions.retract(db, notice.id, reason="证据有误", by=people.verifier)
    if state == "void":
        evidence.withdraw(db, 1, reason="抄错了车牌", by=people.monitor)
        assert outbox.take(db, "tests") is None
    before = notices.get(db, notice.id)
    assert before.state is NoticeState(state)
    draft = case_steps.words(db, cases.get(db, notice.case_id))
    with pytest.raises(RuleBroken, match="不能再改"):
        notices.edit(db, notice.id, before.revision, draft, by=people.verifier)
    for changed in ({"state": "draft"}, {"state": "in_review"}, {"revision": 2}):
        with pytest.raises(driver.library.IntegrityError, match="rule:notice-state"):
            db.update("notices", notice.id, changed)
    assert notices.get(db, notice.id) == before


def test_the_machine_rewords_nothing_not_even_its_own_draft(db: Store, people: People) -> None:
    notice = case_steps.drafted(db, people)
    draft = case_steps.words(db, cases.get(db, notice.case_id))
    with pytest.raises(Forbidden, match="机器只起草，不改稿"):
        notices.edit(db, notice.id, 1, draft, by=officers.MACHINE)
    assert notices.get(db, notice.id).revision == 1


def test_every_revision_stays_readable(db: Store, people: People) -> None:
    notice = case_steps.drafted(db, people)
    draft = case_steps.words(db, cases.get(db, notice.case_id))
    for n, title in enumerate(("第二稿的题目", "第三稿的题目"), start=1):
        notices.edit(db, notice.id, n, replace(draft, title=title), by=people.verifier)
    kept = revisions.of_notice(db, notice)
    assert [each.draft.title for each in kept] == ["没有这样一辆车", "第二稿的题目", "第三稿的题目"]
    assert [each.edited_by for each in kept] == [0, people.verifier.id, people.verifier.id]


def test_of_two_who_edit_one_revision_the_second_is_told(db: Store, people: People) -> None:
    notice = case_steps.drafted(db, people)
    draft = case_steps.words(db, cases.get(db, notice.case_id))
    notices.edit(db, notice.id, 1, draft, by=people.verifier)
    with pytest.raises(Conflict, match="第 2 稿"):
        notices.edit(db, notice.id, 1, draft, by=people.second)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"title": "短"}, "notice-title"),
        ({"title": "\u0000 \u0000"}, "notice-title"),
        ({"findings": tuple(f"第{n}点" for n in range(10))}, "notice-findings"),
    ],
)
def test_a_notice_has_a_title_and_at_most_nine_findings(
    db: Store, people: People, changed: dict[str, object], rule: str
) -> None:
    notice = case_steps.drafted(db, people)
    draft = replace(case_steps.words(db, cases.get(db, notice.case_id)), **changed)
    with pytest.raises(RuleBroken) as caught:
        notices.edit(db, notice.id, 1, draft, by=people.verifier)
    assert caught.value.rule == rule
    assert notices.get(db, notice.id).revision == 1


@pytest.mark.parametrize("who", ["monitor", "viewer", "admin"])
def test_who_does_not_write_notices_neither_starts_nor_edits(
    db: Store, people: People, who: str
) -> None:
    notice = case_steps.drafted(db, people)
    case = cases.get(db, notice.case_id)
    with pytest.raises(Forbidden):
        notices.edit(db, notice.id, 1, case_steps.words(db, case), by=getattr(people, who))
    with pytest.raises(Forbidden):
        notices.start(db, case.id, case_steps.words(db, case), by=getattr(people, who))


def test_the_machine_never_replaces_what_an_officer_wrote(db: Store, people: People) -> None:
    notice = case_steps.drafted(db, people)
    case = cases.get(db, notice.case_id)
    notices.edit(db, notice.id, 1, case_steps.words(db, case), by=people.verifier)
    with pytest.raises(RuleBroken, match="本案已有人在写通告") as caught:
        case_steps.draft(db, case)
    assert caught.value.rule == "draft-in-hand"
    assert notices.get(db, notice.id).state is NoticeState.DRAFT


def test_two_clocks_at_once_draft_a_verdict_once(db: Store, people: People) -> None:
    notice = case_steps.drafted(db, people)
    with pytest.raises(RuleBroken, match="机器起草"):
        case_steps.draft(db, cases.get(db, notice.case_id))
    assert db.value("SELECT count(*) FROM notices WHERE case_id = ?", notice.case_id) == 1


def test_the_machine_never_replaces_what_is_in_review(db: Store, people: People) -> None:
    notice = case_steps.submitted(db, people)  # the machine's own words, in officers' hands
    with pytest.raises(RuleBroken, match="本案已有人在写通告"):
        case_steps.draft(db, cases.get(db, notice.case_id))
    assert notices.get(db, notice.id).state is NoticeState.IN_REVIEW


def test_a_new_draft_of_an_officer_replaces_the_one_in_review_and_can_be_submitted(
    db: Store, people: People
) -> None:
    old = case_steps.submitted(db, people)
    case = cases.get(db, old.case_id)
    new = notices.start(db, case.id, case_steps.words(db, case), by=people.verifier)
    assert notices.get(db, old.id).state is NoticeState.VOID
    assert cases.get(db, case.id).state is CaseState.DECIDED
    assert case_steps.submit(db, new, people.verifier).state is NoticeState.IN_REVIEW


def test_no_second_notice_is_started_beside_one_on_its_way_out(db: Store, people: People) -> None:
    notice = case_steps.approved(db, people)
    case = cases.get(db, notice.case_id)
    with pytest.raises(RuleBroken, match="正在发出"):
        notices.start(db, case.id, case_steps.words(db, case), by=people.verifier)


# ---- review -------------------------------------------------------------------------------------


def test_a_refusal_gives_its_reason_and_the_draft_back(db: Store, people: People) -> None:
    notice = case_steps.submitted(db, people)
    back = reviews.refuse(db, notice.id, notice.hash, reason="第二点没有依据", by=people.publisher)
    assert back.state is NoticeState.DRAFT
    assert cases.get(db, notice.case_id).state is CaseState.DECIDED
    last = reviews.approvals(db, notice.id)[-1]
    assert (last.step, last.reason, last.by) == ("refuse", "第二点没有依据", people.publisher.id)
    assert case_steps.submit(db, back, people.verifier).state is NoticeState.IN_REVIEW


def test_a_refusal_without_a_reason_is_refused(db: Store, people: People) -> None:
    notice = case_steps.submitted(db, people)
    with pytest.raises(RuleBroken):
        reviews.refuse(db, notice.id, notice.hash, reason=" ", by=people.publisher)
    assert notices.get(db, notice.id).state is NoticeState.IN_REVIEW


def test_the_same_text_can_be_refused_twice_and_both_reasons_are_kept(
    db: Store, people: People
) -> None:
    notice = case_steps.submitted(db, people)
    for reason in ("没有依据", "还是没有依据"):
        reviews.refuse(db, notice.id, notice.hash, reason=reason, by=people.publisher)
        case_steps.submit(db, notice, people.verifier)
    kept = [each.reason for each in reviews.approvals(db, notice.id) if each.step == "refuse"]
    assert kept == ["没有依据", "还是没有依据"]


def test_a_refused_notice_of_an_unverified_claim_can_be_submitted_again(
    db: Store, people: People
) -> None:
    case = case_steps.claimed(db, people)
    case_steps.unverified(db, case, people.verifier)
    notice = case_steps.submit(
        db, case_steps.draft(db, case, NoticeKind.VERIFYING), people.verifier
    )
    assert cases.get(db, case.id).state is CaseState.IN_REVIEW
    reviews.refuse(db, notice.id, notice.hash, reason="写清楚", by=people.publisher)
    assert cases.get(db, case.id).state is CaseState.DECIDED
    assert case_steps.submit(db, notice, people.verifier).state is NoticeState.IN_REVIEW


def test_numbers_are_without_gaps_within_a_year_of_china(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    monkeypatch.setattr(store, "clock", lambda: moment)
    case_steps.submitted(db, people)  # never approved: takes no number
    first, second = case_steps.approved(db, people), case_steps.approved(db, people)
    retractions.retract(db, first.id, reason="发早了一步", by=people.publisher)
    assert (first.number, second.number) == ("〔2026〕1 号", "〔2026〕2 号")
    moment = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # midnight in China
    assert case_steps.approved(db, people).number == "〔2027〕1 号"
    assert notices.get(db, second.id).number == "〔2026〕2 号"


# ---- retraction ---------------------------------------------------------------------------------


def rows(db: Store, notice_id: int) -> list[tuple[str, Delivery]]:
    return [(row.kind, row.state) for row in outbox.of_notice(db, notice_id)]


def test_what_was_taken_back_before_it_went_out_never_goes_out(db: Store, people: People) -> None:
    notice = case_steps.approved(db, people)
    gone = retractions.retract(db, notice.id, reason="证据有误", by=people.verifier)
    assert gone.state is NoticeState.RETRACTED
    assert rows(db, notice.id) == [("publish", Delivery.REJECTED)]
    assert outbox.take(db, "x") is None
    assert cases.get(db, notice.case_id).state is CaseState.DECIDED


def test_what_is_out_is_retracted_on_every_channel_it_reached(db: Store, people: People) -> None:
    notice = case_steps.published(db, people)
    gone = retractions.retract(db, notice.id, reason="结论有误，特此更正", by=people.publisher)
    assert (gone.state, gone.retracted_for) == (NoticeState.RETRACTED, "结论有误，特此更正")
    assert rows(db, notice.id) == [("publish", Delivery.SENT), ("retract", Delivery.QUEUED)]
    assert case_steps.send(db).kind == "retract"
    assert notices.get(db, notice.id).state is NoticeState.RETRACTED
    actions = [entry.action for entry in audit.of_object(db, f"case:{notice.case_id}")]
    assert actions[1:3] == ["case.reopen", "notice.retract"]


@pytest.mark.parametrize("state", [Delivery.UNKNOWN, Delivery.IN_FLIGHT])
def test_what_may_be_out_is_retracted_too(db: Store, people: People, state: Delivery) -> None:
    notice = case_steps.approved(db, people)
    row = case_steps.take(db)
    if state is Delivery.UNKNOWN:
        outbox.settle(db, row.id, row.fence, Delivery.UNKNOWN)
    retractions.retract(db, notice.id, reason="结论有误", by=people.publisher)
    assert rows(db, notice.id) == [("publish", state), ("retract", Delivery.QUEUED)]
    assert (outbox.take(db, "x") is None) is (state is Delivery.IN_FLIGHT)  # waits for its end


def test_one_person_stops_what_took_two_to_start(db: Store, people: People) -> None:
    for who in (people.verifier, people.second, people.publisher, people.other_publisher):
        notice = case_steps.published(db, people)
        assert retractions.retract(db, notice.id, reason="结论有误", by=who).retracted_for
    for other in (people.monitor, people.viewer, people.admin):
        notice = case_steps.published(db, people)
        with pytest.raises(Forbidden):
            retractions.retract(db, notice.id, reason="结论有误", by=other)


def test_retracting_the_notice_of_a_replaced_verdict_leaves_the_case_where_it_is(
    db: Store, people: People
) -> None:
    old = case_steps.published(db, people)
    cases.reopen(db, old.case_id, reason="再查", by=people.verifier)
    case = cases.get(db, old.case_id)
    case_steps.decide(db, case, people.verifier, Outcome.MISLEADING, Literal.PARTLY)
    case_steps.submit(db, case_steps.draft(db, case), people.verifier)
    retractions.retract(db, old.id, reason="结论换了", by=people.verifier)
    assert notices.get(db, old.id).state is NoticeState.RETRACTED
    assert cases.get(db, case.id).state is CaseState.IN_REVIEW


def test_a_retraction_needs_a_reason_and_something_to_retract(db: Store, people: People) -> None:
    notice = case_steps.published(db, people)
    with pytest.raises(RuleBroken):
        retractions.retract(db, notice.id, reason="错", by=people.publisher)
    retractions.retract(db, notice.id, reason="结论有误", by=people.publisher)
    with pytest.raises(RuleBroken):
        retractions.retract(db, notice.id, reason="结论有误", by=people.publisher)
    with pytest.raises(RuleBroken):
        retractions.retract(
            db, case_steps.drafted(db, people).id, reason="结论有误", by=people.publisher
        )


def test_a_case_can_be_verified_and_published_again_after_a_retraction(
    db: Store, people: People
) -> None:
    notice = case_steps.published(db, people)
    retractions.retract(db, notice.id, reason="结论有误", by=people.publisher)
    case_steps.send(db)
    case = cases.get(db, notice.case_id)
    assert case.state is CaseState.VERIFYING  # the claim is open again by itself
    case_steps.decide(db, case, people.verifier, Outcome.FALSE, Literal.WRONG, Hazard.NOT_EXCLUDED)
    new = case_steps.submit(db, case_steps.draft(db, case, NoticeKind.STATEMENT), people.verifier)
    with pytest.raises(RuleBroken, match="撤回过本案的通告"):  # whose words the public read
        case_steps.approve(db, new, people.publisher)
    assert case_steps.approve(db, new, people.other_publisher).number != notice.number
    case_steps.send(db)
    assert notices.get(db, new.id).state is NoticeState.PUBLISHED
    assert [each.id for each in notices.of_case(db, case.id)] == [new.id, notice.id]


def test_a_notice_that_is_not_there_is_not_found(db: Store, people: People) -> None:
    with pytest.raises(NotFound):
        reviews.submit(db, 9, "hash", by=people.verifier)
    assert not db.value("SELECT 1 FROM notices WHERE number = '〔2026〕1 号'")
