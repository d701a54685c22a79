"""The response being read: what every format needs to know about it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Page:
    """``now`` is what relative dates count from, ``deadline`` in seconds of ``time.process_time``."""

    source: str
    url: str
    now: datetime
    deadline: float

    def late(self, grace: float = 0.0) -> bool:
        """Whether reading on would cost more processor time than one response is worth."""
        return time.process_time() > self.deadline + grace
