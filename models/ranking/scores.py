"""Scores: what the classifier said of each post, with its reasons. They order the queue, no more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from models import china_time
from models.ranking.records import Entity, Reason, Score
from models.store import Store, dump, stamp

BANDS = 10  # of equal width, in which score_days counts risks


def save(db: Store, scores: Iterable[Score], sample_share: float = 0.0, line: float = 1.0) -> None:
    """Store scores and mark their posts as scored.

    Of the posts first scored below ``line`` a share is marked for the random sample, by a keyed hash
    of the post's id: nobody outside can steer it, and what was drawn, or was not, stays so when a
    reply or renewed weights score the post again.
    """
    given = list(scores)
    with db.atomic():
        known = {
            row[0]
            for row in db.conn.execute(
                "SELECT post_id FROM scores WHERE post_id IN (SELECT value FROM json_each(?))",
                [dump([score.post_id for score in given])],
            )
        }
        new = []
        for score in given:  # scored again after a reply or a renewal, a post is no newcomer
            if score.post_id not in known:
                known.add(score.post_id)
                new.append(score)
        rows = [
            _row(score)
            | {"sampled": int(score.risk < line and _draw(db, score.post_id) < sample_share)}
            for score in given
        ]
        db.upsert_many("scores", rows, key="post_id", keep=["sampled"])
        db.conn.executemany(_COUNT, [_counted(score, line) for score in new])
        db.conn.executemany(
            "UPDATE posts SET scored_at = ?, rescored = rescored + (due_at IS NOT NULL),"
            " due_at = NULL WHERE id = ?",
            [(stamp(score.at), score.post_id) for score in given],
        )


_COUNT = (
    "INSERT INTO score_days VALUES (?, ?, ?, 1, ?, ?, ?)"
    " ON CONFLICT (day, model, band) DO UPDATE SET posts = posts + 1,"
    " low = low + excluded.low, strange = strange + excluded.strange,"
    " unfamiliar = unfamiliar + excluded.unfamiliar"
)


def _row(score: Score) -> dict[str, Any]:
    return {
        "post_id": score.post_id,
        "risk": score.risk,
        "reasons": dump([vars(reason) for reason in score.reasons]),
        "topic": score.topic.value,
        "entities": dump([vars(entity) for entity in score.entities]),
        "doubts": score.doubts,
        "model": score.model,
        "at": stamp(score.at),
        "checkable": score.checkable,
        "dubious": score.dubious,
        "unfamiliar": int(score.unfamiliar),
        "witness": score.first_hand,
    }


def _counted(score: Score, line: float) -> tuple[Any, ...]:
    return (
        china_time.day(score.at),  # what score_days counts under
        score.model,
        min(int(score.risk * BANDS), BANDS - 1),
        int(score.risk < line),
        score.strange,
        int(score.unfamiliar),
    )


def _draw(db: Store, post_id: int) -> float:
    digest = hashlib.blake2b(str(post_id).encode(), key=db.secret, digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def reasons(text: str) -> tuple[Reason, ...]:
    return tuple(Reason(**item) for item in json.loads(text))


def entities(text: str) -> tuple[Entity, ...]:
    return tuple(Entity(**item) for item in json.loads(text))
