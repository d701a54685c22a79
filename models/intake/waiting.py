"""Which posts are scored next: every source in turn, what is new before what changed.

A source that brings 100,000 posts, or rewrites all it has each minute, costs the others nothing: of
a batch each waiting host gets its share, and within it each source. Of a source the new posts go
first, and every fourth turn is for changed ones, so that neither starves. A post that is changed
again and again is scored anew at growing intervals, and of one visit only so many changed posts at
once; their words are stored all the same, and scored later.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from operator import itemgetter

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
    lanes = db.conn.execute(_LANES).fetchall()
    hosts = Counter(host for _, host, _ in lanes)
    moment = now()
    # nothing rests longer; what would was written under another clock
    far = moment + LONGEST_REST + BETWEEN * 1000
    turns: list[tuple[int, int, int]] = []
    for host, own in itertools.groupby(sorted(lanes, key=itemgetter(1)), key=itemgetter(1)):
        # a few times its share: others may have little waiting
        share = min(limit, max(1, 4 * limit // (len(hosts) * hosts[host])))
        asked = {"now": stamp(moment), "far": stamp(far), "most": share}
        places = sorted(
            (place, served, post_id)
            for source, _, served in own
            for place, post_id in _of_source(db, {"source": source, **asked})
        )
        turns += [(max(p, nth), s, i) for nth, (p, s, i) in enumerate(places, start=1)]
    return [post_id for _, _, post_id in heapq.nsmallest(limit, turns)]


def _of_source(db: Store, asked: dict[str, object]) -> Iterator[tuple[int, int]]:
    """The next posts of one source with the turn of each."""
    for n, (post_id,) in enumerate(db.conn.execute(_NEW, asked)):
        yield n + 1 + n // 3, post_id
    for n, (post_id,) in enumerate(db.conn.execute(_CHANGED, asked)):
        yield 4 * (n + 1), post_id


# the index posts_waiting serves each of these: it holds a source's new posts first, by age, then its
# changed ones, by when they are due
_LANES = """WITH RECURSIVE waiting(source) AS (
        SELECT min(source) FROM posts WHERE scored_at IS NULL
        UNION ALL SELECT (SELECT min(source) FROM posts p
            WHERE p.scored_at IS NULL AND p.source > w.source) FROM waiting w
        WHERE w.source IS NOT NULL)
SELECT source,
    coalesce(nullif((SELECT host FROM sources s WHERE s.name = source), ''), source) AS host,
    coalesce((SELECT served FROM source_turns t WHERE t.source = waiting.source), 0) AS served
    FROM waiting WHERE source IS NOT NULL"""
_NEW = """SELECT id FROM posts WHERE scored_at IS NULL AND source = :source AND due_at IS NULL
    ORDER BY id LIMIT :most"""
_CHANGED = """SELECT * FROM (SELECT id FROM posts WHERE scored_at IS NULL AND source = :source
        AND due_at <= :now ORDER BY due_at, id LIMIT :most)
    UNION ALL SELECT * FROM (SELECT id FROM posts WHERE scored_at IS NULL AND source = :source
        AND due_at > :far ORDER BY due_at LIMIT :most)"""


def served(db: Store, sources: Iterable[str]) -> None:
    """Note that posts of these sources had their turn. In the transaction that scores them."""
    turn = 1 + db.value("SELECT coalesce(max(served), 0) FROM source_turns")
    db.conn.executemany(
        "INSERT INTO source_turns VALUES (?, ?)"
        " ON CONFLICT (source) DO UPDATE SET served = excluded.served",
        [(source, turn) for source in sorted(set(sources))],
    )
