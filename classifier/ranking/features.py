"""A text as numbers: characters and cues.

Characters (one to three) survive wrong cuts, spellings and young words; cues say how it is written,
each alone, in steps, and in pairs. Characters are TF-IDF with sublinear counts, brought to length one
(Salton and Buckley 1988). Words and pairs of words beside them did not pay (../docs/classifier.md);
the reasons still name words, which take what lies on their characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin

from classifier.ranking import cues
from classifier.ranking.runs import NONE, Laid, Vocabulary, lay
from classifier.text import marks
from classifier.text.phrases import Found

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)  # where the steps of a cue stand
LEFT, RIGHT = np.triu_indices(len(cues.NAMES))  # the pairs of cues, a cue with itself too


def characters_of(typed: str, longest: int = 3) -> list[str]:
    """All runs of 1 to ``longest`` characters."""
    out = list(typed)
    for size in range(2, longest + 1):
        out += [typed[i : i + size] for i in range(len(typed) - size + 1)]
    return out


@dataclass(frozen=True)
class Described:
    """What ``Features`` tell of typed texts, in two blocks: runs of characters, sparse, and cues.

    ``runs``: for each length of run the column of the one that begins at each point of ``laid``;
    ``times`` (nnz,): how often the run of each entry of ``characters`` stands in its text.
    """

    laid: Laid
    runs: list[np.ndarray]
    times: np.ndarray
    characters: sparse.csr_matrix  # (n_texts, n_characters)
    cues: np.ndarray  # (n_texts, n_cues + n_pairs + n_steps)

    def dot(self, coef: np.ndarray) -> np.ndarray:
        """``matrix() @ coef`` (n_texts,): a text gets the same number whatever stands beside it."""
        split = self.characters.shape[1]
        return self.characters @ coef[:split] + (self.cues * coef[split:]).sum(axis=1)

    def matrix(self) -> sparse.csr_matrix:
        """Both blocks side by side."""
        return sparse.hstack([self.characters, sparse.csr_matrix(self.cues)], format="csr")


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
        return marks.plain(texts)

    def fit(self, X: Iterable[str], y: Any = None) -> Features:
        """Learn vocabulary, inverse document frequencies and steps from texts."""
        self.fit_typed(self.typed(X))
        return self

    def fit_typed(self, typed: Sequence[str]) -> Features:
        """``fit`` on texts that are typed already."""
        found: dict[str, int] = {}
        for text in typed:
            for run in set(characters_of(text, self.longest)):
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
        return self.describe(typed).matrix()

    def describe(self, typed: Sequence[str], seen: Sequence[Found] | None = None) -> Described:
        """What there is to tell of typed texts, as it is needed for margins and reasons.

        ``seen`` as in ``cues.rows``.
        """
        laid = lay(typed)
        runs = self._vocabulary().columns(laid)[: self.longest]
        times, characters = _tfidf(laid, runs, self.idf_)
        return Described(laid, runs, times, characters, self.cue_block(cues.rows(typed, seen)))

    def _vocabulary(self) -> Vocabulary:
        """The tree of ``characters_``, made once for these."""
        known = getattr(self, "_tree", None)
        if known is None or known[0] is not self.characters_:
            known = self._tree = self.characters_, Vocabulary(self.characters_)
        return known[1]

    def cue_block(self, rows: np.ndarray) -> np.ndarray:
        """The columns after the characters (n_texts, n) from ``cues.rows``: cues, pairs, steps."""
        high = rows[:, self.steps_[:, 0].astype(int)] > self.steps_[:, 1]
        pairs = rows[:, LEFT] * rows[:, RIGHT]
        return np.hstack(
            [rows * self.cue_scale, pairs * self.detail_scale, high * self.detail_scale]
        )

    @property
    def cues_of_columns(self) -> tuple[np.ndarray, np.ndarray]:
        """The two cues that each column after the characters is made of, often the same."""
        alone, steps = np.arange(len(cues.NAMES)), self.steps_[:, 0].astype(int)
        return np.concatenate([alone, LEFT, steps]), np.concatenate([alone, RIGHT, steps])

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.characters_) + len(cues.NAMES) + len(LEFT) + len(self.steps_)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Readable names: 字:…, 写法:…, 写法:… × …, 写法:… > … in column order."""
        names = [f"字:{marks.readable(run)}" for run in self.characters_]
        names += [f"写法:{name}" for name in cues.NAMES]
        names += [
            f"写法:{cues.NAMES[a]} × {cues.NAMES[b]}" for a, b in zip(LEFT, RIGHT, strict=True)
        ]
        names += [f"写法:{cues.NAMES[int(i)]} > {height:.3g}" for i, height in self.steps_]
        return np.array(names, dtype=object)

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
    laid: Laid, runs: Sequence[np.ndarray], idf: np.ndarray
) -> tuple[np.ndarray, sparse.csr_matrix]:
    """How often each run stands in its text (nnz,), and rows (n_texts, n_characters) of (1 + log of
    that) x idf of length one; a row depends on its own text only."""
    shape = len(laid.starts) - 1, len(idf)
    found = np.column_stack([np.full(len(laid.points), NONE, np.int32), *runs]).ravel()
    at = np.flatnonzero(found != NONE)
    ends = np.searchsorted(
        at, laid.starts * (len(runs) + 1)
    )  # the runs of a point lie side by side
    matrix = sparse.csr_matrix((np.ones(len(at)), found[at], ends), shape)
    matrix.sum_duplicates()
    times = matrix.data
    matrix.data = (1.0 + np.log(times)) * idf[matrix.indices]
    row_of = np.repeat(np.arange(shape[0]), np.diff(matrix.indptr))
    lengths = np.sqrt(np.bincount(row_of, matrix.data**2, shape[0]))
    matrix.data /= lengths[row_of]
    return times, matrix
