"""Bringing a desk back from a backup: into a new folder, or into the place of a lost one.

Everything is unpacked and examined beside its place first, and renamed into it at the end, the store
last. Nothing is overwritten: an old store is put aside, and a public site that is there stays, since
it may hold what went out after the backup.
"""

from __future__ import annotations

import contextlib
import fcntl
import re
import secrets
import shutil
import socket
from collections.abc import Callable, Generator
from pathlib import Path

from desk.doors import server as doors
from jobs import backup as making
from models import config as configuration
from models import folders, store
from models.config import Config
from models.errors import ConfigError, InputError, StoreError
from models.publishing import numbers
from models.publishing.numbers import Elsewhere
from models.store import Store, now
from models.upkeep import backup_folder, restored
from models.upkeep import manifest as manifests
from models.upkeep.manifest import Manifest
from models.upkeep.restored import Places, Woken
from notices import numbering, republishing, words
from operations import site as public_site

Say = Callable[[str], object]


def into_folder(
    source: Path, to: Path, key: Path | None, last_number: str, say: Say, *, drill: bool = False
) -> bool:
    """Restore into a new folder with a piyao.toml of its own; whether its site is complete.

    ``drill``: the desk lives on elsewhere. This one writes into neither its backups nor the heads of
    its log: the newest backup would be the drill's, and the desk's own record look forged.
    """
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise StoreError("is not empty", str(to), "name a new folder with --to")
    given = _given(last_number)
    backup, manifest = _checked(source, say)
    secret = _key(backup, manifest, key, None)
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = to / "piyao.toml"
    path.write_bytes((backup / manifests.CONFIG).read_bytes())
    config = _moved_in(path, to, say)
    if drill:
        config = _apart(path, config, say)
    return _restore(backup, manifest, secret, config, given, say)


def into_place(
    source: Path, config: Config, key: Path | None, last_number: str, replace: bool, say: Say
) -> bool:
    """Restore into the folders that a configuration names; whether the site is complete.

    Raises ``StoreError`` where a store is there and ``replace`` does not say to put it aside, or where
    its desk is running.
    """
    if config.store.exists() and not replace:
        raise StoreError(
            "a store is here already",
            str(config.store),
            "restore into a new folder with --to, or say --replace: the old store is put aside",
        )
    given = _given(last_number)
    backup, manifest = _checked(source, say)
    secret = _key(backup, manifest, key, config)
    with _no_desk(config):
        return _restore(backup, manifest, secret, config, given, say)


def _checked(source: Path, say: Say) -> tuple[Path, Manifest]:
    """The backup that is meant, with every part as it was written."""
    backup = source
    if not (source / manifests.NAME).exists() and (found := backup_folder.newest(source)):
        backup = found
        say(f"The newest backup in {source} is {backup.name}.")
    manifest = manifests.read(backup)
    if faults := manifests.check_parts(backup, manifest):
        raise InputError("; ".join(faults), str(backup), "take another backup")
    return backup, manifest


def _key(backup: Path, manifest: Manifest, given: Path | None, config: Config | None) -> bytes:
    """The key that fits the store. Raises ``InputError``: which one is wanted, and where it may be."""
    name = backup_folder.key_name(manifest.key)
    apart = backup.parent.with_name(backup.parent.name + ".key")
    places = [given, given / name] if given else [apart / name]
    if config is not None and not given:
        places += [config.store.with_suffix(".key")]
        if config.backup.key_folder:
            places.insert(0, making.placed(config, config.backup.key_folder) / name)
    for place in places:
        if place is not None and place.is_file():
            secret = place.read_bytes()
            if manifests.key_print(secret) == manifest.key:
                return secret
            if given:
                raise InputError("is not the key of this store", str(place), f"give {name}")
    raise InputError(
        f"the key of this store is missing: {name}",
        str(given or places[0]),
        "it is kept apart from the backups; give it with --key FILE",
    )


def _moved_in(path: Path, to: Path, say: Say) -> Config:
    """The configuration of the backup, with data and site inside the new folder."""
    for key, value, section in (("data_dir", "piyao-data", ""), ("dir", "site", "public")):
        config = configuration.load(path)
        place = config.public.dir if section else config.data_dir
        if not place.resolve().is_relative_to(to.resolve()):
            path.write_text(_with(path.read_text("utf-8-sig"), section, key, value), "utf-8")
            say(f"{path.name}: {key} was {place}; it is {value} now, inside {to}.")
    config = configuration.load(path)
    for place in (config.data_dir, config.public.dir):
        if not place.resolve().is_relative_to(to.resolve()):
            raise ConfigError(f"names {place}, outside {to}", str(path), "edit it and use --config")
    return config


def _apart(path: Path, config: Config, say: Say) -> Config:
    """The configuration without the places outside that the living desk writes to."""
    for section, key, was in (
        ("backup", "folder", config.backup.folder),
        ("audit", "heads", config.audit.heads),
    ):
        if was:
            path.write_text(_with(path.read_text("utf-8-sig"), section, key, ""), "utf-8")
            say(f"{path.name}: {key} was {was}; it is off in this drill.")
    return configuration.load(path)


def _with(text: str, section: str, key: str, value: str) -> str:
    """The text of a piyao.toml in which a section ("": above all sections) says this.

    >>> _with("[public]\\n", "public", "dir", "site")
    '[public]\\ndir = "site"\\n'
    """
    said, head = f'{key} = "{value}"', re.search(rf"(?m)^[ \t]*\[{section}\].*$", text)
    if section and head is None:
        return f"{text.rstrip()}\n\n[{section}]\n{said}\n"
    start = head.end() if section and head else 0
    end = re.compile(r"(?m)^[ \t]*\[").search(text, start)
    part = text[start : end.start() if end else len(text)]
    fresh, found = re.subn(rf"(?m)^[ \t]*{key}[ \t]*=.*$", said, part, count=1)
    if not found:
        fresh = f"\n{said}{part}" if section else f"{said}\n{part}"
    return text[:start] + fresh + text[start + len(part) :]


@contextlib.contextmanager
def _no_desk(config: Config) -> Generator[None, None, None]:
    """Nothing works on the store meanwhile. Raises ``StoreError`` where a desk is running."""
    mend = "end `piyao up` first (Ctrl-C), then restore"
    with (
        contextlib.suppress(OSError),
        socket.create_connection(
            (doors.reachable(config.desk.host).strip("[]"), config.desk.port), 2
        ),
    ):
        raise StoreError(f"something answers on port {config.desk.port}", str(config.path), mend)
    config.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with config.store.with_suffix(".scheduler").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError("the clock of this desk is running", str(config.path), mend) from None
        yield


def _restore(
    backup: Path,
    manifest: Manifest,
    secret: bytes,
    config: Config,
    given: list[Elsewhere],
    say: Say,
) -> bool:
    config.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    held = sum(part.size for part in manifest.parts.values())
    free = shutil.disk_usage(config.data_dir).free
    if free < held + (16 << 20):
        raise StoreError(
            f"restoring needs {(held >> 20) + 16} MB and {free >> 20} MB are free",
            str(config.data_dir),
            "free disk space",
        )
    scratch = config.data_dir / f".restore-{secrets.token_hex(6)}"
    scratch.mkdir(mode=0o700)
    try:
        fresh = Places(scratch / config.store.name, scratch / "site")
        restored.unpack(backup, manifest, secret, fresh)
        faults = restored.examine(fresh, manifest, lambda db, at: making.lacking(db, config, at))
        if faults:
            raise InputError("; ".join(faults[:5]), str(backup), "take another backup")
        with store.using(fresh.store) as db:  # before it has its place: a kill there leaves no desk
            woken = restored.wake(db, manifest)  # that sends again what waited then
            numbers.note(db, given)
        _put_in_place(fresh, Places(config.store, config.public.dir), say)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    with store.using(config.store) as db:
        return _awake(db, manifest, woken, config, given, say)


def _put_in_place(fresh: Places, place: Places, say: Say) -> None:
    """Old parts aside, new ones in; the store last, so that a half restored desk has none."""
    aside = place.store.with_name(f"before-restore-{now():%Y%m%d-%H%M%S}")
    wal, shm = (place.store.with_name(place.store.name + tail) for tail in ("-wal", "-shm"))
    old = [place.store, wal, shm, place.key, place.models]
    lives = any(place.site.glob("n/*.json"))
    if not lives:
        old.append(place.site)
    for each in old:
        if each.exists():
            aside.mkdir(mode=0o700, exist_ok=True)
            shutil.move(each, aside / each.name)
    if aside.exists():
        say(f"What was here is put aside in {aside}.")
    if lives:
        say(f"The public site in {place.site} stays: it may hold what went out after the backup.")
    else:
        place.site.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(fresh.site, place.site)
    for source, target in ((fresh.models, place.models), (fresh.key, place.key)):
        shutil.move(source, target)
    shutil.move(fresh.store, place.store)
    folders.sync(place.store.parent)


def _awake(
    db: Store, manifest: Manifest, woken: Woken, config: Config, given: list[Elsewhere], say: Say
) -> bool:
    say(
        f"The store is back as of {manifest.made_at}: {manifest.entries} entries in the log, whole. "
        "Accounts and passwords are those of that moment; everybody signs in anew."
    )
    if woken.doubtful:
        say(
            f"{woken.doubtful} sendings were under way: none is repeated blindly. The clock looks them "
            "up in the channel; what it cannot find out waits for a person (结果不明)."
        )
    numbering.look(db, config)
    done = republishing.rebuild(db, public_site.site_of(config), config.office)
    public_site.tell(done, say)
    for year, serial in sorted(numbers.highest(db).items()):
        say(f"The next number of {year} is {serial + 1}.")
    if not given:
        say(
            "If a notice went out after the backup and is not on this site, say so before anything is "
            "approved: piyao restore … --last-number 2026-22, or put the newer site folder in its place."
        )
    return done.ok


def _given(number: str) -> list[Elsewhere]:
    """The last number that an operator knows of. Raises ``InputError`` where it is none."""
    if not number:
        return []
    year, serial = words.slug(number).split("-")
    return [Elsewhere("operator", int(year), int(serial))]
