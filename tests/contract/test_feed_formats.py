"""Each feed in ``feeds/`` beside what it must be read as (``NAME.expected.json``), field by field."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler import feeds
from models.intake.records import Post

FOLDER = Path(__file__).parent / "feeds"
NOW = datetime(2020, 1, 26, 8, 0, tzinfo=UTC)
FEEDS = sorted(path for path in FOLDER.iterdir() if not path.name.endswith(".expected.json"))


def plain(post: Post) -> dict[str, Any]:
    return {
        "native_id": post.native_id,
        "url": post.url,
        "title": post.title,
        "text": post.text,
        "published_at": post.published_at and post.published_at.isoformat(),
        "author": post.author,
        "likes": post.likes,
        "reposts": post.reposts,
        "replies": [
            [reply.text, reply.at and reply.at.isoformat(), reply.native_id]
            for reply in post.replies
        ],
    }


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.name)
def test_a_feed_is_read_as_expected(path: Path) -> None:
    expected = json.loads(path.with_name(path.name + ".expected.json").read_text("utf-8"))
    harvest = feeds.read_feed(
        path.read_bytes(), source="fixture", url="https://feed.example/feed", now=NOW
    )
    nothing = plain(Post("fixture", "", ""))
    assert [plain(post) for post in harvest.posts] == [nothing | post for post in expected["posts"]]
    assert [[trouble.what, trouble.where] for trouble in harvest.troubles] == expected["troubles"]
    assert harvest.whole == expected["whole"]
    assert {post.source for post in harvest.posts} <= {"fixture"}


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.name)
def test_every_trouble_says_what_to_do_and_keeps_the_input(path: Path) -> None:
    harvest = feeds.read_feed(
        path.read_bytes(), source="fixture", url="https://feed.example/feed", now=NOW
    )
    for trouble in harvest.troubles:
        assert trouble.what and trouble.where and trouble.mend
        assert trouble.raw
