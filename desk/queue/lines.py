"""The line of a source that brings more than its share, in words."""

from __future__ import annotations

from models.intake import sources
from models.ranking import need
from models.ranking.line import Line
from models.store import Store


def flooded(db: Store, line: Line, rate: float) -> list[tuple[str, str]]:
    """The label of each such source and its line, as so many of a hundred at the base rate ``rate``."""
    return [
        (each.label, need.figure(line.of(each.name, False), rate))
        for each in sources.all(db)
        if each.name in line.flooded
    ]
