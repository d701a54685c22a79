"""The desk's day: which job runs when. The work itself is in the rooms.

APScheduler keeps the time with a memory job store: what happened lives in our own tables, where
uniqueness and transactions hold whatever the clock does. One scheduler works at a time (an OS lock
and a lease with a fence); a second one waits. A missed run is caught up once. RELIABILITY 0.2, 0.3.
"""

from __future__ import annotations

from models import driver  # noqa: F401  # isort: skip  (first: one SQLite library)

import hashlib
import io
import logging
import subprocess
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from importlib.resources import files
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

import crawler.claims
import crawler.run
import notices.outbox
from classifier import intake, registry, text
from classifier import model as weights
from classifier.known import Library
from models import (
    audit,
    claims,
    clusters,
    editions,
    jobs,
    machine,
    officers,
    outbox,
    retention,
    runs,
    sources,
    store,
)
from models import notices as papers
from models.config import Config
from models.errors import PiyaoError, RuleBroken, StoreError
from models.lease import Lease, alone
from models.store import Store
from notices import channels, first_draft

log = logging.getLogger("piyao.scheduler")
logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick skipped while one runs is meant

COLLECT_TIMEOUT = 180.0
CHINA = timezone(timedelta(hours=8))
STORE_AGAIN = 4.0  # seconds between two tries of a store that takes nothing


@dataclass
class Desk:
    """What the jobs of one scheduler share."""

    config: Config
    lease: Lease = field(default_factory=Lease)
    stop: threading.Event = field(default_factory=threading.Event)
    model: weights.Model = field(default_factory=weights.load)  # what scores; the shipped at first
    shipped: weights.Model = field(init=False)
    library: Library = field(default_factory=Library)  # of the known claims
    stocked: int = -1  # the edition of the known claims that the library holds

    def __post_init__(self) -> None:
        self.shipped = self.model


def day(desk: Desk, clock: BackgroundScheduler) -> None:
    """Every job of the desk, with its interval in seconds."""
    with store.using(desk.config.store) as db:
        for source in sources.all(db):
            plan(clock, desk, f"collect:{source.name}", source.every, collect, source.name)
    plan(clock, desk, "score", desk.config.queue.score_every, score)
    plan(clock, desk, "queue", desk.config.queue.score_every, queue)
    plan(clock, desk, "recognise", desk.config.queue.score_every, recognise)
    plan(clock, desk, "draft", 2, draft)
    plan(clock, desk, "publish", 2, publish)
    plan(clock, desk, "expire", 3600, expire)
    plan(clock, desk, "verify", 3600, verify)
    plan(clock, desk, "watch", 15, watch)
    plan(clock, desk, "renew", 60, renew)


# ---- the jobs: each may be killed at any point and run again -------------------------------------


def collect(desk: Desk, db: Store, name: str) -> None:
    """One visit to one source, in a process of its own: what it breaks is only itself."""
    if not sources.get(db, name).enabled:
        return
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(  # noqa: S603  (our own interpreter, our own module)
            crawler.run.command(None, desk.config.store, name),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        waited = 0.0
        while child.poll() is None and waited < COLLECT_TIMEOUT and not desk.stop.wait(0.1):
            waited += 0.1
        if child.poll() is None:
            child.kill()
            child.wait()
            runs.close_abandoned(db, name)
        said.seek(0)
        words = said.read(4000).decode("utf-8", "replace").strip()
    if child.returncode and not desk.stop.is_set():
        log.warning("%s", words or f"{name}: exit {child.returncode}")
        last = runs.last(db, name)
        raise PiyaoError(last.message if last and last.message else "采集没有成功", name)


def score(desk: Desk, db: Store) -> None:
    """Score and cluster what is new, with the edition of the model that is in use by now."""
    queue, window = desk.config.queue, desk.config.window
    while not desk.stop.is_set():
        # asked at every batch: on a busy day the last one of this round may be hours away
        desk.model, problem = registry.in_use(db, desk.shipped, desk.model)
        if problem:
            log.error("%s", problem)
        if not intake.score_new(db, desk.model, queue, window):
            break


def queue(desk: Desk, db: Store) -> None:
    """Open, update and re-prioritise cases."""
    while (stale := clusters.stale(db)) and not desk.stop.is_set():
        for cluster_id in stale:
            words = {
                token
                for wording in clusters.wordings(db, cluster_id, 5)
                for token in text.segment(text.normalise(wording.text))
            }
            machine.refresh(db, cluster_id, " ".join(sorted(words)), desk.config.queue.risk_line)


def recognise(desk: Desk, db: Store) -> None:
    """See which cases are like a known claim; a library of a million is built only here."""
    edition = _up_to_date(desk, db)
    for case in machine.unmatched(db, edition):
        if desk.stop.is_set():
            break
        wordings = [case.claim, *(w.text for w in clusters.wordings(db, case.cluster_id, 3))]
        claims.link(db, case.id, desk.library.find(wordings), edition)


def _up_to_date(desk: Desk, db: Store) -> int:
    """Bring the desk's library to what stands in the store by now: the edition."""
    edition = claims.edition(db)  # read first: what comes in meanwhile is taken again next time
    if not 0 <= desk.stocked <= edition:
        desk.library = Library.kept(claims.texts(db), desk.config.store.with_suffix(".known"))
    elif desk.stocked < edition:
        gone, new = claims.changed(db, desk.stocked)
        desk.library.remove(gone)
        desk.library.add(new)
    desk.stocked = edition
    return edition


def stock(db: Store) -> None:
    """The shipped claims enter the library, once for each version of their file."""
    body = files("classifier").joinpath("claims/starter.jsonl").read_bytes()
    found = crawler.claims.read(io.BytesIO(body))
    given = (each for each in found if isinstance(each, claims.Given))
    claims.put_starter(db, hashlib.sha256(body).hexdigest(), given)


def draft(desk: Desk, db: Store) -> None:
    """Have a draft ready before the officer opens the page. Sends nothing."""
    for case in machine.undrafted(db):
        try:
            words = first_draft.write(db, case, desk.config.office, store.now())
            papers.start(db, case.id, words, by=officers.MACHINE)
        except RuleBroken as error:  # an officer moved the case meanwhile: next round sees it anew
            log.info("no draft for %s: %s", case.number, error)


def publish(desk: Desk, db: Store) -> None:
    """Send what officers approved, each at most once."""
    if desk.lease.holds(db):
        notices.outbox.deliver(db, channels.opened(desk.config), desk.config, desk.lease.holder)


def expire(desk: Desk, db: Store) -> None:
    retention.expire(db, desk.config.retention)


def verify(desk: Desk, db: Store) -> None:
    """Recompute the audit chain; a broken link is loud."""
    if not (found := audit.verify(db)).ok:
        raise PiyaoError(f"审计链在第 {found.seq} 条断开（{found.message}）", mend="停用并查备份")


def watch(desk: Desk, db: Store) -> None:
    """The scheduler's own pulse, and rows that were in flight when somebody died."""
    outbox.recover(db, alive=desk.lease.holder)


def renew(desk: Desk, db: Store) -> None:
    """Once a night: learn from the verdicts so far. A night slept through is caught up once."""
    night = last_night(desk.config.model.renew_at)
    done = editions.last_night(db)
    if night is None or (done and done >= night):
        return
    try:
        registry.renew(db, desk.shipped, desk.config.queue.sample_share)
    finally:  # a kill is done again at once, what cannot be done not before tomorrow
        editions.night_done(db, night)


def last_night(at: str) -> datetime | None:
    """The newest moment in the past with this time of day in China; None for no time."""
    if not at:
        return None
    here = store.now().astimezone(CHINA)
    night = here.replace(hour=int(at[:2]), minute=int(at[3:]), second=0, microsecond=0)
    return night if night <= here else night - timedelta(days=1)


# ---- the clock ----------------------------------------------------------------------------------


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
    if desk.stop.is_set():
        return
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


def run(desk: Desk, started: Callable[[], None] | None = None) -> None:
    """Be the scheduler until ``desk.stop`` is set. A second one waits here for the first to end."""
    path, pause = desk.config.store, desk.stop.wait
    with store.using(path) as db, alone(path, pause, _waiting) as ours:
        while ours and not desk.stop.is_set():
            try:
                if desk.lease.take(db):
                    sources.sync(db, desk.config.sources)
                    outbox.recover(db, alive=desk.lease.holder)
                    stock(db)
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
    clock = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(4), "collect": ThreadPoolExecutor(2)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone="UTC",
    )
    day(desk, clock)
    clock.start()
    if started:
        started()
    log.info("the clock runs (%s, fence %s)", desk.lease.holder, desk.lease.fence)
    try:
        for _ in desk.lease.beats(db, desk.stop.wait):
            wake(clock)
        if not desk.stop.is_set():
            log.warning("another scheduler took the lease; standing back")
    finally:
        clock.shutdown(wait=True)


def wake(clock: BackgroundScheduler) -> None:
    """A clock set back would leave every job asleep for as long (RELIABILITY 0.3): none of them
    is ever due later than one interval from now."""
    now = datetime.now(UTC)
    for job in clock.get_jobs():
        if job.next_run_time - now > job.trigger.interval:
            job.modify(next_run_time=now)
    clock.wakeup()
