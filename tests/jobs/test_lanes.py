"""Slow sources share places of their own: a prompt one is visited however many hold back answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import scheduler
from jobs import lanes
from jobs.collect import collect
from jobs.shared import Desk
from models.config import Config, Source
from models.intake import runs, sources
from models.store import Store
from tests.http_server import Answer, Server
from tests.running_desk import rss
from tests.waiting import until

NEVER = 86_400


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.mark.slow  # it starts processes
@pytest.mark.parametrize("number", [2, 4])
def test_a_prompt_source_is_visited_while_slow_ones_are_held(
    db: Store, tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(lanes, "SOON", 3.0)
    held = threading.Event()
    slow = [f"slow{n}" for n in range(number)]
    server.answers = {f"/{name}": Answer(b"", hold=held) for name in slow}
    server.answers["/prompt"] = Answer(rss([("1", "a", "今天的天气很好")]), etag='"1"')
    sources.sync(
        db,
        [
            Source(name, "feed", f"{server.url}/{name}", NEVER, allow_private=True)
            for name in [*slow, "prompt"]
        ],
    )
    desk = Desk(Config(tmp_path, db.path.parent))

    def at_work() -> int:
        found = [runs.last(db, name) for name in slow]
        return sum(run is not None and run.outcome == "running" for run in found)

    try:
        with scheduler.ticking() as clock:
            desk.move = partial(scheduler.move, clock)
            clock.start()
            for name in slow:
                scheduler.plan(clock, desk, f"collect:{name}", NEVER, collect, name)
            until(lambda: at_work() >= 2, "the slow ones are not visited")
            scheduler.plan(clock, desk, "collect:prompt", NEVER, collect, "prompt")
            until(lambda: server.hits["/prompt"], "the prompt one is not visited")
            assert at_work() >= 2, "it waited for a slow one to end"
            desk.stop.set()
            held.set()
    finally:
        held.set()
        desk.visits.close()


def test_a_visit_that_stays_gives_its_place_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "SOON", 0.0)
    found = lanes.Lanes()
    with found.enter("a", 100) as first, found.enter("b", 100) as second:
        for turn in (first, second):
            assert not turn.slow
            assert turn.limit() > time.monotonic() + 50 and turn.slow, "it goes on, slow"
        with found.enter("c", 100) as third:  # the prompt places are free again
            assert third.limit() <= time.monotonic() and not third.slow, "no slow place is left"
    assert found.known == {"a", "b", "c"}
    with found.enter("a", 100) as again:
        assert again.slow and found.prompt.acquire(blocking=False), "it takes no prompt place"
        found.prompt.release()
    monkeypatch.setattr(lanes, "SOON", 60.0)
    with found.enter("a", 100):
        pass
    assert "a" not in found.known, "it was prompt again"
    for place, number in ((found.prompt, lanes.PROMPT), (found.slow, lanes.SLOW)):
        assert [place.acquire(blocking=False) for _ in range(number + 1)] == [True] * number + [
            False
        ], "every place was given back"
