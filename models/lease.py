"""One scheduler at a time: a lease in the store, with a fence that a late holder cannot pass.

Two APScheduler processes on one store run jobs twice. The lease keeps a second one waiting; what
still slips through (a holder stopped past its expiry) meets the fence, and the uniqueness of rows.
"""

from __future__ import annotations

from datetime import timedelta

from models.store import Store, now, stamp


def acquire(db: Store, name: str, holder: str, seconds: float) -> int:
    """Take or renew the lease; returns its fence (1, 2, …), or 0 where another holds it."""
    with db.atomic():
        row = db.row("SELECT * FROM leases WHERE name = ?", name)
        moment, until = stamp(now()) or "", stamp(now() + timedelta(seconds=seconds))
        if row and row["holder"] != holder and row["expires_at"] > moment:
            return 0
        fence = row["fence"] + (row["holder"] != holder) if row else 1
        db.conn.execute(
            "INSERT INTO leases VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
            " holder = excluded.holder, fence = excluded.fence, expires_at = excluded.expires_at",
            [name, holder, fence, until],
        )
        return int(fence)


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
