"""What is deleted is gone from the file: its freed pages, its write-ahead log, its search index.

``secure_delete`` (``models.store.pragmas``) zeroes what a deletion or a change frees from now on. Left
are the log, which still holds what was written before, and what earlier versions freed.
"""

from __future__ import annotations

from typing import Any

from models import driver

WAIT_MS = 2000  # for readers of the log: those who write wait as long


def truncate_log(connection: Any, busy_ms: int) -> bool:
    """Bring the write-ahead log into the file and empty it; whether nobody held it. ``busy_ms``: the
    waiting time to go back to."""
    connection.execute(f"PRAGMA busy_timeout={WAIT_MS}")
    try:
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except driver.library.OperationalError:
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout={busy_ms}")
    return not busy


def scrub(connection: Any) -> None:
    """Write the store anew: nothing that an earlier version freed stays in the file. It takes the room
    of the store again for that time."""
    connection.execute("VACUUM")
