"""What the processes under test do: the crawler's pipeline, the clock's jobs, officers, the publisher.

Each role loops over the functions of the house until it is killed, and takes up whatever a killed
one left behind. What the store confirmed goes into the ledger, after the commit and never before.
"""

from __future__ import annotations

from jobs import backup as making
from jobs import open_cases, publish, rank, recognise
from jobs.shared import Desk
from models.publishing import retractions, reviews
from tests.where import SAMPLE

from models import driver  # noqa: F401  # isort: skip  (first: one SQLite library)

import contextlib
import json
import logging
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import apscheduler.schedulers.base
import apscheduler.triggers.interval

import notices.channels
import notices.sending
import scheduler
from classifier.learning import night as model_night
from classifier.ranking import model as weights
from classifier.ranking import new_posts as intake_of_posts
from crawler.harvest import Cursor, Harvest
from crawler.pipelines import store_harvest
from models import store
from models.casework import cases, evidence, verdicts
from models.casework.records import (
    Case,
    CaseState,
    Hazard,
    Literal,
)
from models.config import Config, QueueConfig, Source, WindowConfig
from models.errors import PiyaoError, RuleBroken
from models.harm import Topic
from models.intake import posts, sources
from models.intake.records import Post
from models.outcome import Outcome
from models.people import officers
from models.personal import admission
from models.publishing import notices as papers
from models.publishing import outbox
from models.publishing.records import Delivery, Notice, NoticeState
from models.roles import Officer, Role
from models.store import Store
from models.upkeep.lease import Lease
from tests.reliability.client_log import Ledger
from tests.reliability.hostile_channel import Press, PressServer

TEXTS = ["实验小学午餐里吃出老鼠头，校方在压消息"]  # a hazard first: it takes three people
TEXTS += [json.loads(line)["text"] for line in SAMPLE.read_text("utf-8").splitlines()]
BATCH = 3
WEIGHTS = weights.load()


def configured(folder: Path) -> Config:
    """Every cluster becomes a case, so that officers have work."""
    queue = QueueConfig(risk_line=0.0, sample_share=0.0, score_every=0.5)
    return Config(folder / "piyao.toml", folder, queue=queue)


def clock(folder: Path, lease: Lease | None = None) -> Desk:
    return Desk(configured(folder), lease or Lease(), model=WEIGHTS)


def staffed(folder: Path) -> Store:
    """The store of ``folder`` with its source and five people, made where absent."""
    db = store.open(configured(folder).store)
    sources.sync(db, [Source("town", "feed", "http://127.0.0.1:1/feed", 60, allow_private=True)])
    fields = [topic for topic in Topic if topic.hazard]
    for name, role in (
        ("verifier", Role.VERIFIER),
        ("second", Role.VERIFIER),
        ("publisher", Role.PUBLISHER),
        ("other", Role.PUBLISHER),
        ("monitor", Role.MONITOR),
    ):
        if officers.by_username(db, name) is None:
            officers.add(db, name, role, fields=fields if role is Role.VERIFIER else ())
    return db


def staff(db: Store) -> tuple[Officer, Officer, Officer]:
    """Verifier, second verifier, publisher."""
    found = officers.all(db)
    first, second = [officer for officer in found if officer.role is Role.VERIFIER][:2]
    return first, second, next(officer for officer in found if officer.role is Role.PUBLISHER)


# ---- intake: the crawler's pipeline, without the two seconds that Scrapy takes to start ----------


def collect(db: Store, ledger: Ledger, batches: int, pause: float = 0.0, size: int = BATCH) -> bool:
    """The next batch of the source, from where the cursor stands; False where all are read.

    A source has one crawler, as its lock sees to: the cursor can be read before.
    """
    at = int(sources.get(db, "town").etag or 0)
    if at >= batches:
        return False
    found = [
        Post("town", f"{at}-{n}", TEXTS[(at * size + n) % len(TEXTS)], author=f"a{at % 7}")
        for n in range(size)
    ]
    store_harvest(db, "town", Harvest(tuple(found), cursor=Cursor(str(at + 1))))
    for post in found:
        kept = admission.clean(post.text, author=post.author)
        ledger.note("post", source="town", native_id=post.native_id, text=kept)
    time.sleep(pause)
    return True


def intake(folder: str, batches: int, pause: float = 0.05) -> None:
    with store.using(configured(Path(folder)).store) as db:
        ledger = Ledger(Path(folder) / "intake.ledger")
        while collect(db, ledger, batches, pause):
            pass


# ---- the machine: the jobs of the clock ---------------------------------------------------------


def night(folder: str) -> None:
    """One renewal: the edition that waits is tried and used, and a new one is made."""
    with store.using(configured(Path(folder)).store) as db:
        model_night.renew(db, WEIGHTS, 0.05)


def turn(desk: Desk, db: Store) -> None:
    for job in (rank.score, open_cases.open_cases, recognise.recognise, publish.draft):
        job(desk, db)


def machine(folder: str) -> None:
    desk = clock(Path(folder))
    with store.using(desk.config.store) as db:
        while True:
            turn(desk, db)
            time.sleep(0.03)


def filing(folder: str, wordings: int) -> None:
    """Score and cluster all that waits, in small batches and a small window."""
    intake_of_posts.BATCH = 8
    window = WindowConfig(wordings=wordings)
    with store.using(Path(folder) / "piyao.db") as db:
        while intake_of_posts.score_new(db, WEIGHTS, QueueConfig(), window):
            pass


# ---- officers -----------------------------------------------------------------------------------


def shift(folder: str, db_path: str = "", pause: float = 0.02) -> None:
    """Every case one step further, again and again."""
    ledger = Ledger(Path(folder) / "shift.ledger")
    with store.using(db_path or configured(Path(folder)).store) as db:
        while True:
            round_of(db, ledger)
            time.sleep(pause)


def round_of(db: Store, ledger: Ledger, every: int = 4) -> int:
    """One step in each case that waits for a person; how many steps.

    Of the published notices the one of each ``every``-th case is retracted.
    """
    first, second, publisher = staff(db)
    done = 0
    for row in db.rows("SELECT id FROM cases ORDER BY id"):
        case = cases.get(db, row["id"])
        if any(made.state is NoticeState.RETRACTED for made in papers.of_case(db, case.id)):
            continue  # once is enough: it would be verified, published and taken back for ever
        try:
            if case.state is CaseState.PUBLISHED:
                done += case.id % every == 0 and take_back(db, ledger, case, publisher)
            else:
                done += step(db, ledger, case, first, second, publisher)
        except PiyaoError:  # somebody else was faster, or the machine has no draft yet
            continue
    return done


def take_back(db: Store, ledger: Ledger, case: Case, by: Officer) -> bool:
    notice = _notice(db, case, NoticeState.PUBLISHED)
    if notice is None:
        return False
    retractions.retract(db, notice.id, reason="第二条写错了地点", by=by)
    _ack(ledger, notice, "retract", by)
    return True


def step(
    db: Store, ledger: Ledger, case: Case, first: Officer, second: Officer, publisher: Officer
) -> bool:
    """The next step of one case, by whoever may take it; False where none is due."""
    match case.state:
        case CaseState.WAITING:
            taken = cases.claim(db, case.id, by=first)
            ledger.note("case", id=taken.id, number=taken.number)
        case CaseState.VERIFYING:
            prove(db, ledger, case, first)
        case CaseState.DECIDED:
            notice = _notice(db, case, NoticeState.DRAFT)
            if notice is None:
                return False
            reviews.submit(db, notice.id, notice.hash, by=first)
            _ack(ledger, notice, "submit", first)
        case CaseState.IN_REVIEW:
            notice = _notice(db, case, NoticeState.IN_REVIEW)
            if notice is None:
                return False
            if case.hazard and not reviews.reviewed(db, notice):
                reviews.review(db, notice.id, notice.hash, by=second)
                _ack(ledger, notice, "review", second)
            else:
                reviews.approve(db, notice.id, notice.hash, by=publisher)
                _ack(ledger, notice, "approve", publisher)
        case _:
            return False
    return True


def _notice(db: Store, case: Case, state: NoticeState) -> Notice | None:
    found = (notice for notice in papers.of_case(db, case.id) if notice.outcome is not None)
    return next((notice for notice in found if notice.state is state), None)


def _ack(ledger: Ledger, notice: Notice, step: str, by: Officer) -> None:
    about = {"notice": notice.id, "revision": notice.revision, "hash": notice.hash}
    ledger.note("step", **about, step=step, by=by.id)


def prove(db: Store, ledger: Ledger, case: Case, by: Officer) -> None:
    """Evidence twice, the lead where one is due, then the verdict."""
    items = evidence.of_case(db, case.id)
    if case.hazard and case.lead_sent_at is None:
        cases.send_lead(db, case.id, to="市疾控中心", by=by)
    elif case.hazard and not case.sample_status:
        cases.set_sample_status(db, case.id, status="不涉及实物", by=by)
    elif len(items) < 2:
        other = next(who for who in officers.all(db) if who.role is Role.MONITOR)  # two finders
        item = evidence.add(
            db,
            case.id,
            title=f"书面答复之{len(items) + 1}",
            finding=f"现场查看，没有帖子里说的情况（{len(items) + 1}）",
            refutes=case.claim[:6],
            primary=True,
            independent=True,
            original=f"case {case.id}, item {len(items)}".encode(),
            by=other if items else by,
        )
        ledger.note("evidence", id=item.id, case=case.id, sha256=item.sha256)
    else:
        verdict = verdicts.decide(
            db,
            case.id,
            case.version,
            literal=Literal.WRONG,
            hazard=Hazard.EXCLUDED,
            outcome=Outcome.FALSE,
            ground="两项证据都不支持",
            by=by,
        )
        about = {"outcome": verdict.outcome.value, "by": by.id}
        ledger.note("verdict", id=verdict.id, case=case.id, **about)


# ---- the publisher ------------------------------------------------------------------------------


def send(db: Store, ledger: Ledger, press: Press, config: Config, holder: str) -> int:
    done = notices.sending.deliver(db, {"site": press}, config, holder)
    for result in done:
        if result.state is Delivery.SENT:
            ledger.note("sent", id=result.publication)
    return len(done)


def publisher(folder: str, address: str) -> None:
    """One after another, as the lease sees to: at start, what a dead one left is unknown."""
    config, holder = configured(Path(folder)), f"press-{os.getpid()}"
    ledger = Ledger(Path(folder) / "publisher.ledger")
    with store.using(config.store) as db:
        outbox.recover(db, alive=holder)
        while True:
            send(db, ledger, Press(address), config, holder)
            time.sleep(0.02)


def careless_publisher(folder: str, address: str) -> None:
    """The guard taken out: it sends first and commits *in flight* afterwards."""
    config = configured(Path(folder))
    with store.using(config.store) as db:
        for publication in outbox.in_state(db, Delivery.QUEUED):
            notice = papers.get(db, publication.notice_id)
            page = notices.sending._page(db, publication, notice, config.office)
            Press(address).publish(page)
            taken = outbox.take(db, "careless")
            if taken is not None:
                outbox.settle(db, taken.id, taken.fence, Delivery.SENT)


def careless_intake(folder: str, batches: int) -> None:
    """The guard taken out: the cursor is remembered in a transaction before that of the posts."""
    with store.using(configured(Path(folder)).store) as db:
        for at in range(int(sources.get(db, "town").etag or 0), batches):
            sources.remember(db, "town", str(at + 1), "")
            found = [Post("town", f"{at}-{n}", TEXTS[at * BATCH + n]) for n in range(BATCH)]
            posts.add_many(db, found)


def hasty_shift(folder: str) -> None:
    """The guard taken out: the officer is told "done" before the commit."""
    ledger = Ledger(Path(folder) / "shift.ledger")
    with store.using(configured(Path(folder)).store) as db, db.atomic():
        post = Post("town", "hasty", "停水三天")
        posts.add(db, post)
        ledger.note("post", source="town", native_id=post.native_id)


# ---- a scheduler, as ``piyao schedule`` runs it -------------------------------------------------

LEASE_SECONDS, HEARTBEAT = 3.0, 0.25


class Noted(Lease):
    """A lease that notes in a file how each asking for it ended."""

    notes: Path

    def take(self, db: Store) -> bool:
        taken = super().take(db)
        with self.notes.open("a") as file:
            file.write(f"{self.fence if taken else 'another has it'}\n")
        return taken


class NoLease(Lease):
    """The guard taken out: everybody has it."""

    def take(self, db: Store) -> bool:
        return True

    def renew(self, db: Store) -> bool:
        return True

    def holds(self, db: Store) -> bool:
        return True


def clockwork(
    folder: str, address: str, name: str, *, os_lock: bool = True, lease: bool = True
) -> None:
    """``scheduler.run`` with a short lease, onto the press of the test.

    Without ``os_lock`` nothing but the lease keeps two apart, without ``lease`` nothing but the
    store itself. While a file ``back`` lies in the folder, the clock stands an hour back. What it
    logs is in NAME.log, how it got its lease in NAME.asked, and NAME.started says that it works.
    """
    place = Path(folder)
    logging.basicConfig(filename=place / f"{name}.log", level=logging.INFO, force=True)
    _set_clocks(place / "back")
    if not os_lock:
        scheduler.alone = lambda *_: contextlib.nullcontext(True)  # type: ignore[assignment]
    notices.channels.opened = lambda config: {"site": Press(address)}  # type: ignore[dict-item]
    kind = Noted if lease else NoLease
    mine = kind(name, seconds=LEASE_SECONDS, heartbeat=HEARTBEAT)
    mine.notes = place / f"{name}.asked"  # type: ignore[attr-defined]
    scheduler.run(clock(place, mine), lambda: (place / f"{name}.started").touch())


def _set_clocks(back: Path) -> None:
    """APScheduler's clock and ours, set back while the file is there; the steady one goes on."""

    class Turned(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) - timedelta(hours=1 if back.exists() else 0)

    for module in (apscheduler.schedulers.base, apscheduler.triggers.interval, scheduler):
        module.datetime = Turned  # type: ignore[attr-defined]
    store.clock = lambda: Turned.now(UTC)


# ---- a whole case, in one process ---------------------------------------------------------------


def life(folder: str, address: str) -> None:
    """From an empty folder to a correction on the channel; takes up where a killed one stopped."""
    place = Path(folder)
    db = staffed(place)
    ledger = Ledger(place / "life.ledger")
    desk = clock(place, Lease(f"life-{os.getpid()}"))
    press = Press(address)
    collect(db, ledger, 1, size=1)
    outbox.recover(db, alive=desk.lease.holder)
    for _ in range(40):
        turn(desk, db)
        moved = round_of(db, ledger, every=1)
        moved += send(db, ledger, press, desk.config, desk.lease.holder)
        if not moved:
            break
    db.close()


def warm() -> None:
    """A case up to its approval: what a first use loads is loaded before anything is forked."""
    with tempfile.TemporaryDirectory(prefix="piyao-warm-", dir=quick()) as name:
        folder = Path(name)
        db = staffed(folder)
        ledger, desk = Ledger(folder / "warm.ledger"), clock(folder)
        collect(db, ledger, 1, size=1)
        for _ in range(8):
            turn(desk, db)
            round_of(db, ledger)
        for publication in outbox.in_state(db, Delivery.QUEUED):
            notice = papers.get(db, publication.notice_id)
            notices.sending._page(db, publication, notice, desk.config.office)
        db.close()


def quick() -> str | None:
    """A folder in memory where there is one: a kill takes no more from it than from a disk."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def approved(folder: Path, cases_wanted: int = 1) -> None:
    """A store with so many cases, each up to its approval; nothing of it is sent."""
    ledger, desk = Ledger(folder / "office.ledger"), clock(folder)
    db = staffed(folder)
    collect(db, ledger, 1, size=cases_wanted)
    while True:
        turn(desk, db)
        if not round_of(db, ledger):
            break
    db.close()


# ---- afterwards ---------------------------------------------------------------------------------


def person(db: Store, server: PressServer) -> int:
    """Somebody looks at the channel and says of each unknown sending how it ended; how many."""
    publisher = staff(db)[2]
    done = 0
    for row in outbox.in_state(db, Delivery.UNKNOWN):
        out = server.has(row.notice_id, row.kind)
        with contextlib.suppress(RuleBroken):  # its sender came back meanwhile, and knows better
            outbox.resolve(db, row.id, sent=out, note="看过渠道自己的列表", by=publisher)
        done += 1
    return done


def to_rest(
    db: Store,
    desk: Desk,
    server: PressServer,
    ledger: Ledger,
    more: Callable[[], int] = lambda: 0,
) -> None:
    """Everything up, nobody killed, until nothing moves any more."""
    press = Press(server.address)
    outbox.recover(db, alive=desk.lease.holder)
    for _ in range(200):
        turn(desk, db)
        moved = (
            more() + person(db, server) + send(db, ledger, press, desk.config, desk.lease.holder)
        )
        if not moved:
            return
    raise AssertionError("the desk does not come to rest")


def back_up(folder: str) -> None:
    """One backup of the desk in ``folder``, into ``backups`` in it."""
    config = configured(Path(folder))
    with store.using(config.store) as db:
        making.make(db, config, Path(folder) / "backups")


ROLES: dict[str, Callable[..., None]] = {
    "intake": intake,
    "machine": machine,
    "filing": filing,
    "shift": shift,
    "publisher": publisher,
    "life": life,
    "clockwork": clockwork,
    "careless_publisher": careless_publisher,
    "careless_intake": careless_intake,
    "hasty_shift": hasty_shift,
    "night": night,
    "back_up": back_up,
}
