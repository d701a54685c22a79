"""The lease: one scheduler at a time, and a fence that a late holder cannot pass."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from models import store
from models.store import Store
from models.upkeep import lease

Step = Callable[[float], None]


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Step:
    """A clock that only moves when told to; backwards too."""
    at = [datetime(2026, 11, 24, 19, 0, tzinfo=UTC)]
    monkeypatch.setattr(store, "clock", lambda: at[0])

    def step(seconds: float) -> None:
        at[0] += timedelta(seconds=seconds)

    return step


def test_the_first_holds_it_and_the_second_waits(db: Store, wait: Step) -> None:
    assert lease.acquire(db, "clock", "a", 20) == 1
    assert lease.acquire(db, "clock", "b", 20) == 0
    assert lease.holds(db, "clock", "a", 1)
    assert not lease.holds(db, "clock", "b", 1)
    assert lease.acquire(db, "other", "b", 20) == 1


def test_renewing_keeps_the_fence_and_moves_the_end(db: Store, wait: Step) -> None:
    lease.acquire(db, "clock", "a", 20)
    wait(15)
    assert lease.acquire(db, "clock", "a", 20) == 1
    wait(15)
    assert lease.holds(db, "clock", "a", 1)
    assert lease.acquire(db, "clock", "b", 20) == 0


def test_a_holder_that_stopped_too_long_meets_the_fence(db: Store, wait: Step) -> None:
    fence = lease.acquire(db, "clock", "a", 20)
    wait(21)
    assert not lease.holds(db, "clock", "a", fence)
    assert lease.acquire(db, "clock", "b", 20) == fence + 1
    assert not lease.holds(db, "clock", "a", fence)
    assert lease.acquire(db, "clock", "a", 20) == 0
    wait(21)
    assert lease.acquire(db, "clock", "a", 20) == fence + 2
    assert not lease.holds(db, "clock", "a", fence)


def test_a_lease_that_ends_now_is_over(db: Store, wait: Step) -> None:
    lease.acquire(db, "clock", "a", 20)
    wait(20)
    assert not lease.holds(db, "clock", "a", 1)
    assert lease.acquire(db, "clock", "b", 20) == 2


def test_given_back_it_is_free_at_once_and_the_fence_still_grows(db: Store, wait: Step) -> None:
    lease.acquire(db, "clock", "a", 20)
    lease.release(db, "clock", "b")  # not b's to give
    assert lease.holds(db, "clock", "a", 1)
    lease.release(db, "clock", "a")
    assert not lease.holds(db, "clock", "a", 1)
    assert lease.acquire(db, "clock", "b", 20) == 2


def test_a_clock_set_back_never_gives_the_lease_to_two(db: Store, wait: Step) -> None:
    lease.acquire(db, "clock", "a", 20)
    wait(-3600)
    assert lease.acquire(db, "clock", "b", 20) == 0
    assert lease.holds(db, "clock", "a", 1)


def test_of_ten_that_ask_at_once_one_gets_it(db: Store) -> None:
    gate, fences = threading.Barrier(10), []

    def ask(name: str) -> None:
        own = store.open(db.path)
        gate.wait()
        fences.append(lease.acquire(own, "clock", name, 20))
        own.close()

    threads = [threading.Thread(target=ask, args=[str(n)]) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(fences) == [0] * 9 + [1]
