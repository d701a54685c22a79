"""What work costs, in processor time of this process: no clock on the wall, no promise in seconds.

assert costs.linear(lambda n: mask.outgoing("13" * n), 5_000)
"""

from __future__ import annotations

import time
from collections.abc import Callable

ROUNDS = 3  # at least: a busy core makes one measurement longer, never shorter
TRIES = 15


def of(work: Callable[[], object]) -> float:
    """Seconds of processor time that ``work`` takes."""
    started = time.process_time()
    work()
    return time.process_time() - started


def linear(work: Callable[[int], object], n: int) -> bool:
    """Whether ``work(4 * n)`` costs less than 8 times ``work(n)``: 4 times is linear, 16 square.

    Of several measurements the least counts; where the machine is too busy, it is asked again.
    """
    less, more = float("inf"), float("inf")
    for tried in range(TRIES):
        less = min(less, of(lambda: work(n)))
        more = min(more, of(lambda: work(4 * n)))
        if tried + 1 >= ROUNDS and more < 8 * less:
            return True
    return False
