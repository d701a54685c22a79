"""The pulse of the scheduler: when each job last ran and how it ended, for the desk to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.personal.admission import clean
from models.store import Store, now, stamp, time


def started(db: Store, name: str, every: float = 0.0) -> None:
    """``every``: the seconds from one run to the next; 0 where nobody knows."""
    with db.atomic():
        db.conn.execute(
            "INSERT INTO jobs (name, started_at, ok, message, failures, every)"
            " VALUES (?, ?, 1, '', 0, ?) ON CONFLICT (name) DO UPDATE SET"
            " started_at = excluded.started_at, every = excluded.every",
            [name, stamp(now()), every],
        )


def ended(db: Store, name: str, problem: str = "") -> None:
    """``problem`` is one sentence for people; "" when all is well."""
    with db.atomic():
        db.conn.execute(
            "INSERT INTO jobs (name, started_at, finished_at, ok, message, failures)"
            " VALUES (:n, :t, :t, :ok, :m, :f) ON CONFLICT (name) DO UPDATE SET finished_at = :t, ok = :ok, message = :m, failures = iif(:ok, 0, failures + 1)",
            {
                "n": name,
                "t": stamp(now()),
                "ok": int(not problem),
                "m": clean(problem, 500),
                "f": int(bool(problem)),
            },
        )


def all(db: Store) -> list[Job]:
    return [
        Job(
            row["name"],
            time(row["started_at"]),
            time(row["finished_at"]),
            bool(row["ok"]),
            row["message"],
            row["failures"],
            row["every"],
        )
        for row in db.query("SELECT * FROM jobs ORDER BY name")
    ]


@dataclass(frozen=True)
class Job:
    """The pulse of one job of the scheduler."""

    name: str
    started_at: datetime | None
    finished_at: datetime | None
    ok: bool
    message: str
    failures: int  # in a row
    every: float = 0.0  # seconds from run to run; 0: unknown
