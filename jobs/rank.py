"""Score and cluster new posts."""

from __future__ import annotations

from classifier.learning import editions as model_editions
from classifier.ranking import new_posts
from jobs.shared import Desk, log
from models.intake import aside
from models.store import Store
from models.upkeep import wall_clock


def score(desk: Desk, db: Store) -> None:
    """Score and cluster what is new, with the edition of the model that is in use by now."""
    queue = desk.config.queue
    scored = 0
    # by a doubtful clock nothing is let go
    window = None if wall_clock.doubt(db) else desk.config.window
    while desk.at_work(db):
        # asked at every batch: on a busy day the last one of this round may be hours away
        desk.model, problem = model_editions.in_use(db, desk.shipped, desk.model)
        if problem:
            log.error("%s", problem)
        aside.again(db, new_posts.judge_of(desk.model))
        if not (batch := new_posts.score_new(db, desk.model, queue, window)):
            break
        scored += batch
    if scored:
        desk.wake("queue")
