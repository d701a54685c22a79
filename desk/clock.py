"""Times in the words of the desk: 剩 18 分, 超 12 分, 3 小时, 03:12, 11 月 25 日."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.china_time import in_china

SOON = timedelta(minutes=30)


@dataclass(frozen=True)
class Due:
    """Time left to a limit. ``tone`` is "" (time enough), "due" (amber) or "over" (filled)."""

    word: str
    tone: str
    at: datetime
    soon_at: datetime  # from when on the tone is "due"


def left(due_at: datetime, now: datetime, opened_at: datetime) -> Due:
    """What is left: amber at a quarter of the limit or 30 minutes, filled once it has passed."""
    quarter = (due_at - opened_at) / 4
    soon_at = due_at - max(quarter, SOON)
    minutes = int((due_at - now).total_seconds() // 60)
    if now >= due_at:
        return Due(f"超 {hours(now - due_at)}", "over", due_at, soon_at)
    word = f"剩 {max(minutes, 1)} 分" if minutes < 60 else f"剩 {minutes // 60}:{minutes % 60:02d}"
    return Due(word, "due" if now >= soon_at else "", due_at, soon_at)


def hours(length: timedelta) -> str:
    """A length of time in one unit: 50 分钟 becomes 50 分, 3 小时, 2 天.

    >>> hours(timedelta(minutes=12)), hours(timedelta(hours=3)), hours(timedelta(days=2))
    ('12 分', '3 小时', '2 天')
    """
    minutes = max(int(length.total_seconds() // 60), 1)
    if minutes < 60:
        return f"{minutes} 分"
    if minutes < 48 * 60:
        return f"{round(minutes / 60)} 小时"
    return f"{minutes // 1440} 天"


def span(first: datetime, last: datetime) -> str:
    """How long a claim has been going round: 50 分钟, 3 小时."""
    return hours(last - first).replace(" 分", " 分钟")


def hour_minute(at: datetime) -> str:
    return f"{in_china(at):%H:%M}"


def day(at: datetime) -> str:
    """11 月 25 日"""
    here = in_china(at)
    return f"{here.month} 月 {here.day} 日"


def when(at: datetime, now: datetime) -> str:
    """03:12 today, 11-20 this year, else the full date."""
    here, today = in_china(at), in_china(now)
    if here.date() == today.date():
        return here.strftime("%H:%M")
    if here.date() == today.date() - timedelta(days=1):
        return here.strftime("昨 %H:%M")
    return here.strftime("%m-%d" if here.year == today.year else "%Y-%m-%d")
