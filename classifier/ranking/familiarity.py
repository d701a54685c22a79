"""How much of a text the weights have ever seen: a score of what is unlike everything is no score."""

from __future__ import annotations

from collections.abc import Mapping

TOO_STRANGE = 0.65  # 7 of 1,000 ordinary posts reach it; their mean is 0.24
FEWEST = 8  # pairs: of fewer nothing can be told


def strange(typed: str, known: Mapping[str, int]) -> float:
    """Share of the pairs of neighbouring characters of a typed text that ``known`` lacks, 0..1.

    ``known`` is the vocabulary of the weights (``Features.characters_``): what was found in at
    least five posts. 0 where there is no pair.
    """
    pairs = [typed[i : i + 2] for i in range(len(typed) - 1)]
    return 1 - sum(map(known.__contains__, pairs)) / len(pairs) if pairs else 0.0


def unfamiliar(typed: str, strange: float) -> bool:
    """Whether so much of a text is new (its ``strange``) that nobody should go by the score alone."""
    return len(typed) > FEWEST and strange >= TOO_STRANGE
