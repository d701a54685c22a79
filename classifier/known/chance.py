"""How surely a wording makes a known claim, and in what way it is like it.

A claim is a sentence and a wording often a whole post, so that what counts is what they share, as
part of both (cosine), as part of the claim, and how much that is. The chance was learned from
messages as they circulated and the claims they made, among ordinary posts (``learning.chance``,
``weights/known.json``; benchmarks/bench_known.py learns it anew and says how well it holds).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from classifier.entities import places
from classifier.known import terms as known_terms
from classifier.likeness import wording
from classifier.ranking.linear import expit
from classifier.text import spelling
from models.known.likeness import Relation

FIGURES = Path(__file__).parents[1] / "weights" / "known.json"
LEAST = 0.1  # a match below is not worth an officer's look
MOST = 0.99  # short of an exact copy nothing is certain
SURE = 0.5  # from here on it is more likely the same claim than not
# after a name of two characters at least: 镇江 and 沙市 begin or end with a unit and are none without
_UNITS = re.compile("(..+?)(?:特别行政区|自治区|自治州|自治县|街道|[省市县区镇乡村])")
_DOUBTFUL = re.compile("|".join(sorted(places.DOUBTFUL)))


def chance(shared: np.ndarray, claims: np.ndarray, query: float) -> np.ndarray:
    """How often texts that share so much were the same claim (n,), 0..MOST.

    ``shared``: rarity that a wording shares with each of n claims; ``claims``: theirs in all;
    ``query``: that of the wording.
    """
    return expected(measures(shared, claims, query), _shipped())


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
    left, right = np.triu_indices(rows.shape[1])
    return np.hstack([rows, rows[:, left] * rows[:, right]])


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Any]:
    figures: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8"))
    return figures


def judge(said: str, claim: str, likely: float) -> tuple[float, Relation]:
    """The chance that a wording makes a claim, and how it is like it.

    ``likely``: their ``chance``. 1 where they are equal once normalised. Where each names a plate or
    a place that the other has not, it is never the same claim: the same story elsewhere, if they are
    alike with their places left out (the chance is then that of the story).
    """
    if spelling.normalise(said) == spelling.normalise(claim):
        return 1.0, Relation.SAME
    plated = _moved(wording.of_text(said).plates, wording.of_text(claim).plates)
    ours, theirs = _places(said), _places(claim)
    if not (plated or _moved(ours, theirs)):
        return likely, Relation.SAME if likely >= SURE else Relation.RELATED
    story = max(likely, _without(said, claim, ours | theirs))
    return story, Relation.ELSEWHERE if story >= SURE else Relation.RELATED


def _places(said: str) -> frozenset[str]:
    """The places named, and what may be one: beside another place it is enough for a doubt."""
    return wording.of_text(said).places.union(
        _DOUBTFUL.findall(spelling.normalise(said)[: wording.MOST])
    )


def _moved(ours: Collection[str], theirs: Collection[str]) -> bool:
    """Whether each side names something that the other does not."""
    return bool(_missing(ours, theirs) and _missing(theirs, ours))


def _missing(names: Collection[str], among: Collection[str]) -> list[str]:
    theirs = [_bare(name) for name in among]
    ours = ((name, _bare(name)) for name in names)
    return [name for name, own in ours if not any(own in o or o in own for o in theirs)]


def _bare(name: str) -> str:
    """武汉市中心医院 as 武汉中心医院."""
    return _UNITS.sub(r"\1", name)


def _without(said: str, claim: str, names: Collection[str]) -> float:
    """The chance of the two texts with these names left out."""
    pattern = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    texts = [spelling.normalise(each) for each in (said, claim)]
    begins, terms = known_terms.terms_of(
        [re.sub(pattern, " ", each) if names else each for each in texts]
    )
    ours, theirs = terms[: begins[1]], terms[begins[1] :]
    sums = [
        known_terms.rarity()[each].sum() for each in (np.intersect1d(ours, theirs), theirs, ours)
    ]
    return float(chance(sums[0][None], sums[1][None], float(sums[2]))[0])
