"""Lanes for hashing: a password costs half a second of a core, and no stranger gets all of them.

One hash at a time in each lane, a few requests waiting behind it, the rest sent away at once. Who
signs in from a device that signed in to this account before goes by a lane of its own, so that a
thousand strangers at the door keep no officer out; the other threads serve pages meanwhile. Who comes
from a new device stands among strangers: one place of theirs is for who has hardly tried of late, so
that strangers who try again and again, from however many addresses, do not take every turn.
"""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Semaphore

FEW = 2  # tries within ``LATELY`` after which a caller is one of those who try again and again
LATELY = 600.0  # seconds
REMEMBERED = 10_000  # callers


class Busy(Exception):
    """The lane is full; the caller says so, cheaply."""


class Lane:
    """``places``: who may be inside, the one that hashes included; ``each``: how many of them from
    one caller (an address, an account); ``patience``: seconds that one waits for its turn; ``spared``:
    how many of the places are for callers who had at most ``FEW`` turns lately."""

    def __init__(self, places: int, each: int, patience: float, spared: int = 0) -> None:
        self.places, self.each, self.patience, self.spared = places, each, patience, spared
        self._turns: OrderedDict[str, list[float]] = OrderedDict()  # of each caller, lately
        self._turn = Semaphore(1)
        self._inside: Counter[str] = Counter()
        self._lock = Lock()

    @contextmanager
    def enter(self, caller: str) -> Iterator[None]:
        """Wait for the turn of ``caller``; raises ``Busy``."""
        with self._lock:
            places = self.places - (self.spared if self._often(caller) else 0)
            if self._inside.total() >= places or self._inside[caller] >= self.each:
                raise Busy
            self._inside[caller] += 1
        try:
            if not self._turn.acquire(timeout=self.patience):
                raise Busy
            self._note(caller)
            try:
                yield
            finally:
                self._turn.release()
        finally:
            with self._lock:
                self._inside[caller] -= 1
                self._inside += Counter()  # drops the zeros: who is gone takes no memory

    def _often(self, caller: str) -> bool:
        since = time.monotonic() - LATELY
        return sum(at > since for at in self._turns.get(caller, ())) >= FEW

    def _note(self, caller: str) -> None:
        with self._lock:
            self._turns[caller] = [*self._turns.pop(caller, ())[-FEW + 1 :], time.monotonic()]
            if len(self._turns) > REMEMBERED:
                self._turns.popitem(last=False)


# of the eight threads that serve pages (desk.serve) at most three and two stand here
STRANGERS = Lane(places=3, each=2, patience=8.0, spared=1)
KNOWN = Lane(places=2, each=1, patience=8.0)
RETRY_SECONDS = 5
