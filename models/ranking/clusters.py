"""Clusters: one claim in many wordings, and the LSH index that finds them.

The index lives in the store, so that a restart forgets nothing. It files wordings, not posts: exact
copies stand behind one row, found by the hash of their content, and cost no keys. Everything here
works on a batch of posts: their keys are looked up, the caller compares and decides
(``classifier.ranking.new_posts``), ``file`` writes, and ``slide`` lets go of what has not been met for long: of
its place in the index only.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from models.config import WindowConfig
from models.store import Store, dump, now, stamp


@dataclass(frozen=True)
class Fingerprint:
    """How a post is filed. Keys and digest are positive and below 2**63 (SQLite's INTEGER)."""

    keys: tuple[int, ...]
    digest: int  # of the content: exact copies share it
    form: str  # the wording as the classifier reads it again; no meaning in here


NEWEST_OF_KEY = 16


def copied(db: Store, digests: Collection[int]) -> dict[int, int]:
    """The clusters of filed wordings with these very contents, by their digests."""
    found = db.conn.execute(
        "SELECT digest, cluster_id FROM wordings WHERE digest IN (SELECT value FROM json_each(?))",
        [dump(list(digests))],
    )
    return dict(found.fetchall())


def holders(db: Store, keys: Collection[int]) -> dict[int, list[int]]:
    """The newest wordings that hold each of these keys, newest first; a key nobody holds is absent.

    Of each key only the ``NEWEST_OF_KEY`` are looked at: a slogan in 20,000 wordings must not make
    each further one cost 20,000 rows while the store is locked.
    """
    found = db.conn.execute(_HOLDERS, [dump(list(keys)), NEWEST_OF_KEY])
    return {key: json.loads(ids) for key, ids in found}


_HOLDERS = """SELECT value, (SELECT json_group_array(wording_id) FROM
    (SELECT wording_id FROM bands WHERE key = value ORDER BY wording_id DESC LIMIT ?2))
    FROM json_each(?1) WHERE EXISTS (SELECT 1 FROM bands WHERE key = value)"""


def filed(db: Store, wording_ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """The cluster and the form of each of these wordings, by its id."""
    found = db.conn.execute(
        "SELECT id, cluster_id, form FROM wordings WHERE id IN (SELECT value FROM json_each(?))",
        [dump(list(wording_ids))],
    )
    return {wording_id: (cluster_id, form) for wording_id, cluster_id, form in found}


FEW = 8


def first_forms(db: Store, cluster_ids: Collection[int]) -> dict[int, list[str]]:
    """The forms of the first wordings of each of these clusters, ``FEW`` and one more."""
    found = db.conn.execute(_FIRST_FORMS, [dump(list(cluster_ids)), FEW + 1])
    return {cluster_id: json.loads(forms) for cluster_id, forms in found}


_FIRST_FORMS = """SELECT value, (SELECT json_group_array(form) FROM
    (SELECT form FROM wordings WHERE cluster_id = value ORDER BY id LIMIT ?2))
    FROM json_each(?1)"""


@dataclass(frozen=True)
class Filing:
    """Where a post goes. ``cluster_id`` below 0 is a new cluster: the same number, the same one."""

    post_id: int
    cluster_id: int
    print: Fingerprint


def file(db: Store, filings: Sequence[Filing]) -> list[int]:
    """Put posts into clusters and file their wordings; returns the id of each post's cluster.

    A post that already has a cluster stays there: a re-scored post never wanders, and what it said
    before goes on finding its cluster. A wording filed under another cluster stays there too.
    Raises ``KeyError`` for a post that is not there.
    """
    with db.atomic():
        homes = dict(
            db.conn.execute(
                "SELECT id, cluster_id FROM posts WHERE id IN (SELECT value FROM json_each(?))",
                [dump([filing.post_id for filing in filings])],
            ).fetchall()
        )
        last = db.value("SELECT coalesce(max(id), 0) FROM clusters")
        opened: dict[int, int] = {}
        founders, joined = [], []
        for filing in filings:
            if homes[filing.post_id]:
                continue
            cluster_id = opened.get(filing.cluster_id, filing.cluster_id)
            if cluster_id < 0:
                cluster_id = opened[filing.cluster_id] = last + len(opened) + 1
                founders.append((cluster_id, filing.post_id))
            homes[filing.post_id] = cluster_id
            joined.append((cluster_id, filing.post_id))
        db.conn.executemany(_FOUND, founders)
        db.conn.executemany("UPDATE posts SET cluster_id = ? WHERE id = ?", joined)
        db.conn.execute(_MEET, [dump(list(homes)), stamp(now())])
        db.conn.executemany(
            _FILE,
            [
                (
                    filing.print.digest,
                    homes[filing.post_id],
                    filing.post_id,
                    _day(),
                    dump(filing.print.keys),
                    filing.print.form,
                )
                for filing in filings
            ],
        )
        return [homes[filing.post_id] for filing in filings]


_FOUND = """INSERT INTO clusters (id, first_at, last_at)
    SELECT ?, published_at, published_at FROM posts WHERE id = ?"""
# one that is stale already keeps its place in the order; the bringer that says least is named
_MEET = """UPDATE clusters SET stale = 1, first_at = min(clusters.first_at, met.first_at),
    last_at = max(clusters.last_at, met.last_at),
    due_at = iif(stale OR due_at IS NULL, due_at, ?2),
    bringer = iif(stale AND bringer <> '', bringer, met.source)
    FROM (SELECT cluster_id, source, min(posts), min(first_at) AS first_at, max(last_at) AS last_at
        FROM (SELECT cluster_id, source, count(*) AS posts, min(published_at) AS first_at,
            max(published_at) AS last_at FROM posts
            WHERE id IN (SELECT value FROM json_each(?1)) GROUP BY cluster_id, source)
        GROUP BY cluster_id) AS met
    WHERE clusters.id = met.cluster_id"""
# the newest copy answers for a wording: it is the last to be forgotten
_FILE = """INSERT INTO wordings (digest, cluster_id, post_id, seen, keys, form)
    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE
    SET post_id = excluded.post_id, seen = excluded.seen
    WHERE cluster_id = excluded.cluster_id"""


def slide(db: Store, window: WindowConfig) -> int:
    """Let go of wordings that were not met for ``window.days``, and beyond ``window.wordings`` of
    those not met for longest, ``AT_ONCE`` of each; returns how many.

    Posts and clusters stay as they are. A wording of an open case stays however old it is: the
    claim is being worked on, and its next post belongs there.
    """
    with db.atomic():
        over = db.value("SELECT filed FROM filed_wordings") - window.wordings
        gone = db.conn.execute(_LET_GO, [_day() - window.days, AT_ONCE]).rowcount
        if over > gone:
            gone += db.conn.execute(_LET_GO, [_EVER, min(over - gone, AT_ONCE)]).rowcount
        return gone


AT_ONCE = 1000  # more than a batch brings, and no long lock after a change of the window
_EVER = 1 << 31
_LET_GO = """DELETE FROM wordings WHERE id IN (SELECT w.id FROM wordings w WHERE w.seen < ?
    AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.cluster_id = w.cluster_id AND c.closed_at IS NULL)
    ORDER BY w.seen, w.id LIMIT ?)"""


def _day() -> int:
    return now().toordinal()


def stale(db: Store, limit: int = 100, posts: int = 2000) -> list[int]:
    """Clusters whose case has not seen the newest scores: in turn by the source that made them so,
    those that no case has seen before those that changed, as ``models.intake.waiting`` has it.

    At most ``limit``, and no further one once they hold ``posts`` posts: what is done with them
    together keeps officers waiting.
    """
    found = db.conn.execute(_STALE, {"most": limit, "posts": posts, "now": stamp(now())})
    return [cluster_id for (cluster_id,) in found]


_STALE = """WITH RECURSIVE waiting(bringer) AS (
        SELECT min(bringer) FROM clusters WHERE stale = 1
        UNION ALL SELECT (SELECT min(bringer) FROM clusters c
            WHERE c.stale = 1 AND c.bringer > w.bringer) FROM waiting w
        WHERE w.bringer IS NOT NULL),
    turn AS (
        SELECT c.id, row_number() OVER (PARTITION BY w.bringer ORDER BY c.id) AS nth, 0 AS again
        FROM waiting w JOIN clusters c ON c.id IN (SELECT d.id FROM clusters d WHERE d.stale = 1
            AND d.bringer = w.bringer AND d.due_at IS NULL ORDER BY d.id LIMIT :most)
        UNION ALL
        SELECT c.id, row_number() OVER (PARTITION BY w.bringer ORDER BY c.due_at, c.id), 1
        FROM waiting w JOIN clusters c ON c.id IN (SELECT d.id FROM clusters d WHERE d.stale = 1
            AND d.bringer = w.bringer AND d.due_at <= :now ORDER BY d.due_at, d.id LIMIT :most)),
    first AS (SELECT id, iif(again, 4 * nth, nth + (nth - 1) / 3) AS place FROM turn
        ORDER BY place, id LIMIT :most),
    held AS (SELECT id, place, (SELECT count(*) FROM posts WHERE cluster_id = first.id) AS posts
        FROM first)
SELECT id FROM (SELECT id, place, posts, sum(posts) OVER (ORDER BY place, id) AS so_far FROM held)
    WHERE so_far - posts < :posts ORDER BY place, id"""


def seen(db: Store, cluster_ids: Iterable[int]) -> None:
    """The cases of these clusters are up to date. In the transaction that made them so."""
    moment = stamp(now())
    db.conn.executemany(
        "UPDATE clusters SET stale = 0, due_at = ? WHERE id = ?", [(moment, i) for i in cluster_ids]
    )


PUT_OFF = timedelta(minutes=10)


def put_off(db: Store, cluster_id: int) -> None:
    """Let a cluster whose case cannot be made now wait, so that it holds up no other."""
    with db.atomic():
        due = stamp(now() + PUT_OFF)
        db.conn.execute("UPDATE clusters SET due_at = ? WHERE id = ?", [due, cluster_id])


def texts(db: Store, cluster_ids: Collection[int], most: int) -> dict[int, list[str]]:
    """The ``most`` different texts of each cluster that were posted most, then earliest."""
    found: dict[int, list[str]] = {}
    for cluster_id, text in db.conn.execute(_TEXTS, [dump(list(cluster_ids)), most]):
        found.setdefault(cluster_id, []).append(text)
    return found


_TEXTS = """SELECT cluster_id, text FROM (SELECT cluster_id, text, row_number() OVER (
        PARTITION BY cluster_id ORDER BY count(*) DESC, min(published_at), text) AS place
    FROM posts WHERE cluster_id IN (SELECT value FROM json_each(?)) GROUP BY cluster_id, text)
    WHERE place <= ? ORDER BY cluster_id, place"""
