"""Many patterns looked for in one pass over a text.

A pattern of this house is mostly a list of words, and ``re`` tries such a list word by word at every
character. Here one automaton over the beginnings of all patterns (Aho and Corasick 1975) tells where
a match may begin, and ``re`` is asked at those places only. What is found is what ``re`` finds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from sys import maxunicode
from types import MappingProxyType
from typing import Any

from ahocorasick_rs import AhoCorasick

LONGEST = 4  # characters of a beginning: one more would rule out little
MOST = 256  # beginnings of one alternative; where it has more, they are cut shorter
_NO_WIDTH = (code.ASSERT, code.ASSERT_NOT, code.AT)
_REPEATS = (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT)


class Phrases:
    """Patterns and words by name (any key of a dict), to be looked for together.

    A pattern must begin with something written out: a word, one of some characters, a digit. One
    that may begin with anything, or match nothing, raises ``ValueError``. The automaton is made at the
    first search.

    >>> phrases = Phrases({"plea": re.compile("扩散|转发"), "count": re.compile("[0-9]+人")})
    >>> found = phrases.look("12人扩散转发")
    >>> [each.group() for each in found.all("plea")], found.any("count")
    (['扩散', '转发'], True)
    """

    def __init__(self, patterns: Mapping[str, re.Pattern[str]] = MappingProxyType({})) -> None:
        self.patterns: dict[str, re.Pattern[str]] = {}
        self._words: list[tuple[str, Callable[[], Iterable[str]]]] = []
        self._made: tuple[AhoCorasick, list[tuple[str, ...]]] | None = None
        self.add(patterns)

    def add(self, patterns: Mapping[str, re.Pattern[str]]) -> None:
        """Look for these too; a name that was given before is an error."""
        for name, pattern in patterns.items():
            if name in self.patterns:
                raise ValueError(f"{name} is looked for already")
            self.patterns[name] = pattern
            self.add_words(name, partial(beginnings, pattern))

    def add_words(self, name: str, words: Callable[[], Iterable[str]]) -> None:
        """Look for bare words too; ``Found.starts`` tells where they begin. They are asked for at the
        first search."""
        self._words.append((name, words))
        self._made = None

    def look(self, text: str) -> Found:
        """What of the patterns stands in a text."""
        automaton, owners = self._made or self._make()
        starts: dict[str, list[int]] = {}
        try:
            seen = automaton.find_matches_as_indexes(text, overlapping=True)
        except UnicodeEncodeError:  # a lone surrogate: the automaton reads UTF-8
            seen = automaton.find_matches_as_indexes(_whole(text), overlapping=True)
        for beginning, start, _ in seen:
            for name in owners[beginning]:
                if name in starts:
                    starts[name].append(start)
                else:
                    starts[name] = [start]
        return Found(text, self.patterns, starts)

    def _make(self) -> tuple[AhoCorasick, list[tuple[str, ...]]]:
        owners: dict[str, tuple[str, ...]] = {}
        for name, words in self._words:
            for word in words():
                owners[word] = (*owners.get(word, ()), name)
        self._made = AhoCorasick(owners), list(owners.values())
        return self._made


class Found:
    """Where matches of each pattern may begin in one text; ``re`` says whether they do."""

    __slots__ = ("_patterns", "_starts", "text")

    def __init__(
        self, text: str, patterns: Mapping[str, re.Pattern[str]], starts: dict[str, list[int]]
    ) -> None:
        self.text, self._patterns, self._starts = text, patterns, starts

    def among(self, names: Mapping[str, object]) -> list[str]:
        """Those of the names of which a match may begin somewhere."""
        return [name for name in self._starts if name in names]

    def starts(self, name: str) -> Sequence[int]:
        """Where a match of the pattern may begin, in no order."""
        return self._starts.get(name, ())

    def any(self, name: str) -> bool:
        """Whether the pattern matches anywhere, as ``search`` would."""
        if name not in self._starts:
            return False
        match = self._patterns[name].match
        return any(match(self.text, start) for start in self._starts[name])

    def all(self, name: str) -> list[re.Match[str]]:
        """The matches of the pattern, as ``finditer`` gives them."""
        if name not in self._starts:
            return []
        match, end, out = self._patterns[name].match, 0, []
        for start in sorted(self._starts[name]):
            if start >= end and (found := match(self.text, start)):
                out.append(found)
                end = found.end()
        return out

    def words(self, name: str) -> set[str]:
        """What the matches of the pattern are, each once."""
        return {found[0] for found in self.all(name)} if name in self._starts else set()

    def count(self, name: str) -> int:
        """How many matches ``all`` gives."""
        return len(self.all(name)) if name in self._starts else 0


def _whole(text: str) -> str:
    return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)


def beginnings(pattern: re.Pattern[str]) -> list[str]:
    """Words of at most ``LONGEST`` characters such that every match begins with one of them.

    >>> beginnings(re.compile("(?<!自)我(?!国)|[减送]百|据.{0,9}报道|扩散吗?"))
    ['减百', '我', '扩散', '据', '送百']
    """
    if pattern.flags & re.IGNORECASE:
        raise ValueError(f"case is told apart here: {pattern.pattern[:40]}")
    whole, grown = _grow({""}, parser.parse(pattern.pattern, pattern.flags))
    found = whole | grown
    if "" in found:
        raise ValueError(f"it may begin with anything: {pattern.pattern[:40]}")
    return sorted(word for word in found if found.isdisjoint(word[:i] for i in range(1, len(word))))


def _grow(heads: set[str], nodes: Iterable[Any]) -> tuple[set[str], set[str]]:
    """Beginnings made longer by what follows: those that are as long as can be told, and those that
    more may follow."""
    whole: set[str] = set()
    for op, value in nodes:
        if op in _NO_WIDTH:  # they only rule matches out
            continue
        done, grown = _step(heads, op, value)
        if len(done) + len(grown) > MOST and "" not in heads:
            return whole | heads, set()
        whole |= done | {head for head in grown if len(head) >= LONGEST}
        heads = {head for head in grown if len(head) < LONGEST}
        if not heads:
            break
    return whole, heads


def _step(heads: set[str], op: Any, value: Any) -> tuple[set[str], set[str]]:
    characters = _characters(op, value)
    if characters is not None:
        return set(), {head + character for head in heads for character in characters}
    if op is code.SUBPATTERN:
        return _grow(heads, value[3])
    if op is code.BRANCH:
        parts = [_grow(heads, branch) for branch in value[1]]
        return set().union(*(part[0] for part in parts)), set().union(*(part[1] for part in parts))
    if op in _REPEATS:
        least, most, body = value
        if (least, most) == (1, 1):
            return _grow(heads, body)
        if most == 1:
            done, grown = _grow(heads, body)
            return done, grown | heads
        if least:
            done, grown = _grow(heads, body)
            return done | grown, set()
    return heads, set()


def _characters(op: Any, value: Any) -> Iterable[str] | None:
    """The characters that a single node stands for; None where it is no list of characters."""
    if op is code.LITERAL:
        return chr(value)
    if op is not code.IN or value[0][0] is code.NEGATE:
        return None
    out: list[str] = []
    for kind, what in value:
        if kind is code.LITERAL:
            out.append(chr(what))
        elif kind is code.RANGE:
            out += map(chr, range(what[0], what[1] + 1))
        elif what is code.CATEGORY_DIGIT:
            out += _digits()
        else:
            return None
    return out


@lru_cache(maxsize=1)
def _digits() -> list[str]:
    return [chr(point) for point in range(maxunicode + 1) if chr(point).isdecimal()]
