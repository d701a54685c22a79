"""How surely a wording makes a known claim.

A claim is a sentence and a wording often a whole post, so that what counts is what they share, as
part of both (cosine), as part of the claim, and how much that is. The chance was learned from
messages as they circulated and the claims they made, among ordinary posts (``learning.chance``,
``weights/known.json``; benchmarks/bench_known.py learns it anew and says how well it holds).
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from classifier.known import terms as known_terms
from classifier.ranking.linear import expit

FIGURES = Path(__file__).parents[1] / "weights" / "known.json"
MOST = 0.99  # short of an exact copy nothing is certain
_LEFT, _RIGHT = np.triu_indices(4)
SURE = 0.75  # from here on it is called the same claim: so that 97 of 100 are


def chance(shared: np.ndarray, claims: np.ndarray, query: float) -> np.ndarray:
    """How often texts that share so much were the same claim (n,), 0..MOST.

    ``shared``: rarity that a wording shares with each of n claims; ``claims``: theirs in all;
    ``query``: that of the wording.
    """
    return of_measures(measures(shared, claims, query))


def of_measures(rows: np.ndarray) -> np.ndarray:
    """``chance`` of ``measures`` (n, 4)."""
    return expected(rows, _shipped())


def expected(rows: np.ndarray, figures: dict[str, Any]) -> np.ndarray:
    """``chance`` by other figures, of ``measures`` (n, 4)."""
    margins = squared(np.clip(rows, figures["low"], figures["high"])) @ np.array(figures["coef"])
    return np.minimum(expit(margins + figures["intercept"]), MOST).round(6)  # alike on any machine


def measures(shared: np.ndarray, claims: np.ndarray, query: float | np.ndarray) -> np.ndarray:
    """(n, 4): what is shared as part of both (cosine), of the claim, of the wording; and its log."""
    shared, claims, query = (
        np.maximum(each / known_terms.UNIT, 1.0) for each in (shared, claims, query)
    )
    both = shared / np.sqrt(claims * query)
    return np.stack([both, shared / claims, shared / query, np.log(shared)], axis=1)


def squared(rows: np.ndarray) -> np.ndarray:
    """``measures`` and all products of two of them (n, 14)."""
    return np.hstack([rows, rows[:, _LEFT] * rows[:, _RIGHT]])


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Any]:
    figures: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8"))
    return figures


def of_pair(said: str, claim: str) -> float:
    """The chance of two texts."""
    begins, terms = known_terms.terms_of([said, claim])
    ours, theirs = terms[: begins[1]], terms[begins[1] :]
    sums = [
        known_terms.rarity()[each].sum() for each in (np.intersect1d(ours, theirs), theirs, ours)
    ]
    return float(chance(sums[0][None], sums[1][None], float(sums[2]))[0])
