"""Runs of characters looked up in a vocabulary, for a batch of texts at once.

The vocabulary is a tree, a level for each length of run: a run is its run without the last character,
and that character. A level is one sorted array of such pairs as whole numbers, so that all runs of a
batch are found by one binary search a level, and a run is looked for only where its beginning stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

NONE = -1  # no column
_BITS = 21  # of a code point
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


@dataclass(frozen=True)
class _Level:
    keys: np.ndarray  # (n_nodes,) sorted: number of the run without its last character, and that one
    columns: np.ndarray  # (n_nodes,) column of each run, ``NONE`` for a mere beginning of others

    def find(self, keys: np.ndarray) -> np.ndarray:
        """The number of each key's run at this level, ``NONE`` where there is none."""
        node = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[node] == keys, node, NONE)


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
            runs = sorted(run for run in every if len(run) == size)
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
