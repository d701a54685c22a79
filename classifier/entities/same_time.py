"""One spelling for all ways of writing a time: 周三 is 星期三, 晚8点 is 20时.

What may mean two hours (晚上12点, 8点 alone) keeps its own words.
"""

from __future__ import annotations

import re

from classifier.entities import numerals
from classifier.text.spelling import normalise

_NUMBER = re.compile(rf"(?<!周)(?![0-9])(?:{numerals.NUMBER})")  # 周三十点 is ten o'clock
_SPELLINGS = (
    (re.compile("星期|礼拜"), "周"),
    (re.compile("周天"), "周日"),
    (re.compile("(上上|上|下)个周"), r"\1周"),
    (re.compile("(?:本|这个|这)周"), "本周"),
    (re.compile("号"), "日"),
    (re.compile("([昨今明前后])(?:日|天|(?=[晚夜早晨]))"), r"\1天"),
    (re.compile("半夜"), "夜"),
)
_PART = "凌晨|清晨|早晨|早上|上午|中午|午后|下午|傍晚|晚上|晚间|夜里|夜间|深夜|夜晚|晚|早|晨|夜"
_CLOCK = re.compile(
    rf"(?P<part>{_PART})?(?:大约|约)?(?P<hour>\d{{1,2}})(?:[点时](?:(?P<minute>\d{{1,2}})分?|(?P<half>半)|(?P<about>许|多|左右)|钟)?"
    r"|[:：](?P<minutes>\d{2}))"
)
_NIGHT, _NOON, _MORNING = (
    "晚夜",
    ("下午", "午后", "傍晚"),
    ("凌晨", "清晨", "早晨", "早上", "上午", "早", "晨"),
)
# 20时, 20:00: hours that nobody doubts, though no word says which half of the day
ALONE = re.compile(
    r"(?<![\d:：.．/月日号年-])(?<![工学课小上午晨晚夜早间里后傍约])(?:1[3-9]|2[0-3]|[01]?\d)(?:[时時](?![间間候代刻常段尚隔期速差])(?:\d{1,2}分|半|许|左右)?|[:：][0-5]\d(?![\d:：]))"
    r"|(?<![\d.．涨跌升降])(?<![涨跌升降]了)(?:1[3-9]|2[0-3])[点點](?:\d{1,2}分|半|钟|鐘|整|许|左右)?(?![\d.])"
)


def one_spelling(said: str) -> str:
    """A time in one spelling.

    >>> [one_spelling(said) for said in ("星期三晚上8点半", "周三20时30分", "礼拜三 晚8:30")]
    ['周三20:30', '周三20:30', '周三20:30']
    """
    said = "".join(normalise(said).split())
    for pattern, one in _SPELLINGS:
        said = pattern.sub(one, said)
    said = _NUMBER.sub(lambda number: numerals.read(number[0]) or number[0], said)
    return _CLOCK.sub(_clock, said)


def _clock(found: re.Match[str]) -> str:
    part, hour = found["part"] or "", int(found["hour"])
    minute = found["minute"] or found["minutes"] or ("30" if found["half"] else "0")
    about = "约" if found["about"] or "约" in found[0] else ""
    told = _told(part, hour)
    if told is None:
        return f"{about}{part[:1]}{hour}点{int(minute):02d}"
    return f"{about}{told:02d}:{int(minute):02d}"


def _told(part: str, hour: int) -> int | None:
    """The hour of the day; None where the words leave two."""
    if hour > 24 or hour == 24 or (hour == 12 and part != "中午"):
        return None
    if hour > 12 or part in _MORNING:
        return hour
    if part == "中午":
        return hour + 12 if hour < 3 else hour if hour > 9 else None
    if part in _NOON or (part[:1] in _NIGHT and part and hour > 5) or (part == "深夜" and hour > 5):
        return hour + 12
    return None


def alone(text: str) -> set[str]:
    """The hours that stand alone in a text, in one spelling.

    >>> sorted(alone("20时停水，8:05恢复，第3时段"))
    ['08:05', '20:00']
    """
    found = set()
    for match in ALONE.finditer(normalise(text)):
        told = _CLOCK.fullmatch(match[0].replace("時", "时").replace("點", "点").replace("整", ""))
        if told and (24 > int(told["hour"]) > 12 or "时" in match[0] or told["minutes"]):
            minute = told["minute"] or told["minutes"] or ("30" if told["half"] else "0")
            found.add(f"{int(told['hour']):02d}:{int(minute):02d}")
    return found
