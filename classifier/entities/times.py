"""Times named in a text, worked out against the day of the post where words are relative."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from classifier.text.phrases import Found, Phrases
from models.china_time import in_china, weekday

_CN = "零〇一二两三四五六七八九十"
_N = rf"(?:\d{{1,2}}|[{_CN}]{{1,3}})"
_PART = "凌晨|清晨|早晨|早上|今早|上午|中午|午后|下午|傍晚|晚上|夜里|深夜|半夜|晚间|夜间|晚|早"
_CLOCK = rf"(?:(?:{_PART})?\s*(?:大约|约)?{_N}(?:点|时)(?:{_N}分|半|许|多|左右)?|(?:{_PART})?\s*\d{{1,2}}[:：]\d{{2}})"
_DATE = rf"(?:(?:民[国國]\d{{1,3}}|\d{{4}}|(?<!\d)\d{{2,3}}|[{_CN}]{{4}}|[去前今明后次翌当])年{_N}月{_N}[日号]|(?<!\d){_N}月{_N}[日号]|\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?!\d))"
_RELATIVE = "大前天|前天|昨天|昨日|今天|今日|明天|明日|大后天|后天|昨晚|昨夜|今晚|今夜|今早|今晨|明早|明晚|前晚"
_WEEKDAY = "(?:上上个?|上个?|下个?|本|这个?)?(?:周|星期|礼拜)[一二三四五六日天]"
_AGO = (
    rf"(?<![\d{_CN}])(?:\d{{1,3}}|[{_CN}]{{1,3}}|半)个?(?:天|周|星期|礼拜|月|年|小时|分钟)[以之]?前"
)
# days of the moon's calendar: found, and not worked out
_MONTH = "[正一二三四五六七八九十冬腊]"
_LUNAR = (
    rf"(?:大年|农历闰?{_MONTH}{{1,2}}月|正月|冬月|腊月)"
    "(?:初[一二三四五六七八九十]|廿[一二三四五六七八九]?|[二三]?十[一二三四五六七八九]?)|除夕"
)
_TIME = re.compile(
    rf"(?:{_DATE}|{_RELATIVE}|{_WEEKDAY}|{_LUNAR})(?:\s*(?:{_CLOCK}|{_PART}))?|{_AGO}"
    rf"|(?:{_PART})\s*(?:大约|约)?\d{{1,2}}[:：]\d{{2}}(?!\d)"
    rf"|(?:{_PART})\s*(?:大约|约)?{_N}(?:点|时)(?!间|候|钟头|代)(?:{_N}分|半|许|多|左右)?|(?<![\d:]){_N}点(?:{_N}分|半|钟|许|左右)"
)
_FULL = re.compile(rf"(\d{{4}}|[{_CN}]{{4}})(?:年|[-/.])({_N})(?:月|[-/.])({_N})").match
_OF_YEAR = re.compile(rf"([去前今明后])年({_N})月({_N})[日号]").match
_OF_WEEK = re.compile("(上上|上|下|本|这)?个?(?:周|星期|礼拜)([一二三四五六日天])").match
_COUNT = "[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]"  # not 十二三
_BEFORE = re.compile(rf"(\d{{1,3}}|{_COUNT})个?(天|周|星期|礼拜|小时|分钟)[以之]?前").match
_UNITS = {
    "天": 1440,
    "周": 10080,
    "星期": 10080,
    "礼拜": 10080,
    "小时": 60,
    "分钟": 1,
}  # in minutes
_REPUBLIC = re.compile(rf"民[国國](\d{{1,3}})年({_N})月({_N})").match  # 民國1年 is 1912
_SHORT = re.compile(rf"({_N})月({_N})[日号]").match
PHRASES: Phrases = Phrases({"time": _TIME})
_SHIFT = {"大前": -3, "大后": 3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2}


@dataclass(frozen=True)
class Time:
    """A time as written; ``day`` is an ISO date in Beijing time, or "" when it cannot be told."""

    text: str
    day: str
    start: int
    end: int


def times_in(
    text: str, published_at: datetime | None = None, seen: Found | None = None
) -> list[Time]:
    """Times in order of appearance.

    A date without a year takes the year that puts it nearest before (at most 30 days after) the
    post; without ``published_at`` relative words stay unresolved. ``seen``: what a search for these
    ``PHRASES`` found in the text, where the caller has made it already.

    >>> [t.text for t in times_in("昨天下午3点，1月26日晚上")]
    ['昨天下午3点', '1月26日晚上']
    """
    found = (PHRASES.look(text) if seen is None else seen).all("time")
    told = found and published_at and 1 < published_at.year < 9999  # else no day could be counted
    base = in_china(published_at) if told and published_at else None
    return [Time(m.group(), _day(m.group(), base), *m.span()) for m in found]


def _day(words: str, base: datetime | None) -> str:
    full = _FULL(words)
    if full:
        return _iso(*map(_number, full.groups()))
    if republic := _REPUBLIC(words):
        return _iso(1911 + int(republic[1]), _number(republic[2]), _number(republic[3]))
    if base is None:
        return ""
    if named := _OF_YEAR(words):
        year = base.year - {"今": 0, "去": 1, "前": 2, "明": -1, "后": -2}[named[1]]
        return _iso(year, _number(named[2]), _number(named[3]))
    if of_week := _OF_WEEK(words):
        number = "一二三四五六日".index(of_week[2].replace("天", "日"))
        return weekday(of_week[1] or "", number, base.date()).isoformat()
    if before := _BEFORE(words):
        past = timedelta(minutes=_number(before[1]) * _UNITS[before[2]])
        since = base.replace(tzinfo=None) - datetime.min  # a post of the year 2, too
        return (base - past).date().isoformat() if past < since else ""
    short = _SHORT(words)
    if short:
        month, day = _number(short[1]), _number(short[2])
        this_year = _iso(base.year, month, day)
        late = (base + timedelta(days=30)).date().isoformat()
        return this_year if this_year and this_year <= late else _iso(base.year - 1, month, day)
    for word, shift in _SHIFT.items():
        if words.startswith(word):
            return (base + timedelta(days=shift)).date().isoformat()
    return ""


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    digits = {character: i for i, character in enumerate("零一二三四五六七八九")} | {
        "〇": 0,
        "两": 2,
    }
    if "十" in word:
        tens, _, ones = word.partition("十")
        return (digits.get(tens, 1) if tens else 1) * 10 + (digits.get(ones, 0) if ones else 0)
    return int("".join(str(digits[character]) for character in word))


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""  # 13月40日
