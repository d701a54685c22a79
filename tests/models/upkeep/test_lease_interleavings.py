"""The lease under schedulers that are stopped, go on, die and come back, clocks that are set and a
store that is busy: thousands of interleavings in one thread, each against a plain account of what
must happen. Two tests with real processes stand in tests/reliability/test_two_schedulers.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from models import store
from models.errors import StoreError
from models.store import Store
from models.upkeep.lease import Lease

SECONDS, HEARTBEAT = 20.0, 4.0
HERE, ELSEWHERE = 3, 1  # schedulers of this machine, whose death shows, and of another
WORKERS = st.integers(0, HERE + ELSEWHERE - 1)


class Worker:
    """What ``scheduler.run`` does with its lease, one step at a time."""

    def __init__(self, lease: Lease, db: Store, here: bool) -> None:
        self.lease, self.db, self.here = lease, db, here
        self.beats: Iterator[None] | None = None  # while it works
        self.stopped = self.dead = False
        self.watched: tuple[Any, ...] = ()  # another's lease as this one saw it, and since when
        self.since = 0.0

    @property
    def awake(self) -> bool:
        return not (self.stopped or self.dead)


@dataclass(frozen=True)
class Held:
    """The lease, as somebody who sees everything keeps account of it."""

    worker: Worker
    fence: int
    until: datetime  # by the clock on the wall
    renewed: float  # by the steady clock
    given_back: bool = False


class Interleavings(RuleBasedStateMachine):
    kind: ClassVar[type[Lease]] = Lease
    connections: ClassVar[list[Store]]  # one for each worker, and one that keeps the store busy

    def __init__(self) -> None:
        super().__init__()
        self.wall, self.steady = datetime(2026, 11, 24, 19, 0, tzinfo=UTC), 1000.0
        self.held: Held | None = None
        self.dead: set[str] = set()
        self.started = 0
        self.done: list[tuple[int, str]] = []  # (fence, holder) of all that was done under it
        self.connections[0].conn.execute("DELETE FROM leases")
        self.workers = [self._process(number) for number in range(HERE + ELSEWHERE)]

    def _process(self, number: int) -> Worker:
        self.started += 1
        lease = self.kind(
            f"{number}-{self.started}",
            seconds=SECONDS,
            heartbeat=HEARTBEAT,
            wall=lambda: self.wall,
            steady=lambda: self.steady,
            dead=self.dead.__contains__,
        )
        return Worker(lease, self.connections[number], number < HERE)

    @property
    def busy(self) -> bool:
        return bool(self.connections[-1].conn.in_transaction)

    # ---- what happens ---------------------------------------------------------------------------

    @initialize(order=st.permutations(range(HERE + ELSEWHERE)))
    def all_start_at_once(self, order: list[int]) -> None:
        for number in order:
            self.turn(number)

    @rule(seconds=st.sampled_from([0.1, 1.0, HEARTBEAT, 19.0, 19.9, 20.0, 20.1, 60.0, 7200.0]))
    def time_goes_on(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.steady += seconds

    @rule(hours=st.sampled_from([-24.0, -1.0, -1 / 360, 1 / 360, 1.0, 24.0]))
    def the_clock_is_set(self, hours: float) -> None:
        self.wall += timedelta(hours=hours)

    @rule(number=WORKERS)
    def turn(self, number: int) -> None:
        worker = self.workers[number]
        if not worker.awake:
            return
        try:
            if worker.beats is None:
                self._ask(worker)
            else:
                self._beat(worker)
        except StoreError:
            assert self.busy
            worker.beats = None

    @rule(number=WORKERS)
    def work(self, number: int) -> None:
        """A job that asks whether the lease is held still, and then does something."""
        worker = self.workers[number]
        if worker.awake and worker.beats is not None and worker.lease.holds(worker.db):
            self.done.append((worker.lease.fence, worker.lease.holder))

    @rule(number=WORKERS, stopped=st.booleans())
    def stop_or_go_on(self, number: int, stopped: bool) -> None:
        self.workers[number].stopped = stopped

    @rule(number=WORKERS)
    def kill(self, number: int) -> None:
        worker = self.workers[number]
        worker.dead = True
        if worker.here:
            self.dead.add(worker.lease.holder)

    @rule(number=WORKERS)
    def leave(self, number: int) -> None:
        """A clean stop."""
        worker = self.workers[number]
        if worker.awake and not self.busy:
            worker.lease.release(worker.db)
            if self.held and self.held.worker is worker:
                self.held = Held(worker, self.held.fence, self.wall, self.held.renewed, True)
            self.kill(number)

    @rule(number=WORKERS)
    def come_back(self, number: int) -> None:
        """A new process takes the place of a dead one."""
        if self.workers[number].dead:
            self.workers[number] = self._process(number)

    @rule()
    def another_program_keeps_the_store(self) -> None:
        if not self.busy:
            self.connections[-1].conn.execute("BEGIN IMMEDIATE")

    @precondition(lambda self: self.busy)
    @rule()
    def and_lets_it_go(self) -> None:
        self.connections[-1].conn.execute("ROLLBACK")

    @rule()
    def all_goes_well_for_a_while(self) -> None:
        """Whatever was before: a lease and three heartbeats later one works, if any is awake. At the
        first heartbeat it may learn that it holds the lease no longer, at the second it sees whose it
        is, and the third asks after a whole lease has passed since."""
        if self.busy:
            self.and_lets_it_go()
        for _ in range(int(SECONDS / HEARTBEAT) + 3):
            self.time_goes_on(HEARTBEAT)
            for number in range(len(self.workers)):
                self.turn(number)
        if any(worker.awake for worker in self.workers):
            (one,) = (each for each in self.workers if each.awake and each.beats is not None)
            assert one.lease.holds(one.db), "somebody is awake, and nobody may work"

    # ---- what must come of it -------------------------------------------------------------------

    def _ask(self, worker: Worker) -> None:
        before, free = self.held, self._free(worker)
        assert worker.lease.take(worker.db) == free
        if free:
            mine = before is not None and before.worker is worker
            fence = before.fence + (not mine) if before else 1
            assert worker.lease.fence == fence
            worker.beats = worker.lease.beats(worker.db, lambda seconds: False)
            self._renewed(worker, fence)

    def _free(self, worker: Worker) -> bool:
        """Whether the lease is this worker's to take."""
        held = self.held
        if held is None or held.worker is worker or held.given_back:
            return True
        if held.until <= self.wall or held.worker.lease.holder in self.dead:
            return True  # at once: what has ended, or has died here, nobody waits for
        seen = (held.worker.lease.holder, held.fence, held.until)
        if seen != worker.watched and not self.busy:
            worker.watched, worker.since = seen, self.steady
        return self.steady - worker.since > SECONDS

    def _beat(self, worker: Worker) -> None:
        held = self.held
        mine = held is not None and held.worker is worker and held.fence == worker.lease.fence
        assert worker.beats is not None
        if (next(worker.beats, "over") != "over") != mine:
            raise AssertionError("a heartbeat went on without the lease, or ended with it")
        if mine:
            self._renewed(worker, worker.lease.fence)
        else:
            worker.beats = None

    def _renewed(self, worker: Worker, fence: int) -> None:
        self.held = Held(worker, fence, self.wall + timedelta(seconds=SECONDS), self.steady)

    @invariant()
    def never_two_hold_it(self) -> None:
        holding = [each for each in self.workers if not each.dead and each.lease.holds(each.db)]
        assert len(holding) <= 1
        assert not holding or (self.held and self.held.worker is holding[0])

    @invariant()
    def what_is_done_is_done_in_the_order_of_the_fences(self) -> None:
        fences = [fence for fence, _ in self.done]
        assert fences == sorted(fences)
        assert len(set(self.done)) == len(set(fences)), "one fence, two holders"

    def teardown(self) -> None:
        if self.busy:
            self.and_lets_it_go()


@pytest.fixture(scope="module")
def connections(migrated: Path) -> Iterator[list[Store]]:
    """Stores that do not wait for one another: in one thread nobody would ever let go."""
    opened = [store.open(migrated) for _ in range(HERE + ELSEWHERE + 1)]
    for each in opened:
        each.conn.execute("PRAGMA busy_timeout = 0")
        each.conn.execute("PRAGMA synchronous = OFF")
    yield opened
    for each in opened:
        each.close()


def tried(connections: list[Store], kind: type[Lease], times: int, *phases: Phase) -> None:
    machine = type("Tried", (Interleavings,), {"kind": kind, "connections": connections})
    how = settings(max_examples=times, stateful_step_count=40, deadline=None, database=None)
    run_state_machine_as_test(machine, settings=settings(how, phases=phases) if phases else how)


@pytest.mark.parametrize("times", [100, pytest.param(600, marks=pytest.mark.slow)])
def test_in_every_interleaving_one_works_and_a_late_one_meets_the_fence(
    connections: list[Store], times: int
) -> None:
    tried(connections, Lease, times)


# ---- the guards, taken out one by one -----------------------------------------------------------


class WithoutFence(Lease):
    def take(self, db: Store) -> bool:
        taken = super().take(db)
        db.conn.execute("UPDATE leases SET fence = 1")
        self.fence = min(self.fence, 1)
        return taken


class WithoutPatience(Lease):
    def _outwaited(self, row: dict[str, Any]) -> bool:
        return False


class InAHurry(Lease):
    def _outwaited(self, row: dict[str, Any]) -> bool:
        return True


class OfTheWallAlone(Lease):
    def _outwaited(self, row: dict[str, Any]) -> bool:
        self.steady = lambda: self.wall().timestamp()
        return super()._outwaited(row)


class WaitsForTheDead(Lease):
    def _over(self, row: dict[str, Any]) -> bool:
        return not row["holder"] or self._expired(row) or self._outwaited(row)


class TakesItBack(Lease):
    """Its heartbeat writes over whoever took the lease meanwhile."""

    def renew(self, db: Store) -> bool:
        with db.atomic():
            sql = "UPDATE leases SET holder = ?, fence = ?, expires_at = ?"
            db.conn.execute(sql, [self.holder, self.fence, self._end()])
        return True


class BelievesItself(Lease):
    """Asks nobody whether it holds the lease still."""

    def holds(self, db: Store) -> bool:
        return self.fence > 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [WithoutFence, WithoutPatience, InAHurry, OfTheWallAlone, WaitsForTheDead, TakesItBack,
     BelievesItself],
)  # fmt: skip
def test_without_this_guard_some_interleaving_goes_wrong(
    connections: list[Store], kind: type[Lease]
) -> None:
    with pytest.raises((AssertionError, ValueError)):
        tried(connections, kind, 1000, Phase.generate)
