"""One administrator is one person: what an account that was in their hand may not do, and how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models import audit, store
from models.errors import Forbidden, RuleBroken
from models.harm import Topic
from models.people import changes, codes, freshness, officers
from models.publishing import notices, outbox, reviews
from models.roles import Officer, Role
from models.store import Store, stamp
from tests import case_steps
from tests.conftest import People

FIELDS = [topic for topic in Topic if topic.hazard]
Later = Callable[..., None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """The clock of the house stands, and moves when it is told to."""
    at = [datetime(2026, 11, 24, 19, 0, tzinfo=UTC)]
    monkeypatch.setattr(store, "clock", lambda: at[0])

    def step(**length: float) -> None:
        at[0] += timedelta(**length)

    return step


def reset(db: Store, officer: Officer, by: Officer | None) -> None:
    """A reset, and its owner's way back: the code used, a password chosen."""
    codes.reset(db, officer.id, f"hash of {store.now()}", by=by)
    redeem(db, officer)


def redeem(db: Store, officer: Officer) -> None:
    assert codes.use(db, officer, codes.standing(db, officer.id))
    codes.chosen(db, officers.get(db, officer.id))


def switched_on(db: Store, officer: Officer, by: Officer) -> None:
    officers.set_active(db, officer.id, False, by=by)
    officers.set_active(db, officer.id, True, by=by)


# what an administrator can do to an account -> how to do it
HANDS: dict[str, Callable[[Store, Officer, Officer], object]] = {
    "reset": lambda db, who, admin: reset(db, who, admin),
    "reset on the host": lambda db, who, admin: reset(db, who, None),
    "switched on again": switched_on,
}


@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize("step", ["review", "approve"])
def test_an_account_that_was_in_hand_agrees_to_nothing_for_a_day(
    db: Store, later: Later, people: People, hand: str, step: str
) -> None:
    notice = case_steps.submitted(db, people, Topic.FOOD)
    if step == "approve":
        case_steps.review(db, notice, people.second)
    act, who = {
        "review": (case_steps.review, people.second),
        "approve": (case_steps.approve, people.publisher),
    }[step]
    later(days=3)
    HANDS[hand](db, who, people.admin)
    for _ in range(2):
        told = reviews.blockers(db, notice.id, officers.get(db, who.id), step)
        assert any("一天之内" in reason for reason in told)
        with pytest.raises(RuleBroken, match="一天之内"):
            act(db, notice, who)
        later(hours=11.9)
    later(hours=0.3)
    act(db, notice, who)


@pytest.mark.parametrize("hand", HANDS)
def test_the_store_itself_takes_no_step_of_such_an_account(
    db: Store, later: Later, people: People, hand: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = case_steps.submitted(db, people)
    later(days=3)
    HANDS[hand](db, people.publisher, people.admin)
    monkeypatch.setattr(freshness, "why_not", lambda *_: "")  # Python's guard is out
    with pytest.raises(Exception, match="rule:fresh-account"):
        case_steps.approve(db, notice, people.publisher)


def test_nothing_is_sent_on_an_approval_given_within_a_day_of_a_reset(
    db: Store, later: Later, people: People
) -> None:
    """The sound-approval side, should an approval have come in by some other way."""
    notice = case_steps.submitted(db, people)
    later(days=3)
    reset(db, people.publisher, people.admin)
    db.execute("DROP TRIGGER fresh_accounts_agree_to_nothing")
    with db.atomic():
        step = {"notice_id": notice.id, "step": "approve", "reason": "", "by": people.publisher.id}
        agreed = {"revision": notice.revision, "hash": notices.get(db, notice.id).hash}
        db.insert("approvals", step | agreed | {"at": stamp(store.now())})
        with pytest.raises(Exception, match="rule:fresh-account"):
            outbox.queue(db, notice, "site", "publish", notice.hash, store.now())


def test_an_approval_from_before_the_reset_stands(db: Store, later: Later, people: People) -> None:
    notice = case_steps.submitted(db, people, Topic.FOOD)
    case_steps.review(db, notice, people.second)
    later(seconds=1)
    reset(db, people.second, people.admin)
    case_steps.approve(db, notice, people.publisher)


def test_who_adds_three_accounts_is_still_one_person(
    db: Store, later: Later, people: People
) -> None:
    notice = case_steps.submitted(db, people, Topic.FOOD)
    mine = officers.add(db, "mine", Role.VERIFIER, fields=FIELDS, by=people.admin)
    also = officers.add(db, "also", Role.PUBLISHER, by=people.admin)
    with pytest.raises(RuleBroken, match="一天之内"):
        case_steps.review(db, notice, mine)
    case_steps.review(db, notice, people.second)
    with pytest.raises(RuleBroken, match="一天之内"):
        case_steps.approve(db, notice, also)
    later(days=1, seconds=1)
    case_steps.approve(db, notice, also)


def test_a_desk_on_its_first_day_can_work_until_somebody_acts_in_a_case(
    db: Store, later: Later
) -> None:
    boss = officers.add(db, "boss", Role.ADMIN)
    later(hours=3)
    first = officers.add(db, "first", Role.PUBLISHER, by=boss)
    assert first.changed_at is None and not freshness.why_not(first, "批准")
    worker = officers.add(db, "worker", Role.MONITOR, by=boss)
    from models.casework import cases

    cases.claim(db, case_steps.open_case(db).id, by=worker)
    late = officers.add(db, "late", Role.PUBLISHER, by=boss)
    assert freshness.why_not(late, "批准")


def test_the_first_day_ends_though_nobody_acted(db: Store, later: Later) -> None:
    boss = officers.add(db, "boss", Role.ADMIN)
    case_steps.open_case(db)  # the machine's: nobody acted
    later(hours=24)
    assert officers.add(db, "late", Role.PUBLISHER, by=boss).changed_at


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE officers SET changed_at = NULL WHERE username = 'other'",
        "UPDATE officers SET changed_at = '2020-01-01T00:00:00.000000Z' WHERE username = 'other'",
        "UPDATE officers SET made_at = '2020-01-01T00:00:00.000000Z' WHERE username = 'other'",
        "UPDATE officers SET username = 'mine' WHERE username = 'other'",
        "UPDATE officers SET fields = '[\"food\"]', epoch = epoch + 1 WHERE username = 'second'",
        "UPDATE officers SET fields = '[]' WHERE username = 'second'",
        "UPDATE officers SET active = 0 WHERE username = 'second'",
        "UPDATE officers SET epoch = epoch - 1 WHERE username = 'other'",
        "INSERT INTO officers (username, role, number, fields) VALUES ('x', 'publisher', 9, '[]')",
        "UPDATE codes SET used_at = NULL",
        "DELETE FROM codes WHERE used_at IS NULL",
        "UPDATE codes SET hash = 'mine', issued_at = '2030-01-01T00:00:00.000000Z'",
        "INSERT INTO codes VALUES (2, 'mine', '2030-01-01T00:00:00.000000Z', NULL)",
        "UPDATE account_changes SET by = 3",
        "DELETE FROM account_changes",
    ],
)
def test_no_sql_gives_an_account_away_quietly(
    db: Store, later: Later, people: People, sql: str
) -> None:
    case_steps.claimed(db, people)
    later(days=3)
    codes.reset(db, people.other_publisher.id, "one", by=people.admin)
    codes.reset(db, people.viewer.id, "two", by=people.admin)
    codes.use(db, people.viewer, "two")
    audit_head = db.value("SELECT max(seq) FROM audit")
    with pytest.raises(Exception, match="rule:"):
        db.conn.execute(sql)
    assert db.value("SELECT max(seq) FROM audit") == audit_head


def test_a_clock_set_back_makes_nobody_wait_for_a_year_and_no_account_older(
    db: Store, later: Later, people: People
) -> None:
    later(days=365)
    reset(db, people.publisher, people.admin)
    later(days=-365)
    assert not freshness.why_not(officers.get(db, people.publisher.id), "批准")
    reset(db, people.publisher, people.admin)
    later(hours=-5)
    reset(db, people.publisher, people.admin)
    assert freshness.why_not(officers.get(db, people.publisher.id), "批准")
    later(hours=24)
    assert freshness.why_not(officers.get(db, people.publisher.id), "批准"), "the later time holds"
    later(hours=6)
    assert not freshness.why_not(officers.get(db, people.publisher.id), "批准")


# ---- who owes a password ------------------------------------------------------------------------


def test_who_owes_a_password_does_nothing_in_a_case(
    db: Store, later: Later, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_steps.claimed(db, people)
    codes.reset(db, people.verifier.id, "code", by=people.admin)
    with pytest.raises(Forbidden, match="自己的密码"):
        case_steps.prove(db, case, people.verifier)
    monkeypatch.setattr(  # Python's guard is out
        officers, "require", lambda db, by, action: officers.get(db, by.id)
    )
    for act in (
        lambda: case_steps.prove(db, case, people.verifier),
        lambda: case_steps.unverified(db, case, people.verifier),
    ):
        with pytest.raises(Exception, match="rule:owes-password"):
            act()
    monkeypatch.undo()


def test_revisions_and_steps_of_who_owes_a_password_are_refused_by_the_store(
    db: Store, later: Later, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = case_steps.drafted(db, people)
    codes.reset(db, people.verifier.id, "code", by=people.admin)
    monkeypatch.setattr(officers, "require", lambda db, by, action: officers.get(db, by.id))
    with pytest.raises(Exception, match="rule:owes-password"):
        case_steps.submit(db, notice, people.verifier)
    words = case_steps.words(db, case_steps.cases.get(db, notice.case_id))
    with pytest.raises(Exception, match="rule:owes-password"):
        notices.edit(db, notice.id, notice.revision, words, by=people.verifier)


# ---- codes --------------------------------------------------------------------------------------


def test_a_code_signs_in_once_and_within_a_day(db: Store, later: Later, people: People) -> None:
    codes.reset(db, people.monitor.id, "first", by=people.admin)
    later(hours=23.9)
    assert codes.standing(db, people.monitor.id) == "first"
    later(hours=0.2)
    assert codes.standing(db, people.monitor.id) == ""
    codes.reset(db, people.monitor.id, "second", by=people.admin)
    assert not codes.use(db, people.monitor, "first")
    assert codes.use(db, people.monitor, "second")
    assert not codes.use(db, people.monitor, "second")
    assert codes.standing(db, people.monitor.id) == "" and officers.get(db, people.monitor.id).owes
    codes.reset(db, people.monitor.id, "third", by=people.admin)
    assert codes.standing(db, people.monitor.id) == "third"


def test_a_reset_while_the_clock_runs(db: Store, people: People) -> None:
    for n in range(20):
        codes.reset(db, people.monitor.id, f"code {n}", by=people.admin)
    assert codes.standing(db, people.monitor.id) == "code 19"
    assert audit.verify(db).ok


def test_a_session_that_a_reset_ended_does_not_take_the_reset_back(
    db: Store, later: Later, people: People
) -> None:
    codes.reset(db, people.monitor.id, "first", by=people.admin)
    impostor = officers.get(db, people.monitor.id)
    codes.use(db, impostor, "first")
    codes.reset(db, people.monitor.id, "second", by=people.admin)
    with pytest.raises(Exception, match="刚刚动过"):
        codes.chosen(db, impostor)
    assert codes.standing(db, people.monitor.id) == "second"


def test_nobody_resets_the_own_account_and_none_but_an_administrator_another(
    db: Store, later: Later, people: People
) -> None:
    with pytest.raises(RuleBroken, match="改密码"):
        codes.reset(db, people.admin.id, "code", by=people.admin)
    for who in (people.viewer, people.monitor, people.verifier, people.publisher):
        with pytest.raises(Forbidden):
            codes.reset(db, people.admin.id, "code", by=who)
    codes.reset(db, people.admin.id, "code")  # a command on the host: the way back in


# ---- told until seen ----------------------------------------------------------------------------


def test_owner_and_every_administrator_are_told_until_they_say_seen(
    db: Store, later: Later, people: People
) -> None:
    later(hours=1)
    second = officers.add(db, "boss", Role.ADMIN, by=people.admin)
    codes.reset(db, people.monitor.id, "code", by=people.admin)
    assert [c.change for c in changes.unseen(db, people.monitor)] == ["reset"]
    assert [c.change for c in changes.unseen(db, second)] == ["reset"]
    assert changes.unseen(db, people.admin) == [], "who did it knows"
    assert changes.unseen(db, people.publisher) == []
    (change,) = changes.unseen(db, people.monitor)
    with pytest.raises(Exception, match="没有这条"):
        changes.see(db, change.id, by=people.publisher)
    changes.see(db, change.id, by=people.monitor)
    changes.see(db, change.id, by=people.monitor)
    assert changes.unseen(db, people.monitor) == []
    assert len(changes.unseen(db, second)) == 1
    assert [c.change for c in changes.of_account(db, people.monitor.id)] == ["reset", "made"]


def test_who_owes_a_password_reads_why_nothing_is_agreed_to(db: Store, people: People) -> None:
    owes = replace(people.publisher, owes=True)
    assert freshness.why_not(owes, "批准") == "你还没有换成自己的密码，不能批准"
    assert freshness.why_not(people.publisher, "批准") == ""
