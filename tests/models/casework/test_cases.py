"""Cases: moved by officers, one at a time. What the machine does to them is in test_opening."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from models import driver, store
from models.casework import (
    cases,
    queue,
    verdicts,
)
from models.casework.records import Case, CaseState, NoticeKind
from models.errors import Conflict, Forbidden, NotFound, RuleBroken
from models.harm import Topic
from models.people import officers
from models.publishing import notices
from models.publishing.records import NoticeState
from models.roles import Role
from models.store import Store
from tests import case_steps
from tests.conftest import People

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


@pytest.mark.parametrize("name", ["lead", "sample"])
def test_what_is_over_gets_neither_lead_nor_sample(db: Store, people: People, name: str) -> None:
    notice = case_steps.published(db, people)
    case = cases.get(db, notice.case_id)
    with pytest.raises(RuleBroken, match="先重新核查") as caught:
        STEPS[name](db, case, case.version, people)
    assert caught.value.rule == "closed"


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
    case_steps.dropped(db, notice.case_id, people.verifier, people.monitor, "elsewhere")
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


def test_a_published_debunk_is_looked_at_again_when_its_day_comes(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = case_steps.published(db, people)
    assert queue.cases(db, "recheck") == []
    later = store.now() + timedelta(days=verdicts.REVIEW_DAYS)
    monkeypatch.setattr(store, "clock", lambda: later)
    assert [found.id for found in queue.cases(db, "recheck")] == [notice.case_id]
