"""In which words a text differs from another."""

from __future__ import annotations

from difflib import SequenceMatcher

from classifier.entities import find
from classifier.text.spelling import segment
from models import text as intake


def differing(base: str, other: str) -> list[tuple[str, bool]]:
    """``other`` in spans, each with whether it differs from ``base``; joined they give ``other``.

    >>> differing("车从武汉回来", "车从宁波回来")
    [('车从', False), ('宁波', True), ('回来', False)]
    """
    other = intake.clean(other)[:4000]
    left, right = _pieces(intake.clean(base)[:4000]), _pieces(other)
    spans: list[tuple[str, bool]] = []
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for code, _, _, start, end in matcher.get_opcodes():
        piece = "".join(right[start:end])
        if not piece:
            continue
        differs = code != "equal"
        if spans and spans[-1][1] == differs:
            piece = spans.pop()[0] + piece
        spans.append((piece, differs))
    return spans


def _pieces(text: str) -> list[str]:
    """Words and the white space between them, nothing lost; a plate or a place is one piece."""
    pieces, at = [], 0
    for start, end in [(e.start, e.end) for e in find.entities_in(text)]:
        pieces += [*_words(text[at:start]), text[start:end]]
        at = end
    return [*pieces, *_words(text[at:])]


def _words(text: str) -> list[str]:
    pieces, at = [], 0
    for word in segment(text):
        start = text.find(word, at)
        if start > at:
            pieces.append(text[at:start])
        pieces.append(word)
        at = start + len(word)
    return [*pieces, text[at:]] if at < len(text) else pieces
