"""Dates with an English month: RFC 822 and 850, ctime, JavaScript's, and how people write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo

from crawler.dates import zones
from crawler.dates.clock import midnight, time_of_day
from crawler.dates.days import Doubt, latest, of_no_year

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_NAMES_MONTH = re.compile(rf"(?<![a-z])(?:{_MONTH})(?![a-z])", re.I)
_TOKEN = re.compile(
    r"(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)(?![\d:])"
    r"|(?P<half>[ap]\.?m\b\.?)"
    rf"|(?P<month>(?:{_MONTH})\b\.?)"
    r"|(?P<weekday>(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\b\.?)"
    r"|(?P<word>(?:on|at|published|posted|updated|date)\b:?)"
    r"|(?P<zone>[a-z]{1,5}\b)"
    r"|(?P<offset>[+-]\d{1,2}(?::?\d{2})?)(?!\d)"
    r"|(?P<number>\d{1,4})(?:st|nd|rd|th)?(?![\da-z])"
    r"|(?P<mark>[,\s])",
    re.I,
)


def read(text: str, now: datetime) -> datetime | None:
    """The moment; None where no English month stands in the text. ``ValueError`` where it is in doubt.

    A weekday that does not fit is taken for the slip, not the date. Two digits of a year are read as
    RFC 2822 says, where they stand as it says.
    """
    if not _NAMES_MONTH.search(text):
        return None
    text = re.sub(r"\([^()]{0,60}\)", " ", text)  # a comment of RFC 822: (CST)
    text = re.sub(r"\b(\d{1,2})-([A-Za-z]{3})-(\d{2,4})\b", r"\1 \2 \3", text)  # RFC 850
    found = _tokens(text)
    after = _time(found)
    zone = _zone(found)
    month, numbers = _one(found, "month"), [n for name, n in found if name == "number"]
    number = _MONTHS.index(month[:3].lower()) + 1
    if len(numbers) == 1 and len(numbers[0]) < 3:
        days = of_no_year(number, int(numbers[0]), now, None)
        return latest([midnight(day, zone) + after for day in days], now)
    if len(numbers) != 2:
        raise Doubt("a day and a year, no more")
    years = [n for n in numbers if len(n) == 4]
    names = [name for name, _ in found if name in ("month", "number")]
    if len(years) == 1:
        year = int(years[0])
        numbers.remove(years[0])
    elif names == ["number", "month", "number"] and len(numbers[1]) == 2:
        year = int(numbers.pop())
        year += 2000 if year < 50 else 1900
    else:
        raise Doubt("which is the year")
    return midnight(date(year, number, int(numbers[0])), zone) + after


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if not token:
            raise Doubt(f"what is {text[at]}")
        found.append((str(token.lastgroup), token[str(token.lastgroup)]))
        at = token.end()
    return found


def _one(found: list[tuple[str, str]], name: str) -> str:
    """The one part of this kind, "" for none."""
    parts = [part for kind, part in found if kind == name]
    if len(parts) > 1:
        raise Doubt(f"two: {parts}")
    return parts[0] if parts else ""


def _time(found: list[tuple[str, str]]) -> timedelta:
    clock = _one(found, "clock")
    half = _one(found, "half").lower().replace(".", "")
    if not clock:
        if half:
            raise Doubt("no hour")
        return timedelta()
    hour, minute, second = (*clock.replace(",", ".").split(":"), "0")[:3]
    return time_of_day(half, int(hour), int(minute), int(float(second)))


def _zone(found: list[tuple[str, str]]) -> tzinfo | None:
    name, offset = _one(found, "zone"), _one(found, "offset")
    zone = zones.named(name) if name else None
    if name and zone is None:
        raise Doubt(f"{name} is no zone that can be told")
    if not offset:
        return zone
    if name and name.upper() not in ("UTC", "GMT", "UT"):
        raise Doubt(f"{name} and {offset}")
    return zones.offset(offset)
