"""Drafts compared: inside a sentence what was struck and what was written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_TOKEN = re.compile(r"[A-Za-z0-9*]+|.", re.S)
SHORT = 2  # an equal run shorter than this, between two changes, is shown as part of them


@dataclass(frozen=True)
class Piece:
    """A run of text: ``same``, ``del`` (only in the old draft) or ``ins`` (only in the new)."""

    kind: str
    text: str


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """``new`` with what changed since ``old``: characters, with numbers and letters kept whole.

    >>> [(p.kind, p.text) for p in pieces("车没有来过。", "车 21:07 来过。")]
    [('same', '车'), ('del', '没有'), ('ins', ' 21:07 '), ('same', '来过。')]
    """
    left, right = _TOKEN.findall(old), _TOKEN.findall(new)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    found: list[Piece] = []
    struck = written = ""
    codes = matcher.get_opcodes()
    for n, (code, a, b, c, d) in enumerate(codes):
        inside = 0 < n < len(codes) - 1
        if code == "equal" and not (inside and d - c < SHORT):
            found += _change(struck, written)
            struck = written = ""
            found.append(Piece("same", "".join(right[c:d])))
            continue
        struck += "".join(left[a:b])
        written += "".join(right[c:d])
    return (*found, *_change(struck, written))


def _change(struck: str, written: str) -> list[Piece]:
    return [Piece(kind, text) for kind, text in (("del", struck), ("ins", written)) if text]


def aligned(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of an old and a new sentence, in order; "" where one side has none.

    >>> aligned(["甲。", "乙。"], ["甲。", "新。", "乙。"])
    [('甲。', '甲。'), ('', '新。'), ('乙。', '乙。')]
    """
    pairs: list[tuple[str, str]] = []
    for code, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        left, right = list(old[a:b]), list(new[c:d])
        if code == "equal":
            pairs += list(zip(left, right, strict=True))
            continue
        width = max(len(left), len(right))
        left += [""] * (width - len(left))
        right += [""] * (width - len(right))
        pairs += list(zip(left, right, strict=True))
    return pairs
