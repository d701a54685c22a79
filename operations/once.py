"""One feed, crawled and ranked in a store that is thrown away."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from crawler import run
from jobs import open_cases, rank
from jobs.shared import Desk
from models import address, isolated, store
from models.casework import queue
from models.config import Config, Source
from models.errors import InputError, PiyaoError
from models.intake import runs, sources
from operations import tables

Say = Callable[[str], object]


def crawl(url: str, allow_private: bool, top: int, say: Say) -> None:
    """Print the claims of a feed that reach the line, the most urgent ``top`` of them.

    Raises ``InputError`` where ``url`` is no web address, ``PiyaoError`` where the feed cannot be had.
    """
    what, mend = address.fault(url)
    if what:
        raise InputError(f"{address.shown(url) or '--source'} {what}", "--source", mend)
    with tempfile.TemporaryDirectory(prefix="piyao-") as folder:
        desk = Desk(Config(Path(folder), Path(folder)))
        with store.using(desk.config.store) as db:
            sources.sync(db, [Source("once", "feed", url, 60, allow_private=allow_private)])
            subprocess.run(  # noqa: S603  (our own interpreter, our own module)
                run.command(None, desk.config.store, "once"),
                env=isolated.environment(),
                check=False,
            )
            rank.score(desk, db)
            open_cases.open_cases(desk, db)
            visit, found = runs.last(db, "once"), queue.cases(db, "todo", limit=top)
        if visit is None or visit.outcome == "failed":
            raise PiyaoError(visit.message if visit else "the crawl did not start", url)
    Console().print(tables.queue(found))
    say(
        f"{visit.new} posts, {len(found)} claims shown. 需核查度 says how much a claim needs a "
        "person to look, not whether it is false."
    )
