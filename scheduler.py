"""The desk's day: which job runs when. The work itself is in the rooms.

APScheduler keeps the time with a memory job store: what happened lives in our own tables, where
uniqueness and transactions hold whatever the clock does. One scheduler works at a time (an OS lock
and a lease with a fence); a second one waits. A missed run is caught up once. RELIABILITY 0.2, 0.3.
"""

from __future__ import annotations

from jobs.backup import back_up
from jobs.collect import collect
from jobs.heads import keep_head
from jobs.learn import renew
from jobs.open_cases import open_cases
from jobs.publish import draft, publish, take_numbers
from jobs.rank import score
from jobs.recognise import enter_starter_claims, recognise
from jobs.shared import Desk, log
from jobs.upkeep import check_file, expire, verify, watch

from models import driver  # noqa: F401  # isort: skip  (first: one SQLite library)

import logging
from collections.abc import Callable, Generator
from concurrent import futures
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

from apscheduler.executors.pool import BasePoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from models import beginning, store
from models.errors import PiyaoError, StoreError
from models.intake import sources
from models.publishing import outbox
from models.store import Store
from models.upkeep import jobs
from models.upkeep.lease import alone

logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick skipped while one runs is meant

STORE_AGAIN = 4.0  # seconds between two tries of a store that takes nothing
# One for each job of the day and some to spare: scoring and learning may go on for minutes, and what
# was approved or retracted does not wait for them. A thread is made when it is first needed.
THREADS, COLLECTING = 16, 2


def day(desk: Desk, clock: BackgroundScheduler) -> None:
    """Every job of the desk, with its interval in seconds."""
    with store.using(desk.config.store) as db:
        for source in sources.all(db):
            plan(clock, desk, f"collect:{source.name}", source.every, collect, source.name)
    plan(clock, desk, "score", desk.config.queue.score_every, score)
    plan(clock, desk, "queue", desk.config.queue.score_every, open_cases)
    plan(clock, desk, "recognise", desk.config.queue.score_every, recognise)
    plan(clock, desk, "draft", 2, draft)
    plan(clock, desk, "publish", 2, publish)
    plan(clock, desk, "numbers", 3600, take_numbers)
    plan(clock, desk, "expire", 3600, expire)
    plan(clock, desk, "verify", 3600, verify)
    plan(clock, desk, "heads", 60, keep_head)
    plan(clock, desk, "check_file", 86_400, check_file)
    plan(clock, desk, "watch", 15, watch)
    plan(clock, desk, "renew", 60, renew)
    if desk.config.backup.folder:
        plan(clock, desk, "backup", min(desk.config.backup.every, 60), back_up)


def plan(
    clock: BackgroundScheduler,
    desk: Desk,
    name: str,
    every: float,
    job: Callable[..., None],
    *arguments: Any,
) -> None:
    clock.add_job(
        pulse,
        "interval",
        seconds=every,
        id=name,
        args=[desk, name, job, arguments],
        next_run_time=store.now(),
        executor="collect" if name.startswith("collect:") else "default",
    )


def pulse(desk: Desk, name: str, job: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    """Run one job, and leave word on the desk of how it ended."""
    while not desk.stop.is_set():
        desk.wanted.discard(name)
        _run_once(desk, name, job, arguments)
        if name not in desk.wanted:  # woken while it ran: it may have missed what it was woken for
            return


def _run_once(desk: Desk, name: str, job: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    try:
        with store.using(desk.config.store) as db:
            jobs.started(db, name)
            problem = ""
            try:
                job(desk, db, *arguments)
            except PiyaoError as error:
                problem = str(error)
            except Exception as error:
                log.exception("job %s failed", name)
                problem = f"{type(error).__name__}：这一步没有完成，下一轮会再做；详情在日志里"
            jobs.ended(db, name, problem)
    except StoreError as error:
        log.error("%s: %s", name, error)


def run_now(desk: Desk, clock: BackgroundScheduler, name: str) -> None:
    """Run a job at once, or once more if it is running; from then on at its interval again."""
    desk.wanted.add(name)
    with suppress(JobLookupError):
        clock.modify_job(name, next_run_time=store.now())


def run(desk: Desk, started: Callable[[], None] | None = None) -> None:
    """Be the scheduler until ``desk.stop`` is set. A second one waits here for the first to end."""
    beginning.refuse_new_desk(desk.config)
    path, pause = desk.config.store, desk.stop.wait
    with store.using(path) as db, alone(path, pause, _waiting) as ours:
        while ours and not desk.stop.is_set():
            try:
                if desk.lease.take(db):
                    sources.sync(db, desk.config.sources)
                    outbox.recover(db, alive=desk.lease.holder)
                    enter_starter_claims(db)
                    _work(desk, db, started)
            except StoreError as error:  # a full disk must not end the desk: it passes
                log.error("the clock stands still: %s", error)
                pause(STORE_AGAIN)
            pause(1.0)
        with suppress(StoreError):
            desk.lease.release(db)


def _waiting() -> None:
    log.info("another scheduler is at work; waiting")


def _work(desk: Desk, db: Store, started: Callable[[], None] | None) -> None:
    try:
        with ticking() as clock:
            day(desk, clock)
            desk.wake = partial(run_now, desk, clock)
            clock.start()
            if started:
                started()
            log.info("the clock runs (%s, fence %s)", desk.lease.holder, desk.lease.fence)
            for _ in desk.lease.beats(db, desk.stop.wait):
                wake(clock)
            if not desk.stop.is_set():
                log.warning("another scheduler took the lease; standing back")
    finally:
        desk.visits.close()


class Threads(BasePoolExecutor):
    """Threads for jobs, which can be waited for when the clock has ended."""

    def __init__(self, number: int) -> None:
        self.pool = futures.ThreadPoolExecutor(number)
        super().__init__(self.pool)


@contextmanager
def ticking() -> Generator[BackgroundScheduler, None, None]:
    """A clock to be started; at the end it has stopped and its last job has ended.

    The clock stops first and its threads are waited for afterwards. While APScheduler waits by
    itself it holds a lock, and a job that wakes another one in its last moment would wait for it.
    """
    threads = {"default": Threads(THREADS), "collect": Threads(COLLECTING)}
    clock = BackgroundScheduler(
        executors=threads,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone="UTC",
    )
    try:
        yield clock
    finally:
        if clock.running:
            clock.shutdown(wait=False)
        for each in threads.values():
            each.pool.shutdown(wait=True)


def wake(clock: BackgroundScheduler) -> None:
    """A clock set back would leave every job asleep for as long (RELIABILITY 0.3): none of them
    is ever due later than one interval from now."""
    now = datetime.now(UTC)
    for job in clock.get_jobs():
        if job.next_run_time - now > job.trigger.interval:
            job.modify(next_run_time=now)
    clock.wakeup()
