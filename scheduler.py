"""The desk's day: which job runs when. The work itself is in the rooms.

APScheduler keeps the time with a memory job store: what happened lives in our own tables, where
uniqueness and transactions hold whatever the clock does. One scheduler works at a time (an OS lock
and a lease with a fence); a second one waits. A missed run is caught up once. RELIABILITY 0.2, 0.3.
"""

from __future__ import annotations

from jobs import lanes
from jobs.backup import back_up
from jobs.collect import collect
from jobs.heads import keep_head
from jobs.learn import renew, settle
from jobs.neighbours import neighbour
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
from apscheduler.triggers.interval import IntervalTrigger

from models import beginning, store
from models.errors import PiyaoError, StoreError
from models.intake import sources
from models.publishing import outbox
from models.store import Store
from models.upkeep import jobs, wall_clock
from models.upkeep.heartbeat import SILENT
from models.upkeep.lease import Pause, alone

logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick skipped while one runs is meant

STORE_AGAIN = 4.0  # seconds between two tries of a store that takes nothing
# One for each job of the day and some to spare: scoring and learning may go on for minutes, and what
# was approved or retracted does not wait for them. A thread is made when it is first needed.
THREADS = 16


def day(desk: Desk, clock: BackgroundScheduler) -> None:
    """Every job of the desk, with its interval in seconds."""
    with store.using(desk.config.store) as db:
        for source in sources.all(db):
            plan(clock, desk, f"collect:{source.name}", source.every, collect, source.name)
    plan(clock, desk, "score", desk.config.queue.score_every, score)
    plan(clock, desk, "queue", desk.config.queue.score_every, open_cases)
    plan(clock, desk, "recognise", desk.config.queue.score_every, recognise)
    plan(clock, desk, "neighbours", desk.config.queue.score_every, neighbour)
    plan(clock, desk, "draft", 2, draft)
    plan(clock, desk, "publish", 2, publish)
    plan(clock, desk, "numbers", 3600, take_numbers)
    plan(clock, desk, "expire", 3600, expire)
    plan(clock, desk, "verify", 3600, verify)
    plan(clock, desk, "heads", 60, keep_head)
    plan(clock, desk, "check_file", 86_400, check_file)
    plan(clock, desk, "watch", 15, watch)
    plan(clock, desk, "renew", 60, renew)
    plan(clock, desk, "settle", 600, settle)
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
    desk.every[name] = every
    clock.add_job(
        pulse,
        Every(seconds=every, timezone=UTC),
        id=name,
        args=[desk, name, job, arguments],
        next_run_time=datetime.now(UTC),  # what APScheduler goes by, whatever the house believes
        executor="collect" if name.startswith("collect:") else "default",
    )


def pulse(desk: Desk, name: str, job: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    """Run one job, and leave word on the desk of how it ended. Does nothing where it runs already."""
    with desk.turns:
        if name in desk.running:
            return
        desk.running.add(name)
    while True:
        _run_once(desk, name, job, arguments)
        with desk.turns:  # whoever wakes it now either sees it run, or starts it anew
            if name not in desk.wanted or desk.stop.is_set():
                desk.running.discard(name)
                return
            desk.wanted.discard(name)  # it may have missed what it was woken for


def _run_once(desk: Desk, name: str, job: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    try:
        with store.using(desk.config.store) as db:
            if not desk.at_work(db):
                return  # another scheduler took the lease while this one was stopped
            jobs.started(db, name, desk.every.get(name, 0.0))
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
    with desk.turns:
        if name in desk.running:
            desk.wanted.add(name)
            return
    with suppress(JobLookupError):
        clock.modify_job(name, next_run_time=datetime.now(UTC))


def move(clock: BackgroundScheduler, name: str, slow: bool) -> None:
    """Let a source wait for its turns among the slow ones, or among the others."""
    with suppress(JobLookupError):
        clock.modify_job(name, executor="slow" if slow else "collect")


def run(desk: Desk, started: Callable[[], None] | None = None) -> None:
    """Be the scheduler until ``desk.stop`` is set. A second one waits here for the first to end."""
    beginning.refuse_new_desk(desk.config)
    path = desk.config.store

    def pause(seconds: float) -> bool:
        desk.beat()
        return desk.stop.wait(seconds)

    with store.using(path) as db, alone(path, pause, _waiting, partial(_hangs, desk, db)) as ours:
        while ours and not desk.stop.is_set():
            try:
                if desk.lease.take(db):
                    told = _judge_clock(wall_clock.begin(db), None)
                    sources.sync(db, desk.config.sources)
                    outbox.recover(db, alive=desk.lease.holder)
                    enter_starter_claims(db)
                    _work(desk, db, pause, told, started)
            except StoreError as error:  # a full disk must not end the desk: it passes
                log.error("the clock stands still: %s", error)
                pause(STORE_AGAIN)
            pause(1.0)
        with suppress(StoreError):
            desk.lease.release(db)


def _waiting() -> None:
    log.info("another scheduler is at work; waiting")


def _hangs(desk: Desk, db: Store) -> bool:
    """Whether the scheduler that has the lock gave no sign of life for long: it was stopped, or hangs."""
    if desk.lease.quiet(db) <= SILENT:
        return False
    log.warning("the other scheduler gives no sign of life; going on without its lock")
    return True


def _judge_clock(
    found: wall_clock.Doubt | None, before: wall_clock.Doubt | None
) -> wall_clock.Doubt | None:
    """Say aloud when the wall clock begins to be doubted, and when it is believed again."""
    if found and found != before:
        log.error(
            "the wall clock is not believed (%s by %s): the desk counts on by itself, and nothing is"
            " forgotten; set the clock right, or run: piyao clock accept", found.kind, found.by,
        )  # fmt: skip
    elif before and not found:
        log.warning("the wall clock is believed again")
    return found


def _work(
    desk: Desk,
    db: Store,
    pause: Pause,
    told: wall_clock.Doubt | None,
    started: Callable[[], None] | None,
) -> None:
    try:
        with ticking() as clock:
            day(desk, clock)
            desk.wake = partial(run_now, desk, clock)
            desk.move = partial(move, clock)
            clock.start()
            if started:
                started()
            log.info("the clock runs (%s, fence %s)", desk.lease.holder, desk.lease.fence)
            for _ in desk.lease.beats(db, pause):
                told = _judge_clock(wall_clock.tick(db), told)
                wake(clock)
            if not desk.stop.is_set():
                log.warning("another scheduler took the lease; standing back")
    finally:
        desk.visits.close()


class Every(IntervalTrigger):
    """A tick every so many seconds. Ticks missed are one: a clock set on by a year must not make a
    list of all there would have been."""

    def get_next_fire_time(
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime | None:
        due = (previous_fire_time or now) + self.interval
        return now + self.interval if previous_fire_time and due <= now else due


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
    threads = {
        "default": Threads(THREADS),
        "collect": Threads(lanes.PROMPT + lanes.SLOW),
        "slow": Threads(lanes.SLOW),
    }
    clock = BackgroundScheduler(
        executors=threads,
        # one that has just ended may still be counted; ``pulse`` keeps a second one from running
        job_defaults={"coalesce": True, "max_instances": 2, "misfire_grace_time": None},
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
