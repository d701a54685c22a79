"""The learner: a linear model on sparse TF-IDF and cues, in scikit-learn's contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.svm import LinearSVC
from sklearn.utils.validation import check_is_fitted

from classifier.ranking import cuttings
from classifier.ranking.features import Described, Features

DEFAULT_C = 0.1
BATCH = 512  # texts described together, so that any number is judged in constant memory


class RumorClassifier(ClassifierMixin, BaseEstimator):
    """Texts to the probability of needing a check, by a squared hinge (Chang et al. 2008) whose
    margins are calibrated (Platt 1999).

    Parameters
    ----------
    C : float, inverse regularisation
    pieces : int, cuttings of a long text that teach beside it (``cuttings``)
    longest, min_df, cue_scale, detail_scale : see ``features.Features``

    Attributes
    ----------
    classes_ : ndarray of the two labels, sorted
    features_ : fitted ``Features``
    coef_ : ndarray (n_features,), margin a unit of each column
    intercept_ : float
    slope_, offset_ : float, Platt's calibration; 1 and 0 until ``calibrate`` is called

    Examples
    --------
    >>> texts = ["紧急扩散 有毒", "今天吃面"] * 6
    >>> model = RumorClassifier(min_df=1).fit(texts, [1, 0] * 6)
    >>> model.predict(["紧急扩散"]).tolist()
    [1]
    """

    def __init__(
        self,
        C: float = DEFAULT_C,
        pieces: int = cuttings.EACH,
        longest: int = 3,
        min_df: int = 5,
        cue_scale: float = 0.2,
        detail_scale: float = 0.1,
    ) -> None:
        self.C = C
        self.pieces = pieces
        self.longest = longest
        self.min_df = min_df
        self.cue_scale = cue_scale
        self.detail_scale = detail_scale

    def fit(self, X: Sequence[str], y: Any, sample_weight: Any = None) -> RumorClassifier:
        """Learn from texts (n_texts,) and two labels; ``sample_weight`` (n_texts,) is optional."""
        features = self._features()
        return self.fit_typed(features.typed(_texts(X)), y, sample_weight)

    def fit_typed(self, typed: Sequence[str], y: Any, sample_weight: Any = None) -> RumorClassifier:
        """``fit`` on texts already typed by ``features.Features.typed``."""
        labels = np.asarray(y)
        if len(labels) != len(typed):
            raise ValueError(f"{len(typed)} texts but {len(labels)} labels")
        self.classes_ = np.unique(labels)
        if len(self.classes_) != 2:
            raise ValueError(f"needs two classes in y, got {len(self.classes_)} class(es)")
        weights = np.ones(len(typed)) if sample_weight is None else np.asarray(sample_weight, float)
        pieces, origin = cuttings.cut(typed, self.pieces)
        rows = np.r_[np.arange(len(typed)), np.array(origin, dtype=int)]
        each = np.r_[weights, weights[rows[len(typed) :]] / max(self.pieces, 1)]
        self.features_ = self._features().fit_typed(typed)
        matrix = self.features_.transform_typed([*typed, *pieces])
        self.coef_, self.intercept_ = separate(
            matrix, labels[rows] == self.classes_[1], each, self.C
        )
        self.slope_, self.offset_ = 1.0, 0.0
        return self

    def calibrate(self, slope: float, offset: float) -> RumorClassifier:
        """Set Platt's calibration: probability = expit(slope x margin + offset)."""
        self.slope_, self.offset_ = slope, offset
        return self

    def margins(self, matrix: sparse.csr_matrix) -> np.ndarray:
        """Uncalibrated margins of feature rows (n_texts, n_features)."""
        return matrix @ self.coef_ + self.intercept_

    def log_odds(self, described: Described) -> np.ndarray:
        """Calibrated log-odds (n_texts,) of texts as ``features_.describe`` gives them."""
        return self.slope_ * (described.dot(self.coef_) + self.intercept_) + self.offset_

    def decision_function(self, X: Sequence[str]) -> np.ndarray:
        """Calibrated log-odds (n_texts,)."""
        check_is_fitted(self)
        texts = _texts(X)
        parts = (texts[start : start + BATCH] for start in range(0, len(texts), BATCH))
        described = (self.features_.describe(self.features_.typed(part)) for part in parts)
        return np.concatenate([np.zeros(0), *map(self.log_odds, described)])

    def predict_proba(self, X: Sequence[str]) -> np.ndarray:
        """Probabilities (n_texts, 2) in the order of ``classes_``."""
        high = expit(self.decision_function(X))
        return np.column_stack([1.0 - high, high])

    def predict(self, X: Sequence[str]) -> np.ndarray:
        """The likelier label of each text (n_texts,)."""
        return self.classes_[(self.decision_function(X) > 0).astype(int)]

    def _features(self) -> Features:
        return Features(self.longest, self.min_df, self.cue_scale, self.detail_scale)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "coef_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.classifier_tags.multi_class = False
        return tags


def separate(
    matrix: sparse.csr_matrix, labels: np.ndarray, weights: np.ndarray, C: float = DEFAULT_C
) -> tuple[np.ndarray, float]:
    """Coefficients (n_features,) and intercept that part rows of two labels (n_rows,), weighted."""
    learner = LinearSVC(C=C, tol=1e-3, random_state=0).fit(matrix, labels, weights)
    return learner.coef_[0], float(learner.intercept_[0])


def _texts(X: Any) -> list[str]:
    """The texts as a list; a lone string or a matrix is a mistake."""
    if isinstance(X, str):
        raise ValueError("X must be a sequence of texts, not one text")
    texts = np.asarray(X, dtype=object)
    if texts.ndim != 1:
        raise ValueError(f"X must hold one text a row, got shape {texts.shape}")
    for text in texts:
        if not isinstance(text, str):
            raise ValueError(f"X must hold texts, found {type(text).__name__}")
    return list(texts)
