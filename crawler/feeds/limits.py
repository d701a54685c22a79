"""A bound on the processor time that one piece of a document may cost.

488 KB of unclosed tags kept a feed parser busy for 2.6 s, and the cost grows with the square. The
bound counts processor time, so that a busy machine does not refuse honest feeds.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

T = TypeVar("T")


class TooSlow(BaseException):
    """The time is up. Not an Exception: parsers swallow those and carry on."""


def within(seconds: float, work: Callable[[], T]) -> T:
    """The result of ``work``; raises ``TooSlow`` after ``seconds`` of processor time.

    May be nested: an inner bound never outlives the outer one. Signals exist in the main thread
    only; elsewhere the work runs unbounded (the crawl runs in the main thread of a process of its
    own, which has a limit besides).
    """
    if threading.current_thread() is not threading.main_thread():
        return work()

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    left, _ = signal.getitimer(signal.ITIMER_VIRTUAL)
    started = time.process_time()
    # repeated a second later, for code that swallowed the first
    signal.setitimer(signal.ITIMER_VIRTUAL, min(seconds, left) if left else seconds, 1.0)
    try:
        return work()
    finally:
        rest = max(0.001, left - (time.process_time() - started)) if left else 0
        signal.signal(signal.SIGVTALRM, before)
        signal.setitimer(signal.ITIMER_VIRTUAL, rest, 1.0 if rest else 0)
