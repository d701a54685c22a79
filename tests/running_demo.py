"""``piyao demo`` as a process of its own, as ``make run`` starts it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.waiting import HANG, until


@contextmanager
def demo(folder: Path, port: int) -> Iterator[Path]:
    """``piyao demo`` in a process of its own; yields the file of what it says."""
    log = folder.with_suffix(".log")
    argv = ["piyao", "demo", "--port", str(port), "--folder", str(folder)]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *argv], stdout=out, stderr=subprocess.STDOUT
        )
    try:
        until(lambda: "Ctrl-C" in log.read_text("utf-8") or process.poll(), "it says no welcome")
        yield log
    finally:
        process.terminate()
        process.wait(HANG)
