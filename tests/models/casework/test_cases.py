"""Cases: opened and ranked by the machine, moved by officers, one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from models import audit, driver, store
from models.casework import (
    cases,
    opening,
    queue,
    verdicts,
)
from models.casework.records import Case, CaseState, NoticeKind
from models.errors import Conflict, Forbidden, NotFound, RuleBroken
from models.harm import Topic
from models.known import claims, likeness
from models.known.likeness import Match, Relation
from models.people import officers
from models.publishing import notices
from models.publishing.records import NoticeState
from models.ranking import clusters, scores
from models.roles import Role
from models.store import Store
from tests import case_steps
from tests.conftest import People


def again(db: Store, case: Case, line: float = case_steps.LINE) -> Case:
    refreshed = opening.refresh(db, case.cluster_id, "浙bl1234", line)
    assert refreshed
    return refreshed


def more_posts(db: Store, case: Case, topic: Topic = Topic.SAFETY, count: int = 1) -> Case:
    texts = [f"又一种说法{n}" for n in range(count)]
    case_steps.cluster_of(db, texts, topic, cluster_id=case.cluster_id)
    return again(db, case)


# ---- the machine --------------------------------------------------------------------------------


def test_a_claim_above_the_line_opens_one_case(db: Store) -> None:
    case = case_steps.open_case(db)
    assert (case.state, case.claim, case.posts, case.accounts) == (
        CaseState.WAITING, case_steps.CLAIM, 1, 1,
    )  # fmt: skip
    assert case.holder_id == 0
    assert again(db, case).id == case.id
    assert db.value("SELECT count(*) FROM cases") == 1
    assert [entry.action for entry in audit.newest(db)] == ["case.open"]


def test_a_claim_below_the_line_opens_none(db: Store) -> None:
    assert opening.refresh(db, case_steps.cluster_of(db, risk=0.59), "", 0.6) is None
    assert db.value("SELECT count(*) FROM cases") == 0


def test_a_claim_below_the_line_that_was_drawn_for_the_sample_opens_one(db: Store) -> None:
    case = opening.refresh(db, case_steps.cluster_of(db, risk=0.1, share=1.0), "", 0.6)
    assert case
    assert case.sampled
    assert [found.id for found in queue.cases(db, "sampled")] == [case.id]


def test_the_sample_draws_about_its_share_and_the_same_posts_each_time(db: Store) -> None:
    with db.atomic():
        for n in range(400):
            case_steps.cluster_of(db, [f"闲话{n}"], risk=0.1, share=0.05)
    drawn = {row["post_id"] for row in db.query("SELECT post_id FROM scores WHERE sampled = 1")}
    assert 5 <= len(drawn) <= 45
    scores.save(db, [case_steps.score(n, 0.2) for n in range(1, 401)], 0.05, case_steps.LINE)
    assert drawn == {
        row["post_id"] for row in db.query("SELECT post_id FROM scores WHERE sampled = 1")
    }


def test_a_claim_that_falls_below_the_line_was_drawn_by_nobody(db: Store) -> None:
    case = case_steps.open_case(db, risk=0.9)
    scores.save(db, [case_steps.score(1, 0.2)], 1.0, case_steps.LINE)
    assert db.value("SELECT sampled FROM scores") == 0
    more = case_steps.cluster_of(
        db, ["旁人说过一句"], risk=0.1, cluster_id=case.cluster_id, share=1.0
    )
    fallen = opening.refresh(db, more, "", case_steps.LINE)
    assert fallen and fallen.risk < case_steps.LINE and not fallen.sampled
    assert queue.cases(db, "sampled") == []


def test_an_empty_cluster_has_no_case(db: Store) -> None:
    assert opening.refresh(db, 99, "", 0.0) is None


def test_more_posts_raise_the_numbers_and_the_priority(db: Store) -> None:
    case = case_steps.open_case(db)
    louder = more_posts(db, case, count=12)
    assert (louder.posts, louder.accounts, louder.replies) == (13, 13, 13)
    assert louder.priority > case.priority
    assert louder.due_at <= case.due_at
    assert clusters.stale(db) == []


def test_a_machines_update_never_makes_an_officers_page_stale(db: Store, people: People) -> None:
    case = case_steps.open_case(db)
    seen = queue.version(db)
    louder = more_posts(db, case, count=5)
    assert louder.version == case.version
    assert queue.version(db) != seen  # yet the page knows that there is something new
    assert cases.dismiss(db, case.id, case.version, reason="known", by=people.monitor)


def test_a_time_limit_only_ever_shortens(db: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    case = more_posts(db, case_steps.open_case(db), count=30)
    scores.save(db, [case_steps.score(post, 0.1) for post in range(1, 32)])
    calmer = again(db, case)
    assert calmer.priority < case.priority
    assert calmer.due_at == case.due_at


def test_an_officers_wording_stays_and_the_machines_follows_the_crowd(
    db: Store, people: People
) -> None:
    case = case_steps.open_case(db)
    case_steps.cluster_of(db, ["大家都这么说"] * 3, cluster_id=case.cluster_id)
    assert again(db, case).claim == "大家都这么说"
    cases.reword(db, case.id, claim="网传有车从外地返回", by=people.monitor)
    case_steps.cluster_of(db, ["又改了说法"] * 9, cluster_id=case.cluster_id)
    assert again(db, case).claim == "网传有车从外地返回"


def test_a_claimed_case_keeps_the_words_its_holder_is_reading(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    case_steps.cluster_of(db, ["大家都这么说"] * 3, cluster_id=case.cluster_id)
    assert again(db, case).claim == case_steps.CLAIM


# ---- hazards ------------------------------------------------------------------------------------


def test_a_hazard_that_a_third_of_the_posts_name_is_enough(db: Store) -> None:
    case = case_steps.open_case(db, Topic.SCHOOL)
    case = more_posts(db, case, Topic.SCHOOL)
    assert not case.hazard
    assert more_posts(db, case, Topic.FOOD).topic is Topic.FOOD


def test_a_hazard_is_never_downgraded_by_the_machine(db: Store) -> None:
    case = case_steps.open_case(db, Topic.FOOD)
    case = more_posts(db, case, Topic.OTHER, count=20)
    assert (case.topic, case.hazard) == (Topic.FOOD, True)


def test_a_hazard_is_never_downgraded_by_an_officer(db: Store, people: People) -> None:
    case = case_steps.open_case(db, Topic.FOOD)
    with pytest.raises(RuleBroken) as caught:
        cases.set_topic(db, case.id, topic=Topic.SCHOOL, by=people.verifier)
    assert caught.value.rule == "hazard-stays"
    other = cases.set_topic(db, case.id, topic=Topic.EPIDEMIC, by=people.verifier)
    assert other.topic is Topic.EPIDEMIC


@pytest.mark.parametrize("sql", ["SET hazard = 0", "SET hazard = 0, topic = 'other'"])
def test_a_hazard_is_never_downgraded_by_sql(db: Store, sql: str) -> None:
    case_steps.open_case(db, Topic.FOOD)
    with pytest.raises(driver.library.IntegrityError):
        db.conn.execute(f"UPDATE cases {sql}")


def test_the_topic_an_officer_set_stays(db: Store, people: People) -> None:
    case = case_steps.open_case(db, Topic.SAFETY)
    cases.set_topic(db, case.id, topic=Topic.FINANCE, by=people.monitor)
    assert more_posts(db, case, Topic.SAFETY, 5).topic is Topic.FINANCE
    assert more_posts(db, case, Topic.FOOD, 30).topic is Topic.FOOD  # but a hazard is a hazard
    cases.set_topic(db, case.id, topic=Topic.EPIDEMIC, by=people.monitor)
    assert more_posts(db, case, Topic.FOOD, 9).topic is Topic.EPIDEMIC


def test_the_topic_a_verdict_was_given_on_stays(db: Store, people: People) -> None:
    case = case_steps.ready(db, people, Topic.FOOD)
    case_steps.decide(db, case, people.verifier)
    assert more_posts(db, case, Topic.EPIDEMIC, 20).topic is Topic.FOOD


# ---- officers -----------------------------------------------------------------------------------


def test_of_twenty_officers_who_claim_one_case_at_once_exactly_one_wins(
    db: Store, people: People
) -> None:
    case = case_steps.open_case(db)
    hired = [officers.add(db, f"m{n}", Role.MONITOR, 100 + n) for n in range(20)]
    gate, results = threading.Barrier(20), []

    def claim(n: int) -> None:
        own = store.open(db.path)
        gate.wait()
        try:
            results.append(cases.claim(own, case.id, case.version, by=hired[n]).holder_id)
        except Conflict as error:
            results.append(str(error))
        finally:
            own.close()

    threads = [threading.Thread(target=claim, args=[n]) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [result for result in results if isinstance(result, int)]
    assert len(results) == 20
    assert winners == [cases.get(db, case.id).holder_id]
    assert all("已由" in result for result in results if isinstance(result, str))
    assert db.value("SELECT count(*) FROM audit WHERE action = 'case.claim'") == 1


def test_claiming_a_case_one_holds_changes_nothing(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    assert cases.claim(db, case.id, by=people.verifier) == case


Step = Callable[[Store, Case, int, People], object]
STEPS: dict[str, Step] = {
    "dismiss": lambda db, c, v, p: cases.dismiss(db, c.id, v, reason="known", by=p.monitor),
    "release": lambda db, c, v, p: cases.release(db, c.id, v, by=p.verifier),
    "wait": lambda db, c, v, p: cases.wait_for_evidence(db, c.id, v, by=p.verifier),
    "reword": lambda db, c, v, p: cases.reword(db, c.id, v, claim="另一句说法", by=p.monitor),
    "topic": lambda db, c, v, p: cases.set_topic(db, c.id, v, topic=Topic.FOOD, by=p.monitor),
    "lead": lambda db, c, v, p: cases.send_lead(db, c.id, v, to="市疾控", by=p.monitor),
    "sample": lambda db, c, v, p: cases.set_sample_status(
        db, c.id, v, status="已留样", by=p.monitor
    ),
    "decide": lambda db, c, v, p: verdicts.decide(
        db, c.id, v, literal=case_steps.Literal.UNKNOWN, hazard=case_steps.Hazard.UNKNOWN,
        outcome=case_steps.Outcome.UNVERIFIED, ground="没有可核的东西", by=p.verifier,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_a_step_from_a_stale_page_is_a_conflict_and_changes_nothing(
    db: Store, people: People, name: str
) -> None:
    case = case_steps.claimed(db, people)
    cases.reword(db, case.id, case.version, claim="别人刚改的说法", by=people.second)
    now = cases.get(db, case.id)
    with pytest.raises(Conflict, match="刚被核查 11改过"):
        STEPS[name](db, case, case.version, people)
    assert cases.get(db, case.id) == now
    STEPS[name](db, case, now.version, people)
    assert cases.get(db, case.id).version == now.version + 1


def test_only_the_holder_puts_a_case_back(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    with pytest.raises(RuleBroken) as caught:
        cases.release(db, case.id, case.version, by=people.second)
    assert caught.value.rule == "not-holder"
    freed = cases.release(db, case.id, case.version, by=people.verifier)
    assert (freed.state, freed.holder_id) == (CaseState.WAITING, 0)
    assert cases.claim(db, case.id, freed.version, by=people.second).holder_id == people.second.id


@pytest.mark.parametrize("reason", cases.DISMISS_REASONS)
def test_a_dismissal_has_one_of_six_reasons_and_can_be_taken_back(
    db: Store, people: People, reason: str
) -> None:
    case = case_steps.claimed(db, people)
    gone = cases.dismiss(db, case.id, case.version, reason=reason, by=people.monitor)
    assert (gone.state, gone.dismissed_for, gone.holder_id) == (CaseState.DISMISSED, reason, 0)
    assert [found.id for found in queue.cases(db, "dismissed")] == [case.id]
    back = cases.restore(db, case.id, gone.version, by=people.monitor)
    assert (back.state, back.dismissed_for) == (CaseState.WAITING, "")
    assert db.value("SELECT closed_at FROM cases") is None


def test_a_dismissal_without_a_reason_is_refused(db: Store, people: People) -> None:
    case = case_steps.open_case(db)
    for reason in ("", "因为", "false"):
        with pytest.raises(RuleBroken):
            cases.dismiss(db, case.id, case.version, reason=reason, by=people.monitor)
    assert cases.get(db, case.id).state is CaseState.WAITING


def test_a_dismissed_case_takes_its_drafts_along(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    notice = case_steps.submit(
        db, case_steps.draft(db, case, NoticeKind.VERIFYING), people.verifier
    )
    cases.dismiss(db, case.id, reason="trivial", by=people.verifier)
    assert notices.get(db, notice.id).state is NoticeState.VOID


def test_a_dismissed_case_has_no_verdict_in_force(db: Store, people: People) -> None:
    notice = case_steps.drafted(db, people)
    cases.reopen(db, notice.case_id, reason="新线索", by=people.verifier)
    cases.dismiss(db, notice.case_id, reason="elsewhere", by=people.verifier)
    assert verdicts.current(db, notice.case_id) is None


def test_reopening_voids_what_is_not_out_yet(db: Store, people: People) -> None:
    notice = case_steps.submitted(db, people)
    case = cases.reopen(db, notice.case_id, reason="新线索", by=people.second)
    assert (case.state, case.holder_id) == (CaseState.VERIFYING, people.second.id)
    assert notices.get(db, notice.id).state is NoticeState.VOID
    assert verdicts.current(db, case.id) is None
    assert db.value("SELECT count(*) FROM verdicts WHERE case_id = ?", case.id) == 1


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("dismiss", CaseState.PUBLISHED),
        ("reword", CaseState.PUBLISHED),
        ("release", CaseState.PUBLISHED),
        ("decide", CaseState.PUBLISHED),
        ("wait", CaseState.PUBLISHED),
    ],
)
def test_a_published_case_is_only_reopened(
    db: Store, people: People, name: str, state: CaseState
) -> None:
    notice = case_steps.published(db, people)
    case = cases.get(db, notice.case_id)
    assert case.state is state
    with pytest.raises(RuleBroken):
        STEPS[name](db, case, case.version, people)


@pytest.mark.parametrize("who", ["viewer", "publisher", "admin"])
@pytest.mark.parametrize("name", ["claim", "dismiss", "wait", "reword", "topic", "lead", "sample"])
def test_who_does_not_work_on_cases_is_forbidden_to(
    db: Store, people: People, who: str, name: str
) -> None:
    case = case_steps.claimed(db, people)
    other = People(**{field: getattr(people, who) for field in People.__dataclass_fields__})
    with pytest.raises(Forbidden):
        if name == "claim":
            cases.claim(db, case_steps.open_case(db).id, by=getattr(people, who))
        else:
            STEPS[name](db, case, case.version, other)


def test_numbers_count_within_a_day_of_china(db: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    moment = datetime(2026, 11, 24, 15, 59, tzinfo=UTC)
    monkeypatch.setattr(store, "clock", lambda: moment)
    assert [case_steps.open_case(db, text=f"说法{n}").number for n in range(2)] == [
        "J-1124-001",
        "J-1124-002",
    ]
    moment += timedelta(minutes=1)
    assert case_steps.open_case(db, text="说法3").number == "J-1125-001"
    moment = moment.replace(year=2027)
    number = case_steps.open_case(db, text="说法4").number
    assert number == "J2027-1125-001"  # last year's number is taken
    assert cases.by_number(db, number).claim == "说法4"


def test_what_does_not_exist_is_not_found(db: Store, people: People) -> None:
    for look in (
        lambda: cases.get(db, 99),
        lambda: cases.by_number(db, "J-0000-000"),
        lambda: cases.claim(db, 99, by=people.verifier),
    ):
        with pytest.raises(NotFound):
            look()


def test_search_words_are_words_and_not_a_query_language(db: Store) -> None:
    case = case_steps.open_case(db)
    assert [found.id for found in queue.cases(db, terms=["武汉"])] == [case.id]
    for hostile in ('"', "武汉 OR 1", "*", "NEAR(", "tokens:武汉", "-武汉", "'; DROP TABLE cases"):
        queue.cases(db, terms=[hostile])


def test_an_open_case_is_linked_to_the_known_notice_it_is_like(db: Store, people: People) -> None:
    known = case_steps.published(db, people)
    case = case_steps.open_case(db, text="同一个故事又来了")
    (march,) = claims.search(db, origin=claims.OWN)
    assert [found.id for found in opening.unmatched(db, 7)] == [case.id]
    likeness.link(db, case.id, [Match(march.id, 0.9, Relation.SAME)], 7)
    assert likeness.of_case(db, case.id)[0].known.notice_id == known.id
    assert [found.id for found in opening.undrafted(db)] == [case.id]
    assert opening.unmatched(db, 7) == []
    assert [found.id for found in opening.unmatched(db, 8)] == [case.id]


# ---- dismissed is not forgotten -----------------------------------------------------------------


def test_a_dismissed_claim_that_spreads_comes_back(db: Store, people: People) -> None:
    case = case_steps.open_case(db)
    cases.dismiss(db, case.id, case.version, reason="trivial", by=people.monitor)
    assert more_posts(db, case, count=4).state is CaseState.DISMISSED  # 5 posts: four more
    back = more_posts(db, case, count=1)
    assert (back.state, back.dismissed_for) == (CaseState.WAITING, "")
    assert back.due_at > store.now()
    assert [found.id for found in queue.cases(db)] == [case.id]
    assert audit.of_object(db, f"case:{case.id}", 1)[0].action == "case.resurface"


def test_a_dismissed_claim_that_turns_out_a_hazard_comes_back(db: Store, people: People) -> None:
    case = case_steps.open_case(db)
    cases.dismiss(db, case.id, case.version, reason="trivial", by=people.monitor)
    assert more_posts(db, case, Topic.EPIDEMIC).state is CaseState.WAITING


def test_a_published_debunk_is_looked_at_again_when_its_day_comes(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = case_steps.published(db, people)
    assert queue.cases(db, "recheck") == []
    later = store.now() + timedelta(days=verdicts.REVIEW_DAYS)
    monkeypatch.setattr(store, "clock", lambda: later)
    assert [found.id for found in queue.cases(db, "recheck")] == [notice.case_id]
