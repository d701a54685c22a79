"""The time of day: 12:30, 下午3点20分, 晚上八点半, 8:28 PM.

The word before an hour says which half of the day, and at twelve which day: 晚上12:30 is half past
midnight of the next day, 下午12:30 is after noon, 凌晨12点 begins the day. What people and clocks of
twelve hours mean differently (上午12:30), or what has no such hour (中午10点), is in doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from crawler.dates import zones
from crawler.dates.days import LOCAL, Doubt
from crawler.dates.words import NUMBER, whole

_EVENING = {**{hour: hour + 12 for hour in range(5, 12)}, **{h: h for h in range(17, 25)}, 12: 24}
_NIGHT = {**{hour: hour + 12 for hour in range(8, 12)}, **{h: h for h in range(20, 25)}, 12: 24}
_MORNING = {hour: hour for hour in range(1, 12)}
_AFTERNOON = {**{hour: hour + 12 for hour in range(1, 12)}, **{h: h for h in range(12, 24)}}
_NOON = {11: 11, 12: 12, 1: 13, 2: 14, 13: 13, 14: 14}
_HOURS = {
    "凌晨": {12: 0, **{hour: hour for hour in range(7)}},
    **dict.fromkeys(("清晨", "清早", "早上", "早晨", "早"), _MORNING),
    "上午": {0: 0, **_MORNING},
    **dict.fromkeys(("中午", "正午"), _NOON),
    **dict.fromkeys(("下午", "午后"), _AFTERNOON),
    "傍晚": {**{hour: hour + 12 for hour in range(4, 9)}, **{h: h for h in range(16, 21)}},
    **dict.fromkeys(("晚上", "晚间", "晚"), _EVENING),
    **dict.fromkeys(("夜间", "夜里", "深夜", "半夜"), _NIGHT),
    "am": {12: 0, 0: 0, **_MORNING},
    "pm": _AFTERNOON,
}
_HALVES = "|".join(half for half in _HOURS if half not in ("am", "pm"))
_AM = r"(?<![A-Za-z])[AaPp]\.?\s?[Mm](?![A-Za-z])\.?"
_CLOCK = re.compile(
    rf"(?P<half>{_HALVES}|{_AM})?\s?(?P<hour>{NUMBER})\s?"
    r"(?::\s?(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,]\d{1,9})?)?"
    rf"|[点时]\s?(?:(?P<part>半|[一三]刻)|(?P<minutes>{NUMBER})\s?分?(?:\s?(?P<seconds>{NUMBER})\s?秒)?|[钟整])?)"
    rf"(?!\d)\s?(?P<after>{_AM})?"
)
# a minus without a name before it may be the middle of 10:00-11:00
_ZONE = re.compile(
    r"\s?\(?(?:(?P<name>UTC|GMT)\s?(?P<named>[+-]\d{1,2}(?::?\d{2})?)"
    r"|(?P<offset>\+\d{2}:?\d{2}|(?<=\s)-\d{4})|(?P<word>北京时间|[A-Z]{1,5}(?![A-Za-z])))\)?"
)
HALF_DAYS = re.compile(rf"{_HALVES}|{_AM}|午夜|夜|晨")


@dataclass(frozen=True)
class Clock:
    """Hours, minutes and seconds after midnight, more than 24 hours where the night is the next day's;
    and the zone, if one was named."""

    after: timedelta
    zone: tzinfo | None
    start: int
    end: int

    def on(self, day: date) -> datetime:
        return midnight(day, self.zone) + self.after


def midnight(day: date, zone: tzinfo | None = None) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone or LOCAL)


def find(text: str, half: str = "") -> Clock | None:
    """The first time of day in a text; None where there is none, ``Doubt`` where it is no such time.

    ``half``: the half of the day, where a word before the text has said it (昨晚8点).
    """
    found = _CLOCK.search(text)
    if not found:
        return None
    said = (found["half"] or found["after"] or half).lower()
    after = time_of_day(
        re.sub(r"[.\s]", "", said) if said.isascii() else said,
        whole(found["hour"]),
        {"半": 30, "一刻": 15, "三刻": 45}.get(found["part"] or "")
        or whole(found["minute"] or found["minutes"] or "0"),
        whole(found["second"] or found["seconds"] or "0"),
    )
    zone, end = _zone(text, found.end())
    return Clock(after, zone, found.start(), end)


def time_of_day(half: str, hour: int, minute: int, second: int) -> timedelta:
    """From midnight; ``half`` is a word before the hour, ``am``, ``pm`` or ""."""
    if half:
        if hour not in _HOURS[half]:
            raise Doubt(f"{half} has no hour {hour}")
        hour24 = _HOURS[half][hour]
    else:
        hour24 = hour
    if hour24 > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise Doubt(f"no day has {hour}:{minute}")
    return timedelta(hours=hour24, minutes=minute, seconds=second)


def _zone(text: str, at: int) -> tuple[tzinfo | None, int]:
    found = _ZONE.match(text, at)
    if not found:
        return None, at
    if written := found["named"] or found["offset"]:
        return zones.offset(written), found.end()
    zone = zones.named(found["word"])
    if zone is None:
        raise Doubt(f"{found['word']} is no zone that can be told")
    return zone, found.end()
