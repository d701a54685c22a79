"""The folder in which backups stand: their names, which are kept, when the last one was made."""

from __future__ import annotations

import contextlib
import re
import secrets
import shutil
from collections.abc import Generator
from datetime import datetime
from pathlib import Path

from models import folders
from models.errors import StoreError
from models.store import Store, now, stamp, time
from models.upkeep import manifest as manifests

NAMED = re.compile(r"piyao-\d{8}-\d{6}(-\d+)?")
PART = ".part-"
BAD_KEPT = 3


@contextlib.contextmanager
def alone(folder: Path) -> Generator[None, None, None]:
    """One backup at a time; what a killed one left half is swept away."""
    busy = StoreError("another backup is being made", str(folder), "wait for it")
    with folders.alone(folder / ".lock", busy):
        for leftover in folder.glob(f"{PART}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        yield


def named(folder: Path, part: Path, tail: str) -> Path:
    """Give what was made under a temporary name its own, with ``tail`` at the end."""
    base = f"piyao-{now():%Y%m%d-%H%M%S}"
    names = (f"{base}{f'-{n}' if n else ''}{tail}" for n in range(10_000))
    place = next(folder / name for name in names if not (folder / name).exists())
    part.rename(place)
    folders.sync(folder)
    return place


def key_name(name: str) -> str:
    """The file of a key that goes by ``name`` (``models.upkeep.manifest.key_print``)."""
    return f"piyao-{name}.key"


def thin(folder: Path, keep: int, days: int) -> list[Path]:
    """Remove old backups; kept are the ``keep`` newest, and the last one of each of the newest
    ``days`` days. Of bad ones the last three are kept. Returns what went."""
    with alone(folder):
        good = sorted((each for each in folder.iterdir() if is_backup(each)), reverse=True)
        last_of_day: dict[str, Path] = {}
        for each in good:
            last_of_day.setdefault(each.name[6:14], each)
        kept = {*good[:keep], *[*last_of_day.values()][:days]}
        bad = sorted(folder.glob("piyao-*.bad"), reverse=True)
        gone = [each for each in good if each not in kept] + bad[BAD_KEPT:]
        for each in gone:
            half = each.rename(folder / f"{PART}{secrets.token_hex(6)}")  # never half a backup
            shutil.rmtree(half, ignore_errors=True)
    return gone


def is_backup(folder: Path) -> bool:
    """Whether a folder was proved when it was made."""
    return bool(NAMED.fullmatch(folder.name)) and (folder / manifests.NAME).is_file()


def newest(folder: Path) -> Path | None:
    """The newest good backup in a folder of backups."""
    found = sorted(each for each in folder.iterdir() if is_backup(each)) if folder.is_dir() else []
    return found[-1] if found else None


def made(db: Store, place: Path) -> None:
    """Note in the store that a good backup was made."""
    with db.atomic():
        for key, value in (("backup_at", stamp(now()) or ""), ("backup_place", str(place))):
            db.upsert("meta", {"key": key, "value": value}, "key")


def last(db: Store) -> tuple[datetime, str] | None:
    """When the last good backup of this store was made, and where; None: never."""
    at = time(db.value("SELECT value FROM meta WHERE key = 'backup_at'"))
    place = db.value("SELECT value FROM meta WHERE key = 'backup_place'")
    return (at, place or "") if at else None
