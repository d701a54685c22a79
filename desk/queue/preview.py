"""The pane beside the list: one case, read without leaving the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.conf import settings

from classifier.likeness.differing import differing as spans_differing
from desk import clock, questions
from desk.cases import ending, neighbours
from desk.cases.neighbours import Beside
from desk.library import beside
from desk.library.beside import Alike
from desk.queue.rows import Row, row
from desk.templatetags.piyao import shown
from models.casework import holding, workflow
from models.casework.records import Case
from models.learning import editions
from models.people import officers
from models.ranking import spread
from models.ranking.records import Entity
from models.roles import Officer
from models.store import Store

WIDTH, HEIGHT, BASE = 132, 54, 52
WORDINGS = 3
KNOWN = 3  # the case page shows all that were found


@dataclass(frozen=True)
class Wording:
    """One wording of the claim; ``spans`` are pieces of text and whether they differ."""

    spans: tuple[tuple[str, bool], ...]
    posts: int


@dataclass(frozen=True)
class Spark:
    """The cumulative curve as SVG coordinates written by the server."""

    line: str
    area: str
    end: tuple[float, float]
    since: str
    until: str


@dataclass(frozen=True)
class Preview:
    row: Row
    spark: Spark | None
    plates: tuple[Entity, ...]
    others: tuple[Entity, ...]
    wordings: tuple[Wording, ...]
    wordings_in_all: int
    known: tuple[Alike, ...]
    neighbours: tuple[Beside, ...]
    questions: tuple[questions.Line, ...]
    mine: bool
    claimable: bool
    dismissable: bool
    takes_two: bool  # to dismiss it
    proposed: tuple[str, ...]  # who would end it, and how

    @property
    def case(self) -> Case:
        return self.row.case


def preview(db: Store, case: Case, officer: Officer, now: datetime) -> Preview:
    """Everything the pane shows of one case."""
    words = spread.wordings(db, case.cluster_id)
    labels = officers.labels(db)
    mine = case.holder_id == officer.id and case.state.open
    return Preview(
        row=row(db, case, officer, now, labels, editions.base_rate(db)),
        spark=spark(spread.growth(db, case.cluster_id)),
        plates=tuple(e for e in case.entities if e.kind == "plate")[:2],
        others=tuple(e for e in case.entities if e.kind != "plate")[:6],
        wordings=differing([(shown(w.text, officer), w.posts) for w in words[:WORDINGS]]),
        wordings_in_all=len(words),
        known=beside.parted(beside.of_case(db, case, officer, settings.PIYAO.office))[0][:KNOWN],
        neighbours=neighbours.of_case(db, case, officer, labels),
        questions=questions.lines(case, case.claim),
        mine=mine,
        claimable=workflow.allows(case.state, "claim"),
        dismissable=workflow.allows(case.state, "dismiss"),
        takes_two=holding.takes_two(db, case, officer),
        proposed=ending.lines(db, case, labels),
    )


def differing(words: list[tuple[str, int]]) -> tuple[Wording, ...]:
    """The wordings, and where each differs from the most posted one; in that one, where the next
    differs.

    ``words`` must be masked already: a plate cut into two spans is not recognised any more.
    """
    if len(words) < 2:
        return tuple(Wording(((text, False),), posts) for text, posts in words)
    base = words[0][0]
    first = Wording(tuple(spans_differing(words[1][0], base)), words[0][1])
    rest = (Wording(tuple(spans_differing(base, text)), posts) for text, posts in words[1:])
    return (first, *rest)


def spark(points: list[spread.GrowthPoint]) -> Spark | None:
    """A curve from the first post to the last; None where there is nothing to draw."""
    if len(points) < 3:
        return None
    start, end = points[0].at, points[-1].at
    length = (end - start) / timedelta(seconds=1) or 1.0
    most = points[-1].posts
    at = [
        (round((point.at - start).total_seconds() / length * WIDTH, 1), point.posts)
        for point in points
    ]
    marks = [(x, max(n for _, n in group)) for x, group in groupby(at, key=lambda p: p[0])]
    pairs = [(x, round(BASE - n / most * (BASE - 6), 1)) for x, n in marks]
    line = " ".join(f"{x:g},{y:g}" for x, y in pairs)
    area = f"0,{BASE} {line} {WIDTH},{BASE}"
    return Spark(line, area, pairs[-1], clock.hour_minute(start), clock.hour_minute(end))
