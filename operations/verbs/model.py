"""``piyao model``: the editions of the model."""

from __future__ import annotations

from pathlib import Path

import click

from models import config as configuration
from operations.verbs.options import with_config


@click.group("model")
def group() -> None:
    """The desk's own editions of the model, renewed nightly from its verdicts."""


@group.command("list")
@with_config
def model_list(path: Path) -> None:
    """Every edition: what it learned from, how it stood its trial, which one scores."""
    from rich.console import Console

    from classifier.ranking import model as weights
    from models import beginning
    from models.learning import editions
    from operations import tables

    with beginning.begun(configuration.load(path)) as db:
        shipped = weights.load().version
        table = tables.editions(editions.all(db), editions.current(db) or shipped, shipped)
    Console().print(table)


@group.command("use")
@click.argument("version")
@with_config
def model_use(version: str, path: Path) -> None:
    """Let this edition score from the next round on; the shipped one has a version too."""
    from classifier.learning import editions as model_editions
    from classifier.ranking import model as weights
    from models import beginning

    with beginning.begun(configuration.load(path)) as db:
        model_editions.use(db, weights.load(), version)
    click.echo(f"{version} scores from the next round on.")


@group.command("renew")
@with_config
def model_renew(path: Path) -> None:
    """Renew now: try what waits for its trial, and learn from every verdict so far."""
    from classifier.learning import night
    from classifier.ranking import model as weights
    from models import beginning
    from operations import tables

    config = configuration.load(path)
    with beginning.begun(config) as db:
        queue = config.queue
        done = night.renew(db, weights.load(), queue.sample_share, line=queue.risk_line)
    click.echo(tables.night(done))
