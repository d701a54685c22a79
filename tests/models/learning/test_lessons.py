"""What the desk teaches: each decided case one lesson, as it stands now, withdrawable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models import audit, store
from models.casework import cases, opening, workflow
from models.casework.records import Case, CaseState
from models.errors import Conflict, Forbidden, RuleBroken
from models.intake import posts
from models.learning import lessons, withdrawals
from models.learning.lessons import Lesson, Ordinary
from models.outcome import Outcome
from models.people import officers
from models.roles import Role
from models.store import Store, time
from tests import case_steps
from tests.conftest import People

SHARE = 0.05


def of(db: Store, case: Case) -> Lesson | None:
    return next((x for x in lessons.taught(db, SHARE) if x.case_id == case.id), None)


def dismissed(db: Store, people: People, reason: str, text: str = case_steps.CLAIM) -> Case:
    case = case_steps.open_case(db, text=text)
    return cases.dismiss(db, case.id, reason=reason, by=people.monitor)


def test_every_reason_to_dismiss_says_what_it_teaches() -> None:
    assert set(lessons.DISMISSAL) == set(cases.DISMISS_REASONS)


@pytest.mark.parametrize(("reason", "label"), lessons.DISMISSAL.items())
def test_a_dismissal_teaches_by_its_reason(
    db: Store, people: People, reason: str, label: int | None
) -> None:
    found = of(db, dismissed(db, people, reason))
    assert (found.label if found else None) == label
    if found:
        assert (found.by, found.why, found.seen, found.chance) == (
            people.monitor.id,
            reason,
            "line",
            1.0,
        )


def test_what_was_verified_was_worth_it_whatever_came_out(db: Store, people: People) -> None:
    false = case_steps.ready(db, people)
    case_steps.decide(db, false, people.verifier)
    open_ = case_steps.open_case(db, text="石桥中学明天停课")
    cases.claim(db, open_.id, by=people.second)
    case_steps.unverified(db, open_, people.second)
    told = lessons.taught(db, SHARE)
    assert [(x.label, x.why, x.by) for x in told] == [
        (1, Outcome.FALSE.value, people.verifier.id),
        (1, Outcome.UNVERIFIED.value, people.second.id),
    ]


def test_a_case_taken_up_again_teaches_nothing_until_the_new_word(
    db: Store, people: People
) -> None:
    case = dismissed(db, people, "trivial")
    cases.restore(db, case.id, by=people.monitor)
    assert of(db, case) is None
    cases.claim(db, case.id, by=people.verifier)
    case_steps.unverified(db, case, people.verifier)
    found = of(db, case)
    assert found and (found.label, found.by) == (1, people.verifier.id)
    cases.reopen(db, case.id, reason="有新情况", by=people.verifier)
    assert of(db, case) is None


def test_one_claim_in_many_posts_is_one_lesson_with_few_wordings(db: Store, people: People) -> None:
    cluster = case_steps.cluster_of(db, [f"第{n}种说法，河堤渗水" for n in range(9)] * 5)
    case = opening.refresh(db, cluster, "", case_steps.LINE)
    assert case
    cases.dismiss(db, case.id, reason="advert", by=people.monitor)
    (found,) = lessons.taught(db, SHARE)
    assert len(found.texts) == lessons.WORDINGS


def test_a_case_of_the_random_sample_knows_how_likely_it_was_seen(
    db: Store, people: People
) -> None:
    cluster = case_steps.cluster_of(db, ["今晚月亮好圆", "今晚月亮真圆"], risk=0.1, share=1.0)
    case = opening.refresh(db, cluster, "", case_steps.LINE)
    assert case
    cases.dismiss(db, case.id, reason="not_a_claim", by=people.monitor)
    (found,) = lessons.taught(db, SHARE)
    assert found.seen == "sample"
    assert found.chance == pytest.approx(1 - 0.95**2)


def test_a_forgotten_claims_own_words_stand_for_its_posts(db: Store, people: People) -> None:
    case = dismissed(db, people, "advert")
    db.execute("DELETE FROM posts")
    found = of(db, case)
    assert found and found.texts == (case.claim,)


def test_a_lesson_is_withdrawn_and_put_back_with_its_entries(db: Store, people: People) -> None:
    case = dismissed(db, people, "advert")
    withdrawals.withdraw(db, case.id, reason="看错了", by=people.verifier)
    withdrawals.withdraw(db, case.id, reason="看错了", by=people.verifier)
    assert withdrawals.of_case(db, case.id) and of(db, case) is None
    withdrawals.put_back(db, case.id, by=people.second)
    assert not withdrawals.of_case(db, case.id) and of(db, case)
    told = [entry.action for entry in audit.of_object(db, f"case:{case.id}", 2)]
    assert told == ["lesson.put_back", "lesson.withdraw"]
    assert audit.verify(db).ok
    with pytest.raises(Forbidden):
        withdrawals.withdraw(db, case.id, reason="看错了", by=people.viewer)
    with pytest.raises(RuleBroken, match="理由"):
        withdrawals.withdraw(db, case.id, reason="", by=people.verifier)


def test_only_what_teaches_can_be_withdrawn(db: Store, people: People) -> None:
    nothing = dismissed(db, people, "elsewhere")
    still_open = case_steps.open_case(db, text="东渡桥封了")
    for case in (nothing, still_open):
        with pytest.raises(RuleBroken, match="不是样例"):
            withdrawals.withdraw(db, case.id, reason="看错了", by=people.verifier)
    told = lessons.decision(db, nothing.id)
    assert told and told.label is None and told.by == people.monitor.id
    assert lessons.decision(db, still_open.id) is None


def test_a_stale_page_withdraws_and_puts_back_nothing(db: Store, people: People) -> None:
    case = dismissed(db, people, "advert")
    withdrawals.withdraw(db, case.id, case.version, reason="看错了", by=people.verifier)
    with pytest.raises(Conflict, match="核查 07改过"):
        withdrawals.withdraw(db, case.id, case.version, reason="不算", by=people.second)
    with pytest.raises(Conflict):
        withdrawals.put_back(db, case.id, case.version, by=people.second)
    found = withdrawals.of_case(db, case.id)
    assert found and (found.by, found.reason) == (people.verifier.id, "看错了")
    withdrawals.put_back(db, case.id, found.version, by=people.second)
    assert withdrawals.of_case(db, case.id) is None


def test_a_withdrawn_case_stays_so_when_it_is_decided_anew(db: Store, people: People) -> None:
    case = dismissed(db, people, "trivial")
    withdrawals.withdraw(db, case.id, reason="看错了", by=people.verifier)
    cases.restore(db, case.id, by=people.monitor)
    cases.dismiss(db, case.id, reason="advert", by=people.monitor)
    assert of(db, case) is None
    assert [each.number for each in withdrawals.newest(db, 5)] == [case.number]
    assert withdrawals.count(db) == 1


def test_one_account_cannot_take_away_what_the_others_taught(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawals, "OTHERS_A_DAY", 2)
    theirs = [dismissed(db, people, "advert", f"第{n}条广告") for n in range(4)]
    for case in theirs[:2]:
        withdrawals.withdraw(db, case.id, reason="不算", by=people.verifier)
    with pytest.raises(RuleBroken, match="lessons-of-others|一天内最多"):
        withdrawals.withdraw(db, theirs[2].id, reason="不算", by=people.verifier)
    own = case_steps.open_case(db, text="东渡桥封了")
    cases.dismiss(db, own.id, reason="trivial", by=people.verifier)
    withdrawals.withdraw(db, own.id, reason="自己看错了", by=people.verifier)
    tomorrow = store.now() + timedelta(days=1, seconds=1)
    monkeypatch.setattr(store, "clock", lambda: tomorrow)
    withdrawals.withdraw(db, theirs[2].id, reason="不算", by=people.verifier)


def test_posts_nobody_was_shown_are_a_bounded_sample_that_stays(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(40):
        case_steps.cluster_of(db, [f"第{n}件小事"] * 3, risk=0.1)
    case_steps.open_case(db, text="有案子的说法")
    assert lessons.ordinary(db, 10).texts == (), "younger than a day"
    tomorrow = store.now() + timedelta(days=1, seconds=1)
    monkeypatch.setattr(store, "clock", lambda: tomorrow)
    found = lessons.ordinary(db, 10)
    assert (len(found.texts), found.of) == (10, 40)
    assert lessons.ordinary(db, 10) == found
    assert set(found.texts) < set(lessons.ordinary(db, 20).texts)
    assert found.since == time(db.value("SELECT min(collected_at) FROM posts"))
    db.conn.execute("UPDATE posts SET scored_at = NULL")  # a reply came, or a new version of piyao
    assert lessons.ordinary(db, 10) == found, "it stays what it was while it is scored again"
    everything = lessons.ordinary(db, 1000)
    assert len(everything.texts) == 40 and "有案子的说法" not in everything.texts


def test_the_rate_is_told_by_the_line_and_by_the_sample() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    silent = Ordinary((), 930, at)

    def some(count: int, label: int, seen: str, at: datetime = at) -> list[Lesson]:
        return [Lesson(n, ("x",), label, seen, 0.05, 1, at, "") for n in range(count)]

    told = some(8, 1, "line") + some(12, 0, "line") + some(50, 0, "sample")
    quiet = lessons.rate(told, silent, prior=0.01)
    assert quiet.share == pytest.approx((8 + 980 * 1 / 150 + 1) / 1100)
    assert (quiet.over, quiet.sampled) == (20, 50)
    missed = lessons.rate([*told, *some(10, 1, "sample")], silent, prior=0.01)
    assert missed.share > 4 * quiet.share
    nobody = Ordinary((), 0, None)
    assert lessons.rate([], nobody, prior=0.01).share == 0.01
    first_evening = lessons.rate(some(2, 1, "line"), nobody, prior=0.01)
    assert 0.01 < first_evening.share < 0.05, "two verdicts do not make every claim worth a check"
    last_year = some(5000, 1, "line", at - timedelta(days=200))
    assert lessons.rate(last_year + told, silent, prior=0.01) == quiet, "their stream is forgotten"


def test_posts_of_waiting_cases_are_read_again_whole_and_bounded(db: Store, people: People) -> None:
    first = case_steps.open_case(db, text="第一条，等着", risk=0.95)
    second = opening.refresh(
        db, case_steps.cluster_of(db, ["第二条，也等着"] * 3, risk=0.9), "", case_steps.LINE
    )
    taken = case_steps.claimed(db, people)
    assert second
    assert posts.read_again(db, 9) == 0, "a tenth of nine is less than one post"
    assert posts.read_again(db, 30) == 4
    waiting = {p.cluster_id for p in posts.unscored(db)}
    assert waiting == {first.cluster_id, second.cluster_id} - {taken.cluster_id}


def test_officers_who_left_still_taught(db: Store, people: People) -> None:
    case = dismissed(db, people, "advert")
    officers.set_active(db, people.monitor.id, False, by=people.admin)
    assert of(db, case) and officers.get(db, people.monitor.id).role is Role.MONITOR


def test_who_reads_the_lessons_holds_up_nobody(db: Store, people: People) -> None:
    dismissed(db, people, "advert")
    with store.using(db.path) as other, other.atomic():
        db.conn.execute("PRAGMA busy_timeout = 0")
        assert len(lessons.taught(db, SHARE)) == 1


def test_lessons_are_taken_where_a_verdict_holds_or_a_dismissal() -> None:
    """Written out there: what the classifier reads may not ask the casework."""
    named = {state for state in CaseState if f"'{state.value}'" in lessons._DECIDED}
    assert named == {*workflow.DECIDED, CaseState.DISMISSED}
