"""Scores: what the classifier said of each post, with its reasons. They order the queue, no more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from models import china_time
from models.ranking.line import Line
from models.ranking.records import Entity, Reason, Score
from models.store import Store, dump, stamp

NO_LINE = Line.at(1.0)  # nothing is over it
BANDS = 10  # of equal width, in which score_days counts risks


def save(
    db: Store, scores: Iterable[Score], sample_share: float = 0.0, line: Line = NO_LINE
) -> None:
    """Store scores and mark their posts as scored.

    Of the posts first scored under the ``line`` a share is marked for the random sample, by a keyed hash
    of the post's id: nobody outside can steer it, and what was drawn, or was not, stays so when a
    reply or renewed weights score the post again.
    """
    given = list(scores)
    with db.atomic():
        found = db.conn.execute(_BEFORE, [dump([score.post_id for score in given])]).fetchall()
        known = {post_id for post_id, _, scored in found if scored}
        source = {post_id: name for post_id, name, _ in found}
        low = [
            score.risk < line.of(source.get(score.post_id, ""), score.topic.hazard)
            for score in given
        ]
        new = []
        # scored again after a reply or a renewal, a post is no newcomer
        for score, under in zip(given, low, strict=True):
            if score.post_id not in known:
                known.add(score.post_id)
                new.append(_counted(score, under))
        rows = [
            _row(score) | {"sampled": int(under and _draw(db, score.post_id) < sample_share)}
            for score, under in zip(given, low, strict=True)
        ]
        db.upsert_many("scores", rows, key="post_id", keep=["sampled"])
        db.conn.executemany(_COUNT, new)
        db.conn.executemany(
            "UPDATE posts SET scored_at = ?, rescored = rescored + (due_at IS NOT NULL),"
            " due_at = NULL WHERE id = ?",
            [(stamp(score.at), score.post_id) for score in given],
        )


_BEFORE = """SELECT p.id, p.source, s.post_id IS NOT NULL FROM posts p
    LEFT JOIN scores s ON s.post_id = p.id WHERE p.id IN (SELECT value FROM json_each(?))"""
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


def _counted(score: Score, under: bool) -> tuple[Any, ...]:
    return (
        china_time.day(score.at),  # what score_days counts under
        score.model,
        min(int(score.risk * BANDS), BANDS - 1),
        int(under),
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
