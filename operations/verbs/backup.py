"""``piyao backup`` and ``piyao restore``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from models import config as configuration
from models.errors import ConfigError
from operations.verbs.options import a_file, with_config


@click.command("backup")
@click.option("--to", type=a_file, help="Folder for backups; else [backup] folder of piyao.toml.")
@click.option("--key-to", type=a_file, help="Folder for the key; else [backup] key_folder.")
@with_config
def backup(to: Path | None, key_to: Path | None, path: Path) -> None:
    """Back up a desk, running or not, and prove it by a trial restore; exit 1 where it is bad."""
    from jobs import backup as making
    from models import beginning

    config = configuration.load(path)
    if to is None and not config.backup.folder:
        raise ConfigError(
            "names no folder for backups",
            str(path),
            "say --to FOLDER, or set folder under [backup]",
        )
    with beginning.begun(config) as db:
        made = making.make(db, config, to, key_to)
    found = made.manifest
    click.echo(
        f"{made.folder}: {made.size / 2**20:.1f} MB, restored on trial and whole: {found.entries} entries "
        f"in the log, {found.notices} notices on the site."
    )
    click.echo(f"The key is in {made.key}. Keep it elsewhere: who has both has everything.")
    if made.folder.stat().st_dev == config.store.stat().st_dev:
        click.echo("The backup is on the disk of the desk: a dead disk takes both. Copy it away.")


@click.command("restore")
@click.argument("source", metavar="FROM", type=a_file)
@click.option("--to", type=a_file, help="A new folder; else the place that --config names.")
@click.option("--key", type=a_file, help="The key of this store, or the folder it is in.")
@click.option(
    "--last-number", default="", help="The last number that went out after the backup: 2026-22."
)
@click.option("--replace", is_flag=True, help="Put the store that is there aside.")
@click.option(
    "--drill", is_flag=True, help="With --to: a trial, that touches nothing of the living desk."
)
@with_config
def restore(
    source: Path,
    to: Path | None,
    key: Path | None,
    last_number: str,
    replace: bool,
    drill: bool,
    path: Path,
) -> None:
    """Bring a desk back FROM a backup, or from the newest one in a folder of backups."""
    from operations import restore as restoring

    if drill and to is None:
        raise click.UsageError("--drill goes with --to: a drill is no restore in place")
    if to is not None:
        whole = restoring.into_folder(source, to, key, last_number, click.echo, drill=drill)
        click.echo(f"Start it with: piyao up --config {to / 'piyao.toml'}")
    else:
        config = configuration.load(path)
        whole = restoring.into_place(source, config, key, last_number, replace, click.echo)
        click.echo(f"Start it with: piyao up --config {path}")
    sys.exit(0 if whole else 1)
