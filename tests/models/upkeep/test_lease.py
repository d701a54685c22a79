"""The lease: one scheduler at a time, and a fence that a late holder cannot pass."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from models import store
from models.store import Store
from models.upkeep import lease
from models.upkeep.lease import Lease


@dataclass
class House:
    """Two clocks that only move when told to, the one on the wall backwards too."""

    wall: datetime = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
    steady: float = 1000.0
    dead: set[str] = field(default_factory=set)

    def lease(self, holder: str, name: str = "clock") -> Lease:
        return Lease(
            holder, name, 20.0, 4.0, lambda: self.wall, lambda: self.steady, self.dead.__contains__
        )

    def wait(self, seconds: float) -> bool:
        """Time goes on; false, as of a process that nobody tells to stop."""
        self.wall += timedelta(seconds=seconds)
        self.steady += seconds
        return False

    def set_clock(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)


@pytest.fixture
def house() -> House:
    return House()


def test_the_first_holds_it_and_the_second_waits(db: Store, house: House) -> None:
    a, b = house.lease("a"), house.lease("b")
    assert a.take(db) and a.fence == 1
    assert not b.take(db) and b.fence == 0
    assert a.holds(db)
    assert not b.holds(db)
    assert house.lease("b", "other").take(db)


def test_renewing_keeps_the_fence_and_moves_the_end(db: Store, house: House) -> None:
    a, b = house.lease("a"), house.lease("b")
    a.take(db)
    house.wait(15)
    assert a.renew(db) and a.fence == 1
    house.wait(15)
    assert a.holds(db)
    assert not b.take(db)


def test_a_heartbeat_is_a_renewal_until_told_to_stop(db: Store, house: House) -> None:
    a, b, paused = house.lease("a"), house.lease("b"), []

    def pause(seconds: float) -> bool:
        paused.append(seconds)
        house.wait(seconds)
        return len(paused) > 10

    a.take(db)
    for _ in a.beats(db, pause):
        assert a.holds(db) and not b.take(db)
    assert paused == [4.0] * 11 and a.holds(db)


def test_a_heartbeat_ends_where_another_took_over(db: Store, house: House) -> None:
    a, b = house.lease("a"), house.lease("b")
    a.take(db)
    beats = a.beats(db, house.wait)
    next(beats)
    house.wait(21)
    assert b.take(db)
    assert next(beats, "over") == "over"
    assert b.holds(db) and not a.take(db)


def test_a_holder_that_stopped_too_long_meets_the_fence(db: Store, house: House) -> None:
    a, b = house.lease("a"), house.lease("b")
    a.take(db)
    house.wait(21)
    assert not a.holds(db)
    assert b.take(db) and b.fence == a.fence + 1
    assert not a.holds(db)
    assert not a.renew(db) and not a.take(db)
    house.wait(21)
    assert not a.renew(db)  # free again, and yet what it began under the old fence is over
    assert a.take(db) and a.fence == b.fence + 1
    assert a.holds(db) and not b.holds(db)


def test_a_lease_that_ends_now_is_over(db: Store, house: House) -> None:
    a, b = house.lease("a"), house.lease("b")
    a.take(db)
    house.wait(20)
    assert not a.holds(db)
    assert b.take(db) and b.fence == 2


def test_given_back_it_is_free_at_once_and_the_fence_still_grows(db: Store, house: House) -> None:
    a, b = house.lease("a"), house.lease("b")
    a.take(db)
    b.release(db)  # not b's to give
    assert a.holds(db)
    a.release(db)
    assert not a.holds(db)
    assert b.take(db) and b.fence == 2


def test_given_back_it_is_free_though_the_clock_is_set_back(db: Store, house: House) -> None:
    a, b = house.lease("a"), house.lease("b")
    a.take(db)
    a.release(db)
    house.set_clock(-86_400)
    assert b.take(db)


def test_a_clock_set_back_never_gives_the_lease_to_two(db: Store, house: House) -> None:
    a, b = house.lease("a"), house.lease("b")
    a.take(db)
    house.set_clock(-3600)
    assert not b.take(db)
    assert a.holds(db)


def test_a_clock_set_back_does_not_shut_out_who_outwaits_a_holder(db: Store, house: House) -> None:
    a, b = house.lease("a"), house.lease("b")
    a.take(db)
    house.set_clock(-3600)
    assert not b.take(db)
    house.wait(20)
    assert not b.take(db)
    house.wait(1)
    assert b.take(db) and b.fence == 2
    assert not a.holds(db) and not a.renew(db)


def test_outwaiting_begins_anew_at_every_renewal(db: Store, house: House) -> None:
    a, b = house.lease("a"), house.lease("b")
    a.take(db)
    house.set_clock(-3600)
    for _ in range(5):
        assert not b.take(db)
        house.wait(19)
        assert a.renew(db)


def test_a_dead_holder_is_not_waited_for(db: Store, house: House) -> None:
    a, b = house.lease("a"), house.lease("b")
    a.take(db)
    assert not b.take(db)
    house.dead.add("a")
    assert b.take(db) and b.fence == 2


@pytest.mark.slow
def test_only_a_dead_process_of_this_machine_is_known_to_be_dead() -> None:
    gone, here = _ended(), os.uname().nodename
    assert lease.is_dead(f"{gone}-ab@{here}")
    for holder in (lease.this_process(), f"{gone}-ab@elsewhere", f"{gone}", "somebody", ""):
        assert not lease.is_dead(holder)


def _ended() -> int:
    """The number of a process that is no more."""
    number = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(number, 0)
    return number


def test_of_ten_that_ask_at_once_one_gets_it(db: Store, house: House) -> None:
    gate, fences = threading.Barrier(10), []

    def ask(name: str) -> None:
        own, one = store.open(db.path), house.lease(name)
        gate.wait()
        one.take(own)
        fences.append(one.fence)
        own.close()

    threads = [threading.Thread(target=ask, args=[str(n)]) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(fences) == [0] * 9 + [1]


def test_the_os_lock_lets_one_in_and_tells_the_other_that_it_waits(db: Store) -> None:
    told, pauses = [], iter([False, False, True])

    def pause(seconds: float) -> bool:
        return next(pauses)

    with lease.alone(db.path, pause, lambda: told.append(1)) as first:
        assert first and not told
        with lease.alone(db.path, pause, lambda: told.append(1)) as second:
            assert not second and told == [1]
    with lease.alone(db.path, pause, lambda: told.append(1)) as third:
        assert third
