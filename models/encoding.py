"""Bytes from outside -> text that was read right, or a refusal. The only place where that is decided.

Strictly valid UTF-8 wins before any label, and a byte-order mark before that. What is left could be
GB18030, Big5, UTF-16 or what its label says. GB18030 reads nearly anything without an error, so an
error decides nothing: each reading is weighed by what its characters cost, as bits of surprise under
the characters that Chinese is written with (``han.txt``, made from jieba's dictionary and OpenCC).
Private-use, unassigned and control characters cost most. The cheapest reading is taken where it is
plausible in itself and cheaper by ``MARGIN`` than all others; a label is worth ``LABEL`` of them. Else
nobody can tell, and the bytes are refused. ``docs/inputs.md`` says from which length texts are told.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from models.errors import InputError

SAMPLE = 64 * 1024  # bytes from the first that is no ASCII: what is weighed
MARGIN = 12.0  # bits by which a reading must beat the others: an error in 4,000 close ones
LABEL = 6.0  # bits that a label is worth
WHOLE = 10.0  # bits that it is worth to be UTF-8 without a fault
MOST, FEW = 12.0, 4.0  # bits that a character outside ASCII may cost, and a whole text beyond that
BROKEN = 0.02  # share of the characters outside ASCII that may be broken or nothing
NOTHING = 32.0  # bits of what stands in no text: private, unassigned, control, broken
BEGIN = 8.0  # bits for the first letter of another alphabet
_LETTERS = {
    "LATIN": 7.0, "GREEK": 7.0, "CYRILLIC": 6.0, "HEBREW": 7.0, "ARABIC": 7.0, "THAI": 8.0,
    "HIRAGANA": 8.0, "KATAKANA": 9.0, "HANGUL": 13.0, "BOPOMOFO": 12.0,
}  # fmt: skip
_MARKS_USED = frozenset("，。、！？：；“”‘’（）《》〈〉…—·【】「」『』\u3000～％￥")
_JOINERS = "\u200b\u200c\u200d\ufe0f\ufeff"
SHORT = 4  # characters from which words hidden in ASCII are no accident
SOUND = 1  # whole characters of UTF-8 to a broken one, from which it is UTF-8
UNREADABLE = "看不出是什么编码的文字"
MEND = "存成 UTF-8 再给（表格软件：另存为“CSV UTF-8”）"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GUESSED = ("utf-8", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
# read only where a label says so; without one they are what a short text could be as well
_RIVALS = ("cp949", "cp932", "euc_jp", "cp1251", "koi8-r", "cp1252")
_LABELLED = frozenset(
    (*_GUESSED, *_RIVALS, "utf-32-le", "utf-32-be", "iso8859-2", "iso8859-15", "cp1250", "hz")
)
# the superset is what servers that say the smaller name really send
_MEANT = {
    "gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "cp950": "big5hkscs",
    "iso8859-1": "cp1252", "euc_kr": "cp949", "shift_jis": "cp932",
    "utf-16": "utf-16-le", "utf-32": "utf-32-le",
}  # fmt: skip
_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.I)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})[\"']", re.I)
_FAR = re.compile("[\u0800-\U0010ffff]")
_ODD = re.compile(r"[^\x00-\x7f]")
_HIGH = re.compile(rb"[\x80-\xff]")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_WITHIN = re.compile("(?<=[A-Za-z])[\u0370-\u06ff]|[\u0370-\u06ff](?=[A-Za-z])")
_SHIFTED = re.compile(rb"~\{(?:[!-}][!-~]){2,}~\}")  # HZ: GB2312 within ASCII
_SEVEN = re.compile(rb"\+[A-Za-z0-9+/]{5,}")  # UTF-7: base64 within ASCII
_ESCAPES = re.compile(rb"\x1b[$(]")  # ISO 2022


@dataclass(frozen=True)
class Reading:
    """``broken`` characters of ``text`` are U+FFFD, because their bytes are none of ``codec``."""

    text: str
    codec: str
    broken: int = 0


def decode(body: bytes, content_type: str = "") -> Reading:
    """The text of ``body``, without its byte-order mark. ``content_type``: the header as it was sent.

    Raises ``InputError`` where nobody can tell how it is encoded.
    """
    name, mark = codec_of(body, content_type)
    body = body[len(mark) :]
    try:
        return Reading(body.decode(name), name)
    except UnicodeDecodeError:
        text = body.decode(name, "replace")
    broken = text.count("\ufffd")
    odd = sum(1 for _ in _ODD.finditer(text))
    if not mark and broken > 1 + odd * BROKEN and (name != "utf-8" or odd < broken * (SOUND + 1)):
        raise InputError(UNREADABLE, mend=MEND)
    return Reading(text, name, broken)


def codec_of(body: bytes, content_type: str = "") -> tuple[str, bytes]:
    """The codec that ``body`` (or what begins a longer one) is read with, and its byte-order mark.

    Raises ``InputError`` where nobody can tell.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return name, mark
    labels = {_label(_HEADER, content_type), _label(_DECLARED, body[:1024])} & _LABELLED
    high = _HIGH.search(body)
    if high is None and not _CONTROL.search(body):
        return _seven(body, labels), b""
    if high is not None and _is_utf8(body):
        return "utf-8", b""
    # what stands before is ASCII; UTF-16 goes in twos
    start = max(0, high.start() - 256 - high.start() % 2) if high else 0
    sample = body[start:]
    return _cheapest(sample[:SAMPLE], len(sample) <= SAMPLE, labels), b""


def _label(pattern: Any, text: str | bytes) -> str:
    """The codec that a declared name means; "" for none."""
    found = pattern.search(text)
    if not found:
        return ""
    name = found[1] if isinstance(found[1], str) else found[1].decode("ascii", "replace")
    try:
        name = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    return _MEANT.get(name, name)


def _seven(body: bytes, labels: Collection[str]) -> str:
    """Of bytes without a high one: ASCII, or an encoding that hides itself in it."""
    hidden = b"".join(found[0] + b"-" for found in _SEVEN.finditer(body)).decode("utf-7", "replace")
    odd = len(_ODD.findall(hidden))
    if _ESCAPES.search(body) or (odd >= SHORT and _plausible(hidden)):
        raise InputError(UNREADABLE, mend=MEND)
    if "hz" in labels:
        return "hz"
    shifted = b"".join(found[0] for found in _SHIFTED.finditer(body))
    return "hz" if shifted and _plausible(shifted.decode("hz", "replace")) else "utf-8"


def _is_utf8(body: bytes) -> bool:
    """Whether characters of three bytes and more stand in it whole, and few that are broken.

    GB18030 and Big5 hardly ever look so; pairs of them do look like UTF-8 of two bytes.
    """
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(body)
    broken = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
    far = sum(1 for _ in _FAR.finditer(text)) - broken
    if broken:  # UTF-16 looks so where it looks like UTF-8 at all
        broken += len(_CONTROL.findall(body))
    return "\0" not in text and far > 0 and far >= SOUND * broken


def _cheapest(sample: bytes, whole: bool, labels: Collection[str]) -> str:
    """The codec whose reading costs least, where it is plausible and no other comes near."""
    readings: dict[str, tuple[float, str]] = {}  # what reads the same is no other
    for name in dict.fromkeys((*_GUESSED, *sorted(labels), *_RIVALS)):
        text = codecs.getincrementaldecoder(name)("replace").decode(sample, whole)
        cost = _cost(text) - LABEL * (name in labels)
        if name == "utf-8" and "\ufffd" not in text:
            cost -= WHOLE
        readings[text] = min(readings.get(text, (cost, name)), (cost, name))
    (text, (cost, name)), (_, (near, _)) = sorted(readings.items(), key=lambda each: each[1])[:2]
    known = name in _GUESSED or name in labels
    if not known or near - cost < MARGIN or not _plausible(text):
        raise InputError(UNREADABLE, mend=MEND)
    return name


def _plausible(text: str) -> bool:
    odd = [each for each in text if not each.isascii()]
    nothing = sum(_bits(each) >= NOTHING for each in odd) + text.count("\0")
    # control characters are the same in every reading: a post may hold some, a file of nothing but rubbish many
    controls = sum(_bits(each) >= NOTHING for each in text if each.isascii())
    cost = _cost("".join(odd))
    return (
        nothing <= 1 + len(odd) * BROKEN
        and controls <= SHORT + len(text) * BROKEN
        and cost <= len(odd) * MOST + FEW
    )


def _cost(text: str) -> float:
    """Bits of surprise: letters of one alphabet come together, so the first of them costs more."""
    counts = Counter(text)
    begun = {_alphabet(each) for each in counts} - {""}
    return sum(_bits(each) * count for each, count in counts.items()) + BEGIN * (
        len(begun) + sum(1 for _ in _WITHIN.finditer(text))
    )


@cache
def _bits(each: str) -> float:
    at = ord(each)
    if at < 0x80:
        return 6.0 if at >= 0x20 or each in "\t\r\n" else NOTHING
    if (known := _han().get(each)) is not None:
        return known
    kind = unicodedata.category(each)
    if kind[0] == "C" and each not in _JOINERS or each == "\ufffd":
        return NOTHING
    if (alphabet := _alphabet(each)) in _LETTERS:
        return _LETTERS[alphabet] + (2.0 if kind == "Lu" else 0.0)
    if "\u4e00" <= each <= "\u9fff":
        return 20.0
    if kind == "Lo":
        return 23.0
    return 8.0 if each in _MARKS_USED else 11.0 if "\uff01" <= each <= "\uff5e" else 14.0


def _alphabet(each: str) -> str:
    """The first word of the character's name, where it is an alphabet's; "" elsewhere."""
    if each.isascii() or not each.isalpha():
        return ""
    first = unicodedata.name(each, "").partition(" ")[0]
    return first if first in _LETTERS else ""


@cache
def _han() -> dict[str, float]:
    lines = (resources.files("models") / "han.txt").read_text("utf-8").splitlines()
    return {each: float(bits) for bits, found in map(str.split, lines) for each in found}
