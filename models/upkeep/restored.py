"""A backup unpacked and examined: the one way in which a backup is proved, and put back.

What was true when the backup was made may have moved on since: a notice that waited then may be out
by now. So nothing that was on its way is simply sent again (``wake``).
"""

from __future__ import annotations

import os
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from models import audit, damage, driver, folders, replay, store
from models.errors import InputError
from models.people import officers
from models.publishing import outbox
from models.store import Store, now, stamp
from models.upkeep import manifest as manifests
from models.upkeep.manifest import Manifest


@dataclass(frozen=True)
class Places:
    """Where the parts of a desk stand."""

    store: Path
    site: Path

    @property
    def key(self) -> Path:
        return self.store.with_suffix(".key")

    @property
    def models(self) -> Path:
        return self.store.with_suffix(".models")


Complete = Callable[[Store, Path], list[str]]  # what the site in a folder lacks, by the store


def unpack(backup: Path, manifest: Manifest, key: bytes, to: Places, *, site: bool = True) -> None:
    """Put the parts of a backup where a desk has them. Raises ``InputError``, ``OSError``.

    ``to`` holds nothing yet. ``site`` False: the site there stays as it is.
    """
    if manifests.key_print(key) != manifest.key:
        raise InputError(
            "is not the key of this store",
            manifest.key,
            "name the key that was kept with the backup",
        )
    to.store.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(to.key, key)
    _copy(backup / manifests.STORE, to.store)
    _extract(backup / manifests.MODELS, to.models, 0o700)
    if site:
        _extract(backup / manifests.SITE, to.site, 0o755)
    folders.sync(to.store.parent)


def examine(places: Places, manifest: Manifest, complete: Complete) -> list[str]:
    """A sentence for everything that is not as the manifest says; [] = this desk is whole."""
    try:
        db = store.open(places.store, migrate=False)
    except Exception as error:
        return [f"the store does not open ({error})"]
    try:
        return [*_faults(db, manifest), *complete(db, places.site)]
    except (driver.library.DatabaseError, ValueError, KeyError) as error:
        return [f"the store cannot be read ({error})"]
    finally:
        db.close()


def _faults(db: Store, manifest: Manifest) -> list[str]:
    found = [f"the store is damaged: {each.why}" for each in damage.of_pages(db)]
    chain = audit.verify(db)
    if not chain.ok:
        found.append(f"the log does not verify: {chain.message}")
    elif (chain.entries, chain.head) != (manifest.entries, manifest.head):
        found.append(f"the log ends at #{chain.entries}, not at #{manifest.entries}")
    counted = counts(db)
    found += [
        f"{table} has {counted.get(table, 0)} rows, not {rows}"
        for table, rows in manifest.counts.items()
        if counted.get(table) != rows
    ]
    return found


def counts(db: Store) -> dict[str, int]:
    """Rows by table; what FTS5 keeps for itself is counted too."""
    names = db.rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        " AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    )
    return {row["name"]: db[row["name"]].count for row in names}


def schema(db: Store) -> tuple[str, ...]:
    rows = db.rows("SELECT name FROM _sqlite_migrations ORDER BY name")
    return tuple(row["name"] for row in rows)


@dataclass(frozen=True)
class Woken:
    """What a restored store had under way."""

    doubtful: int  # sendings: now unknown, to be looked up or settled by a person
    sessions: int  # ended


def wake(db: Store, manifest: Manifest) -> Woken:
    """Make a restored store ready for work: nothing of its past goes on by itself.

    What waited or was in flight when the backup was made may have gone out since: it becomes unknown,
    and is looked up in the channel's own list before anything is sent. Sessions end; nobody holds the
    lease; the clock's jobs have not run.
    """
    with db.atomic():
        moment = stamp(now())
        doubtful = db.conn.execute(
            "UPDATE outbox SET state = 'in_flight', holder = 'restore', taken_at = ?,"
            " fence = fence + 1 WHERE state = 'queued'",
            [moment],
        ).rowcount
        doubtful += db.value(
            "SELECT count(*) FROM outbox WHERE state = 'in_flight' AND holder <> 'restore'"
        )
        outbox.recover(db)
        ended = 0
        if db.value("SELECT 1 FROM sqlite_master WHERE name = 'django_session'"):
            ended = db.conn.execute("DELETE FROM django_session").rowcount
        db.conn.execute(
            "UPDATE leases SET holder = '', fence = fence + 1, expires_at = ?", [moment]
        )
        db.conn.execute("DELETE FROM jobs")
        audit.append(
            db,
            officers.MACHINE,
            replay.RESTORED,
            "store",
            {"made_at": manifest.made_at, "entries": manifest.entries, "head": manifest.head},
        )
    return Woken(doubtful, ended)


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as content, folders.private(target) as out:
        shutil.copyfileobj(content, out, 1 << 20)
        folders.flush(out)


def _write(target: Path, content: bytes) -> None:
    with folders.private(target) as out:
        out.write(content)
        folders.flush(out)


def _extract(archive: Path, folder: Path, mode: int) -> None:
    """Regular files below ``folder`` and nothing else: an archive may have been made by anybody."""
    folder.mkdir(parents=True, exist_ok=True, mode=mode)
    try:
        with tarfile.open(archive, "r:") as packed:
            packed.extractall(folder, filter="data")
    except tarfile.TarError as error:
        raise InputError(
            f"cannot be unpacked ({error})", str(archive), "take another backup"
        ) from error
    os.sync()
