"""Backups: made while the desk works, and counted only once they were restored on trial.

A backup is one folder, ``piyao-<UTC>``: store, site, model editions, configuration, manifest. It is
made under a temporary name and renamed when a trial restore was whole, so that what bears the name
is good. The key is kept apart. What cannot be proved is named ``….bad`` and has no manifest.
"""

from __future__ import annotations

import secrets
import shutil
import tarfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from models import driver, folders
from models.config import Config
from models.errors import ConfigError, InputError, PiyaoError, StoreError
from models.publishing import numbers
from models.store import Store, now, stamp
from models.upkeep import backup_folder, restored
from models.upkeep import manifest as manifests
from models.upkeep.manifest import Manifest
from models.upkeep.restored import Complete, Places

MARGIN = 16 << 20  # bytes that stay free at least


@dataclass(frozen=True)
class Made:
    folder: Path
    key: Path
    manifest: Manifest

    @property
    def size(self) -> int:
        return sum(part.size for part in self.manifest.parts.values())


def make(
    db: Store,
    config: Config,
    folder: Path,
    key_folder: Path,
    quiet: Callable[[], AbstractContextManager[None]],
    complete: Complete,
) -> Made:
    """Back up a desk that may be at work, prove it, and only then give it its name.

    ``quiet`` keeps the site still while it is copied; ``complete`` says what a site lacks. Raises
    ``StoreError`` where there is no room or the backup could not be proved; nothing half is left.
    """
    _check_places(config, folder, key_folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with backup_folder.alone(folder):
        _check_room(db, config, folder)
        part = folder / f"{backup_folder.PART}{secrets.token_hex(6)}"
        part.mkdir(mode=0o700)
        try:
            found = _write(db, config, part, quiet)
            faults = _prove(part, found, db.secret, config, complete)
            if faults:
                raise _bad(folder, part, faults)
            key = _keep_key(db.secret, found.key, key_folder)
            place = backup_folder.named(folder, part, "")
        except (OSError, driver.library.Error) as error:
            raise StoreError(
                f"no backup was made ({error})", str(folder), "free disk space, and try again"
            ) from error
        finally:
            shutil.rmtree(part, ignore_errors=True)
        backup_folder.made(db, place)
    return Made(place, key, found)


def _check_places(config: Config, folder: Path, key_folder: Path) -> None:
    if folder.resolve().is_relative_to(config.public.dir.resolve()):
        raise ConfigError("would be published with the site", str(folder), "name another folder")
    if key_folder.resolve().is_relative_to(folder.resolve()):
        raise ConfigError(
            "would keep the key with the backups", str(key_folder), "name a folder apart from them"
        )


def _check_room(db: Store, config: Config, folder: Path) -> None:
    """Twice what there is: the backup, and the trial that proves it."""
    places = Places(config.store, config.public.dir)
    held = db.value("PRAGMA page_count") * db.value("PRAGMA page_size")
    held += sum(_size(file) + 1536 for file in (*_files(places.site), *_files(places.models)))
    free = shutil.disk_usage(folder).free
    if free < 2 * held + MARGIN:
        raise StoreError(
            f"a backup needs {(2 * held + MARGIN) >> 20} MB and {free >> 20} MB are free",
            str(folder),
            "free disk space, or name a folder on a larger disk",
        )


def _write(
    db: Store, config: Config, part: Path, quiet: Callable[[], AbstractContextManager[None]]
) -> Manifest:
    """All parts and the manifest. The site after the store: it holds at least what the store says."""
    places = Places(config.store, config.public.dir)
    found = _snapshot(db, part / manifests.STORE)
    with quiet():
        _pack(places.site, part / manifests.SITE)
        listed = len([*places.site.glob("n/*.json")])
    _pack(places.models, part / manifests.MODELS)
    with folders.private(part / manifests.CONFIG) as out:
        out.write(config.path.read_bytes() if config.path.is_file() else b"")
    parts = {file.name: manifests.part_of(file) for file in sorted(part.iterdir())}
    found = replace(found, parts=parts, notices=listed)
    with folders.private(part / manifests.NAME) as out:
        out.write(manifests.write(found))
    for file in (*part.iterdir(), part):
        folders.sync(file)
    return found


def _snapshot(db: Store, target: Path) -> Manifest:
    """The store as it stands at one moment, by SQLite's backup API; writers go on meanwhile."""
    folders.private(target).close()
    copy = driver.library.connect(str(target))
    try:
        with db.reading():
            moment = stamp(now()) or ""
            last = db.row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
            highest = {str(year): serial for year, serial in numbers.highest(db).items()}
            counts, schema = restored.counts(db), restored.schema(db)
            db.conn.backup(copy)
        # no -wal beside it: a backup can be read where nothing may be written
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        copy.close()
    return Manifest(
        made_at=moment,
        parts={},
        schema=schema,
        entries=last["seq"] if last else 0,
        head=last["hash"] if last else "0" * 64,
        counts=counts,
        notices=0,
        highest=highest,
        key=manifests.key_print(db.secret),
    )


def _pack(folder: Path, target: Path) -> None:
    """The regular files of a folder, in order; an absent folder is an empty archive."""
    with folders.private(target) as out, tarfile.open(fileobj=out, mode="w") as packed:
        for file in _files(folder):
            entry = packed.gettarinfo(str(file), file.relative_to(folder).as_posix())
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            with file.open("rb") as content:
                packed.addfile(entry, content)


def _files(folder: Path) -> list[Path]:
    """What is worth keeping of a folder: no locks, nothing that is being written."""
    return sorted(
        file
        for file in folder.rglob("*")
        if file.is_file()
        and not file.is_symlink()
        and not any(name.startswith(".") for name in file.relative_to(folder).parts)
    )


def _prove(
    part: Path, found: Manifest, key: bytes, config: Config, complete: Complete
) -> list[str]:
    """What is wrong with the backup in ``part``: it is restored beside itself, and examined."""
    scratch = part / ".scratch"
    try:
        manifest = manifests.read(part)
        if faults := manifests.check_parts(part, manifest):
            return faults
        places = Places(scratch / config.store.name, scratch / "site")
        restored.unpack(part, manifest, key, places)
        return restored.examine(places, manifest, complete)
    except InputError as error:
        return [str(error)]
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _bad(folder: Path, part: Path, faults: list[str]) -> PiyaoError:
    """Name what was made as bad, for somebody to look at, and say what is wrong with it."""
    (part / manifests.NAME).rename(part / "manifest.bad.json")
    (part / "faults.txt").write_text("\n".join(faults) + "\n", encoding="utf-8")
    place = backup_folder.named(folder, part, ".bad")
    return StoreError(
        f"the backup is bad: {'; '.join(faults[:5])}",
        str(place),
        "the desk itself may be damaged: run `piyao audit verify` and `piyao site rebuild`",
    )


def _keep_key(key: bytes, name: str, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / backup_folder.key_name(name)
    if not file.exists():
        with folders.private(file) as out:
            out.write(key)
        folders.sync(file)
        folders.sync(folder)
    if file.read_bytes() != key:
        raise StoreError("is not the key of this desk", str(file), "move it away, and try again")
    return file


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # replaced just now
        return 0
