"""New posts -> scores and clusters, a batch at a time.

Judging (slow, no lock) and writing (quick, one transaction) are apart, so that a killed process
leaves a batch either wholly scored or not begun, and an officer never waits for the classifier. The
window slides before a batch, in a transaction of its own: whenever the process is killed, the next
one meets each batch with the same window, which is over its size by one batch at most.
"""

from __future__ import annotations

from classifier.likeness import same_claim, wording
from classifier.ranking.judge import Judgement, judge
from classifier.ranking.model import Model
from models.config import QueueConfig, WindowConfig
from models.intake import posts
from models.intake.records import Post
from models.ranking import clusters, scores
from models.ranking.clusters import Fingerprint
from models.ranking.records import Score
from models.store import Store, now

BATCH = 200
WINDOW = WindowConfig()  # what holds where piyao.toml says nothing


def score_new(db: Store, model: Model, queue: QueueConfig, window: WindowConfig = WINDOW) -> int:
    """Score and cluster posts that wait for it, at most one batch; returns how many."""
    clusters.slide(db, window)
    batch = posts.unscored(db, BATCH)
    if not batch:
        return 0
    judged = judge(model, batch)
    with db.atomic():
        for post, judgement in zip(batch, judged, strict=True):
            if not posts.unchanged(db, post):
                continue  # new words arrived while we judged: the next batch has them
            join(db, post, judgement.fingerprint)
            scores.save(db, [_score(post, judgement, model)], queue.sample_share, queue.risk_line)
    return len(batch)


def join(db: Store, post: Post, print_: Fingerprint) -> None:
    """Put the post into the cluster of the likeliest stored wording, or into a new one."""
    clusters.assign(db, post.id, post.cluster_id or _home(db, print_), print_)


def _home(db: Store, print_: Fingerprint) -> int | None:
    """The cluster a post belongs to: of an exact copy, or of the likeliest wording, if those that
    stand for it agree."""
    copied = clusters.copied(db, print_.digest)
    if copied:
        return copied
    own = wording.read(print_.form)
    likely = sorted(
        (-same_claim.likeness(own, wording.read(found.form)), found.wording_id, found.cluster_id)
        for found in clusters.candidates(db, print_.keys)
    )
    for unlike, _, cluster_id in likely:
        if -unlike < same_claim.THRESHOLD:
            break
        if same_claim.belongs(print_, clusters.standing(db, cluster_id)):
            return cluster_id
    return None


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
    )
