"""A whole desk of which one process is stopped: seen on its pages, killed, started again."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

import scheduler
from jobs.shared import Desk
from models import store
from models.config import Config
from models.upkeep.lease import Lease
from operations import processes
from tests import running_desk
from tests.http_server import Answer, Server
from tests.waiting import HANG, until

pytestmark = pytest.mark.kill


def children(parent: int, verb: str) -> list[int]:
    """The processes of a desk that run a verb, by the kernel's list."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            above = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if above == parent and verb.encode() in words:
            found.append(int(folder.name))
    return found


@pytest.mark.parametrize("verb", ["schedule", "desk", "public"])
def test_a_stopped_process_of_a_desk_is_started_again(tmp_path: Path, verb: str) -> None:
    with Server() as town:
        town.answers["/feed"] = Answer(running_desk.rss([("1", "a", "三号桥封了")]))
        with running_desk.running(tmp_path, f"{town.url}/feed") as desk:
            until(lambda: town.hits["/feed"] > 1, "nothing is collected")
            (stopped,) = children(desk.process.pid, verb)
            os.kill(stopped, signal.SIGSTOP)
            until(
                lambda: children(desk.process.pid, verb) not in ([stopped], []),
                "it is not started again",
            )
            visits = town.hits["/feed"]
            until(lambda: town.hits["/feed"] > visits + 1, "nothing is collected any more")
            site = f"http://127.0.0.1:{desk.config.public.port}/"
            for address in (desk.address + "/login/", site):
                until(lambda place=address: running_desk.answers(place), f"{address}: no answer")
    assert "no sign of life" in (tmp_path / "up.log").read_text()


def test_a_second_scheduler_takes_over_from_one_that_hangs_with_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what the first does when it goes on is refused: its fence is the old one."""
    monkeypatch.setattr(scheduler, "SILENT", 3.0)
    hung = threading.Event()
    one, two = (Desk(Config(tmp_path, tmp_path), lease=Lease(name_, seconds=2.0, heartbeat=0.5))
                for name_ in ("one", "two"))  # fmt: skip
    go_on = threading.Event()

    def stands() -> None:  # of the first: it beats before each wait, and here it hangs
        if hung.is_set() and not go_on.is_set():
            go_on.wait(HANG)

    one.beat = stands
    began = {name: threading.Event() for name in ("one", "two")}
    threads = [
        threading.Thread(target=scheduler.run, args=(desk, began[name].set))
        for name, desk in (("one", one), ("two", two))
    ]
    try:
        threads[0].start()
        assert began["one"].wait(HANG)
        threads[1].start()
        hung.set()
        assert began["two"].wait(HANG), "the second waits for ever"
        with store.using(tmp_path / "piyao.db") as db:
            assert two.at_work(db) and not one.at_work(db)
            ran: list[str] = []
            scheduler.pulse(one, "score", lambda desk, db: ran.append("one"), ())
            scheduler.pulse(two, "other", lambda desk, db: ran.append("two"), ())
            assert ran == ["two"]
            go_on.set()
            until(lambda: two.at_work(db) and not one.at_work(db), "the first takes it back")
    finally:
        go_on.set()
        for desk in (one, two):
            desk.stop.set()
        for thread in threads:
            thread.join()


def test_the_heart_of_the_pages_needs_their_loop_and_a_worker(tmp_path: Path) -> None:
    from desk import heart
    from desk.doors import server as doors

    go_on, beats = threading.Event(), []

    def application(environ: dict, start_response: object) -> list[bytes]:
        go_on.wait(HANG)
        start_response("200 OK", [])  # type: ignore[operator]
        return [b"."]

    server = doors.create(
        heart.counted(application, lambda: beats.append("answered")),
        "127.0.0.1", 0, threads=2, body=1000,
    )  # fmt: skip
    heart.EVERY, before = 0.1, heart.EVERY
    try:
        heart.watch(server, lambda: beats.append("idle"))
        threading.Thread(target=server.run, daemon=True).start()
        until(lambda: beats.count("idle") > 3, "an idle server has no beat")
        address = f"http://127.0.0.1:{server.effective_port}/"
        stuck = [threading.Thread(target=running_desk.answers, args=(address,)) for _ in range(2)]
        for each in stuck:
            each.start()
        until(lambda: server.task_dispatcher.active_count == 2 and server.task_dispatcher.queue.waiting,
              "the workers are not all held")  # fmt: skip
        held = len(beats)
        threading.Event().wait(1.0)  # ten times as long as a beat takes
        assert len(beats) <= held + 1
        go_on.set()
        until(lambda: "answered" in beats and len(beats) > held + 3, "it does not beat again")
    finally:
        heart.EVERY = before
        go_on.set()
        server.close()


def test_a_process_that_nobody_keeps_has_no_heart(tmp_path: Path) -> None:
    processes.heart()()  # its input is no socket: nothing is written anywhere
