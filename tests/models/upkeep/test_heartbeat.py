"""A clock without a sign of life is seen within 90 s, wherever the wall clock is set to."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.store import Store
from models.upkeep.heartbeat import Watch
from models.upkeep.lease import HEARTBEAT, Lease

NIGHT = datetime.fromisoformat("2026-11-24T18:00:00+00:00")
SET = [timedelta(0), timedelta(days=365), -timedelta(days=365), timedelta(hours=1)]


class Night:
    """The two clocks of a machine; ``off``: how far the wall clock was set."""

    def __init__(self) -> None:
        self.seconds, self.off = 0.0, timedelta(0)
        self.lease = Lease("one", wall=self.wall, steady=self.steady)
        self.watch = Watch(self.wall, self.steady)

    def steady(self) -> float:
        return self.seconds

    def wall(self) -> datetime:
        return NIGHT + timedelta(seconds=self.seconds) + self.off

    def works(self, db: Store, seconds: float) -> None:
        for _ in range(int(seconds / HEARTBEAT)):
            self.seconds += HEARTBEAT
            assert self.lease.renew(db)


@pytest.fixture
def night(db: Store) -> Night:
    made = Night()
    assert made.watch.silent_since(db) is None  # none has ever run
    made.lease.take(db)
    return made


def test_a_clock_at_work_is_well_however_seldom_somebody_looks(db: Store, night: Night) -> None:
    for pause in (4, 30, 3600, 4):
        night.works(db, pause)
        assert night.watch.silent_since(db) is None


@pytest.mark.parametrize("off", SET)
def test_one_that_stopped_is_seen_within_90_seconds(
    db: Store, night: Night, off: timedelta
) -> None:
    night.works(db, 8)
    night.watch.silent_since(db)
    stopped = night.wall()
    night.off = off
    seen = []
    for _ in range(18):
        night.seconds += 5
        seen.append(night.watch.silent_since(db))
    assert seen[-1] == stopped and (off > timedelta(0) or seen[0] is None)


def test_one_that_stopped_before_anybody_looked_is_seen_at_the_first_look(
    db: Store, night: Night
) -> None:
    night.works(db, 8)
    night.seconds += 90
    assert Watch(night.wall, night.steady).silent_since(db)
    assert night.watch.silent_since(db)  # one that looked long ago


@pytest.mark.parametrize("off", SET)
def test_one_that_goes_on_while_the_wall_clock_is_set_is_well_from_its_next_beat_on(
    db: Store, night: Night, off: timedelta
) -> None:
    night.works(db, 8)
    night.watch.silent_since(db)
    night.off = off
    for _ in range(40):
        night.works(db, 4)
        assert night.watch.silent_since(db) is None


def test_whoever_saw_it_beat_does_not_go_by_the_wall_clock(db: Store, night: Night) -> None:
    for _ in range(2):
        night.works(db, 8)
        assert night.watch.silent_since(db) is None
    night.off = timedelta(days=365)
    assert night.watch.silent_since(db) is None
    assert Watch(night.wall, night.steady).silent_since(db)  # a newcomer has nothing else
