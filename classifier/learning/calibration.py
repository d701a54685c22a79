"""Margins to probabilities, and how well that holds (Platt 1999; Niculescu-Mizil and Caruana 2005)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

TENTHS = tuple(n / 10 for n in range(11))
EDGES = (0.0, 0.15, 0.40, 0.70, 0.90, 1.0)  # the words of the queue: 低 较低 中 较高 很高


def even(labels: np.ndarray, weights: Sequence[float]) -> np.ndarray:
    """Weights under which the two classes weigh the same: the even mix risks are calibrated on."""
    labels, out = np.asarray(labels, int), np.array(weights, float)
    for side in (0, 1):
        out[labels == side] /= out[labels == side].sum()
    return out * len(labels) / 2


def platt(margins: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Slope and offset of probability = expit(slope x margin + offset), on unseen margins."""
    from sklearn.linear_model import LogisticRegression  # a renewal calibrates without it

    learner = LogisticRegression(C=1e6).fit(margins[:, None], labels, sample_weight=weights)
    return float(learner.coef_[0, 0]), float(learner.intercept_[0])


def table(
    risks: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    edges: Sequence[float] = EDGES,
) -> list[dict[str, float | int]]:
    """Reliability between edges: mean risk told, share found and the half of its 95 % interval,
    posts and weight."""
    rows: list[dict[str, float | int]] = []
    for low, high in zip(edges, edges[1:], strict=False):
        inside = (risks >= low) & ((risks < high) | (high == 1.0))
        mass = weights[inside].sum()
        if mass:
            found = float(np.average(labels[inside], weights=weights[inside]))
            give = 1.96 * np.sqrt(np.sum((weights[inside] * (labels[inside] - found)) ** 2)) / mass
            rows.append(
                {
                    "from": low,
                    "to": high,
                    "told": round(float(np.average(risks[inside], weights=weights[inside])), 4),
                    "found": round(found, 4),
                    "give": round(float(give), 4),
                    "posts": int(inside.sum()),
                    "share_of_mix": round(float(mass / weights.sum()), 3),
                }
            )
    return rows


def error(risks: np.ndarray, labels: np.ndarray, weights: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error over ``bins`` of equal width, 0..1."""
    place = np.minimum((risks * bins).astype(int), bins - 1)
    total = 0.0
    for each in range(bins):
        inside = place == each
        if weights[inside].sum():
            told = np.average(risks[inside], weights=weights[inside])
            found = np.average(labels[inside], weights=weights[inside])
            total += weights[inside].sum() * abs(told - found)
    return total / weights.sum()
