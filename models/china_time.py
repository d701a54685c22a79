"""The time in China, where the desk works: one offset, and no summer time since 1991."""

from __future__ import annotations

from models import driver  # noqa: F401  # isort: skip  (first: one SQLite library)
from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "UTC+8")


def in_china(at: datetime) -> datetime:
    """The moment as a clock in China shows it; ``at`` is aware.

    >>> in_china(datetime.fromisoformat("2026-11-24T19:58:00+00:00")).isoformat()
    '2026-11-25T03:58:00+08:00'
    """
    return at.astimezone(CHINA)


def day(at: datetime) -> str:
    """The day in China that a moment falls on, ISO."""
    return in_china(at).date().isoformat()


def year(at: datetime) -> int:
    """The year in China that a moment falls in."""
    return in_china(at).year
