"""The lanes of hashing: full for who tries again and again, never for who has hardly tried."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from desk.accounts.lanes import STRANGERS
from desk.lane import FEW, Busy, Lane


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


def test_the_lane_of_the_desk_spares_a_place() -> None:
    assert 0 < STRANGERS.spared < STRANGERS.places
