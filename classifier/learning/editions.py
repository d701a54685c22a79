"""The desk's own editions of the model, on disk beside the store, and how one comes into use.

``<store>.models/<version>/`` holds the files of ``classifier.ranking.model``. A folder appears whole
or not at all and is never written again; its digest stands in the store, so that files changed
afterwards are refused. Which edition scores is a row of the store (``models.learning.editions``).
How one is made is ``classifier.learning.night``'s: the clock, which only takes editions up, starts
without what learning needs.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from classifier.ranking import model
from classifier.ranking.model import Model
from models import folders
from models.errors import InputError
from models.intake import posts
from models.learning import editions
from models.learning.editions import Edition
from models.people import officers
from models.store import Store

RESCORED = 5_000  # posts of waiting cases that a new model reads again at once


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
            folders.sync(file)
        shutil.rmtree(home / edition.version, ignore_errors=True)  # of one killed before it entered
        fresh.rename(home / edition.version)
        folders.sync(home)
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


def digest(home: Path) -> str:
    """SHA-256 over the names and bytes of all files of an edition. Raises ``OSError``."""
    told = hashlib.sha256()
    for file in sorted(home.iterdir()):
        told.update(hashlib.sha256(file.name.encode()).digest())
        told.update(hashlib.sha256(file.read_bytes()).digest())
    return told.hexdigest()


def sweep(db: Store) -> None:
    """What a killed renewal left half-written."""
    for part in folder(db).glob(".part-*"):
        shutil.rmtree(part, ignore_errors=True)
