"""Sources that flood the desk: so many new or rewritten posts an hour that people should know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from models.store import Store, now, stamp

AN_HOUR = 3000  # posts; a forum of a city brings some hundreds
COUNTED = 100_000  # of those that wait: beyond, "more" says enough


@dataclass(frozen=True)
class Flood:
    """What a source brought within an hour, and how much of it waits to be scored."""

    new: int
    rewritten: int
    waiting: int


def of_source(db: Store, source: str) -> Flood | None:
    """The flood of a source within the last hour; None while it brings what a source may."""
    since = stamp(now() - timedelta(hours=1))
    row = db.row(
        "SELECT coalesce(sum(new), 0) AS new, coalesce(sum(updated), 0) AS rewritten"
        " FROM crawl_runs WHERE source = ? AND started_at > ?",
        source,
        since,
    )
    if row is None or max(row["new"], row["rewritten"]) < AN_HOUR:
        return None
    waiting = db.value(
        "SELECT count(*) FROM (SELECT 1 FROM posts WHERE scored_at IS NULL AND source = ? LIMIT ?)",
        source,
        COUNTED,
    )
    return Flood(row["new"], row["rewritten"], waiting)
