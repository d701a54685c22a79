"""Ranking quality on streams A to D, the stock pipeline and the weights of before in the same run.

``python -m benchmarks.bench_quality`` looks at the half of each stream that may be read; with
``--sealed`` at the other one, which is done once, when nothing more is to be chosen.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from statistics import mean

import numpy as np

import models.driver  # noqa: F401  (first: one SQLite library)
from benchmarks import research, results, stock, weights_before
from classifier.learning import examples, figures, streams, train
from classifier.learning.figures import Figures

SHORT = 50  # characters
STOCK, BEFORE, OURS = "stock", "weights of before", "ours"


def scores(stream: streams.Stream) -> Iterator[tuple[str, np.ndarray]]:
    """What each model says (n,) of the stream: stock, the weights of before, ours."""
    judge = [e.text for e in stream.judge]
    learner = stock.pipeline().fit([e.text for e in stream.learn], [e.label for e in stream.learn])
    yield STOCK, learner.decision_function(judge)
    if stream.name in ("C", "D"):  # A and B are what they learned from
        before = weights_before.risks(judge)
        if before is not None:
            yield BEFORE, before
    yield OURS, train.first_day(stream).decision_function(judge)


def table(found: list[streams.Stream]) -> list[str]:
    """Figures with 95 % bootstrap intervals, the paired gain over stock, means and worst."""
    lines = ["| stream | model | PR-AUC | P@100 | R@2 % |", "| --- | --- | --- | --- | --- |"]
    reached: dict[str, list[Figures]] = {STOCK: [], OURS: []}
    lengths = []
    for stream in found:
        truth = np.array([e.label for e in stream.judge])
        drawn = {}
        for name, each in scores(stream):
            figure, drawn[name] = figures.figures_of(each, truth), figures.draws(each, truth)
            if name in reached:
                reached[name].append(figure)
            told = figures.intervals(figure, drawn[name]).values()
            cells = " | ".join(f"{i.value:.3f} [{i.low:.3f}, {i.high:.3f}]" for i in told)
            lines.append(f"| {stream.name} | {name} | {cells} |")
            if name == OURS:
                lengths.append(by_length(stream, each))
        gain = drawn[OURS] - drawn[STOCK]
        low, high = np.quantile(gain, [0.025, 0.975], axis=0)
        cells = " | ".join(
            f"{m:+.3f} [{a:+.3f}, {b:+.3f}]"
            for m, a, b in zip(gain.mean(axis=0), low, high, strict=True)
        )
        lines.append(f"| {stream.name} | gain over stock | {cells} |")
    for name, each in reached.items():
        for word, way in (("mean", mean), ("worst", min)):
            cells = " | ".join(f"{way(getattr(f, n) for f in each):.3f}" for n in figures.NAMES)
            lines.append(f"| {word} of {len(each)} | {name} | {cells} |")
    return [*lines, "", *lengths]


def by_length(stream: streams.Stream, scores: np.ndarray) -> str:
    """How many rumors, short and long, stand in the top 2 % of the stream."""
    truth = np.array([e.label for e in stream.judge])
    line = np.quantile(scores[truth == 0], 0.98)
    short = np.array([len(e.text) < SHORT for e in stream.judge])
    cells = [
        f"{np.mean(scores[own] >= line):.2f} of {own.sum()} {words}"
        for words, own in (
            (f"under {SHORT} characters", (truth == 1) & short),
            ("longer", (truth == 1) & ~short),
        )
    ]
    return f"- {stream.name}, ours, rumors above 98 % of what is none: {', '.join(cells)}."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sealed", action="store_true", help="the half that is read once")
    sealed = parser.parse_args().sealed
    found = research.paths()
    if not found:
        print("skipped: the research sets are not in ../shared/data (or set PIYAO_DATA)")
        return
    half = streams.SEALED if sealed else streams.READ
    cut = streams.cut(examples.read_examples(found).examples, half)
    lines = [
        f"The {half} half of each stream, one post a cluster, rumors weighted to 1 % of the stream; 400 bootstrap"
        " draws, the same for all models.",
        "",
        *table(cut),
    ]
    results.append(f"benchmarks.bench_quality{' --sealed' if sealed else ''}", lines)


if __name__ == "__main__":
    main()
