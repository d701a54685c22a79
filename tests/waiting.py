"""Tests wait for states. The limit only ends a test that hangs: no promise is measured by it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
HANG = 300.0  # seconds; far more than any machine needs, however busy


def until(check: Callable[[], T], why: str, every: float = 0.05) -> T:
    """Wait for ``check`` to be true, and return what it found; fails with ``why`` where it hangs."""
    limit = time.monotonic() + HANG
    while not (found := check()):
        if time.monotonic() > limit:
            raise AssertionError(f"{why}, for {HANG:.0f} s")
        time.sleep(every)
    return found
