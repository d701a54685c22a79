"""The kinds of source: name -> spider class. Third parties add theirs by the entry point.

One class and one line (docs/sources.md)::

    [options.entry_points]
    piyao.sources =
        myforum = mypackage.spider:MyForumSpider
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

from crawler.spiders.feed import FeedSpider
from models.errors import ConfigError

GROUP = "piyao.sources"
OWN: dict[str, Any] = {"feed": FeedSpider}


def names() -> list[str]:
    """Every kind that ``kind = "…"`` in piyao.toml may name."""
    return sorted({*OWN, *(point.name for point in entry_points(group=GROUP))})


def spider(kind: str) -> Any:
    """The spider class of a kind. Raises ``ConfigError`` where none is known or it does not load."""
    if kind in OWN:  # ours cannot be replaced from outside without a word
        return OWN[kind]
    for point in entry_points(group=GROUP):
        if point.name == kind:
            try:
                return point.load()
            except Exception as error:
                raise ConfigError(
                    f"source kind “{kind}” does not load ({type(error).__name__}: {error})",
                    point.value,
                    "install or mend the package that offers it",
                ) from error
    raise ConfigError(
        f"there is no source kind “{kind}”", "piyao.toml", "known: " + ", ".join(names())
    )
