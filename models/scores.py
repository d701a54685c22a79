"""Scores: what the classifier said of each post, with its reasons. They order the queue, no more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from models.records import Entity, Reason, Score, Topic
from models.store import Store, dump, now, stamp, time


def save(db: Store, scores: Iterable[Score], sample_share: float = 0.0, line: float = 1.0) -> None:
    """Store scores and mark their posts as scored.

    Of the posts below ``line`` a share is marked for the random sample, chosen by a keyed hash of
    the post's id: stable when a post is scored again, and nobody outside can steer it.
    """
    with db.atomic():
        for score in scores:
            sampled = score.risk < line and _draw(db, score.post_id) < sample_share
            db.conn.execute(
                "INSERT INTO scores VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (post_id)"
                " DO UPDATE SET risk = excluded.risk, reasons = excluded.reasons,"
                " topic = excluded.topic, entities = excluded.entities,"
                " doubts = excluded.doubts, model = excluded.model, at = excluded.at,"
                " sampled = max(sampled, excluded.sampled)",
                [
                    score.post_id,
                    score.risk,
                    dump([asdict(reason) for reason in score.reasons]),
                    score.topic.value,
                    dump([asdict(entity) for entity in score.entities]),
                    score.doubts,
                    score.model,
                    stamp(score.at),
                    int(sampled),
                ],
            )
            db.conn.execute(
                "UPDATE posts SET scored_at = ? WHERE id = ?", [stamp(score.at), score.post_id]
            )


def _draw(db: Store, post_id: int) -> float:
    digest = hashlib.blake2b(str(post_id).encode(), key=db.secret, digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def reasons(text: str) -> tuple[Reason, ...]:
    return tuple(Reason(**item) for item in json.loads(text))


def entities(text: str) -> tuple[Entity, ...]:
    return tuple(Entity(**item) for item in json.loads(text))


def for_posts(db: Store, ids: Sequence[int]) -> dict[int, Score]:
    """Scores by post id; posts not scored yet are absent."""
    marks = ", ".join("?" * len(ids))
    return {
        row["post_id"]: _score(row)
        for row in db.query(f"SELECT * FROM scores WHERE post_id IN ({marks})", list(ids))  # noqa: S608
    }


def _score(row: dict[str, Any]) -> Score:
    return Score(
        row["post_id"],
        row["risk"],
        reasons(row["reasons"]),
        Topic(row["topic"]),
        entities(row["entities"]),
        row["doubts"],
        row["model"],
        time(row["at"]) or now(),
    )
