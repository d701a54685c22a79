"""Days and years: which one is meant where a text does not say all of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from models import china_time

# A time without a zone is meant like this. Not ``models.china_time``, which has one offset: this one
# has the summer times of 1986 to 1991 too, and pages as old as ``EARLIEST`` are read.
LOCAL = ZoneInfo("Asia/Shanghai")
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(hours=1)  # further in the future than this is a wrong clock or zone, not a time
_NEAR = timedelta(days=2)  # a day of this year that begins so soon is in doubt, not of last year
_REPUBLIC = 1911  # 民國1年 is 1912


class Doubt(ValueError):
    """The words name no moment, or more than one."""


def today(now: datetime) -> date:
    """The day in China."""
    return now.astimezone(LOCAL).date()


def full_year(year: int, digits: int, now: datetime, *, republic: bool = False) -> int:
    """The year that a number before 年 means: 2020, 20, 民國105 or the bare 105 of Taiwan's feeds.

    Two digits are this century's; 79 to 99 would be those years, or 1990 to 2010 in Taiwan.
    """
    if republic or digits == 3:
        return year + _REPUBLIC
    if digits == 4:
        return year
    if 2000 + year > today(now).year:
        raise Doubt(f"which year is {year}")
    return 2000 + year


def of_three(numbers: tuple[str, str, str], now: datetime) -> date:
    """The day of three numbers: 2020-1-26, 105/5/3 (of the Republic), 1/26/2020, 20-01-26. Where the
    order is not told by what is a day at all, and not yet to come, there is no day."""
    first, second, third = numbers
    if len(first) > 2:
        return date(full_year(int(first), len(first), now), int(second), int(third))
    orders = [(third, second, first), (third, first, second)]
    if len(third) < 3:
        orders.append(numbers)
    found = set()
    for year, month, day in orders:
        try:
            number = int(year) if len(year) == 4 else full_year(int(year), 2, now)
            found.add(date(number, int(month), int(day)))
        except ValueError:
            continue
    found = {day for day in found if day <= today(now)}
    if len(found) != 1:
        raise Doubt(f"which is the day of {numbers}")
    return found.pop()


def of_no_year(month: int, day: int, now: datetime, weekday: int | None) -> list[date]:
    """The days that a month and a day may be: this year's and the last one's, by what weekday it was."""
    days = []
    for year in (today(now).year, today(now).year - 1):
        try:
            found = date(year, month, day)
        except ValueError:  # 2月29日
            continue
        if weekday is None or found.weekday() == weekday:
            days.append(found)
    return days


def latest(moments: list[datetime], now: datetime) -> datetime:
    """The newest of some moments (newest first) that is not to come; in doubt where one is near."""
    for moment in moments:
        if moment <= now + AHEAD:
            return moment
        if moment <= now + _NEAR:
            break
    raise Doubt("it is still to come")


def of_weekday(which: str, weekday: int, now: datetime) -> date:
    """The day of 周三, 本周三 or 上周三 (``models.china_time.weekday``)."""
    day = today(now)
    if which == "" and day.weekday() == weekday:
        raise Doubt("today, or a week ago")
    return china_time.weekday(which, weekday, day)
