"""Many texts at once: the same typed texts, features and margins, some twenty times as fast.

``text``, ``kinds``, ``cues`` and ``features`` say what is right, in plain Python; ``swift`` does the same
by loops that numba compiles, and tests hold both ways equal. Its tables take a second or two (and the
first time on a machine numba half a minute), so that few texts go the plain way, as all do where
numba is missing or has nowhere to keep what it compiles.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.text import marks
from classifier.text.spelling import normalise

if TYPE_CHECKING:
    from scipy import sparse

    from classifier.ranking.features import Features

BATCH = 4096  # texts whose code points lie in memory together
WORTH = 5_000  # texts from which on it pays to make the tables


@lru_cache(maxsize=1)
def prepare() -> Any:
    """The compiled way, made ready because many texts are coming; None where there is none."""
    try:
        from classifier import swift

        swift.warm()
    except Exception:  # no numba, no folder or no room for what it compiles, a spoilt copy of it
        return None
    return swift


def pays(n: int) -> bool:
    """Whether ``n`` texts go the compiled way: many, or it is ready."""
    return (n >= WORTH or "classifier.swift" in sys.modules) and prepare() is not None


def plain(texts: Sequence[str]) -> list[str]:
    """What ``typed`` gives, as ``text`` and ``kinds`` say it."""
    return [marks.typed(normalise(text)) for text in texts]


def typed(texts: Sequence[str]) -> list[str]:
    """The texts as features are read from: normalised, kinds under marks."""
    return prepare().typed(texts) if pays(len(texts)) else plain(texts)


def blocks(typed: Sequence[str], features: Features) -> tuple[sparse.csr_matrix, np.ndarray] | None:
    """The block of characters (n_texts, n_characters) and the cues (n_texts, n_cues) of typed texts;
    None where ``features`` should make them itself."""
    return prepare().blocks(typed, features) if pays(len(typed)) else None


def margins(texts: Sequence[str], features: Features, coef: np.ndarray) -> np.ndarray:
    """``features.transform(texts) @ coef`` (n_texts,), to 1e-9, in constant memory."""
    if pays(len(texts)):
        return prepare().margins(texts, features, coef)
    parts = [features.transform(texts[i : i + BATCH]) @ coef for i in range(0, len(texts), BATCH)]
    return np.concatenate(parts) if parts else np.zeros(0)
