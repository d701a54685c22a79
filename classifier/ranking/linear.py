"""Weights on features: margins, log-odds and chances. Plain numbers; who learned them is not asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

from classifier.ranking.features import Described, Features

BATCH = 512  # texts described together, so that any number is judged in constant memory


def expit(log_odds: np.ndarray) -> np.ndarray:
    """Probabilities (n,) of log-odds (n,).

    Above -709 to the bit what ``scipy.special.expit`` gives, below it within 1e-307.

    >>> expit(np.array([0.0, -2000.0, 2000.0])).round(9).tolist()
    [0.5, 0.0, 1.0]
    """
    return np.array([1.0 / (1.0 + exp(min(-each, 709.0))) for each in log_odds.tolist()])


@dataclass(frozen=True, eq=False)
class Head:
    """A question put to features: coefficients (n_features,), and its calibration (Platt 1999)."""

    coef: np.ndarray
    intercept: float
    slope: float = 1.0
    offset: float = 0.0

    def log_odds(self, described: Described) -> np.ndarray:
        """Calibrated log-odds (n_texts,) of texts as ``Features.describe`` gives them."""
        return self.slope * (described.dot(self.coef) + self.intercept) + self.offset

    def chance(self, described: Described) -> np.ndarray:
        """The answer (n_texts,), 0..1."""
        return expit(self.log_odds(described))


@dataclass(frozen=True)
class Parameters:
    """How weights were learned, as ``learning.estimator.RumorClassifier`` takes it.

    ``C``: inverse regularisation; the others as in ``Features`` and ``learning.features.learn``.
    """

    C: float = 0.1
    longest: int = 3
    min_df: int = 5
    cue_scale: float = 0.2
    detail_scale: float = 0.1


@dataclass(frozen=True, eq=False, kw_only=True)
class LinearClassifier(Head):
    """The question that ranks, with the features it reads."""

    features: Features
    parameters: Parameters = Parameters()

    def decision_function(self, texts: Sequence[str]) -> np.ndarray:
        """Calibrated log-odds (n_texts,) of texts as they were posted."""
        parts = (texts[start : start + BATCH] for start in range(0, len(texts), BATCH))
        described = (self.features.describe(self.features.typed(part)) for part in parts)
        return np.concatenate([np.zeros(0), *map(self.log_odds, described)])
