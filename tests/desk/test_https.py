"""Behind TLS: what a real page server says with ``https = true``, and without."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from models import config
from tests.running_desk import accounts, answers, free_port
from tests.waiting import HANG, until

pytestmark = pytest.mark.slow
TLS = 'https = true\nhosts = ["desk.example.cn"]\n'


@contextmanager
def served(folder: Path, lines: str) -> Iterator[tuple[int, str]]:
    """The port of a desk with these lines under [desk], and the password of its people."""
    port = free_port()
    path = folder / "piyao.toml"
    path.write_text(f"[desk]\nport = {port}\n{lines}", encoding="utf-8")
    password = accounts(config.load(path))
    process = subprocess.Popen([sys.executable, "-m", "piyao", "desk", "--config", str(path)])
    try:
        until(lambda: answers(f"http://127.0.0.1:{port}/login/"), "the desk does not answer")
        yield port, password
    finally:
        process.terminate()
        process.wait(HANG)


def asked(port: int, body: str = "", **headers: str) -> Message:
    """The headers of the sign-in page, or of the answer to its form."""
    connection = HTTPConnection("127.0.0.1", port, timeout=HANG)
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    connection.request("POST" if body else "GET", "/login/", body or None, kind | headers)
    answer = connection.getresponse()
    answer.read()
    return answer.headers


def test_with_tls_the_browser_is_told_to_keep_to_it_and_cookies_are_of_this_host(
    tmp_path: Path,
) -> None:
    with served(tmp_path, TLS) as (port, _):
        found = asked(port)
    assert found["Strict-Transport-Security"] == "max-age=31536000"
    (cookie,) = found.get_all("Set-Cookie")
    assert cookie.strip().startswith("__Host-csrftoken=") and "Domain" not in cookie
    assert "Secure" in cookie and "Path=/" in cookie


def test_with_tls_no_cookie_of_who_signed_in_travels_in_the_clear(tmp_path: Path) -> None:
    with served(tmp_path, TLS) as (port, password):
        (token,) = asked(port).get_all("Set-Cookie")
        token = token.partition(";")[0].strip()
        form = {"username": "guancha", "password": password}
        body = urlencode(form | {"csrfmiddlewaretoken": token.partition("=")[2]})
        found = asked(port, body, Cookie=token, Referer=f"https://127.0.0.1:{port}/login/")
    cookies = [each.strip() for each in found.get_all("Set-Cookie")]
    assert {each.partition("=")[0] for each in cookies} >= {"__Host-sessionid", "__Host-pass"}
    assert [each for each in cookies if "Secure" not in each or "HttpOnly" not in each] == []


def test_without_tls_nothing_is_said_of_it(tmp_path: Path) -> None:
    with served(tmp_path, "") as (port, _):
        found = asked(port)
    assert found["Strict-Transport-Security"] is None
    assert "Secure" not in found["Set-Cookie"]
    assert found["X-Content-Type-Options"] == "nosniff" and found["X-Frame-Options"] == "DENY"
