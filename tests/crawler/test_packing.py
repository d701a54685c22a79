"""Packing is known by its first bytes, and nothing grows beyond its bound."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import feeds, packing

FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><item><guid>1</guid>'
    "<description>城东水厂今晚停水</description></item></channel></rss>"
).encode()
NOW = datetime(2020, 1, 26, 8, 0, tzinfo=UTC)


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


PACKED = {
    "plain": FEED,
    "gzip": gzip.compress(FEED),
    "gzip twice": gzip.compress(gzip.compress(FEED)),
    "zlib": zlib.compress(FEED),
    "two members": gzip.compress(FEED[:50]) + gzip.compress(FEED[50:]),
    "something hung on": gzip.compress(FEED) + b"\0" * 20,
    "a wrong sum": gzip.compress(FEED)[:-8] + b"12345678",
}


@pytest.mark.parametrize("how", PACKED)
def test_a_feed_is_read_whatever_it_is_packed_in(how: str) -> None:
    harvest = feeds.read_feed(PACKED[how], source="s", now=NOW)
    assert [post.text for post in harvest.posts] == ["城东水厂今晚停水"]


@pytest.mark.parametrize("how", PACKED)
def test_what_a_header_says_of_it_is_believed_by_its_bytes(how: str) -> None:
    assert packing.inflated(PACKED[how]).startswith(FEED)
    assert packing.inflated(raw_deflate(FEED)) == FEED
    assert packing.inflated(b"plain words, no feed") == b"plain words, no feed"


def test_what_breaks_off_is_kept_as_far_as_it_came() -> None:
    words = FEED + bytes(range(256)) * 50
    assert FEED[:40] in packing.unpacked(gzip.compress(words)[:-30])


@pytest.mark.slow
@pytest.mark.parametrize("layers", [1, 2])
def test_a_bomb_is_said_and_holds_no_more_than_its_bound(layers: int) -> None:
    bomb = b"0" * 100_000_000
    for _ in range(layers):
        bomb = gzip.compress(bomb)
    tracemalloc.start()
    harvest = feeds.read_feed(bomb, source="s", url="https://feed.example/", now=NOW)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "解压后超过 8 MB" in harvest.troubles[0].what and harvest.troubles[0].fatal
    assert peak < 4 * packing.MOST


@given(st.binary(max_size=200), st.sampled_from([b"", b"\x1f\x8b\x08", b"x\x9c", b"<?xml"]))
def test_no_bytes_raise(body: bytes, start: bytes) -> None:
    assert isinstance(packing.inflated(start + body), bytes)
