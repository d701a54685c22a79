"""Ranking quality on streams A and B (../shared/data, README), stock pipeline in the same run."""

from __future__ import annotations

import random

import numpy as np

import models.driver  # noqa: F401  (first: one SQLite library)
from benchmarks import research, results, stock
from classifier import examples, figures, nearness, streams
from classifier.estimator import RumorClassifier
from classifier.examples import Example


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
            told = figures.intervals(figures.of(each, truth), drawn[name]).values()
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


def sameness(rows: tuple[Example, ...]) -> list[str]:
    """Near-duplicates found, and ordinary posts joined, by keys and ``same_claim`` together."""
    draw = random.Random(0)
    homes: dict[str, list[str]] = {}
    for row in rows:
        if row.labelled:
            homes.setdefault(row.cluster, []).append(row.text)
    pairs = [draw.sample(sorted(set(t)), 2) for t in homes.values() if len(set(t)) > 1]
    met = [set(nearness.fingerprint(a).keys) & set(nearness.fingerprint(b).keys) for a, b in pairs]
    same = [nearness.same_claim(a, b) >= nearness.THRESHOLD for a, b in pairs]
    both = np.mean([bool(m) and s for m, s in zip(met, same, strict=True)])
    lines = [
        f"- {len(pairs):,} pairs of one cluster: share a key {np.mean([bool(m) for m in met]):.3f}, "
        f"same claim {np.mean(same):.3f}, both {both:.3f}."
    ]
    for source in ("weibo2018", "smp2020"):
        texts = [row.text for row in rows if row.source == source]
        texts = draw.sample(texts, min(10_000, len(texts)))
        lines.append(f"- {source}: {_joined(texts)}")
    return lines


def _joined(texts: list[str]) -> str:
    homes = nearness.clusters(texts)
    groups: dict[int, list[int]] = {}
    for i, home in enumerate(homes):
        groups.setdefault(home, []).append(i)
    joined = len(texts) - len(groups)
    strange = sum(
        not _copies(texts[i], [texts[j] for j in group if j != i])
        for group in groups.values()
        if len(group) > 1
        for i in group[1:]
    )
    n = 10_000 / len(texts)
    biggest = max(map(len, groups.values()))
    return (
        f"of 10,000 ordinary posts {joined * n:.0f} join another, {strange * n:.0f} of them without "
        f"ten characters in a row in common with any of their cluster; largest cluster {biggest}."
    )


def _copies(text: str, others: list[str]) -> bool:
    runs = {text[i : i + 10] for i in range(max(len(text) - 9, 1))}
    return any(run in other for other in others[:50] for run in runs)


def main() -> None:
    found = research.paths()
    if not found:
        print("skipped: the research sets are not in ../shared/data (or set PIYAO_DATA)")
        return
    rows = examples.read(found).examples
    events = examples.one_event(rows)
    lines = [
        "Rumors weighted to 1 % of the stream; 400 bootstrap draws, the same for both models.",
        f"Ours does not learn from ordinary posts of {', '.join(events)} (a single event); stock does.",
        "",
        *ranking(streams.cut(rows), events),
        "",
        *sameness(rows),
    ]
    results.append("benchmarks.bench_quality", lines)


if __name__ == "__main__":
    main()
