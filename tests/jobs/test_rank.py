"""The clock's job that scores: every new post once, by the model that is in use."""

from __future__ import annotations

from pathlib import Path

from jobs import rank
from jobs.shared import Desk
from models.config import Config
from models.intake import posts
from models.intake.records import Post
from models.store import Store


def scored(db: Store) -> list[str]:
    return [row["native_id"] for row in db.rows(
        "SELECT p.native_id FROM scores s JOIN posts p ON p.id = s.post_id ORDER BY p.id"
    )]  # fmt: skip


def test_what_is_new_is_scored_and_filed_and_not_again(db: Store, tmp_path: Path) -> None:
    desk = Desk(Config(tmp_path, tmp_path))
    posts.add(db, Post("forum", "1", "紧急扩散！车牌浙BL1234的车刚从武汉回来，车上有确诊患者"))
    rank.score(desk, db)
    posts.add(db, Post("forum", "2", "今天食堂的饺子不错"))
    rank.score(desk, db)
    before = db.rows("SELECT * FROM scores ORDER BY post_id")
    rank.score(desk, db)
    assert scored(db) == ["1", "2"]
    assert db.rows("SELECT * FROM scores ORDER BY post_id") == before
    assert db.value("SELECT count(*) FROM posts WHERE cluster_id IS NULL") == 0
    assert db.value("SELECT DISTINCT model FROM scores") == desk.shipped.version


def test_a_stopped_desk_scores_nothing_more(db: Store, tmp_path: Path) -> None:
    desk = Desk(Config(tmp_path, tmp_path))
    posts.add(db, Post("forum", "1", "三号桥封了"))
    desk.stop.set()
    rank.score(desk, db)
    assert scored(db) == []
