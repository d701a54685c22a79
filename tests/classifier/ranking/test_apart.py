"""What cannot be judged costs itself: put aside, shown, judged by the next who can."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from classifier.ranking import new_posts
from classifier.ranking.model import Model, load
from jobs import rank
from jobs.shared import Desk
from models.config import Config, QueueConfig
from models.errors import StoreError
from models.intake import aside, posts, runs
from models.intake.records import Post
from models.store import Store

MODEL, QUEUE = load(), QueueConfig()


class PanicException(BaseException):
    """What a library in Rust raises where it breaks: no Exception."""


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> dict[str, BaseException]:
    """Texts at which judging goes wrong, and how."""
    how: dict[str, BaseException] = {}
    real = new_posts.judge

    def judge(model: Model, batch: Sequence[Post]) -> Any:
        for post in batch:
            if post.text in how:
                raise how[post.text]
        return real(model, batch)

    monkeypatch.setattr(new_posts, "judge", judge)
    return how


def fill(db: Store, count: int) -> None:
    posts.add_many(db, [Post("forum", str(n), f"三号桥封了 {n}") for n in range(count)])


def unscored(db: Store) -> list[str]:
    return [row["native_id"] for row in db.rows(
        "SELECT native_id FROM posts WHERE id NOT IN (SELECT post_id FROM scores) ORDER BY id"
    )]  # fmt: skip


@pytest.mark.parametrize("error", [ValueError("zu groß"), PanicException("out of bounds")])
def test_posts_that_cannot_be_judged_cost_themselves_only(
    db: Store, broken: dict[str, BaseException], error: BaseException
) -> None:
    fill(db, 230)
    broken |= {"三号桥封了 0": error, "三号桥封了 101": error, "三号桥封了 229": error}
    while new_posts.score_new(db, MODEL, QUEUE):
        pass
    assert unscored(db) == ["0", "101", "229"] and posts.unscored(db) == []
    assert aside.count(db, "forum") == 3
    faults = runs.faults(db, "forum")
    assert {fault.where for fault in faults} == {"帖文 0", "帖文 101", "帖文 229"}
    assert all(type(error).__name__ in fault.what for fault in faults)


def test_another_judge_tries_again(
    db: Store, broken: dict[str, BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(Config(tmp_path, tmp_path))
    fill(db, 3)
    broken["三号桥封了 1"] = ValueError()
    rank.score(desk, db)
    rank.score(desk, db)
    assert unscored(db) == ["1"]
    broken.clear()
    rank.score(desk, db)
    assert unscored(db) == ["1"]  # by the same judge it is not tried for ever
    monkeypatch.setattr(new_posts, "judge_of", lambda model: "the next piyao")
    rank.score(desk, db)
    assert unscored(db) == [] and aside.count(db, "forum") == 0


def test_new_words_are_judged(db: Store, broken: dict[str, BaseException]) -> None:
    fill(db, 2)
    broken["三号桥封了 1"] = ValueError()
    new_posts.score_new(db, MODEL, QUEUE)
    posts.add(db, Post("forum", "1", "三号桥又通了"))
    new_posts.score_new(db, MODEL, QUEUE)
    assert unscored(db) == [] and aside.count(db, "forum") == 0


@pytest.mark.parametrize("error", [StoreError("full"), MemoryError(), KeyboardInterrupt()])
def test_where_no_post_is_to_blame_none_is_put_aside(
    db: Store, broken: dict[str, BaseException], error: BaseException
) -> None:
    fill(db, 2)
    broken["三号桥封了 1"] = error
    with pytest.raises(type(error)):
        new_posts.score_new(db, MODEL, QUEUE)
    assert aside.count(db, "forum") == 0 and len(posts.unscored(db)) == 2
