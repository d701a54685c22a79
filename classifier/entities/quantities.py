"""Numbers with their units, and days, as two texts can be held against one another: 五百元, 12月5日."""

from __future__ import annotations

import re

from classifier.entities import numerals
from classifier.text.marks import PHONE
from classifier.text.spelling import HAN
from models.personal.plates import PLATE

_HAN = "[零〇一二两三四五六七八九十百千万亿]"
# of 4,5个 and 2013.7.14日 no part is a number of its unit
_NUMBER = re.compile(
    r"(?<![第\d])(?<!\d[.,])(?P<n>(?:\d{1,3}(?:,\d{3}){1,3}|\d{1,12}(?:\.\d{1,6})?)(?!\d)[百千万亿]{0,2}"
    rf"|{_HAN}{{1,8}})[多余来]?"
    rf"(?P<unit>个?(?:小时|钟头|月|星期|礼拜)|分钟|公里|[{HAN}%])"
)
_ALIKE = {"块": "元", "个小时": "小时", "个钟头": "小时", "钟头": "小时", "个星期": "周", "星期": "周", "个礼拜": "周", "礼拜": "周"}  # fmt: skip
_NO_UNIT = frozenset("月样定直起切些下般旦点共律面边")  # 一样, 一定; months are days
_NO_NUMBER = re.compile("[百千万亿]+").fullmatch  # 千万别
MEASURES = frozenset(["元", "分", "天", "年", "周", "小时", "分钟", "公里", "吨", "斤", "克", "升", "米", "层", "栋", "岁", "次", "级", "度", "%", "倍", "个月", "成", "夜"])  # fmt: skip
_PEOPLE = frozenset("名位个人例")
_DAY = re.compile(rf"(\d{{1,2}}|{_HAN}{{1,3}})月(?:(\d{{1,2}}|{_HAN}{{1,3}})[日号])?")
_WEEKDAY = re.compile("(?:周|星期|礼拜)([一二三四五六日天])")
_COMING = re.compile("大后|后(?=[天日])|明(?=[天日早晚])|今(?=[天日早晚夜晨])")


def numbers_in(text: str) -> dict[str, dict[str, str]]:
    """The numbers of a normalised text by their unit, each as digits and as it is written; 一个 and 一样 count nothing.

    >>> numbers_in("罚款五百元，扣6分，停三天")
    {'元': {'500': '五百元'}, '分': {'6': '6分'}, '天': {'3': '三天'}}
    """
    found: dict[str, dict[str, str]] = {}
    for m in _NUMBER.finditer(PLATE.sub(" ", PHONE.sub(" ", text))):
        if m["unit"] in _NO_UNIT or _NO_NUMBER(m["n"]) or m["n"] + m["unit"] == "一个":
            continue
        unit = "人" if m["unit"] in _PEOPLE else _ALIKE.get(m["unit"], m["unit"])
        if number := numerals.read(m["n"]):
            found.setdefault(unit, {}).setdefault(number, m[0])
    return found


def days_in(text: str) -> dict[str, dict[str, str]]:
    """Days by how they are named: of a month, of the week, or from today on (明天, not 昨天: who tells a
    story again the next day speaks of the same day).

    >>> days_in("1月26日，周三；明天")
    {'month': {'1': '1月26日'}, 'day': {'26': '1月26日'}, 'weekday': {'三': '周三'}, 'coming': {'明': '明'}}
    """
    found: dict[str, dict[str, str]] = {}
    for m in _DAY.finditer(text):
        found.setdefault("month", {}).setdefault(numerals.read(m[1]), m[0])
        if m[2]:
            found.setdefault("day", {}).setdefault(numerals.read(m[2]), m[0])
    for m in _WEEKDAY.finditer(text):
        found.setdefault("weekday", {}).setdefault(m[1].replace("天", "日"), m[0])
    for m in _COMING.finditer(text):
        found.setdefault("coming", {}).setdefault(m[0], m[0])
    return found
