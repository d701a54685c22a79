"""What models say of posts that they did not learn from: the ground of every honest figure.

Folds keep a cluster together. Two further questions are asked of the same features and kept apart
for the officer: the rank never uses them.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from classifier.learning import calibration
from classifier.learning import matrix as matrices
from classifier.learning.estimator import separate
from classifier.learning.examples import Example, weights
from classifier.ranking import model
from classifier.ranking.linear import Head

FOLDS = 5
FEWEST = 20  # of each answer


@dataclass(frozen=True)
class Unseen:
    """What models that did not see an example's fold say of it: margins (n,) of the rank, and of
    each second question, there NaN where the question is not put to such an example."""

    rank: np.ndarray
    heads: dict[str, np.ndarray]


def out_of_fold(
    learn: Sequence[Example],
    rows: sparse.csr_matrix,
    folds: np.ndarray,
    tell: Callable[[str], None] = lambda words: None,
) -> Unseen:
    """Margins of each example by weights that did not see its fold. ``rows`` describe all of them: which
    runs there are and how rare they are is told by all texts, and by no label."""
    asked = questions(learn)
    out = Unseen(np.zeros(len(learn)), {name: np.full(len(learn), np.nan) for name in asked})
    each = np.array(weights(learn))
    labels = np.array([example.label for example in learn])
    for fold in np.unique(folds):
        tell(f"交叉验证 {fold + 1}/{len(np.unique(folds))}")
        seen, unseen = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        known, other = rows[seen], rows[unseen]
        rank = Head(*separate(known, labels[seen] == 1, each[seen]))
        out.rank[unseen] = matrices.margins(other, rank)
        for name, question in asked.items():
            head = question.answered(known, seen)
            put = question.put[unseen]
            out.heads[name][unseen[put]] = matrices.margins(other[put], head)
    return out


@dataclass(frozen=True)
class Question:
    """A second question: to which examples it is put, and the answer (n,)."""

    put: np.ndarray
    answer: np.ndarray
    weights: np.ndarray

    def answered(self, matrix: sparse.csr_matrix, rows: np.ndarray) -> Head:
        """Learn it from examples ``rows``, whose features are ``matrix``."""
        put = self.put[rows]
        own = rows[put]
        return Head(*separate(matrix[put], self.answer[own], self.weights[own]))


def questions(learn: Sequence[Example]) -> dict[str, Question]:
    """The two questions that are kept apart for the officer, where the examples can answer them.

    Checkable: what somebody judged, true or not, against posts that nobody thought worth judging.
    Dubious: of what somebody judged, the false against the true.
    """
    judged = np.array([example.labelled for example in learn])
    label = np.array([example.label for example in learn]) == 1
    out = {}
    for name, put, answer in (
        (model.CHECKABLE, np.ones(len(learn), bool), judged),
        (model.DUBIOUS, judged, label),
    ):
        counts = np.bincount(answer[put].astype(int), minlength=2)
        if min(counts) >= FEWEST:
            even = put.sum() / 2 / counts
            out[name] = Question(put, answer, np.where(answer, even[1], even[0]))
    return out


def heads(
    learn: Sequence[Example], rows: sparse.csr_matrix, unseen: Unseen
) -> tuple[dict[str, Head], dict[str, dict[str, float]]]:
    """The second questions learned from all examples and calibrated out of fold, with scores."""
    out, told = {}, {}
    for name, question in questions(learn).items():
        head = question.answered(rows, np.arange(len(learn)))
        margins, answer = unseen.heads[name][question.put], question.answer[question.put]
        slope, offset = calibration.platt(margins, answer, question.weights[question.put])
        out[name] = replace(head, slope=slope, offset=offset)
        risks, mix = expit(slope * margins + offset), question.weights[question.put]
        told[name] = {
            "put_to": int(question.put.sum()),
            "answered_yes": int(answer.sum()),
            "roc_auc": round(float(roc_auc_score(answer, margins)), 4),
            "expected_calibration_error": round(calibration.error(risks, answer, mix), 4),
        }
    return out, told


def given(learn: Sequence[Example]) -> np.ndarray:
    """The given folds; an example without one gets its cluster's, drawn by a hash."""
    return np.array(
        [
            e.fold
            if e.fold >= 0
            else int(hashlib.sha256(e.cluster.encode()).hexdigest()[:8], 16) % FOLDS
            for e in learn
        ]
    )


def at_random(n: int) -> np.ndarray:
    """Folds (n,) that know nothing of clusters: they flatter."""
    order = [i % FOLDS for i in range(n)]
    random.Random(1).shuffle(order)  # noqa: S311 - folds, no secret
    return np.array(order)
