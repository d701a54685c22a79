"""A text as numbers: characters and cues.

Characters (one to three) survive wrong cuts, spellings and young words; cues say how it is written,
each alone, in steps, and in pairs. Characters are TF-IDF with sublinear counts, brought to length one
(Salton and Buckley 1988). Words and pairs of words beside them did not pay (../docs/classifier.md);
the reasons still name words, which take what lies on their characters.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin

from classifier import quick
from classifier.ranking import cues
from classifier.text import marks

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)  # where the steps of a cue stand
LEFT, RIGHT = np.triu_indices(len(cues.NAMES))  # the pairs of cues, a cue with itself too
# the cues that each column of cues and of pairs is made of
_SOURCES = [
    *((i, i) for i in range(len(cues.NAMES))),
    *zip(LEFT.tolist(), RIGHT.tolist(), strict=True),
]


def characters_of(typed: str, longest: int = 3) -> list[str]:
    """All runs of 1 to ``longest`` characters."""
    out = list(typed)
    for size in range(2, longest + 1):
        out += [typed[i : i + size] for i in range(len(typed) - size + 1)]
    return out


class Features(TransformerMixin, BaseEstimator):
    """Texts to a sparse matrix (n_texts, n_characters + n_cues + n_pairs + n_steps).

    Parameters
    ----------
    longest : int, longest run of characters
    min_df : int, a run must stand in at least this many texts
    cue_scale, detail_scale : float, weight of the cues, and of their pairs and steps

    Attributes
    ----------
    characters_ : dict of str to int, column of each run
    idf_ : ndarray (n_characters,)
    steps_ : ndarray (n_steps, 2), the number of a cue and the height above which its step is 1
    """

    def __init__(
        self,
        longest: int = 3,
        min_df: int = 5,
        cue_scale: float = 0.2,
        detail_scale: float = 0.1,
    ) -> None:
        self.longest = longest
        self.min_df = min_df
        self.cue_scale = cue_scale
        self.detail_scale = detail_scale

    def typed(self, texts: Iterable[str]) -> list[str]:
        """The texts as the runs are read from: normalised, kinds under marks."""
        return quick.typed(list(texts))

    def fit(self, X: Iterable[str], y: Any = None) -> Features:
        """Learn vocabulary, inverse document frequencies and steps from texts."""
        self.fit_typed(self.typed(X))
        return self

    def fit_typed(self, typed: Sequence[str]) -> Features:
        """``fit`` on texts that are typed already."""
        found: dict[str, int] = {}
        for runs in self._runs(typed):
            for run in set(runs):
                found[run] = found.get(run, 0) + 1
        kept = sorted(run for run, n in found.items() if n >= self.min_df)
        self.characters_ = {run: i for i, run in enumerate(kept)}
        frequency = np.array([found[run] for run in kept], dtype=float)
        self.idf_ = np.log((1 + len(typed)) / (1 + frequency)) + 1
        self.steps_ = _steps(cues.rows(typed))
        return self

    def transform(self, X: Iterable[str]) -> sparse.csr_matrix:
        """Texts to the sparse matrix; any iterable of str, empty ones too."""
        return self.transform_typed(self.typed(X))

    def transform_typed(self, typed: Sequence[str]) -> sparse.csr_matrix:
        """``transform`` on texts that are typed already."""
        made = quick.blocks(typed, self)
        if made is None:
            made = _tfidf(self._runs(typed), self.characters_, self.idf_), cues.rows(typed)
        characters, block = made[0], sparse.csr_matrix(self.cue_block(made[1]))
        return sparse.hstack([characters, block], format="csr")

    def cue_block(self, rows: np.ndarray) -> np.ndarray:
        """The columns after the characters (n_texts, n) from ``cues.rows``: cues, pairs, steps."""
        high = rows[:, self.steps_[:, 0].astype(int)] > self.steps_[:, 1]
        pairs = rows[:, LEFT] * rows[:, RIGHT]
        return np.hstack(
            [rows * self.cue_scale, pairs * self.detail_scale, high * self.detail_scale]
        )

    def cues_of_column(self, column: int) -> tuple[int, int]:
        """The two cues that a column after the characters is made of, often the same."""
        at = column - len(self.characters_)
        if at < len(_SOURCES):
            return _SOURCES[at]
        cue = int(self.steps_[at - len(_SOURCES), 0])
        return cue, cue

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.characters_) + len(_SOURCES) + len(self.steps_)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Readable names: 字:…, 写法:…, 写法:… × …, 写法:… > … in column order."""
        names = [f"字:{marks.readable(run)}" for run in self.characters_]
        names += [f"写法:{name}" for name in cues.NAMES]
        names += [
            f"写法:{cues.NAMES[a]} × {cues.NAMES[b]}" for a, b in zip(LEFT, RIGHT, strict=True)
        ]
        names += [f"写法:{cues.NAMES[int(i)]} > {height:.3g}" for i, height in self.steps_]
        return np.array(names, dtype=object)

    def _runs(self, typed: Iterable[str]) -> Iterator[list[str]]:
        return (characters_of(text, self.longest) for text in typed)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "idf_")


def _steps(rows: np.ndarray) -> np.ndarray:
    """Steps (n, 2) of cues (n_texts, n_cues): at their quantiles, half way to the next value seen,
    so that no value lies on a step."""
    out = []
    for cue, values in enumerate(rows.T if len(rows) else ()):
        seen = np.unique(values)
        places = np.searchsorted(seen, np.unique(np.quantile(values, QUANTILES, method="lower")))
        out += [(cue, (seen[i] + seen[i + 1]) / 2) for i in places if i + 1 < len(seen)]
    return np.array(out, dtype=float).reshape(-1, 2)


def _tfidf(
    texts: Iterable[list[str]], vocabulary: dict[str, int], idf: np.ndarray
) -> sparse.csr_matrix:
    """Rows of (1 + log tf) x idf of length one; a row depends on its own text only."""
    indices, ends = array("i"), array("i", [0])
    column = vocabulary.get
    for terms in texts:
        indices.extend([i for i in map(column, terms) if i is not None])
        ends.append(len(indices))
    shape = (len(ends) - 1, len(vocabulary))
    columns = np.frombuffer(indices, dtype=np.int32) if indices else np.zeros(0, np.int32)
    matrix = sparse.csr_matrix(
        (np.ones(len(columns)), columns.copy(), np.frombuffer(ends, dtype=np.int32).copy()), shape
    )
    matrix.sum_duplicates()
    matrix.data = (1.0 + np.log(matrix.data)) * idf[matrix.indices]
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1.0
    matrix.data /= np.repeat(lengths, np.diff(matrix.indptr))
    return matrix
