"""``piyao claims import URL``: the crawler's guards stand before a real server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from models import store
from models.config import PublicConfig
from models.known import claims
from notices.channels.site import Site
from notices.forms import image
from tests.http_server import Answer, Server
from tests.notice_records import OFFICE, notice, page
from tests.waiting import HANG


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    (folder / "piyao.toml").write_text('data_dir = "data"\n', encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "piyao", "claims", "import", *words, "--name", "邻市",
         "--config", str(folder / "piyao.toml")],
        capture_output=True, text=True, timeout=HANG, check=False,
    )  # fmt: skip


@pytest.fixture
def feed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    monkeypatch.setattr(image, "pngs", lambda *_, **__: [b"\x89PNG"])
    Site(PublicConfig("https://jz.example", tmp_path / "site"), OFFICE).publish(page(notice()))
    return (tmp_path / "site" / "feed.atom").read_bytes()


def test_the_feed_of_another_piyao_is_imported_and_again_without_doubling(
    tmp_path: Path, server: Server, feed: bytes
) -> None:
    server.answers["/feed.atom"] = Answer(feed, headers={"Content-Type": "application/atom+xml"})
    first = run(tmp_path, server.url + "/feed.atom", "--allow-private")
    again = run(tmp_path, server.url + "/feed.atom", "--allow-private")
    assert "1 new" in first.stdout, first.stderr
    assert "1 as before" in again.stdout
    with store.using(tmp_path / "data" / "piyao.db") as db:
        (known,) = claims.search(db)
    assert known.source == OFFICE.short and known.standing is claims.Standing.FALSE


def test_an_address_inside_the_own_network_is_not_visited_nor_redirected_to(
    tmp_path: Path, server: Server, feed: bytes
) -> None:
    server.answers["/feed.atom"] = Answer(feed)
    refused = run(tmp_path, server.url + "/feed.atom")
    assert refused.returncode == 1 and "--allow-private" in refused.stderr
    with Server() as other:
        to = {"Location": server.url + "/feed.atom"}
        other.answers["/feed.atom"] = Answer(status=302, headers=to)
        led = run(tmp_path, other.url + "/feed.atom", "--allow-private")
    assert led.returncode == 1 and "Traceback" not in led.stderr + refused.stderr
    assert server.connections == 0


def test_an_answer_that_is_no_good_is_one_sentence(tmp_path: Path, server: Server) -> None:
    server.answers["/large"] = Answer(b"claim\n" + b"x" * (9 * 1024 * 1024))
    for path, said in (("/large", "超过 8 MB"), ("/none", "404")):
        done = run(tmp_path, server.url + path, "--allow-private")
        assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr
        assert done.stderr.count("Error: ") == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:99999/", "https:///feed", "http://a@b.example/"])
def test_what_is_no_address_is_one_sentence(tmp_path: Path, url: str) -> None:
    done = run(tmp_path, url)
    assert (
        done.returncode == 1 and done.stderr.count("\n") == 1 and "不是能访问的网址" in done.stderr
    )


def test_nothing_is_promised_to_be_tried_again(tmp_path: Path, server: Server) -> None:
    done = run(tmp_path, server.url + "/none", "--allow-private")
    assert "网址和网络" in done.stderr and "下次采集" not in done.stderr
