"""When a post says it was published, as an aware UTC time. Chinese ways of writing come first.

Pages and feeds of Chinese sites mix 2020年01月26日, 3分钟前, 昨天 12:30, RFC 822 and ISO 8601, often
without a zone. General date parsers read the Chinese ones wrongly without a word (2020年01月26日 as
2020-01-01), so these are read here by a small grammar, and what fits nothing is None, not a guess.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

# A time without a zone is meant like this. Not ``models.china_time``, which has one offset: this one
# has the summer times of 1986 to 1991 too, and pages as old as ``EARLIEST`` are read.
LOCAL = ZoneInfo("Asia/Shanghai")
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)  # further in the future than this is a wrong clock, not a time

_DIGITS = {**{char: n for n, char in enumerate("〇一二三四五六七八九")}, "零": 0, "两": 2, "俩": 2}
_NUMBER = r"(\d{1,9}|[〇零一二三四五六七八九十百两俩]{1,5}|半|几|数)"
_AGO = re.compile(
    _NUMBER
    + r"\s*个?\s*(半)?\s*(秒|分|刻钟|小时|钟头|天|日|周|星期|礼拜|月|年)[^\d]{0,3}?[之以]?前"
)
_AGO_ENGLISH = re.compile(
    r"\b(\d{1,6}|an?)\s*(sec|min|hour|hr|day|week|month|year)\w*\s+ago\b", re.I
)
_SECONDS = {
    "秒": 1, "分": 60, "刻钟": 900, "小时": 3600, "钟头": 3600, "天": 86400, "日": 86400,
    "周": 604800, "星期": 604800, "礼拜": 604800, "月": 2592000, "年": 31536000,
    "sec": 1, "min": 60, "hour": 3600, "hr": 3600, "day": 86400, "week": 604800,
    "month": 2592000, "year": 31536000,
}  # fmt: skip
_DAYS_BACK = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "昨晚": 1, "前天": 2, "大前天": 3}
_DAY_WORD = re.compile("大前天|前天|昨天|昨日|昨晚|今天|今日")
_JUST_NOW = re.compile(r"刚刚|刚才|方才|\bjust now\b", re.I)
_CHINESE_NUMBER = "[〇零一二三四五六七八九十]"
_CHINESE_DAY = re.compile(
    rf"(?:(\d{{4}}|{_CHINESE_NUMBER}{{4}})\s*年\s*)?"
    rf"(\d{{1,2}}|{_CHINESE_NUMBER}{{1,3}})\s*月\s*(\d{{1,2}}|{_CHINESE_NUMBER}{{1,3}})\s*[日号]"
)
_PLAIN_DAY = re.compile(r"(?<![\d.])(\d{4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?![\d.])")
_SHORT_DAY = re.compile(r"^(\d{1,2})[-/](\d{1,2})(?=$|\s)")
_HALF_DAY = (
    "凌晨|清晨|早上|早晨|上午|中午|正午|下午|午后|傍晚|晚上|晚间|夜间|深夜|夜里|昨晚|[AaPp]\\.?[Mm]"
)
# 下午3点 is 15:00 as long as the hour named is below this one; 中午11点 stays as it is
_BEFORE = {
    "下午": 12, "午后": 12, "傍晚": 12, "晚上": 12, "晚间": 12, "昨晚": 12, "夜间": 12,
    "深夜": 12, "pm": 12, "中午": 3, "正午": 3,
}  # fmt: skip
_CLOCK = re.compile(
    rf"({_HALF_DAY})?\s*(\d{{1,2}})\s*(?::|时|点|點)\s*(?:(\d{{1,2}})\s*(?::|分)?\s*(?:(\d{{1,2}})(?:\.\d+)?\s*秒?)?|(半))?"
    rf"\s*([AaPp]\.?[Mm]\b)?"
)
_ZONE = re.compile(r"(Z|UTC|GMT)?\s*([+-])(\d{2}):?(\d{2})\b|(Z|UTC|GMT)\b")
_EPOCH = re.compile(r"^\d{9,10}(?:\d{3})?(?:\.\d+)?$")
_WESTERN_MONTH = re.compile(r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b", re.I)


def parse(text: str, now: datetime) -> datetime | None:
    """The time that ``text`` names, as aware UTC; None where it names none that can be trusted.

    ``now`` (aware) is what relative times count from. Never raises on any text.

    >>> now = datetime(2020, 1, 26, 8, 0, tzinfo=UTC)
    >>> parse("昨天 12:30", now).isoformat()
    '2020-01-25T04:30:00+00:00'
    >>> parse("2020年01月26日", now).isoformat()
    '2020-01-25T16:00:00+00:00'
    """
    text = unicodedata.normalize("NFKC", text[:200]).strip()
    if not text:
        return None
    ways: tuple[Callable[[str, datetime], datetime | None], ...] = (
        _iso, _epoch, _rfc822, _relative, _calendar,
    )  # fmt: skip
    for way in ways:
        try:
            found = way(text, now)
        except (ValueError, OverflowError, TypeError, IndexError, OSError):
            continue
        if found is not None:
            return found.astimezone(UTC) if EARLIEST <= found <= now + AHEAD else None
    return None


def _iso(text: str, now: datetime) -> datetime | None:
    if not re.match(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:|$)", text):
        return None
    return _zoned(datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d{2}:?\d{2}$)", "", text)))


def _epoch(text: str, now: datetime) -> datetime | None:
    if not _EPOCH.match(text):
        return None
    seconds = float(text)
    return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)


def _rfc822(text: str, now: datetime) -> datetime | None:
    """RFC 822 and the Unix spelling ``Sun Jan 26 12:30:00 +0800 2020``.

    CST is read as China's standard time: the American one of RFC 822 is not what a Chinese
    server means by it.
    """
    if not _WESTERN_MONTH.search(text):
        return None
    text = re.sub(r"\bCST\b", "+0800", text)
    unix = re.match(
        r"(?:\w{3},?\s+)?(\w{3})\s+(\d{1,2})\s+([\d:]+)\s+([+-]\d{4}|\w+)\s+(\d{4})", text
    )
    if unix:
        text = f"{unix[2]} {unix[1]} {unix[5]} {unix[3]} {unix[4]}"
    found = parsedate_to_datetime(text)
    # -0000 and no zone at all both come back naive; the former says UTC
    return found.replace(tzinfo=UTC) if text.endswith("-0000") else _zoned(found)


def _relative(text: str, now: datetime) -> datetime | None:
    if _JUST_NOW.search(text):
        return now
    if found := _AGO.search(text):
        count = _count(found[1]) + (0.5 if found[2] else 0)
        return now - timedelta(seconds=count * _SECONDS[found[3]])
    if found := _AGO_ENGLISH.search(text):
        count = 1 if found[1].lower() in ("a", "an") else int(found[1])
        return now - timedelta(seconds=count * _SECONDS[found[2].lower()])
    if found := _DAY_WORD.search(text):
        day = now.astimezone(LOCAL) - timedelta(days=_DAYS_BACK[found[0]])
        # 昨晚8点: the word itself says which half of the day
        rest = text[found.start() :] if found[0] == "昨晚" else text[found.end() :]
        return _at(day.year, day.month, day.day, rest)
    return None


def _calendar(text: str, now: datetime) -> datetime | None:
    if found := _CHINESE_DAY.search(text):
        year, month, day = found[1], _whole(found[2]), _whole(found[3])
        rest = text[found.end() :]
        if year:
            return _at(_year(year), month, day, rest)
        return _this_year_or_last(month, day, rest, now)
    if found := _PLAIN_DAY.search(text):
        return _at(int(found[1]), int(found[3]), int(found[4]), text[found.end() :])
    if found := _SHORT_DAY.search(text):
        return _this_year_or_last(int(found[1]), int(found[2]), text[found.end() :], now)
    if (found := _CLOCK.match(text)) and found.end() == len(text):  # 12:30 alone is today
        today = now.astimezone(LOCAL)
        return _at(today.year, today.month, today.day, text)
    return None


def _this_year_or_last(month: int, day: int, rest: str, now: datetime) -> datetime:
    year = now.astimezone(LOCAL).year
    found = _at(year, month, day, rest)
    return found if found <= now + AHEAD else _at(year - 1, month, day, rest)


def _at(year: int, month: int, day: int, rest: str) -> datetime:
    """That day at the clock time that opens ``rest``; midnight where it names none."""
    base = datetime(year, month, day, tzinfo=LOCAL)
    clock = _CLOCK.search(rest[:40])
    if not clock:
        return base
    half, hour, minute = clock[1] or clock[6] or "", int(clock[2]), int(clock[3] or 0)
    half = half.lower().replace(".", "")
    if clock[5]:
        minute = 30
    if hour < _BEFORE.get(half, 0):
        hour += 12
    elif half in ("am", "凌晨") and hour == 12:
        hour = 0
    if hour > 24 or minute > 59:
        return base
    base += timedelta(hours=hour, minutes=minute, seconds=int(clock[4] or 0))
    zone = _ZONE.match(rest[:40][clock.end() :].lstrip())
    if zone:
        offset = timedelta(hours=int(zone[3] or 0), minutes=int(zone[4] or 0))
        return base.replace(tzinfo=UTC) - (-offset if zone[2] == "-" else offset)
    return base


def _zoned(found: datetime) -> datetime:
    return found if found.tzinfo else found.replace(tzinfo=LOCAL)


def _count(text: str) -> float:
    if text == "半":
        return 0.5
    if text in ("几", "数"):
        return 3
    return _whole(text)


def _whole(text: str) -> int:
    """A whole number below a thousand, in digits or Chinese: 26, 二十六, 十, 一百二十."""
    if text.isdigit() and text.isascii():
        return int(text)
    total = digit = 0
    for char in text:
        if char in "十百":
            total += max(digit, 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit


def _year(text: str) -> int:
    return (
        int(text)
        if text.isdigit() and text.isascii()
        else int("".join(str(_DIGITS[c]) for c in text))
    )
