"""The lanes: officers before strangers, every caller in turn, nobody with every thread."""

from __future__ import annotations

from dataclasses import dataclass

from desk.doors.lanes import Caller, Lanes

OFFICER, COLLEAGUE = Caller("7", officer=True), Caller("8", officer=True)
STRANGER, OTHER = Caller("198.51.100.1"), Caller("198.51.100.2")


@dataclass
class Asked:
    caller: Caller
    served_as: Caller = Caller("")


def lanes(*callers: Caller, threads: int = 8, reserve: int = 3, each: int = 3) -> Lanes:
    made = Lanes(threads, reserve, each)
    for caller in callers:
        made.append(Asked(caller))
    return made


def taken(made: Lanes) -> list[str]:
    """Whose requests start now, in order, while nothing is answered."""
    found = []
    while len(made):
        found.append(made.popleft().served_as.name)
    return found


def test_an_officer_goes_before_the_strangers_that_came_first() -> None:
    made = lanes(*[STRANGER] * 40, OFFICER)
    assert taken(made)[:2] == [STRANGER.name, OFFICER.name]  # one thread is always a stranger's


def test_strangers_leave_threads_to_officers() -> None:
    assert taken(lanes(*[STRANGER] * 40)) == [STRANGER.name] * 5


def test_strangers_take_turns_by_address() -> None:
    made = lanes(*[STRANGER] * 40, OTHER, OTHER)
    assert taken(made) == [STRANGER.name, OTHER.name, STRANGER.name, OTHER.name, STRANGER.name]


def test_one_officer_does_not_hold_every_thread() -> None:
    made = lanes(*[OFFICER] * 40, COLLEAGUE)
    assert taken(made) == ["7", "8", "7", "7"]


def test_who_was_served_may_ask_again() -> None:
    made = lanes(*[OFFICER] * 5)
    assert taken(made) == ["7"] * 3
    made.served(OFFICER)
    assert taken(made) == ["7"]
    for _ in range(3):
        made.served(OFFICER)
    assert taken(made) == ["7"] and not made.waiting


def test_a_stranger_is_served_however_many_officers_ask() -> None:
    callers = [Caller(str(n), officer=True) for n in range(20)]
    made = lanes(*callers, STRANGER)
    assert taken(made)[:1] == [STRANGER.name]
