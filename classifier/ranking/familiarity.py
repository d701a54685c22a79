"""How much of a text the weights have ever seen: a score of what is unlike everything is no score."""

from __future__ import annotations

import numpy as np

from classifier.ranking.features import Described
from classifier.ranking.runs import NONE

TOO_STRANGE = 0.65  # 7 of 1,000 ordinary posts reach it; their mean is 0.24
FEWEST = 8  # pairs: of fewer nothing can be told


def strange(described: Described) -> np.ndarray:
    """Share of the pairs of neighbouring characters of each text that the weights lack (n_texts,), 0..1.

    They know what was found in at least five posts. 0 where there is no pair.
    """
    pairs = np.maximum(described.laid.lengths - 1, 0)
    known = np.zeros(len(pairs), dtype=np.intp)
    if len(described.runs) > 1:
        found = described.laid.text_of[described.runs[1] != NONE]
        known = np.bincount(found, minlength=len(pairs))
    return np.where(pairs > 0, 1 - known / np.maximum(pairs, 1), 0.0)


def unfamiliar(typed: str, strange: float) -> bool:
    """Whether so much of a text is new (its ``strange``) that nobody should go by the score alone."""
    return len(typed) > FEWEST and strange >= TOO_STRANGE
