"""Learn from the verdicts, once a night, and from what is ordinary here, every few hours."""

from __future__ import annotations

from datetime import datetime, timedelta

from classifier.learning import first_night
from classifier.learning import night as learning
from jobs.shared import Desk
from models import store
from models.china_time import in_china
from models.learning import editions
from models.store import Store


def renew(desk: Desk, db: Store) -> None:
    """Once a night: learn from the verdicts so far. A night slept through is caught up once."""
    night = last_night(desk.config.model.renew_at)
    done = editions.last_night(db)
    if night is None or (done and done >= night):
        return
    try:
        queue = desk.config.queue
        learning.renew(db, desk.shipped, queue.sample_share, line=queue.risk_line)
    finally:  # a kill is done again at once, what cannot be done not before tomorrow
        editions.night_done(db, night)


def settle(desk: Desk, db: Store) -> None:
    """Every few hours: learn what is ordinary here, where no verdict taught anything yet. A desk
    that names no time to learn never does."""
    if desk.config.model.renew_at:
        first_night.settle(db, desk.shipped, desk.config.queue.risk_line)


def last_night(at: str) -> datetime | None:
    """The newest moment in the past with this time of day in China; None for no time."""
    if not at:
        return None
    here = in_china(store.now())
    night = here.replace(hour=int(at[:2]), minute=int(at[3:]), second=0, microsecond=0)
    return night if night <= here else night - timedelta(days=1)
