"""Runs of digits in a text: digits that only separators part (``models.personal.separators``), however written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from models.personal.separators import ALIKE, CLOSE_GAP, DOUBTFUL, GAP, HAN_DIGITS, characters

_MEANT = f"[{characters(ALIKE)}]"
_RUNS = tuple(
    (re.compile(rf"{_MEANT}(?:{each}{_MEANT}){{6,}}+"), re.compile(rf"({_MEANT})({each})"))
    for each in (GAP, CLOSE_GAP)
)
LATIN = re.compile(r"[A-Za-z]")


@dataclass(frozen=True)
class Run:
    """Digits of one run: their values, where each begins and ends, and the gap after each."""

    text: str
    digits: str
    spans: list[tuple[int, int]]
    gaps: list[str]  # after each digit but the last
    edges: frozenset[int]  # where one way of writing digits gives way to another, or to a gap
    starts: frozenset[int]  # where a number may begin
    ends: frozenset[int]  # where one may have ended

    def groups(self, first: int, end: int) -> tuple[tuple[int, ...], list[str]]:
        sizes, between, size = [], [], 1
        for at in range(first, end - 1):
            if at + 1 in self.edges:
                sizes.append(size)
                between.append(self.gaps[at])
                size = 0
            size += 1
        return (*sizes, size), between


def runs_in(text: str) -> Iterator[Run]:
    """The runs of seven digits or more; where a sign may be a digit or part digits, as either."""
    doubtful = any(sign in text for sign in DOUBTFUL)
    for begun, token in _RUNS if doubtful else _RUNS[:1]:
        for match in begun.finditer(text):
            yield _read(text, token, match.start(), match.end())


def _read(text: str, tokens: re.Pattern[str], start: int, end: int) -> Run:
    values, spans, gaps = [], [], []
    for token in tokens.finditer(text, start, end):
        values.append(ALIKE[token[1]])
        spans.append(token.span(1))
        gaps.append(token[2])
    word = 0  # how many of them end a word: the l of "tel:0571"
    while (
        word < len(values)
        and text[spans[word][0]] in "OoIl"
        and LATIN.match(text[spans[word][0] - 1 : spans[word][0]] if spans[word][0] else "")
    ):
        word += 1
    values, spans, gaps = values[word:], spans[word:], gaps[word:]
    count = len(values)
    kinds = [writing(text[a]) for a, _ in spans]
    edge = [0, *(n for n in range(1, count) if gaps[n - 1] or kinds[n] != kinds[n - 1]), count]
    starts, ends = set(edge), set(edge)
    for n in range(count):  # 张三一三八…: numerals of eleven in a row are never a word or an amount
        if kinds[n] == "han":
            starts.add(n)
            ends.add(n + 1)
    starts.discard(count)
    ends.discard(0)
    return Run(
        text, "".join(values), spans, gaps[:-1], frozenset(edge), frozenset(starts), frozenset(ends)
    )


def writing(character: str) -> str:
    """Which way of writing digits a character belongs to."""
    if character in HAN_DIGITS:
        return "han"
    return "wide" if "０" <= character <= "９" else "digit"
