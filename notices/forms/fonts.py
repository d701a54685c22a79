"""The font of the notice image: by path from its wheel, so that every machine draws the same.

Typst draws a box for a glyph it has not got, and says nothing. A notice with a box in it must not
go out, so the characters the font covers are read from its ``cmap`` table.
"""

from __future__ import annotations

import struct
import unicodedata
from bisect import bisect_right
from functools import cache
from pathlib import Path

import noto_cjk_sans_otc

FILE = Path(str(noto_cjk_sans_otc.FONT_PATH))
_INDEX = 2  # of the SC face in the collection
# laid out, never drawn: a joiner, a place to break, the hint how to draw an emoji, the one to join two
_UNSEEN = frozenset("\u2060\u00a0\u200b\n\ufe0e\ufe0f\u200d")
MISSING = "〓"  # the printer's mark for a character that is not in the case
_LIKE = str.maketrans("⟨⟩", "〈〉")


def missing(text: str) -> list[str]:
    """The characters of ``text`` that the font cannot draw, each once, in order."""
    starts, ends = _coverage()
    return [
        character
        for character in dict.fromkeys(text)
        if character not in _UNSEEN
        and ord(character) > ends[bisect_right(starts, ord(character)) - 1]
    ]


def drawable(text: str) -> str:
    """The text with nothing in it that the font cannot draw: what the machine writes by itself.

    A character is drawn as the one it stands for (𝟏 as 1), signs and emoji go, a letter that the font
    has not got becomes 〓. Where nothing is left, that is 〓 too.

    >>> drawable("⚠\ufe0f快看😀⟨𝟏号⟩"), drawable("😀")
    ('⚠\ufe0f快看〈1号〉', '〓')
    """
    text = unicodedata.normalize("NFC", text)
    lacking = missing(text)
    if not lacking:
        return text
    left = text.translate({ord(each): _instead(each) for each in lacking})
    return left if left.strip() or not text.strip() else MISSING


def _instead(character: str) -> str:
    meant = unicodedata.normalize("NFKC", character.translate(_LIKE))
    if meant and not missing(meant):
        return meant
    return MISSING if unicodedata.category(character)[0] in "LN" else ""


@cache
def _coverage() -> tuple[list[int], list[int]]:
    """Starts and ends of the covered ranges (cmap format 12), sorted."""
    with FILE.open("rb") as file:

        def at(offset: int, layout: str) -> tuple[int, ...]:
            file.seek(offset)
            return struct.unpack(layout, file.read(struct.calcsize(layout)))

        (face,) = at(12 + 4 * _INDEX, ">I")
        (tables,) = at(face + 4, ">H")
        cmap = 0
        for n in range(tables):
            tag, _, offset, _ = at(face + 12 + 16 * n, ">4sIII")
            if tag == b"cmap":
                cmap = offset
        (subtables,) = at(cmap + 2, ">H")
        for n in range(subtables):
            platform, encoding, offset = at(cmap + 4 + 8 * n, ">HHI")
            (form,) = at(cmap + offset, ">H")
            if (platform, encoding, form) == (3, 10, 12):
                (groups,) = at(cmap + offset + 12, ">I")
                flat = at(cmap + offset + 16, f">{3 * groups}I")
                return [-1, *flat[0::3]], [-1, *flat[1::3]]
    raise ValueError(f"{FILE.name}: no cmap of format 12")
