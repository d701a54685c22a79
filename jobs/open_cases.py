"""Open cases, and keep their numbers."""

from __future__ import annotations

from classifier.text import search_words
from jobs.shared import Desk
from models.casework import opening
from models.ranking import clusters
from models.store import Store


def open_cases(desk: Desk, db: Store) -> None:
    """Open, update and re-prioritise cases."""
    line = desk.config.queue.risk_line
    while not desk.stop.is_set() and (stale := clusters.stale(db)):
        words = search_words.of_clusters(db, opening.due(db, stale, line))
        opening.refresh_many(db, stale, words, line)
