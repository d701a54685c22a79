"""The desk's own editions of the model, on disk beside the store, and how one comes into use.

``<store>.models/<version>/`` holds the files of ``classifier.ranking.model``. A folder appears whole
or not at all and is never written again; its digest stands in the store, so that files changed
afterwards are refused. Which edition scores is a row of the store (``models.learning.editions``).
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from classifier.learning import renewal
from classifier.learning.renewal import RECIPE, Recipe
from classifier.ranking import model
from classifier.ranking.model import Model
from models.china_time import in_china
from models.errors import InputError
from models.intake import posts
from models.learning import editions, lessons
from models.learning.editions import Edition, Trial
from models.learning.lessons import Lesson
from models.people import officers
from models.ranking.need import BASE_RATE
from models.store import Store, now

log = logging.getLogger("piyao.registry")
ORDINARY = 20_000  # posts that nobody was shown, at most, as weak negatives
RESCORED = 5_000  # posts of waiting cases that a new model reads again at once


@dataclass(frozen=True)
class Night:
    """What one renewal did: the new edition (None: nothing new was learned), and the trial."""

    made: Edition | None
    trial: Trial | None  # of an edition that waited; in use from now on if it is not worse


def folder(db: Store) -> Path:
    return db.path.with_suffix(".models")


def keep(db: Store, made: Model, edition: Edition) -> Edition:
    """Write the files of an edition and enter it; it is not in use by that.

    A version that is there already is left as it is.
    """
    home = folder(db)
    home.mkdir(mode=0o700, exist_ok=True)
    if known := editions.get(db, edition.version):
        return known
    with tempfile.TemporaryDirectory(prefix=".part-", dir=home) as part:
        fresh = Path(part) / edition.version
        model.save(made, fresh)
        for file in (*fresh.iterdir(), fresh):
            _sync(file)
        shutil.rmtree(home / edition.version, ignore_errors=True)  # of one killed before it entered
        fresh.rename(home / edition.version)
        _sync(home)
    entered = replace(edition, digest=digest(home / edition.version))
    editions.add(db, entered)
    return entered


def load(db: Store, version: str) -> Model:
    """An edition from its folder. Raises ``InputError`` where it is unknown, lost or was changed."""
    edition, home = editions.get(db, version), folder(db) / version
    mend = "restore the folder from a backup, or choose another with `piyao model use`"
    if edition is None:
        raise InputError(f"no edition {version}", str(folder(db)), "see `piyao model list`")
    try:
        found = digest(home)
    except OSError as error:
        raise InputError(f"no readable weights ({error})", str(home), mend) from error
    if found != edition.digest:
        raise InputError("the files are not those that were made", str(home), mend)
    return model.load(home)


def in_use(db: Store, shipped: Model, running: Model) -> tuple[Model, str]:
    """The model that is to score now, and what was wrong with the one chosen ("": nothing).

    ``running`` is what this process holds. An edition that cannot be trusted is left for the last
    good one before it, at worst the shipped one; the store is told.
    """
    version = editions.current(db)
    if version == running.version:
        return running, ""
    if version in ("", shipped.version):
        return shipped, ""
    try:
        return load(db, version), ""
    except InputError as error:
        good = next(_good(db, version), shipped)
        with db.atomic():
            if editions.current(db) == version:  # nobody chose another while we looked
                editions.use(db, good.version, "fallback", by=officers.MACHINE)
        return good, f"{error}; {good.version} goes on"


def _good(db: Store, bad: str) -> Iterator[Model]:
    """Editions in use before, newest first, that can still be trusted."""
    for version in dict.fromkeys(use.version for use in reversed(editions.uses(db))):
        if version != bad and editions.get(db, version):
            try:
                yield load(db, version)
            except InputError:
                continue


def use(db: Store, shipped: Model, version: str, why: str = "chosen") -> Model:
    """Bring a version into use; the waiting cases are read again by it. Raises ``InputError``."""
    found = shipped if version == shipped.version else load(db, version)
    with db.atomic():
        editions.use(db, version, why, by=officers.MACHINE)
        posts.read_again(db, RESCORED)
    return found


def renew(db: Store, shipped: Model, sample_share: float, recipe: Recipe = RECIPE) -> Night:
    """One night: the newest edition that has stood long enough is tried and, not worse, put to
    use; then what the desk has taught since becomes a new edition, to be tried on what comes.

    A kill at any point leaves the old model or the new one in use, each whole; a second renewal
    at the same time waits for the first.
    """
    with db.path.with_suffix(".renewing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _sweep(db)
        taught = lessons.taught(db, sample_share)
        trial = _try(db, shipped, taught, recipe)
        if trial:
            with db.atomic():  # a trial won and a swap lost would never be made up for
                editions.tried(db, trial)
                if trial.not_worse:
                    use(db, shipped, trial.version, "nightly")
        return Night(_make(db, shipped, taught, recipe), trial)


def _make(db: Store, shipped: Model, taught: list[Lesson], recipe: Recipe) -> Edition | None:
    """A new edition from the shipped weights and every lesson; None where nothing is new: a quiet
    desk does not fill its disk night after night."""
    if not taught:
        return None
    learned: dict[str, Any] = {
        "base": shipped.version,
        "until": taught[-1].at,
        "lessons": len(taught),
        "positives": sum(lesson.label for lesson in taught),
        "accounts": len({lesson.by for lesson in taught}),
    }
    newest = next(iter(editions.all(db)), None)
    if (
        newest
        and learned.items() <= vars(newest).items()
        and (folder(db) / newest.version).is_dir()
    ):
        return None
    silent = lessons.ordinary(db, ORDINARY)
    made = renewal.renew(shipped, taught, silent.texts, recipe)
    made = replace(made, version=_version(made))
    if editions.get(db, made.version):
        return None
    return keep(
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


def _try(db: Store, shipped: Model, taught: list[Lesson], recipe: Recipe) -> Trial | None:
    """The newest edition with enough later lessons against the one in use; None: none is ready.

    Editions no newer than the one in use, or tried already, are not tried.
    """
    running, _ = in_use(db, shipped, shipped)
    of_running = editions.get(db, running.version)
    for edition in editions.all(db):
        if of_running and edition.until <= of_running.until:
            break
        later = [lesson for lesson in taught if lesson.at > edition.until]
        if edition.trial or not renewal.enough(later):
            continue
        try:
            found = renewal.compare(load(db, edition.version), running, later, recipe)
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
    """Day (China) and a hash of the weights: the same lessons are the same edition."""
    day = in_china(now()).strftime("%Y%m%d")
    told = hashlib.sha256(np.append(made.classifier.coef_, made.classifier.intercept_).tobytes())
    return f"{day}-desk-{told.hexdigest()[:8]}"


def digest(home: Path) -> str:
    """SHA-256 over the names and bytes of all files of an edition. Raises ``OSError``."""
    told = hashlib.sha256()
    for file in sorted(home.iterdir()):
        told.update(hashlib.sha256(file.name.encode()).digest())
        told.update(hashlib.sha256(file.read_bytes()).digest())
    return told.hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(db: Store) -> None:
    """What a killed renewal left half-written."""
    for part in folder(db).glob(".part-*"):
        shutil.rmtree(part, ignore_errors=True)
