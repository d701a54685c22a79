"""Floods through a real ``piyao up``: whoever holds back is let go, and officers' pages come.

Each test first sees that the flood stands (the connections are open), and then waits for states: a
page that is answered, a socket that the server closed.
"""

from __future__ import annotations

import re
import select
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from tests.http_server import Answer, Server
from tests.running_desk import RunningDesk, rss, running
from tests.waiting import HANG, until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    with Server() as forum:
        forum.answers["/feed.xml"] = Answer(rss([]))
        with running(tmp_path_factory.mktemp("desk"), forum.url + "/feed.xml") as made:
            until(lambda: (made.config.public.dir / "index.html").is_file(), "no site is made")
            yield made


@pytest.fixture
def officer(desk: RunningDesk) -> urllib.request.OpenerDirector:
    return signed_in(desk, "hecha")


def signed_in(desk: RunningDesk, name: str) -> urllib.request.OpenerDirector:
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = opener.open(f"{desk.address}/login/", timeout=HANG).read().decode()
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    said = {"username": name, "password": desk.password, "csrfmiddlewaretoken": token[1]}
    opener.open(f"{desk.address}/login/", urlencode(said).encode(), timeout=HANG).read()
    return opener


def connections(stack: ExitStack, address: str, many: int, said: bytes) -> list[socket.socket]:
    """So many connections on which ``said`` was sent."""
    place = urlsplit(address)
    found = []
    for _ in range(many):
        held = socket.create_connection((place.hostname, place.port or 80), HANG)
        stack.enter_context(closing(held))
        held.sendall(said)
        found.append(held)
    return found


def closed(held: socket.socket) -> bool:
    """Whether the server closed a connection; what it still said is read."""
    try:
        while select.select([held], [], [], 0)[0]:
            if not held.recv(65536):
                return True
        held.sendall(b"X")  # a byte now and then
    except OSError:
        return True
    return False


def page(opener: urllib.request.OpenerDirector, address: str) -> str:
    with opener.open(address, timeout=HANG) as answer:
        return answer.read().decode()


def apart(desk: RunningDesk) -> str:
    return f"http://127.0.0.1:{desk.config.public.port}"


HALF = {
    "half a header": b"GET /login/ HTTP/1.1\r\nHost: localhost\r\nX-A: ",
    "half a first line": b"GET /lo",
    "half a body": b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\nx",
    "half a chunk": b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"fff\r\nx",
}


@pytest.mark.parametrize("said", HALF.values(), ids=HALF)
def test_officers_are_answered_while_half_requests_are_held_and_each_of_them_is_closed(
    desk: RunningDesk, officer: urllib.request.OpenerDirector, said: bytes
) -> None:
    with ExitStack() as stack:
        held = connections(stack, desk.address, 120, said)
        assert "队列" in page(officer, f"{desk.address}/queue/")
        assert "网传消息核查" in page(urllib.request.build_opener(), f"{apart(desk)}/")
        # none of them got its last byte, and a byte now and then buys no time
        until(lambda: all(closed(each) for each in held), "half a request is still held", every=0.5)
        assert "队列" in page(officer, f"{desk.address}/queue/")


def test_more_connections_than_a_door_holds_keep_nobody_out(
    desk: RunningDesk, officer: urllib.request.OpenerDirector
) -> None:
    asked = b"GET /static/desk/mark.svg HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with ExitStack() as stack:
        held = connections(stack, desk.address, 300, asked)
        assert "队列" in page(officer, f"{desk.address}/queue/")
        until(lambda: sum(map(closed, held[:200])) == 200, "an idle connection keeps its place")


def test_half_requests_at_the_public_site_leave_it_and_the_desk_open(
    desk: RunningDesk, officer: urllib.request.OpenerDirector
) -> None:
    with ExitStack() as stack:
        held = connections(stack, apart(desk), 300, HALF["half a header"])
        assert "网传消息核查" in page(urllib.request.build_opener(), f"{apart(desk)}/")
        assert "队列" in page(officer, f"{desk.address}/queue/")
        until(lambda: all(closed(each) for each in held), "half a request is still held", every=0.5)


def test_answers_that_nobody_reads_are_given_up(
    desk: RunningDesk, officer: urllib.request.OpenerDirector
) -> None:
    asked = b"GET /static/desk/piyao.css HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with ExitStack() as stack:
        place = urlsplit(desk.address)
        held = []
        for _ in range(12):
            each = stack.enter_context(closing(socket.socket()))
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            each.connect((place.hostname, place.port))
            each.sendall(asked * 400)
            held.append(each)
        assert "队列" in page(officer, f"{desk.address}/queue/")
        for each in held:  # the server ends it: writing meets a reset, though nothing was read
            until(lambda each=each: gone(each), "an answer that nobody reads is still held", 0.5)


def gone(held: socket.socket) -> bool:
    try:
        return held.send(b"G") == 0
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_a_stranger_sends_no_file(desk: RunningDesk) -> None:
    place = urlsplit(desk.address)
    with closing(socket.create_connection((place.hostname, place.port or 80), HANG)) as held:
        held.sendall(b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n")
        said = held.makefile("rb").read().decode()
    assert said.startswith("HTTP/1.1 413 ") and "请先登录" in said


def test_a_body_beyond_the_limit_is_refused_in_words(
    desk: RunningDesk, officer: urllib.request.OpenerDirector
) -> None:
    order = urllib.request.Request(f"{desk.address}/queue/", b"x" * (18 * 2**20))
    with pytest.raises(OSError) as caught:  # refused at its header, or broken off on the way
        officer.open(order, timeout=HANG)
    if isinstance(caught.value, urllib.error.HTTPError):
        assert caught.value.code == 413 and "16 MB" in caught.value.read().decode()


def test_forty_drawings_for_an_observer_leave_the_pages_to_officers(
    desk: RunningDesk, officer: urllib.request.OpenerDirector
) -> None:
    drafted(desk)
    viewer = signed_in(desk, "guancha")
    statuses: list[int] = []

    def ask(n: int) -> None:
        shape = "square" if n % 2 else "long"
        address = f"{desk.address}/notices/{1 + n // 2}/image.png?shape={shape}"
        try:
            with viewer.open(address, timeout=HANG) as answer:
                statuses.append(answer.status if answer.read(4) == b"\x89PNG" else 0)
        except urllib.error.HTTPError as error:
            statuses.append(error.code)
            assert error.code != 503 or error.headers["Retry-After"], error.read()

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(40)]
    for thread in threads:
        thread.start()
    before = len(statuses)
    assert "队列" in page(officer, f"{desk.address}/queue/")
    assert before < 40  # the page did not wait for them all
    for thread in threads:
        thread.join(HANG)
    assert set(statuses) <= {200, 503} and statuses.count(200) >= 2 and 503 in statuses


def drafted(desk: RunningDesk) -> None:
    """Twenty drafts, each with a picture of its own."""
    from models import store
    from models.casework.records import NoticeKind
    from models.people import officers
    from models.publishing import notices
    from models.publishing.revisions import Draft
    from tests import case_steps

    with store.using(desk.config.store) as db:
        for n in range(20):
            case = case_steps.open_case(db, text=f"东渡桥{n}号桥墩裂了，今晚要封路")
            kind = NoticeKind.VERIFYING
            words = Draft(kind, f"东渡桥{n}号桥墩正在核实", (f"第{n}处正在核实。",), "", "", ())
            notices.start(db, case.id, words, by=officers.MACHINE)


def test_what_the_public_server_serves_is_the_folder_and_nothing_else(desk: RunningDesk) -> None:
    stranger = urllib.request.build_opener()
    with stranger.open(f"{apart(desk)}/", timeout=HANG) as answer:
        headers = answer.headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff" and "Set-Cookie" not in headers
    order = urllib.request.Request(f"{apart(desk)}/", headers={"If-None-Match": headers["ETag"]})
    with pytest.raises(urllib.error.HTTPError, match="304"):
        stranger.open(order, timeout=HANG)
    store = desk.config.store
    for path in (
        ".lock",
        f"..%2f{store.parent.name}%2fpiyao.db",
        "%2e%2e/data/piyao.key",
        "n",
        "a%00",
    ):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            stranger.open(f"{apart(desk)}/{path}", timeout=HANG)
    order = urllib.request.Request(f"{apart(desk)}/", method="POST", data=b"")
    with pytest.raises(urllib.error.HTTPError, match="405"):
        stranger.open(order, timeout=HANG)


def test_store_and_key_are_closed_and_the_site_is_open_whatever_the_umask(
    desk: RunningDesk, tmp_path: Path
) -> None:
    folder = desk.config.data_dir
    until(lambda: (desk.config.public.dir / "index.html").exists(), "no site")
    assert folder.stat().st_mode & 0o777 == 0o700
    for name in ("piyao.db", "piyao.db-wal", "piyao.db-shm", "piyao.key"):
        assert (folder / name).stat().st_mode & 0o777 == 0o600, name
    site = desk.config.public.dir
    assert not site.resolve().is_relative_to(folder.resolve())
    assert site.stat().st_mode & 0o777 == 0o755
    assert (site / "index.html").stat().st_mode & 0o777 == 0o644
