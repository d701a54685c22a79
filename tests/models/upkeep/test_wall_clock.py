"""A wall clock that jumps: refused aloud, nothing forgotten by it, believed again when it agrees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from jobs import rank, upkeep
from jobs.shared import Desk
from models import audit, store, wall
from models.config import Config
from models.errors import PiyaoError
from models.intake import posts
from models.intake.records import Post
from models.people import officers, sign_ins
from models.store import Store
from models.upkeep import wall_clock

NIGHT = datetime.fromisoformat("2026-11-24T18:00:00+00:00")
YEAR = timedelta(days=365)


@dataclass
class Machine:
    """A machine of which a test sets the wall clock; the count of its seconds only goes on."""

    at: datetime = NIGHT
    boot: float = 1000.0
    boot_id: str = "first"

    def __post_init__(self) -> None:
        self.house = wall.Wall(lambda: self.at, lambda: self.boot)

    def passes(self, length: timedelta) -> None:
        self.at, self.boot = self.at + length, self.boot + length.total_seconds()

    def begin(self, db: Store) -> wall_clock.Doubt | None:
        """The clock of the desk starts in a new process."""
        self.house = wall.Wall(lambda: self.at, lambda: self.boot)
        return wall_clock.begin(db, self.house, self.boot_id)

    def boots(self, db: Store, off: timedelta) -> wall_clock.Doubt | None:
        """Another run of the machine, after ``off`` by its wall clock."""
        self.at, self.boot, self.boot_id = self.at + off, 5.0, self.boot_id + "+"
        return self.begin(db)

    def tick(self, db: Store) -> wall_clock.Doubt | None:
        self.passes(timedelta(seconds=4))
        return wall_clock.tick(db, self.house, self.boot_id)


@pytest.fixture
def machine(db: Store, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The machine under a desk that has been at work for a while."""
    made = Machine()
    monkeypatch.setattr(store, "clock", lambda: made.house.now())
    assert made.begin(db) is None
    for _ in range(3):
        assert made.tick(db) is None
    return made


@pytest.mark.parametrize("jump", [YEAR, timedelta(hours=1), -timedelta(hours=1), -YEAR])
def test_a_jump_is_doubted_and_the_house_goes_on_as_before(
    db: Store, machine: Machine, jump: timedelta
) -> None:
    right = machine.at
    machine.at += jump
    found = machine.tick(db)
    assert found and (found.kind, found.by) == (
        "ahead" if jump > timedelta(0) else "back",
        abs(jump),
    )
    assert store.now() == right + timedelta(seconds=4)
    machine.at -= jump
    assert machine.tick(db) is None  # it agrees again
    assert store.now() == right + timedelta(seconds=8)


@pytest.mark.parametrize(
    "step", [timedelta(minutes=5), -timedelta(minutes=5), timedelta(seconds=1)]
)
def test_small_steps_are_followed_also_when_they_add_up(
    db: Store, machine: Machine, step: timedelta
) -> None:
    for _ in range(10):
        machine.at += step
        assert machine.tick(db) is None
        assert store.now() == machine.at


def test_a_machine_that_slept_is_no_jump(db: Store, machine: Machine) -> None:
    machine.passes(timedelta(days=30))  # suspended: its count goes on
    assert machine.tick(db) is None


def test_another_process_of_the_same_run_knows_of_the_jump_at_once(
    db: Store, machine: Machine
) -> None:
    machine.at += YEAR
    assert (found := machine.begin(db)) and found.kind == "ahead"
    assert abs(store.now() - NIGHT) < timedelta(minutes=1)


def test_a_page_that_opens_the_store_after_the_jump_believes_what_the_clock_believes(
    db: Store, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.at += YEAR
    assert machine.tick(db)
    page = wall.Wall(lambda: machine.at, lambda: machine.boot)  # of a process that begins now
    monkeypatch.setattr(wall, "HOUSE", page)
    monkeypatch.setattr(wall, "BOOT_ID", machine.boot_id)
    assert page.now() == machine.at, "it knows of no jump by itself"
    store.open(db.path).close()
    assert abs(page.now() - NIGHT) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("off", "kind"),
    [
        (timedelta(minutes=3), None),
        (timedelta(hours=30), None),
        (timedelta(days=90), "gap"),
        (-timedelta(minutes=2), None),
        (-timedelta(days=2000), "behind"),
    ],
)
def test_another_run_of_the_machine_is_judged_by_when_the_desk_was_last_at_work(
    db: Store, machine: Machine, off: timedelta, kind: str | None
) -> None:
    found = machine.boots(db, off)
    assert (found.kind if found else None) == kind
    found = machine.begin(db)  # and so it is for the next process
    assert (found.kind if found else None) == kind
    assert store.now() >= NIGHT - wall.REASON  # the house is never set back
    if kind:
        machine.at -= off - timedelta(hours=3)  # a time server sets it right
        assert machine.tick(db) is None and store.now() == machine.at


def test_a_store_that_no_clock_has_written_to_is_judged_by_its_log(
    db: Store, machine: Machine
) -> None:
    with db.atomic():
        audit.append(db, officers.MACHINE, "store.expire", "store", {})
    db.execute("DELETE FROM wall_clock")
    assert (found := machine.boots(db, YEAR)) and found.kind == "gap"


def old_post(db: Store) -> None:
    posts.add(db, Post("forum", "1", "三号桥封了"))
    db.execute("UPDATE posts SET scored_at = collected_at")


def test_nothing_is_forgotten_by_a_doubtful_clock_and_all_that_is_due_by_an_accepted_one(
    db: Store, machine: Machine, tmp_path: Path
) -> None:
    desk = Desk(Config(tmp_path, tmp_path))
    old_post(db)
    machine.boots(db, YEAR)
    assert (
        store.now() == machine.at
    )  # after a gap nobody but a person knows; meanwhile nothing goes
    with pytest.raises(PiyaoError, match="不可信"):
        upkeep.expire(desk, db)
    with pytest.raises(Exception, match="rule:clock-in-doubt"):
        db.execute("DELETE FROM posts")
    assert posts.count(db) == 1
    ended = wall_clock.accept(db, machine.house, machine.boot_id)
    assert ended.kind == "gap" and machine.tick(db) is None
    upkeep.expire(desk, db)
    assert posts.count(db) == 0
    assert "clock.accept" in {entry.action for entry in audit.newest(db, 5)}
    with pytest.raises(PiyaoError, match="nobody doubts"):
        wall_clock.accept(db, machine.house, machine.boot_id)


def test_a_jump_makes_nothing_old(db: Store, machine: Machine, tmp_path: Path) -> None:
    """Without the doubt too: what is a year old is so by the time of the house."""
    old_post(db)
    machine.at += YEAR
    upkeep.retention.expire(db, Config(tmp_path, tmp_path).retention)
    assert posts.count(db) == 1


def test_the_window_of_wordings_does_not_slide(db: Store, machine: Machine, tmp_path: Path) -> None:
    desk = Desk(Config(tmp_path, tmp_path))
    posts.add(db, Post("forum", "1", "三号桥封了，大家绕行"))
    rank.score(desk, db)
    machine.boots(db, YEAR)
    posts.add(db, Post("forum", "2", "今晚停水，赶紧接水"))
    rank.score(desk, db)
    assert db.value("SELECT count(*) FROM wordings") == 2
    wall_clock.accept(db, machine.house, machine.boot_id)
    posts.add(db, Post("forum", "3", "明天停电"))
    rank.score(desk, db)
    assert db.value("SELECT count(*) FROM wordings") == 2  # the first has left


@pytest.mark.parametrize("jump", [YEAR, -YEAR])
def test_an_account_waits_no_longer_than_the_longest_wait(
    db: Store, machine: Machine, jump: timedelta
) -> None:
    for _ in range(20):
        sign_ins.failed(db, "a", "10.0.0.9", None, "officer.sign_in_failed")
    machine.at += jump
    assert 0 < sign_ins.wait(db, "a", "10.0.0.9") <= sign_ins.LONGEST_WAIT.total_seconds()


def test_the_count_that_nobody_sets_is_the_machines_own() -> None:
    uptime = float(Path("/proc/uptime").read_text("ascii").split()[0])
    assert abs(wall.since_boot() - uptime) < 3600
