"""How one claim spreads: its different texts, and its growth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.store import Store, now, time


@dataclass(frozen=True)
class Wording:
    text: str
    posts: int
    accounts: int
    replies: int
    doubts: int
    first_at: datetime


def wordings(db: Store, cluster_id: int, limit: int = 8) -> list[Wording]:
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
