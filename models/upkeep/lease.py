"""One scheduler at a time: a lease in the store, with a fence that a late holder cannot pass.

Two APScheduler processes on one store run jobs twice. The lease keeps a second one waiting; what
still slips through (a holder stopped past its expiry) meets the fence, and the uniqueness of rows.
A lease is renewed at every heartbeat. Another holder takes it over when the wall clock says that it
has ended, when its holder is a dead process of this machine, or when nobody renewed it for a whole
lease by a clock that cannot be set.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from models.store import Store, now, stamp

LEASE_SECONDS, HEARTBEAT = 20.0, 4.0
_MACHINE = os.uname().nodename

Pause = Callable[[float], bool]  # waits for so many seconds; true once its process is to stop


def this_process() -> str:
    """A name for this process that no other has: number, chance, machine."""
    return f"{os.getpid()}-{secrets.token_hex(4)}@{_MACHINE}"


def is_dead(holder: str) -> bool:
    """Whether ``holder`` was a process of this machine that has ended. False where it cannot be known."""
    number, _, rest = holder.partition("-")
    if not number.isdigit() or rest.partition("@")[2] != _MACHINE:
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False


@dataclass
class Lease:
    """One process's side of the lease. Its clocks are handed in, so that tests can turn them.

    ``wall`` dates the lease for the others and may be set by anybody; ``steady`` only goes forward.
    """

    holder: str = field(default_factory=this_process)
    name: str = "scheduler"
    seconds: float = LEASE_SECONDS
    heartbeat: float = HEARTBEAT
    wall: Callable[[], datetime] = now
    steady: Callable[[], float] = time.monotonic
    dead: Callable[[str], bool] = is_dead
    fence: int = 0  # of the last time it was taken; 0: never yet
    _seen: tuple[Any, ...] = ()  # another's lease as it stood when last looked at, and since when
    _since: float = 0.0

    def take(self, db: Store) -> bool:
        """Begin to hold the lease, or hold it on. False while another may be at work."""
        with db.atomic():
            row = self._row(db)
            mine = row is not None and row["holder"] == self.holder
            if row is not None and not mine and not self._over(row):
                return False
            self.fence = row["fence"] + (not mine) if row else 1
            db.conn.execute(
                "INSERT INTO leases VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
                " holder = excluded.holder, fence = excluded.fence,"
                " expires_at = excluded.expires_at",
                [self.name, self.holder, self.fence, self._end()],
            )
        return True

    def beats(self, db: Store, pause: Pause) -> Iterator[None]:
        """Renew at every heartbeat, and yield after each. Ends when ``pause`` says so, or when
        another took the lease meanwhile: what was begun under the old fence must then end too."""
        while not pause(self.heartbeat):
            if not self.renew(db):
                return
            yield

    def renew(self, db: Store) -> bool:
        """Move the end of the lease on; False where another has taken it since."""
        with db.atomic():
            return bool(
                db.conn.execute(
                    "UPDATE leases SET expires_at = ? WHERE name = ? AND holder = ? AND fence = ?",
                    [self._end(), self.name, self.holder, self.fence],
                ).rowcount
            )

    def quiet(self, db: Store) -> float:
        """For how many seconds, by a clock that cannot be set, the lease was seen unchanged."""
        self._look(self._row(db))
        return self.steady() - self._since

    def holds(self, db: Store) -> bool:
        """Whether the lease is still this holder's, under this fence, unexpired."""
        row = self._row(db)
        return (
            row is not None
            and (row["holder"], row["fence"]) == (self.holder, self.fence)
            and not self._expired(row)
        )

    def release(self, db: Store) -> None:
        """Give the lease back at a clean stop: it is nobody's then, wherever the clock is set to.

        The fence stays, so that it only ever grows.
        """
        with db.atomic():
            db.conn.execute(
                "UPDATE leases SET holder = '', expires_at = ? WHERE name = ? AND holder = ?",
                [stamp(self.wall()), self.name, self.holder],
            )

    def _over(self, row: dict[str, Any]) -> bool:
        """Whether another's lease need not be waited for any longer."""
        holder = row["holder"]
        return not holder or self._expired(row) or self.dead(holder) or self._outwaited(row)

    def _expired(self, row: dict[str, Any]) -> bool:
        return bool(row["expires_at"] <= (stamp(self.wall()) or ""))

    def _outwaited(self, row: dict[str, Any]) -> bool:
        """Whether nobody renewed it for a whole lease, though the wall clock may say otherwise."""
        self._look(row)
        return self.steady() - self._since > self.seconds

    def _look(self, row: dict[str, Any] | None) -> None:
        seen = tuple(row.values()) if row else ("nobody has ever had it",)
        if seen != self._seen:
            self._seen, self._since = seen, self.steady()

    def _end(self) -> str | None:
        return stamp(self.wall() + timedelta(seconds=self.seconds))

    def _row(self, db: Store) -> dict[str, Any] | None:
        return db.row("SELECT * FROM leases WHERE name = ?", self.name)


@contextmanager
def alone(
    path: Path,
    pause: Pause,
    waiting: Callable[[], object],
    hangs: Callable[[], bool] = lambda: False,
) -> Generator[bool, None, None]:
    """The OS lock beside the store at ``path``: only a living process has it, so that a killed one
    never blocks the next. ``waiting`` is told once that another has it; false: told to stop.

    A process that was stopped, or hangs, lives and keeps the lock. Where ``hangs`` says so of the
    other, nobody waits for it: the lease and its fence are between us from then on.
    """
    with path.with_suffix(".scheduler").open("w") as file:
        told = stopped = False
        while not stopped:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if not told:
                    waiting()
                told, stopped = True, pause(1.0)
                if hangs():
                    break
            else:
                break
        yield not stopped
