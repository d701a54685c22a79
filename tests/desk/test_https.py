"""Behind TLS: what a real page server says with ``https = true``, and without."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from email.message import Message
from pathlib import Path

import pytest

from tests.running_desk import answers, free_port
from tests.waiting import HANG, until

pytestmark = pytest.mark.slow


def headers(folder: Path, lines: str) -> Message:
    """The headers of the sign-in page of a desk with these lines under [desk]."""
    port = free_port()
    path = folder / "piyao.toml"
    path.write_text(f"[desk]\nport = {port}\n{lines}", encoding="utf-8")
    order = [sys.executable, "-m", "piyao", "desk", "--config", str(path)]
    process = subprocess.Popen(order)
    try:
        address = f"http://127.0.0.1:{port}/login/"
        until(lambda: answers(address), "the desk does not answer")
        with urllib.request.urlopen(address, timeout=HANG) as answer:
            return answer.headers
    finally:
        process.terminate()
        process.wait(HANG)


def test_with_tls_the_browser_is_told_to_keep_to_it_and_cookies_are_of_this_host(
    tmp_path: Path,
) -> None:
    found = headers(tmp_path, 'https = true\nhosts = ["desk.example.cn"]\n')
    assert found["Strict-Transport-Security"] == "max-age=31536000"
    (cookie,) = found.get_all("Set-Cookie")
    assert cookie.strip().startswith("__Host-csrftoken=") and "Domain" not in cookie
    assert "Secure" in cookie and "Path=/" in cookie


def test_without_tls_nothing_is_said_of_it(tmp_path: Path) -> None:
    found = headers(tmp_path, "")
    assert found["Strict-Transport-Security"] is None
    assert "Secure" not in found["Set-Cookie"]
    assert found["X-Content-Type-Options"] == "nosniff" and found["X-Frame-Options"] == "DENY"
