"""Posts stored together are stored as they would be one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import store
from models.intake import posts
from models.intake.records import Post, Reply
from models.store import Store

START = datetime(2026, 3, 1, tzinfo=UTC)
REPLIES = [Reply("求证", START, "r1"), Reply("真的吗", None, ""), Reply("真的吗", START, "r2"),
           Reply("", START, "r3"), Reply("打 138 1234 5678", START, "r1")]  # fmt: skip

some_post = st.builds(
    Post,
    source=st.sampled_from("ab"),
    native_id=st.sampled_from(["1", "2", "3", "", "长" * 600]),
    text=st.sampled_from(
        ["今天停水", "今天停水？", "坏\ud800字\x00", "电话 138 1234 5678", " 空格 "]
    ),
    title=st.sampled_from(["", "题目"]),
    published_at=st.sampled_from([None, START, START - timedelta(days=1)]),
    author=st.sampled_from(["", "甲", "乙"]),
    likes=st.integers(-1, 2),
    replies=st.lists(st.sampled_from(REPLIES), max_size=4).map(tuple),
)


class _Undone(Exception):
    pass


def kept(db: Store, work: Callable[[], Counter[str]]) -> tuple[Any, ...]:
    """What the work returns and what stands in the store after it; then it is undone."""
    try:
        with db.atomic():
            counts = work()
            tables = [
                db.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in ("posts", "replies")
            ]
            raise _Undone
    except _Undone:
        return counts, tables


@given(before=st.lists(some_post, max_size=3), come=st.lists(some_post, max_size=9))
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_posts_together_are_stored_as_one_by_one(
    before: list[Post], come: list[Post], db: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "clock", lambda: START)

    def together() -> Counter[str]:
        posts.add_many(db, before)
        return posts.add_many(db, come)

    def one_by_one() -> Counter[str]:
        posts.add_many(db, before)
        return Counter(posts.add(db, post) for post in come)

    whole, apart = kept(db, together), kept(db, one_by_one)
    assert whole == apart
    assert posts.count(db) == 0


def test_more_posts_than_are_stored_at_once_are_all_stored(
    db: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posts, "AT_ONCE", 3)
    many = [Post("a", str(n), f"第{n}条") for n in range(10)]
    assert posts.add_many(db, many) == {"new": 10}
    assert posts.add_many(db, many) == {"same": 10}
