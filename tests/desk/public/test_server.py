"""An address that leads nowhere: the site's own page, with the right status, from either door."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from desk.public import files, server
from models.config import PublicConfig
from notices.channels.site import Site
from tests.django_desk import Desk
from tests.notice_records import OFFICE
from tests.waiting import HANG


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    site = Site(PublicConfig("https://jz.example", tmp_path / "site"), OFFICE)
    site.prepare()
    return site.folder.root


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    made = make_server(
        "127.0.0.1", 0, server.application(folder, files.HEADERS), handler_class=Quiet
    )
    threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()


def ask(address: str, method: str = "GET") -> tuple[int, str, str]:
    request = urllib.request.Request(address, method=method)
    try:
        with urllib.request.urlopen(request, timeout=HANG) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()


@pytest.mark.parametrize("path", ["/nothing", "/n/2026-9.html", "/v/2026-9/", "/404.html", "/site/n/x", "/%2e%2e/etc/passwd", "/没有"])  # fmt: skip
def test_what_is_not_there_is_said_in_the_look_of_the_site(
    address: str, folder: Path, path: str
) -> None:
    status, kind, body = ask(address + urllib.request.quote(path, safe="/%"))
    assert (status, kind) == (404, "text/html; charset=utf-8")
    assert body == (folder / "404.html").read_text() and OFFICE.name in body
    assert 'href="/site.css"' in body and 'lang="zh-CN"' in body


def test_only_its_head_is_sent_where_only_that_is_asked_for(address: str) -> None:
    assert ask(f"{address}/nothing", "HEAD")[0::2] == (404, "")
    assert ask(f"{address}/index.html")[0] == 200


def test_a_site_without_such_a_page_still_says_so(address: str, folder: Path) -> None:
    (folder / "404.html").unlink()
    status, _, body = ask(f"{address}/nothing")
    assert status == 404 and "没有这一页" in body


def test_at_the_desk_it_is_the_sites_page_too(desk: Desk) -> None:
    for path in ("/site/nothing", "/site/n/2026-99.html", "/site/404.html"):
        answer = desk.client("verifier").get(path)
        assert answer.status_code == 404 and "没有这一页" in answer.content.decode()
        assert 'href="/site/site.css"' in answer.content.decode()
        assert answer["Content-Security-Policy"] == files.POLICY
