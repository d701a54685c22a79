"""A desk's first weeks on streams A to D: the ranking on posts to come, by hours and by number of verdicts.

``python -m benchmarks.bench_weeks``. Half of each test stream comes to a real store: first six hours in which
nobody decides anything, then 8 rounds, of each of which officers label the top 2 % and about 20 random posts,
and the model is renewed (``operations.simulate``); the other half is the test. The baseline is the model of the first day, on the same half in the same run.

All of it is of the half of each stream that may be read; ``--sealed`` looks at the other, once. ``--streams CD``
and ``--draws 1`` for part of it.
"""

from __future__ import annotations

from models import driver  # noqa: F401  # isort: skip  (first: one SQLite library)

import argparse
import sys
from collections.abc import Sequence
from statistics import mean

import numpy as np

from benchmarks import research, results
from classifier.learning import (
    calibration,
    examples,
    prior,
    streams,
    train,
)
from classifier.learning import matrix as matrices
from classifier.learning.figures import NAMES, SHARE, Figures
from classifier.learning.prior import Prior
from classifier.learning.streams import Stream
from classifier.ranking.features import Features
from classifier.ranking.model import Model
from models.ranking import need
from operations import simulate as simulation
from operations.simulate import Round

SEEDS = (11, 12, 13)  # the recipe was chosen on other draws (0 to 2) of the same streams
HOURS = 6
EDGES = (0.0, 0.01, 0.1, 0.3, 1.0)
HEAD = (
    "Scores moved to the base rate that the desk estimates (1 % before its first verdict; it is 1 %):",
    "",
    "| stream | score | told | found | ± | posts | told / found |",
    "| --- " * 7 + "|",
)
TARGETS = {"pr_auc": 0.52, "r_at_2": 0.64}


def first_day(stream: Stream) -> tuple[Model, Prior]:
    """A model that has seen nothing of the stream, calibrated out of fold as the shipped one is, and
    its prior."""
    found = train.first_day(stream, calibrated=True).learned_
    rows = matrices.typed(found.features, Features.typed([row.text for row in stream.learn]))
    labels = np.array([row.label for row in stream.learn])
    held = prior.of(found, rows, labels, np.array(examples.weights(stream.learn)))
    return Model(found, f"first-day-{stream.name}"), held


def reliability(name: str, runs: Sequence[tuple[Round, np.ndarray]]) -> list[str]:
    """Told against found on the test, moved to the base rate that the desk estimates itself."""
    risks = np.concatenate(
        [[need.on_stream(float(risk), each.base_rate) for risk in each.risks] for each, _ in runs]
    )
    truth = np.concatenate([labels for _, labels in runs])
    share = np.where(truth == 1, SHARE / truth.sum(), (1 - SHARE) / (1 - truth).sum()) * len(truth)
    return [
        f"| {name} | {row['from']:g} – {row['to']:g} | {row['told']:.4f} | {row['found']:.4f} |"
        f" {row['give']:.4f} | {row['posts']:,} | {row['told'] / max(row['found'], 1e-9):.2f} |"
        for row in calibration.table(risks, truth, share, EDGES)
    ]


def weeks(
    base: Model, held: Prior, stream: Stream, seeds: Sequence[int], at_once: bool
) -> list[list[Round]]:
    """The rounds of each seed."""
    return [
        list(
            simulation.replay(
                base,
                simulation.halves(stream.judge, seed),
                seed=seed,
                at_once=at_once,
                hours=HOURS,
                held=held,
            )
        )
        for seed in seeds
    ]


def told(found: Sequence[Figures]) -> str:
    """Cells of the mean of each figure over the seeds, with the lowest and highest."""
    cells = []
    for name in NAMES:
        each = [getattr(figures, name) for figures in found]
        cells.append(f"{mean(each):.3f} [{min(each):.3f}, {max(each):.3f}]")
    return " | ".join(cells)


def curve(runs: Sequence[Sequence[Round]]) -> str:
    """Verdicts and PR-AUC after each round, means over the seeds."""
    return ", ".join(
        f"{mean(each.verdicts for each in same):.0f}: {mean(each.newest.pr_auc for each in same):.3f}"
        for same in zip(*runs, strict=True)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sealed", action="store_true", help="the half that is read once")
    parser.add_argument("--streams", default="ABCD", help="which of them")
    parser.add_argument("--draws", type=int, default=len(SEEDS), choices=range(1, len(SEEDS) + 1))
    chosen = parser.parse_args()
    seeds, half = SEEDS[: chosen.draws], streams.SEALED if chosen.sealed else streams.READ
    paths = research.paths()
    if not paths:
        print("bench_weeks: skipped, the shared sets are not here (PIYAO_DATA names their folder)")
        return
    rows = examples.read_examples(paths).examples
    lines = [
        f"The {half} half of each stream; means of {len(seeds)} draws of its first half, [lowest, highest] of them;"
        " rumors are 1 % of the stream.",
        "",
        "| stream | model | PR-AUC | P@100 | R@2 % |",
        "| --- | --- | --- | --- | --- |",
    ]
    curves, after, meant = [], [], []
    for stream in streams.cut(rows, half):
        if stream.name not in chosen.streams:
            continue
        base, held = first_day(stream)
        once = weeks(base, held, stream, seeds, at_once=True)
        tried = weeks(base, held, stream, SEEDS[:1], at_once=False)
        ends = [run[-1] for run in once]
        tests = [simulation.halves(stream.judge, seed).test for seed in seeds]
        truths = [np.array([row.label for row in test]) for test in tests]
        begun = [run[0] for run in once]
        meant += reliability(f"{stream.name}, first day", list(zip(begun, truths, strict=True)))
        meant += reliability(f"{stream.name}, renewed", list(zip(ends, truths, strict=True)))
        after += [end.newest for end in ends]
        count = f"{mean(end.verdicts for end in ends):.0f} verdicts, {mean(end.hits for end in ends):.0f} hits"
        lines += [
            f"| {stream.name} | first day (baseline) | {told([run[0].newest for run in once])} |",
            f"| {stream.name} | {HOURS} hours, no verdict | {told([run[HOURS].used for run in once])} |",
            f"| {stream.name} | renewed each round, {count} | {told([end.newest for end in ends])} |",
            f"| {stream.name} | in use after its trials, one draw | {told([tried[0][-1].used])} |",
        ]
        curves.append(f"- {stream.name}, verdicts: PR-AUC — {curve(once)}.")
    reached = {name: mean(getattr(each, name) for each in after) for name in TARGETS}
    aims = ", ".join(f"{name} {reached[name]:.3f} (target {aim})" for name, aim in TARGETS.items())
    lines += ["", f"Mean of the streams: {aims}.", "", *curves, "", *HEAD, *meant]
    given = "".join(f" {word}" for word in sys.argv[1:])
    results.append(f"benchmarks.bench_weeks{given}", lines)


if __name__ == "__main__":
    main()
