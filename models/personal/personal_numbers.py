"""Phone, identity and card numbers in a text, however they are spelt.

Digits that only separators part (``models.personal.separators``) are one run. A number is looked for at the
places where somebody could begin or end to read: where a group of digits begins or ends, or where
one way of writing digits gives way to another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from models.personal.digit_runs import LATIN, Run, runs_in, writing
from models.personal.separators import DIGIT, DIGITS, INVISIBLE, gap

_CHECK = re.compile(rf"{gap('×✕✖')}[XxＸｘ×ΧХхχⅩⅹ✕✖Ⓧⓧ𝐗𝐱](?![0-9A-Za-z０-９Ａ-Ｚａ-ｚ])")

_MOBILE = re.compile(r"1[3-9]\d{9}")
_ABROAD = re.compile(r"(?:852[2-9]\d{7}|853[268]\d{7}|886\d{9,10}|1[2-9]\d{9}|(?:44|61|65|7|81|82|33|49|84|66|60|62|63|91)\d{8,11})")  # fmt: skip
_LANDLINE = re.compile(r"(?:010|02[0-57-9])[2-9]\d{7}|0[3-9]\d\d[2-9]\d{6,7}")
_AREA = re.compile(r"010|02\d|0\d{3}")
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_IDENTITY = re.compile(rf"[1-9]\d{{5}}(?:18|19|20)\d\d{_DAY}\d{{4}}")
_OLD_IDENTITY = re.compile(rf"[1-6]\d{{5}}[2-9]\d{_DAY}\d{{3}}")
_CARD = re.compile(r"62\d{14,17}|4\d{15}|5[1-5]\d{14}")
_PROVINCE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91")
_PREFIXES = ("0086", "+86", "086", "86", "0")

# a day, a time of day, a decimal between two others: no part of a phone number
_DAY_IN = re.compile(rf"(?<!{DIGIT})(?:19|20)\d\d\s?[-/.年]\s?(?:0?[1-9]|1[0-2])(?!\d)")
_HOUR_IN = re.compile(r"(?<!\d)[0-2]?\d[:：][0-5]\d(?!\d)")
_LISTED = re.compile(r"\s*[,，、;；/|]?\s*")
_UNIT = re.compile(r"\s*(?:[万亿元%％℃°]|(?:人|例|名|吨|公斤|公里|米|度|股|点|分|票|次)(?!\w?号))")
_USUAL = {(3, 4, 4), (3, 8), (7, 4), (4, 4, 3)}  # how phones are grouped, in a table as well
# an address of a machine, whose digits may be eleven
_MACHINE = re.compile(
    r"(?:192[.．]168|172[.．](?:1[6-9]|2\d|3[01])|10[.．]\d{1,3})(?:[.．]\d{1,3}){2}(?!\d)"
)
_MACHINE_NEAR = re.compile(r"(?i)\bip|服务器|端口|网关|路由")
_CALL = re.compile(r"(?i)(?:tel|phone|call|fax|dial|dianhua)$")
# what is said before a number of the same town, and what is counted rather than dialled
_DIALLED = re.compile(r"(?i)(?:电话|電話|座机|座機|固话|固話|传真|傳真|\btel|\bphone|\bfax)(?:号码|號碼|号|號)?[\s:：是为為（(.]{0,3}$")  # fmt: skip
_COUNTED = re.compile(rf"{_UNIT.pattern}|\s*(?:户|件|个|個|条|條|部|台|通|分钟|小时)")
_LOCAL = re.compile(r"(?!(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d)[2-8]\d{6,7}")
_LINE_BEGINS = re.compile(r"(?:^|[\s\n（(、，。；])\d{1,2}$")


@dataclass(frozen=True)
class Number:
    """One number: ``kind`` is phone, landline, identity or card; ``head`` what a mask leaves."""

    kind: str
    start: int
    end: int
    head: str = ""


def find(text: str) -> list[Number]:
    """The personal numbers of a text, in order, none overlapping.

    >>> [number.kind for number in find("打 138・0013・8000，身份证330102199003077758")]
    ['phone', 'identity']
    """
    found: list[Number] = []
    for run in runs_in(text):
        found += _of_run(run)
    return _merged(found) if len(found) > 1 else found


def _of_run(run: Run) -> Iterator[Number]:
    digits = run.digits
    for first in sorted(run.starts):
        rest = digits[first : first + 26]
        if _IDENTITY.match(rest) and _fits(run, first, first + 18, firm=True):
            yield _number(run, "identity", first, first + 18)
        elif len(rest) >= 17 and _IDENTITY.match(rest[:17] + "0") and first + 17 in run.ends:
            after = _CHECK.match(run.text, run.spans[first + 16][1])
            if after and _fits(run, first, first + 17, firm=True):
                yield Number("identity", run.spans[first][0], after.end())
        if _OLD_IDENTITY.match(rest) and _fits(run, first, first + 15):
            yield _number(run, "identity", first, first + 15)
        if found := _CARD.match(rest):
            for length in range(16, found.end() + 1):
                if _luhn(rest[:length]) and _fits(run, first, first + length):
                    yield _number(run, "card", first, first + length)
        yield from _phones(run, first, rest)


def _phones(run: Run, first: int, rest: str) -> Iterator[Number]:
    for prefix in ("", *_PREFIXES):
        at = first + len(prefix)
        if not (rest.startswith(prefix) and _MOBILE.match(run.digits, at)):
            continue
        if _fits(run, at, at + 11, first) and (prefix != "0" or _zero_fits(run, first, at)):
            yield _number(run, "phone", first, at + 11, head=at)
            return
    if rest[0] == "0" and (found := _LANDLINE.match(rest)):
        for length in range(found.end(), 9, -1):
            if _LANDLINE.fullmatch(rest[:length]) and _landline_fits(run, first, first + length):
                yield _number(run, "landline", first, first + length)
                return
    start = run.spans[first][0]
    if _LOCAL.match(rest) and _DIALLED.search(run.text[max(0, start - 10) : start]):
        for end in (first + 8, first + 7):
            if _fits(run, first, end) and not _COUNTED.match(run.text, run.spans[end - 1][1]):
                yield Number("landline", start, run.spans[end - 1][1], "****")
                return
    abroad = 2 if rest.startswith("00") and not _fraction(run, first) else 0
    called = abroad or (start and run.text[start - 1] in "+＋﹢➕")
    found = _ABROAD.match(rest, abroad) if called else None
    for length in range(found.end() if found else 0, abroad + 8, -1):
        if _ABROAD.fullmatch(rest[:length], abroad) and _fits(run, first, first + length):
            yield _number(run, "phone", first, first + length, head=first)
            return


def _number(run: Run, kind: str, first: int, end: int, head: int = -1) -> Number:
    hidden = INVISIBLE.match(run.text, run.spans[end - 1][1])
    span = run.spans[first][0], hidden.end() if hidden else run.spans[end - 1][1]
    if kind == "phone":
        left = "".join(run.text[a] for a, _ in run.spans[head : head + 3])
        return Number(kind, *span, f"{left}****")
    if kind == "landline":
        area = _AREA.match(run.digits, first)
        size = len(area[0]) if area else 3
        left = "".join(run.text[a] for a, _ in run.spans[first : first + size])
        closing = next((c for c in run.gaps[first + size - 1][:3] if c in ")）"), "")
        return Number(kind, *span, f"{left}{closing}-****")
    return Number(kind, *span)


def _fits(run: Run, first: int, end: int, before: int | None = None, *, firm: bool = False) -> bool:
    """Whether these digits stand as one number: they end where a group ends, and are no list,
    date or amount. ``firm``: their values alone say what they are."""
    if end not in run.ends:
        return False
    before = first if before is None else before
    alike = sum(run.text[a] not in DIGITS for a, _ in run.spans[first:end])
    if alike and (alike > 7 or (_word_ends(run, end) and not firm)):
        return False
    sizes, gaps = run.groups(first, end)
    if len(sizes) == 1:
        return True
    seen = [INVISIBLE.sub("", gap) for gap in gaps]
    if not any(seen):
        return True
    written = run.text[run.spans[first][0] : run.spans[end - 1][1]]
    marks = {gap for gap in seen if gap}
    hours = len(_HOUR_IN.findall(written)) if len(marks) > 1 else 0
    whole = before == 0 and end == len(run.digits) and not _UNIT.match(run.text, run.spans[-1][1])
    sure = whole or (firm and _PROVINCE.match(run.digits, first))
    if hours > 1 or (hours and not sure):
        return False
    if firm:
        return True
    if _DAY_IN.search(written) or _machine(run, first, end):
        return False
    if sizes[0] <= 3 and all(size == 3 for size in sizes[1:]) and marks <= {",", "，"}:
        return False  # 13,800,138,000
    if sizes[-1] <= 2 and seen[-1] == "." and set(sizes[1:-1]) == {3} and set(seen[:-1]) == {","}:
        return False  # 166,829,611.31
    if set(sizes) == {1}:
        return True
    # what goes on outside with the same mark is a table, a version, an address
    outside = [run.gaps[at] for at in (before - 1, end - 1) if 0 <= at < len(run.gaps)]
    if any(INVISIBLE.sub("", gap) in marks for gap in outside):
        return sizes in _USUAL or sum(size == 1 for size in sizes) > 5
    if not all(map(_LISTED.fullmatch, seen)):
        return True
    values, at = [], first
    for size in sizes:
        values.append(int(run.digits[at : at + size]))
        at += size
    counted = max(sizes) < 3 and all(
        a < b for a, b in pairwise(values)
    )  # 1, 3, 5, 7, 9, 11, 13, 15
    return not counted and not _UNIT.match(run.text, run.spans[end - 1][1])


def _machine(run: Run, first: int, end: int) -> bool:
    start = run.spans[first][0]
    found = _MACHINE.search(run.text, max(0, start - 12), run.spans[end - 1][1] + 8)
    if found and found.start() <= start < found.end():
        return True
    quad = re.match(r"\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", run.text[start:])
    return bool(quad and _MACHINE_NEAR.search(run.text[max(0, start - 10) : start]))


def _zero_fits(run: Run, first: int, at: int) -> bool:
    """A phone after a 0, as it was dialled once: 015472，349075 is none."""
    sizes, _ = run.groups(at, at + 11)
    return not _fraction(run, first) and (len(sizes) == 1 or sizes in _USUAL or set(sizes) == {1})


def _fraction(run: Run, first: int) -> bool:
    """Whether the digits from ``first`` on stand behind a decimal point, and no number of a list."""
    behind = first > 0 and run.gaps[first - 1] in (".", "．")
    return behind and not _LINE_BEGINS.search(run.text[: run.spans[first - 1][1]][-8:])


def _landline_fits(run: Run, first: int, end: int) -> bool:
    """A landline is written as one number, or its area stands apart."""
    sizes, gaps = run.groups(first, end)
    start = run.spans[first][0]
    if _fraction(run, first) or (
        len(sizes) == 1
        and LATIN.match(run.text[start - 1 : start])
        and not _CALL.search(run.text[max(0, start - 6) : start])
    ):
        return False
    area = _AREA.match(run.digits, first)
    if area and len(sizes) > 1 and sizes[0] != len(area[0]) and set(sizes) != {1} and any(gaps):
        kinds = {writing(run.text[a]) for a, _ in run.spans[first:end]}
        whole = sizes in ((8, 4), (7, 5), (7, 4), (8, 3))
        return (whole or kinds not in ({"digit"}, {"wide"})) and _fits(run, first, end)
    return _fits(run, first, end)


def _word_ends(run: Run, end: int) -> bool:
    at = run.spans[end - 1][1]
    return at < len(run.text) and bool(LATIN.match(run.text[at]))


def _luhn(digits: str) -> bool:
    values = [int(digit) for digit in reversed(digits)]
    doubled = [sum(divmod(2 * value, 10)) for value in values[1::2]]
    return (sum(values[::2]) + sum(doubled)) % 10 == 0


_TRUST = {"identity": 0, "card": 1, "phone": 2, "landline": 3}


def _merged(found: list[Number]) -> list[Number]:
    """In order; those that overlap become one, of the surest kind, over all their digits."""
    out: list[Number] = []
    for number in sorted(found, key=lambda n: (n.start, -n.end)):
        if out and number.start < out[-1].end:
            surer = min(out[-1], number, key=lambda n: _TRUST[n.kind])
            end = max(out[-1].end, number.end)
            out[-1] = Number(surer.kind, out[-1].start, end, surer.head)
        else:
            out.append(number)
    return out
