"""Places for visits: prompt sources never wait for slow ones.

A visit begins in one of ``PROMPT`` places and has to leave it after ``SOON`` seconds: it goes on in one
of the ``SLOW`` places, or ends where those are taken too. A source that stayed longer than ``SOON``
last time begins among the slow ones, which take their turns in a queue of their own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock, Semaphore

PROMPT, SLOW = 2, 2
SOON = 20.0  # seconds


@dataclass
class Turn:
    """One visit's place, and how long it may stay."""

    lanes: Lanes
    slow: bool
    began: float
    most: float  # seconds, in all

    def limit(self) -> float:
        """The moment (monotonic) at which the visit has to end; asked again and again meanwhile."""
        soon = self.began + min(SOON, self.most)
        if not self.slow and time.monotonic() >= soon and self.lanes.slow.acquire(blocking=False):
            self.slow = True
            self.lanes.prompt.release()
        return self.began + self.most if self.slow else soon


@dataclass
class Lanes:
    """The places of one desk, and which sources are slow."""

    prompt: Semaphore = field(default_factory=lambda: Semaphore(PROMPT))
    slow: Semaphore = field(default_factory=lambda: Semaphore(SLOW))
    known: set[str] = field(default_factory=set)  # slow at their last visit
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def enter(self, source: str, most: float) -> Iterator[Turn]:
        """Wait for a place, and keep it for a visit of at most ``most`` seconds."""
        slow = source in self.known
        (self.slow if slow else self.prompt).acquire()
        turn = Turn(self, slow, time.monotonic(), most)
        try:
            yield turn
        finally:
            (self.slow if turn.slow else self.prompt).release()
            with self._lock:
                late = time.monotonic() - turn.began > SOON
                (self.known.add if late else self.known.discard)(source)
