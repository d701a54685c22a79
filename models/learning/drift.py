"""How the scores of a week differ from those of the weeks before it.

``scores.save`` counts the first score of each post by day, in ``score_days``; these counts outlive
the posts. A later score, after a reply or by renewed weights, is not counted: the post is in the
queue already. What officers found is read from their lessons.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.china_time import day
from models.learning import editions, lessons
from models.ranking import need
from models.ranking.scores import BANDS
from models.store import Store

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class ScoreCounts:
    """How the first scores of some days are distributed; ``first`` and ``last`` are included."""

    first: date
    last: date
    bands: tuple[int, ...]  # scores by tenth of risk, lowest first
    low: int  # under the line of that day
    strange: float  # 0..1: mean share of character pairs that the weights have never seen
    unfamiliar: int

    @property
    def posts(self) -> int:
        return sum(self.bands)

    @property
    def over(self) -> int:
        return self.posts - self.low


@dataclass(frozen=True)
class Found:
    """Decided cases of some days: what the model had said and what officers found."""

    cases: int
    told: float  # 0..1: their mean 需核查度, on the desk's stream
    found: float  # 0..1: share that was worth a check
    sampled: int  # how many were drawn at random from under the line
    sampled_found: int  # how many of those were worth a check


@dataclass(frozen=True)
class Week:
    """Seven days: the scores given, and what became of the cases decided."""

    scores: ScoreCounts
    found: Found


@dataclass(frozen=True)
class Scoring:
    """A version of the weights and the days on which it scored."""

    version: str
    first: date
    last: date
    posts: int


def score_counts(db: Store, first: date, last: date) -> ScoreCounts:
    """The scores of some days."""
    bands = [0] * BANDS
    low, strange, unfamiliar = 0, 0.0, 0
    for row in db.query(
        "SELECT band, sum(posts) AS posts, sum(low) AS low, sum(strange) AS strange,"
        " sum(unfamiliar) AS unfamiliar FROM score_days WHERE day BETWEEN ? AND ? GROUP BY band",
        [first.isoformat(), last.isoformat()],
    ):
        bands[row["band"]] = row["posts"]
        low += row["low"]
        strange += row["strange"]
        unfamiliar += row["unfamiliar"]
    return ScoreCounts(first, last, tuple(bands), low, strange / max(sum(bands), 1), unfamiliar)


def weeks(db: Store, now: datetime, sample_share: float, count: int = 8) -> list[Week]:
    """The last weeks of seven days, oldest first; the last one ends today.

    ``sample_share`` (0..1) is that of the random sample.
    """
    decided = _decided(db, sample_share)
    found = []
    for back in reversed(range(count)):
        told = this_week(db, now - back * WEEK)
        mine = [each for each in decided if told.first <= each[0] <= told.last]
        found.append(Week(told, _found(mine)))
    return found


def this_week(db: Store, now: datetime) -> ScoreCounts:
    """The scores of the seven days that end today."""
    today = date.fromisoformat(day(now))
    return score_counts(db, today - WEEK + timedelta(days=1), today)


def _decided(db: Store, sample_share: float) -> list[tuple[date, float, lessons.Lesson]]:
    """Each decided case: the day in China, its 需核查度, and what it teaches."""
    taught = lessons.taught(db, sample_share)
    rate = editions.base_rate(db)
    risks = {
        row["id"]: need.on_stream(row["risk"], rate)
        for row in db.query("SELECT id, risk FROM cases")
    }
    return [
        (date.fromisoformat(day(lesson.at)), risks[lesson.case_id], lesson) for lesson in taught
    ]


def _found(decided: list[tuple[date, float, lessons.Lesson]]) -> Found:
    labels = [lesson.label for _, _, lesson in decided]
    drawn = [lesson.label for _, _, lesson in decided if lesson.seen == "sample"]
    many = max(len(decided), 1)
    told = sum(share for _, share, _ in decided) / many
    return Found(len(decided), told, sum(labels) / many, len(drawn), sum(drawn))


def scorings(db: Store) -> list[Scoring]:
    """Which weights scored when, newest first."""
    return [
        Scoring(
            row["model"],
            date.fromisoformat(row["first"]),
            date.fromisoformat(row["last"]),
            row["posts"],
        )
        for row in db.query(
            "SELECT model, min(day) AS first, max(day) AS last, sum(posts) AS posts"
            " FROM score_days GROUP BY model ORDER BY last DESC, first DESC"
        )
    ]
