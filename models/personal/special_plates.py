"""Plates that their own form tells: embassies and consulates, police, army, airports, rescue."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.personal.plate_signs import (
    ENDS,
    GAP,
    OLD,
    PROVINCE,
    PROVINCES,
    REST,
    SIGN,
    Plate,
    digits,
    letters,
)
from models.personal.separators import DIGIT, LETTER, LETTERS, plain

_WORD = "军車车牌照警队隊"
_SERVICES, _STAFF = letters("BCEGHJLNSZ"), letters("VK")
_STANDARD = re.compile(r"(?:\.\d{1,2})?\s?[-—–]\s?(?:19|20)\d\d(?!\d)")
_NEAR = 24  # characters round a number that may say it is a plate
_MISSION = {"embassy": "使", "consulate": "领"}
# (kind, what a text with one must hold, the pattern): asked only where the word stands
_KINDS: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = (
    ("embassy", re.compile("使"), re.compile(rf"(?<![大公领即])使{GAP}(?P<serial>{digits(6)}){ENDS}")),
    (
        "embassy",
        re.compile("使"),
        re.compile(rf"(?<!{DIGIT})(?P<serial>{digits(6)}){GAP}使(?![用得者命馆館节劲我他她你人其之至])"),
    ),
    (
        "consulate",
        re.compile("[领領]"),
        re.compile(
            rf"(?P<province>{PROVINCE}){REST}?{GAP}(?P<serial>{digits(6)}){GAP}[（(]?[领領][)）]?(?![取导導先到走养養证證])"
        ),
    ),
    (
        "police",
        re.compile(rf"{letters('W')}{GAP}{letters('J')}|武警"),
        re.compile(
            rf"(?<![A-Za-z])(?P<head>{letters('W')}{GAP}{letters('J')}|武警){GAP}"
            rf"(?P<serial>(?:{PROVINCE}|{DIGIT}{GAP}{DIGIT}){GAP}{SIGN}(?:{GAP}{SIGN}){{3,4}}){ENDS}"
        ),
    ),
    (
        "aviation",
        re.compile("民航"),
        re.compile(rf"(?P<head>民航){GAP}(?P<office>{LETTER}){GAP}(?P<serial>{SIGN}(?:{GAP}{SIGN}){{3,4}}){ENDS}"),
    ),
    (
        "rescue",
        re.compile("[应應]急"),
        re.compile(rf"(?P<head>[应應]急){GAP}(?P<office>{LETTER}){GAP}(?P<serial>{DIGIT}(?:{GAP}{DIGIT}){{3,4}}){ENDS}"),
    ),
    (
        "military",
        re.compile(f"[军空海北沈兰蘭济濟南广廣成]{GAP}{LETTER}"),
        re.compile(rf"(?P<head>[军空海北沈兰蘭济濟南广廣成]){GAP}(?P<office>{LETTER}){GAP}(?P<serial>{digits(5)}){ENDS}"),
    ),
    (
        "military",
        re.compile(f"[{_WORD}]"),
        re.compile(rf"(?<![A-Za-z0-9/])(?P<head>{_SERVICES}){GAP}(?P<office>{LETTER}){GAP}(?P<serial>{digits(5)}){ENDS}"),
    ),
    (
        "military",
        re.compile(f"{_STAFF}{GAP}{LETTER}"),
        re.compile(rf"(?<![A-Za-z0-9/])(?P<head>{_STAFF}){GAP}(?P<office>{LETTER}){GAP}(?P<serial>{digits(5)}){ENDS}"),
    ),
)  # fmt: skip


def find(text: str) -> Iterator[Plate]:
    """The special plates of a text that holds four digits, kind by kind; some may overlap."""
    for kind, word, pattern in _KINDS:
        if word.search(text):
            for match in pattern.finditer(text):
                if plate := _plate(kind, word, match):
                    yield plate


def _plate(kind: str, word: re.Pattern[str], match: re.Match[str]) -> Plate | None:
    groups = match.groupdict()
    body = plain(groups["serial"])
    if kind == "military" and _WORD in word.pattern:
        near = match.string[max(0, match.start() - _NEAR) : match.end() + _NEAR]
        if not word.search(near) or _STANDARD.match(match.string, match.end()):
            return None  # GB12345 is a standard, and GB 17761-2018 one of vehicles
    if tail := _MISSION.get(kind):
        written = groups.get("province") or ""
        province = OLD.get(written, written)
        ahead = match.string[match.start()] == tail
        value, masked = (tail + body, f"{tail}******") if ahead else (
            f"{province}{body}{tail}", f"{written}******{tail}")  # fmt: skip
        return Plate(kind, *match.span(), province, "", body, tail, value, masked)
    if not any(c.isdigit() for c in body):
        return None
    head = plain(groups["head"]) or groups["head"].replace("應", "应")
    office = LETTERS.get(groups.get("office") or "", "")
    province = next((OLD.get(c, c) for c in groups["serial"][:1] if c in PROVINCES or c in OLD), "")
    return Plate(
        kind, *match.span(), province, office, body, "", f"{head}{province}{office}{body}", f"{head}{office}****"
    )  # fmt: skip
