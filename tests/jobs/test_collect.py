"""The clock's job that visits a source: what is written down however the visit ends, and who is
woken."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crawler.visits import Visits
from jobs.collect import collect
from jobs.shared import Desk
from models import store
from models.config import Config, Source
from models.errors import PiyaoError
from models.intake import runs, sources
from models.intake.records import CrawlRun
from models.store import Store
from tests.contract.hostile_spiders import installed
from tests.crawl_process import ROOT
from tests.http_server import Answer, Server
from tests.running_desk import rss
from tests.waiting import until

pytestmark = pytest.mark.slow  # it starts processes
FEED = Answer(rss([("1", "a", "今天的天气很好")]), etag='"1"')


@pytest.fixture
def desk(db: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    path = [str(installed(tmp_path / "installed")), str(ROOT)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path))
    made = Desk(Config(tmp_path, db.path.parent))
    assert made.config.store == db.path
    yield made
    made.visits.close()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def last(db: Store) -> CrawlRun:
    found = runs.last(db, "forum")
    assert found is not None
    return found


def test_a_visit_that_brings_something_wakes_the_scoring_and_one_that_does_not_wakes_nobody(
    desk: Desk, db: Store, server: Server
) -> None:
    woken: list[str] = []
    desk.wake = woken.append
    server.answers["/feed"] = FEED
    sources.sync(db, [Source("forum", "feed", f"{server.url}/feed", 60, allow_private=True)])
    collect(desk, db, "forum")
    assert (last(db).new, woken) == (1, ["score"])
    collect(desk, db, "forum")
    assert (last(db).outcome, woken) == ("unchanged", ["score"])


def test_a_paused_source_is_not_visited(desk: Desk, db: Store, server: Server) -> None:
    url = f"{server.url}/feed"
    sources.sync(db, [Source("forum", "feed", url, 60, allow_private=True, enabled=False)])
    collect(desk, db, "forum")
    assert not server.hits and runs.last(db, "forum") is None


@pytest.mark.parametrize("kind", ["crash", "killed"])
def test_a_visit_whose_process_breaks_off_has_a_run_that_says_so(
    desk: Desk, db: Store, server: Server, kind: str
) -> None:
    server.answers["/feed"] = FEED
    sources.sync(db, [Source("forum", kind, f"{server.url}/feed", 60, allow_private=True)])
    with pytest.raises(PiyaoError, match="意外中断"):
        collect(desk, db, "forum")
    assert last(db).outcome == "failed" and "意外中断" in last(db).message
    assert [run.outcome for run in runs.recent(db, "forum")] == ["failed"]


def test_a_visit_that_cannot_begin_has_a_run_that_says_so(desk: Desk, db: Store) -> None:
    sources.sync(db, [Source("forum", "feed", "http://forum.invalid/", 60)])
    desk.visits = Visits(db.path, [sys.executable, "-c", "raise SystemExit(1)"])
    with pytest.raises(PiyaoError, match="没能启动"):
        collect(desk, db, "forum")
    assert last(db).outcome == "failed" and "没能启动" in last(db).message
    desk.visits.close()


def test_a_desk_that_stops_leaves_no_run_open_and_blames_nobody(
    desk: Desk, db: Store, server: Server
) -> None:
    server.answers["/feed"] = Answer(FEED.body, hold=threading.Event())
    sources.sync(db, [Source("forum", "feed", f"{server.url}/feed", 60, allow_private=True)])

    def job() -> None:
        with store.using(db.path) as own:
            collect(desk, own, "forum")

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(job)
        until(lambda: server.hits["/feed"], "the source is not asked")
        desk.stop.set()
        working.result(60)
    assert last(db).outcome == "failed" and "中断" in last(db).message
