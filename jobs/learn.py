"""Learn from the verdicts, once a night."""

from __future__ import annotations

from datetime import datetime, timedelta

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
        learning.renew(db, desk.shipped, desk.config.queue.sample_share)
    finally:  # a kill is done again at once, what cannot be done not before tomorrow
        editions.night_done(db, night)


def last_night(at: str) -> datetime | None:
    """The newest moment in the past with this time of day in China; None for no time."""
    if not at:
        return None
    here = in_china(store.now())
    night = here.replace(hour=int(at[:2]), minute=int(at[3:]), second=0, microsecond=0)
    return night if night <= here else night - timedelta(days=1)
