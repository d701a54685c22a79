"""Back the desk up, where piyao.toml names a folder for it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from jobs.shared import Desk, log
from models import store
from models.config import Config, PublicConfig
from models.store import Store
from models.upkeep import backup, backup_folder
from models.upkeep.backup import Made
from notices import republishing
from notices.channels.site import Site


def back_up(desk: Desk, db: Store) -> None:
    """Make a backup as soon as the last good one is old enough; remove what is no longer kept."""
    rules = desk.config.backup
    last = backup_folder.last(db)
    if not rules.folder or (
        # abs: after the clock was set back the last one lies in the future; do not wait for it
        last and abs(store.now() - last[0]) < timedelta(seconds=rules.every)
    ):
        return
    made = make(db, desk.config)
    log.info("backup %s: %d MB, proved by a trial restore", made.folder, made.size >> 20)
    backup_folder.thin(made.folder.parent, rules.keep, rules.keep_days)


def make(
    db: Store, config: Config, folder: Path | None = None, key_folder: Path | None = None
) -> Made:
    """A backup of this desk, into the folders that piyao.toml names where none are given.

    Raises ``StoreError`` where it could not be made, or not be proved.
    """
    folder = folder or placed(config, config.backup.folder)
    if key_folder is None:
        named = config.backup.key_folder
        key_folder = placed(config, named) if named else folder.with_name(folder.name + ".key")
    site = Site(config.public, config.office)

    def complete(copy: Store, place: Path) -> list[str]:
        return lacking(copy, config, place)

    return backup.make(db, config, folder, key_folder, site.folder.lock, complete)


def lacking(db: Store, config: Config, place: Path) -> list[str]:
    """What the site in a folder lacks, by a store."""
    site = Site(PublicConfig(config.public.base_url, place), config.office)
    found = republishing.compare(db, site, config.office)
    return [f"the site lacks {each}" for each in (*found.missing, *found.replaced)]


def placed(config: Config, folder: str) -> Path:
    """A folder as piyao.toml names it: beside that file, wherever the command was started."""
    return config.path.parent / folder
