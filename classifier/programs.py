"""Regular expressions as arrays of numbers, for ``kernels`` to run without Python objects.

A pattern is taken from Python's own parser and becomes a program of a backtracking machine (Thompson
1968; Cox 2010, "Regular Expression Matching: the Virtual Machine Approach"), which tries in the
order in which ``re`` tries, so that it finds what ``re`` finds. For each character that can begin a
match there is an entry that holds only the alternatives which begin with it. What the machine does
not know (groups told back, lazy repeats, anchors) raises ``Unsupported``; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import numpy as np

from classifier.kernels import (
    AHEAD,
    BEHIND,
    CHAR,
    CLASS,
    FOUND,
    JUMP,
    POINTS,
    RUN,
    SEEN,
    SPLIT,
)

ENDLESS = 1 << 30


class Unsupported(ValueError):
    """A pattern uses what the machine cannot do."""


@dataclass(frozen=True)
class Programs:
    """Several patterns compiled together.

    ``steps`` (n, 4) are instructions; ``classes`` (POINTS, w) uint64 holds a bit a class; ``entry``
    (POINTS,) says which row of ``begins`` (rows, n_patterns) holds the program counters for a match
    that begins with the code point: -1 none, -2 that character alone is the match.
    """

    steps: np.ndarray
    classes: np.ndarray
    entry: np.ndarray
    begins: np.ndarray


def compiled(patterns: Sequence[re.Pattern[str]]) -> Programs:
    """The programs of patterns, in their order. No pattern may match the empty text."""
    maker = _Maker()
    firsts, members = [], []
    for pattern in patterns:
        maker.ascii = bool(pattern.flags & re.ASCII)
        branches = _branches(parser.parse(pattern.pattern, pattern.flags))
        members.append((maker.ascii, branches))
        firsts.append([maker.first(branch) for branch in branches])
    # code points that begin the same branches of every pattern share one row
    flat = [mask for masks in firsts for mask in masks]
    packed = np.packbits(np.array(flat), axis=0).T
    begin = np.flatnonzero(packed.any(axis=1))
    kinds, rows = np.unique(packed[begin], axis=0, return_inverse=True)
    kinds = np.vstack([np.zeros((1, packed.shape[1]), np.uint8), kinds])
    entry = np.zeros(POINTS, dtype=np.int32)
    entry[begin] = rows.ravel() + 1
    begins = np.full((len(kinds), len(patterns)), -1, dtype=np.int32)
    made: dict[tuple[int, ...], int] = {}
    bits = np.unpackbits(kinds, axis=1)
    for row in range(len(kinds)):
        at = 0
        for p, (ascii_only, branches) in enumerate(members):
            chosen = tuple(at + b for b in range(len(branches)) if bits[row, at + b])
            if chosen and chosen not in made:
                maker.ascii = ascii_only
                kept = [branches[b - at] for b in chosen]
                made[chosen] = -2 if all(map(_lone, kept)) else maker.program(kept)
            if chosen:
                begins[row, p] = made[chosen]
            at += len(branches)
    return Programs(
        np.array(maker.steps, dtype=np.int64),
        maker.table(),
        entry,
        begins,
    )


def _branches(tree: Any) -> list[list[Any]]:
    nodes = list(tree)
    if len(nodes) == 1 and nodes[0][0] is code.BRANCH:
        return [list(branch) for branch in nodes[0][1][1]]
    if len(nodes) > 1 and nodes[0][0] is code.BRANCH:  # (?:a|b)c is ac|bc
        return [[*branch, *nodes[1:]] for branch in nodes[0][1][1]]
    return [nodes]


def _lone(branch: list[Any]) -> bool:
    return len(branch) == 1 and branch[0][0] in (code.LITERAL, code.NOT_LITERAL, code.IN)


class _Maker:
    def __init__(self) -> None:
        self.steps: list[list[int]] = []
        self.ascii = False
        self._classes: dict[bytes, int] = {}
        self._masks: list[np.ndarray] = []

    def program(self, branches: list[list[Any]]) -> int:
        """Compile alternatives; where their program begins."""
        start = len(self.steps)
        self._branch(branches)
        self._add(FOUND)
        return start

    def table(self) -> np.ndarray:
        width = max(1, -(-len(self._masks) // 64))
        out = np.zeros((POINTS, width), dtype=np.uint64)
        for k, mask in enumerate(self._masks):
            out[:, k // 64] |= mask.astype(np.uint64) << np.uint64(k % 64)
        return out

    def first(self, nodes: list[Any]) -> np.ndarray:
        """The code points (POINTS,) a match of these nodes can begin with."""
        mask, empty = self._first(nodes)
        if empty:
            raise Unsupported("a pattern that matches the empty text")
        return mask

    def _first(self, nodes: Sequence[Any]) -> tuple[np.ndarray, bool]:
        mask = np.zeros(POINTS, dtype=bool)
        for op, value in nodes:
            if op in (code.ASSERT, code.ASSERT_NOT):
                continue
            if op is code.BRANCH:
                parts = [self._first(branch) for branch in value[1]]
                mask |= np.logical_or.reduce([part for part, _ in parts])
                empty = any(empty for _, empty in parts)
            elif op is code.SUBPATTERN:
                part, empty = self._first(value[3])
                mask |= part
            elif op is code.MAX_REPEAT:
                part, empty = self._first(value[2])
                mask |= part
                empty = empty or value[0] == 0
            else:
                mask |= self._mask(op, value)
                empty = False
            if not empty:
                return mask, False
        return mask, True

    def _add(self, *step: int) -> int:
        self.steps.append([*step, *[0] * (4 - len(step))])
        return len(self.steps) - 1

    def _sequence(self, nodes: Sequence[Any]) -> None:
        for op, value in nodes:
            if op is code.LITERAL:
                self._add(CHAR, value)
            elif op is code.BRANCH:
                self._branch(value[1])
            elif op is code.SUBPATTERN:
                self._sequence(value[3])
            elif op is code.MAX_REPEAT:
                self._repeat(*value)
            elif op in (code.ASSERT, code.ASSERT_NOT):
                self._assert(op is code.ASSERT_NOT, *value)
            else:
                self._add(CLASS, self._class(self._mask(op, value)))

    def _branch(self, branches: Sequence[Sequence[Any]]) -> None:
        ends = []
        for branch in branches[:-1]:
            split = self._add(SPLIT)
            self._sequence(branch)
            ends.append(self._add(JUMP))
            self.steps[split][1:3] = [split + 1, len(self.steps)]
        self._sequence(branches[-1])
        for end in ends:
            self.steps[end][1] = len(self.steps)

    def _repeat(self, least: int, most: int, nodes: Sequence[Any]) -> None:
        most = ENDLESS if most is code.MAXREPEAT else int(most)
        if len(nodes) == 1 and (mask := self._single(nodes[0])) is not None:
            self._add(RUN, self._class(mask), least, most)
            return
        if self._first(nodes)[1]:
            raise Unsupported("a repeat of what may be empty")
        for _ in range(least):
            self._sequence(nodes)
        if most == ENDLESS:
            split = self._add(SPLIT)
            self._sequence(nodes)
            self._add(JUMP, split)
            self.steps[split][1:3] = [split + 1, len(self.steps)]
            return
        splits = []
        for _ in range(most - least):
            splits.append(self._add(SPLIT))
            self._sequence(nodes)
        for split in splits:
            self.steps[split][1:3] = [split + 1, len(self.steps)]

    def _single(self, node: Any) -> np.ndarray | None:
        op, value = node
        if op is code.SUBPATTERN and len(value[3]) == 1:
            return self._single(value[3][0])
        if op in (code.LITERAL, code.NOT_LITERAL, code.IN, code.ANY):
            return self._mask(op, value)
        return None

    def _assert(self, refuse: bool, direction: int, nodes: Sequence[Any]) -> None:
        if direction > 0:
            start = self._add(AHEAD, 0, int(refuse))
            self._sequence(nodes)
            self._add(SEEN)
            self.steps[start][1] = len(self.steps)
            return
        mask = self._single(nodes[0]) if len(nodes) == 1 else None
        if mask is None:
            raise Unsupported("looking back over more than one character")
        self._add(BEHIND, self._class(mask), int(refuse))

    def _class(self, mask: np.ndarray) -> int:
        key = np.packbits(mask).tobytes()
        if key not in self._classes:
            self._classes[key] = len(self._masks)
            self._masks.append(mask)
        return self._classes[key]

    def _mask(self, op: Any, value: Any) -> np.ndarray:
        mask = np.zeros(POINTS, dtype=bool)
        if op is code.LITERAL:
            mask[value] = True
        elif op is code.NOT_LITERAL:
            mask[:] = True
            mask[value] = False
        elif op is code.ANY:
            mask[:] = True
            mask[ord("\n")] = False
        elif op is code.IN:
            refuse = value[0][0] is code.NEGATE
            for kind, what in value[refuse:]:
                if kind is code.RANGE:
                    mask[what[0] : what[1] + 1] = True
                elif kind is code.CATEGORY:
                    mask |= self._category(what)
                else:
                    mask |= self._mask(kind, what)
            mask ^= refuse
        else:
            raise Unsupported(f"{op} is not known to the machine")
        return mask

    def _category(self, what: Any) -> np.ndarray:
        name = str(what).removeprefix("CATEGORY_")
        mask = category(name.removeprefix("NOT_"), self.ascii)
        return ~mask if name.startswith("NOT_") else mask


_TESTS: dict[str, Callable[[str], bool]] = {
    "DIGIT": str.isdecimal,
    "SPACE": str.isspace,
    "WORD": lambda character: character.isalnum() or character == "_",
}


@lru_cache(maxsize=8)
def category(name: str, ascii_only: bool = False) -> np.ndarray:
    r"""The code points (POINTS,) of \d, \s or \w, as ``re`` has them."""
    if name not in _TESTS:
        raise Unsupported(f"{name} is not known to the machine")
    test = _TESTS[name]
    mask = np.fromiter((test(chr(point)) for point in range(POINTS)), bool, POINTS)
    if ascii_only:
        mask[128:] = False
        mask[0x1C:0x20] = False
    return mask
