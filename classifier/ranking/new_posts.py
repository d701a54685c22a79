"""New posts -> scores and clusters, a batch at a time.

Judging (slow, no lock) and writing (quick, one transaction) are apart, so that a killed process
leaves a batch either wholly scored or not begun, and an officer never waits for the classifier. The
window slides before a batch, in a transaction of its own: whenever the process is killed, the next
one meets each batch with the same window, which is over its size by one batch at most.

Where each post goes is decided before the lock is taken. Was the store changed by others meanwhile,
it is decided once more on what stands there now; the wordings were compared by then.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib import metadata

from classifier.likeness import same_claim, wording
from classifier.ranking.judge import Judgement, judge
from classifier.ranking.model import Model
from models import driver
from models.config import QueueConfig, WindowConfig
from models.errors import StoreError
from models.intake import aside, posts, waiting
from models.intake.records import Post
from models.ranking import clusters, moving, scores
from models.ranking.clusters import NEWEST_OF_KEY, Filing, Fingerprint
from models.ranking.records import Score
from models.store import Store, now

log = logging.getLogger("piyao.scheduler")
BATCH = 200
WINDOW = WindowConfig()  # what holds where piyao.toml says nothing
NEAREST = 6  # wordings that a post is compared with


class Looks:
    """Closer looks at wordings; what was looked at once is remembered."""

    def __init__(self) -> None:
        self.likeness = cache(_likeness)
        self.belongs = cache(same_claim.belongs)


def _likeness(own: str, other: str) -> float:
    return same_claim.likeness(wording.of_form(own), wording.of_form(other))


def score_new(
    db: Store, model: Model, queue: QueueConfig, window: WindowConfig | None = WINDOW
) -> int:
    """Score and cluster posts that wait for it, at most one batch; returns how many.

    What cannot be judged costs itself only: it is put aside with the reason (``models.intake.aside``).
    Without a ``window`` nothing is let go. Raises ``StoreError`` where the store takes nothing.
    """
    if window is not None:
        clusters.slide(db, window)
    batch = posts.unscored(db, BATCH)
    if batch:
        _score_apart(db, model, queue, batch)
    return len(batch)


def judge_of(model: Model) -> str:
    """Who judges: these weights in this piyao. Another one tries again what this one put aside."""
    return f"{model.version} {metadata.version('piyao')}"


def _score_apart(db: Store, model: Model, queue: QueueConfig, batch: list[Post]) -> None:
    """Score a batch; where that goes wrong, its halves, down to the one post that is to blame."""
    try:
        _score_batch(db, model, queue, batch)
    except (StoreError, driver.library.OperationalError, MemoryError):
        raise  # no post is to blame
    except BaseException as error:
        # a panic of a library in Rust is no Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        if len(batch) > 1:
            half = len(batch) // 2
            _score_apart(db, model, queue, batch[:half])
            _score_apart(db, model, queue, batch[half:])
            return
        log.error("post %s could not be judged", batch[0].id, exc_info=error)
        aside.put(db, batch[0], judge_of(model), f"{type(error).__name__}: {error}")


def _score_batch(db: Store, model: Model, queue: QueueConfig, batch: list[Post]) -> None:
    judged = judge(model, batch)
    prints = [judgement.fingerprint for judgement in judged]
    looks, others = Looks(), db.others()
    found = homes(db, batch, prints, looks)
    with db.atomic():
        same = posts.unchanged(db, batch)  # new words may have arrived while we judged
        kept = [n for n, post in enumerate(batch) if post.id in same]
        if len(kept) < len(batch) or db.others() != others:
            join(db, [batch[n] for n in kept], [prints[n] for n in kept], looks)
        else:
            _file(db, batch, found, prints)
        given = [_score(batch[n], judged[n], model) for n in kept]
        scores.save(db, given, queue.sample_share, moving.current(db, queue))
        aside.judged(db, same)
        waiting.served(db, {post.source for post in batch})


def join(
    db: Store, batch: Sequence[Post], prints: Sequence[Fingerprint], looks: Looks | None = None
) -> list[int]:
    """Put posts into the clusters of the likeliest stored wordings, or into new ones, and file
    them; returns the id of each post's cluster."""
    with db.atomic():
        return _file(db, batch, homes(db, batch, prints, looks or Looks()), prints)


def _file(
    db: Store, batch: Sequence[Post], found: Sequence[int], prints: Sequence[Fingerprint]
) -> list[int]:
    places = zip(batch, found, prints, strict=True)
    return clusters.file(db, [Filing(post.id, home, print_) for post, home, print_ in places])


FIRST = 1 << 62  # a wording of the batch is FIRST + its post: newer than any in the store


def homes(
    db: Store, batch: Sequence[Post], prints: Sequence[Fingerprint], looks: Looks
) -> list[int]:
    """The cluster that each post of a batch belongs to, as if each were filed before the next.

    That is the one it is in, or that of an exact copy, or that of the likeliest wording whose case
    it ``same_claim.belongs`` to. Else it is a new one: -1 - n for the post at n.
    """
    copies = clusters.copied(db, {print_.digest for print_ in prints})
    first: dict[int, int] = {}  # digest -> the post of this batch whose wording is filed for it
    for n, print_ in enumerate(prints):
        if print_.digest not in copies:
            first.setdefault(print_.digest, n)
    homeless = {n for n in first.values() if not batch[n].cluster_id}
    near = _nearest(db, prints, list(first.values()), homeless)
    filed = clusters.filed(db, {w for found in near.values() for w in found if w < FIRST})
    likely = {n: _likely(prints, n, found, filed, looks) for n, found in near.items()}
    forms = clusters.first_forms(
        db,
        {filed[w][0] for found in likely.values() for w in found if w < FIRST}
        | {post.cluster_id for post in batch if post.cluster_id},
    )
    decided: list[int] = []
    for n, (post, print_) in enumerate(zip(batch, prints, strict=True)):
        home = post.cluster_id or copies.get(print_.digest)
        if not home and first[print_.digest] < n:
            home = decided[first[print_.digest]]
        if not home:
            places = (filed[w][0] if w < FIRST else decided[w - FIRST] for w in likely[n])
            home = next(
                (p for p in places if looks.belongs(print_, speaking_for(forms.get(p, [])))), -1 - n
            )
        decided.append(home)
        if first.get(print_.digest) == n:  # its wording is on file from here on
            forms.setdefault(home, []).append(print_.form)
    return decided


def speaking_for(forms: Sequence[str]) -> tuple[str, ...]:
    """The forms that speak for a cluster of many wordings; for one of few, none.

    ``forms``: its first ones, as ``clusters.first_forms`` gives them.
    """
    return tuple(forms[: clusters.FEW]) if len(forms) > clusters.FEW else ()


def _nearest(
    db: Store, prints: Sequence[Fingerprint], filing: Sequence[int], homeless: Collection[int]
) -> dict[int, list[int]]:
    """The ``nearest`` wordings of each homeless post.

    ``filing`` are the posts of the batch whose wordings are filed, in order: a later post meets
    them, an earlier one does not.
    """
    holders = clusters.holders(db, {key for n in homeless for key in prints[n].keys})
    near = {}
    for n in filing:
        if n in homeless:
            near[n] = nearest(prints[n].keys, holders)
        for key in prints[n].keys:
            holders[key] = [FIRST + n, *holders.get(key, ())][:NEWEST_OF_KEY]
    return near


def nearest(
    keys: Sequence[int], holders: Mapping[int, Sequence[int]], limit: int = NEAREST
) -> list[int]:
    """The wordings that share keys, the rarest keys first, then the newest; at most ``limit``.

    A key tells the less the more wordings hold it: among a million, those with two common keys
    would crowd out the one with a rare key.

    >>> nearest([1, 2, 3, 4], {1: [7], 2: [9, 8], 3: [9, 8], 4: [9]})
    [9, 8, 7]
    """
    met: dict[int, float] = {}
    for key in keys:
        hold = holders.get(key, ())
        telling = 1 / max(len(hold), 1)
        for wording_id in hold:
            met[wording_id] = met.get(wording_id, 0.0) + telling
    order = sorted([(-shared, -wording_id) for wording_id, shared in met.items()])
    return [-newest for _, newest in order[:limit]]


def _likely(
    prints: Sequence[Fingerprint],
    n: int,
    near: Sequence[int],
    filed: Mapping[int, tuple[int, str]],
    looks: Looks,
) -> list[int]:
    """Those of the near wordings that may say what the post says, the likeliest first, then the
    oldest."""
    likely = []
    for wording_id in near:
        form = filed[wording_id][1] if wording_id < FIRST else prints[wording_id - FIRST].form
        score = looks.likeness(prints[n].form, form)
        if score >= same_claim.THRESHOLD:
            likely.append((-score, wording_id))
    return [wording_id for _, wording_id in sorted(likely)]


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
        first_hand=judgement.witness,
    )
