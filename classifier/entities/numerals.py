"""Numbers as people write them, digits and Chinese numerals mixed: 12, 十二, 1.2万, 5万3千, 三四十.

``NUMBER`` finds one, ``read`` says what it is. Two that are spelt otherwise read alike.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_OTHERS = str.maketrans(
    "兩幾萬億壹贰貳叁參肆伍陆陸柒捌玖拾佰仟〇两", "二几万亿一二二三三四五六六七八九十百千零二"
) | {ord("廿"): "二十", ord("卅"): "三十"}
_HAN = "廿卅零〇一二两兩三四五六七八九壹贰貳叁參肆伍陆陸柒捌玖"
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_UNIT = "[十百千万亿拾佰仟萬億]"
# of bounded length: a post of 20,000 times 一 took half a minute
NUMBER = (
    rf"(?:(?:\d{{1,3}}(?:[,，]\d{{3}}){{1,4}}|\d{{1,12}}(?:[.．]\d{{1,6}})?)(?!\d)"
    rf"(?:[wW](?![A-Za-z0-9])|{_UNIT}{{1,2}}(?:\d{{1,4}}{_UNIT}{{0,2}}){{0,4}})?"
    rf"|[{_HAN}十百千万亿拾佰仟萬億]{{1,20}}|(?:好?[几幾]|[数數]){_UNIT}{{1,2}})"
)
_PIECE = re.compile(r"\d+(?:\.\d+)?|.")
# 三四十: thirty or forty. Those two digits only, one after the other, and 三五, 三两 as people say
_PAIR = re.compile(r"(一二|二三|三四|四五|五六|六七|七八|八九|三五|三二)(?=[十百千万亿]|$)")
_PLACES = re.compile("[零一二三四五六七八九]{2,}")  # 一二〇: digit by digit


def plain(word: str) -> str:
    """A number in one spelling: half-width, simplified, no commas between thousands.

    >>> plain("１，２３４"), plain("兩萬")
    ('1234', '二万')
    """
    half = unicodedata.normalize("NFKC", word).translate(_OTHERS)
    return re.sub(r"(?<=\d),(?=\d{3})", "", half).replace("w", "万").replace("W", "万")


def read(word: str) -> str:
    """What a match of ``NUMBER`` says: digits, ``low-high`` where it says two; "" where it says none.

    >>> [read(word) for word in ("十二", "5万3千", "1.2万", "三百五", "三四十", "几十")]
    ['12', '53000', '12000', '350', '30-40', '']
    """
    word = plain(word)
    if word[0] in "好数數几":
        return ""
    pair = _PAIR.search(word)
    if pair and not (_PLACES.fullmatch(word) and len(word) > 2):
        ends = (word[: pair.start()] + digit + word[pair.end() :] for digit in pair[1])
        low, high = sorted(map(_exact, ends))
        return f"{written(low)}-{written(high)}"
    return written(_exact(word))


def span(low: str, high: str) -> str:
    """What is said by two numbers of a range; the unit of the second holds for both: 3至5万.

    >>> span("3", "5"), span("3", "5万"), span("9", "3")
    ('3-5', '30000-50000', '3')
    """
    low, high = plain(low), plain(high)
    shared = re.search(r"[百千万亿]+$", high)
    if shared and not re.search("[十百千万亿]", low):
        low += shared[0]
    first, last = read(low), read(high)
    if first.isdigit() and last.isdigit() and int(first) < int(last):
        return f"{first}-{last}"
    return last


def written(number: Decimal) -> str:
    """A number without the noughts and the exponent that say nothing."""
    return str(int(number)) if number == number.to_integral_value() else f"{number.normalize():f}"


def _exact(word: str) -> Decimal:
    if _PLACES.fullmatch(word):
        return Decimal("".join(str("零一二三四五六七八九".index(each)) for each in word))
    total = section = Decimal(0)
    number: Decimal | None = None
    last, most, nought = 1, 1, False
    for piece in _PIECE.findall(word):
        unit = _UNITS.get(piece)
        if piece == "零":
            nought = True
        elif unit is None:
            number = Decimal(piece if piece[0].isdigit() else "零一二三四五六七八九".index(piece))
        elif unit < 10**4:
            section, number = section + (1 if number is None else number) * unit, None
            last, nought = unit, False
        else:
            section += number or 0
            if unit > most:
                total, most = (total + section or Decimal(1)) * unit, unit
            else:
                total += (section or 1) * unit
            section, number, last, nought = Decimal(0), None, unit, False
    if number is not None:  # 三百五 is 350, 三百零五 is 305, 十五 is 15
        section += number * last / 10 if last > 10 and number < 10 and not nought else number
    return total + section
