"""The heart of the page server: it beats while requests get through, and stops where none can.

Every few seconds a beat goes the way of a request: through the loop that reads the sockets, then to a
worker. It needs no connection, so that a flood of them does not look like death; and each request
that is answered is a beat as well, so that a queue of work does not. A process that was stopped, a
loop that is stuck and workers that all wait for each other have none.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from waitress.trigger import trigger

from desk.doors.lanes import Caller
from desk.doors.server import address

EVERY = 5.0  # seconds


@dataclass
class Beat:
    """One beat, as the workers take it from their queue."""

    beat: Callable[[], None]
    waits: threading.Event  # for a worker: there is one at a time
    served: Callable[[Caller], None]
    caller: Caller = Caller("heart", officer=True)  # no flood of strangers holds it up
    served_as: Caller = caller

    def service(self) -> None:
        self.waits.clear()
        self.beat()
        self.served(self.served_as)

    def cancel(self) -> None:
        pass


def watch(server: Any, beat: Callable[[], None]) -> None:
    """Let ``beat`` be called by the workers of this waitress server as long as it runs."""
    sockets = server.map if hasattr(server, "map") else server._map  # of several sockets, or of one
    loop = next(each for each in sockets.values() if isinstance(each, trigger))
    task = Beat(beat, threading.Event(), server.task_dispatcher.served)

    def look() -> None:
        while True:
            if not task.waits.is_set():
                task.waits.set()
                try:
                    loop.pull_trigger(lambda: server.task_dispatcher.add_task(task))
                except OSError:  # the server is closed
                    return
            time.sleep(EVERY)

    threading.Thread(target=look, daemon=True, name="heart").start()


def run(
    server: Any, host: str, ready: Callable[[str], None] | None, beat: Callable[[], None]
) -> None:
    """Serve until interrupted. ``ready`` is told the address that the server, made for ``host``, has;
    ``beat`` as in ``watch``."""
    if ready is not None:
        ready(address(server, host))
    watch(server, beat)
    try:
        server.run()
    finally:
        server.close()


def counted(application: Callable[..., Iterable[bytes]], beat: Callable[[], None]) -> Any:
    """The WSGI application, with a beat for each request it has answered."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            return application(environ, start_response)
        finally:
            beat()

    return answer
