"""Learning what texts are described by: the vocabulary, how rare each run is, where cues step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from classifier.learning import matrix
from classifier.ranking import cues
from classifier.ranking.features import GAP, Features, bare

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)  # where the steps of a cue stand


def characters_of(typed: str, longest: int = 3) -> list[str]:
    """All runs of 1 to ``longest`` characters but for those that hold a ``GAP``."""
    out = list(typed)
    for size in range(2, longest + 1):
        out += [typed[i : i + size] for i in range(len(typed) - size + 1)]
    return [run for run in out if GAP not in run] if GAP in typed else out


def learn(
    typed: Sequence[str],
    longest: int = 3,
    min_df: int = 5,
    cue_scale: float = 0.2,
    detail_scale: float = 0.1,
) -> Features:
    """Features of typed texts (``Features.typed``): runs in at least ``min_df`` of them."""
    found: dict[str, int] = {}
    for text in typed:
        for run in set(characters_of(bare(text), longest)):
            found[run] = found.get(run, 0) + 1
    kept = sorted(run for run, n in found.items() if n >= min_df)
    frequency = np.array([found[run] for run in kept], dtype=float)
    return Features(
        {run: i for i, run in enumerate(kept)},
        np.log((1 + len(typed)) / (1 + frequency)) + 1,
        _steps(cues.rows(typed)),
        longest,
        cue_scale,
        detail_scale,
    )


def _steps(rows: np.ndarray) -> np.ndarray:
    """Steps (n, 2) of cues (n_texts, n_cues): at their quantiles, half way to the next value seen,
    so that no value lies on a step."""
    out = []
    for cue, values in enumerate(rows.T if len(rows) else ()):
        seen = np.unique(values)
        places = np.searchsorted(seen, np.unique(np.quantile(values, QUANTILES, method="lower")))
        out += [(cue, (seen[i] + seen[i + 1]) / 2) for i in places if i + 1 < len(seen)]
    return np.array(out, dtype=float).reshape(-1, 2)


class TextFeatures(TransformerMixin, BaseEstimator):
    """Texts to a sparse matrix, by ``learn`` and ``matrix.of``, in scikit-learn's contract.

    Parameters
    ----------
    longest, min_df, cue_scale, detail_scale : see ``learn``

    Attributes
    ----------
    features_ : ``Features``, what was learned
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

    def fit(self, X: Iterable[str], y: Any = None) -> TextFeatures:
        """Learn from texts."""
        return self.fit_typed(Features.typed(X))

    def fit_typed(self, typed: Sequence[str]) -> TextFeatures:
        """``fit`` on texts that are typed already."""
        self.features_ = learn(typed, **self.get_params())
        return self

    def transform(self, X: Iterable[str]) -> sparse.csr_matrix:
        """Texts to the sparse matrix; any iterable of str, empty ones too."""
        return self.transform_typed(Features.typed(X))

    def transform_typed(self, typed: Sequence[str]) -> sparse.csr_matrix:
        """``transform`` on texts that are typed already."""
        check_is_fitted(self)
        return matrix.typed(self.features_, typed)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """``Features.names``."""
        return np.array(self.features_.names, dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "features_")
