"""The feed source as it runs: a Scrapy child process against a real server and a real store."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import threading
import time
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.intake import posts, runs, sources
from tests import loopback_spellings
from tests.crawl_process import Crawls
from tests.http_server import Answer, Server, self_signed
from tests.waiting import HANG, until
from tests.where import ROOT

pytestmark = pytest.mark.slow  # each starts a crawl
HANDLE = "不该留下的昵称"


def item(n: int, words: str = "听说三号桥封了", more: str = "") -> str:
    return (
        f'<item><guid isPermaLink="false">g{n}</guid><link>https://forum.example/t/{n}</link>'
        f"<author>{HANDLE}</author><pubDate>2020年01月26日 12:30</pubDate>"
        f"<description>{words}</description>{more}</item>"
    )


def rss(*items: str, encoding: str = "utf-8") -> bytes:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0" '
        f'xmlns:piyao="https://piyao.invalid/ns/replies"><channel><title>t</title>{"".join(items)}'
        "</channel></rss>"
    )
    return text.encode({"gbk": "gb18030"}.get(encoding, encoding))


def test_a_first_crawl_stores_all_a_second_asks_conditionally_and_a_third_takes_what_is_new(
    crawls: Crawls, server: Server
) -> None:
    crawls.add("forum", f"{server.url}/feed")
    reply = '<piyao:reply id="r1" at="2020-01-26T12:35:00+08:00">求证</piyao:reply>'
    many = [item(n, more=reply) for n in range(30)]
    modified = "Sun, 26 Jan 2020 04:30:00 GMT"
    server.answers["/feed"] = Answer(rss(*many), etag='"one"', last_modified=modified)

    first, said = crawls.crawl("forum")
    assert (first.outcome, first.fetched, first.new, first.broken) == ("ok", 30, 30, 0)
    assert (first.bytes, first.message) == (len(rss(*many)), "")
    stored = crawls.posts("forum")
    assert set(stored) == {f"g{n}" for n in range(30)}
    assert stored["g7"].published_at == datetime(2020, 1, 26, 4, 30, tzinfo=UTC)
    assert [reply.text for reply in stored["g7"].replies] == ["求证"]
    assert len(stored["g7"].author_key) == 32
    assert HANDLE not in said and "三号桥" not in said
    assert HANDLE.encode() not in crawls.path.read_bytes()

    second, _ = crawls.crawl("forum")
    assert (second.outcome, second.new, second.updated) == ("unchanged", 0, 0)
    asked = [headers for path, headers in server.requests if path == "/feed"][-1]
    assert asked["If-None-Match"] == '"one"'
    assert asked["If-Modified-Since"] == modified

    more = reply + reply.replace("r1", "r2").replace("求证", "假的吧")
    server.answers["/feed"] = Answer(
        rss(item(99, "新的"), item(0, more=more), *many[1:]), etag='"2"'
    )
    third, _ = crawls.crawl("forum")
    assert (third.outcome, third.new, third.updated) == ("ok", 1, 1)
    assert len(crawls.posts("forum")) == 31
    assert sources.get(crawls.db, "forum").etag == '"2"'
    assert sources.get(crawls.db, "forum").last_modified == ""
    assert server.hits["/robots.txt"] == 3


def test_bad_input_costs_itself_and_everything_else_is_stored(
    crawls: Crawls, server: Server
) -> None:
    hostile = (
        item(
            1,
            "&lt;p&gt;好的&lt;img src=x onerror=alert(1)&gt;&lt;script&gt;x&lt;/script&gt;&lt;/p&gt;",
        ),
        item(2, "左\u202e右\x0b\x1b[31m红&#0;"),
        "<item><title>没有链接</title></item>",
        item(3, "A & B 没转义 <b>"),
        "<item><guid>g9</guid><link>https://forum.example/9</link></item>",
        item(4, "最后一条"),
    )
    server.answers["/gbk"] = Answer(rss(*hostile, encoding="gbk"), etag='"x"')
    crawls.add("gbk", f"{server.url}/gbk")
    done, said = crawls.crawl("gbk")
    stored = crawls.posts("gbk")
    texts = {post.text for post in stored.values()}
    assert {"好的", "左\u202e右[31m红", "没有链接", "A & B 没转义", "最后一条"} == texts
    assert (done.outcome, done.new, done.broken) == ("ok", 5, 1)
    assert "\x1b" not in said
    kept = {fault.what: fault for fault in crawls.faults("gbk")}
    assert set(kept) == {"有一条的 XML 写坏了", "有一条没有链接", "有一条没有文字，读不了"}
    assert "A & B 没转义" in kept["有一条的 XML 写坏了"].raw.decode()
    assert all(fault.where and fault.mend for fault in kept.values())
    assert "有一条没有文字" in done.message
    # more may stand in a broken feed than was seen: it is read whole again
    assert sources.get(crawls.db, "gbk").etag == ""
    again, _ = crawls.crawl("gbk")
    assert (again.outcome, again.new, again.updated) == ("ok", 0, 0)
    assert len(crawls.faults("gbk")) == 3, "the same fault is not kept at every crawl"

    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {"id": 1, "url": "https://forum.example/1", "content_text": "孤立 \ud800 代理\u0000",
             "authors": [{"name": "\ud800坏昵称"}], "_replies": [{"text": "回复 \udfff"}]},
            "不是对象",
            {"id": 2, "url": "https://forum.example/2", "content_text": "完好"},
        ],
    }  # fmt: skip
    server.answers["/json"] = Answer(json.dumps(feed).encode())
    crawls.add("json", f"{server.url}/json")
    done, _ = crawls.crawl("json")
    assert (done.outcome, done.new, done.broken) == ("ok", 2, 1)
    assert crawls.posts("json")["1"].text == "孤立 \ufffd 代理"
    assert crawls.posts("json")["1"].replies[0].text == "回复 \ufffd"


def test_a_feed_is_read_whatever_its_headers_say_of_its_packing(
    crawls: Crawls, server: Server
) -> None:
    body = rss(item(1))
    stream = zlib.compressobj(wbits=-15)
    raw = stream.compress(body) + stream.flush()
    packed, flat = gzip.compress(body), zlib.compress(body)
    sent = [
        (packed, ""), (packed, "gzip"), (packed, "br"), (packed, "deflate"), (packed, "gzip, gzip"),
        (body, "gzip"), (body, "br"), (body, "zstd"), (body, "deflate"),
        (raw, "deflate"), (raw, "gzip"), (flat, "deflate"), (flat, "gzip"), (flat, ""),
    ]  # fmt: skip
    for n, (bytes_sent, said) in enumerate(sent):
        headers = {"Content-Encoding": said} if said else {}
        server.answers[f"/{n}"] = Answer(bytes_sent, headers=headers)
        crawls.add(f"packed{n}", f"{server.url}/{n}")
        done, _ = crawls.crawl(f"packed{n}")
        assert (done.outcome, done.new) == ("ok", 1), (bytes_sent[:4], said, done.message)


def test_ids_that_change_at_each_visit_make_one_post_and_a_new_date_moves_it_nowhere(
    crawls: Crawls, server: Server
) -> None:
    crawls.add("forum", f"{server.url}/feed")
    for visit in range(3):
        changed = (
            item(1)
            .replace("g1<", f"session{visit}-{visit * 77}<")
            .replace("https:", "http:" if visit else "https:")
            .replace("/t/1<", f"/t/1?spm=a{visit}<")
            .replace("12:30", f"1{2 + visit}:30")
        )
        server.answers["/feed"] = Answer(rss(changed, item(2)))
        done, _ = crawls.crawl("forum")
        assert (done.outcome, done.new) == ("ok", 2 if not visit else 0)
    stored = crawls.posts("forum")
    assert set(stored) == {"session0-0", "g2"}
    assert stored["session0-0"].published_at == datetime(2020, 1, 26, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "answer", "message"),
    [
        ("/endless", Answer(b"<item>" * 100, stream=50_000_000), "内容超过 8 MB"),
        ("/said", Answer(b"x", length=50_000_000), "内容超过 8 MB"),
        (
            "/bomb",
            Answer(gzip.compress(b"0" * 64_000_000), headers={"Content-Encoding": "gzip"}),
            "解压后超过 8 MB",
        ),
        ("/unsaid", Answer(gzip.compress(b"0" * 64_000_000)), "解压后超过 8 MB"),
        (
            "/lies",
            Answer(gzip.compress(b"0" * 64_000_000), headers={"Content-Encoding": "br"}),
            "解压后超过 8 MB",
        ),
        ("/short", Answer(rss(item(1)), length=100_000), "传到一半断了"),
        ("/page", Answer(b"<html><p>hi</p></html>"), "不是 RSS"),
        ("/teapot", Answer(b"no", status=503), "网站返回 503"),
        ("/loop", Answer(status=302, headers={"Location": "/loop"}), "转向超过 5 次"),
        ("/file", Answer(status=302, headers={"Location": "file:///etc/passwd"}), "网站返回 302"),
    ],
)
def test_a_response_that_cannot_be_used_is_one_clear_sentence(
    crawls: Crawls, server: Server, path: str, answer: Answer, message: str
) -> None:
    server.answers[path] = answer
    crawls.add("bad", server.url + path)
    done, _ = crawls.crawl("bad")
    assert done.outcome == "failed"
    assert message in done.message
    assert posts.count(crawls.db) == 0
    assert server.sent < 25_000_000, "it went on reading"  # of 50 MB; the kernel buffers some
    assert server.hits[path] <= 6


def test_a_private_address_is_refused_directly_and_after_a_redirect_and_its_neighbour_goes_on(
    crawls: Crawls, server: Server
) -> None:
    server.answers["/feed"] = Answer(rss(item(1)))
    crawls.add("direct", f"{server.url}/feed", allow_private=False)
    done, _ = crawls.crawl("direct")
    assert "指向本机地址" in done.message and "allow_private" in done.message
    assert server.connections == 0

    # even a source that may be private may not lead elsewhere: same port, another private host
    with Server(host="127.0.0.2", port=server.port) as canary:
        for n, place in enumerate(
            (f"127.0.0.2:{server.port}", "127.0.0.2", "[::1]", "localhost:22")
        ):
            server.answers[f"/to{n}"] = Answer(status=302, headers={"Location": f"http://{place}/"})
        for n, word in ((0, "本机地址"), (3, "端口 22")):
            crawls.add("leads", f"{server.url}/to{n}")
            done, _ = crawls.crawl("leads")
            assert done.outcome == "failed" and word in done.message
            assert server.hits[f"/to{n}"] == 1, "the redirect was not even seen"
        assert canary.connections == 0

    crawls.add("good", f"{server.url}/feed")
    done, _ = crawls.crawl("good")
    assert (done.outcome, done.new) == ("ok", 1)
    assert runs.last(crawls.db, "leads").outcome == "failed"  # type: ignore[union-attr]


def test_robots_txt_is_obeyed_and_unreachable_means_no(crawls: Crawls, server: Server) -> None:
    server.answers["/feed"] = Answer(rss(item(1)))
    server.answers["/robots.txt"] = Answer(b"User-agent: Piyao\nDisallow: /feed\n")
    crawls.add("forum", f"{server.url}/feed")
    done, _ = crawls.crawl("forum")
    assert done.outcome == "failed" and "robots.txt 不许" in done.message
    server.answers["/robots.txt"] = Answer(b"", status=503)
    done, _ = crawls.crawl("forum")
    assert done.outcome == "failed" and "robots.txt 读不到" in done.message
    assert server.hits["/feed"] == 0
    # an error page is not a rule
    server.answers["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /\n", status=404)
    done, _ = crawls.crawl("forum")
    assert done.outcome == "ok"


def test_a_certificate_that_nobody_vouches_for_is_refused(crawls: Crawls, tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    with Server(certificate=(certificate, key)) as server:
        server.answers["/feed"] = Answer(rss(item(1)))
        crawls.add("tls", f"{server.url}/feed")
        done, _ = crawls.crawl("tls")
        assert done.outcome == "failed" and "证书" in done.message
        assert sum(server.hits.values()) == 0
        # the same server, vouched for: so it was the certificate
        done, _ = crawls.crawl("tls", SSL_CERT_FILE=str(certificate))
        assert (done.outcome, done.new) == ("ok", 1)


def test_a_crawl_killed_at_any_moment_loses_nothing_and_doubles_nothing(
    crawls: Crawls, server: Server
) -> None:
    many = 1500
    body = rss(*(item(n) for n in range(many)))
    server.answers["/feed"] = Answer(body, etag='"all"')
    crawls.add("forum", f"{server.url}/feed")
    for wait in (0.0, 0.5, 1.0, 1.5):
        seen = server.hits["/feed"]
        child = crawls.start("forum")

        def asked(seen: int = seen, child: subprocess.Popen[str] = child) -> bool:
            return server.hits["/feed"] > seen or child.poll() is not None

        until(asked, "the crawler does not come", every=0.01)
        time.sleep(wait)
        child.send_signal(signal.SIGKILL)
        child.communicate(timeout=HANG)
        stored, cursor = len(crawls.posts("forum")), sources.get(crawls.db, "forum").etag
        assert (stored, cursor) in ((0, ""), (many, '"all"'))
        if cursor:
            break
    done, _ = crawls.crawl("forum")
    assert done.outcome in ("ok", "unchanged")
    assert len(crawls.posts("forum")) == posts.count(crawls.db) == many
    assert sources.get(crawls.db, "forum").etag == '"all"'
    outcomes = [(run.outcome, "中断" in run.message) for run in runs.recent(crawls.db, "forum")]
    assert ("failed", True) in outcomes, "no kill came in the middle of a run"
    assert "running" not in {outcome for outcome, _ in outcomes}


def test_two_crawls_of_one_source_at_once_are_one(crawls: Crawls, server: Server) -> None:
    hold = threading.Event()
    server.answers["/feed"] = Answer(rss(item(1)), hold=hold)
    crawls.add("forum", f"{server.url}/feed")
    both = [crawls.start("forum") for _ in range(2)]
    until(lambda: any(each.poll() is not None for each in both), "both visit the source")
    second, first = sorted(both, key=lambda each: each.poll() is None)
    _, said = second.communicate(timeout=HANG)
    hold.set()
    assert second.returncode == 0 and "another process" in said
    assert first.communicate(timeout=HANG) and first.returncode == 0
    assert server.hits["/feed"] == 1
    assert len(runs.recent(crawls.db, "forum")) == 1


def test_what_cannot_start_says_so_in_a_sentence(crawls: Crawls, server: Server) -> None:
    child = crawls.start("nobody")
    _, said = child.communicate(timeout=HANG)
    assert child.returncode == 2
    assert said.strip().count("\n") == 0 and "nobody" in said
    crawls.add("odd", f"{server.url}/feed", kind="teleprinter")
    done, said = crawls.crawl("odd")
    assert done.outcome == "failed" and "teleprinter" in done.message
    assert "known: feed" in said


class Canary:
    """Accepts TCP on every address of this machine, IPv4 and IPv6, and counts."""

    def __init__(self) -> None:
        import socket

        self.songs = 0
        self.socket = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        self.port: int = self.socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.songs += 1
            connection.close()


HOSTS = [
    *loopback_spellings.NUMBERS,
    *loopback_spellings.NAMES,
    "0.0.0.0",
    "127.2.3.4",
    "127.255.255.254",
    "１２７.0.0.1",
    "①②⑦.0.0.1",
    "127。0。0。1",
    "%31%32%37.0.0.1",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[::1%25lo]",
    "user@127.0.0.1",
    "user:word@127.0.0.1",
    "example.com@127.0.0.1",
    "127.0.0.1\\@example.com",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.8",
    "224.0.0.1",
    "[fe80::1]",
    "[fd00::1]",
]


def probe(crawls: Crawls, port: int, guard: str, hosts: list[str]) -> tuple[int, dict[str, str]]:
    import sys

    crawls.add("probe", f"http://probe.invalid:{port}/")
    run_id = runs.start(crawls.db, "probe")
    urls = [f"http://{host}:{port}/" for host in hosts]
    command = [sys.executable, "-m", "tests.contract.probe", str(crawls.path), str(run_id)]
    done = subprocess.run(
        [*command, str(port), guard, *urls], cwd=ROOT, capture_output=True, text=True, timeout=HANG
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    return answer["asked"], answer["outcomes"]


def test_no_spelling_of_a_private_place_brings_a_connection(crawls: Crawls) -> None:
    canary = Canary()
    asked, outcomes = probe(crawls, canary.port, "on", HOSTS)
    assert len(outcomes) == len(HOSTS) > 40
    assert "FETCHED" not in outcomes.values()
    assert canary.songs == 0
    assert asked >= 30, "the guard was not asked"
    assert sum("没有访问" in outcome for outcome in outcomes.values()) >= 30, outcomes


def test_without_the_guard_the_canary_sings(crawls: Crawls) -> None:
    canary = Canary()
    _, outcomes = probe(crawls, canary.port, "off", ["127.0.0.1", "0x7f.1", "[::1]", "localhost"])
    assert canary.songs >= 4, outcomes
