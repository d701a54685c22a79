"""100 true warnings of history and 100 opinions and adverts, through the real classifier, store and
pages: each warning is within an officer's reach, no opinion or advert tops the queue."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator

import pytest

from classifier.ranking import model, new_posts
from classifier.text import search_words
from models.casework import opening, queue, unopened
from models.config import QueueConfig
from models.intake import posts
from models.intake.records import Post
from models.ranking import clusters, moving
from tests.django_desk import Desk
from tests.where import DATA

pytestmark = pytest.mark.slow

SEEN_FLOOR = 0.70  # of the warnings: over the line, or in 现场与预警
TOP = 20
QUEUE = QueueConfig(risk_line=0.8, sample_share=0.0)  # a full night, and no luck


def rows(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def weights() -> model.Model:
    return model.load()


@pytest.fixture
def night_of_posts(desk: Desk, weights: model.Model) -> Iterator[Desk]:
    """The seeded desk after one round of the clock on all of them, without the random sample."""
    for kind in ("warnings", "ordinary_opinions"):
        posts.add_many(
            desk.db,
            [
                Post("forum", row["id"], row["text"], published_at=desk.moment, author=row["id"])
                for row in rows(f"{kind}.jsonl")
            ],
        )
    while new_posts.score_new(desk.db, weights, QUEUE):
        pass
    for cluster_id in clusters.stale(desk.db):
        words = search_words.of_cluster(desk.db, cluster_id)
        opening.refresh(desk.db, cluster_id, words, moving.current(desk.db, QUEUE))
    yield desk


def read(desk: Desk, address: str) -> str:
    """A page as text, as an officer on duty gets it."""
    answer = desk.client("monitor").get(address)
    assert answer.status_code == 200
    return html.unescape(re.sub(r"<[^>]+>", "", answer.content.decode()))


def pages(desk: Desk, query: str) -> list[str]:
    """Every page of a list under the line, turned to its end."""
    return [read(desk, f"/queue/below/?{query}page={n}") for n in range(1, 12)]


def test_every_warning_is_within_reach_and_none_is_called_a_rumor(night_of_posts: Desk) -> None:
    desk = night_of_posts
    cases_of = {
        desk.db.value("SELECT cluster_id FROM cases WHERE id = ?", c.id): c
        for c in queue.cases(desk.db)
    }
    shown, everything = "".join(pages(desk, "")), "".join(pages(desk, "all=1&"))
    at_once, lost = 0, []
    for row in rows("warnings.jsonl"):
        cluster = desk.db.value("SELECT cluster_id FROM posts WHERE native_id = ?", row["id"])
        text = row["text"]
        case = cases_of.get(cluster)
        reached = case is not None or text in everything
        found = case is not None or text in read(desk, f"/queue/below/?all=1&q={text[:8]}")
        if not (reached and found):
            lost.append((row["id"], reached, found))
        at_once += case is not None or text in shown
    assert not lost
    assert at_once >= SEEN_FLOOR * len(rows("warnings.jsonl")), at_once
    for page in (read(desk, "/queue/"), shown, everything):
        assert "谣言" not in page


def test_no_opinion_or_advert_tops_the_queue(night_of_posts: Desk) -> None:
    desk = night_of_posts
    calm = {row["id"] for row in rows("ordinary_opinions.jsonl")}
    top = [case.cluster_id for case in queue.cases(desk.db)[:TOP]]
    told = {
        row["native_id"]
        for row in desk.db.query("SELECT native_id, cluster_id FROM posts")
        if row["cluster_id"] in top
    }
    assert not told & calm
    first = {each.text for each in unopened.listed(desk.db, first_hand=0.45, limit=20)}
    assert not first & {row["text"] for row in rows("ordinary_opinions.jsonl")}
