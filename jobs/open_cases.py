"""Open cases, and keep their numbers."""

from __future__ import annotations

from collections.abc import Iterable

from classifier.text import spelling
from jobs.shared import Desk
from models.casework import opening
from models.ranking import clusters
from models.store import Store

WORDINGS = 5  # of a cluster, the most posted: whose words a case is found by


def queue(desk: Desk, db: Store) -> None:
    """Open, update and re-prioritise cases."""
    line = desk.config.queue.risk_line
    while not desk.stop.is_set() and (stale := clusters.stale(db)):
        due = opening.due(db, stale, line)
        tokens = {each: _words(texts) for each, texts in clusters.texts(db, due, WORDINGS).items()}
        opening.refresh_many(db, stale, tokens, line)


def _words(texts: Iterable[str]) -> str:
    """The segmented words of texts, each once, for search."""
    tokens = {token for text in texts for token in spelling.segment(spelling.normalise(text))}
    return " ".join(sorted(tokens))
