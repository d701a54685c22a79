"""Runs of characters looked up in a vocabulary, for a batch of texts at once.

The vocabulary is a tree, a level for each length of run: a run is its run without the last character,
and that character. A level is one table of such pairs as whole numbers, so that all runs of a batch
are found in a few steps of numpy, and a run is looked for only where its beginning stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

NONE = -1  # no column
_BITS = 21  # of a code point
_FREE = -1  # no key
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_BETWEEN = (1 << _BITS) - 1  # what stands between two texts: no code point, so in no run


@dataclass(frozen=True)
class Laid:
    """Texts one behind the other: code points (n_points,), and where each text begins.

    Text i is ``points[starts[i]:starts[i + 1] - 1]``; the point after each text belongs to none.
    """

    points: np.ndarray
    starts: np.ndarray

    @property
    def lengths(self) -> np.ndarray:
        """Characters of each text (n_texts,)."""
        return np.diff(self.starts) - 1

    @property
    def text_of(self) -> np.ndarray:
        """The number of the text at each point (n_points,)."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


def lay(texts: Sequence[str]) -> Laid:
    """Texts of any characters, lone surrogates too, as code points."""
    starts = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum([len(text) + 1 for text in texts], out=starts[1:])
    joined = "\n".join([*texts, ""]).encode("utf-32-le", "surrogatepass")
    points = np.frombuffer(joined, dtype=np.uint32).astype(np.int64)
    points[starts[1:] - 1] = _BETWEEN
    return Laid(points, starts)


class _Level:
    """Runs of one length by their keys: the number of the run without its last character, and that one.

    An open table (Knuth 1973): a key lies where its hash says, or in the next free place. A binary
    search in the sorted keys would cost four times as much.
    """

    def __init__(self, keys: np.ndarray, columns: np.ndarray) -> None:
        """``keys`` (n_nodes,), each once; ``columns`` (n_nodes,), ``NONE`` for what only begins others."""
        self.columns = columns
        self._shift = np.uint64(64 - max(4, int(2 * len(keys)).bit_length()))
        size = 1 << 64 - int(self._shift)
        self._last = size - 1
        self._keys = np.full(size, _FREE)
        self._nodes = np.full(size, NONE)
        waiting, at = np.arange(len(keys)), self._place(keys)
        while len(waiting):
            free = self._keys[at] == _FREE
            self._keys[at[free]] = keys[waiting[free]]  # of two that want a place the last has it
            self._nodes[at[free]] = waiting[free]
            lost = self._nodes[at] != waiting
            waiting, at = waiting[lost], at[lost] + 1 & self._last

    def find(self, keys: np.ndarray) -> np.ndarray:
        """The number of each key's run at this level, ``NONE`` where there is none."""
        at = self._place(keys)
        there = self._keys[at]
        found = np.where(there == keys, self._nodes[at], NONE)
        asked = np.flatnonzero((there != keys) & (there != _FREE))
        while len(asked):
            at[asked] = at[asked] + 1 & self._last
            there = self._keys[at[asked]]
            hit = there == keys[asked]
            found[asked[hit]] = self._nodes[at[asked[hit]]]
            asked = asked[~hit & (there != _FREE)]
        return found

    def _place(self, keys: np.ndarray) -> np.ndarray:
        """Where each key lies if no other has its place (Fibonacci hashing)."""
        return (keys.view(np.uint64) * _GOLDEN >> self._shift).astype(np.intp)


class Vocabulary:
    """Runs and their columns, ready to be looked up.

    >>> known = Vocabulary({"疫": 0, "疫情": 1})
    >>> [found.tolist() for found in known.columns(lay(["抗疫情", "疫"]))]
    [[-1, 0, -1, -1, 0, -1], [-1, 1, -1, -1, -1, -1]]
    """

    def __init__(self, characters: Mapping[str, int]) -> None:
        """``characters``: the column of each run."""
        every = {run[:size] for run in characters for size in range(1, len(run) + 1)}
        self._levels: list[_Level] = []
        for size in range(1, max(map(len, every), default=0) + 1):
            runs = [run for run in every if len(run) == size]
            joined = "".join(runs).encode("utf-32-le", "surrogatepass")
            letters = np.frombuffer(joined, dtype=np.uint32).astype(np.int64).reshape(-1, size)
            node = np.zeros(len(runs), dtype=np.int64)
            for level, letter in zip(self._levels, letters.T, strict=False):
                node = level.find(node << _BITS | letter)
            columns = np.array([characters.get(run, NONE) for run in runs], dtype=np.int32)
            self._levels.append(_Level(node << _BITS | letters[:, -1], columns))

    def columns(self, laid: Laid) -> list[np.ndarray]:
        """For runs of each length the column (n_points,) of the one that begins at each point."""
        out = []
        at = np.arange(len(laid.points))
        node = np.zeros(len(at), dtype=np.int64)
        for size, level in enumerate(self._levels, start=1):
            node = level.find(node << _BITS | laid.points[at + size - 1])
            at, node = at[node >= 0], node[node >= 0]
            columns = np.full(len(laid.points), NONE, dtype=np.int32)
            columns[at] = level.columns[node]
            out.append(columns)
        return out
