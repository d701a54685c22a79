"""What the jobs of one scheduler share."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field

from classifier.known.library import Library
from classifier.ranking import model as weights
from models.config import Config
from models.upkeep.lease import Lease

log = logging.getLogger("piyao.scheduler")


@dataclass
class Desk:
    """What the jobs of one scheduler share."""

    config: Config
    lease: Lease = field(default_factory=Lease)
    stop: threading.Event = field(default_factory=threading.Event)
    model: weights.Model = field(default_factory=weights.load)  # what scores; the shipped at first
    shipped: weights.Model = field(init=False)
    library: Library = field(default_factory=Library)  # of the known claims
    stocked: int = -1  # the edition of the known claims that the library holds

    def __post_init__(self) -> None:
        self.shipped = self.model
