"""Learning how surely a wording makes a known claim."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from classifier.known.chance import squared


def learn(rows: np.ndarray, same: np.ndarray) -> dict[str, Any]:
    """The figures of ``known.chance`` from ``measures`` (n, 4) and whether each was the same claim (n,).

    Outside what was seen (all but a thousandth at each end) a chance does not go on rising.
    """
    low, high = np.quantile(rows, [0.001, 0.999], axis=0)
    wide = squared(np.clip(rows, low, high))
    scale = StandardScaler().fit(wide)
    logistic = LogisticRegression(C=10, max_iter=5000).fit(scale.transform(wide), same)
    coef = logistic.coef_[0] / scale.scale_
    return {
        "low": low.round(4).tolist(),
        "high": high.round(4).tolist(),
        "coef": coef.round(5).tolist(),
        "intercept": round(float(logistic.intercept_[0] - coef @ scale.mean_), 5),
    }
