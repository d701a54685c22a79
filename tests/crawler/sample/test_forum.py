"""The sample forum as pure functions: what is visible when, the feed, the board and its pages."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import pytest

from crawler.sample import feed, forum, pages, validators
from crawler.sample.board import MAX_AUTHOR, MAX_NEW, MAX_TEXT, Board
from crawler.sample.forum import Clock, Reply, Thread
from models.errors import Conflict, InputError

OPENED = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
CLOCK = Clock(OPENED)
THREADS = forum.load()
ADDRESS = "http://127.0.0.1:8000"
ONE = Thread(
    "1",
    -10.0,
    "题",
    "甲\n乙",
    "某",
    100,
    50,
    (Reply("1-1", -4.0, "真的吗"), Reply("1-2", 3.0, "好")),
)
LATER = Thread("2", 5.0, "后来", "丙", "某", 10, 0)


def after(minutes: float) -> datetime:
    return OPENED + timedelta(minutes=minutes)


# --- what is visible


def test_a_post_is_seen_from_its_minute_on_and_not_before() -> None:
    assert [one.id for one in forum.visible((ONE, LATER), CLOCK, after(4.99))] == ["1"]
    assert [one.id for one in forum.visible((ONE, LATER), CLOCK, after(5))] == ["2", "1"]
    assert forum.visible((ONE, LATER), CLOCK, after(-11)) == ()


def test_a_reply_is_seen_from_its_minute_on_and_not_before() -> None:
    def texts(minutes: float) -> list[str]:
        (seen,) = forum.visible((ONE,), CLOCK, after(minutes))
        return [reply.text for reply in seen.replies]

    assert texts(-5) == []
    assert texts(2.9) == ["真的吗"]
    assert texts(3) == ["真的吗", "好"]


def test_likes_grow_in_steps_up_to_the_written_number() -> None:
    likes = [forum.visible((ONE,), CLOCK, after(at))[0].likes for at in (-10, 0, 29, 30, 110, 500)]
    assert likes == [10, 30, 30, 60, 100, 100]


def test_pace_hurries_the_future_and_leaves_the_past() -> None:
    fast = Clock(OPENED, pace=10)
    assert fast.when(-30) == after(-30)
    assert fast.when(30) == after(3)
    assert fast.minutes(after(3)) == pytest.approx(30)
    assert fast.minutes(after(-30)) == pytest.approx(-30)


def test_the_forum_grows_for_more_than_an_hour() -> None:
    counts = [len(forum.visible(THREADS, CLOCK, after(minute))) for minute in range(66)]
    gained = [new - old for old, new in zip(counts, counts[1:], strict=False)]
    assert 165 <= counts[0] <= 185
    assert min(gained[:5]) >= 5
    assert all(sum(gained[at : at + 5]) >= 5 for at in range(5, 60, 5))
    assert len(forum.visible(THREADS, CLOCK, after(1e6))) == len(THREADS)


def test_the_last_change_covers_posts_replies_and_likes() -> None:
    def changed(minutes: float) -> datetime:
        return forum.changed_at(forum.visible((ONE, LATER), CLOCK, after(minutes)), CLOCK)

    assert changed(-4) == after(-4)  # the reply
    assert changed(0) == after(0)  # the step of likes, ten minutes after the post
    assert changed(5) == after(5)  # the second post
    assert forum.changed_at((), CLOCK) == OPENED


def test_a_broken_posts_file_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_text('{"id": "1"}\n', encoding="utf-8")
    with pytest.raises(InputError, match="line 1: missing at, author"):
        forum.load(path)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="line 1: not JSON"):
        forum.load(path)


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    first = forum.POSTS.read_text(encoding="utf-8").splitlines()[0]
    path = tmp_path / "posts.jsonl"
    path.write_text(f"{first}\n{first}\n", encoding="utf-8")
    with pytest.raises(InputError, match="ids used twice"):
        forum.load(path)


# --- the feed


def test_the_feed_says_what_the_forum_shows() -> None:
    seen = forum.visible(THREADS, CLOCK, after(0))
    read = feedparser.parse(io.BytesIO(feed.render(seen, ADDRESS)))
    assert not read.bozo
    assert len(read.entries) == 100
    for entry, one in zip(read.entries, seen, strict=False):
        assert entry.id == f"piyao-sample:{one.id}"
        assert entry.link == f"{ADDRESS}/t/{one.id}"
        assert (entry.title, entry.author) == (one.title, one.author)
        assert parsedate_to_datetime(entry.published) == one.at.replace(microsecond=0)
        assert int(entry.slash_comments) == len(one.replies)
        assert int(entry.piyao_likes) == one.likes


def test_every_reply_is_in_the_feed_with_its_time() -> None:
    (seen,) = forum.visible((ONE,), CLOCK, after(4))
    root = ET.fromstring(feed.render((seen,), ADDRESS))
    replies = root.findall(f".//{{{feed.PIYAO}}}reply")
    assert [(one.get("id"), one.text) for one in replies] == [("1-1", "真的吗"), ("1-2", "好")]
    assert datetime.fromisoformat(replies[0].get("at", "")) == after(-4)


def test_the_feed_is_newest_first_and_keeps_to_the_asked_length() -> None:
    seen = forum.visible(THREADS, CLOCK, after(0))
    read = feedparser.parse(io.BytesIO(feed.render(seen, ADDRESS, items=7)))
    times = [entry.published_parsed for entry in read.entries]
    assert len(times) == 7
    assert times == sorted(times, reverse=True)


def test_markup_in_a_post_stays_text_in_the_feed() -> None:
    evil = Thread("9", 0.0, "<b>&", "<script>alert(1)</script>\n]]> & <img onerror=x>", "<i>")
    body = feed.render(forum.visible((evil,), CLOCK, after(0)), ADDRESS)
    item = ET.fromstring(body).find(".//item")
    assert item is not None
    assert item.findtext("title") == "<b>&"
    assert item.findtext("description") == (
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p><p>]]&gt; &amp; &lt;img onerror=x&gt;</p>"
    )


def test_the_feed_is_well_formed_whatever_a_visitor_types() -> None:
    board = Board((), CLOCK)
    board.add("坏\x00字\ud800符\ufffe\uffff\x1b\u202e尾", "路\x07人", after(1))
    root = ET.fromstring(feed.render(board.seen(after(1)), ADDRESS))
    assert root.findtext(".//item/title") == "坏字\ufffd符\ufffd\ufffd\u202e尾"


def test_the_same_sight_gives_the_same_bytes() -> None:
    now, soon = after(70.0), after(70.001)
    bodies = [feed.render(forum.visible(THREADS, CLOCK, at), ADDRESS) for at in (now, soon)]
    assert validators.etag(bodies[0]) == validators.etag(bodies[1])
    changed = feed.render(forum.visible(THREADS, CLOCK, after(60)), ADDRESS)
    assert validators.etag(changed) != validators.etag(bodies[0])


# --- validators


def test_a_known_tag_needs_no_body_and_outweighs_the_date() -> None:
    date = validators.http_date(OPENED)
    assert validators.unchanged('"a"', OPENED, '"a"', None)
    assert validators.unchanged('"a"', OPENED, '"b", W/"a"', None)
    assert validators.unchanged('"a"', OPENED, "*", None)
    assert not validators.unchanged('"a"', OPENED, '"b"', date)


def test_a_date_covers_changes_up_to_it_only() -> None:
    date = validators.http_date(OPENED)
    assert validators.unchanged('"a"', OPENED, None, date)
    assert not validators.unchanged('"a"', OPENED + timedelta(seconds=1), None, date)
    assert not validators.unchanged('"a"', None, None, date)
    assert not validators.unchanged('"a"', OPENED, None, "yesterday")


def test_no_date_is_given_while_its_second_can_still_bring_changes() -> None:
    change = OPENED + timedelta(seconds=3.2)
    assert validators.last_modified(change, OPENED + timedelta(seconds=3.9)) is None
    assert validators.last_modified(change, OPENED + timedelta(seconds=4)) == OPENED + timedelta(
        seconds=3
    )


# --- the board and its pages


def test_a_visitors_post_is_seen_at_once_and_first() -> None:
    board = Board(THREADS, CLOCK)
    thread = board.add("刚看到的\n第二行", "", after(2))
    first = board.seen(after(2))[0]
    assert (first.id, first.title, first.author) == (thread.id, "刚看到的", "路人")


def test_ids_of_new_posts_differ_between_runs() -> None:
    one = Board((), CLOCK).add("甲", "", after(1))
    two = Board((), Clock(after(30))).add("甲", "", after(31))
    assert one.id != two.id


@pytest.mark.parametrize(
    ("text", "author"),
    [("", "某"), (" \n\t", "某"), ("字" * (MAX_TEXT + 1), "某"), ("字", "名" * (MAX_AUTHOR + 1))],
)
def test_a_post_that_is_empty_or_too_long_is_refused(text: str, author: str) -> None:
    board = Board((), CLOCK)
    with pytest.raises(InputError):
        board.add(text, author, OPENED)
    assert board.seen(after(1)) == ()


def test_a_full_board_takes_no_more() -> None:
    board = Board((), CLOCK)
    for _ in range(MAX_NEW):
        board.add("字" * MAX_TEXT, "名" * MAX_AUTHOR, OPENED)
    with pytest.raises(Conflict):
        board.add("字", "", OPENED)


def test_every_thread_is_on_one_page_of_the_list() -> None:
    seen = forum.visible(THREADS, CLOCK, after(1000))
    listed: list[str] = []
    for page in range(1, -(-len(seen) // pages.ROWS) + 1):
        listed += re.findall(r'href="/t/([^"]+)"', pages.board(seen, page))
    assert listed == [one.id for one in seen]


def test_pages_escape_everything_they_show() -> None:
    evil = '"><script>alert(1)</script>'
    (seen,) = forum.visible((Thread("9", 0.0, evil, evil, evil, 0, 0),), CLOCK, after(0))
    board = pages.board((seen,), text=evil, author=evil, fault=evil)
    for page in (board, pages.thread(seen), pages.message(evil, evil)):
        assert "<script" not in page
        assert "&#34;&gt;&lt;script&gt;alert(1)" in page
