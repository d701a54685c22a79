"""kill -9 of any process at any moment, 200 times: nothing lost, nothing sent twice.

50 at every place where one case's life meets the disk, 50 at random writes of it, 75 at random
moments of four processes that share a store, 25 at a whole desk as ``piyao up`` runs it. A kill
proves what a dying process leaves behind; it says nothing of power loss (docs/reliability.md).
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from models import store
from models.harm import Topic
from models.people import officers
from models.publishing import outbox
from models.publishing.records import Delivery
from models.roles import Role
from models.store import Store
from tests import running_desk
from tests.reliability import process_roles
from tests.reliability.checker import breaches
from tests.reliability.client_log import Ledger, read
from tests.reliability.forked_processes import ROOT, Nursery, can_trace
from tests.reliability.hostile_channel import ADDRESS, PressServer
from tests.waiting import HANG, until

pytestmark = pytest.mark.kill
WRITES, MOMENTS, WHOLE = 50, 75, 25


def promised(db: Store, size: int) -> list[dict[str, Any]]:
    """Posts of every batch the cursor has passed: the source will not show them again."""
    at = int(db.value("SELECT etag FROM sources WHERE name = 'town'") or 0)
    names = [f"{batch}-{n}" for batch in range(at) for n in range(size)]
    return [{"what": "post", "source": "town", "native_id": name} for name in names]


def _count_of(what: str, folder: Path) -> int:
    return sum(ack["what"] == what for ack in ledgers(folder))


def ledgers(folder: Path) -> list[dict[str, Any]]:
    return read(*folder.glob("*.ledger"))


# ---- at exact system calls ----------------------------------------------------------------------

needs_strace = pytest.mark.skipif(bool(can_trace()), reason=can_trace())


def a_life(
    nursery: Nursery, press: PressServer, folder: Path, call: str, count: int
) -> tuple[int, list[str]]:
    """One life killed at ``count``-th ``call``, lived on to its end, and checked at both places."""
    folder.mkdir()
    press.taken.clear()
    killed = nursery.killed_at(call, count, "life", folder=str(folder), address=press.address)
    found: list[str] = []
    if (folder / "piyao.db").exists() and killed and _migrated(folder):
        half = breaches(folder / "piyao.db", ledgers(folder), press.taken, settled=False)
        found += [f"after the kill at {call} {count}: {breach}" for breach in half]
    if nursery.run("life", folder=str(folder), address=press.address):
        return killed, [*found, f"no way on after the kill at {call} {count}"]
    with store.using(folder / "piyao.db") as db:
        acks = ledgers(folder) + promised(db, 1)
        rest = Ledger(folder / "rest.ledger")
        retract = partial(process_roles.round_of, db, rest, every=1)
        process_roles.to_rest(db, process_roles.clock(folder), press, rest, retract)
        kept = db.value("SELECT count(*) FROM notices WHERE state = 'retracted'")
    whole = breaches(folder / "piyao.db", acks + ledgers(folder), press.taken)
    found += [f"at the end, killed at {call} {count}: {breach}" for breach in whole]
    if kept != 1 or not {"publish", "retract"} >= {line["kind"] for line in press.taken}:
        found.append(f"killed at {call} {count}: the case did not come to its end")
    shutil.rmtree(folder)
    return killed, found


def _migrated(folder: Path) -> bool:
    db = store.Store(folder / "piyao.db")
    try:
        return bool(db.value("SELECT 1 FROM sqlite_master WHERE name = 'outbox'"))
    finally:
        db.close()


@needs_strace
def test_a_kill_wherever_one_case_meets_the_disk_loses_and_doubles_nothing(
    nursery: Nursery, press: PressServer, quick: Path
) -> None:
    found, kills = [], 0
    for call in ("fsync", "fdatasync", "unlink", "ftruncate"):
        count = 1
        while True:
            killed, wrong = a_life(nursery, press, quick / f"{call}-{count}", call, count)
            found += wrong
            if not killed:
                break
            kills += 1
            count += 1
    assert kills >= 45 and not found, f"{kills} kills\n" + "\n".join(found)


@needs_strace
def test_a_kill_at_any_write_of_a_case_loses_and_doubles_nothing(
    nursery: Nursery, press: PressServer, quick: Path, luck: random.Random
) -> None:
    whole = quick / "whole"
    whole.mkdir()
    total = nursery.calls("pwrite64", "life", folder=str(whole), address=press.address)
    found, kills = [], 0
    for count in luck.sample(range(1, int(total * 0.9)), WRITES):
        killed, wrong = a_life(nursery, press, quick / f"write-{count}", "pwrite64", count)
        kills += bool(killed)
        found += wrong
    assert kills >= WRITES * 0.9 and not found, f"{kills} kills\n" + "\n".join(found)


# ---- at random moments --------------------------------------------------------------------------


def test_four_processes_killed_at_random_moments_lose_and_double_nothing(
    nursery: Nursery, press: PressServer, quick: Path, luck: random.Random
) -> None:
    press.manner = lambda _: luck.choice(("plain", "plain", "slow"))
    press.late = 0.06
    process_roles.staffed(quick).close()
    arguments: dict[str, dict[str, Any]] = {
        "intake": {"batches": 200},
        "machine": {},
        "shift": {},
        "publisher": {"address": press.address},
    }
    alive = {role: nursery.start(role, folder=str(quick), **arguments[role]) for role in arguments}
    kills = 0

    def enough() -> bool:
        """The kills, and work that was done between them."""
        return kills >= MOMENTS and _count_of("verdict", quick) >= 5 and len(press.taken) >= 5

    def kill() -> bool:
        nonlocal kills
        # beyond the kills that are wanted, more and more time in between for the work
        time.sleep(luck.uniform(0.01, 0.2) * max(1.0, kills / MOMENTS) ** 4)
        role = luck.choice([*arguments, "publisher"])
        kills += nursery.kill(alive[role]) == -signal.SIGKILL
        alive[role] = nursery.start(role, folder=str(quick), **arguments[role])
        return enough()

    until(kill, "no work is done between the kills", every=0)
    for pid in alive.values():
        kills += nursery.kill(pid) == -signal.SIGKILL
    press.manner = lambda _: "plain"
    press.quiet()
    with store.using(quick / "piyao.db") as db:
        process_roles.to_rest(db, process_roles.clock(quick), press, Ledger(quick / "rest.ledger"))
        acks = ledgers(quick) + promised(db, process_roles.BATCH)
    found = breaches(quick / "piyao.db", acks, press.taken)
    counted = {what: sum(ack["what"] == what for ack in acks) for what in ("post", "verdict")}
    print(f"{kills} kills, {counted}, {len(press.taken)} sends")
    assert not found, "\n".join(map(str, found))
    assert kills >= MOMENTS and counted["verdict"] >= 5 and len(press.taken) >= 5


# ---- a whole desk -------------------------------------------------------------------------------


class Street:
    """A forum and a desk, as processes of their own, that a killer walks through."""

    def __init__(self, folder: Path, press: PressServer) -> None:
        self.folder = folder
        self.forum_port, port = running_desk.free_port(), running_desk.free_port()
        self.address = f"http://127.0.0.1:{port}"
        self.feed = f"http://127.0.0.1:{self.forum_port}/feed.xml?n=400"
        made = running_desk.configure(folder, self.feed, port, every=1, risk_line=0.3)
        self.path, self.store = made.path, made.store
        self.environment = os.environ | {
            "PYTHONPATH": f"{as_installed(folder / 'installed')}{os.pathsep}{ROOT}",
            ADDRESS: press.address,
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.log = (folder / "street.log").open("ab")
        self.given_up = 0

    def start(self, name: str) -> None:
        argv = {
            "forum": ["crawler.sample", "--port", str(self.forum_port), "--pace", "20"],
            "up": ["piyao", "up", "--config", str(self.path)],
        }[name]
        self.running[name] = subprocess.Popen(
            [sys.executable, "-m", *argv],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            cwd=self.folder,  # in the checkout its own metadata would be found first
            env=self.environment,
        )

    def keep(self) -> None:
        """Start again what is dead, as an init system does."""
        for name in ("forum", "up"):
            if self.running[name].poll() is not None:
                self.given_up += 1
                self.start(name)

    def kill(self, name: str, patience: float) -> bool:
        limit = time.monotonic() + patience  # not every one is there all the time: then another
        while not (pids := self.pids(name)):
            if time.monotonic() > limit:
                return False
            time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pids[0], signal.SIGKILL)
            if name in self.running:
                self.running[name].wait(HANG)
                self.start(name)
            return True
        return False

    def pids(self, name: str) -> list[int]:
        """Processes of this street only: each names our folder or our port in its command."""
        if name in self.running:
            return [self.running[name].pid] if self.running[name].poll() is None else []
        wanted = ["crawler.fork_server"] if name == "crawler" else ["piyao", name]
        found = [
            pid
            for pid, words in _commands()
            if words[1 : 2 + len(wanted)] == ["-m", *wanted]
            and any(str(self.folder) in word for word in words)
        ]
        return sorted(found)[1:] + sorted(found)[:1]  # visits, then their server

    def visiting(self) -> bool:
        """Whether a source is being visited: a child of the fork server lives."""
        return len(self.pids("crawler")) > 1

    def stop(self) -> int:
        """Ctrl-C to the desk; its exit code."""
        self.running["up"].send_signal(signal.SIGINT)
        try:
            return self.running["up"].wait(HANG)
        finally:
            for process in self.running.values():
                process.kill()
                process.wait()
            for name in ("desk", "schedule", "crawler"):
                for pid in self.pids(name):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            self.log.close()


def _commands() -> Iterator[tuple[int, list[str]]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                yield int(entry.name), (entry / "cmdline").read_text("utf-8", "replace").split("\0")


def as_installed(folder: Path) -> Path:
    """Piyao as an installation whose channel ``site`` is the one of this test: by entry point."""
    about = folder / "piyao-0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: piyao\nVersion: 0\n")
    (about / "entry_points.txt").write_text(
        "[piyao.sources]\nfeed = crawler.spiders.feed:FeedSpider\n"
        "[piyao.channels]\nsite = tests.reliability.hostile_channel:PressOfThisTest\n"
    )
    return folder


def _posts_of(feed: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(feed, timeout=HANG) as answer:
        found = ElementTree.fromstring(answer.read()).iter("item")
        return [{"what": "post", "source": "forum", "native_id": i.findtext("guid")} for i in found]


def test_a_whole_desk_killed_25_times_loses_and_doubles_nothing(
    nursery: Nursery, press: PressServer, tmp_path: Path, luck: random.Random
) -> None:
    press.manner = lambda _: luck.choice(("plain", "slow"))
    press.late = 0.3
    street = Street(tmp_path, press)
    with store.using(street.store) as db:
        fields = [topic for topic in Topic if topic.hazard]
        officers.add(db, "first", Role.VERIFIER, fields=fields)
        officers.add(db, "second", Role.VERIFIER, fields=fields)
        officers.add(db, "publisher", Role.PUBLISHER)
        officers.add(db, "monitor", Role.MONITOR)  # the other finder of a hazard
    seen, shift = Ledger(tmp_path / "seen.ledger"), {"folder": str(tmp_path)}
    shift["db_path"] = str(street.store)
    street.start("forum")
    street.start("up")
    officer = nursery.start("shift", **shift)
    try:
        until(lambda: _count(street.store), "nothing is collected")
        victims = ["schedule"] * 5 + ["desk"] * 4 + ["up"] * 4 + ["crawler"] * 5
        victims += ["forum"] * 3 + ["shift"] * 4
        luck.shuffle(victims)
        kills = 0

        def walk() -> bool:
            nonlocal kills, officer
            time.sleep(luck.uniform(0.05, 1.0))
            _look(street.store, seen)
            name = victims[kills]
            if name == "shift":
                assert nursery.kill(officer) == -signal.SIGKILL, "the officer ended by itself"
                kills += 1
                officer = nursery.start("shift", **shift)
            else:
                kills += any(street.kill(one, 1.5) for one in (name, "schedule", "desk", "up"))
            street.keep()
            return kills == WHOLE

        until(walk, "the killer does not find its victims", every=0)
        press.manner = lambda _: "plain"
        expected = _settle(street, nursery, officer, press)
        assert street.stop() == 0
    finally:
        nursery.kill(officer)
        with contextlib.suppress(Exception):
            street.stop()
    acks = ledgers(tmp_path) + expected
    found = breaches(street.store, acks, press.taken)
    print(f"{kills} kills, {len(acks)} acks, {len(press.taken)} sends, gave up {street.given_up}")
    assert not found, "\n".join(map(str, found))
    assert press.taken and any(ack["what"] == "verdict" for ack in acks)


def _count(path: Path) -> int:
    with store.using(path) as db:
        return int(db.value("SELECT count(*) FROM cases"))


def _look(path: Path, seen: Ledger) -> None:
    """What a reader saw once is acknowledged: it may never be gone again."""
    with store.using(path) as db:
        for row in db.rows("SELECT source, native_id FROM posts ORDER BY id DESC LIMIT 40"):
            seen.note("post", **row)
        for row in db.rows("SELECT id, number FROM cases ORDER BY id DESC LIMIT 20"):
            seen.note("case", **row)


def _settle(
    street: Street, nursery: Nursery, officer: int, press: PressServer
) -> list[dict[str, Any]]:
    """All up, nobody killed; people go home, the machine finishes. The posts the forum shows."""
    until(lambda: running_desk.answers(street.address + "/login/"), "no pages")
    until(lambda: running_desk.answers(street.feed), "no forum")  # it may just be coming up
    expected = _posts_of(street.feed)

    def collected() -> bool:
        street.keep()
        with store.using(street.store) as db:
            have = {row["native_id"] for row in db.rows("SELECT native_id FROM posts")}
        return all(post["native_id"] in have for post in expected)

    until(collected, "the desk does not catch up with the forum")

    def published() -> bool:
        street.keep()  # the desk may give up just now: what starts it again must still be there
        assert nursery.ended(officer) is None, "the officer ended by itself"
        return bool(press.taken)

    until(published, "nothing was ever published")
    nursery.kill(officer)
    street.running["forum"].kill()

    def quiet() -> bool:
        if street.running["up"].poll() is not None:
            street.start("up")
        with store.using(street.store) as db:
            process_roles.person(db, press)
            waiting = db.value("SELECT count(*) FROM posts WHERE scored_at IS NULL")
            moving = outbox.in_state(db, Delivery.QUEUED, Delivery.IN_FLIGHT, Delivery.UNKNOWN)
            return not waiting and not moving and not street.visiting()

    until(quiet, "the desk does not come to rest")
    return expected


# ---- the guards, taken out: the checker must see it ---------------------------------------------


def killed_while_the_channel_takes(
    role: str, nursery: Nursery, press: PressServer, folder: Path
) -> None:
    """Of one approved notice: taken by the channel, and its sender dead before it heard so."""
    process_roles.approved(folder)
    press.manner = lambda _: "hold"
    pid = nursery.start(role, folder=str(folder), address=press.address)
    until(lambda: press.taken, "nothing is sent")
    nursery.kill(pid)
    press.manner = lambda _: "plain"


def test_a_publisher_that_notes_after_sending_is_seen_to_send_twice(
    nursery: Nursery, press: PressServer, quick: Path
) -> None:
    killed_while_the_channel_takes("careless_publisher", nursery, press, quick)
    assert nursery.run("careless_publisher", folder=str(quick), address=press.address) == 0
    found = breaches(quick / "piyao.db", ledgers(quick), press.taken, settled=False)
    assert [breach.invariant for breach in found] == ["I2"]


def test_the_same_kill_with_the_guard_in_sends_once_and_asks_a_person(
    nursery: Nursery, press: PressServer, quick: Path
) -> None:
    killed_while_the_channel_takes("publisher", nursery, press, quick)
    with store.using(quick / "piyao.db") as db:
        process_roles.to_rest(db, process_roles.clock(quick), press, Ledger(quick / "rest.ledger"))
    assert len(press.taken) == 1
    assert breaches(quick / "piyao.db", ledgers(quick), press.taken) == []


@needs_strace
def test_a_cursor_kept_apart_from_its_posts_is_seen_to_lose_them(
    nursery: Nursery, quick: Path
) -> None:
    lost = []
    for count in range(1, 9):
        folder = quick / str(count)
        process_roles.staffed(folder).close()
        nursery.killed_at("fsync", count, "careless_intake", folder=str(folder), batches=3)
        with store.using(folder / "piyao.db") as db:
            acks = promised(db, process_roles.BATCH)
        lost += breaches(folder / "piyao.db", acks, settled=False)
    assert {breach.invariant for breach in lost} == {"I1"}


@needs_strace
def test_a_word_given_before_the_commit_is_seen_to_be_broken(nursery: Nursery, quick: Path) -> None:
    broken = []
    for count in range(1, 6):
        folder = quick / str(count)
        process_roles.staffed(folder).close()
        nursery.killed_at("fsync", count, "hasty_shift", folder=str(folder))
        broken += breaches(folder / "piyao.db", ledgers(folder), settled=False)
    assert {breach.invariant for breach in broken} == {"I1"}
