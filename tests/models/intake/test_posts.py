"""Posts: each stored once, and nothing of who wrote it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import china_time, store
from models.intake import posts
from models.intake.records import Post, Reply
from models.ranking import scores
from models.store import Store
from tests import case_steps

HANDLE = "白兔潭老王Wang_1987"
POST = Post(
    "forum",
    "t/1",
    "车牌浙BL1234的车刚从武汉回来，问13812345678",
    url="https://forum.example.cn/t/1",
    title="求证",
    published_at=datetime(2020, 1, 26, 8, 0, tzinfo=UTC),
    author=HANDLE,
    likes=3,
    replies=(Reply("真的吗", None, "r1"), Reply("假的吧", None, "r2")),
)


def only(db: Store) -> Post:
    (post,) = posts.newest(db)
    return post


def test_a_new_post_is_stored_as_it_was_read(db: Store) -> None:
    assert posts.add(db, POST) == "new"
    post = only(db)
    assert (post.source, post.native_id, post.url, post.title) == (
        "forum", "t/1", "https://forum.example.cn/t/1", "求证",
    )  # fmt: skip
    assert post.text == "车牌浙BL1234的车刚从武汉回来，问138****"
    assert post.published_at == POST.published_at
    assert [reply.text for reply in post.replies] == ["真的吗", "假的吧"]
    assert post.author == ""


def test_the_same_post_again_is_the_same(db: Store) -> None:
    posts.add(db, POST)
    before = db.rows("SELECT * FROM posts")
    assert posts.add(db, POST) == "same"
    assert db.rows("SELECT * FROM posts") == before


@pytest.mark.parametrize(
    ("changed", "scored_again"),
    [
        ({"text": "别的话"}, True),
        ({"title": "辟谣"}, True),
        ({"replies": (*POST.replies, Reply("求证", None, "r3"))}, True),
        ({"likes": 4}, False),
        ({"reposts": 1}, False),
        ({"url": "https://forum.example.cn/t/1?p=2"}, False),
    ],
)
def test_new_words_are_scored_again_and_new_numbers_are_not(
    db: Store, changed: dict[str, object], scored_again: bool
) -> None:
    posts.add(db, POST)
    scores.save(db, [case_steps.score(1)])
    assert posts.unscored(db) == []
    assert posts.add(db, replace(POST, **changed)) == "updated"
    assert [post.id for post in posts.unscored(db)] == ([1] if scored_again else [])
    assert posts.count(db) == 1


def test_the_same_id_at_two_sources_is_two_posts(db: Store) -> None:
    posts.add(db, POST)
    assert posts.add(db, replace(POST, source="weibo")) == "new"


def test_ids_that_are_long_or_absent_never_meet_each_other(db: Store) -> None:
    long = "https://forum.example.cn/" + "x" * 600
    ids = [long + "1", long + "2", "", "\x00"]
    different = [replace(POST, native_id=native, text=f"第{n}条") for n, native in enumerate(ids)]
    assert posts.add_many(db, different) == {"new": 4}
    assert posts.add_many(db, different) == {"same": 4}


def test_a_post_without_a_date_keeps_the_date_it_was_first_seen(db: Store) -> None:
    posts.add(db, replace(POST, published_at=None))
    first = only(db).published_at
    assert posts.add(db, replace(POST, published_at=None)) == "same"
    assert only(db).published_at == first


def everything_on_disk(db: Store) -> bytes:
    return b"".join(file.read_bytes() for file in Path(db.path).parent.glob("piyao.*"))


def test_no_handle_and_no_phone_number_is_ever_in_the_files_of_the_store(db: Store) -> None:
    posts.add(db, replace(POST, text=POST.text + "\x00\u202e 138\x001234\x005678"))
    posts.add(db, replace(POST, author="另一个人Handle2", text="改过，１３８ １２３４ ５６７８"))
    posts.add(db, replace(POST, source="b", replies=(Reply("打13812345678", None, "r1"),)))
    written = everything_on_disk(db)
    assert "白兔潭".encode() not in written  # the test sees nothing else of the name either
    assert "改过".encode() in written  # and does see what is stored
    for secret in (HANDLE, "另一个人Handle2", "13812345678", "12345678"):
        assert secret.encode() not in written, secret
        assert secret.encode("utf-16-le") not in written
    assert b"138\x001234" not in written
    assert "１２３４".encode() not in written


def test_an_authors_key_is_stable_within_a_source_and_differs_between_sources(db: Store) -> None:
    key = posts.author_key(db, "forum", HANDLE)
    assert key == posts.author_key(db, "forum", HANDLE)
    assert len(key) == 32
    assert key != posts.author_key(db, "weibo", HANDLE)
    assert key != posts.author_key(db, "forum", HANDLE + " ")
    assert posts.author_key(db, "forum", "") == ""


def test_an_authors_key_cannot_be_tested_without_the_key_beside_the_store(
    db: Store, tmp_path: Path
) -> None:
    import hashlib

    key = posts.author_key(db, "forum", HANDLE)
    for guess in (HANDLE, f"forum\n{HANDLE}", f"forum:{HANDLE}"):
        assert key not in hashlib.sha256(guess.encode()).hexdigest()
    elsewhere = store.open(tmp_path / "other" / "piyao.db")
    assert posts.author_key(elsewhere, "forum", HANDLE) != key
    elsewhere.close()
    again = store.open(db.path)
    assert posts.author_key(again, "forum", HANDLE) == key
    again.close()
    assert db.secret not in db.path.read_bytes()


def test_a_key_that_retention_wiped_does_not_come_back_with_the_next_visit(db: Store) -> None:
    posts.add(db, POST)
    db.execute("UPDATE posts SET author_key = ''")
    assert posts.add(db, POST) == "same"
    assert only(db).author_key == ""


def test_replies_are_stored_once_by_id_or_by_their_words(db: Store) -> None:
    posts.add(
        db, replace(POST, replies=(Reply("求证"), Reply("求证"), Reply("真的吗", None, "r1")))
    )
    posts.add(db, replace(POST, replies=(Reply("求证"), Reply("真的吗", None, "r1"), Reply("  "))))
    assert sorted(reply.text for reply in only(db).replies) == ["求证", "真的吗"]


def test_at_most_two_hundred_replies_are_kept(db: Store) -> None:
    many = tuple(Reply(f"第{n}条", None, str(n)) for n in range(300))
    posts.add(db, replace(POST, replies=many[:150]))
    posts.add(db, replace(POST, replies=many[100:]))
    assert len(only(db).replies) == posts.MAX_REPLIES
    assert posts.add(db, replace(POST, replies=many)) == "same"


def test_posts_are_stored_all_together_or_not_at_all(db: Store) -> None:
    def feed():
        yield POST
        raise ConnectionError

    with pytest.raises(ConnectionError):
        posts.add_many(db, feed())
    assert posts.count(db) == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"likes": 10**30, "reposts": -5},
        {"published_at": datetime.min.replace(tzinfo=timezone(timedelta(hours=8)))},
        {"published_at": datetime.max.replace(tzinfo=timezone(timedelta(hours=-8)))},
        {"published_at": datetime(800, 1, 1, tzinfo=UTC)},
        {"published_at": datetime(9999, 12, 31, 23, tzinfo=UTC)},
        {"replies": (Reply("求证", datetime.min.replace(tzinfo=timezone(timedelta(hours=8)))),)},
        {"text": "\ud800\x00", "title": "\udfff", "native_id": "\ud800", "url": "\x00"},
        {"text": "谣" * 100_000},
        {"author": "\ud800"},
        {"text": ""},
    ],
)
def test_one_hostile_post_is_neither_lost_nor_in_the_way_of_others(
    db: Store, changed: dict[str, object]
) -> None:
    hostile = replace(POST, native_id="t/2")
    assert posts.add_many(db, [POST, replace(hostile, **changed)]) == {"new": 2}
    assert len(posts.unscored(db)) == 2
    for post in posts.unscored(db):  # whatever day it names, a clock in China can show it
        assert post.published_at and china_time.day(post.published_at + timedelta(days=30))
    assert posts.newest(db)[1].text == "车牌浙BL1234的车刚从武汉回来，问138****"
    assert posts.add_many(db, [POST, replace(hostile, **changed)]) == {"same": 2}


def test_what_cleaning_changed_is_kept_byte_for_byte(db: Store) -> None:
    posts.add(db, replace(POST, text="谣\ud800言\x1b[0m"))
    raw = db.value("SELECT verbatim FROM posts")
    assert raw.decode("utf-8", "surrogatepass") == "谣\ud800言\x1b[0m"
    posts.add(db, replace(POST, text="普通的话"))
    assert db.value("SELECT verbatim FROM posts") is None


ANY = st.text(st.characters(categories=None, exclude_categories=()) | st.sampled_from("\ud800\x00"))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(native=ANY, text=ANY, title=ANY, author=ANY, reply=ANY, likes=st.integers())
def test_any_post_whatever_it_holds_is_stored_once(
    db: Store, native: str, text: str, title: str, author: str, reply: str, likes: int
) -> None:
    post = Post(
        "any", native, text, title=title, author=author, likes=likes, replies=(Reply(reply),)
    )
    posts.add(db, post)
    assert posts.add(db, post) == "same"


def test_members_and_replies_of_a_cluster_come_newest_first(db: Store) -> None:
    cluster = case_steps.cluster_of(db, ["甲说", "乙说"])
    case_steps.cluster_of(db, ["别的事"])
    assert [post.text for post in posts.of_cluster(db, cluster)] == ["乙说", "甲说"]
    assert len(posts.replies_of_cluster(db, cluster)) == 2
    assert posts.get(db, 99) is None


def test_a_post_that_changed_while_it_was_scored_is_noticed(db: Store) -> None:
    posts.add(db, POST)
    (read,) = posts.unscored(db)
    assert posts.unchanged(db, [read]) == {read.id}
    posts.add(db, replace(POST, replies=(*POST.replies, Reply("求证", None, "r3"))))
    assert posts.unchanged(db, [read]) == set()
