"""The crawler's small parts: the way into the store, the registry, the settings, the log."""

from __future__ import annotations

import dataclasses
import logging
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import Settings

from crawler import kinds, logs, pipelines, run
from crawler import settings as project
from crawler.harvest import Cursor, Harvest, Trouble
from crawler.spiders.feed import FeedSpider
from models.config import Source
from models.errors import ConfigError, StoreError
from models.intake import posts, sources
from models.intake.records import Post
from models.store import Store

SOURCE = Source("forum", "feed", "https://user:word@forum.example/feed?key=SECRET", 300.0)
CURSOR = Cursor('"e"', "Sun, 26 Jan 2020 04:30:00 GMT")


def harvest(*ids: str, **more: Any) -> Harvest:
    return Harvest(tuple(Post("", id, f"话 {id}") for id in ids), cursor=CURSOR, **more)


@pytest.fixture
def store(db: Store) -> Store:
    sources.sync(db, [SOURCE])
    return db


def test_the_cursor_is_remembered_with_the_posts(store: Store) -> None:
    counts, troubles = pipelines.store_harvest(store, "forum", harvest("a", "b"))
    assert (counts["new"], troubles) == (2, ())
    assert sources.get(store, "forum").etag == '"e"'
    counts, _ = pipelines.store_harvest(store, "forum", harvest("a", "b", "c"))
    assert (counts["same"], counts["new"]) == (2, 1)


def test_no_cursor_without_the_posts_and_no_posts_without_the_cursor(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise StoreError("nothing was written (disk full)")

    monkeypatch.setattr(sources, "remember", full)
    with pytest.raises(StoreError):
        pipelines.store_harvest(store, "forum", harvest("a", "b"))
    assert posts.count(store) == 0
    assert sources.get(store, "forum").etag == ""


def test_the_cursor_of_a_feed_that_broke_off_is_not_remembered(store: Store) -> None:
    pipelines.store_harvest(store, "forum", harvest("a", whole=False))
    assert posts.count(store) == 1
    assert sources.get(store, "forum").etag == ""


def test_a_post_that_the_store_cannot_take_costs_itself(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, many = posts.add, posts.add_many

    def add(db: Store, post: Post, met: Any = None) -> str:
        if post.native_id == "bad":
            raise ValueError("no")
        return one(db, post)

    def add_many(db: Store, found: Any, met: Any = None) -> Any:
        if any(post.native_id == "bad" for post in found):
            many(db, [post for post in found if post.native_id == "a"])  # fails half-way
            raise ValueError("no")
        return many(db, found)

    monkeypatch.setattr(posts, "add", add)
    monkeypatch.setattr(posts, "add_many", add_many)
    counts, troubles = pipelines.store_harvest(store, "forum", harvest("a", "bad", "c"))
    assert counts["new"] == 2
    assert [(trouble.lost, "话 bad" in trouble.raw.decode()) for trouble in troubles] == [
        (True, True)
    ]
    assert sources.get(store, "forum").etag == ""


def test_a_spider_cannot_store_under_another_sources_name(store: Store) -> None:
    stray = dataclasses.replace(harvest(), posts=(Post("somebody else", "a", "话"),))
    pipelines.store_harvest(store, "forum", stray)
    assert [post.source for post in posts.unscored(store)] == ["forum"]


def test_a_third_party_adds_a_kind_with_one_class_and_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    points = [
        EntryPoint("teleprinter", "tests.unit.teleprinter:Teleprinter", kinds.GROUP),
        EntryPoint("feed", "tests.unit.teleprinter:NotOurs", kinds.GROUP),
        EntryPoint("absent", "no.such.package:Spider", kinds.GROUP),
        EntryPoint("works", "crawler.spiders.feed:FeedSpider", kinds.GROUP),
    ]
    monkeypatch.setattr(kinds, "entry_points", lambda group: points)
    assert kinds.names() == ["absent", "feed", "teleprinter", "works"]
    assert kinds.spider("works") is FeedSpider
    assert kinds.spider("feed") is FeedSpider, "ours is not replaced from outside"
    with pytest.raises(ConfigError, match="does not load"):
        kinds.spider("absent")
    with pytest.raises(ConfigError, match="known: absent, feed"):
        kinds.spider("morse")


def test_the_feed_source_is_registered_by_entry_point() -> None:
    from importlib.metadata import entry_points

    found = [point.value for point in entry_points(group=kinds.GROUP) if point.name == "feed"]
    assert found == ["crawler.spiders.feed:FeedSpider"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("ROBOTSTXT_OBEY", True),
        ("AUTOTHROTTLE_ENABLED", True),
        ("DOWNLOAD_VERIFY_CERTIFICATES", True),
        ("DOWNLOAD_MAXSIZE", 8 * 1024 * 1024),
        ("DOWNLOAD_TIMEOUT", 30),
        ("REDIRECT_MAX_TIMES", 5),
        ("TELNETCONSOLE_ENABLED", False),
        ("REMOTE_CONTROL_ENABLED", False),
        ("HTTPPROXY_ENABLED", False),
        ("METAREFRESH_ENABLED", False),
        ("COOKIES_ENABLED", False),
        ("TWISTED_DNS_RESOLVER", "crawler.addresses.GuardedResolver"),
    ],
)
def test_a_spider_cannot_loosen_the_settings(name: str, safe: object, tmp_path: Path) -> None:
    settings = run.settings(SOURCE, tmp_path / "piyao.db", 1)
    assert settings[name] == safe != Settings()[name]
    settings.setdict({name: "loose"}, priority="spider")  # what custom_settings does
    assert settings[name] == safe


def test_only_http_has_a_download_handler(tmp_path: Path) -> None:
    settings = run.settings(SOURCE, tmp_path / "piyao.db", 1)
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS")
    offered = {scheme for scheme, handler in handlers.items() if handler}
    assert offered == {"http", "https"}


def test_every_setting_is_one_that_scrapy_knows() -> None:
    ours = {name for name in vars(project) if name.isupper() and not name.startswith("PIYAO_")}
    unknown = {name for name in ours if name not in Settings()}
    assert not unknown, "a misspelt guard is off without a word"


def test_the_private_place_is_told_only_for_a_source_that_allows_it(tmp_path: Path) -> None:
    path = tmp_path / "piyao.db"
    assert run.settings(SOURCE, path, 1)["PIYAO_PRIVATE_URL"] == ""
    private = dataclasses.replace(SOURCE, allow_private=True)
    assert run.settings(private, path, 1)["PIYAO_PRIVATE_URL"] == SOURCE.url


def record(message: str, *arguments: object, exc_info: Any = None) -> logging.LogRecord:
    return logging.LogRecord("scrapy", 30, "", 0, message, arguments, exc_info)


def test_a_log_line_holds_no_control_character_no_key_and_no_traceback() -> None:
    line = logs.OneLine("%(message)s")
    hostile = "a\r\nERROR forged\x1b[2J\u202eb"
    said = line.format(record("got %s from %s", hostile, SOURCE.url))
    assert "\n" not in said and "\x1b" not in said and "\u202e" not in said
    assert "SECRET" not in said and "word" not in said and "forum.example/feed" in said
    try:
        raise ValueError("a post's words")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
        assert line.format(record("failed", exc_info=info)) == "failed [ValueError]"


def test_scrapys_own_messages_hold_no_post() -> None:
    quiet: Any = logs.QuietFormatter()
    post = Post("forum", "a", "帖子的话", author="昵称")
    error = ValueError("帖子的话")
    for item in (post, Harvest((post,)), Trouble("x", raw="帖子的话".encode())):
        assert quiet.scraped(item, None, None) is None
        for said in (
            quiet.dropped(item, error, None, None),
            quiet.item_error(item, error, None, None),
        ):
            assert "帖子" not in said["msg"] % said["args"]
    assert "昵称" not in repr(post)


def test_the_command_names_everything_the_child_needs() -> None:
    argv = run.command(Path("a b/piyao.toml"), Path("x.db"), "forum")
    assert argv[1:] == [
        "-P", "-m", "crawler", "--source", "forum", "--config", "a b/piyao.toml", "--db", "x.db",
    ]  # fmt: skip
    assert "--config" not in run.command(None, Path("x.db"), "forum")
