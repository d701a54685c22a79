"""The demo as a newcomer meets it: one command, and the same command again beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import piyao
from models import folders, store
from models.casework import queue
from models.errors import StoreError
from tests import running_desk
from tests.running_demo import demo
from tests.waiting import HANG, until

pytestmark = pytest.mark.slow


def locked(path: Path) -> bool:
    try:
        with folders.alone(path, StoreError("")):
            return False
    except StoreError:
        return True


def test_the_welcome_says_where_all_is_and_a_second_demo_touches_nothing(tmp_path: Path) -> None:
    folder, port = tmp_path / "demo", running_desk.free_ports(3)
    with demo(folder, port) as log:
        said = log.read_text("utf-8")
        for words in ("先试", "Try first", "zhiban", f"http://127.0.0.1:{port}/", "PORT="):
            assert words in said, said
        with store.using(folder / "piyao.db") as db:
            assert queue.counts(db)["todo"], "the top case is not there"
            before = [(row["id"], row["opened_at"]) for row in db.rows("SELECT * FROM cases")]
            again = CliRunner().invoke(piyao.main, ["demo", "--folder", str(folder)])
            assert again.exit_code == 1 and "a demo is running" in again.output
            now = [(row["id"], row["opened_at"]) for row in db.rows("SELECT * FROM cases")]
            assert now[: len(before)] == before
        assert running_desk.answers(f"http://127.0.0.1:{port}/login/")
    with demo(folder, port) as log:  # and after it has ended the folder is a demo's again
        assert "Try first" in log.read_text("utf-8")


def test_a_desk_on_the_configuration_of_a_demo_keeps_its_store(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with demo(folder, running_desk.free_ports(3)):
        pass
    up = subprocess.Popen(
        [sys.executable, "-m", "piyao", "schedule", "--config", str(folder / "piyao.toml")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: locked(folder / "piyao.scheduler"), "the clock does not work")
        again = CliRunner().invoke(piyao.main, ["demo", "--folder", str(folder)])
        assert again.exit_code == 1 and "a demo is running" in again.output
        assert (folder / "piyao.db").is_file()
    finally:
        up.terminate()
        up.wait(HANG)


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    found = CliRunner().invoke(piyao.main, ["demo", "--folder", str(tmp_path)])
    assert found.exit_code == 1 and "--folder" in found.output
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]
