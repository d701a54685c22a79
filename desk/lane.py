"""A lane for work that costs much: one at a time, a few requests waiting behind it, the rest sent
away at once, so that the other threads serve pages meanwhile.
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
    one caller (an address, an account); ``patience``: seconds that one waits for its turn, None: as
    long as it takes; ``spared``: how many of the places are for callers who had fewer than ``FEW``
    turns lately."""

    def __init__(
        self, places: int, each: int, patience: float | None = None, spared: int = 0
    ) -> None:
        self.places, self.each, self.patience, self.spared = places, each, patience, spared
        self._turns: OrderedDict[str, list[float]] = OrderedDict()  # of each caller, lately
        self.turn = Semaphore(1)
        self.inside: Counter[str] = Counter()
        self._lock = Lock()

    @contextmanager
    def enter(self, caller: str) -> Iterator[None]:
        """Wait for the turn of ``caller``; raises ``Busy``."""
        with self._lock:
            places = self.places - (self.spared if self._often(caller) else 0)
            if self.inside.total() >= places or self.inside[caller] >= self.each:
                raise Busy
            self.inside[caller] += 1
        try:
            if not self.turn.acquire(timeout=self.patience):
                raise Busy
            self._note(caller)
            try:
                yield
            finally:
                self.turn.release()
        finally:
            with self._lock:
                self.inside[caller] -= 1
                self.inside += Counter()  # drops the zeros: who is gone takes no memory

    def _often(self, caller: str) -> bool:
        since = time.monotonic() - LATELY
        return sum(at > since for at in self._turns.get(caller, ())) >= FEW

    def _note(self, caller: str) -> None:
        with self._lock:
            self._turns[caller] = [*self._turns.pop(caller, ())[-FEW + 1 :], time.monotonic()]
            if len(self._turns) > REMEMBERED:
                self._turns.popitem(last=False)
