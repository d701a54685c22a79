"""The sample forum as a real process on a free port: what a spider and a visitor meet."""

from __future__ import annotations

import http.client
import io
import re
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import feedparser
import pytest

from tests.waiting import HANG, until
from tests.where import ROOT

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@contextmanager
def running(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "crawler.sample", "--port", "0", *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """One server for the tests that only ask; it lives 60 times as fast."""
    with running("--pace", "60") as (_, address):
        yield address


class Answer:
    def __init__(self, reply: http.client.HTTPResponse) -> None:
        self.status = reply.status
        self.headers = reply.headers
        self.body = reply.read()
        self.text = self.body.decode("utf-8")


def ask(
    address: str,
    path: str,
    method: str = "GET",
    body: str | bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=HANG)
    try:
        connection.request(method, path, body, headers or {})
        return Answer(connection.getresponse())
    finally:
        connection.close()


def connect(address: str) -> socket.socket:
    place = urlsplit(address)
    return socket.create_connection((place.hostname or "", place.port or 0), timeout=HANG)


def raw(address: str, *lines: str) -> str:
    """What comes back on the wire for these request lines, to the end of the connection."""
    with connect(address) as line:
        line.sendall("".join(f"{one}\r\n" for one in (*lines, "")).encode())
        return b"".join(iter(lambda: line.recv(4096), b"")).decode()


def post(address: str, text: str, author: str = "某") -> Answer:
    return ask(address, "/new", "POST", urlencode({"text": text, "author": author}), FORM)


def test_the_server_prints_one_address_of_this_machine_and_answers_there(address: str) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
    assert ask(address, "/").status == 200


def test_the_feed_is_read_by_feedparser_and_bounded(address: str) -> None:
    answer = ask(address, "/feed.xml")
    read = feedparser.parse(io.BytesIO(answer.body))
    assert answer.headers.get_content_type() == "application/rss+xml"
    assert not read.bozo
    assert len(read.entries) == 100
    assert all(entry.link.startswith(f"{address}t/") for entry in read.entries)
    longer = feedparser.parse(io.BytesIO(ask(address, "/feed.xml?n=400").body))
    assert 170 <= len(longer.entries) <= 400
    assert len(feedparser.parse(io.BytesIO(ask(address, "/feed.xml?n=x").body)).entries) == 100


def test_the_forum_grows_while_it_is_watched(address: str) -> None:
    def guids() -> set[str]:
        read = feedparser.parse(io.BytesIO(ask(address, "/feed.xml?n=400").body))
        return {entry.id for entry in read.entries}

    before = guids()
    until(lambda: guids() > before, "nothing new comes in at pace 60")


def test_an_unchanged_feed_is_answered_304_and_a_changed_one_is_not() -> None:
    with running("--pace", "0.01") as (_, address):
        # in the second of its last change a feed has no date: it may change once more in it
        until(lambda: "Last-Modified" in ask(address, "/feed.xml").headers, "no Last-Modified")
        first = ask(address, "/feed.xml")
        assert first.status == 200
        tag, date = first.headers["ETag"], first.headers["Last-Modified"]
        again = ask(address, "/feed.xml", headers={"If-None-Match": tag})
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
        assert ask(address, "/feed.xml", headers={"If-Modified-Since": date}).status == 304
        assert ask(address, "/feed.xml", headers={"If-None-Match": '"other"'}).status == 200
        assert post(address, "新的一帖").status == 303
        assert ask(address, "/feed.xml", headers={"If-None-Match": tag}).status == 200
        assert ask(address, "/feed.xml", headers={"If-Modified-Since": date}).status == 200


def test_a_posted_text_is_on_the_board_in_the_feed_and_on_its_own_page(address: str) -> None:
    answer = post(address, "城北桥头有辆车\n一直响", "过路的")
    place = answer.headers["Location"]
    assert answer.status == 303
    page = ask(address, place)
    assert "城北桥头有辆车\n一直响" in page.text
    assert "过路的" in page.text
    assert f'href="{place}"' in ask(address, "/").text
    read = feedparser.parse(io.BytesIO(ask(address, "/feed.xml").body))
    assert f"{address.rstrip('/')}{place}" in [entry.link for entry in read.entries]


def test_posted_markup_is_inert_everywhere(address: str) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    place = post(address, evil, "<b>x</b>").headers["Location"]
    for page in (ask(address, "/"), ask(address, place)):
        assert "&lt;b&gt;x&lt;/b&gt;" in page.text
        assert "<script" not in page.text
        assert "<img" not in page.text
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
    entries = feedparser.parse(
        io.BytesIO(ask(address, "/feed.xml").body), sanitize_html=False
    ).entries
    (entry,) = [one for one in entries if one.link.endswith(place)]
    assert entry.summary.startswith("<p>&lt;script&gt;alert(1)")


def test_what_was_typed_is_kept_when_a_post_is_refused(address: str) -> None:
    answer = post(address, "   ", "打字的人")
    assert answer.status == 422
    assert "还没写内容" in answer.text
    assert 'value="打字的人"' in answer.text


@pytest.mark.parametrize(
    ("status", "path", "body", "headers"),
    [
        (413, "/new", "text=" + "a" * 20_000, FORM),
        (415, "/new", "{}", {"Content-Type": "application/json"}),
        (403, "/new", "text=a", FORM | {"Origin": "http://elsewhere.invalid"}),
        (400, "/new", "&".join(f"a{i}=1" for i in range(50)), FORM),
        (404, "/feed.xml", "text=a", FORM),
    ],
)
def test_a_bad_post_is_refused_with_a_page_and_adds_nothing(
    address: str, status: int, path: str, body: str, headers: dict[str, str]
) -> None:
    answer = ask(address, path, "POST", body, headers)
    assert answer.status == status
    assert "<h1>" in answer.text
    assert ask(address, "/").status == 200


def test_half_a_post_is_no_post(address: str) -> None:
    with connect(address) as line:
        head = "POST /new HTTP/1.1\r\nContent-Length: 400\r\n"
        line.sendall(f"{head}Content-Type: {FORM['Content-Type']}\r\n\r\ntext=HALFAPOST".encode())
        line.shutdown(socket.SHUT_WR)
        assert line.recv(100) == b""
    assert "HALFAPOST" not in ask(address, "/").text


def test_unknown_pages_are_404_in_words(address: str) -> None:
    for path in ("/nowhere", "/t/0", "/t/..%2f..%2fetc", "/t/"):
        answer = ask(address, path)
        assert answer.status == 404
        assert "<h1>没有这" in answer.text


def test_robots_may_read_all_but_the_form(address: str) -> None:
    assert ask(address, "/robots.txt").text == "User-agent: *\nDisallow: /new\n"


def test_head_has_the_headers_of_get_and_no_body(address: str) -> None:
    length = ask(address, "/robots.txt").headers["Content-Length"]
    answer = raw(address, "HEAD /robots.txt HTTP/1.1", "Connection: close")
    assert answer.startswith("HTTP/1.1 200 ")
    assert f"Content-Length: {length}\r\n" in answer
    assert answer.endswith("\r\n\r\n")


def test_a_malformed_address_is_400_and_a_visitor_who_hangs_up_is_no_fault() -> None:
    with running() as (process, address):
        answer = raw(address, "GET http://[x HTTP/1.1", "Connection: close")
        assert answer.startswith("HTTP/1.1 400 ")
        for _ in range(5):
            line = connect(address)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.sendall(b"GET /feed.xml?n=400 HTTP/1.1\r\n\r\n")
            line.close()  # with a reset
        assert ask(address, "/").status == 200
        process.terminate()
        assert process.wait(HANG) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_pages_ask_nothing_of_other_hosts_and_hold_no_path_of_this_machine(address: str) -> None:
    for path in ("/", "/?p=2", "/nowhere", "/forum.css"):
        text = ask(address, path).text
        assert not re.search(r"""(src|href|action)=["']?(https?:)?//|url\(|@import""", text)
        assert str(ROOT) not in text
    feed_text = ask(address, "/feed.xml?n=400").text
    hosts = set(re.findall(r"https?://([^/\"<]+)", feed_text))
    names = {"purl.org", "www.w3.org", "piyao.invalid"}  # names of vocabularies, never fetched
    assert hosts == names | {urlsplit(address).netloc}
    assert str(ROOT) not in feed_text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(number: signal.Signals) -> None:
    with running() as (process, address):
        assert ask(address, "/").status == 200
        process.send_signal(number)
        assert process.wait(HANG) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_it_ends_when_its_stdin_closes_only_if_asked_to() -> None:
    with running("--until-stdin-closes") as (asked, _), running() as (other, address):
        for process in (asked, other):
            assert process.stdin is not None
            process.stdin.close()
            process.stdin = None
        assert asked.wait(HANG) == 0
        assert other.poll() is None
        assert ask(address, "/").status == 200


def test_a_broken_posts_file_is_named_and_nothing_is_served(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_text("{", encoding="utf-8")
    with running("--posts", str(path)) as (process, address):
        assert address == ""
        assert process.wait(HANG) == 1
        assert process.stderr is not None
        assert "line 1: not JSON" in process.stderr.read()
