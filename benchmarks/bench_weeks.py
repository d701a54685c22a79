"""A desk's first weeks on streams A and B: the ranking on posts to come, by number of verdicts.

``python -m benchmarks.bench_weeks``. Half of each test stream comes to a real store in 8 rounds, officers
label the top 2 % and about 20 random posts of each, the model is renewed (``desk.simulation``); the other
half is the test. The baseline is the model of the first day, on the same half in the same run.
"""

from __future__ import annotations

from models import driver  # noqa: F401  # isort: skip  (first: one SQLite library)

from collections.abc import Sequence
from statistics import mean

from benchmarks import research, results
from classifier import examples, streams
from classifier.estimator import RumorClassifier
from classifier.figures import NAMES, Figures
from classifier.model import Model
from classifier.streams import Stream
from desk import simulation
from desk.simulation import Round

SEEDS = (0, 1, 2)
TARGETS = {"pr_auc": 0.52, "r_at_2": 0.64}


def first_day(stream: Stream, events: dict[str, float]) -> Model:
    """A model that has seen nothing of the stream, as the shipped one would be."""
    learn = examples.without(stream.learn, events)
    labels = [row.label for row in learn]
    learner = RumorClassifier().fit([row.text for row in learn], labels, examples.weights(learn))
    return Model(learner, f"first-day-{stream.name}")


def weeks(base: Model, stream: Stream, seeds: Sequence[int], at_once: bool) -> list[list[Round]]:
    """The rounds of each seed."""
    return [
        list(
            simulation.replay(
                base, simulation.halves(stream.judge, seed), seed=seed, at_once=at_once
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
    paths = research.paths()
    if not paths:
        print("bench_weeks: skipped, the shared sets are not here (PIYAO_DATA names their folder)")
        return
    rows = examples.read(paths).examples
    events = examples.one_event(rows)
    lines = [
        f"Means of {len(SEEDS)} draws of the first half, [lowest, highest] of them; rumors are 1 % of the stream.",
        "",
        "| stream | model | PR-AUC | P@100 | R@2 % |",
        "| --- | --- | --- | --- | --- |",
    ]
    curves, after = [], []
    for stream in streams.cut(rows):
        base = first_day(stream, events)
        once = weeks(base, stream, SEEDS, at_once=True)
        tried = weeks(base, stream, SEEDS[:1], at_once=False)
        ends = [run[-1] for run in once]
        after += [end.newest for end in ends]
        count = f"{mean(end.verdicts for end in ends):.0f} verdicts, {mean(end.hits for end in ends):.0f} hits"
        lines += [
            f"| {stream.name} | first day (baseline) | {told([run[0].newest for run in once])} |",
            f"| {stream.name} | renewed each round, {count} | {told([end.newest for end in ends])} |",
            f"| {stream.name} | in use after its trials, one draw | {told([tried[0][-1].used])} |",
        ]
        curves.append(f"- {stream.name}, verdicts: PR-AUC — {curve(once)}.")
    reached = {name: mean(getattr(each, name) for each in after) for name in TARGETS}
    aims = ", ".join(f"{name} {reached[name]:.3f} (target {aim})" for name, aim in TARGETS.items())
    results.append("benchmarks.bench_weeks", [*lines, "", f"Mean of A and B: {aims}.", "", *curves])


if __name__ == "__main__":
    main()
