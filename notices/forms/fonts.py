"""The font of the notice image: by path from its wheel, so that every machine draws the same.

Typst draws a box for a glyph it has not got, and says nothing. A notice with a box in it must not
go out, so the characters the font covers are read from its ``cmap`` table.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from functools import cache
from pathlib import Path

import noto_cjk_sans_otc

FILE = Path(str(noto_cjk_sans_otc.FONT_PATH))
_INDEX = 2  # of the SC face in the collection
_UNSEEN = {"\u2060", "\u00a0", "\u200b", "\n"}  # laid out, never drawn


def missing(text: str) -> list[str]:
    """The characters of ``text`` that the font cannot draw, each once, in order."""
    starts, ends = _coverage()
    return [
        character
        for character in dict.fromkeys(text)
        if character not in _UNSEEN
        and ord(character) > ends[bisect_right(starts, ord(character)) - 1]
    ]


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
