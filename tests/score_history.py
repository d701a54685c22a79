"""Scores for pages to show: weeks of counts, and posts that stay under the line."""

from __future__ import annotations

from datetime import datetime, timedelta

from models import china_time, store
from models.harm import Topic
from models.intake import posts
from models.intake.records import Post
from models.ranking import scores
from models.ranking.line import Line
from models.ranking.records import Score

CALM = [900, 42, 19, 11, 8, 6, 5, 4, 3, 3]  # scores of a day by tenth of risk
CHANGED = [500, 80, 60, 50, 50, 50, 50, 50, 60, 60]


def weeks(db: store.Store, moment: datetime, late: list[int], strange: float = 0.2) -> None:
    """Four calm weeks of scores, counted as ``scores.save`` counts them, and a last one."""
    for back in range(1, 35):
        day = china_time.day(moment - timedelta(days=back))
        for band, n in enumerate(late if back < 7 else [900, 40, 20, 10, 8, 6, 5, 4, 4, 3]):
            db.conn.execute(
                "INSERT INTO score_days VALUES (?, 'old', ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING",
                [day, band, n, n * (band < 8), n * (strange if back < 7 else 0.2)],
            )


def low(
    db: store.Store,
    moment: datetime,
    text: str,
    first_hand: float,
    topic: Topic = Topic.OTHER,
    risk: float = 0.1,
) -> int:
    """A scored post without a case; its cluster."""
    posts.add(db, Post("forum", text, text, published_at=moment, author="a"))
    stored = next(post for post in posts.newest(db, 1) if post.text == text)
    cluster = db.conn.execute("INSERT INTO clusters (first_at, last_at) VALUES ('', '')").lastrowid
    db.conn.execute("UPDATE posts SET cluster_id = ? WHERE id = ?", [cluster, stored.id])
    score = Score(stored.id, risk, (), topic, (), 0, "seed", moment, first_hand=first_hand)
    scores.save(db, [score], line=Line.at(0.8))
    return int(cluster or 0)
