"""Visits forked from one warm process: what a source breaks is its own visit and nothing else."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crawler.visits import End, Visit, Visits
from models.intake import runs
from tests.contract.hostile_spiders import installed
from tests.crawl_process import ROOT, Crawls
from tests.http_server import Answer, Server
from tests.running_desk import rss
from tests.waiting import until

pytestmark = pytest.mark.slow  # it starts processes
FEED = Answer(rss([("1", "a", "今天的天气很好")]))


def gone(pid: int) -> bool:
    """Whether a process is no more, or waits to be buried by a parent that is not ours."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def processor_time(pid: int) -> float:
    """Seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture
def hostile(crawls: Crawls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Crawls:
    """Crawls among which the kinds of ``hostile_spiders`` are installed."""
    path = [str(installed(tmp_path / "installed")), str(ROOT)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path))
    return crawls


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as threads:
        yield threads


def visit(
    crawls: Crawls, name: str, stop: threading.Event | None = None, seconds: float = 120
) -> Visit:
    return crawls.visits.visit(name, stop or threading.Event(), seconds)


@pytest.mark.parametrize("kind", ["crash", "killed"])
def test_a_source_that_takes_its_process_down_costs_its_own_visit(
    hostile: Crawls, server: Server, kind: str
) -> None:
    server.answers["/feed"] = FEED
    hostile.add("bad", f"{server.url}/feed", kind=kind)
    hostile.add("good", f"{server.url}/feed")
    assert visit(hostile, "bad").end is End.DIED
    warm = hostile.visits.server
    assert visit(hostile, "good") == Visit(
        End.DONE, 0, "good: ok, 1 read, 1 new, 0 updated, 0 broken"
    )
    assert hostile.visits.server is warm and warm is not None and warm.poll() is None
    until(lambda: not children(warm.pid), "the dead are not buried")


def test_a_source_that_wants_all_memory_gets_none_of_the_others(
    hostile: Crawls, server: Server
) -> None:
    server.answers["/feed"] = FEED
    hostile.add("bad", f"{server.url}/feed", kind="greedy")
    hostile.add("good", f"{server.url}/feed")
    assert visit(hostile, "bad").code == 1
    last = runs.last(hostile.db, "bad")
    assert last is not None and last.outcome == "failed" and "采集程序出错" in last.message
    assert visit(hostile, "good").code == 0


def test_a_visit_that_never_ends_is_killed_from_outside_and_can_be_made_again(
    hostile: Crawls, server: Server, pool: ThreadPoolExecutor
) -> None:
    server.answers["/feed"] = FEED
    hostile.add("bad", f"{server.url}/feed", kind="stuck")
    stop = threading.Event()
    visiting = pool.submit(visit, hostile, "bad", stop)
    until(lambda: server.hits["/feed"], "the source is not asked")
    assert hostile.visits.server is not None
    (child,) = children(hostile.visits.server.pid)
    busy = processor_time(child)
    until(lambda: processor_time(child) > busy + 1, "the visit is not stuck")
    stop.set()
    assert visiting.result(60).end is End.STOPPED
    # its lock is free again, and its run waits to be called broken off
    hostile.add("bad", f"{server.url}/feed")
    assert visit(hostile, "bad").code == 0
    assert [run.outcome for run in runs.recent(hostile.db, "bad")] == ["ok", "failed"]


def test_a_visit_has_so_much_time_and_no_more(crawls: Crawls, server: Server) -> None:
    server.answers["/feed"] = Answer(FEED.body, hold=threading.Event())
    crawls.add("slow", f"{server.url}/feed")
    assert visit(crawls, "slow", seconds=0).end is End.LATE


def test_a_desk_that_stops_waits_for_no_visit(
    crawls: Crawls, server: Server, pool: ThreadPoolExecutor
) -> None:
    server.answers["/feed"] = Answer(FEED.body, hold=threading.Event())
    crawls.add("slow", f"{server.url}/feed")
    stop = threading.Event()
    visiting = pool.submit(visit, crawls, "slow", stop)
    until(lambda: server.hits["/feed"], "the source is not asked")
    stop.set()
    assert visiting.result(60).end is End.STOPPED
    server.answers["/feed"] = FEED
    assert visit(crawls, "slow").code == 0  # nobody holds its lock


def test_two_sources_are_visited_at_the_same_time(
    crawls: Crawls, server: Server, pool: ThreadPoolExecutor
) -> None:
    both = threading.Event()
    for name in ("a", "b"):
        server.answers[f"/{name}"] = Answer(FEED.body, hold=both)
        crawls.add(name, f"{server.url}/{name}")
    visits = [pool.submit(visit, crawls, name) for name in ("a", "b")]
    until(lambda: server.hits["/a"] and server.hits["/b"], "one waits for the other")
    both.set()
    assert [each.result(60).code for each in visits] == [0, 0]


def test_a_killed_server_disturbs_no_visit_and_the_next_has_a_fresh_one(
    crawls: Crawls, server: Server, pool: ThreadPoolExecutor
) -> None:
    hold = threading.Event()
    server.answers["/feed"] = Answer(FEED.body, hold=hold)
    crawls.add("forum", f"{server.url}/feed")
    visiting = pool.submit(visit, crawls, "forum")
    until(lambda: server.hits["/feed"], "the source is not asked")
    killed = crawls.visits.server
    assert killed is not None
    killed.kill()
    killed.wait()
    hold.set()
    assert visiting.result(60).code == 0
    server.answers["/feed"] = FEED
    assert visit(crawls, "forum").code == 0
    assert crawls.visits.server is not killed
    assert [run.outcome for run in runs.recent(crawls.db, "forum")] == ["ok", "ok"]


def test_a_server_that_dies_with_a_request_in_hand_is_replaced_and_nobody_is_blamed(
    crawls: Crawls, server: Server
) -> None:
    server.answers["/feed"] = FEED
    crawls.add("forum", f"{server.url}/feed")
    assert visit(crawls, "forum").code == 0
    assert crawls.visits.server is not None
    crawls.visits.server.send_signal(signal.SIGSTOP)  # so that it takes the request and never forks
    stopped = crawls.visits.server
    threading.Timer(0.5, stopped.kill).start()
    assert visit(crawls, "forum").code == 0
    assert len(runs.recent(crawls.db, "forum")) == 2


def test_no_server_at_all_is_said(crawls: Crawls, server: Server) -> None:
    crawls.add("forum", f"{server.url}/feed")
    broken = Visits(crawls.path, [sys.executable, "-c", "raise SystemExit('no')"])
    assert broken.visit("forum", threading.Event(), 60).end is End.UNBEGUN
    broken.close()


def test_an_interpreter_that_is_gone_is_said(crawls: Crawls, server: Server) -> None:
    crawls.add("forum", f"{server.url}/feed")
    moved = Visits(crawls.path, [str(crawls.path.parent / "no-python")])
    found = moved.visit("forum", threading.Event(), 60)
    assert found.end is End.UNBEGUN and "no-python" in found.words


def test_a_server_that_hangs_costs_one_visit(crawls: Crawls, server: Server) -> None:
    server.answers["/feed"] = FEED
    crawls.add("forum", f"{server.url}/feed")
    assert visit(crawls, "forum").code == 0
    assert crawls.visits.server is not None
    hanging = crawls.visits.server
    hanging.send_signal(signal.SIGSTOP)
    assert visit(crawls, "forum", seconds=1).end is End.LATE
    assert crawls.visits.server is not hanging and gone(hanging.pid)
    assert visit(crawls, "forum").code == 0


def test_the_words_of_a_visit_are_its_last(hostile: Crawls, server: Server) -> None:
    server.answers["/feed"] = FEED
    hostile.add("chatty", f"{server.url}/feed", kind="chatty")
    words = visit(hostile, "chatty").words
    assert "line 999" in words and "line 1 " not in words


CLOCK = """
import sys, threading
from pathlib import Path
from crawler.visits import Visits
Visits(Path(sys.argv[1])).visit(sys.argv[2], threading.Event(), 600)
"""


def test_visits_and_their_server_end_with_the_clock_even_if_it_is_killed(
    crawls: Crawls, server: Server
) -> None:
    server.answers["/feed"] = Answer(FEED.body, hold=threading.Event())
    crawls.add("slow", f"{server.url}/feed")
    clock = subprocess.Popen([sys.executable, "-c", CLOCK, str(crawls.path), "slow"], cwd=ROOT)
    until(lambda: server.hits["/feed"], "the source is not asked")
    (warm,) = children(clock.pid)
    (child,) = children(warm)
    clock.kill()
    clock.wait()
    until(lambda: gone(warm) and gone(child), "a process is left behind")
    last = runs.last(crawls.db, "slow")
    assert last is not None and last.outcome == "running", "it went on to its own end"


def test_what_one_source_is_allowed_the_next_is_not(crawls: Crawls, server: Server) -> None:
    server.answers["/feed"] = FEED
    crawls.add("ours", f"{server.url}/feed", allow_private=True)
    crawls.add("theirs", f"{server.url}/feed", allow_private=False)
    assert visit(crawls, "ours").code == 0
    asked = server.connections
    assert visit(crawls, "theirs").code == 1
    last = runs.last(crawls.db, "theirs")
    assert last is not None and "指向本机地址" in last.message
    assert server.connections == asked


WARM = """
import json, sys, threading
from crawler import fork_server
fork_server.warm()
print(json.dumps([threading.active_count(), "scrapy.core.downloader.handlers.http11" in sys.modules,
    "twisted.internet.reactor" in sys.modules]))
"""


def test_what_is_warm_has_one_thread_and_no_reactor() -> None:
    """A thread does not live on in a fork, and what waits for it would wait for ever."""
    said = subprocess.run([sys.executable, "-c", WARM], cwd=ROOT, capture_output=True, check=True)
    assert json.loads(said.stdout) == [1, True, False]
