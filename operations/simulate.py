"""A desk's first weeks, replayed on labelled posts: how the ranking grows, first by what is ordinary there,
then with its verdicts.

Only the officers' judgement is imitated: it is the label. Posts go into a real store, are scored,
clustered and queued. In the first ``hours`` nobody decides, and the model adapts to what is ordinary
(``learning.first_night``); then officers' accounts decide, and the model is renewed at the end of
each round, which is a day. Half of the claims come to the desk; the other half is the test.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from scipy.special import expit

from classifier.learning import editions as model_editions
from classifier.learning import figures, first_night, night
from classifier.learning import matrix as matrices
from classifier.learning.examples import Example
from classifier.learning.figures import Figures
from classifier.learning.prior import Prior
from classifier.learning.renewal import RECIPE, Recipe
from classifier.ranking import new_posts
from classifier.ranking.model import Model
from models import store
from models.casework import (
    cases,
    opening,
    queue,
    verdicts,
)
from models.casework.records import Case, Hazard, Literal
from models.config import QueueConfig, WindowConfig
from models.errors import InputError
from models.intake import posts
from models.intake.records import Post
from models.outcome import Outcome
from models.people import officers
from models.ranking import clusters
from models.ranking.line import Line
from models.ranking.need import BASE_RATE
from models.roles import Officer, Role
from models.store import Store

TOP = 0.02  # the share of a round's posts that officers read from the top
RANDOM = 20  # about how many more they read at random
OFFICERS = 5
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Round:
    """The state after a number of rounds: what was decided, and how each model ranks the test.
    Rounds before the first verdict are hours, and have no number."""

    number: int
    verdicts: int
    hits: int  # of them worth a check
    newest: Figures  # the model just renewed
    used: Figures  # the one that scores, after its trial on later verdicts
    version: str  # of the latter
    risks: np.ndarray = field(compare=False)  # what the newest says of each post of the test, 0..1
    base_rate: float  # the share worth a check as the desk estimates it


@dataclass(frozen=True)
class Halves:
    """What comes to the desk, one post in a hundred a rumor, and what is kept for the test."""

    stream: tuple[Example, ...]
    test: tuple[Example, ...]


def halves(rows: Sequence[Example], seed: int) -> Halves:
    """Claims drawn into two halves, clusters whole; the first thinned to 1 % of positives.

    Raises ``InputError`` where a half lacks one of the labels.
    """
    draw = np.random.default_rng(seed)
    first = {cluster: draw.random() < 0.5 for cluster in sorted({row.cluster for row in rows})}
    mine = [row for row in rows if first[row.cluster]]
    test = tuple(row for row in rows if not first[row.cluster])
    ordinary, hits = ([row for row in mine if row.label == label] for label in (0, 1))
    if not ordinary or not hits or {row.label for row in test} != {0, 1}:
        raise InputError(
            f"{len(rows)} posts hold too few of one label", "simulate", "give more labelled posts"
        )
    share = figures.SHARE
    count = min(len(hits), max(1, round(len(ordinary) * share / (1 - share))))
    stream = [*ordinary, *(hits[i] for i in draw.choice(len(hits), count, replace=False))]
    return Halves(tuple(stream[i] for i in draw.permutation(len(stream))), test)


def replay(
    base: Model,
    found: Halves,
    rounds: int = 8,
    seed: int = 0,
    at_once: bool = False,
    recipe: Recipe = RECIPE,
    hours: int = 0,
    held: Prior | None = None,
) -> Iterator[Round]:
    """The desk before its first verdict, after each of its ``hours`` without one, then after each round.

    Half of the posts come in the hours. ``held``: the prior of ``base``; by default
    that of the shipped weights.

    A renewed model scores once it stood its trial on later verdicts, as on a real desk; with
    ``at_once`` each scores from the next round on. Raises ``InputError`` where a round has no post.
    """
    if max(rounds, hours) > len(found.stream) // (1 + bool(hours)):
        raise InputError(
            f"{len(found.stream)} posts are too few for {rounds} rounds",
            "simulate",
            "give more labelled posts, or fewer --rounds",
        )
    features = base.classifier.features
    # the vocabulary stays when the model moves: one reading of the test serves all of them
    matrix = matrices.typed(features, features.typed([row.text for row in found.test]))
    truth = np.array([row.label for row in found.test])

    def measured(model: Model) -> Figures:
        return figures.figures_of(matrices.margins(matrix, model.classifier), truth)

    def told(model: Model) -> np.ndarray:
        learner = model.classifier
        return expit(learner.slope * matrices.margins(matrix, learner) + learner.offset)

    with (
        tempfile.TemporaryDirectory(prefix="piyao-weeks-") as folder,
        store.using(Path(folder) / "piyao.db") as db,
        _days() as clock,
    ):
        db.secret = f"weeks {seed}".encode()  # the random sample is the seed's
        team = [officers.add(db, f"officer-{n}", Role.VERIFIER) for n in range(OFFICERS)]
        running = base
        first = measured(base)
        yield Round(0, 0, 0, first, first, base.version, told(base), BASE_RATE)
        decided: list[bool] = []
        labels: dict[str, bool] = {}
        still_night = len(found.stream) // 2 if hours else 0
        days = np.array_split(np.arange(still_night, len(found.stream)), rounds)
        for hour, part in enumerate(np.array_split(np.arange(still_night), hours or 1)[:hours]):
            come = [found.stream[i] for i in part]
            _come(db, running, come, f"hour{hour}", labels, RANDOM / still_night)
            clock.move(hours=1, minutes=1)
            first_night.settle(db, base, 1.0, held)  # what reached the line of its hour has a case
            running, _ = model_editions.in_use(db, base, running)
            still = measured(running)
            yield Round(0, 0, 0, still, still, running.version, told(running), BASE_RATE)
        for number, part in enumerate(days, 1):
            here = [found.stream[i] for i in part]
            decided += _day(db, running, here, team, number, labels)
            clock.move(days=1, hours=1)
            done = night.renew(db, base, _share(here), recipe, held=held)
            newest = model_editions.load(db, done.made.version) if done.made else running
            if at_once and done.made:
                model_editions.use(db, base, done.made.version)
            running, _ = model_editions.in_use(db, base, running)
            yield Round(
                number,
                len(decided),
                sum(decided),
                measured(newest),
                measured(running),
                running.version,
                told(newest),
                done.made.base_rate if done.made else BASE_RATE,
            )


def _share(rows: Sequence[Example]) -> float:
    """The chance of one of a round's posts to be read at random."""
    return min(RANDOM / len(rows), 1.0)


def _come(
    db: Store,
    running: Model,
    rows: Sequence[Example],
    when: str,
    labels: dict[str, bool],
    share: float,
) -> None:
    """Posts come, are scored and queued, and a ``share`` of them is drawn to be read at random.
    ``labels`` are told theirs, by the identity of the post."""
    told = {f"{when}-{n}": row for n, row in enumerate(rows)}
    labels |= {key: bool(row.label) for key, row in told.items()}
    posts.add_many(db, [Post(row.source, key, row.text) for key, row in told.items()])
    line = float(np.quantile(running.risks([row.text for row in rows]), 1 - TOP))
    reading = QueueConfig(risk_line=line, sample_share=min(share, 1.0))
    while new_posts.score_new(db, running, reading, WindowConfig()):
        pass
    while stale := clusters.stale(db):
        for cluster_id in stale:
            opening.refresh(db, cluster_id, "", Line.at(line))


def _day(
    db: Store,
    running: Model,
    rows: Sequence[Example],
    team: Sequence[Officer],
    day: int,
    labels: dict[str, bool],
) -> list[bool]:
    """One round: posts come, and officers decide whatever waits; the labels they found."""
    _come(db, running, rows, str(day), labels, _share(rows))
    out = []
    for n, case in enumerate(queue.cases(db, "todo", limit=10_000), start=day):
        members = posts.of_cluster(db, case.cluster_id)
        out.append(any(labels.get(post.native_id, False) for post in members))
        _decide(db, case, out[-1], team[n % len(team)])
    return out


def _decide(db: Store, case: Case, hit: bool, by: Officer) -> None:
    """Worth a check: 暂无法核实, which needs no invented evidence and teaches the same as 不实."""
    if not hit:
        cases.dismiss(db, case.id, reason="not_a_claim", by=by)
        return
    cases.claim(db, case.id, by=by)
    verdicts.decide(
        db,
        case.id,
        None,
        literal=Literal.UNKNOWN,
        hazard=Hazard.UNKNOWN,
        outcome=Outcome.UNVERIFIED,
        ground="按标注：值得核查",
        by=by,
    )


class _Clock:
    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@contextmanager
def _days() -> Iterator[_Clock]:
    """Within the block ``store.now`` shows the time of a clock that is moved by hand."""
    before, clock = store.clock, _Clock()
    store.clock = clock
    try:
        yield clock
    finally:
        store.clock = before
