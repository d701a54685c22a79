"""Drafts compared: inside a sentence what was struck and what was written, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from classifier.text import segment


@dataclass(frozen=True)
class Piece:
    """A run of text: ``same``, ``del`` (only in the old draft) or ``ins`` (only in the new)."""

    kind: str
    text: str


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """``new`` with what changed since ``old``.

    >>> [(p.kind, p.text) for p in pieces("没有来过我县", "没有进过我县")][:3]
    [('same', '没有'), ('del', '来'), ('ins', '进')]
    """
    if old == new:
        return (Piece("same", new),) if new else ()
    left, right = words(old), words(new)
    found: list[Piece] = []
    for code, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if code == "equal":
            found.append(Piece("same", "".join(right[c:d])))
            continue
        found += [
            Piece(kind, text)
            for kind, text in (("del", "".join(left[a:b])), ("ins", "".join(right[c:d])))
            if text
        ]
    return tuple(found)


def words(text: str) -> list[str]:
    """The text in words; in characters where the segmenter would lose any."""
    found = segment(text)
    return found if "".join(found) == text else list(text)


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
