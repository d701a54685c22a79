"""Dates as Chinese pages write them: the day, by whatever names it, then the time of day.

Every part of a text has to be understood: labels and counts of readers are put aside, and where then
a digit or a word of time is left beside the date, there is no date. Lunar days and eras of other
calendars are such words: 腊月二十三 is no time here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from crawler.dates import clock
from crawler.dates.days import (
    Doubt,
    full_year,
    latest,
    of_no_year,
    of_three,
    of_weekday,
    today,
)
from crawler.dates.words import NUMBER, SMALL, YEAR, whole

_WEEKDAYS = "一二三四五六日"
_WEEKDAY = r"(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])"
_OF_DATE = re.compile(rf"\s?[(（]?\s?{_WEEKDAY}\s?[)）]?")
_DATE = re.compile(
    rf"(?:(?P<republic>(?:中华)?民国)?\s?(?:公元|西元)?\s?(?P<year>(?<!\d)\d{{2,4}}|{YEAR})\s?年|(?P<named>去年|前年|今年|本年)的?)?"
    rf"\s?(?:(?P<month>(?<!\d){NUMBER})\s?月份?|(?P<which>本月|这个?月|上个?月))\s?(?P<day>{NUMBER})\s?[日号]"
)
_NUMBERS = re.compile(
    r"(?<![\d./-])(?:(?:中华)?民国\s?)?(\d{1,4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,4})(?![\d./-])"
)
_SHORT = re.compile(r"(?:^|(?<=\s))(\d{1,2})[-/](\d{1,2})(?=$|\s)")
_DAYS_BACK = {
    "今天": 0, "今日": 0, "今早": 0, "今晨": 0, "今晚": 0, "昨天": 1, "昨日": 1, "昨晚": 1, "昨夜": 1,
    "前天": 2, "前日": 2, "前晚": 2, "大前天": 3,
}  # fmt: skip
_HALF_OF = {
    "今早": "早上",
    "今晨": "早上",
    "今晚": "晚上",
    "昨晚": "晚上",
    "昨夜": "深夜",
    "前晚": "晚上",
}
_DAY_WORD = re.compile(r"(?<!大)(?:" + "|".join(_DAYS_BACK) + ")")
_OF_WEEK = re.compile(
    rf"(?<![上下每逢])(?<![上下每]个)(?P<which>上上个?|上个?|本|这个?|)\s?{_WEEKDAY}(?!\s?[至到、和及])"
)
_UNIT = "秒钟?|分钟?|刻钟|小时|钟头|天|日|周|星期|礼拜|月|年"
_PART = re.compile(
    rf"(?P<count>(?<![\d.])\d{{1,9}}(?:\.\d)?|[一二两]?百[〇零]?{SMALL}?|{SMALL}|半)\s?个?\s?(?P<half>半)?\s?"
    rf"(?P<unit>{_UNIT})(?P<more>半)?"
)
_AGO = re.compile(
    rf"(?:{re.sub('[?]P<[a-z]+>', '?:', _PART.pattern)}[零又和、, ]{{0,2}}){{1,4}}[之以]?前"
)
_PART_ENGLISH = re.compile(
    r"(?P<count>(?<![\d.])\d{1,6}(?:\.\d)?|(?<![a-z])(?:half\s)?an?(?=\s))\s?"
    r"(?P<unit>sec|min|hour|hr|h|day|d|week|w|month|year|yr)(?:ond|ute)?s?(?![a-z])",
    re.I,
)
_AGO_ENGLISH = re.compile(
    rf"(?<![a-z])(?:{re.sub('[?]P<[a-z]+>', '?:', _PART_ENGLISH.pattern)}(?:,|and|\s){{0,3}}){{1,4}}ago(?![a-z])",
    re.I,
)
_SECONDS = {
    "年": 31536000, "year": 31536000, "yr": 31536000, "月": 2592000, "month": 2592000,
    "周": 604800, "星期": 604800, "礼拜": 604800, "week": 604800, "w": 604800,
    "天": 86400, "日": 86400, "day": 86400, "d": 86400,
    "小时": 3600, "钟头": 3600, "hour": 3600, "hr": 3600, "h": 3600, "刻钟": 900,
    "分": 60, "分钟": 60, "min": 60, "秒": 1, "秒钟": 1, "sec": 1,
}  # fmt: skip
_JUST_NOW = re.compile(r"刚刚|刚才|方才|\bjust now\b", re.I)

# what stands beside a date and is none
_COUNTS = re.compile(
    r"(?:第\s?)?\d+(?:\.\d+)?[万亿kKwW+]?\s?(?:条|次|个)?(?:评论|回复|阅读|浏览|播放|转发|点赞|赞|次|人|条|楼|评)"
)
_ASIDE = re.compile(
    r"(?<!^)(?:来源|来自|作者|责任编辑|责编|编辑[:：]|记者|阅读|浏览|点击|评论|回复|转发|点赞|分享|收藏|举报|IP|via\b|from\b)"
)
_BREAK = re.compile(r"\s?[|·•・]\s?|(?=(?:最后)?(?:编辑|更新|修改|回复)(?:于|时间|:))")
_LATER = re.compile(r"(?:最后)?(?:编辑|更新|修改|回复)(?:于|时间|:)")
_LABEL = re.compile(
    r"(?:发布|发表|发帖|更新|编辑|修改|创建|提交|转载|北京|中国|台北|香港|上传)(?:时间|日期)"
)
_LEFT_OVER = re.compile(
    rf"\d|{SMALL}\s?个?(?:{_UNIT}|点|时|刻)|[半几数多][个]?(?:{_UNIT})|[上下]个?半?(?:周|月|年)"
    r"|(?:周|星期|礼拜)[一二三四五六日天末]|[昨明去后前今][天日晚夜年早晨]|大前|本[周月年]|每[年月周星礼]|[次翌当]年"
    r"|[农旧阴夏]历|腊|正月|冬月|闰|初[一二三四五六七八九十]|除夕|大年|元宵|令和|平成|昭和|民国|公元|佛历|回历|黄帝"
    r"|时间|\b(?:ago|last|next|tomorrow|yesterday|today|less|than|over|almost)\b",
    re.I,
)
# beside a time of day alone they name its day, which is not today's
_OTHER_DAY = re.compile(
    r"[次翌隔当同每]个?[天日晚早晨]|[春元宵灯阳秋明午七八]节|元旦|清明|端午|中秋|重阳|国庆|五一|圣诞|元宵"
    r"|\b(?:every|tonight|noon|midnight|morning|afternoon|evening|night|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?)\b",
    re.I,
)


def read(text: str, now: datetime) -> datetime | None:
    """The moment; None where the text names none. ``ValueError`` where it is in doubt."""
    text = re.sub(r"\byesterday\b(?: at\b)?", "昨天", text, flags=re.I)
    text = re.sub(r"\btoday\b(?: at\b)?", "今天", text, flags=re.I)
    text = _COUNTS.sub("", text)
    if aside := _ASIDE.search(text):
        text = text[: aside.start()]
    parts = [part for part in _BREAK.split(text) if part and part.strip()]
    # when it was changed is not when it was written; where nothing else is said, it is what is known
    parts = [part for part in parts if not _LATER.match(part)] or parts
    found = {moment for part in parts if (moment := _moment(part, now)) is not None}
    if len(found) > 1:
        raise Doubt("more than one time")
    return found.pop() if found else None


def _moment(text: str, now: datetime) -> datetime | None:
    ways: tuple[Callable[[str, datetime], tuple[datetime, str] | None], ...] = (
        _just_now, _ago, _dated, _numbered, _short, _day_word, _of_week, _clock_alone,
    )  # fmt: skip
    for way in ways:
        if found := way(text, now):
            moment, rest = found
            break
    else:
        moment, rest = None, text
    rest = _LABEL.sub("", rest)
    if _LEFT_OVER.search(rest) or clock.HALF_DAYS.search(rest):
        raise Doubt(f"not all of it is understood: {rest}")
    return moment


def _just_now(text: str, now: datetime) -> tuple[datetime, str] | None:
    found = _JUST_NOW.search(text)
    return (now, _without(text, found)) if found else None


def _ago(text: str, now: datetime) -> tuple[datetime, str] | None:
    for word, ago, part in (("前", _AGO, _PART), ("ago", _AGO_ENGLISH, _PART_ENGLISH)):
        if word in text.lower() and (found := ago.search(text)):
            sizes = [_size(each.groupdict()) for each in part.finditer(found[0])]
            units = [unit for _, unit in sizes]
            if units != sorted(set(units), reverse=True):
                raise Doubt("not from the greater to the smaller")
            return now - timedelta(seconds=sum(size for size, _ in sizes)), _without(text, found)
    return None


def _size(part: dict[str, str | None]) -> tuple[float, int]:
    """Seconds of one part, and those of its unit."""
    unit = _SECONDS[str(part["unit"]).lower()]
    said = str(part["count"]).lower()
    if said.startswith("half") or said == "半":
        count = 0.5
    elif said in ("a", "an"):
        count = 1.0
    else:
        count = float(said) if "." in said else whole(said)
    return (count + (0.5 if part.get("half") or part.get("more") else 0)) * unit, unit


def _dated(text: str, now: datetime) -> tuple[datetime, str] | None:
    found = _DATE.search(text) if "月" in text else None
    if not found:
        return None
    day = whole(found["day"])
    if found["which"]:
        if found["year"] or found["named"]:
            raise Doubt("a year and a month of this one")
        first = today(now).replace(day=1)
        if found["which"].startswith("上"):
            first = (first - timedelta(days=1)).replace(day=1)
        return _with_time([first.replace(day=day)], text, found, now)
    month = whole(found["month"])
    if found["named"]:
        back = {"去年": 1, "前年": 2}.get(found["named"], 0)
        return _with_time([date(today(now).year - back, month, day)], text, found, now)
    if found["year"]:
        said = whole(found["year"])
        digits = len(found["year"]) if "百" not in found["year"] else 3
        year = full_year(said, digits, now, republic=bool(found["republic"]))
        return _with_time([date(year, month, day)], text, found, now)
    weekday = _weekday(text)
    return _with_time(of_no_year(month, day, now, weekday), text, found, now)


def _numbered(text: str, now: datetime) -> tuple[datetime, str] | None:
    found = _NUMBERS.search(text)
    if not found:
        return None
    numbers = found[1], found[3], found[4]
    if "民国" in found[0]:
        year = full_year(int(found[1]), 0, now, republic=True)
        return _with_time([date(year, int(found[3]), int(found[4]))], text, found, now)
    return _with_time([of_three(numbers, now)], text, found, now)


def _short(text: str, now: datetime) -> tuple[datetime, str] | None:
    found = _SHORT.search(text)
    if not found:
        return None
    days = of_no_year(int(found[1]), int(found[2]), now, _weekday(text))
    return _with_time(days, text, found, now)


def _day_word(text: str, now: datetime) -> tuple[datetime, str] | None:
    found = _DAY_WORD.search(text)
    if not found:
        return None
    day = today(now) - timedelta(days=_DAYS_BACK[found[0]])
    return _with_time([day], text, found, now, _HALF_OF.get(found[0], ""))


def _of_week(text: str, now: datetime) -> tuple[datetime, str] | None:
    found = _OF_WEEK.search(text)
    if not found:
        return None
    which = found["which"].replace("个", "")
    day = of_weekday(which, _WEEKDAYS.index(found["weekday"].replace("天", "日")), now)
    return _with_time([day], text, found, now)


def _clock_alone(text: str, now: datetime) -> tuple[datetime, str] | None:
    found = clock.find(text)
    if not found:
        return None
    rest = f"{text[: found.start]} {text[found.end :]}"
    if other := _OTHER_DAY.search(rest):
        raise Doubt(f"on which {other[0]}")
    return found.on(today(now)), rest


def _weekday(text: str) -> int | None:
    found = _OF_DATE.search(text)
    return _WEEKDAYS.index(found["weekday"].replace("天", "日")) if found else None


def _with_time(
    days: list[date], text: str, found: re.Match[str], now: datetime, half: str = ""
) -> tuple[datetime, str]:
    """The newest of the days that fits, at the time of day that follows, and what was not read."""
    rest = re.sub(r"^T(?=\d)", " ", text[found.end() :])
    before = text[: found.start()]
    if not _OF_WEEK.fullmatch(found[0]):
        weekday = _weekday(f"{before} {rest}")
        days = [day for day in days if weekday is None or day.weekday() == weekday]
        before, rest = _OF_DATE.sub("", before, count=1), _OF_DATE.sub("", rest, count=1)
    at = clock.find(rest, half)
    if at is None and half:
        raise Doubt(f"when in the {half}")
    if at is None:
        return latest([clock.midnight(day) for day in days], now), f"{before} {rest}"
    return latest(
        [at.on(day) for day in days], now
    ), f"{before} {rest[: at.start]} {rest[at.end :]}"


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"
