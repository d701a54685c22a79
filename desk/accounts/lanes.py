"""Lanes for hashing: a password costs half a second of a core, and no stranger gets all of them.

One hash at a time in each lane, a few requests waiting behind it, the rest sent away at once. Who
signs in from a device that signed in to this account before goes by a lane of its own, so that a
thousand strangers at the door keep no officer out; the other threads serve pages meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Semaphore


class Busy(Exception):
    """The lane is full; the caller says so, cheaply."""


class Lane:
    """``places``: who may be inside, the one that hashes included; ``each``: how many of them from
    one caller (an address, an account); ``patience``: seconds that one waits for its turn."""

    def __init__(self, places: int, each: int, patience: float) -> None:
        self.places, self.each, self.patience = places, each, patience
        self._turn = Semaphore(1)
        self._inside: Counter[str] = Counter()
        self._lock = Lock()

    @contextmanager
    def enter(self, caller: str) -> Iterator[None]:
        """Wait for the turn of ``caller``; raises ``Busy``."""
        with self._lock:
            if self._inside.total() >= self.places or self._inside[caller] >= self.each:
                raise Busy
            self._inside[caller] += 1
        try:
            if not self._turn.acquire(timeout=self.patience):
                raise Busy
            try:
                yield
            finally:
                self._turn.release()
        finally:
            with self._lock:
                self._inside[caller] -= 1
                self._inside += Counter()  # drops the zeros: who is gone takes no memory


# of the eight threads that serve pages (desk.serve) at most three and two stand here
STRANGERS = Lane(places=3, each=2, patience=8.0)
KNOWN = Lane(places=2, each=1, patience=8.0)
RETRY_SECONDS = 5
