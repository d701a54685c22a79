"""The response being read: what every format needs to know about it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Page:
    """``now`` is what relative dates count from."""

    source: str
    url: str
    now: datetime
    started: float = field(default_factory=time.process_time)

    def spent(self) -> float:
        """Seconds of processor time that this response has cost so far."""
        return time.process_time() - self.started
