"""Keep the head of the audit log outside, hourly and after each publication."""

from __future__ import annotations

from jobs.shared import Desk
from models import heads
from models.store import Store


def keep_head(desk: Desk, db: Store) -> None:
    heads.keep(db, desk.config)
