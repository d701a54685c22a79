"""Two schedulers, then five, at once: every effect once, whoever is stopped, late or set back."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models import store
from models.harm import Topic
from models.intake.records import Post
from models.people import officers
from models.publishing import outbox
from models.publishing.records import Delivery
from models.roles import Role
from models.store import Store
from models.upkeep.lease import Lease
from tests import running_desk
from tests.http_server import Answer, Server
from tests.reliability import process_roles
from tests.reliability.checker import breaches
from tests.reliability.client_log import Ledger, read
from tests.reliability.forked_processes import ROOT, Nursery
from tests.reliability.hostile_channel import ADDRESS, PressServer
from tests.reliability.test_kill import as_installed
from tests.waiting import HANG, until

pytestmark = pytest.mark.kill
CLAIMS = (
    "城北水厂明天起停水三天，赶紧接水，内部消息",
    "实验小学午餐里吃出老鼠头，校方在压消息",
    "东渡桥下游河堤渗水，住低处的今晚快搬走",
    "临江农信社明天取不出钱了，赶紧排队去",
)


@contextlib.contextmanager
def clockworks(
    nursery: Nursery, folder: Path, press: PressServer, names: list[str], **how: Any
) -> Iterator[dict[str, int]]:
    """Schedulers of these names, all at once; killed at the end."""
    about = {"folder": str(folder), "address": press.address, **how}
    pids = {name: nursery.start("clockwork", name=name, **about) for name in names}
    try:
        yield pids
    finally:
        for pid in pids.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
            nursery.kill(pid)


def waits(folder: Path, check: Any, why: str) -> None:
    """Until ``check(db)`` is true of the store."""
    with store.using(folder / "piyao.db") as db:
        until(lambda: check(db), why)


def starts(folder: Path, name: str) -> None:
    until((folder / f"{name}.started").exists, f"{name} does not start")


def ran_out(db: Store) -> bool:
    """Whether the lease stands there, and its end has come."""
    return str(db.value("SELECT expires_at FROM leases")) <= str(store.stamp(store.now()))


def moving(db: Store) -> bool:
    return bool(outbox.in_state(db, Delivery.QUEUED, Delivery.IN_FLIGHT))


def once(folder: Path, press: PressServer, *, settled: bool = True) -> None:
    """Nothing has happened twice: by the checker, and by what it cannot know."""
    with store.using(folder / "piyao.db") as db:
        found = breaches(db.path, read(*folder.glob("*.ledger")), press.taken, settled=settled)
        twice = db.rows(
            "SELECT case_id, verdict_id, count(*) AS n FROM notices WHERE verdict_id IS NOT NULL"
            " GROUP BY case_id, verdict_id HAVING n > 1"
        )
        numbers = db.value("SELECT sum(last) FROM case_numbers")
        assert numbers == db.value("SELECT count(*) FROM cases")
    assert not found and not twice, "\n".join(map(str, [*found, *twice]))


# ---- at once ------------------------------------------------------------------------------------


def test_two_commands_at_once_do_everything_once(press: PressServer, tmp_path: Path) -> None:
    """``piyao schedule`` twice, on a real feed and a real channel."""
    with Server() as town:
        items = [(str(n), f"u{n}", CLAIMS[n % len(CLAIMS)]) for n in range(12)]
        town.answers["/feed"] = Answer(running_desk.rss(items), etag='"1"')
        made = running_desk.configure(
            tmp_path, f"{town.url}/feed", running_desk.free_port(), every=2, risk_line=0
        )
        with store.using(made.store) as db:
            fields = [topic for topic in Topic if topic.hazard]
            for name, role in (
                ("a", Role.VERIFIER), ("b", Role.VERIFIER), ("c", Role.PUBLISHER),
                ("d", Role.MONITOR),  # the other finder of a hazard
            ):  # fmt: skip
                officers.add(db, name, role, fields=fields if role is Role.VERIFIER else ())
        environment = os.environ | {
            "PYTHONPATH": f"{as_installed(tmp_path / 'installed')}{os.pathsep}{ROOT}",
            ADDRESS: press.address,
            "OPENBLAS_NUM_THREADS": "1",
        }
        argv = [sys.executable, "-m", "piyao", "schedule", "--config", str(made.path)]
        both = [subprocess.Popen(argv, cwd=tmp_path, env=environment) for _ in range(2)]
        ledger, begun = Ledger(tmp_path / "data/shift.ledger"), time.monotonic()
        try:
            with store.using(made.store) as db:

                def done() -> bool:
                    process_roles.round_of(db, ledger, every=2)
                    process_roles.person(
                        db, press
                    )  # where the channel was slow, *unknown* is right
                    return db.value("SELECT count(*) FROM cases") >= 3 and all_out(db)

                until(done, "the cases do not come to their end")
                until(lambda: town.hits["/feed"] >= 6, "the feed is not visited again")
                visits, seconds = town.hits["/feed"], time.monotonic() - begun
                assert all(process.poll() is None for process in both)
        finally:
            for process in both:
                process.terminate()
            for process in both:
                process.wait(HANG)
    assert seconds >= 2 * (visits - 2)  # one crawler's pace, however slow the machine
    once(made.store.parent, press)


def test_five_at_once_do_everything_once(nursery: Nursery, press: PressServer, quick: Path) -> None:
    process_roles.approved(quick, 4)
    names = ["a", "b", "c", "d", "e"]
    with clockworks(nursery, quick, press, names):
        waits(quick, lambda db: not moving(db), "nothing is sent")
        _more_posts(quick)
        waits(quick, _scored, "nothing is scored")
        assert sum((quick / f"{name}.started").exists() for name in names) == 1
    assert len(press.taken) == 4 and {line["pid"] for line in press.taken} == {
        press.taken[0]["pid"]
    }
    once(quick, press)


def test_five_with_neither_lock_nor_lease_are_kept_apart_by_the_store_alone(
    nursery: Nursery, press: PressServer, quick: Path
) -> None:
    """Correctness never rests on the scheduler: rows are unique, and taken by one."""
    process_roles.approved(quick, 6)
    press.manner = lambda _: "hold"  # until more than one is at it
    names = ["a", "b", "c", "d", "e"]
    with clockworks(nursery, quick, press, names, os_lock=False, lease=False):
        for name in names:
            starts(quick, name)
        until(lambda: len({line["pid"] for line in press.taken}) > 1, "only one sends")
        press.manner, press.late = (lambda _: "slow"), 0.1
        press.held.set()
        ledger = Ledger(quick / "shift.ledger")
        _more_posts(quick)
        waits(quick, _scored, "nothing is scored")

        def done(db: Store) -> bool:
            unknown, steps = process_roles.person(db, press), process_roles.round_of(db, ledger)
            return not unknown and not steps and all_out(db)

        waits(quick, done, "the cases do not come to their end")
        waits(quick, lambda db: process_roles.person(db, press) + moving(db) == 0, "no rest")
    once(quick, press)


def _more_posts(folder: Path) -> None:
    with store.using(folder / "piyao.db") as db:
        made = [Post("town", f"more-{n}", CLAIMS[n % len(CLAIMS)] * (n % 2 + 1)) for n in range(40)]
        process_roles.posts.add_many(db, made)


def _scored(db: Store) -> bool:
    return not db.value(
        "SELECT (SELECT count(*) FROM posts WHERE scored_at IS NULL)"
        " + (SELECT count(*) FROM clusters WHERE stale = 1)"
    )


def all_out(db: Store) -> bool:
    """Every case is published, or was and has been taken back."""
    return not moving(db) and not db.value(
        "SELECT count(*) FROM cases c WHERE state <> 'published' AND NOT EXISTS (SELECT 1 FROM"
        " notices n WHERE n.case_id = c.id AND n.state = 'retracted')"
    )


# ---- the lease ----------------------------------------------------------------------------------


def test_of_two_then_five_that_ask_200_times_one_gets_it_each_time(quick: Path) -> None:
    store.open(quick / "piyao.db").close()
    rounds = [2] * 100 + [5] * 100
    gate, won = threading.Barrier(5), [[] for _ in rounds]  # type: list[list[int]]

    def ask(name: int) -> None:
        with store.using(quick / "piyao.db") as db:
            for number, how_many in enumerate(rounds):
                mine = Lease(f"{name} in {number}")
                gate.wait()
                if name < how_many:
                    won[number].append(mine.fence if mine.take(db) else 0)
                gate.wait()
                mine.release(db)

    threads = [threading.Thread(target=ask, args=[name]) for name in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [sorted(fences) for fences in won] == [
        [0] * (how_many - 1) + [number] for number, how_many in enumerate(rounds, start=1)
    ]


# ---- stopped and woken --------------------------------------------------------------------------


def test_a_holder_stopped_in_the_middle_of_sending_comes_back_to_a_closed_door(
    nursery: Nursery, press: PressServer, quick: Path
) -> None:
    """SIGSTOP past the lease's end, another takes over, SIGCONT: nothing is sent again."""
    process_roles.approved(quick, 3)
    press.manner, press.blind = (lambda _: "hold"), True
    asked = quick / "first.asked"
    with clockworks(nursery, quick, press, ["first"], os_lock=False) as one:
        until(lambda: press.taken, "nothing is sent")
        nursery.stop(one["first"], quick / "piyao.db")
        press.manner = lambda _: "plain"
        with clockworks(nursery, quick, press, ["second"], os_lock=False):
            waits(quick, lambda db: len(press.taken) == 3, "the second does not take over")
            with store.using(quick / "piyao.db") as db:
                (lost,) = outbox.in_state(db, Delivery.UNKNOWN)
                assert db.row("SELECT holder, fence FROM leases") == {
                    "holder": "second",
                    "fence": 2,
                }
                before = len(asked.read_text().splitlines())
                press.held.set()
                os.kill(one["first"], signal.SIGCONT)
                # it asks anew once all its jobs have ended, so that its word has come, too late
                until(lambda: len(asked.read_text().splitlines()) > before, "it goes on")
                assert outbox.get(db, lost.id).state is Delivery.UNKNOWN
                assert db.value("SELECT fence FROM leases") >= 2
                process_roles.person(db, press)
    assert "standing back" in (quick / "first.log").read_text()
    assert len(press.taken) == 3
    once(quick, press)


def test_a_holder_that_comes_back_to_a_free_lease_publishes_again(
    nursery: Nursery, press: PressServer, quick: Path
) -> None:
    """Its fence is a new one then: with the old one it would never send anything any more."""
    process_roles.approved(quick, 2)
    with clockworks(nursery, quick, press, ["first"], os_lock=False) as one:
        waits(quick, lambda db: not moving(db), "nothing is sent")
        nursery.stop(one["first"], quick / "piyao.db")
        with clockworks(nursery, quick, press, ["second"], os_lock=False):
            waits(quick, lambda db: db.value("SELECT fence FROM leases") == 2, "no takeover")
        waits(quick, ran_out, "the lease of the dead one does not end")
        os.kill(one["first"], signal.SIGCONT)
        publishes_another(quick, press)
    once(quick, press)


def publishes_another(folder: Path, press: PressServer) -> None:
    """Somebody reports something, the desk approves the notice, and whoever is at work sends it."""
    before = len(press.taken)
    ledger, desk = Ledger(folder / "office.ledger"), process_roles.clock(folder)
    with store.using(folder / "piyao.db") as db:
        process_roles.posts.add(db, Post("town", "later", "快递里寄来的口罩有迷药，闻一下就倒"))

        def sent() -> bool:
            process_roles.turn(desk, db)
            process_roles.round_of(db, ledger)
            return len(press.taken) > before and not moving(db)  # and the desk has noted it

        until(sent, "nothing is sent any more")
    assert len(press.taken) == before + 1


def test_behind_a_stopped_holder_the_second_waits_and_behind_a_dead_one_it_works(
    nursery: Nursery, press: PressServer, quick: Path
) -> None:
    process_roles.approved(quick, 1)
    with clockworks(nursery, quick, press, ["first"]) as one:
        # at rest: of one stopped in the middle of sending, *unknown* would be the right outcome
        waits(quick, lambda db: press.taken and not moving(db), "nothing is sent")
        with clockworks(nursery, quick, press, ["second"]):
            nursery.stop(one["first"], quick / "piyao.db")
            log = quick / "second.log"
            until(lambda: log.exists() and "waiting" in log.read_text(), "it does not wait")
            waits(quick, ran_out, "the lease does not end")
            assert not (quick / "second.started").exists()  # the OS lock: nobody can tell it apart
            nursery.kill(one["first"])
            starts(quick, "second")
            publishes_another(quick, press)
    once(quick, press, settled=False)


# ---- the clock set back -------------------------------------------------------------------------


def test_a_clock_set_back_an_hour_stops_nothing(
    nursery: Nursery, press: PressServer, quick: Path
) -> None:
    process_roles.approved(quick, 1)
    with clockworks(nursery, quick, press, ["one"]):
        waits(quick, lambda db: press.taken and not moving(db), "nothing is sent")
        (quick / "back").touch()
        started = _starts(quick)
        waits(quick, lambda db: _starts(quick) != started, "no job goes on after the step")
        _more_posts(quick)
        waits(quick, _scored, "nothing is scored after the step")
        (quick / "back").unlink()
        again = _starts(quick)
        waits(quick, lambda db: _starts(quick) > again, "no job goes on after the way back")


def _starts(folder: Path) -> str:
    with store.using(folder / "piyao.db") as db:
        return str(db.value("SELECT started_at FROM jobs WHERE name = 'publish'"))


def test_a_clock_set_back_while_the_holder_dies_does_not_shut_out_the_next(
    nursery: Nursery, press: PressServer, quick: Path
) -> None:
    """The dead one's lease ends an hour from now; whoever outwaits it by a steady clock may work."""
    process_roles.approved(quick, 1)
    with clockworks(nursery, quick, press, ["first"]):
        starts(quick, "first")
    (quick / "back").touch()
    with clockworks(nursery, quick, press, ["second"]):
        starts(quick, "second")


# ---- the guard, taken out -----------------------------------------------------------------------


def test_publishers_that_do_not_take_before_sending_are_seen_to_send_twice(
    nursery: Nursery, press: PressServer, quick: Path, luck: random.Random
) -> None:
    process_roles.approved(quick, 1)
    press.manner = lambda _: "hold"
    about = {"folder": str(quick), "address": press.address}
    pids = [nursery.start("careless_publisher", **about) for _ in range(2)]
    until(lambda: len(press.taken) == 2, "they do not meet")
    press.held.set()
    for pid in pids:
        nursery.wait(pid)
    found = breaches(quick / "piyao.db", (), press.taken, settled=False)
    assert [breach.invariant for breach in found] == ["I2"]
