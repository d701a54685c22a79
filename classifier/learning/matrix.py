"""Described texts as one matrix, the form that learners read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from classifier.ranking.features import Described, Features
from classifier.ranking.linear import Head


def of(described: Described) -> sparse.csr_matrix:
    """Both blocks side by side (n_texts, n_columns)."""
    rows = described.characters
    characters = sparse.csr_matrix((rows.data, rows.indices, rows.indptr), rows.shape)
    return sparse.hstack([characters, sparse.csr_matrix(described.cues)], format="csr")


def typed(features: Features, texts: Sequence[str]) -> sparse.csr_matrix:
    """``of`` texts that are typed already (``Features.typed``)."""
    return of(features.describe(texts))


def margins(rows: sparse.csr_matrix, head: Head) -> np.ndarray:
    """Uncalibrated margins (n_texts,) of rows: ``Head.log_odds`` before its calibration."""
    return rows @ head.coef + head.intercept
