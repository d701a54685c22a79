"""Whether scores mean what they say: told against found, out of fold and on the streams.

``python -m benchmarks.bench_calibration``. On cluster folds Platt's scaling is learned on four folds and
judged on the fifth. On the streams the scaling comes from folds of what was learned, and the score
is moved to a stream with 1 % rumors (prior shift); baseline: the same without the shift.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

import models.driver  # noqa: F401  (first: one SQLite library)
from benchmarks import research, results
from classifier.learning import (
    calibration,
    examples,
    features,
    figures,
    folds,
    matrix,
    streams,
    train,
)
from classifier.learning.examples import Example
from classifier.ranking.features import Features
from models.ranking import need

HEAD = ["| told from | to | told | found | ± | posts | told / found |", "| --- " * 7 + "|"]
EDGES = (0.0, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
FEWEST = 100


def rows(
    risks: np.ndarray, labels: np.ndarray, weights: np.ndarray, edges: tuple[float, ...]
) -> list[str]:
    out = []
    for row in calibration.table(risks, labels, weights, edges):
        ratio = row["told"] / row["found"] if row["found"] else float("nan")
        few = "" if row["posts"] >= FEWEST else " (few)"
        out.append(
            f"| {row['from']:g} | {row['to']:g} | {row['told']:.4f} | {row['found']:.4f} |"
            f" {row['give']:.4f} | {row['posts']:,}{few} | {ratio:.2f} |"
        )
    return out


def on_folds(learn: list[Example], margins: np.ndarray) -> list[str]:
    labels, each = np.array([e.label for e in learn]), folds.given(learn)
    mix = calibration.even(labels, examples.weights(learn))
    risks = np.zeros(len(learn))
    for fold in np.unique(each):
        seen, own = each != fold, each == fold
        slope, offset = calibration.platt(margins[seen], labels[seen], mix[seen])
        risks[own] = expit(slope * margins[own] + offset)
    error = calibration.error(risks, labels, mix)
    return [
        f"Cluster folds, even mix, scaling unseen too: expected calibration error {error:.4f}.",
        "",
        *HEAD,
        *rows(risks, labels, mix, calibration.TENTHS),
    ]


def on_stream(stream: streams.Stream) -> list[str]:
    learner = train.first_day(stream, calibrated=True)
    risks = expit(learner.decision_function([e.text for e in stream.judge]))
    truth = np.array([e.label for e in stream.judge])
    share = np.where(truth == 1, figures.SHARE, 1 - figures.SHARE)
    weights = share / np.where(truth == 1, truth.sum(), (1 - truth).sum()) * len(truth)
    shifted = np.array([need.on_stream(float(risk)) for risk in risks])
    brier = [float(np.average((p - truth) ** 2, weights=weights)) for p in (risks, shifted)]
    error = calibration.error(shifted, truth, weights)
    return [
        "",
        f"Stream {stream.name}, first day, moved to 1 %: expected calibration error {error:.4f}; Brier score"
        f" {brier[1]:.4f} against {brier[0]:.4f} without the shift; mean told"
        f" {np.average(shifted, weights=weights):.4f}, true {figures.SHARE}.",
        "",
        *HEAD,
        *rows(shifted, truth, weights, EDGES),
    ]


def main() -> None:
    found = research.paths()
    if not found:
        print("bench_calibration: skipped, the research sets are not here (see PIYAO_DATA)")
        return
    read = examples.read_examples(found).examples
    learn = examples.one_a_cluster(read)
    typed = Features.typed([e.text for e in learn])
    rows_of = matrix.typed(features.learn(typed), typed)
    margins = folds.out_of_fold(learn, rows_of, folds.given(learn)).rank
    lines = on_folds(learn, margins)
    for stream in streams.cut(read):
        lines += on_stream(stream)
    results.append("benchmarks.bench_calibration", lines)


if __name__ == "__main__":
    main()
