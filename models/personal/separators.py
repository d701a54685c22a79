"""What stands between the digits and letters of one number, and what a digit or a letter looks like.

One set for finding and for masking: whoever hides a number from a filter writes it with other dots,
dashes, blanks or invisible characters between, or with other digits. A separator is whatever Unicode
calls neither letter nor number (dashes, points, blanks, symbols, marks, emoji), and a few words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from models.text import HIDDEN

# also the marks that combine with a character, and the key cap of an emoji digit
UNSEEN = (
    f"{HIDDEN}\ufe0f\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a"
)
_LIKE_LETTERS = (
    "\u24b6-\u24e9\U0001f130-\U0001f149\U0001f150-\U0001f169\U0001f170-\U0001f189"  # 🄰 is a symbol
)
_LIKE_DOTS = "ㆍꞏᐧ᛫ーｰ丨丶ˑː"  # letters by Unicode, dots and dashes to a reader
_WORDS = (
    # as ``text.visible`` writes what is hidden; entities, escapes and tags of markup
    r"⟨U\+[0-9A-F]{4,6}⟩|&(?:[A-Za-z]{2,8}|\#[0-9]{2,6}|\#[Xx][0-9A-Fa-f]{2,6});"
    r"|%(?:20|2[DdEeFfCc]|[A-Fa-f][0-9A-Fa-f])|\\u[0-9a-fA-F]{4}|<[^<>\n]{1,60}>"
    "|[（(]?(?:空格|全角空格|半角空格|小数点|短横线?|横杠|横线|破折号|减号|下划线|间隔号|顿号|句号|逗号|[点點杠槓横橫减])[)）]?"
    "|(?<![A-Za-z])(?:dot|DOT|dash|DASH|space)(?![A-Za-z])"
)


def gap(but: str = "") -> str:
    """A pattern of what may part two characters of one number: at most five separators that a reader
    sees, and any number of those that none does. ``but``: characters that part nothing here."""
    visible = rf"(?:[^\w{UNSEEN}{_LIKE_LETTERS}{but}]|[_{_LIKE_DOTS}])"
    return rf"[{UNSEEN}]*+(?:(?:{_WORDS}|{visible})[{UNSEEN}]*+){{0,5}}+"


# signs that part digits for one writer and are a digit for another: 138○0013○8000, 138○○138○○○
DOUBTFUL = "○◯⭕"
GAP = gap()
CLOSE_GAP = gap(DOUBTFUL)  # where a doubtful sign is a digit
INVISIBLE = re.compile(rf"[{UNSEEN}]*")

HAN_DIGITS = dict(
    zip(
        "零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两兩貳參陸弌弍弎洞拐勾",
        "000123456789112345678922236123079",
        strict=True,
    )
)
_ALIKE = dict(zip("OоοОΟoІӀⅠⅰⅼ◯⭕", "0000001111100", strict=True))
_LETTERS_ALIKE = dict(
    zip(
        "АВЕЅІЈКМНОРСТУХавеѕіјкмнорстухΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβεικνορτυχ",
        "ABESIJKMHOPCTYXABESIJKMHOPCTYXABEZHIKMNOPTYXABEIKVOPTYX",
        strict=True,
    )
)


def _digits() -> dict[str, str]:
    """Every character that Unicode reads as one digit, whatever its script or ornament."""
    found = dict(HAN_DIGITS)
    blocks = ((0x30, 0x2E00), (0x3021, 0x302A), (0xA620, 0xAC00), (0xFF10, 0xFF1A), (0x104A0, 0x104AA),
              (0x1D7CE, 0x1D800), (0x1F100, 0x1F10B), (0x1FBF0, 0x1FBFA))  # fmt: skip
    for first, end in blocks:
        for point in range(first, end):
            value = unicodedata.digit(chr(point), None)
            if value is None and 0x3021 <= point < 0x302A:
                value = point - 0x3020
            if value is not None:
                found[chr(point)] = str(value)
    for nine in range(1, 10):  # ㈠ and ㊀
        found[chr(0x321F + nine)] = found[chr(0x327F + nine)] = str(nine)
    return found


def _letters() -> dict[str, str]:
    """Every character that reads as one letter A to Z."""
    found = dict(_LETTERS_ALIKE)
    blocks = ((0x41, 0x7B), (0x24B6, 0x24EA), (0x2100, 0x2140), (0xFF21, 0xFF5B), (0x1D400, 0x1D6A4), (0x1F130, 0x1F14A))  # fmt: skip
    for first, end in blocks:
        for point in range(first, end):
            plain = unicodedata.normalize("NFKC", chr(point)).upper()
            if len(plain) == 1 and "A" <= plain <= "Z":
                found[chr(point)] = plain
    for first in (0x1F150, 0x1F170):  # 🅐 and 🅰, which Unicode folds to nothing
        found |= {chr(first + n): chr(65 + n) for n in range(26)}
    return found


DIGITS = _digits()
LETTERS = _letters()
# O and l between digits are meant as 0 and 1, full-width and ornate ones too
_ALIKE |= {c: "0" if unicodedata.normalize("NFKC", c) in "Oo" else "1"
           for c in LETTERS if unicodedata.normalize("NFKC", c) in "OoIl"}  # fmt: skip
ALIKE = DIGITS | _ALIKE


def characters(found: Iterable[str]) -> str:
    """The inside of a character class of these characters, as ranges.

    >>> characters("abcx-")
    '\\\\-a-cx'
    """
    points, out = sorted({ord(character) for character in found}), []
    while points:
        first = last = points[0]
        while points and points[0] <= last + 1:
            last = points.pop(0)
        out.append(re.escape(chr(first)) + (f"-{re.escape(chr(last))}" if last > first + 1 else ""))
        if last == first + 1:
            out.append(re.escape(chr(last)))
    return "".join(out)


_WORD = re.compile(_WORDS)
DIGIT = f"[{characters(DIGITS)}]"
LETTER = f"[{characters(LETTERS)}]"


def plain(text: str) -> str:
    """Digits and letters as ASCII; what is neither is left out, and words that only part them.

    >>> plain("１③8・〇Ａа"), plain("1⟨U+200B⟩2 dot 3")
    ('1380AA', '123')
    """
    return "".join(DIGITS.get(c) or LETTERS.get(c, "") for c in _WORD.sub("", text))
