"""The night's learning: what the desk taught becomes a new edition, an older one stands its trial.

Verdicts come on top of what is ordinary here (``first_night``): the shipped weights are moved by that first.

What learning stands on (SciPy) is imported when there is something to learn.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.learning import editions as model_editions
from classifier.learning import first_night
from classifier.learning.prior import Prior
from classifier.ranking.model import Model
from models.china_time import in_china
from models.errors import InputError
from models.learning import editions, everyday, lessons
from models.learning.editions import Edition, Trial
from models.learning.lessons import Lesson
from models.ranking.need import BASE_RATE
from models.store import Store, now

if TYPE_CHECKING:
    from classifier.learning.renewal import Recipe

log = logging.getLogger("piyao.registry")
ORDINARY = 20_000  # posts that nobody was shown, at most, as weak negatives


@dataclass(frozen=True)
class Night:
    """What one renewal did: the new edition (None: nothing new was learned), and the trial."""

    made: Edition | None
    trial: Trial | None  # of an edition that waited; in use from now on if it is not worse


def renew(
    db: Store,
    shipped: Model,
    sample_share: float,
    recipe: Recipe | None = None,
    *,
    line: float = 1.0,
    held: Prior | None = None,
) -> Night:
    """One night: the newest edition that has stood long enough is tried and, not worse, put to
    use; then what the desk has taught since becomes a new edition, to be tried on what comes.

    ``line`` and ``held`` as in ``first_night.settle``. A kill at any point leaves the old model or the new one in use, each whole; a second renewal
    at the same time waits for the first.
    """
    with db.path.with_suffix(".renewing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        model_editions.sweep(db)
        taught = lessons.taught(db, sample_share)
        if not taught:
            return Night(None, None)
        trial = _try(db, shipped, taught, recipe)
        if trial:
            with db.atomic():  # a trial won and a swap lost would never be made up for
                editions.tried(db, trial)
                if trial.not_worse:
                    model_editions.use(db, shipped, trial.version, "nightly")
        here, _ = first_night.adapted(shipped, everyday.drawn(db, line), held)
        return Night(_make(db, here, taught, recipe), trial)


def _make(db: Store, here: Model, taught: list[Lesson], recipe: Recipe | None) -> Edition | None:
    """A new edition from the weights as they are ordinary here and every lesson; None where nothing is new: a quiet
    desk does not fill its disk night after night."""
    from classifier.learning import renewal

    learned: dict[str, Any] = {
        "base": here.version,
        "until": taught[-1].at,
        "lessons": len(taught),
        "positives": sum(lesson.label for lesson in taught),
        "accounts": len({lesson.by for lesson in taught}),
    }
    newest = next((each for each in editions.all(db) if not each.ground), None)
    if (
        newest
        and learned.items() <= vars(newest).items()
        and (model_editions.folder(db) / newest.version).is_dir()
    ):
        return None
    silent = lessons.ordinary(db, ORDINARY)
    made = renewal.renew(here, taught, silent.texts, recipe or renewal.RECIPE)
    made = replace(made, version=_version(made))
    if editions.get(db, made.version):
        return None
    return model_editions.keep(
        db,
        made,
        Edition(
            version=made.version,
            made_at=now(),
            digest="",
            **learned,
            ordinary=len(silent.texts),
            base_rate=lessons.rate(taught, silent, BASE_RATE).share,
        ),
    )


def _try(db: Store, shipped: Model, taught: list[Lesson], recipe: Recipe | None) -> Trial | None:
    """The newest edition with enough later lessons against the one in use; None: none is ready.

    Editions no newer than the one in use, or tried already, are not tried.
    """
    from classifier.learning import renewal

    running, _ = model_editions.in_use(db, shipped, shipped)
    of_running = editions.get(db, running.version)
    for edition in editions.all(db):
        if edition.ground:  # nothing was decided that it learned from
            continue
        if of_running and edition.until <= of_running.until:
            break
        later = [lesson for lesson in taught if lesson.at > edition.until]
        if edition.trial or not renewal.enough(later):
            continue
        try:
            found = renewal.compare(
                model_editions.load(db, edition.version), running, later, recipe or renewal.RECIPE
            )
        except InputError as error:  # one changed by hand is no candidate
            log.warning("%s", error)
            continue
        return Trial(
            edition.version,
            running.version,
            now(),
            len(later),
            len({lesson.by for lesson in later}),
            **vars(found),
            result="not_worse" if found.low > -renewal.MARGIN else "worse",
        )
    return None


def _version(made: Model) -> str:
    """Day (Beijing) and a hash of the weights: the same lessons are the same edition."""
    day = in_china(now()).strftime("%Y%m%d")
    told = hashlib.sha256(np.append(made.classifier.coef, made.classifier.intercept).tobytes())
    return f"{day}-desk-{told.hexdigest()[:8]}"
