"""New posts -> scores and clusters, a batch at a time.

Judging (slow, no lock) and writing (quick, one transaction) are apart, so that a killed process
leaves a batch either wholly scored or not begun, and an officer never waits for the classifier.
"""

from __future__ import annotations

from collections.abc import Sequence

from classifier import nearness
from classifier.judge import Judgement, judge
from classifier.model import Model
from models import clusters, posts, scores
from models.config import QueueConfig
from models.records import Post, Score
from models.store import Store, now

BATCH = 200


def score_new(db: Store, model: Model, queue: QueueConfig) -> int:
    """Score and cluster posts that wait for it, at most one batch; returns how many."""
    batch = posts.unscored(db, BATCH)
    if not batch:
        return 0
    judged = judge(model, batch)
    with db.atomic():
        for post, judgement in zip(batch, judged, strict=True):
            if not posts.unchanged(db, post):
                continue  # new words arrived while we judged: the next batch has them
            _join(db, post, judgement)
            scores.save(db, [_score(post, judgement, model)], queue.sample_share, queue.risk_line)
    return len(batch)


def _join(db: Store, post: Post, judgement: Judgement) -> None:
    """Put the post into the cluster of the likeliest stored wording, or into a new one."""
    print_ = judgement.fingerprint
    home = post.cluster_id or _home(post.text, clusters.candidates(db, print_.keys))
    clusters.assign(db, post.id, home, print_.keys, print_.signature)


def _home(text: str, found: Sequence[clusters.Candidate]) -> int | None:
    best = max(
        ((nearness.same_claim(text, item.text), -item.post_id, item.cluster_id) for item in found),
        default=(0.0, 0, 0),
    )
    return best[2] if best[0] >= nearness.THRESHOLD else None


def _score(post: Post, judgement: Judgement, model: Model) -> Score:
    return Score(
        post_id=post.id,
        risk=judgement.risk,
        reasons=judgement.reasons,
        topic=judgement.topic,
        entities=judgement.entities,
        doubts=judgement.doubts,
        model=model.version,
        at=now(),
        checkable=judgement.checkable,
        dubious=judgement.dubious,
        unfamiliar=judgement.unfamiliar,
        strange=judgement.strange,
        witness=judgement.witness,
        reader=judgement.reader,
    )
