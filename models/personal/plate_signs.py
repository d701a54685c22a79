"""The signs of licence plates, and what a plate is: shared by all ways of finding one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.personal.separators import DIGIT, DIGITS, LETTERS, characters, gap

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
OLD = dict(zip("滬遼雲魯蘇贛陝貴粵寧瓊閩晉", "沪辽云鲁苏赣陕贵粤宁琼闽晋", strict=True))
PROVINCE = f"[{PROVINCES}{''.join(OLD)}]"
REST = "(?:江|南|州|肃|肅|西|海|疆|林|龙江|龍江|东|東|夏|古)"  # 浙江B…, of a name written out
STARS = "*＊×●█■"
GAP = gap(re.escape(STARS))
SIGN = f"[{characters(LETTERS)}{characters(DIGITS)}{re.escape(STARS)}]"
ENDS = "(?![0-9A-Za-z０-９Ａ-Ｚａ-ｚ])"
# what is counted, dialled or dated, and so no plate: 浙B12345、50000元
COUNTED = (
    r"(?!\s{0,3}(?:[万千百亿元人例名个個辆輛台户件次级米吨度岁年月日时時分秒楼层室块副张枚套%％℃‰]|号(?![车車牌])|公里|公斤|平方"
    r"|[^\s，。；、]{0,4}(?:热线|熱線|电话|電話|客服|举报|投诉)))"
)


def letters(meant: str) -> str:
    """A class of every sign that reads as one of these letters."""
    return f"[{characters(sign for sign, letter in LETTERS.items() if letter in meant)}]"


def digits(count: int) -> str:
    """A pattern of so many digits, whatever parts them."""
    return rf"{DIGIT}(?:{GAP}{DIGIT}){{{count - 1}}}"


@dataclass(frozen=True)
class Plate:
    """One plate: ``kind`` is civil, or one of ``special_plates``. ``value`` is how it is written in one
    spelling (浙BL1234), ``masked`` how it leaves the desk."""

    kind: str
    start: int
    end: int
    province: str
    office: str
    body: str
    tail: str
    value: str
    masked: str
