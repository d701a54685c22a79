"""What the jobs of one scheduler share."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from classifier.known.library import Library
from classifier.ranking import model as weights
from crawler.visits import Visits
from jobs.lanes import Lanes
from models.config import Config
from models.errors import PiyaoError, StoreError
from models.store import Store
from models.upkeep.lease import Lease

log = logging.getLogger("piyao.scheduler")
Item = TypeVar("Item")


def each(found: Iterable[Item], work: Callable[[Item], object], what: str) -> None:
    """Do ``work`` for each of these; one that goes wrong costs itself, and all others are done.

    Raises ``PiyaoError`` at the end where some went wrong, and ``StoreError`` at once where the
    store takes nothing. ``what``: the step, for people.
    """
    wrong: list[Exception] = []
    for item in found:
        try:
            work(item)
        except StoreError:
            raise
        except Exception as error:
            log.exception("%s failed for one", what)
            wrong.append(error)
    if wrong:
        raise PiyaoError(
            f"{what}有 {len(wrong)} 件没有做成（{type(wrong[0]).__name__}），其余都做了；下一轮会再做",
            mend="详情在日志里",
        )


@dataclass
class Desk:
    """What the jobs of one scheduler share."""

    config: Config
    lease: Lease = field(default_factory=Lease)
    stop: threading.Event = field(default_factory=threading.Event)
    model: weights.Model = field(default_factory=weights.load)  # what scores; the shipped at first
    shipped: weights.Model = field(init=False)
    library: Library = field(default_factory=Library)  # of the known claims
    library_edition: int = -1  # of the known claims, which the library holds; -1: none yet
    stories: Library = field(default_factory=Library)  # of what the cases claim
    story_words: int = -1  # of the cases, which it holds; -1: none yet
    story_day: str = ""  # on which it was made
    visits: Visits = field(init=False)  # to sources
    wake: Callable[[str], None] = lambda job: None  # let a job run now, not at its next tick
    # a job to the queue of slow sources, or back
    move: Callable[[str, bool], None] = lambda job, slow: None
    lanes: Lanes = field(default_factory=Lanes)  # places for visits
    wanted: set[str] = field(default_factory=set)  # jobs woken while they ran
    running: set[str] = field(default_factory=set)  # jobs at work
    turns: threading.Lock = field(default_factory=threading.Lock)  # over these two
    every: dict[str, float] = field(default_factory=dict)  # seconds between the ticks of each job
    line_rests: float = 0.0  # until when the line does not move, on the monotonic clock
    beat: Callable[[], None] = lambda: None  # tell the process above that this one is at work

    def __post_init__(self) -> None:
        self.shipped = self.model
        self.visits = Visits(self.config.store)

    def at_work(self, db: Store) -> bool:
        """Whether a job may go on: nobody stops the desk, and no other scheduler took the lease."""
        return not self.stop.is_set() and (not self.lease.fence or self.lease.holds(db))
