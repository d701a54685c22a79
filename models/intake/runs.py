"""Crawl runs and faults: what each visit to a source brought, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from models.intake.records import CrawlRun, Fault
from models.personal import admission
from models.personal.admission import clean
from models.store import Store, now, stamp, time


def start(db: Store, source: str) -> int:
    with db.atomic():
        return int(
            db.conn.execute(
                "INSERT INTO crawl_runs (source, started_at, outcome) VALUES (?, ?, 'running')",
                [source, stamp(now())],
            ).lastrowid
            or 0
        )


def finish(
    db: Store,
    run_id: int,
    outcome: str,
    *,
    fetched: int = 0,
    new: int = 0,
    updated: int = 0,
    broken: int = 0,
    bytes: int = 0,
    message: str = "",
) -> None:
    """Close a run: outcome ``ok``, ``unchanged`` or ``failed``, counts, one sentence for people."""
    with db.atomic():
        db.conn.execute(
            "UPDATE crawl_runs SET finished_at = ?, outcome = ?, fetched = ?, new = ?, updated = ?,"
            " broken = ?, bytes = ?, message = ? WHERE id = ?",
            [
                stamp(now()),
                outcome,
                fetched,
                new,
                updated,
                broken,
                bytes,
                clean(message, 500),
                run_id,
            ],
        )


def close_abandoned(
    db: Store, source: str, message: str = "采集进程中断，已收的帖子都在；下次采集会补齐"
) -> int:
    """Runs of this source still ``running`` belong to killed processes: say so. Returns how many."""
    with db.atomic():
        return db.conn.execute(
            "UPDATE crawl_runs SET finished_at = ?, outcome = 'failed', message = ?"
            " WHERE source = ? AND outcome = 'running'",
            [stamp(now()), message, source],
        ).rowcount


def break_off(db: Store, source: str, message: str) -> None:
    """Record that a visit broke off, whether or not it had come to begin its own run."""
    with db.atomic():
        if not close_abandoned(db, source, message):
            finish(db, start(db, source), "failed", message=message)


def _run(row: dict) -> CrawlRun:
    return CrawlRun(
        row["id"],
        row["source"],
        time(row["started_at"]) or now(),
        time(row["finished_at"]),
        row["outcome"],
        row["fetched"],
        row["new"],
        row["updated"],
        row["broken"],
        row["bytes"],
        row["message"],
    )


def last(db: Store, source: str) -> CrawlRun | None:
    row = db.row("SELECT * FROM crawl_runs WHERE source = ? ORDER BY id DESC LIMIT 1", source)
    return _run(row) if row else None


def recent(db: Store, source: str, limit: int = 20) -> list[CrawlRun]:
    return [
        _run(row)
        for row in db.query(
            "SELECT * FROM crawl_runs WHERE source = ? ORDER BY id DESC LIMIT ?", [source, limit]
        )
    ]


@dataclass(frozen=True)
class HalfHour:
    state: str  # none (no run), ok, quiet (runs, no new post), failed
    new: int


def by_half_hour(db: Store, source: str, hours: int = 24) -> list[HalfHour]:
    """The strip of the sources page: two cells an hour, oldest first."""
    end = now()
    cells = [HalfHour("none", 0)] * (hours * 2)
    for row in db.query(
        "SELECT started_at, outcome, new FROM crawl_runs WHERE source = ? AND started_at > ?",
        [source, stamp(end - timedelta(hours=hours))],
    ):
        age = (end - (time(row["started_at"]) or end)).total_seconds()
        at = len(cells) - 1 - min(int(age // 1800), len(cells) - 1)
        new = cells[at].new + row["new"]
        failed = row["outcome"] == "failed" or (cells[at].state == "failed" and not new)
        cells[at] = HalfHour("failed" if failed and not new else "ok" if new else "quiet", new)
    return cells


def fault(
    db: Store, run_id: int | None, source: str, what: str, where: str, mend: str, raw: bytes
) -> None:
    """Keep the beginning of an input that could not be read, without whoever wrote it and without
    direct identifiers. The same fault of the same bytes is kept once."""
    with db.atomic():
        db.conn.execute(
            "INSERT INTO faults (run_id, source, at, what, place, mend, raw, digest)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [
                run_id,
                source,
                stamp(now()),
                clean(what, 500),
                clean(where, 500),
                clean(mend, 500),
                admission.excerpt(raw),
                admission.keyed(raw.decode("latin-1"), db.secret),
            ],
        )


def faults(db: Store, source: str, limit: int = 20) -> list[Fault]:
    return [
        Fault(
            row["id"],
            row["source"],
            time(row["at"]) or now(),
            row["what"],
            row["place"],
            row["mend"],
            row["raw"],
        )
        for row in db.query(
            "SELECT * FROM faults WHERE source = ? ORDER BY id DESC LIMIT ?", [source, limit]
        )
    ]
