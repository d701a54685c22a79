"""Unknown names at the door of a real desk, at the full cost of a hash: officers work on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import running_desk
from tests.sign_in_flood import Browser, flood, page_times
from tests.waiting import HANG, until


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The pages of a desk with the demo's accounts: address and password. No cheap hashes."""
    made = running_desk.configure(tmp_path, "http://127.0.0.1:1/feed", running_desk.free_port())
    password = running_desk.accounts(made)
    bare = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO")}
    log = (tmp_path / "desk.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "piyao", "desk", "--config", str(made.path)],
        env=bare,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{made.desk.port}"
    try:
        until(lambda: running_desk.answers(address + "/login/"), "the desk does not answer")
        yield address, password
    finally:
        process.terminate()
        process.wait(HANG)
        log.close()


def _turned_away(address: str, password: str) -> Browser | None:
    """A new device that finds the door full: one that gets in is known from then on."""
    device = Browser(address)
    return device if device.sign_in("fabu", password) == 503 else None


def test_strangers_at_the_door_keep_no_officer_out(desk: tuple[str, str]) -> None:
    address, password = desk
    reader, known = Browser(address), Browser(address)
    assert reader.sign_in("hecha", password) == 302
    assert known.sign_in("zhiban", password) == 302
    known.sign_out()
    with flood(address, strangers=16, pause=1.0) as answers:
        until(lambda: answers[401] and answers[503], "the flood does not reach the door")
        assert page_times(reader, 10)
        assert known.sign_in("zhiban", password) == 302, "the lane of known devices"
        turned_away = until(lambda: _turned_away(address, password), "the door is never full")
        assert turned_away and int(turned_away.retry_after or 0) > 0
        until(lambda: answers[503] > answers[401], "most are sent away without a hash")
    assert set(answers) <= {401, 503}, answers
    reader.get("/audit/")
    assert "没有这样的登录名" in reader.get("/audit/")[1]
