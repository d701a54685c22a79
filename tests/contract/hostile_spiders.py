"""Source kinds that take their process down: what a bad page does to a parser in C, on demand."""

from __future__ import annotations

import ctypes
import os
import re
import signal
from pathlib import Path
from typing import Any

from crawler.spiders.feed import FeedSpider

ENTRY_POINTS = "\n".join(
    ["[piyao.sources]"]
    + [f"{kind.lower()} = tests.contract.hostile_spiders:{kind}" for kind in
       ("Crash", "Stuck", "Killed", "Greedy", "Chatty")]
)  # fmt: skip


def installed(folder: Path) -> Path:
    """A folder for PYTHONPATH that offers these kinds by entry point."""
    about = folder / "hostile-0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: hostile\nVersion: 0\n")
    (about / "entry_points.txt").write_text(ENTRY_POINTS + "\n")
    return folder


class Crash(FeedSpider):
    def parse(self, response: Any, **kwargs: Any) -> Any:
        ctypes.string_at(0)


class Stuck(FeedSpider):
    """In one call of C that never lets another thread run: only a kill from outside ends it."""

    def parse(self, response: Any, **kwargs: Any) -> Any:
        re.match(r"(a|aa)+$", "a" * 200 + "b")


class Killed(FeedSpider):
    def parse(self, response: Any, **kwargs: Any) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)


class Greedy(FeedSpider):
    def parse(self, response: Any, **kwargs: Any) -> Any:
        return [bytearray(1 << 30)]


class Chatty(FeedSpider):
    def parse(self, response: Any, **kwargs: Any) -> Any:
        for number in range(1000):
            self.logger.error("line %d of many", number)
        return []
