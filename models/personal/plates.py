"""Licence plates as people write them: found once, by one function, for officers and for the mask.

What is a plate here is masked on every way out, and what is masked is named to the officers of the
case. What the grammar makes of it is said in ``classifier.entities.plates``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from models.personal import named_plates, special_plates
from models.personal.plate_signs import (
    COUNTED,
    ENDS,
    GAP,
    OLD,
    PROVINCE,
    PROVINCES,
    REST,
    SIGN,
    STARS,
    Plate,
    digits,
)
from models.personal.separators import DIGITS, DOUBTFUL, LETTER, LETTERS, UNSEEN, gap
from models.text import replaced

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
        rf"(?P<province>{PROVINCE}){REST}?{GAP}(?P<office>{LETTER}){between}(?P<before>[临臨]?){between}"
        rf"(?P<serial>{SIGN}(?:{between}{SIGN}){{3,7}}+)"
    )


_DOUBTED = gap(re.escape(STARS) + DOUBTFUL)  # where a doubtful sign is a digit
CIVIL, _CIVIL_CLOSE = _civil_with(GAP), _civil_with(_DOUBTED)
# one sign of a serial, and what parts it from the next: that may hold letters of its own (⟨U+200B⟩, dot)
_ONE, _ONE_CLOSE = (re.compile(f"(?P<sign>{SIGN}){between}") for between in (GAP, _DOUBTED))
# a civilian plate in a text that is in one spelling already
PLATE = re.compile(
    rf"[{PROVINCES}][ \t]?[A-Za-zＡ-Ｚａ-ｚ][ \t]?[·•．.\-— ]?[ \t]?"
    r"[0-9０-９A-Za-zＡ-Ｚａ-ｚ*＊×]{4,6}[挂学警港澳领使试超]?(?![0-9０-９A-Za-zＡ-Ｚａ-ｚ*＊×])"
)
_THREE, _FOUR = re.compile(digits(3)), re.compile(digits(4))
_ENERGY = re.compile(r"[A-HJK][A-HJ-NP-Z0-9]\d{4}|\d{5}[A-HJK]")


def find(text: str, begun: Iterable[re.Match[str]] | None = None) -> list[Plate]:
    """The plates of a text, in order, none overlapping. ``begun``: the matches of ``CIVIL``, where the
    caller has looked for them already.

    >>> [plate.value for plate in find("浙B·L12･34 和 粵Z１２３４港、使014578")]
    ['浙BL1234', '粤Z1234港', '使014578']
    """
    found = [p for m in (CIVIL.finditer(text) if begun is None else begun) if (p := _civil(m))]
    if any(sign in text for sign in DOUBTFUL):
        found += [p for m in _CIVIL_CLOSE.finditer(text) if (p := _civil(m, _ONE_CLOSE))]
    found += [p for first in found for p in _listed(text, first)]
    if _THREE.search(text):
        if _FOUR.search(text):
            found += special_plates.find(text)
        found += named_plates.find(text)
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
    # what follows a mask of ours is no part of it: 浙B****、2人受伤
    length = ends[0] if ends and _MASK.fullmatch(whole[: ends[0]]) else _length(ends, whole)
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
    if not said and _YEAR.fullmatch(body):
        return None  # 川A2012 is a year beside a letter more often than a plate cut short
    province = OLD.get(match["province"], match["province"])
    head = body[0] if body[0].isalpha() else ""
    before = "临" if match["before"] else ""
    return Plate(
        "civil", match.start(), tail.end() if tail else end, province, office, body, said,
        f"{province}{office}{before}{body}{said}",
        f"{match['province']}{office}{before}{head}****{said}",
    )  # fmt: skip


# 浙B12345、12346 and 浙BL1234／BL1235：what follows a plate in a list leaves its province out
_CLOSE = rf"[{UNSEEN}]*+[ ·・.\-—]?[{UNSEEN}]*+"
_NEXT = re.compile(
    rf"(?:[\s{UNSEEN}]*+(?:[、，,/／;；+＋&＆和与與及或跟]|以及|还有|還有|或者)|[\s{UNSEEN}]++)[\s{UNSEEN}]*+"
    rf"(?P<serial>{SIGN}(?:{_CLOSE}{SIGN}){{3,6}}){ENDS}{COUNTED}"
)


def _listed(text: str, first: Plate) -> Iterator[Plate]:
    """The plates that go on where a civil one ends, without its province."""
    at = first.end
    while following := _NEXT.match(text, at):
        signs = "".join(_sign(sign) for sign in following["serial"] if _SIGNS.match(sign))
        own = len(signs) == 7 or (len(signs) == 6 and not _ENERGY.fullmatch(signs))
        office, body = (signs[0], signs[1:]) if own else (first.office, signs)
        tail = _TAILED.match(text, following.end()) if len(body) == 4 else None
        if not (office.isalpha() and sum(map(str.isdigit, body)) > 2):
            return
        if len(body) == 4 and (len(first.body) != 4 or (not tail and _YEAR.fullmatch(body))):
            return
        said = TAILS.get(tail["tail"], "应急") if tail else ""
        at = tail.end() if tail else following.end()
        kept = (office if own else "") + (body[0] if body[0].isalpha() else "")
        yield Plate(
            "civil", following.start("serial"), at, first.province, office, body, said,
            f"{first.province}{office}{body}{said}", f"{kept}****{said}",
        )  # fmt: skip


_MASK = re.compile(r"[A-Z]?\*{4}")
_SIGNS = re.compile(SIGN)
_YEAR = re.compile(r"(?:19|20)\d\d")
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


def masked(text: str) -> str:
    """The text with its plates masked.

    >>> masked("浙B·L12･34的车")
    '浙BL****的车'
    """
    return replaced(text, ((plate.start, plate.end, plate.masked) for plate in find(text)))
