"""Children that hang: stopped, dead-locked, or never begun; killed, started again, with growing pauses."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from models.errors import PiyaoError
from operations import processes
from operations.processes import Keeper
from tests.waiting import until
from tests.where import ROOT

pytestmark = pytest.mark.slow

CHILD = """
import os, sys, threading, time
from operations import processes
processes.end_with_parent(lambda: os._exit(0))
beat, how, folder = processes.heart(), sys.argv[1], sys.argv[2]
open(os.path.join(folder, str(os.getpid())), "w").close()
while True:
    if how != "begins":
        beat()
    if how == "locks":
        time.sleep(0.5); lock = threading.Lock(); lock.acquire(); lock.acquire()
    time.sleep(0.1)
"""


@contextmanager
def kept(folder: Path, how: str, **patience: float) -> Iterator[tuple[Keeper, list[str]]]:
    """A keeper of one child that behaves so, and what it reports."""
    said: list[str] = []
    keeper = Keeper({"one": [sys.executable, "-c", CHILD, how, str(folder)]}, said.append,
                    patience={"one": 3.0}, starting=patience.get("starting", 60.0))  # fmt: skip
    thread = threading.Thread(target=keeper.keep, args=(lambda: None,))
    thread.start()
    try:
        yield keeper, said
    finally:
        keeper.stop.set()
        thread.join()


@pytest.fixture(autouse=True)
def ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def pids(folder: Path) -> list[int]:
    return [int(file.name) for file in sorted(folder.iterdir(), key=lambda f: f.stat().st_mtime_ns)]


def test_a_stopped_child_is_killed_and_started_again(tmp_path: Path) -> None:
    with kept(tmp_path, "works") as (keeper, said):
        until(lambda: "one" in keeper.running and keeper.running["one"].begun, "it does not begin")
        (first,) = pids(tmp_path)
        os.kill(first, signal.SIGSTOP)
        until(lambda: len(pids(tmp_path)) == 2, "it is not started again")
        assert "no sign of life" in said[0] and "killed" in said[0]
        with pytest.raises(ProcessLookupError):
            os.kill(first, 0)
        until(lambda: "one" in keeper.running and keeper.running["one"].begun, "it does not begin")
    assert len(said) == 1  # one that works is left alone


def test_a_child_that_waits_for_itself_is_killed_and_each_time_after_a_longer_pause(
    tmp_path: Path,
) -> None:
    with kept(tmp_path, "locks") as (_, said):
        until(lambda: len(said) >= 3, "it is not killed")
    assert [line.rpartition(" in ")[2] for line in said[:3]] == ["1 s", "2 s", "4 s"]


def test_a_child_that_never_begins_is_killed(tmp_path: Path) -> None:
    with kept(tmp_path, "begins", starting=2.0) as (_, said):
        until(lambda: said, "it is waited for")
    assert "no sign of life" in said[0]


def test_the_pause_ends_growing(tmp_path: Path) -> None:
    with kept(tmp_path, "begins", starting=2.0) as (keeper, said):
        keeper.hangs["one"] = [time.monotonic()] * 30
        until(lambda: said, "it is waited for")
    assert said[0].endswith(" in 60 s")


def test_a_child_that_dies_again_and_again_is_given_up() -> None:
    said: list[str] = []

    def report(line: str) -> None:
        said.append(line)
        if len(said) > processes.TROUBLED:
            keeper.stop.set()

    keeper = Keeper({"one": [sys.executable, "-c", "raise SystemExit(7)"]}, report)
    with pytest.raises(PiyaoError, match=r"“one” ended 5 times within a minute \(exit 7\)"):
        keeper.keep(lambda: None)
    assert len(said) == processes.TROUBLED - 1


def test_a_keeper_that_was_stopped_itself_kills_nobody_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own look is late by an hour, as after SIGSTOP of the whole desk: nobody was silent."""
    late = [0.0]
    real = processes.time.monotonic
    monkeypatch.setattr(processes.time, "monotonic", lambda: real() + late[0])
    with kept(tmp_path, "works") as (keeper, said):
        until(lambda: "one" in keeper.running and keeper.running["one"].begun, "it does not begin")
        os.kill(pids(tmp_path)[0], signal.SIGSTOP)
        late[0] = 3600.0
        threading.Event().wait(1.0)  # two looks of the keeper
        os.kill(pids(tmp_path)[0], signal.SIGCONT)
        threading.Event().wait(1.0)
        assert not said


def test_what_a_hung_child_started_goes_with_it(tmp_path: Path) -> None:
    grandchild = CHILD.replace(
        "while True:", "import subprocess\nchild = subprocess.Popen([sys.executable, '-c',"
        " 'import os,sys,time; open(os.path.join(sys.argv[1], str(os.getpid())), \"w\").close();"
        " time.sleep(600)', folder])\nwhile True:", 1,
    )  # fmt: skip
    said: list[str] = []
    argv = [sys.executable, "-c", grandchild, "works", str(tmp_path)]
    keeper = Keeper({"one": argv}, said.append, patience={"one": 3.0})
    thread = threading.Thread(target=keeper.keep, args=(lambda: None,))
    thread.start()
    try:
        until(lambda: len(pids(tmp_path)) == 2, "they do not begin")
        first = pids(tmp_path)
        os.killpg(keeper.running["one"].process.pid, signal.SIGSTOP)
        until(lambda: said, "it is not killed")
        until(lambda: not any(_lives(pid) for pid in first), "what it started lives on")
    finally:
        keeper.stop.set()
        thread.join()


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
