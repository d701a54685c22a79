"""Licence plates as people write them: found once, by one function, for officers and for the mask.

What is a plate here is masked on every way out, and what is masked is named to the officers of the
case. What the grammar makes of it is said in ``classifier.entities.plates``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from models.personal.separators import (
    DIGIT,
    DIGITS,
    DOUBTFUL,
    LETTER,
    LETTERS,
    UNSEEN,
    characters,
    gap,
    plain,
)
from models.text import replaced

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_OLD = dict(zip("滬遼雲魯蘇贛陝貴粵寧瓊閩晉", "沪辽云鲁苏赣陕贵粤宁琼闽晋", strict=True))
_PROVINCE = f"[{PROVINCES}{''.join(_OLD)}]"
_REST = "(?:江|南|州|肃|肅|西|海|疆|林|龙江|龍江|东|東|夏|古)"  # 浙江B…, of a name written out
_STARS = "*＊×●█■"
GAP = gap(re.escape(_STARS))
_SIGN = f"[{characters(LETTERS)}{characters(DIGITS)}{re.escape(_STARS)}]"
TAILS = {
    "挂": "挂", "掛": "挂", "学": "学", "學": "学", "警": "警", "港": "港", "澳": "澳", "领": "领",
    "領": "领", "使": "使", "试": "试", "試": "试", "超": "超", "临": "临", "臨": "临",
}  # fmt: skip
_TAIL = (
    rf"[{UNSEEN}]*+[ ·・.\-—]?[{UNSEEN}]*+(?P<open>[（(])?"  # 浙X1234（应急）
    rf"(?P<tail>[{''.join(TAILS)}](?![\u4e00-\u9fff]*?校)|[应應]急)(?(open)[)）])"
)


# province, letter, four to six signs; 临 may stand before them
def _civil_with(between: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<province>{_PROVINCE}){_REST}?{GAP}(?P<office>{LETTER}){between}(?P<before>[临臨]?){between}"
        rf"(?P<serial>{_SIGN}(?:{between}{_SIGN}){{3,7}}+)"
    )


_CLOSE = gap(re.escape(_STARS) + DOUBTFUL)  # where a doubtful sign is a digit
CIVIL, _CIVIL_CLOSE = _civil_with(GAP), _civil_with(_CLOSE)
# one sign of a serial, and what parts it from the next: that may hold letters of its own (⟨U+200B⟩, dot)
_ONE, _ONE_CLOSE = (re.compile(f"(?P<sign>{_SIGN}){between}") for between in (GAP, _CLOSE))
# a civilian plate in a text that is in one spelling already
PLATE = re.compile(
    rf"[{PROVINCES}][ \t]?[A-Za-zＡ-Ｚａ-ｚ][ \t]?[·•．.\-— ]?[ \t]?"
    r"[0-9０-９A-Za-zＡ-Ｚａ-ｚ*＊×]{4,6}[挂学警港澳领使试超]?(?![0-9０-９A-Za-zＡ-Ｚａ-ｚ*＊×])"
)
_FOUR = re.compile(rf"{DIGIT}(?:{GAP}{DIGIT}){{3}}")
_ENDS = "(?![0-9A-Za-z０-９Ａ-Ｚａ-ｚ])"
_SIX, _FIVE = rf"{DIGIT}(?:{GAP}{DIGIT}){{5}}", rf"{DIGIT}(?:{GAP}{DIGIT}){{4}}"


def _as(letter: str) -> str:
    return f"[{characters(c for c, meant in LETTERS.items() if meant == letter)}]"


_WORD = "军車车牌照警队隊"
_SERVICES = f"[{characters(c for c, meant in LETTERS.items() if meant in 'BCEGHJLNSZ')}]"
_STAFF = f"[{characters(c for c, meant in LETTERS.items() if meant in 'VK')}]"
# (kind, what a text with one must hold, the pattern): asked only where the word stands
_OTHERS: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = (
    ("embassy", re.compile("使"), re.compile(rf"(?<![大公领即])使{GAP}(?P<serial>{_SIX}){_ENDS}")),
    (
        "embassy",
        re.compile("使"),
        re.compile(rf"(?<!{DIGIT})(?P<serial>{_SIX}){GAP}使(?![用得者命馆館节劲我他她你人其之至])"),
    ),
    (
        "police",
        re.compile(rf"{_as('W')}{GAP}{_as('J')}|武警"),
        re.compile(
            rf"(?<![A-Za-z])(?P<head>{_as('W')}{GAP}{_as('J')}|武警){GAP}"
            rf"(?P<serial>(?:{_PROVINCE}|{DIGIT}{GAP}{DIGIT}){GAP}{_SIGN}(?:{GAP}{_SIGN}){{3,4}}){_ENDS}"
        ),
    ),
    (
        "aviation",
        re.compile("民航"),
        re.compile(rf"(?P<head>民航){GAP}(?P<office>{LETTER}){GAP}(?P<serial>{_SIGN}(?:{GAP}{_SIGN}){{3,4}}){_ENDS}"),
    ),
    (
        "rescue",
        re.compile("[应應]急"),
        re.compile(rf"(?P<head>[应應]急){GAP}(?P<office>{LETTER}){GAP}(?P<serial>{DIGIT}(?:{GAP}{DIGIT}){{3,4}}){_ENDS}"),
    ),
    (
        "military",
        re.compile(f"[军空海北沈兰蘭济濟南广廣成]{GAP}{LETTER}"),
        re.compile(rf"(?P<head>[军空海北沈兰蘭济濟南广廣成]){GAP}(?P<office>{LETTER}){GAP}(?P<serial>{_FIVE}){_ENDS}"),
    ),
    (
        "military",
        re.compile(f"[{_WORD}]"),
        re.compile(rf"(?<![A-Za-z0-9/])(?P<head>{_SERVICES}){GAP}(?P<office>{LETTER}){GAP}(?P<serial>{_FIVE}){_ENDS}"),
    ),
    (
        "military",
        re.compile(f"{_STAFF}{GAP}{LETTER}"),
        re.compile(rf"(?<![A-Za-z0-9/])(?P<head>{_STAFF}){GAP}(?P<office>{LETTER}){GAP}(?P<serial>{_FIVE}){_ENDS}"),
    ),
)  # fmt: skip
_ENERGY = re.compile(r"[A-HJK][A-HJ-NP-Z0-9]\d{4}|\d{5}[A-HJK]")
_NEAR = 24  # characters round a number that may say it is a plate


@dataclass(frozen=True)
class Plate:
    """One plate: ``kind`` is civil, embassy, police, aviation, rescue or military. ``value`` is how it
    is written in one spelling (浙BL1234), ``masked`` how it leaves the desk."""

    kind: str
    start: int
    end: int
    province: str
    office: str
    body: str
    tail: str
    value: str
    masked: str


def find(text: str, begun: Iterable[re.Match[str]] | None = None) -> list[Plate]:
    """The plates of a text, in order, none overlapping. ``begun``: the matches of ``CIVIL``, where the
    caller has looked for them already.

    >>> [plate.value for plate in find("浙B·L12･34 和 粵Z１２３４港、使014578")]
    ['浙BL1234', '粤Z1234港', '使014578']
    """
    found = [p for m in (CIVIL.finditer(text) if begun is None else begun) if (p := _civil(m))]
    if any(sign in text for sign in DOUBTFUL):
        found += [p for m in _CIVIL_CLOSE.finditer(text) if (p := _civil(m, _ONE_CLOSE))]
    for kind, word, pattern in _OTHERS if _FOUR.search(text) else ():
        if word.search(text):
            found += [p for m in pattern.finditer(text) if (p := _other(kind, word, m))]
    if len(found) < 2:
        return found
    out: list[Plate] = []
    for plate in sorted(found, key=lambda p: (p.start, -p.end)):
        if not out or plate.start >= out[-1].end:
            out.append(plate)
    return out


def _civil(match: re.Match[str], one: re.Pattern[str] = _ONE) -> Plate | None:
    text, (first, last) = match.string, match.span("serial")
    signs = [s.span("sign") for s in one.finditer(text, first, last)]
    ends = [n + 1 for n, (_, b) in enumerate(signs) if n + 1 == len(signs) or signs[n + 1][0] > b]
    if ends[-1] == len(signs) and one.match(text, last):
        ends.pop()  # it goes on: no end there
    whole = "".join(_sign(text[a]) for a, _ in signs)
    length = _length(ends, whole)
    if not length:
        return None
    body, end = whole[:length], signs[length - 1][1]
    office = LETTERS[match["office"]]
    tail = _TAILED.match(text, end) if length in (4, 5) else None
    if tail and length == 5 and TAILS.get(tail["tail"]) in ("学", "超", "使", "试", "领", "警"):
        tail = None  # 浙B12345，学生：five signs need none
    if not re.search(r"\d|\*|X{3,}", body):
        return None  # 新A股大涨, 京Apple: no plate has letters only
    if (
        ends[0] < length
        and whole[: ends[0]].isalpha()
        and _ASCII_LETTERS.match(text, match.start("office"))
    ):
        return None  # 新SUV 2024款
    said = "" if tail is None else TAILS.get(tail["tail"], "应急")
    if not said and re.fullmatch(r"(?:19|20)\d\d", body):
        return None  # 川A2012 is a year beside a letter more often than a plate cut short
    province = _OLD.get(match["province"], match["province"])
    head = body[0] if body[0].isalpha() else ""
    before = "临" if match["before"] else ""
    return Plate(
        "civil", match.start(), tail.end() if tail else end, province, office, body, said,
        f"{province}{office}{before}{body}{said}",
        f"{match['province']}{office}{before}{head}****{said}",
    )  # fmt: skip


_TAILED = re.compile(_TAIL)
_ASCII_LETTERS = re.compile("[A-Za-z]{2}")


def _sign(character: str) -> str:
    return DIGITS.get(character) or LETTERS.get(character) or "*"


def _length(ends: list[int], whole: str) -> int:
    """How many signs are the plate's: they end where a group of them ends."""
    if ends and ends[0] > 6:
        return 0
    for length in (5, 6, 4):
        if length in ends and not (length == 5 and 6 in ends and _ENERGY.fullmatch(whole[:6])):
            return length if length != 6 or 4 not in ends or _ENERGY.fullmatch(whole[:6]) else 4
    return 0


def _other(kind: str, word: re.Pattern[str], match: re.Match[str]) -> Plate | None:
    groups = match.groupdict()
    body = plain(groups["serial"])
    if kind == "military" and _WORD in word.pattern:
        near = match.string[max(0, match.start() - _NEAR) : match.end() + _NEAR]
        if not word.search(near):
            return None  # GB12345 is a standard
    if kind == "embassy":
        behind = match.string[match.end() - 1] == "使"
        value, masked = (f"{body}使", "******使") if behind else (f"使{body}", "使******")
        return Plate(kind, *match.span(), "", "", body, "使", value, masked)
    if not any(c.isdigit() for c in body):
        return None
    head = plain(groups["head"]) or groups["head"].replace("應", "应")
    office = LETTERS.get(groups.get("office") or "", "")
    province = next(
        (_OLD.get(c, c) for c in groups["serial"][:1] if c in PROVINCES or c in _OLD), ""
    )
    return Plate(
        kind, *match.span(), province, office, body, "", f"{head}{province}{office}{body}", f"{head}{office}****"
    )  # fmt: skip


def masked(text: str) -> str:
    """The text with its plates masked.

    >>> masked("浙B·L12･34的车")
    '浙BL****的车'
    """
    return replaced(text, ((plate.start, plate.end, plate.masked) for plate in find(text)))
