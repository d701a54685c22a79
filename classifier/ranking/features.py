"""A text as numbers: characters and cues.

Characters (one to three) survive wrong cuts, spellings and young words; cues say how it is written,
each alone, in steps, and in pairs. Characters are TF-IDF with sublinear counts, brought to length one
(Salton and Buckley 1988). Words and pairs of words beside them did not pay (../docs/classifier.md);
the reasons still name words, which take what lies on their characters.

Nothing here learns: ``classifier.learning.features`` makes the records from texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from classifier.ranking import cues
from classifier.ranking.runs import NONE, Laid, Vocabulary, lay
from classifier.text import marks
from classifier.text.phrases import Found

LEFT, RIGHT = np.triu_indices(len(cues.NAMES))  # the pairs of cues, a cue with itself too


@dataclass(frozen=True, eq=False)
class Rows:
    """A sparse matrix by rows: row i holds ``data[indptr[i]:indptr[i + 1]]`` in the columns
    ``indices`` of the same places, which ascend."""

    data: np.ndarray
    indices: np.ndarray
    indptr: np.ndarray
    shape: tuple[int, int]

    @property
    def row_of(self) -> np.ndarray:
        """The row of each entry (nnz,)."""
        return np.repeat(np.arange(self.shape[0]), np.diff(self.indptr))

    def dot(self, coef: np.ndarray) -> np.ndarray:
        """The product (n_rows,) with coefficients (n_columns,), summed in the order of columns."""
        return np.bincount(self.row_of, self.data * coef[self.indices], self.shape[0])


@dataclass(frozen=True, eq=False)
class Described:
    """What ``Features`` tell of typed texts, in two blocks: runs of characters, sparse, and cues.

    ``runs``: for each length of run the column of the one that begins at each point of ``laid``;
    ``times`` (nnz,): how often the run of each entry of ``characters`` stands in its text.
    """

    laid: Laid
    runs: list[np.ndarray]
    times: np.ndarray
    characters: Rows  # (n_texts, n_characters)
    cues: np.ndarray  # (n_texts, n_cues + n_pairs + n_steps)

    def dot(self, coef: np.ndarray) -> np.ndarray:
        """The product (n_texts,) with coefficients of both blocks, side by side (n_columns,): a
        text gets the same number whatever stands beside it."""
        split = self.characters.shape[1]
        return self.characters.dot(coef[:split]) + (self.cues * coef[split:]).sum(axis=1)


@dataclass(frozen=True, eq=False)
class Features:
    """What texts are described by, n_characters + n_cues + n_pairs + n_steps columns.

    ``characters``: the column of each run; ``idf`` (n_characters,): inverse document frequencies;
    ``steps`` (n_steps, 2): the number of a cue and the height above which its step is 1;
    ``longest``: the longest run looked for; ``cue_scale``, ``detail_scale``: the weight of the cues,
    and of their pairs and steps.
    """

    characters: Mapping[str, int]
    idf: np.ndarray
    steps: np.ndarray
    longest: int = 3
    cue_scale: float = 0.2
    detail_scale: float = 0.1

    @staticmethod
    def typed(texts: Iterable[str]) -> list[str]:
        """The texts as the runs are read from: normalised, kinds under marks."""
        return marks.plain(texts)

    def describe(self, typed: Sequence[str], seen: Sequence[Found] | None = None) -> Described:
        """What there is to tell of typed texts, as it is needed for margins and reasons.

        ``seen`` as in ``cues.rows``.
        """
        laid = lay([*map(bare, typed)])
        runs = self._vocabulary.columns(laid)[: self.longest]
        times, characters = _tfidf(laid, runs, self.idf)
        return Described(laid, runs, times, characters, self.cue_block(cues.rows(typed, seen)))

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self.characters)

    def cue_block(self, rows: np.ndarray) -> np.ndarray:
        """The columns after the characters (n_texts, n) from ``cues.rows``: cues, pairs, steps."""
        high = rows[:, self.steps[:, 0].astype(int)] > self.steps[:, 1]
        pairs = rows[:, LEFT] * rows[:, RIGHT]
        return np.hstack(
            [rows * self.cue_scale, pairs * self.detail_scale, high * self.detail_scale]
        )

    @property
    def cues_of_columns(self) -> tuple[np.ndarray, np.ndarray]:
        """The two cues that each column after the characters is made of, often the same."""
        alone, steps = np.arange(len(cues.NAMES)), self.steps[:, 0].astype(int)
        return np.concatenate([alone, LEFT, steps]), np.concatenate([alone, RIGHT, steps])

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.characters) + len(cues.NAMES) + len(LEFT) + len(self.steps)

    @property
    def names(self) -> list[str]:
        """Readable names: 字:…, 写法:…, 写法:… × …, 写法:… > … in column order."""
        pairs = zip(LEFT, RIGHT, strict=True)
        return [
            *(f"字:{marks.readable(run)}" for run in self.characters),
            *(f"写法:{name}" for name in cues.NAMES),
            *(f"写法:{cues.NAMES[a]} × {cues.NAMES[b]}" for a, b in pairs),
            *(f"写法:{cues.NAMES[int(i)]} > {height:.3g}" for i, height in self.steps),
        ]


GAP = "\ue00f"  # stands in no run
_FURNITURE = re.compile(rf"{marks.LINK_MARK}|\[[^\[\]]{{1,6}}\]")
_TITLE = str.maketrans("【】", "  ")


def bare(typed: str) -> str:
    """A typed text without its links, emoticons and the brackets of its title, as long as before:
    they tell where a post is from. What begins or ends with them begins or ends with its words.

    >>> bare("【紧急】快跑[泪]").replace(GAP, "|")
    '|紧急 快跑|||'
    """
    if "[" in typed or marks.LINK_MARK in typed:
        typed = _FURNITURE.sub(lambda found: GAP * len(found[0]), typed)
    if "【" not in typed and "】" not in typed and GAP not in typed:
        return typed
    out = typed.translate(_TITLE)
    core = out.strip(f" {GAP}")
    begin = out.find(core) if core else 0
    return GAP * begin + core + GAP * (len(out) - begin - len(core))


def _tfidf(laid: Laid, runs: Sequence[np.ndarray], idf: np.ndarray) -> tuple[np.ndarray, Rows]:
    """How often each run stands in its text (nnz,), and rows (n_texts, n_characters) of (1 + log of
    that) x idf of length one; a row depends on its own text only."""
    texts, width = len(laid.starts) - 1, len(idf)
    found = np.column_stack([np.full(len(laid.points), NONE, np.int32), *runs]).ravel()
    at = np.flatnonzero(found != NONE)
    # the runs of a point lie side by side
    text_of = laid.text_of[at // (len(runs) + 1)]
    entries, counts = np.unique(text_of * width + found[at], return_counts=True)
    row_of, indices = np.divmod(entries, max(width, 1))
    times = counts.astype(float)
    data = (1.0 + np.log(times)) * idf[indices]
    lengths = np.sqrt(np.bincount(row_of, data**2, texts))
    indptr = np.searchsorted(row_of, np.arange(texts + 1))
    return times, Rows(data / lengths[row_of], indices, indptr, (texts, width))
