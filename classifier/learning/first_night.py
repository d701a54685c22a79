"""From the first hours on: the model in use adapts to what is ordinary here, with no verdict at all.

Every few hours the posts that nobody was shown make an edition, always from the shipped weights, so
that nothing adds up over weeks. It scores at once, for there is nothing yet to try it on but this: the
claims that somebody judged before must stand above what is ordinary as high as they did. It never
takes the place of what verdicts taught, nor of what an officer chose.
"""

from __future__ import annotations

import fcntl
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import numpy as np

from classifier.learning import editions as model_editions
from classifier.learning import prior
from classifier.learning.prior import Prior
from classifier.ranking import model
from classifier.ranking.model import Model
from models.china_time import in_china
from models.known import claims
from models.learning import editions, everyday
from models.learning.editions import SETTLED, Edition, Ground
from models.learning.everyday import Everyday
from models.store import Store, now

EVERY = timedelta(hours=3)
GROWN = 1.25  # times as many to draw from as for the one before; or a day later
A_DAY = timedelta(days=1)
KNOWN = 500  # wordings of claims judged before, at most
LOSS = 0.02  # of rank, 0..1: what they may lose against ordinary posts
NO_LESSON = datetime(1970, 1, 1, tzinfo=UTC)  # it learned from nothing that was decided


def due(db: Store) -> bool:
    """Whether a new edition may be made now: cheap, asked at every tick."""
    last = editions.newest_settled(db)
    return editions.may_settle(db) and (last is None or now() - last.made_at >= EVERY)


def settle(db: Store, shipped: Model, line: float, held: Prior | None = None) -> Edition | None:
    """Make an edition from what is ordinary under ``line`` (0..1) and put it to use. ``held``: the
    prior of ``shipped``; by default that of the shipped weights.

    None where it is not due, where there are too few posts or hardly more than for the one before, and
    where it would not be another. One that lets known claims sink is kept, and not used. Raises
    ``InputError`` where the shipped weights have no prior.
    """
    with db.path.with_suffix(".renewing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not due(db):
            return None
        found, last = everyday.drawn(db, line), editions.newest_settled(db)
        before = last.ground.drawn_from if last and last.ground else 0
        young = last is not None and now() - last.made_at < A_DAY
        if young and found.of < GROWN * before:
            return None
        moved, texts = adapted(shipped, found, held)
        if moved is shipped or found.since is None:
            return None
        moved = replace(moved, version=_version(moved))
        if editions.get(db, moved.version):
            return None
        made = model_editions.keep(db, moved, _edition(db, shipped, moved, found, len(texts)))
        if not sinks(db, shipped, moved, texts):
            with db.atomic():
                if editions.may_settle(db):
                    model_editions.use(db, shipped, made.version, SETTLED)
        return made


def adapted(shipped: Model, found: Everyday, held: Prior | None = None) -> tuple[Model, list[str]]:
    """The shipped model moved by what is ordinary here, and the texts that moved it; the shipped one
    itself where they are too few. Raises ``InputError`` where there is no prior."""
    from classifier.learning import settling

    if len(found.texts) < everyday.FEWEST:
        return shipped, []
    texts = settling.unlike(found.texts)
    if len(texts) < everyday.FEWEST:
        return shipped, texts
    width = shipped.classifier.features.width
    return settling.settle(shipped, held or prior.load(model.WEIGHTS, width), texts), texts


def sinks(db: Store, shipped: Model, moved: Model, texts: list[str]) -> bool:
    """Whether claims judged before lost more than ``LOSS`` of the places they had above ordinary
    posts."""
    told = [text for _, text in islice(claims.texts(db), KNOWN)]
    if not told:
        return False
    return _rank(shipped, told, texts) - _rank(moved, told, texts) > LOSS


def _rank(judge: Model, above: list[str], below: list[str]) -> float:
    """The probability that a text of ``above`` stands over one of ``below``."""
    low = np.sort(judge.risks(below))
    high = judge.risks(above)
    under, over = (np.searchsorted(low, high, side) for side in ("left", "right"))
    return float(np.mean(under + over) / 2 / len(low))


def _edition(db: Store, shipped: Model, moved: Model, found: Everyday, learned: int) -> Edition:
    from classifier.learning import settling

    ground = Ground(found.sources, found.since or now(), found.of, settling.terms(shipped, moved))
    return Edition(
        version=moved.version,
        base=shipped.version,
        made_at=now(),
        until=NO_LESSON,
        digest="",
        lessons=0,
        positives=0,
        accounts=0,
        ordinary=learned,
        base_rate=editions.base_rate(db),
        ground=ground,
    )


def _version(made: Model) -> str:
    day = in_china(now()).strftime("%Y%m%d")
    told = hashlib.sha256(np.append(made.classifier.coef, made.classifier.intercept).tobytes())
    return f"{day}-here-{told.hexdigest()[:8]}"
