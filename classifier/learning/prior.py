"""How firmly the training data hold the weights: what learning goes on from where no training row is.

Around its minimum the loss of training is a bowl. Its shape is kept as a diagonal and two directions,
the mean posts of either label that still shaped the weights (Laplace's approximation, of low rank).
The directions are what matters where only ordinary posts are learned: without them a lower
intercept answers everything, and with a diagonal alone rumors sink with what they stand among. Sums over
thousands of posts, of features found in five or more: no text can be read back.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from classifier.ranking.linear import LinearClassifier
from models.errors import InputError

if TYPE_CHECKING:  # the clock takes editions up without what learning stands on
    from scipy import sparse

FILE = "prior.npz"
HELD = 0.03  # of the spread: the diagonal counts one direction many times


@dataclass(frozen=True, eq=False)
class Prior:
    """``masses`` (2,): how much the negatives and the positives weigh; ``means`` (2, n_features + 1):
    the mean post of each, a one for the intercept; ``spread`` (n_features + 1): how far they lie apart."""

    masses: np.ndarray
    means: np.ndarray
    spread: np.ndarray

    @property
    def diagonal(self) -> np.ndarray:
        """The precision of each weight and of the intercept, beside the two directions."""
        return 1 + HELD * self.spread


def of(
    learner: LinearClassifier, rows: sparse.csr_matrix, labels: np.ndarray, weights: np.ndarray
) -> Prior:
    """The prior of weights learned from rows (n, n_features) with labels (n,) 0 or 1, weighted."""
    signs = np.where(labels == 1, 1.0, -1.0)
    near = signs * (rows @ learner.coef + learner.intercept) < 1  # the others shaped nothing
    masses, means, spread = [], [], np.zeros(learner.features.width + 1)
    for sign in (-1.0, 1.0):
        own = np.flatnonzero(near & (signs == sign))
        part = rows[own]
        each = 2 * learner.parameters.C * np.asarray(weights, float)[own]
        mass = max(float(each.sum()), 1e-9)
        mean = np.append(part.T @ each / mass, 1.0)
        squares = np.append(part.multiply(part).T @ each, mass)
        masses.append(mass)
        means.append(mean)
        spread += np.maximum(squares - mass * mean**2, 0)
    return Prior(np.array(masses), np.array(means), spread)


def save(prior: Prior, folder: Path) -> None:
    """Beside the weights that it belongs to."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        allow_pickle=False,
        masses=prior.masses,
        means=prior.means.astype(np.float16),
        spread=prior.spread.astype(np.float32),
    )
    part = folder / f"{FILE}.part"
    part.write_bytes(buffer.getvalue())
    part.replace(folder / FILE)


def load(folder: Path, width: int) -> Prior:
    """The prior of the weights in a folder, for ``width`` features. Raises ``InputError`` where there
    is none, or none that fits them."""
    mend = "restore the folder, or train anew with `piyao train`"
    try:
        with np.load(io.BytesIO((folder / FILE).read_bytes()), allow_pickle=False) as arrays:
            found = Prior(*(arrays[name].astype(float) for name in ("masses", "means", "spread")))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(f"no readable {FILE} ({error})", str(folder), mend) from error
    shapes = found.masses.shape, found.means.shape, found.spread.shape
    whole = (found.masses, found.means, found.spread)
    if (
        shapes != ((2,), (2, width + 1), (width + 1,))
        or not all(np.isfinite(each).all() for each in whole)
        or min(found.masses.min(), found.spread.min()) < 0
    ):
        raise InputError(f"{FILE} does not fit the weights", str(folder), mend)
    return found
