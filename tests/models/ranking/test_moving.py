"""The line in the store: moved by what came in, kept over a restart, and told in the log."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from models import audit, store
from models.casework import cases, due, opening
from models.config import QueueConfig
from models.harm import Topic
from models.intake import posts
from models.intake.records import Post
from models.ranking import clusters, moving, scores
from models.ranking.line import Line
from models.store import Store
from tests import case_steps

QUEUE = QueueConfig(cases_a_night=20, risk_line=0.5, sample_share=0.0)
pytestmark = pytest.mark.usefixtures("hours")


class Hours:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 25, tzinfo=UTC)

    def go(self, hours: float) -> None:
        self.at += timedelta(hours=hours)


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hours]:
    clock = Hours()
    monkeypatch.setattr(store, "clock", lambda: clock.at)
    yield clock


def bring(
    db: Store, source: str, risks: list[float], topic: Topic = Topic.OTHER, cluster: int = 0
) -> list[int]:
    """Claims of a source, each a cluster of its own; returns the clusters."""
    first = posts.count(db)
    given = [Post(source, f"{source}-{first + n}", f"说法{first + n}") for n in range(len(risks))]
    posts.add_many(db, given)
    found = [post.id for post in reversed(posts.newest(db, len(risks)))]
    line = moving.current(db, QUEUE)
    scores.save(
        db,
        [case_steps.score(i, r, topic) for i, r in zip(found, risks, strict=True)],
        0.0,
        line,
    )
    filings = [
        clusters.Filing(i, cluster or -1 - n, clusters.Fingerprint((i,), i, f"说法{i}"))
        for n, i in enumerate(found)
    ]
    return clusters.file(db, filings)


def open_all(db: Store) -> Line:
    line = moving.move(db, QUEUE)
    while stale := clusters.stale(db):
        opening.refresh_many(db, stale, dict.fromkeys(stale, "说法"), line)
    return line


def a_week_later(db: Store, hours: Hours) -> None:
    """The desk is no longer new: its line is held."""
    bring(db, "town", [0.3])
    moving.move(db, QUEUE)
    hours.go(7 * 24)
    moving.move(db, QUEUE)


def test_before_its_first_move_the_line_stands_at_its_lowest(db: Store) -> None:
    assert moving.current(db, QUEUE) == Line.at(0.5, 20) and moving.stands(db) is None
    assert moving.move(db, QUEUE) == Line(0.5, 0.15, {}, 20) == moving.stands(db)


def test_a_new_desk_finds_its_line_at_once(db: Store) -> None:
    clusters_of = bring(db, "town", [0.5 + n / 1000 for n in range(400)])
    line = open_all(db)
    assert 0.88 < line.common < 0.9 and moving.current(db, QUEUE) == line
    assert db.value("SELECT count(*) FROM cases") == 15 == len(due.of(db, clusters_of, line))


def test_a_claim_told_a_thousand_times_counts_once(db: Store) -> None:
    (cluster,) = bring(db, "town", [0.99])
    bring(db, "town", [0.98] * 1000, cluster=cluster)
    bring(db, "other", [0.6] * 10)
    line = moving.move(db, QUEUE)
    assert line == Line(0.5, 0.15, {}, 20)


def test_a_claim_that_ten_sources_tell_counts_once(db: Store) -> None:
    for cluster in bring(db, "town", [0.9] * 10):
        for n in range(9):
            bring(db, f"paper{n}", [0.9 - n / 100], cluster=cluster)
    assert moving.move(db, QUEUE).common == 0.5


def test_a_story_of_the_day_before_takes_no_place_tonight(db: Store, hours: Hours) -> None:
    old = bring(db, "town", [0.95 - n / 1000 for n in range(15)])
    open_all(db)
    hours.go(30)
    for cluster in old:  # still told
        bring(db, "town", [0.95], cluster=cluster)
    new = bring(db, "town", [0.6 + n / 1000 for n in range(10)])
    assert open_all(db).of("town", False) == 0.5
    assert all(cases.of_cluster(db, cluster) for cluster in new)


def test_the_line_goes_slowly_and_a_flood_of_one_source_is_held_at_once(
    db: Store, hours: Hours
) -> None:
    a_week_later(db, hours)
    flood = bring(db, "forum", [0.9 + n / 100_000 for n in range(5000)])
    rumor = bring(db, "town", [0.55])
    hours.go(1 / 60)
    line = open_all(db)
    assert line.common < 0.51 and line.flooded == ("forum",)
    assert cases.of_cluster(db, rumor[0])
    opened = sum(cases.of_cluster(db, cluster) is not None for cluster in flood[::50])
    assert opened <= 1 and db.value("SELECT count(*) FROM cases") <= 16
    assert db.value("SELECT count(*) FROM clusters") == 5002  # and nothing is lost


@pytest.mark.parametrize("topic", [Topic.OTHER, Topic.EPIDEMIC])
def test_a_flood_that_tells_a_rumor_too_hides_it_in_no_other_source(
    db: Store, hours: Hours, topic: Topic
) -> None:
    """The flood alone moves the line of all while no other source brings anything. Then another tells
    what the flood told as well, in words that score less: it is a claim of both."""
    a_week_later(db, hours)
    bring(db, "forum", [0.97 + n / 100_000 for n in range(2000)], topic)
    for _ in range(12):
        hours.go(1)
        open_all(db)
    (rumor,) = bring(db, "forum", [0.92], topic)
    assert open_all(db).of("forum", topic.hazard) > 0.97
    assert cases.of_cluster(db, rumor) is None  # under the line of its source
    bring(db, "town", [0.9], topic, cluster=rumor)
    open_all(db)
    assert cases.of_cluster(db, rumor)


def test_what_sank_comes_up_when_the_line_falls(db: Store, hours: Hours) -> None:
    a_week_later(db, hours)
    bring(db, "forum", [0.98] * 2 + [0.9 + n / 10_000 for n in range(500)])
    hours.go(1)
    open_all(db)
    (sunk,) = bring(db, "forum", [0.7])
    open_all(db)
    assert cases.of_cluster(db, sunk) is None and clusters.stale(db) == []
    hours.go(23.5)  # the flood is of yesterday
    open_all(db)
    assert cases.of_cluster(db, sunk)


def test_an_open_case_stays_wherever_the_line_goes(db: Store, hours: Hours) -> None:
    a_week_later(db, hours)
    (early,) = bring(db, "forum", [0.6])
    open_all(db)
    bring(db, "forum", [0.9 + n / 10_000 for n in range(900)])
    bring(db, "forum", [0.6], cluster=early)
    line = open_all(db)
    case = cases.of_cluster(db, early)
    assert case and case.state.open and case.posts == 2
    assert case.risk < line.of("forum", False)


def test_hazards_keep_their_own_low_line(db: Store) -> None:
    bring(db, "forum", [0.9 + n / 10_000 for n in range(900)])
    (named,) = bring(db, "forum", [0.3], Topic.EPIDEMIC)
    (other,) = bring(db, "forum", [0.3], Topic.SCHOOL)
    open_all(db)
    assert cases.of_cluster(db, named) and cases.of_cluster(db, other) is None


def test_moves_are_told_in_the_log_and_not_every_minute(db: Store, hours: Hours) -> None:
    def told() -> list[dict]:
        return [entry.detail for entry in audit.of_object(db, "queue:line", 50)]

    a_week_later(db, hours)
    before = len(told())
    for _ in range(6):
        bring(db, "forum", [0.9 + n / 10_000 for n in range(100)])
        hours.go(1 / 20)
        moving.move(db, QUEUE)
    entries = told()[: len(told()) - before]
    assert 1 <= len(entries) <= 2
    assert entries[0]["flooded"] == ["forum"] and entries[0]["a_night"] == 20
    assert audit.verify(db).ok


def test_another_capacity_holds_at_once(db: Store, hours: Hours) -> None:
    a_week_later(db, hours)
    bring(db, "forum", [0.5 + n / 1000 for n in range(400)])
    more = QueueConfig(cases_a_night=400, risk_line=0.4)
    assert moving.current(db, more) == Line.at(0.4, 400)
    assert moving.move(db, more).of("forum", False) < 0.61
    fewer = QueueConfig(cases_a_night=4, risk_line=0.5)
    assert moving.move(db, fewer).common > 0.7


def test_in_its_first_night_a_desk_finds_its_line_anew_each_time(db: Store, hours: Hours) -> None:
    bring(db, "town", [0.5])
    assert open_all(db).common == 0.5
    bring(db, "town", [0.5 + n / 1000 for n in range(400)])
    hours.go(1 / 60)
    assert open_all(db).common > 0.88


def test_the_same_posts_give_the_same_line(db: Store) -> None:
    bring(db, "forum", [0.5 + n / 1000 for n in range(400)])
    assert moving.move(db, QUEUE) == moving.move(db, QUEUE)


def test_a_post_under_the_line_of_its_source_may_be_drawn_for_the_sample(db: Store) -> None:
    bring(db, "forum", [0.9 + n / 10_000 for n in range(900)])
    bring(db, "town", [0.6])
    line = moving.move(db, QUEUE)
    posts.add_many(db, [Post("forum", "a", "一句"), Post("town", "b", "另一句")])
    (forum, town) = (db.value("SELECT id FROM posts WHERE native_id = ?", n) for n in "ab")
    scores.save(db, [case_steps.score(each, 0.9) for each in (forum, town)], 1.0, line)
    drawn = dict(db.conn.execute("SELECT post_id, sampled FROM scores").fetchall())
    assert (drawn[forum], drawn[town]) == (1, 0)
