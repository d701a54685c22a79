"""The time in China, where the desk works: one offset, and no summer time since 1991."""

from __future__ import annotations

from models import driver  # noqa: F401  # isort: skip  (first: one SQLite library)
from datetime import date, datetime, timedelta, timezone

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


def weekday(which: str, number: int, today: date) -> date:
    """The day of 周三 (the last one, today for one), 本周三, 上周三, 上上周三 or 下周三.

    ``number``: 0 for 周一. Weeks begin on Monday; for whom they begin on Sunday, 上周三 said on a
    Sunday is four days ago, and that nearer one is meant.

    >>> weekday("上", 2, date(2020, 1, 26)), weekday("", 0, date(2020, 1, 26))
    (datetime.date(2020, 1, 22), datetime.date(2020, 1, 20))
    """
    if which == "":
        return today - timedelta(days=(today.weekday() - number) % 7)
    back = {"上上": 2, "上": 1, "下": -1}.get(which, 0)
    found = today - timedelta(days=today.weekday() - number, weeks=back)
    sunday = today.weekday() == 6 and number != 6
    return found + timedelta(weeks=1) if sunday and back > 0 else found
