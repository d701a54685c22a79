"""One scheduler at a time: a lease in the store, with a fence that a late holder cannot pass.

Two APScheduler processes on one store run jobs twice. The lease keeps a second one waiting; what
still slips through (a holder stopped past its expiry) meets the fence, and the uniqueness of rows.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from models.store import Store, now, stamp

NAME = "scheduler"
MACHINE = os.uname().nodename


def acquire(db: Store, name: str, holder: str, seconds: float, outwaited: str = "") -> int:
    """Take or renew the lease; returns its fence (1, 2, …), or 0 where another holds it.

    ``outwaited``: what ``standing`` said, by a steady clock, a whole lease ago. Whoever let it
    pass without renewing is gone, even where the wall clock was set back and says otherwise.
    """
    with db.atomic():
        row = db.row("SELECT * FROM leases WHERE name = ?", name)
        moment, until = stamp(now()) or "", stamp(now() + timedelta(seconds=seconds))
        others = row and row["holder"] != holder and row["expires_at"] > moment
        if others and _standing(row) != outwaited:
            return 0
        fence = row["fence"] + (row["holder"] != holder) if row else 1
        db.conn.execute(
            "INSERT INTO leases VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
            " holder = excluded.holder, fence = excluded.fence, expires_at = excluded.expires_at",
            [name, holder, fence, until],
        )
        return int(fence)


def standing(db: Store, name: str) -> str:
    """Who holds the lease until when: the same words again mean that nobody renewed it."""
    return _standing(db.row("SELECT * FROM leases WHERE name = ?", name))


def _standing(row: dict[str, Any] | None) -> str:
    return f"{row['holder']} {row['fence']} {row['expires_at']}" if row else ""


def holds(db: Store, name: str, holder: str, fence: int) -> bool:
    """Whether the lease is still this holder's, unexpired."""
    row = db.row("SELECT * FROM leases WHERE name = ?", name)
    return bool(
        row
        and row["holder"] == holder
        and row["fence"] == fence
        and row["expires_at"] > (stamp(now()) or "")
    )


def release(db: Store, name: str, holder: str) -> None:
    """Give the lease back at a clean stop; the fence stays, so that it only ever grows."""
    with db.atomic():
        db.conn.execute(
            "UPDATE leases SET expires_at = ? WHERE name = ? AND holder = ?",
            [stamp(now()), name, holder],
        )
