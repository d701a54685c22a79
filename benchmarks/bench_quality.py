"""Ranking quality on streams A and B (../shared/data, README), stock pipeline in the same run."""

from __future__ import annotations

import numpy as np

import models.driver  # noqa: F401  (first: one SQLite library)
from benchmarks import research, results, stock
from classifier.learning import examples, figures, streams
from classifier.learning.estimator import RumorClassifier


def ranking(found: list[streams.Stream], events: dict[str, float]) -> list[str]:
    """Figures with 95 % bootstrap intervals, and the paired gain over stock."""
    lines = ["| stream | model | PR-AUC | P@100 | R@2 % |", "| --- | --- | --- | --- | --- |"]
    for stream in found:
        kept = examples.without(stream.learn, events)
        learn, labels = [e.text for e in kept], [e.label for e in kept]
        every, marks = [e.text for e in stream.learn], [e.label for e in stream.learn]
        judge = [e.text for e in stream.judge]
        truth = np.array([e.label for e in stream.judge])
        theirs = stock.pipeline().fit(every, marks).decision_function(judge)
        ours = RumorClassifier().fit(learn, labels, examples.weights(kept))
        scores = ours.decision_function(judge)
        drawn = {"stock": figures.draws(theirs, truth), "ours": figures.draws(scores, truth)}
        for name, each in (("stock", theirs), ("ours", scores)):
            told = figures.intervals(figures.figures_of(each, truth), drawn[name]).values()
            cells = " | ".join(f"{i.value:.3f} [{i.low:.3f}, {i.high:.3f}]" for i in told)
            lines.append(f"| {stream.name} | {name} | {cells} |")
        gain = drawn["ours"] - drawn["stock"]
        low, high = np.quantile(gain, [0.025, 0.975], axis=0)
        cells = " | ".join(
            f"{m:+.3f} [{a:+.3f}, {b:+.3f}]"
            for m, a, b in zip(gain.mean(axis=0), low, high, strict=True)
        )
        lines.append(f"| {stream.name} | gain | {cells} |")
        lines.append(_short(stream, scores))
    return lines


def _short(stream: streams.Stream, scores: np.ndarray) -> str:
    """How many rumors under 50 characters stand in the top 2 % of the stream."""
    truth = np.array([e.label for e in stream.judge])
    line = np.quantile(scores[truth == 0], 0.98)
    lengths = np.array([len(e.text) for e in stream.judge])
    short, long = (truth == 1) & (lengths < 50), (truth == 1) & (lengths >= 50)
    cell = f"under 50 characters {np.mean(scores[short] >= line):.2f} of {short.sum()}"
    return f"| {stream.name} | ours, rumors above 98 % of negatives | {cell} | from 50 {np.mean(scores[long] >= line):.2f} | |"


def main() -> None:
    found = research.paths()
    if not found:
        print("skipped: the research sets are not in ../shared/data (or set PIYAO_DATA)")
        return
    rows = examples.read_examples(found).examples
    events = examples.one_event(rows)
    lines = [
        "Rumors weighted to 1 % of the stream; 400 bootstrap draws, the same for both models.",
        f"Ours does not learn from ordinary posts of {', '.join(events)} (a single event); stock does.",
        "",
        *ranking(streams.cut(rows), events),
    ]
    results.append("benchmarks.bench_quality", lines)


if __name__ == "__main__":
    main()
