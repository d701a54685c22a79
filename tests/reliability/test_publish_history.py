"""300 random histories on a hostile channel, over real HTTP: at most once without a person.

Each history is one notice: queued, sent through a channel that takes it and does not answer, hangs
up, answers 500, takes it late, says "duplicate" or refuses; the publisher dies before, in or after
the call; somebody retracts; a person looks and decides. Then all come to rest, and the books agree.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import notices.sending
from jobs import publish
from models import store
from models.intake.records import Post
from models.people import officers
from models.publishing import notices as papers
from models.publishing import outbox, retractions
from models.publishing.records import Delivery, NoticeState
from models.roles import Officer, Role
from models.store import Store
from notices.channels import Receipt
from notices.page import Page
from tests.reliability import process_roles
from tests.reliability.checker import breaches
from tests.reliability.client_log import Ledger, read
from tests.reliability.hostile_channel import Press, PressServer

HISTORIES, AT_A_TIME = 300, 30
MANNERS = ("plain", "plain", "silent", "reset", "broken", "late", "slow", "duplicate", "lost")


class Killed(BaseException):
    """The publisher dies here: nothing of it runs any more, as after kill -9."""


class Dying(Press):
    """The channel's client in a process that may die before or after its call."""

    def __init__(self, address: str, luck: random.Random, *, drops_copies: bool) -> None:
        super().__init__(address, 0.03, drops_copies=drops_copies)
        self.luck = luck

    def publish(self, page: Page) -> Receipt:
        end = self.luck.random()
        if end < 0.1:
            raise Killed
        receipt = super().publish(page)
        if end < 0.2:
            raise Killed
        return receipt


@dataclass
class Town:
    """A store of many approved notices, its channel, and the time, which the test moves."""

    db: Store
    server: PressServer
    luck: random.Random
    ledger: Ledger
    publisher: Officer
    lives: int = 0

    def hostile(self) -> None:
        self.server.manner = lambda body: self.luck.choice(
            MANNERS if body["kind"] == "retract" else (*MANNERS, "refuse")
        )

    def press(self) -> Press:
        return Dying(self.server.address, self.luck, drops_copies=self.server.drops_copies)

    def send(self, press: Press) -> None:
        """One round of the publisher; a death is followed by the next one's start."""
        holder = f"life-{self.lives}"
        try:
            process_roles.send(
                self.db, self.ledger, press, process_roles.configured(self.db.path.parent), holder
            )
        except Killed:
            if self.db.conn.in_transaction:
                self.db.conn.execute("ROLLBACK")
            self.lives += 1
            notices.sending._LOOKED.clear()
            outbox.recover(self.db, alive=f"life-{self.lives}")

    def act(self) -> None:
        """What may happen in a history, in any order."""
        match self.luck.choice(("send", "send", "send", "retract", "person", "later")):
            case "send":
                self.send(self.press())
            case "retract":
                out = papers.in_states(self.db, NoticeState.APPROVED, NoticeState.PUBLISHED)
                for notice in self.luck.sample(out, min(2, len(out))):
                    reason = "第二条写错了地点"
                    retractions.retract(self.db, notice.id, reason=reason, by=self.publisher)
            case "person":
                self.server.quiet()
                process_roles.person(self.db, self.server)
            case "later":
                later(timedelta(minutes=11))

    def rest(self) -> None:
        """The channel behaves, nobody dies; until nothing is queued, in flight or unknown."""
        self.server.quiet()
        self.server.manner = lambda _: "plain"
        calm = Press(self.server.address, drops_copies=self.server.drops_copies)
        for _ in range(20):
            later(timedelta(minutes=11))
            self.send(calm)
            self.server.quiet()
            process_roles.person(self.db, self.server)
            if not outbox.in_state(self.db, Delivery.QUEUED, Delivery.IN_FLIGHT, Delivery.UNKNOWN):
                return
        raise AssertionError("no rest")


def later(step: timedelta) -> None:
    before = store.clock
    store.clock = lambda: before() + step


@pytest.fixture(autouse=True)
def same_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(store, "clock", store.clock)  # put back afterwards
    notices.sending._LOOKED.clear()
    yield
    notices.sending._LOOKED.clear()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of approved notices that wait to go out; each round of histories gets a copy."""
    folder = tmp_path_factory.mktemp("office")
    db = process_roles.staffed(folder)
    db.conn.execute("PRAGMA synchronous=OFF")  # nothing is killed for real here
    ledger, desk = Ledger(folder / "office.ledger"), process_roles.clock(folder)
    texts = random.Random(1).sample(sorted(set(process_roles.TEXTS)), AT_A_TIME)
    process_roles.posts.add_many(db, [Post("town", str(n), text) for n, text in enumerate(texts)])
    process_roles.turn(desk, db)
    while process_roles.round_of(db, ledger):
        publish.draft(desk, db)
    db.close()
    return folder


def town(office: Path, folder: Path, server: PressServer, luck: random.Random) -> Town:
    shutil.copytree(office, folder)
    db = store.open(folder / "piyao.db")
    db.conn.execute("PRAGMA synchronous=OFF")
    publisher = next(one for one in officers.all(db) if one.role is Role.PUBLISHER)
    return Town(db, server, luck, Ledger(folder / "office.ledger"), publisher)


def histories(
    office: Path, folder: Path, luck: random.Random, *, drops_copies: bool, total: int
) -> list[Any]:
    """Random histories; what the checker found, in all of them."""
    found: list[Any] = []
    done = 0
    while done < total:
        with PressServer(drops_copies=drops_copies) as server:
            made = town(office, folder / f"{done}-{drops_copies}", server, luck)
            done += len(outbox.in_state(made.db, Delivery.QUEUED))
            server.late = 0.05
            made.hostile()
            for _ in range(12):
                made.act()
            made.rest()
            found += breaches(made.db.path, read(made.ledger.path), server.taken)
            made.db.close()
    return found


@pytest.mark.parametrize("drops_copies", [False, True], ids=["plain channel", "deduping channel"])
def test_no_history_of_a_hostile_channel_sends_twice_or_lacks_a_correction(
    office: Path, quick: Path, luck: random.Random, drops_copies: bool
) -> None:
    found = histories(office, quick, luck, drops_copies=drops_copies, total=HISTORIES // 2)
    assert not found, "\n".join(map(str, found))


def test_a_refused_correction_is_not_given_up(
    office: Path, quick: Path, press: PressServer, luck: random.Random
) -> None:
    """A channel that refuses a retraction keeps it unknown: somebody has to see to it."""
    made = town(office, quick / "one", press, luck)
    calm = Press(press.address)
    made.send(calm)
    notice = papers.in_states(made.db, NoticeState.PUBLISHED)[0]
    retractions.retract(made.db, notice.id, reason="第二条写错了地点", by=made.publisher)
    press.manner = lambda _: "refuse"
    made.send(calm)
    assert [row.kind for row in outbox.in_state(made.db, Delivery.UNKNOWN)] == ["retract"]
    made.rest()
    assert breaches(made.db.path, read(made.ledger.path), press.taken) == []
    made.db.close()


def test_unknown_sent_again_without_asking_is_seen_to_send_twice(
    office: Path, quick: Path, luck: random.Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard taken out: what is unknown goes back into the queue."""

    def blindly(db: Store, channels: Any, looked: Any = None) -> list[Any]:
        for row in outbox.in_state(db, Delivery.UNKNOWN):
            outbox.requeue(db, row.id)
        return []

    monkeypatch.setattr(notices.sending, "settle_unknown", blindly)
    found = histories(office, quick, luck, drops_copies=False, total=AT_A_TIME)
    assert "I2" in {breach.invariant for breach in found}
