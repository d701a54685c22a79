"""A warning beside a flood: real feeds over HTTP, the real visits and jobs, counted in batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from classifier.ranking import new_posts
from jobs.collect import collect
from jobs.open_cases import open_cases
from jobs.rank import score
from jobs.shared import Desk
from models.config import Config, QueueConfig, Source
from models.intake import sources
from models.ranking import clusters
from models.store import Store
from tests.http_server import Answer, Server
from tests.running_desk import rss

pytestmark = pytest.mark.slow  # it starts processes
FLOOD = 1200  # posts of the feed that floods
WARNING = "我就住在三号桥边，刚才亲眼看到桥墩裂开一道大缝，车还在过，大家千万别走！"


@pytest.fixture
def desk(db: Store, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(Config(tmp_path, tmp_path, queue=QueueConfig(risk_line=0.3, sample_share=0.0)))
    yield made
    made.visits.close()


def flood(version: int, one_claim: bool = False) -> Answer:
    """The feed that rewrites everything; of ``one_claim``, all its posts say much the same."""
    words = "紧急扩散：石桥水厂今晚停水" if one_claim else "紧急扩散：%d 号厂今晚停水，编号 %d"
    said = [words if one_claim else words % (n, n * 7919) for n in range(FLOOD)]
    return Answer(rss([(f"f{n}", "a", f"{text}，第 {version} 版") for n, text in enumerate(said)]))


def batches(desk: Desk, db: Store, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """How many batches of scoring, then of opening, go by until the warning is a case."""
    scored, opened = 0, 0
    real_score, real_stale = new_posts.score_new, clusters.stale

    def one_batch(*given: object) -> int:  # the job as it is, ended after each batch
        nonlocal scored
        scored += 1
        desk.stop.set()
        return real_score(*given)  # type: ignore[arg-type]

    def one_round(db: Store) -> list[int]:
        nonlocal opened
        opened += 1
        found = real_stale(db)
        desk.stop.set()
        return found

    monkeypatch.setattr(new_posts, "score_new", one_batch)
    monkeypatch.setattr(clusters, "stale", one_round)
    while not db.value(
        "SELECT 1 FROM scores s JOIN posts p ON p.id = s.post_id WHERE source = 'town'"
    ):
        assert scored < 100, "the warning is not scored"
        desk.stop.clear()
        score(desk, db)
    while not db.value("SELECT 1 FROM cases WHERE claim LIKE '我就住在三号桥边%'"):
        assert opened < 100, "the warning is no case"
        desk.stop.clear()
        open_cases(desk, db)
    desk.stop.clear()
    monkeypatch.setattr(new_posts, "score_new", real_score)
    monkeypatch.setattr(clusters, "stale", real_stale)
    return scored, opened


@pytest.mark.parametrize("shape", ["new", "rewritten", "one claim"])
def test_a_warning_beside_a_flood_is_a_case_after_a_batch(
    desk: Desk, db: Store, monkeypatch: pytest.MonkeyPatch, shape: str
) -> None:
    with Server() as server:
        for name, every in (("flood", 60), ("town", 60)):
            kept = [each for each in sources.all(db) if each.name != name]
            url = f"{server.url}/{name}"
            sources.sync(db, [*kept, Source(name, "feed", url, every, allow_private=True)])
        server.answers["/flood"] = flood(1, shape == "one claim")
        server.answers["/town"] = Answer(rss([("w", "b", WARNING)]))
        collect(desk, db, "flood")
        if shape == "rewritten":
            score(desk, db)
            open_cases(desk, db)
            server.answers["/flood"] = flood(2)
            collect(desk, db, "flood")
        else:  # a warning that comes while the clusters of the flood wait as well
            for _ in range(3):
                new_posts.score_new(db, desk.model, desk.config.queue)
        collect(desk, db, "town")
        assert db.value("SELECT count(*) FROM posts WHERE scored_at IS NULL") > 500
        assert batches(desk, db, monkeypatch) == (1, 1)
