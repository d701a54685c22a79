"""The learner: a linear model on sparse TF-IDF and cues, in scikit-learn's contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.svm import LinearSVC
from sklearn.utils.validation import check_is_fitted

from classifier.learning import features, matrix
from classifier.ranking.features import Features
from classifier.ranking.linear import LinearClassifier, Parameters, expit

DEFAULT = Parameters()


class RumorClassifier(ClassifierMixin, BaseEstimator):
    """Texts to the probability of needing a check, by a squared hinge (Chang et al. 2008) whose
    margins are calibrated (Platt 1999). What it learns is a ``LinearClassifier``, which scores
    without it.

    Parameters
    ----------
    C, longest, min_df, cue_scale, detail_scale : see ``ranking.linear.Parameters``

    Attributes
    ----------
    classes_ : ndarray of the two labels, sorted
    learned_ : ``LinearClassifier``; its calibration is 1 and 0 until ``calibrate`` is called

    Examples
    --------
    >>> texts = ["紧急扩散 有毒", "今天吃面"] * 6
    >>> model = RumorClassifier(min_df=1).fit(texts, [1, 0] * 6)
    >>> model.predict(["紧急扩散"]).tolist()
    [1]
    """

    def __init__(
        self,
        C: float = DEFAULT.C,
        longest: int = DEFAULT.longest,
        min_df: int = DEFAULT.min_df,
        cue_scale: float = DEFAULT.cue_scale,
        detail_scale: float = DEFAULT.detail_scale,
    ) -> None:
        self.C = C
        self.longest = longest
        self.min_df = min_df
        self.cue_scale = cue_scale
        self.detail_scale = detail_scale

    def fit(self, X: Sequence[str], y: Any, sample_weight: Any = None) -> RumorClassifier:
        """Learn from texts (n_texts,) and two labels; ``sample_weight`` (n_texts,) is optional."""
        return self.fit_typed(Features.typed(_texts(X)), y, sample_weight)

    def fit_typed(self, typed: Sequence[str], y: Any, sample_weight: Any = None) -> RumorClassifier:
        """``fit`` on texts already typed by ``Features.typed``."""
        found = features.learn(typed, self.longest, self.min_df, self.cue_scale, self.detail_scale)
        return self.fit_rows(found, matrix.typed(found, typed), y, sample_weight)

    def fit_rows(
        self, found: Features, rows: sparse.csr_matrix, y: Any, sample_weight: Any = None
    ) -> RumorClassifier:
        """``fit`` on texts described by ``found`` already (``matrix.typed``)."""
        labels = np.asarray(y)
        if len(labels) != rows.shape[0]:
            raise ValueError(f"{rows.shape[0]} texts but {len(labels)} labels")
        self.classes_ = np.unique(labels)
        if len(self.classes_) != 2:
            raise ValueError(f"needs two classes in y, got {len(self.classes_)} class(es)")
        weights = (
            np.ones(len(labels)) if sample_weight is None else np.asarray(sample_weight, float)
        )
        coef, intercept = separate(rows, labels == self.classes_[1], weights, self.C)
        parameters = Parameters(**self.get_params())
        self.learned_ = LinearClassifier(coef, intercept, features=found, parameters=parameters)
        return self

    def calibrate(self, slope: float, offset: float) -> RumorClassifier:
        """Set Platt's calibration: probability = expit(slope x margin + offset)."""
        self.learned_ = replace(self.learned_, slope=slope, offset=offset)
        return self

    def decision_function(self, X: Sequence[str]) -> np.ndarray:
        """Calibrated log-odds (n_texts,)."""
        check_is_fitted(self)
        return self.learned_.decision_function(_texts(X))

    def predict_proba(self, X: Sequence[str]) -> np.ndarray:
        """Probabilities (n_texts, 2) in the order of ``classes_``."""
        high = expit(self.decision_function(X))
        return np.column_stack([1.0 - high, high])

    def predict(self, X: Sequence[str]) -> np.ndarray:
        """The likelier label of each text (n_texts,)."""
        return self.classes_[(self.decision_function(X) > 0).astype(int)]

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "learned_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.classifier_tags.multi_class = False
        return tags


def separate(
    matrix: sparse.csr_matrix, labels: np.ndarray, weights: np.ndarray, C: float = DEFAULT.C
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
