"""Who is served first: each caller in turn, officers before strangers, nobody with every thread.

waitress serves whole requests in the order they came, so that a hundred of a stranger, or forty
drawings for one observer, stand before everybody's. Here each caller (an officer, or an address)
has a line of its own, the lines take turns, and a caller has at most ``each`` requests in service.
Strangers leave ``reserve`` threads to officers; one thread is theirs, however busy officers are,
because whoever signs in is still a stranger.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from dataclasses import dataclass
from typing import Any, Protocol

from waitress.task import ThreadedTaskDispatcher


@dataclass(frozen=True)
class Caller:
    """Who asks: an officer by account, a stranger by address."""

    name: str
    officer: bool = False


class Asked(Protocol):
    """A connection with a whole request."""

    @property
    def caller(self) -> Caller: ...

    served_as: Caller


class Lanes:
    """The requests that wait, as waitress' dispatcher uses its queue; under the dispatcher's lock.

    Its length is how many of them may start now.
    """

    def __init__(self, threads: int, reserve: int, each: int) -> None:
        self.strangers_most = max(1, threads - reserve)
        self.each = each
        self.busy: Counter[Caller] = Counter()
        self.waiting: OrderedDict[Caller, deque[Asked]] = OrderedDict()

    def append(self, asked: Asked) -> None:
        self.waiting.setdefault(asked.caller, deque()).append(asked)

    def popleft(self) -> Asked:
        """The request to serve now; its caller goes to the end of the round."""
        caller = self._next()
        if caller is None:  # only a dispatcher that shuts down takes what may not start
            caller = next(iter(self.waiting))
        line = self.waiting.pop(caller)
        asked = line.popleft()
        if line:
            self.waiting[caller] = line
        self.busy[caller] += 1
        asked.served_as = caller
        return asked

    def served(self, caller: Caller) -> None:
        """A request of ``caller`` is answered."""
        self.busy[caller] -= 1
        if not self.busy[caller]:
            del self.busy[caller]

    def __len__(self) -> int:
        return int(self._next() is not None)

    def _next(self) -> Caller | None:
        strangers = sum(n for caller, n in self.busy.items() if not caller.officer)
        officer = next(
            (caller for caller in self.waiting if caller.officer and self._has_room(caller)), None
        )
        if officer is not None and strangers:
            return officer
        stranger = next((caller for caller in self.waiting if not caller.officer), None)
        if stranger is not None and strangers < self.strangers_most:
            return stranger
        return officer

    def _has_room(self, caller: Caller) -> bool:
        return self.busy[caller] < self.each


class Dispatcher(ThreadedTaskDispatcher):
    """waitress' threads, with lanes for a queue."""

    def __init__(self, threads: int, reserve: int = 0, each: int = 0) -> None:
        super().__init__()
        self.queue: Any = Lanes(threads, reserve, each or threads)
        self.queue_logger.setLevel("ERROR")  # that requests wait is no event; lanes see to it
        self.set_thread_count(threads)

    def served(self, caller: Caller) -> None:
        with self.lock:
            self.queue.served(caller)
