"""Whose turn it is: every source and host, new before changed, and nobody starves."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models import store
from models.config import Source
from models.intake import posts, sources, waiting
from models.intake.records import Post, Reply
from models.ranking import scores
from models.store import Store
from tests import case_steps

NIGHT = datetime.fromisoformat("2026-11-24T18:00:00+00:00")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """What the house takes the time to be; a test turns it."""
    told = [NIGHT]
    monkeypatch.setattr(store, "clock", lambda: told[0])
    return told


def fill(db: Store, source: str, count: int, words: str = "今晚停水") -> None:
    posts.add_many(db, [Post(source, str(n), f"{words} {n}") for n in range(count)])


def score(db: Store, batch: list[Post]) -> list[str]:
    """As the scoring job: these had their turn. The sources of the batch."""
    scores.save(db, [case_steps.score(post.id) for post in batch])
    waiting.served(db, {post.source for post in batch})
    return [post.source for post in batch]


def batches_until(db: Store, source: str, size: int = 200) -> int:
    """In which batch from now on a post of this source is scored."""
    for number in range(1, 100):
        if source in score(db, posts.unscored(db, size)):
            return number
    raise AssertionError(f"{source} starves")


@pytest.mark.slow
def test_a_source_of_100_000_new_posts_holds_up_nobody(db: Store) -> None:
    fill(db, "flood", 100_000)
    fill(db, "town", 1)
    assert batches_until(db, "town") == 1


def test_a_source_that_rewrites_everything_holds_up_nobody(
    db: Store, clock: list[datetime]
) -> None:
    fill(db, "flood", 1000)
    while batch := posts.unscored(db, 500):
        score(db, batch)
    fill(db, "flood", 1000, "改写了")
    fill(db, "town", 1)
    (first, *_) = posts.unscored(db, 1)
    assert first.source == "town"  # new before changed, of whatever source
    fill(db, "village", 1)
    assert batches_until(db, "village", 10) == 1


def test_a_host_of_a_hundred_sources_gets_the_share_of_one(db: Store) -> None:
    many = [Source(f"s{n}", "feed", f"https://flood.invalid/{n}", 60) for n in range(100)]
    town = [Source(f"t{n}", "feed", f"https://town{n}.invalid/", 60) for n in range(2)]
    sources.sync(db, [*many, *town])
    for source in (*many, *town):
        fill(db, source.name, 60)
    told = score(db, posts.unscored(db, 60))
    assert sum(name.startswith("t") for name in told) >= 30  # two hosts of three


def test_of_more_sources_than_a_batch_holds_each_gets_its_turn(db: Store) -> None:
    for n in range(60):
        fill(db, f"source-{n:02}", 50)
    met: set[str] = set()
    for _ in range(6):
        met |= set(score(db, posts.unscored(db, 10)))
    assert len(met) == 60


def test_what_changed_gets_every_fourth_turn_of_its_source(
    db: Store, clock: list[datetime]
) -> None:
    fill(db, "forum", 20)
    score(db, posts.unscored(db, 20))
    old = {post.id for post in posts.newest(db, 100)}
    fill(db, "forum", 20, "改写了")
    posts.add_many(db, [Post("forum", f"new-{n}", "新的") for n in range(40)])
    turns = waiting.following(db, 16)
    assert [n for n, post_id in enumerate(turns, start=1) if post_id in old] == [4, 8, 12, 16]


def test_a_flood_of_replies_waits_behind_the_new(db: Store, clock: list[datetime]) -> None:
    fill(db, "forum", 300)
    while batch := posts.unscored(db, 500):
        score(db, batch)
    again = [Post("forum", str(n), f"今晚停水 {n}", replies=(Reply("假的吧"),)) for n in range(300)]
    posts.add_many(db, again)
    posts.add(db, Post("forum", "new", "三号桥封了"))
    assert "new" in {post.native_id for post in posts.unscored(db, 4)}


def test_a_post_changed_again_and_again_is_scored_at_growing_intervals(
    db: Store, clock: list[datetime]
) -> None:
    posts.add(db, Post("forum", "1", "三号桥封了"))
    scored = []
    for minute in range(240):
        clock[0] = NIGHT + timedelta(minutes=minute)
        posts.add(db, Post("forum", "1", f"三号桥封了 {minute}"))
        if batch := posts.unscored(db):
            assert batch[0].text.endswith(f" {minute}")  # the newest words: nothing is lost
            score(db, batch)
            scored.append(minute)
    gaps = [b - a for a, b in zip(scored, scored[1:], strict=False)]
    assert gaps[:3] == [1, 1, 1] and gaps == sorted(gaps) and max(gaps) == 30
    clock[0] += timedelta(hours=2)  # it has been quiet: at once again
    posts.add(db, Post("forum", "1", "三号桥又通了"))
    assert posts.unscored(db)


def test_of_one_visit_so_many_rewrites_are_scored_at_once_and_the_rest_later(
    db: Store, clock: list[datetime]
) -> None:
    fill(db, "forum", 1200)
    while batch := posts.unscored(db, 500):
        score(db, batch)
    fill(db, "forum", 1200, "改写了")
    found = []
    for minute in (0, 1, 2):
        clock[0] = NIGHT + timedelta(minutes=minute, seconds=1)
        before = len(found)
        while batch := posts.unscored(db, 500):
            found += batch
            score(db, batch)
        assert len(found) - before == (200 if minute == 2 else 500)
    assert {post.id for post in found} == {post.id for post in posts.newest(db, 2000)}


def test_what_another_clock_put_off_for_a_year_is_scored(db: Store, clock: list[datetime]) -> None:
    fill(db, "forum", 1)
    score(db, posts.unscored(db))
    db.execute("UPDATE posts SET scored_at = NULL, due_at = '2027-11-24T18:00:00.000000Z'")
    assert len(posts.unscored(db)) == 1


def test_the_order_is_read_from_the_index(db: Store) -> None:
    asked = {"source": "forum", "most": 200, "now": "2026", "far": "2027"}
    for sql in (waiting._LANES, waiting._NEW, waiting._CHANGED):
        plan = [row[3] for row in db.conn.execute("EXPLAIN QUERY PLAN " + sql, asked)]
        lines = [line for line in plan if "posts" in line or "TEMP" in line]
        assert lines and all("INDEX posts_waiting" in line for line in lines), plan
