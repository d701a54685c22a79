"""Open cases, and keep their numbers."""

from __future__ import annotations

from classifier.text import spelling
from jobs.shared import Desk
from models.casework import opening
from models.ranking import clusters, spread
from models.store import Store


def queue(desk: Desk, db: Store) -> None:
    """Open, update and re-prioritise cases."""
    while (stale := clusters.stale(db)) and not desk.stop.is_set():
        for cluster_id in stale:
            words = {
                token
                for wording in spread.wordings(db, cluster_id, 5)
                for token in spelling.segment(spelling.normalise(wording.text))
            }
            opening.refresh(db, cluster_id, " ".join(sorted(words)), desk.config.queue.risk_line)
