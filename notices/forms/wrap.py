"""Breaking a headline by sense, and the runs of text that must not be broken at all."""

from __future__ import annotations

import unicodedata
from itertools import combinations, pairwise

import rjieba

from notices.words import ENTITY

JOINER = "\u2060"  # word joiner: no break here, nothing to see
BREAK = "\u200b"  # a line may end here, and nothing is seen of it
LONGEST = 16
_CLOSING = set("，。、；：！？）》」』”’")
_NEVER_FIRST = set("，。、；：！？）》」』”’…·～-—%％的了着过吗呢吧啊们")
_NEVER_LAST = set("（《「『“‘〔")
_GOOD_FIRST = set("从在被把由将向对与和或但是于至因")  # a new phrase begins
_AFTER = set("，；：、。")


def em(text: str) -> float:
    """Rough width in ems: a Chinese character 1, Latin and digits a little over half."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.57 for c in text)


def headline(text: str, width: float, lines: int = 2) -> list[str] | None:
    """The headline on at most ``lines`` lines of ``width`` ems, broken between words, evenly.

    None where it does not fit. A line rather ends after a comma or before a preposition. It never
    ends before a particle, or inside a word, a plate or a date.
    """
    if em(text) <= width:
        return [text]
    for count in range(2, lines + 1):
        found = _best(text, width, count)
        if found:
            return found
    return None


def _best(text: str, width: float, count: int) -> list[str] | None:
    places = _breaks(text)
    best: tuple[float, list[str]] | None = None
    for chosen in combinations(places, count - 1):
        edges = [0, *chosen, len(text)]
        parts = [text[a:b].strip() for a, b in zip(edges, edges[1:], strict=False)]
        widths = [em(part) for part in parts]
        if max(widths) > width or min(widths) == 0:
            continue
        cost = max(widths) - min(widths)
        for place in chosen:
            if text[place - 1] in _AFTER or text[place] in _NEVER_LAST:
                cost -= 8
            elif text[place] in _GOOD_FIRST:
                cost -= 4
        if best is None or cost < best[0]:
            best = (cost, parts)
    return best[1] if best else None


def _breaks(text: str) -> list[int]:
    """Offsets at which a line may end: between words, outside entities, by the rules of 避头尾."""
    inside = {n for found in ENTITY.finditer(text) for n in range(found.start() + 1, found.end())}
    places, at = [], 0
    for word in rjieba.cut(text, True):
        at += len(word)
        if (
            0 < at < len(text)
            and at not in inside
            and text[at] not in _NEVER_FIRST
            and text[at - 1] not in _NEVER_LAST
        ):
            places.append(at)
    return places


def runs(text: str) -> list[dict[str, object]]:
    """Text for typst as runs: plates apart (set without Latin spacing), entities made unbreakable,
    and what is longer than a line breakable anywhere.

    >>> [run["s"] for run in runs("号牌浙BL****登记")]
    ['号牌', '浙BL****', '登记']
    """
    found_runs: list[dict[str, object]] = []
    at, long = 0, _too_long(text)
    inside = {n for start, end in long for n in range(start, end)}
    for found in ENTITY.finditer(text):
        if not inside.isdisjoint(range(*found.span())):
            continue
        if found.start() > at:
            found_runs.append({"s": _broken(text, at, found.start(), long), "plate": False})
        word = found.group()
        if "****" in word:
            found_runs.append({"s": word, "plate": True})
        else:
            joined = JOINER.join(word.replace(" ", "\u00a0"))
            found_runs.append({"s": joined, "plate": False})
        at = found.end()
    if at < len(text):
        found_runs.append({"s": _broken(text, at, len(text), long), "plate": False})
    return found_runs


def breakable(text: str) -> str:
    """A text in which whatever is longer than a line may break anywhere: 80 digits, a hash, an address.

    >>> breakable("单号" + "1" * 4), breakable("1" * 17).count(BREAK)
    ('单号1111', 16)
    """
    return _broken(text, 0, len(text), _too_long(text))


def _too_long(text: str) -> list[tuple[int, int]]:
    """Where more than ``LONGEST`` characters stand of which no line may end: a line of the largest
    headline holds 18 as wide as they are high."""
    edges = [0]
    edges += [n for n in range(1, len(text)) if _may_break(text[n - 1], text[n])]
    edges.append(len(text))
    return [(a, b) for a, b in pairwise(edges) if b - a > LONGEST]


def _may_break(before: str, after: str) -> bool:
    """Whether any typesetter ends a line between these two: rather no than yes."""
    if " " in (before, after):
        return True
    first, second = _ideograph(before), _ideograph(after)
    if first and second:
        return True
    if first:
        return after in _NEVER_LAST or (after.isalnum() and after.isascii())
    return second and (before in _CLOSING or (before.isalnum() and before.isascii()))


def _ideograph(character: str) -> bool:
    return (
        "\u4e00" <= character <= "\u9fff"
        or "\u3400" <= character <= "\u4dbf"
        or "\U00020000" <= character <= "\U0003ffff"
    )


def _broken(text: str, start: int, end: int, long: list[tuple[int, int]]) -> str:
    """A part of a text, with places to break in what is too long."""
    out = []
    for a, b in long:
        if start <= a and b <= end:
            out += [text[start:a], BREAK.join(_clusters(text[a:b]))]
            start = b
    return "".join([*out, text[start:end]])


def _clusters(text: str) -> list[str]:
    """Characters with the marks that stand on them."""
    out: list[str] = []
    for character in text:
        if out and unicodedata.category(character)[0] == "M":
            out[-1] += character
        else:
            out.append(character)
    return out
