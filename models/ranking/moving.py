"""The line in the store: where it stands, and moving it by what came in within a night."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import audit
from models.config import QueueConfig
from models.harm import HAZARDS
from models.people import officers
from models.ranking.line import OF_HAZARDS, Arrival, Line, drawn
from models.store import Store, dump, now, stamp, time

NIGHT = timedelta(hours=24)  # to the same hour of the next day: a desk reads at every hour
TELL_AGAIN = timedelta(minutes=10)  # at least, between two entries in the log
NOTED = "line"  # in the table meta
_HAZARDS = ", ".join(f"'{topic.value}'" for topic in sorted(HAZARDS))

# of a score s and its post p; takes :lines, as ``parameters`` gives them
OVER = f"""(s.risk >= :least AND s.risk >= coalesce(
    (SELECT value ->> iif(s.topic IN ({_HAZARDS}), 1, 0) FROM json_each(:own) WHERE key = p.source),
    iif(s.topic IN ({_HAZARDS}), :hazard, :common)))"""  # noqa: S608  (topics of ours)


def parameters(line: Line) -> dict[str, object]:
    """What ``OVER`` asks for."""
    return {
        "least": line.least,
        "common": line.common,
        "hazard": line.hazard,
        "own": dump(line.own),
    }


@dataclass(frozen=True)
class _Held:
    """The line as it was kept, and what the log was told of it last."""

    line: Line
    lowest: float
    at: datetime
    told: Line
    told_at: datetime


def current(db: Store, queue: QueueConfig) -> Line:
    """Where the line stands; where it never moved under this configuration, at its lowest."""
    held = _held(db)
    return (
        held.line if held and _same(held, queue) else Line.at(queue.risk_line, queue.cases_a_night)
    )


def stands(db: Store) -> Line | None:
    """Where the line stands, whatever the configuration; None: it never moved."""
    held = _held(db)
    return held.line if held else None


def move(db: Store, queue: QueueConfig) -> Line:
    """Move the line by the claims of the last night, and let those that are over it now and have no
    case be looked at again. Returns where it stands.

    In the first night of a desk, and after a change of its configuration, it moves freely: there is
    nothing yet that a flood could hide.
    """
    arrivals = _arrivals(db, queue.risk_line * OF_HAZARDS)
    held, moment = _held(db), now()
    known = held if held and _same(held, queue) and not _first_night(db, moment) else None
    hours = (moment - known.at).total_seconds() / 3600 if known else 0.0
    line = drawn(
        arrivals, queue.cases_a_night, queue.risk_line, known.line if known else None, hours
    )
    sunk = _sunk(db, line) if held is None or _falls(line, held.line) else []
    with db.atomic():
        told, told_at = (held.told, held.told_at) if held else (line, moment)
        if held is None or (_differs(line, told) and moment - told_at >= TELL_AGAIN):
            said = {
                "line": round(line.common, 4),
                "hazard_line": round(line.hazard, 4),
                "a_night": line.cases,
                "flooded": list(line.flooded),
            }
            audit.append(db, officers.MACHINE, "line.move", "queue:line", said)
            told, told_at = line, moment
        kept = {
            "line": vars(line),
            "lowest": queue.risk_line,
            "at": stamp(moment),
            "told": vars(told),
            "told_at": stamp(told_at),
        }
        db.upsert("meta", {"key": NOTED, "value": dump(kept)}, "key")
        db.conn.execute(_LOOK_AGAIN, {"ids": dump(sunk), "now": stamp(moment)})
    return line


def _arrivals(db: Store, least: float) -> list[Arrival]:
    """The claims of the last night that score ``least`` or more, and were no case before it: once for
    each source that tells them."""
    since = stamp(now() - NIGHT)
    found = db.conn.execute(_ARRIVALS, {"since": since, "least": least})
    return [
        Arrival(source, risk, bool(hazard), bool(again)) for source, risk, hazard, again in found
    ]


# a claim is counted for the source of its riskiest post
_ARRIVALS = f"""SELECT source, risk, hazard,
        row_number() OVER (PARTITION BY cluster_id ORDER BY risk DESC, source) > 1
    FROM (SELECT p.cluster_id, p.source, max(s.risk) AS risk,
            count(*) FILTER (WHERE s.topic IN ({_HAZARDS})) AS hazard
        FROM posts p JOIN scores s ON s.post_id = p.id
        WHERE p.collected_at >= :since AND s.risk >= :least AND NOT EXISTS
            (SELECT 1 FROM cases c WHERE c.cluster_id = p.cluster_id AND c.opened_at < :since)
        GROUP BY p.cluster_id, p.source)"""  # noqa: S608  (topics of ours)


def _falls(line: Line, before: Line) -> bool:
    """Whether the line of anybody is lower than before."""
    return any(
        line.of(source, hazard) < before.of(source, hazard)
        for source in ("", *line.own, *before.own)
        for hazard in (False, True)
    )


def _sunk(db: Store, line: Line) -> list[int]:
    """Clusters of the last night without a case that are over this line: it stood higher when they came."""
    asked = parameters(line) | {"since": stamp(now() - NIGHT)}
    return [cluster_id for (cluster_id,) in db.conn.execute(_SUNK, asked)]


_SUNK = f"""SELECT DISTINCT p.cluster_id FROM posts p JOIN scores s ON s.post_id = p.id
    WHERE p.collected_at >= :since AND {OVER}
    AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.cluster_id = p.cluster_id)"""  # noqa: S608
_LOOK_AGAIN = """UPDATE clusters SET stale = 1, due_at = coalesce(due_at, :now)
    WHERE stale = 0 AND id IN (SELECT value FROM json_each(:ids))"""


def _first_night(db: Store, moment: datetime) -> bool:
    first = time(db.value("SELECT min(collected_at) FROM posts"))
    return first is None or moment - first < NIGHT


def _same(held: _Held, queue: QueueConfig) -> bool:
    return (held.lowest, held.line.cases) == (queue.risk_line, queue.cases_a_night)


def _differs(line: Line, told: Line) -> bool:
    """Whether people who read the log would want to know."""
    return (
        abs(line.common - told.common) >= 0.01
        or abs(line.hazard - told.hazard) >= 0.01
        or line.flooded != told.flooded
        or line.cases != told.cases
    )


def _held(db: Store) -> _Held | None:
    text = db.value("SELECT value FROM meta WHERE key = ?", NOTED)
    if text is None:
        return None
    kept = json.loads(text)
    return _Held(
        _line(kept["line"]),
        kept["lowest"],
        time(kept["at"]) or now(),
        _line(kept["told"]),
        time(kept["told_at"]) or now(),
    )


def _line(kept: dict) -> Line:
    own = {source: (lines[0], lines[1]) for source, lines in kept["own"].items()}
    return Line(kept["common"], kept["hazard"], own, kept["cases"])
