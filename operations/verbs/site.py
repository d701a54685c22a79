"""``piyao site``: the public site."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from models import config as configuration
from operations.verbs.options import with_config


@click.group("site")
def group() -> None:
    """The public site."""


@group.command("rebuild")
@with_config
def site_rebuild(path: Path) -> None:
    """Draw every published notice from the store, and what lists it; exit 1 where one is missing."""
    from operations import site

    sys.exit(0 if site.rebuild(configuration.load(path), click.echo) else 1)
