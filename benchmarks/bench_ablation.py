"""What each choice of the ranking is worth: the recipe with one thing left out or put in.

``python -m benchmarks.bench_ablation``. Streams A to D (../shared/data, README), rumors weighted to
1 %. Differences under 0.015 are noise. What paid stays in; what did not is told here and is not in
the code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion

import models.driver  # noqa: F401  (first: one SQLite library)
from benchmarks import research, results, stock
from classifier.learning import (
    examples,
    figures,
    matrix,
    streams,
)
from classifier.learning.estimator import RumorClassifier, separate
from classifier.learning.features import TextFeatures
from classifier.ranking.features import Features
from classifier.text.spelling import segment


@dataclass(frozen=True)
class Lesson:
    """What a variant learns from: texts as posted and as typed, labels, weights (n,)."""

    raw: Sequence[str]
    typed: Sequence[str]
    labels: np.ndarray
    weights: np.ndarray


Scorer = Callable[[Lesson, Sequence[str], Sequence[str]], np.ndarray]


def ours(**changed: float) -> Scorer:
    def score(lesson: Lesson, raw: Sequence[str], typed: Sequence[str]) -> np.ndarray:
        learner = RumorClassifier(**changed).fit_typed(lesson.typed, lesson.labels, lesson.weights)
        learned = learner.learned_
        return matrix.margins(matrix.typed(learned.features, typed), learned)

    return score


def plain_weights(lesson: Lesson, raw: Sequence[str], typed: Sequence[str]) -> np.ndarray:
    even = np.where(lesson.labels == 1, lesson.weights, lesson.weights / examples.ORDINARY)
    return ours()(Lesson(lesson.raw, lesson.typed, lesson.labels, even), raw, typed)


def as_posted(lesson: Lesson, raw: Sequence[str], typed: Sequence[str]) -> np.ndarray:
    """Neither normalised nor kinds under marks."""
    return ours()(Lesson(lesson.raw, lesson.raw, lesson.labels, lesson.weights), raw, raw)


def fitted(
    features: Typed | FeatureUnion, lesson: Lesson, typed: Sequence[str], loss: str
) -> np.ndarray:
    """The recipe with other features, or the loss of logistic regression."""
    table = features.transform(lesson.typed)
    if loss == "logistic":
        learner = LogisticRegression(C=20.0, solver="liblinear", tol=1e-3, random_state=0)
        learner.fit(table, lesson.labels, lesson.weights)
        return learner.decision_function(features.transform(typed))
    coef, intercept = separate(table, lesson.labels, lesson.weights)
    return features.transform(typed) @ coef + intercept


def logistic(lesson: Lesson, raw: Sequence[str], typed: Sequence[str]) -> np.ndarray:
    return fitted(Typed().fit(lesson.typed), lesson, typed, "logistic")


class Typed(TextFeatures):
    """``TextFeatures`` in scikit-learn's verbs for texts that are typed already."""

    def fit(self, X: Iterable[str], y: Any = None) -> Typed:
        self.fit_typed(list(X))
        return self

    def transform(self, X: Iterable[str]) -> sparse.csr_matrix:
        return self.transform_typed(list(X))


def words_too(lesson: Lesson, raw: Sequence[str], typed: Sequence[str]) -> np.ndarray:
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(
        tokenizer=segment, token_pattern=None, ngram_range=(1, 2), min_df=5, sublinear_tf=True
    )
    union = FeatureUnion(
        [("typed", Typed()), ("words", words)], transformer_weights={"typed": 1, "words": 0.25}
    ).fit(lesson.typed)
    return fitted(union, lesson, typed, "hinge")


def stocked(lesson: Lesson, raw: Sequence[str], typed: Sequence[str]) -> np.ndarray:
    return stock.pipeline().fit(lesson.raw, lesson.labels).decision_function(raw)


VARIANTS: dict[str, Scorer] = {
    "stock: jieba words, TF-IDF, logistic regression": stocked,
    "**ours**": ours(),
    "negatives not 30-fold": plain_weights,
    "logistic loss (C 20)": logistic,
    "without steps and pairs of cues": ours(detail_scale=0.0),
    "without any cue": ours(detail_scale=0.0, cue_scale=0.0),
    "text as posted, not normalised": as_posted,
    "and words, pairs of words (x 0.25)": words_too,
    "and runs of four characters": ours(longest=4),
    "only runs of one and two": ours(longest=2),
    "C half / double: 0.05": ours(C=0.05),
    "C half / double: 0.2": ours(C=0.2),
}


def main() -> None:
    found = research.paths()
    if not found:
        print(
            "bench_ablation: skipped, the research sets are not here (PIYAO_DATA names their folder)"
        )
        return
    rows = examples.read_examples(found).examples
    told: dict[str, list[figures.Figures]] = {name: [] for name in VARIANTS}
    found_streams = streams.cut(rows)
    for stream in found_streams:
        kept = stream.learn
        type_ = Features.typed
        raw, typed = [e.text for e in stream.judge], type_([e.text for e in stream.judge])
        lesson = Lesson(
            [e.text for e in kept],
            type_([e.text for e in kept]),
            np.array([e.label for e in kept]),
            np.array(examples.weights(kept)),
        )
        truth = np.array([e.label for e in stream.judge])
        for name, score in VARIANTS.items():
            told[name].append(figures.figures_of(score(lesson, raw, typed), truth))
    named = [stream.name for stream in found_streams]
    lines = [
        "The half of each stream that may be read, one post a cluster; PR-AUC / R@2 %. Every row learns from the"
        " same posts.",
        "",
        f"| setting | {' | '.join(named)} | mean PR-AUC | worst |",
        "| --- " * (len(named) + 3) + "|",
    ]
    for name, each in told.items():
        cells = " | ".join(f"{f.pr_auc:.3f} / {f.r_at_2:.2f}" for f in each)
        areas = [f.pr_auc for f in each]
        lines.append(f"| {name} | {cells} | {np.mean(areas):.3f} | {min(areas):.3f} |")
    results.append("benchmarks.bench_ablation", lines)


if __name__ == "__main__":
    main()
