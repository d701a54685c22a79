"""Clusters: one claim in many wordings, and the LSH index that finds them.

The index lives in the store, so that a restart forgets nothing. A post's band keys are looked up,
the candidates are compared by the caller (``classifier.nearness``), and ``assign`` writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.records import Cluster
from models.store import Store, now, time


@dataclass(frozen=True)
class Candidate:
    """A stored post that shares at least one band with the post looked up."""

    post_id: int
    cluster_id: int
    signature: bytes
    text: str
    shared: int  # bands in common


NEWEST_OF_BAND = 200


def candidates(db: Store, keys: Sequence[int], limit: int = 60) -> list[Candidate]:
    """Posts that share a band, most bands first; at most one for each wording of a cluster.

    Of each band only the ``NEWEST_OF_BAND`` are looked at: a claim posted 20,000 times must not
    make each further copy cost 20,000 rows while the store is locked.
    """
    if not keys:
        return []
    bands = " UNION ALL ".join(
        ["SELECT * FROM (SELECT post_id FROM bands WHERE key = ? ORDER BY post_id DESC LIMIT ?)"]
        * len(keys)
    )
    each = [value for key in keys for value in (key, NEWEST_OF_BAND)]
    return [
        Candidate(row["id"], row["cluster_id"], row["signature"], row["text"], row["shared"])
        for row in db.query(
            f"SELECT p.id, p.cluster_id, p.text, f.signature, count(*) AS shared"  # noqa: S608
            f" FROM ({bands}) b JOIN posts p ON p.id = b.post_id"
            f" JOIN fingerprints f ON f.post_id = p.id"
            f" WHERE p.cluster_id IS NOT NULL"
            f" GROUP BY f.signature, p.cluster_id ORDER BY shared DESC, p.id LIMIT ?",
            [*each, limit],
        )
    ]


def assign(
    db: Store, post_id: int, cluster_id: int | None, keys: Sequence[int], signature: bytes
) -> int:
    """Put a post into a cluster (None: a new one) and index it; returns the cluster's id.

    A post that already has a cluster stays there: a re-scored post never wanders.
    """
    with db.atomic():
        row = db.row("SELECT cluster_id, published_at FROM posts WHERE id = ?", post_id)
        if row is None:
            raise KeyError(post_id)
        if row["cluster_id"]:
            cluster_id = row["cluster_id"]
        elif cluster_id is None:
            cluster_id = db.conn.execute(
                "INSERT INTO clusters (first_at, last_at) VALUES (?, ?)",
                [row["published_at"], row["published_at"]],
            ).lastrowid
        db.conn.execute("UPDATE posts SET cluster_id = ? WHERE id = ?", [cluster_id, post_id])
        db.conn.execute(
            "UPDATE clusters SET stale = 1, first_at = min(first_at, ?),"
            " last_at = max(last_at, ?) WHERE id = ?",
            [row["published_at"], row["published_at"], cluster_id],
        )
        db.conn.execute("DELETE FROM bands WHERE post_id = ?", [post_id])
        db.conn.execute(
            "INSERT INTO fingerprints VALUES (?, ?)"
            " ON CONFLICT (post_id) DO UPDATE SET signature = excluded.signature",
            [post_id, signature],
        )
        db.conn.executemany(
            "INSERT INTO bands VALUES (?, ?)", [(key, post_id) for key in set(keys)]
        )
        return int(cluster_id or 0)


def stale(db: Store, limit: int = 500) -> list[int]:
    """Clusters whose case has not seen the newest scores."""
    rows = db.query("SELECT id FROM clusters WHERE stale = 1 ORDER BY id LIMIT ?", [limit])
    return [row["id"] for row in rows]


def seen(db: Store, cluster_id: int) -> None:
    """The case of this cluster is up to date. In the transaction that made it so."""
    db.execute("UPDATE clusters SET stale = 0 WHERE id = ?", [cluster_id])


def get(db: Store, cluster_id: int) -> Cluster | None:
    row = db.row(
        "SELECT c.*, count(p.id) AS posts, count(DISTINCT nullif(p.author_key, '')) AS accounts,"
        " coalesce(max(s.risk), 0) AS risk FROM clusters c"
        " JOIN posts p ON p.cluster_id = c.id LEFT JOIN scores s ON s.post_id = p.id"
        " WHERE c.id = ? GROUP BY c.id",
        cluster_id,
    )
    if row is None:
        return None
    first = wordings(db, cluster_id, 1)
    return Cluster(
        cluster_id,
        first[0].text if first else "",
        row["posts"],
        row["accounts"],
        row["risk"],
        time(row["first_at"]) or now(),
        time(row["last_at"]) or now(),
    )


@dataclass(frozen=True)
class Wording:
    text: str
    posts: int
    accounts: int
    replies: int
    doubts: int
    first_at: datetime


def wordings(db: Store, cluster_id: int, limit: int = 12) -> list[Wording]:
    """The different texts of a cluster, the most posted first, then the earliest."""
    return [_wording(row) for row in db.query(_WORDINGS, [cluster_id, limit])]


_WORDINGS = """SELECT p.text, count(*) AS posts,
    count(DISTINCT nullif(p.author_key, '')) AS accounts,
    sum((SELECT count(*) FROM replies r WHERE r.post_id = p.id)) AS replies,
    coalesce(sum(s.doubts), 0) AS doubts, min(p.published_at) AS first_at
    FROM posts p LEFT JOIN scores s ON s.post_id = p.id
    WHERE p.cluster_id = ? GROUP BY p.text ORDER BY posts DESC, first_at LIMIT ?"""


def _wording(row: dict[str, Any]) -> Wording:
    return Wording(
        row["text"],
        row["posts"],
        row["accounts"],
        row["replies"],
        row["doubts"],
        time(row["first_at"]) or now(),
    )


@dataclass(frozen=True)
class GrowthPoint:
    at: datetime
    posts: int  # cumulative
    doubting: int  # cumulative posts that drew at least one doubting reply


def growth(db: Store, cluster_id: int) -> list[GrowthPoint]:
    """The cumulative curve of a cluster, one point a post, oldest first."""
    points: list[GrowthPoint] = []
    doubting = 0
    for n, row in enumerate(
        db.query(
            "SELECT p.published_at, coalesce(s.doubts, 0) > 0 AS doubted FROM posts p"
            " LEFT JOIN scores s ON s.post_id = p.id WHERE p.cluster_id = ? ORDER BY p.published_at",
            [cluster_id],
        ),
        start=1,
    ):
        doubting += row["doubted"]
        points.append(GrowthPoint(time(row["published_at"]) or now(), n, doubting))
    return points
