"""The back-off at the door: by name and place, bounded, told to the log without filling it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from models import audit, store
from models.people import sign_ins
from models.roles import Officer
from models.store import Store
from tests.conftest import People

Later = Callable[[float], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    at = [datetime(2026, 11, 24, 19, 0, tzinfo=UTC)]
    monkeypatch.setattr(store, "clock", lambda: at[0])

    def step(seconds: float) -> None:
        at[0] += timedelta(seconds=seconds)

    return step


def fail(
    db: Store, account: str = "account", place: str = "place", who: Officer | None = None
) -> None:
    sign_ins.failed(db, account, place, who, "officer.sign_in_failed")


def wait(db: Store, account: str = "account", place: str = "place") -> float:
    return sign_ins.wait(db, account, place)


def entries(db: Store) -> list[tuple[str, object]]:
    told = audit.newest(db, 10_000)
    return [(e.object, e.detail["failures"]) for e in told if e.action == "officer.sign_in_failed"]


def test_five_failures_are_free_and_then_the_wait_doubles(db: Store, later: Later) -> None:
    waits = []
    for _ in range(14):
        waits.append(wait(db))
        later(waits[-1])
        assert wait(db) == 0
        fail(db)
    assert waits[:6] == [0, 0, 0, 0, 0, 8]
    assert waits[6:] == [16, 32, 64, 128, 256, 512, 900, 900]


def test_of_a_thousand_tries_in_an_hour_at_most_twenty_are_checked(db: Store, later: Later) -> None:
    checked = 0
    for _ in range(1000):
        if wait(db) == 0:
            checked += 1
            fail(db)
        later(3.6)
    assert checked <= 20


def test_failures_elsewhere_and_of_others_make_nobody_wait(db: Store, later: Later) -> None:
    for _ in range(58):
        fail(db, place="elsewhere")
        later(12 * 3600 / 58)
    assert wait(db, place="elsewhere") > 0
    assert wait(db) == 0 and wait(db, account="other", place="elsewhere") == 0


def test_a_sign_in_forgets_its_own_place_and_no_other(
    db: Store, people: People, later: Later
) -> None:
    for place in ("usual", "elsewhere"):
        for _ in range(8):
            fail(db, place=place)
    sign_ins.succeeded(db, people.monitor, "account", "usual", known=True)
    assert wait(db, place="usual") == 0
    assert wait(db, place="elsewhere") > 0, "the owner's sign-in gives a guesser fresh tries"
    assert audit.newest(db, 1)[0].action == "officer.sign_in"


def test_after_a_quiet_day_the_failures_no_longer_count(db: Store, later: Later) -> None:
    for _ in range(30):
        fail(db)
    later(24 * 3600 + 1)
    assert wait(db) == 0
    fail(db)
    assert wait(db) == 0, "one failure after a quiet day is the first again"


def test_no_clock_makes_anybody_wait_longer_than_the_cap(db: Store, later: Later) -> None:
    for _ in range(30):
        fail(db)
    later(-365 * 86_400)  # set back a year
    assert 0 < wait(db) <= sign_ins.LONGEST_WAIT.total_seconds()
    later(sign_ins.LONGEST_WAIT.total_seconds())
    assert wait(db) == 0


def test_the_table_of_failures_is_bounded_and_survives_a_restart(
    db: Store, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_ins, "MOST_PLACES", 50)
    for n in range(200):
        fail(db, account=f"name-{n}")
        later(1)
    for _ in range(8):
        fail(db, account="last")
    assert db.value("SELECT count(*) FROM sign_ins") == 50
    with store.using(db.path) as again:
        assert wait(again, account="last") > 0


def test_the_log_tells_of_failures_and_no_flood_fills_it(
    db: Store, people: People, later: Later
) -> None:
    for n in range(1000):
        fail(db, account=f"unknown-{n}", place=f"place-{n}")
    for _ in range(99):
        fail(db, account="monitor", who=people.monitor)
    who = f"officer:{people.monitor.id}"
    assert entries(db) == [
        (who, 10),
        (who, 1),
        *(("sign_in:unknown", count) for count in (1000, 100, 10, 1)),
    ]
    later(3600)
    fail(db, who=people.monitor)
    assert entries(db)[0] == (who, 1), "a new hour is told anew"
    assert audit.verify(db).ok
    whole = repr(db.rows("SELECT * FROM audit"))
    assert "unknown-" not in whole and "place-" not in whole
