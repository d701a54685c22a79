"""The wall clock, believed as long as it agrees with one that cannot be set.

Anybody may set the wall clock, and a dead battery or a wrong time server sets it by years. This
machine also counts the seconds since it began, asleep or awake; that count nobody sets. The time of
the house is the wall clock's while the two agree. Where they part by more than ``REASON`` the house
goes on by the count, from the last moment believed, until they agree again or an operator says that
the wall clock is right (``models.upkeep.wall_clock`` keeps what is believed in the store).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

REASON = timedelta(minutes=10)  # a step of a time server, a second put in: no jump


def wall() -> datetime:
    """What the wall clock says."""
    return datetime.now(UTC)


def since_boot() -> float:
    """Seconds since this machine began, those asleep included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def boot_id() -> str:
    """A name of this run of the machine: counts of two runs have nothing to do with each other."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


@dataclass
class Wall:
    """The time of the house. Its two clocks are handed in, so that tests can turn them."""

    wall: Callable[[], datetime] = wall
    boot: Callable[[], float] = since_boot
    anchor: tuple[datetime, float] = field(init=False)  # a moment believed, by both clocks

    def __post_init__(self) -> None:
        self.anchor = self.wall(), self.boot()

    def now(self) -> datetime:
        """The time, aware UTC.

        >>> told = [datetime(2026, 11, 24, tzinfo=UTC), 100.0]
        >>> house = Wall(lambda: told[0], lambda: told[1])
        >>> told[:] = told[0] + timedelta(days=365), 103.0
        >>> house.now().isoformat(), house.off().days
        ('2026-11-24T00:00:03+00:00', 364)
        """
        said, due = self.wall(), self._due()
        return said if abs(said - due) <= REASON else due

    def off(self) -> timedelta:
        """How far the wall clock is ahead of what is believed; below 0: behind."""
        return self.wall() - self._due()

    def believe(self, at: datetime, boot: float) -> None:
        """From here on the time is counted from this moment."""
        self.anchor = at, boot

    def _due(self) -> datetime:
        at, boot = self.anchor
        return at + timedelta(seconds=self.boot() - boot)


HOUSE = Wall()
BOOT_ID = boot_id()


def follow(connection: Any) -> None:
    """Believe of the time what the clock of this store's desk believes, in this run of the machine."""
    there = "SELECT 1 FROM sqlite_master WHERE name = 'wall_clock'"
    if not BOOT_ID or not connection.execute(there).fetchone():
        return  # a store that was not migrated
    asked = "SELECT at, boot FROM wall_clock WHERE boot_id = ?"
    if row := connection.execute(asked, [BOOT_ID]).fetchone():
        HOUSE.believe(datetime.fromisoformat(row[0]), row[1])
