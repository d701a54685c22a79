"""Which posts are scored next: every source in turn, what is new before what changed.

A source that brings 100,000 posts, or rewrites all it has each minute, costs the others nothing: of
a batch each waiting host gets its share, and within it each source. Of a source the new posts go
first, and every fourth turn is for changed ones, so that neither starves. A post that is changed
again and again is scored anew at growing intervals, and of one visit only so many changed posts at
once; their words are stored all the same, and scored later.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from models.store import Store, now, stamp, time

FREE = 2  # times that a post is scored anew as soon as it changes
FIRST_REST, LONGEST_REST = timedelta(minutes=1), timedelta(minutes=30)
AT_ONCE = 500  # changed posts of a visit that are scored in the same minute
BETWEEN = timedelta(minutes=1)


def rest(rescored: int) -> timedelta:
    """How long after it was last scored a post that changed is scored again.

    >>> [rest(n).seconds for n in (0, 1, 2, 3, 4, 7, 100)]
    [0, 0, 60, 120, 240, 1800, 1800]
    """
    if rescored < FREE:
        return timedelta(0)
    return min(FIRST_REST * 2 ** min(rescored - FREE, 10), LONGEST_REST)


def changed(scored_at: str, rescored: int, before: int) -> dict[str, object]:
    """The columns of a post with new words that was scored at ``scored_at``: when it is scored
    again, and how often it was of late. ``before`` posts of the same visit changed as well."""
    moment, last = now(), time(scored_at) or now()
    if moment - last > 2 * LONGEST_REST:
        rescored = 0
    due = max(moment, min(last, moment) + rest(rescored)) + BETWEEN * (before // AT_ONCE)
    return {"scored_at": None, "due_at": stamp(due), "rescored": rescored}


def following(db: Store, limit: int) -> list[int]:
    """The posts to be scored next, at most ``limit``, in the order of their turns."""
    moment = now()
    # nothing rests longer; what would was written under another clock
    far = moment + LONGEST_REST + BETWEEN * 1000
    found = db.conn.execute(_FOLLOWING, {"most": limit, "now": stamp(moment), "far": stamp(far)})
    return [post_id for (post_id,) in found]


# The index posts_waiting serves each line: of a source first its new posts, by age, then its changed
# ones, by when they are due. ``share`` bounds what is looked at where hundreds of sources wait.
_FOLLOWING = """WITH RECURSIVE waiting(source) AS (
        SELECT min(source) FROM posts WHERE scored_at IS NULL
        UNION ALL SELECT (SELECT min(source) FROM posts p
            WHERE p.scored_at IS NULL AND p.source > w.source) FROM waiting w
        WHERE w.source IS NOT NULL),
    lane AS MATERIALIZED (SELECT w.source,
        coalesce(nullif((SELECT host FROM sources s WHERE s.name = w.source), ''), w.source) AS host,
        coalesce((SELECT served FROM source_turns t WHERE t.source = w.source), 0) AS served
        FROM waiting w WHERE w.source IS NOT NULL),
    bound(share) AS MATERIALIZED (SELECT min(:most, max(1, 4 * :most / max(count(*), 1))) FROM lane),
    turn AS (
        SELECT l.source, l.host, l.served, p.id,
            row_number() OVER (PARTITION BY l.source ORDER BY p.id) AS nth, 0 AS again
        FROM lane l JOIN posts p ON p.id IN (SELECT q.id FROM posts q WHERE q.scored_at IS NULL
            AND q.source = l.source AND q.due_at IS NULL ORDER BY q.id LIMIT (SELECT share FROM bound))
        UNION ALL
        SELECT l.source, l.host, l.served, p.id,
            row_number() OVER (PARTITION BY l.source ORDER BY p.due_at, p.id), 1
        FROM lane l JOIN posts p ON p.id IN (SELECT q.id FROM posts q WHERE q.scored_at IS NULL
                AND q.source = l.source AND q.due_at <= :now ORDER BY q.due_at, q.id LIMIT (SELECT share FROM bound))
            OR p.id IN (SELECT q.id FROM posts q WHERE q.scored_at IS NULL
                AND q.source = l.source AND q.due_at > :far ORDER BY q.due_at LIMIT (SELECT share FROM bound))),
    own AS (SELECT *, iif(again, 4 * nth, nth + (nth - 1) / 3) AS place FROM turn)
SELECT id FROM (SELECT id, served, max(place,
        row_number() OVER (PARTITION BY host ORDER BY place, served, id)) AS place FROM own)
    ORDER BY place, served, id LIMIT :most"""


def served(db: Store, sources: Iterable[str]) -> None:
    """Note that posts of these sources had their turn. In the transaction that scores them."""
    turn = 1 + db.value("SELECT coalesce(max(served), 0) FROM source_turns")
    db.conn.executemany(
        "INSERT INTO source_turns VALUES (?, ?)"
        " ON CONFLICT (source) DO UPDATE SET served = excluded.served",
        [(source, turn) for source in sorted(set(sources))],
    )
