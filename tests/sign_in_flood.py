"""Strangers who sign in all at once, and an officer who reads pages meanwhile: over real HTTP.

with flood(address, strangers=100) as answers:
    ...
seconds = page_times(Browser(address, "hecha", password), 20)
"""

from __future__ import annotations

import http.cookiejar
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tests.waiting import HANG


class Browser:
    """A client with cookies of its own, that follows no redirect."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.jar = http.cookiejar.CookieJar()
        self._open = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.jar), _Stay
        ).open
        self.token = ""
        self.retry_after: str | None = None

    def get(self, path: str) -> tuple[int, str]:
        return self._answer(self.address + path, None)

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": self.token, **fields}).encode()
        return self._answer(self.address + path, data)

    def sign_in(self, name: str, password: str) -> int:
        """The status of a try: 302 when it succeeds."""
        self.get("/login/")
        return self.post("/login/", username=name, password=password)[0]

    def sign_out(self) -> None:
        self.get("/queue/")
        self.post("/logout/")

    def _answer(self, address: str, data: bytes | None) -> tuple[int, str]:
        try:
            with self._open(address, data, timeout=HANG) as found:
                status, body = found.status, found.read().decode()
        except urllib.error.HTTPError as error:
            status, body = error.code, error.read().decode()
            self.retry_after = error.headers.get("Retry-After")
        if token := re.search(r'csrfmiddlewaretoken" value="(\w+)"', body):
            self.token = token[1]
        return status, body


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


@contextmanager
def flood(address: str, strangers: int, pause: float = 2.0) -> Iterator[Counter[int]]:
    """So many at once sign in with unknown names, each again ``pause`` seconds after its answer,
    until the block ends. Yields how many answers of each status they have got so far."""
    answers: Counter[int] = Counter()
    over, lock = threading.Event(), threading.Lock()
    first = Browser(address)
    first.get("/login/")

    def stranger(n: int) -> None:
        me = Browser(address)
        me.jar, me.token = first.jar, first.token
        me._open = first._open
        tries = 0
        while not over.is_set():
            tries += 1
            try:
                status, _ = me.post("/login/", username=f"unknown-{n}-{tries}", password="x" * 20)
            except OSError:
                status = 0
            with lock:
                answers[status] += 1
            over.wait(pause)

    threads = [threading.Thread(target=stranger, args=[n], daemon=True) for n in range(strangers)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        over.set()
        for thread in threads:
            thread.join(HANG)


def page_times(reader: Browser, pages: int) -> list[float]:
    """Seconds that each of so many loads of the queue took, sorted."""
    took = []
    for _ in range(pages):
        began = time.perf_counter()
        status, _ = reader.get("/queue/")
        assert status == 200, status
        took.append(time.perf_counter() - began)
    return sorted(took)
