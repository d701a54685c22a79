"""The lanes of hashing: full for who tries again and again, never for who has hardly tried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from desk.accounts import lanes, service
from desk.accounts.lanes import STRANGERS
from desk.lane import FEW, Busy, Lane
from models.people import sign_ins
from tests.django_desk import PASSWORD, Desk


def tries(lane: Lane, caller: str, times: int) -> None:
    for _ in range(times):
        with lane.enter(caller):
            pass


def full(lane: Lane, caller: str) -> bool:
    try:
        with lane.enter(caller):
            return False
    except Busy:
        return True


@pytest.mark.parametrize("addresses", [2, 60])
def test_strangers_who_try_again_and_again_leave_a_place_to_a_new_device(addresses: int) -> None:
    lane = Lane(places=3, each=2, patience=0.05, spared=1)
    for n in range(addresses):
        tries(lane, f"stranger {n}", FEW)
    with ExitStack() as inside:
        # two stand inside, one of them at its turn; the other's patience is longer than this test
        lane.inside.update(["stranger 0", "stranger 1"])
        assert full(lane, "stranger 2" if addresses > 2 else "stranger 0")
        inside.enter_context(lane.enter("a new device"))
    lane.inside.clear()
    assert not full(lane, "stranger 0"), "with nobody there they are served"


def test_a_new_device_is_new_for_two_tries() -> None:
    lane = Lane(places=1, each=1, patience=0.05, spared=1)
    assert not full(lane, "one") and not full(lane, "one")
    assert full(lane, "one") and not full(lane, "another")


def test_one_is_at_its_turn_and_another_waits_no_longer_than_its_patience() -> None:
    lane = Lane(places=3, each=2, patience=0.05)
    with lane.enter("one"):
        assert full(lane, "another"), "half a second of a core each: one after the other"
    assert not full(lane, "another")


def test_one_caller_does_not_take_the_places_of_all() -> None:
    lane = Lane(places=3, each=2, patience=0.05)
    lane.inside.update(["one", "one"])
    assert full(lane, "one") and not full(lane, "another")


def test_the_lane_of_the_desk_spares_a_place() -> None:
    assert 0 < STRANGERS.spared < STRANGERS.places


def sign_in(client, password: str = PASSWORD) -> int:
    return client.post("/login/", {"username": "monitor", "password": password}).status_code


def narrow() -> Lane:
    return Lane(places=1, each=1, patience=0.05)


def test_a_known_device_stands_in_no_strangers_way(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = desk.client()
    assert sign_in(usual) == 302
    usual.post("/logout/")
    monkeypatch.setattr(lanes, "STRANGERS", narrow())
    with lanes.STRANGERS.enter("a stranger"):
        assert sign_in(usual) == 302
        assert sign_in(desk.client()) == 503


def test_who_has_to_wait_takes_nobodys_place(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(5):
        assert sign_in(desk.client(), f"guess {n}") == 401
    monkeypatch.setattr(lanes, "STRANGERS", narrow())
    with lanes.STRANGERS.enter("another"):
        assert sign_in(desk.client()) == 429, "told at once, though the lane is full"


def test_what_was_counted_while_one_stood_in_the_lane_counts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred tries at once are not all checked because none was counted yet."""

    class Waited(Lane):
        @contextmanager
        def enter(self, caller: str) -> Iterator[None]:
            with super().enter(caller):
                for _ in range(sign_ins.FREE_TRIES):  # of the same place, a moment before
                    key = service.account_key("monitor")
                    sign_ins.failed(desk.db, key, caller, None, "officer.sign_in_failed")
                yield

    monkeypatch.setattr(lanes, "STRANGERS", Waited(places=1, each=1, patience=0.05))
    assert sign_in(desk.client()) == 429
