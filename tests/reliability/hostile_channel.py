"""A channel beyond our walls: a real HTTP server with a log of its own, and the hands that post to it.

The server keeps one line for each post it took. It can be hostile: take it and not answer, hang up,
answer 500, take it late, say "duplicate", refuse. It drops second copies only where told to.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from models.config import OfficeConfig, PublicConfig
from notices.channels import Receipt, Rejected
from notices.page import Page
from tests.waiting import HANG, until

ADDRESS = "PIYAO_TEST_PRESS"  # environment: where the server of this test listens


class PressServer:
    """Serves until the ``with`` block ends. ``taken`` is the channel's own log."""

    def __init__(self, *, drops_copies: bool = False) -> None:
        self.drops_copies = drops_copies
        self.taken: list[dict[str, Any]] = []
        self.manner: Callable[[dict[str, Any]], str] = lambda _: "plain"
        self.late = 0.15  # seconds until a "late" post is taken
        self.held = threading.Event()  # set: "hold" answers at last
        self.blind = False  # its list shows nothing
        self.pending = 0
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                outer._post(self, json.loads(self.rfile.read(length)))

            def do_GET(self) -> None:
                outer._list(self)

            def log_message(self, *arguments: Any) -> None:
                pass

        class Listener(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # killed clients are what this is for

        self._listener = Listener(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._listener.server_address[1]}"

    def __enter__(self) -> PressServer:
        threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.held.set()
        self._listener.shutdown()
        self._listener.server_close()

    def of(self, key: str) -> list[dict[str, Any]]:
        with self._lock:
            return [line for line in self.taken if line["key"] == key]

    def has(self, notice: int, kind: str) -> bool:
        with self._lock:
            return any(line["notice"] == notice and line["kind"] == kind for line in self.taken)

    def quiet(self) -> None:
        """Wait until nothing is under way inside the server."""
        until(lambda: not self.pending, "the channel does not come to rest", every=0.01)

    def _take(self, body: dict[str, Any]) -> None:
        with self._lock:
            if self.drops_copies and any(line["key"] == body["key"] for line in self.taken):
                return
            self.taken.append(body)

    def _post(self, request: Any, body: dict[str, Any]) -> None:
        manner = self.manner(body)
        with self._lock:
            self.pending += 1
        try:
            if manner == "late":
                time.sleep(self.late)
            if manner not in ("refuse", "lost", "duplicate"):
                self._take(body)
            if manner == "hold":
                self.held.wait(HANG)
            if manner in ("slow", "silent"):
                time.sleep(self.late)
        finally:
            with self._lock:
                self.pending -= 1
        status = {"refuse": 422, "duplicate": 409, "broken": 500}.get(manner, 200)
        if manner in ("reset", "lost", "silent"):
            _hang_up(request)
        else:
            _answer(request, status, {"reference": body["key"]})

    def _list(self, request: Any) -> None:
        if request.path == "/numbers":
            with self._lock:
                held = [] if self.blind else sorted({line["number"] for line in self.taken})
            _answer(request, 200, held)
            return
        number = unquote(urlsplit(request.path).query.removeprefix("number="))
        with self._lock:
            found = [line for line in self.taken if line["number"] == number and not self.blind]
        order = ("publish", "supersede", "retract")
        newest = max(found, key=lambda x: (x["revision"], order.index(x["kind"])), default=None)
        _answer(request, 200, newest)


def _answer(request: Any, status: int, value: Any) -> None:
    data = json.dumps(value, ensure_ascii=False).encode()
    request.send_response(status)
    request.send_header("Content-Length", str(len(data)))
    request.end_headers()
    request.wfile.write(data)


def _hang_up(request: Any) -> None:
    """A reset, not a polite end."""
    request.close_connection = True
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.connection.close()


class Press:
    """The channel class. ``authoritative`` and ``dedupes`` say what the server really does."""

    name = "site"

    def __init__(self, address: str, timeout: float = HANG, *, drops_copies: bool = False) -> None:
        self.host = urlsplit(address).netloc
        self.timeout = timeout
        self.authoritative = self.dedupes = drops_copies

    def prepare(self) -> None:
        pass

    def publish(self, page: Page) -> Receipt:
        notice = page.notice
        body = {
            "key": page.key,
            "notice": notice.id,
            "revision": notice.revision,
            "channel": self.name,
            "kind": page.kind,
            "hash": notice.hash,
            "number": notice.number,
            "title": notice.title,
            "findings": list(notice.findings),
            "pid": os.getpid(),
        }
        status, found = self._ask("POST", "/posts", json.dumps(body, ensure_ascii=False).encode())
        if status == 422:
            raise Rejected("the channel refuses it", self.name, "write it otherwise")
        if status != 200:  # 409 too: "duplicate" is a guess of theirs, not our key
            raise OSError(f"the channel says {status}")
        return Receipt(found["reference"], datetime.now(UTC), notice.revision, page.kind)

    def numbers(self) -> list[str]:
        _, found = self._ask("GET", "/numbers")
        return found

    def look_up(self, number: str) -> Receipt | None:
        _, found = self._ask("GET", f"/list?number={quote(number)}")
        if found is None:
            return None
        return Receipt(found["key"], datetime.now(UTC), found["revision"], found["kind"])

    def _ask(self, verb: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection(self.host, timeout=self.timeout)
        try:
            connection.request(verb, path, body)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


class PressOfThisTest(Press):
    """As the entry point ``piyao.channels`` makes it: from the configuration alone."""

    def __init__(self, public: PublicConfig, office: OfficeConfig) -> None:
        super().__init__(os.environ[ADDRESS])
