"""Dates are spelled in many ways; here they are brought to one, and their numbers are read."""

from __future__ import annotations

import re
import unicodedata

_SPELLINGS = str.maketrans(
    "時點鐘鍾週禮號國後個兩來間曆臘閏華○Ｏ舊陰農發",
    "时点钟钟周礼号国后个两来间历腊闰华〇〇旧阴农发",
)
_DIGIT = {**{char: n for n, char in enumerate("〇一二三四五六七八九")}, "零": 0, "两": 2}
# 0 to 99: 六, 十, 二十六; after ``plain`` 廿六 is 二十六
SMALL = "(?:[一二三四五六七八九]?十[一二三四五六七八九]?|[〇零]?[〇零一二两三四五六七八九])"
NUMBER = rf"(?:\d{{1,2}}(?!\d)|{SMALL})"
# a year: 二〇二六, 一百零五, 一〇五
YEAR = "(?:[一二两]?百[〇零]?(?:[一二三四五六七八九]?十)?[一二三四五六七八九]?|[〇零一二三四五六七八九]{2,4})"


def plain(text: str) -> str:
    """The beginning of a text in half-width characters, the few simplified ones that dates are made
    of, and single spaces; at most 200 characters.

    >>> plain("民國１０５年 \\u3000５月廿三日")
    '民国105年 5月二十三日'
    """
    said = text[:200]
    if not said.isascii():
        said = unicodedata.normalize("NFKC", said).translate(_SPELLINGS)
        said = said.replace("廿", "二十").replace("卅", "三十")
    return " ".join(said.split())[:200]


def whole(number: str) -> int:
    """A number in digits or in Chinese, place by place or with 十 and 百.

    >>> [whole(number) for number in ("26", "二十六", "十", "一百零五", "一〇五", "二〇二六")]
    [26, 26, 10, 105, 105, 2026]
    """
    if number.isdigit() and number.isascii():
        return int(number)
    if not re.search("[十百]", number):
        return int("".join(str(_DIGIT[char]) for char in number))
    total = digit = 0
    for char in number:
        if char in "十百":
            total += max(digit, 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = _DIGIT[char]
    return total + digit
