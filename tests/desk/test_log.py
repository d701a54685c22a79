"""The desk's log: one safe line for what strangers send, and never more than a disk can hold."""

from __future__ import annotations

import io
import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import SuspiciousOperation

from desk import log
from tests.django_desk import Desk
from tests.running_desk import running
from tests.waiting import until


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the desk's own handler writes of Django's and our loggers."""
    handler, found = log.Bounded(), io.StringIO()
    handler.setStream(found)
    django, root = logging.getLogger("django"), logging.getLogger()
    before = django.handlers[:], root.handlers[:]
    django.handlers, root.handlers = [handler], [handler]
    yield found
    django.handlers, root.handlers = before


HOSTILE = {
    "host": {"HTTP_HOST": "evil.example\x1b[31m" + "a" * 5000},
    "path": {"path": "/x" * 3000},
    "method": {"method": "BREW", "path": "/login/"},
    "form": {
        "path": "/login/", "method": "POST", "data": b"--x\r\nContent-Disposition: broken",
        "content_type": "multipart/form-data; boundary=" + "\u00e9" * 10,
    },
    "fields": {
        "path": "/login/", "method": "POST", "data": b"&".join(b"a=1" for _ in range(300)),
        "content_type": "application/x-www-form-urlencoded",
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_bad_request_is_at_most_one_line(desk: Desk, written: io.StringIO, kind: str) -> None:
    asked: dict[str, object] = {"method": "GET", "path": "/login/"} | HOSTILE[kind]
    client = desk.client()
    answer = client.generic(asked.pop("method"), asked.pop("path"), **asked)  # type: ignore[arg-type]
    assert 400 <= answer.status_code < 500
    lines = written.getvalue().splitlines()
    assert len(lines) <= 1, lines
    assert all(len(line) <= log.LINE + 40 and "\x1b" not in line for line in lines)
    if kind == "host":
        assert lines, "a refusal is told"


def test_a_suspicion_has_no_traceback_and_a_fault_of_ours_has_one(written: io.StringIO) -> None:
    try:
        raise SuspiciousOperation("Zip\nbomb")
    except SuspiciousOperation as error:
        logging.getLogger("django.security.SuspiciousOperation").error("%s", error, exc_info=error)
    (line,) = written.getvalue().splitlines()
    assert line.endswith("[SuspiciousOperation]")
    try:
        raise KeyError("ours")
    except KeyError:
        logging.getLogger("django.request").exception("failed", extra={"status_code": 500})
        logging.getLogger("piyao.desk").exception("failed")
    assert written.getvalue().count("Traceback") == 2


def test_a_flood_is_counted_and_told_once(
    written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = [0.0]
    monkeypatch.setattr(log.time, "monotonic", lambda: moment[0])
    stranger, ours = logging.getLogger("django.request"), logging.getLogger("piyao.desk")
    for _ in range(10_000):
        stranger.warning("Not Found: /%s", "x" * 2000, extra={"status_code": 404})
    ours.warning("the disk is full")
    lines = written.getvalue().splitlines()
    assert len(lines) == log.LINES + 2 and "counted only" in lines[-2]
    assert "the disk is full" in lines[-1], "another logger is heard"
    moment[0] = log.MINUTE
    stranger.warning("Not Found: /again", extra={"status_code": 404})
    told = written.getvalue().splitlines()[len(lines) :]
    assert f"{10_000 - log.LINES} lines were left out" in told[0] and "again" in told[1]


@pytest.mark.slow
def test_a_stranger_does_not_fill_the_log_of_a_running_desk(tmp_path: Path) -> None:
    bad = [
        b"GET /login/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"BREW / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
        b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data;"
        b" boundary=a\r\nContent-Length: 9\r\n\r\n--a\r\nbrok",
        b"\x00\xff\r\n\r\n",
    ]
    with running(tmp_path, "http://127.0.0.1:9/feed.xml") as desk:
        at = desk.config.desk.port
        logged = tmp_path / "up.log"
        before = logged.stat().st_size
        for _ in range(40):
            for request in bad:
                with socket.create_connection(("127.0.0.1", at), 30) as line:
                    line.sendall(request.replace(b"Host: 127.0.0.1", b"Host: 127.0.0.1:%d" % at))
                    line.settimeout(30)
                    line.recv(100)
        until(lambda: b"evil.example" in logged.read_bytes(), "a refusal is not told")
        text = logged.read_bytes()[before:].decode("utf-8", "replace")
    assert "Traceback" not in text, text[-3000:]
    refusals = [line for line in text.splitlines() if "evil.example" in line]
    assert len(refusals) <= log.LINES + 1
    assert len(text) < 5 * log.LINES * log.LINE
