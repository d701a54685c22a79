"""Bytes -> text, whatever the feed claims about itself.

Chinese sites declare gb2312 and send GB18030, declare utf-8 and send GBK, or declare nothing. The
claims (byte-order mark, header, XML declaration) are tried first, then UTF-8, GB18030 and Big5;
where none fits, the one that fits best, with U+FFFD for what is broken.
"""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\0?\0", "utf-16-le"), (b"\0<\0?", "utf-16-be"), (b"{\0", "utf-16-le"))
# the superset is what servers that say the smaller name really send
_MEANT = {
    "gb2312": "gb18030", "gbk": "gb18030", "hz": "gb18030", "cp936": "gb18030",
    "big5": "big5hkscs", "iso8859-1": "cp1252", "ascii": "utf-8",
}  # fmt: skip
_TEXT_CODECS = frozenset(
    [
        "utf-8",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "utf-32-le",
        "utf-32-be",
        "gb18030",
        "big5hkscs",
        "cp950",
        "cp1252",
        "iso8859-2",
        "iso8859-15",
        "euc_jp",
        "shift_jis",
        "cp932",
        "iso2022_jp",
        "euc_kr",
        "cp949",
        "koi8-r",
        "cp1251",
        "cp1250",
    ]
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.I)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})[\"']", re.I)
TOLERATED = 0.02  # share of broken characters up to which a claimed encoding is believed


def decode(body: bytes, content_type: str = "") -> tuple[str, bool]:
    """The text of ``body``, and whether some of it had to be replaced by U+FFFD."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return _replaced(body[len(mark) :], name)
    for start, name in _UNMARKED:
        if body.startswith(start):
            return _replaced(body, name)
    claims = [_known(_HEADER.search(content_type)), _known(_DECLARED.search(body[:1024]))]
    candidates = [name for name in (*claims, "utf-8", "gb18030", "big5hkscs") if name]
    for name in candidates:
        try:
            return body.decode(name), False
        except UnicodeDecodeError:
            continue
    # a claim with a few broken characters beats an encoding that nobody named
    for name in [*dict.fromkeys(name for name in claims if name), "utf-8"]:
        text, _ = _replaced(body, name)
        if text.count("\ufffd") <= len(text) * TOLERATED:
            return text, True
    best = min(candidates, key=lambda name: _replaced(body, name)[0].count("\ufffd"))
    return _replaced(body, best)


def _known(found: re.Match[str] | re.Match[bytes] | None) -> str:
    """The codec that a declared name means; "" for none, or one that is not for text."""
    if not found:
        return ""
    name = found[1] if isinstance(found[1], str) else found[1].decode("ascii", "replace")
    try:
        name = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    name = _MEANT.get(name, name)
    return name if name in _TEXT_CODECS else ""


def _replaced(body: bytes, name: str) -> tuple[str, bool]:
    text = body.decode(name, "replace")
    return text, "\ufffd" in text
