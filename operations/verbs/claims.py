"""``piyao claims``: the library of known claims."""

from __future__ import annotations

from pathlib import Path

import click

from models import config as configuration
from operations.verbs.options import with_config


@click.group("claims")
def group() -> None:
    """The library of known claims."""


@group.command("import")
@click.argument("source")
@click.option("--name", required=True, help="Of this import; the same name updates it.")
@click.option("--allow-private", is_flag=True, help="The address is inside your own network.")
@with_config
def claims_import(source: str, name: str, allow_private: bool, path: Path) -> None:
    """Import a FILE or URL: CSV, JSONL, ClaimReview, or the Atom feed of another piyao."""
    from crawler.claims import command
    from models import beginning, store

    config = configuration.load(path)
    beginning.refuse_new_desk(config)  # an import may begin a desk, but none where one was
    with store.using(config.store) as db:
        command.run(db, source, name, allow_private, click.echo)


@group.command("list")
@click.option("--search", "words", default="", help="Words that must all occur.")
@click.option("--origin", default="", help="own, starter, or the name of an import.")
@click.option("--withdrawn", is_flag=True, help="The withdrawn ones instead.")
@click.option("--top", type=click.IntRange(1), default=50, show_default=True, help="How many.")
@with_config
def claims_list(words: str, origin: str, withdrawn: bool, top: int, path: Path) -> None:
    """Show the newest known claims, with what their source found."""
    from rich.console import Console

    from models import beginning
    from models.known import claims as library
    from operations import tables

    with beginning.begun(configuration.load(path)) as db:
        found = library.search(db, words, origin, withdrawn=withdrawn, limit=top)
    Console().print(tables.claims(found))


@group.command("withdraw")
@click.argument("claim_id", type=click.IntRange(1, 2**62))
@with_config
def claims_withdraw(claim_id: int, path: Path) -> None:
    """Take a claim out of the library; it stays readable, and no import brings it back."""
    from models import beginning
    from models.known import claims as library
    from models.text import terminal

    with beginning.begun(configuration.load(path)) as db:
        click.echo(f"withdrawn: {terminal(library.withdraw(db, claim_id).claim)}")
