"""The clock: a job that is woken runs at once, and never misses what it was woken for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

import scheduler
from jobs.shared import Desk
from models.config import Config
from models.store import Store
from tests.waiting import HANG, until

NEVER = 86_400  # seconds between two ticks: what runs twice was woken


@pytest.fixture
def desk(db: Store, tmp_path: Path) -> Desk:
    return Desk(Config(tmp_path, db.path.parent))


@pytest.fixture
def clock() -> Iterator[BackgroundScheduler]:
    with scheduler.ticking() as made:
        made.start()
        yield made


def test_a_job_that_is_woken_does_not_wait_for_its_tick(
    desk: Desk, clock: BackgroundScheduler
) -> None:
    runs: list[int] = []
    scheduler.plan(clock, desk, "score", NEVER, lambda desk, db: runs.append(1))
    until(lambda: len(runs) == 1, "it does not run at all")
    scheduler.run_now(desk, clock, "score")
    until(lambda: len(runs) == 2, "it is not woken")


def test_a_job_that_is_woken_while_it_runs_runs_once_more(
    desk: Desk, clock: BackgroundScheduler
) -> None:
    runs: list[int] = []
    go_on = threading.Event()

    def job(desk: Desk, db: Store) -> None:
        runs.append(1)
        go_on.wait(60)

    scheduler.plan(clock, desk, "score", NEVER, job)
    until(lambda: len(runs) == 1, "it does not run at all")
    scheduler.run_now(desk, clock, "score")
    scheduler.run_now(desk, clock, "score")  # twice before it ends is once
    go_on.set()
    until(lambda: len(runs) == 2, "what it was woken for is missed")
    assert "score" not in desk.wanted


def test_nobody_is_woken_where_no_job_has_that_name(desk: Desk, clock: BackgroundScheduler) -> None:
    scheduler.run_now(desk, clock, "nobody")


def test_a_job_that_wakes_another_as_the_clock_stops_does_not_hold_it_up(desk: Desk) -> None:
    began, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def job(desk: Desk, db: Store) -> None:
        began.set()
        go_on.wait(HANG)
        desk.wake("queue")
        ended.set()

    def a_day() -> None:
        with scheduler.ticking() as clock:
            desk.wake = partial(scheduler.run_now, desk, clock)
            scheduler.plan(clock, desk, "queue", NEVER, lambda desk, db: None)
            scheduler.plan(clock, desk, "score", NEVER, job)
            clock.start()
            began.wait(HANG)
            threading.Thread(target=once_stopped, args=(clock,)).start()

    def once_stopped(clock: BackgroundScheduler) -> None:
        until(lambda: not clock.running, "the clock goes on")
        go_on.set()

    day = threading.Thread(target=a_day, daemon=True)
    day.start()
    until(lambda: not day.is_alive(), "the clock waits for the job, and the job for the clock")
    assert ended.is_set()


def test_no_job_waits_for_another_to_end(desk: Desk) -> None:
    began: set[str] = set()
    go_on = threading.Event()

    def job(desk: Desk, db: Store, name: str) -> None:
        began.add(name)
        go_on.wait(HANG * 2)

    with scheduler.ticking() as clock:
        scheduler.day(desk, clock)
        names = {each.id for each in clock.get_jobs()}
        for name in names:
            clock.modify_job(name, args=[desk, name, job, (name,)])
        clock.start()
        try:
            until(lambda: began == names, "a long job keeps another from its thread")
        finally:
            go_on.set()
    assert "publish" in names
