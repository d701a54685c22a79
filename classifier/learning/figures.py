"""Figures of a ranking as a desk meets it: rumors are one post in a hundred.

Each negative counts once and the positives together weigh ``share`` of the stream, so every figure
is an expectation over draws and not the luck of one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

SHARE = 0.01
NAMES = ("pr_auc", "p_at_100", "r_at_2")


@dataclass(frozen=True)
class Figures:
    """``pr_auc``: area under precision and recall; ``p_at_100``: share of positives in the top 100;
    ``r_at_2``: share of the positives in the top 2 % of the stream."""

    pr_auc: float
    p_at_100: float
    r_at_2: float


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


def figures_of(scores: np.ndarray, labels: np.ndarray, share: float = SHARE) -> Figures:
    """Figures of scores (n,) against labels (n,) 0 or 1, positives weighted to ``share``."""
    scores, labels = np.asarray(scores, float), np.asarray(labels, int)
    return _weighted(scores, labels, np.ones(len(labels)), share)


def _weighted(scores: np.ndarray, labels: np.ndarray, times: np.ndarray, share: float) -> Figures:
    negatives = times[labels == 0].sum()
    each = share / (1 - share) * negatives / max(times[labels == 1].sum(), 1)
    order = np.argsort(-scores, kind="stable")
    mass = (np.where(labels == 1, each, 1.0) * times)[order]
    hits = np.cumsum(mass * labels[order])
    read = np.cumsum(mass)
    recall = hits / max(hits[-1], 1e-12)
    precision = hits / np.maximum(read, 1e-12)
    return Figures(
        float(np.sum(np.diff(np.r_[0.0, recall]) * precision)),
        float(np.interp(100, read, hits) / 100),
        float(np.interp(0.02 * read[-1], read, recall)),
    )


def draws(
    scores: np.ndarray, labels: np.ndarray, n: int = 400, seed: int = 7, share: float = SHARE
) -> np.ndarray:
    """Figures of ``n`` bootstrap samples (n, 3), positives and negatives drawn apart.

    The same seed draws the same posts, so draws of two models on one stream can be subtracted.
    """
    scores, labels = np.asarray(scores, float), np.asarray(labels, int)
    random = np.random.default_rng(seed)
    sides = [np.flatnonzero(labels == side) for side in (0, 1)]
    out = []
    for _ in range(n):
        times = np.zeros(len(labels))
        for side in sides:
            np.add.at(times, random.choice(side, len(side)), 1)
        out.append(list(asdict(_weighted(scores, labels, times, share)).values()))
    return np.array(out)


def intervals(values: Figures, sample: np.ndarray) -> dict[str, Interval]:
    """Each figure with the middle 95 % of its draws."""
    low, high = np.quantile(sample, [0.025, 0.975], axis=0)
    return {
        name: Interval(getattr(values, name), float(low[i]), float(high[i]))
        for i, name in enumerate(NAMES)
    }
