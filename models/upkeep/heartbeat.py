"""Whether the clock of the desk is at work, as another process sees it: by the lease it renews.

A clock that was stopped, hangs or was killed leaves its jobs in the store as they were, all well.
What it cannot do is renew its lease. Whoever looks often knows by a clock that cannot be set; who
looks for the first time has the wall clock only.
"""

from __future__ import annotations

import time as clocks
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.store import Store, now, time
from models.upkeep.lease import LEASE_SECONDS

SILENT = 60.0  # seconds without a sign of life from which on it is said to hang


@dataclass
class Watch:
    """What one process has seen of the lease. May be asked by several threads."""

    wall: Callable[[], datetime] = now
    steady: Callable[[], float] = clocks.monotonic
    _seen: tuple[object, ...] = ()
    _since: float = 0.0  # when it was first seen so
    _looked: float = 0.0
    _proven: bool = False  # it was seen to change

    def silent_since(self, db: Store) -> datetime | None:
        """Since when the clock gives no sign of life; None while it does, and where none ever ran."""
        row = db.row("SELECT * FROM leases WHERE name = 'scheduler'")
        if row is None:
            return None
        moment, seen = self.steady(), tuple(row.values())
        if seen != self._seen:
            # what changed since a look long ago may have changed long ago
            self._proven = bool(self._seen) and moment - self._looked <= SILENT
            self._seen, self._since = seen, moment
        self._looked = moment
        ended = time(row["expires_at"]) or now()
        if moment - self._since > SILENT or (
            not self._proven and ended + timedelta(seconds=SILENT - LEASE_SECONDS) < self.wall()
        ):
            return ended - timedelta(seconds=LEASE_SECONDS)
        return None
