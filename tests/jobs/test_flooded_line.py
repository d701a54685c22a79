"""A night with a flood: real jobs on a real store, and what officers find in the queue after it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jobs.open_cases import open_cases
from jobs.shared import Desk
from models import store
from models.casework import cases, queue, unopened
from models.config import Config, QueueConfig, Source
from models.harm import Topic
from models.intake import posts, sources
from models.intake.records import Post
from models.ranking import clusters, moving, scores
from models.store import Store
from tests import case_steps

FLOOD = 20_000
BATCH = 1000
BEGIN = datetime(2026, 11, 25, 12, tzinfo=UTC)
SOURCES = ("town", "forum", *(f"bought{n}" for n in range(6)))


@pytest.fixture
def desk(db: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk that has run for a week, with a line that is held."""
    moment = [BEGIN - timedelta(days=7)]
    monkeypatch.setattr(store, "clock", lambda: moment[0])
    made = Desk(Config(tmp_path, tmp_path, queue=QueueConfig(sample_share=0.0)))
    sources.sync(db, [Source(n, "feed", f"https://{n}.example.cn/", 60) for n in SOURCES])
    bring(db, "town", [0.2])
    open_cases(made, db)
    moment[0] = BEGIN
    moving.move(db, made.config.queue)
    yield made
    made.visits.close()


def bring(
    db: Store, source: str, risks: list[float], topic: Topic = Topic.OTHER, text: str = ""
) -> list[int]:
    """Claims of a source, each a cluster of its own, as if just scored; returns the clusters."""
    found: list[int] = []
    for at in range(0, len(risks), BATCH):
        part = risks[at : at + BATCH]
        first = posts.count(db)
        texts = [text or f"{source}第{first + n}条说法，请扩散" for n in range(len(part))]
        posts.add_many(
            db,
            [
                Post(source, f"{source}-{first + n}", words, author=f"a{first + n}")
                for n, words in enumerate(texts)
            ],
        )
        ids = [
            row[0]
            for row in db.conn.execute(
                "SELECT id FROM posts ORDER BY id DESC LIMIT ?", [len(part)]
            ).fetchall()
        ][::-1]
        told = [case_steps.score(i, r, topic) for i, r in zip(ids, part, strict=True)]
        scores.save(db, told, 0.0, moving.current(db, QueueConfig()))
        prints = [clusters.Fingerprint((i,), i, str(i)) for i in ids]
        found += clusters.file(
            db,
            [
                clusters.Filing(i, -1 - n, p)
                for n, (i, p) in enumerate(zip(ids, prints, strict=True))
            ],
        )
    return found


def test_twenty_thousand_loud_posts_of_one_source_hide_no_rumor_of_another(
    db: Store, desk: Desk
) -> None:
    flood = bring(db, "forum", [0.98 + 0.019 * (n * 7919 % FLOOD) / FLOOD for n in range(FLOOD)])
    (plate,) = bring(
        db, "town", [0.77], Topic.EPIDEMIC, "车牌浙BL1284的车从武汉回来，车上有疑似患者"
    )
    (calm,) = bring(db, "town", [0.6], text="城西水厂明天起停水三天")
    (named,) = bring(db, "forum", [0.4], Topic.FOOD, "二小食堂的鸡腿是臭的，三个孩子吐了")
    open_cases(desk, db)
    assert clusters.stale(db) == []
    line = moving.current(db, desk.config.queue)
    assert line.common == 0.5 and line.flooded == ("forum",)
    assert all(cases.of_cluster(db, each) for each in (plate, calm, named))
    opened = db.value("SELECT count(*) FROM cases")
    assert 100 <= opened <= 210  # as many as a night holds
    assert unopened.count(db) == unopened.COUNTED  # and the rest is in reach
    assert len(flood) == FLOOD and posts.count(db) == FLOOD + 4
    first = queue.cases(db, "todo", limit=50)
    assert len({case.level for case in first}) >= 3
    assert [case.level for case in first].count(4) <= 4
    assert len({case.due_at for case in first}) >= 3


def test_many_bought_sources_push_the_line_by_so_much_an_hour(db: Store, desk: Desk) -> None:
    for n in range(6):
        bring(db, f"bought{n}", [0.995 + k / 1_000_000 for k in range(1000)])
    rumors = bring(db, "town", [0.9 - n / 100 for n in range(30)])
    open_cases(desk, db)
    assert moving.current(db, desk.config.queue).common == 0.5  # held: no hour has gone by
    assert all(cases.of_cluster(db, each) for each in rumors)
