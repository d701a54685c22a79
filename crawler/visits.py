"""Visits to sources, each in a process of its own that is forked from a warm one.

``Visits`` keeps a fork server (``crawler.fork_server``) and asks it for a child each time. What a
source breaks is its own visit only; a server that is gone is replaced by the next visit.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from pathlib import Path
from typing import BinaryIO

from models import isolated

LOOK = 0.1  # seconds between two looks at whether the visit shall be broken off
LAST_WORDS = 4000  # bytes of what the child logged
Limit = Callable[[], float]  # the moment, by time.monotonic, at which a visit has to end
TRIES = 3  # a visit that did not begin is tried again, by a fresh server


class End(Enum):
    """How a visit ended."""

    DONE = "done"  # it ended by itself, with an exit code of ``crawler.run``
    DIED = "died"  # its process broke off: killed, crashed, or over a bound
    LATE = "late"  # it took too long and was killed
    STOPPED = "stopped"  # the desk stops, so it was killed
    UNBEGUN = "unbegun"  # no process could be had for it


@dataclass(frozen=True)
class Visit:
    end: End
    code: int  # the exit code where it is done, else -1
    words: str  # the last lines the child logged


@dataclass
class Visits:
    """The visits of one desk, by its fork server. Threads may visit at the same time."""

    store: Path
    argv: Sequence[str] = field(default_factory=partial(isolated.python, "crawler.fork_server"))
    server: subprocess.Popen[bytes] | None = None
    requests: socket.socket | None = None
    starting: threading.Lock = field(default_factory=threading.Lock)

    def visit(
        self, source: str, stop: threading.Event, seconds: float, limit: Limit | None = None
    ) -> Visit:
        """Crawl one source of the store once; killed when ``stop`` is set or after ``seconds``, or
        at the moment that ``limit`` names whenever it is asked."""
        end_at = time.monotonic() + seconds
        limit = limit or (lambda: end_at)
        visit = Visit(End.UNBEGUN, -1, "")
        try:
            with tempfile.TemporaryFile() as said:
                for _ in range(TRIES):
                    end, code = self._try(source, said, stop, limit)
                    visit = Visit(end, code, _last_words(said))
                    if end is not End.UNBEGUN or stop.is_set():
                        break
        except OSError as error:  # no process, no file or no memory to be had
            return Visit(End.UNBEGUN, -1, f"no visit can begin: {error}")
        return visit

    def _try(
        self, source: str, said: BinaryIO, stop: threading.Event, limit: Limit
    ) -> tuple[End, int]:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                ours.sendall(json.dumps(source).encode() + b"\n")
                server = self._ask(theirs.fileno(), said.fileno())
            end, code, began = _watch(ours, stop, limit)
            if not began and end is not End.STOPPED:  # it is gone, or hangs
                self._give_up(server)
            return end, code

    def _ask(self, line: int, log: int) -> subprocess.Popen[bytes]:
        """Hand the two files of a visit to the server, which is started if need be. Where it is
        gone they are closed, and the visit does not begin."""
        with self.starting:
            if self.server is None or self.server.poll() is not None:
                self._start()
            assert self.server is not None and self.requests is not None  # noqa: S101
            with contextlib.suppress(OSError):
                socket.send_fds(self.requests, [b"v"], [line, log])
            return self.server

    def _start(self) -> None:
        if self.requests is not None:
            self.requests.close()
        self.requests, theirs = socket.socketpair()
        with theirs:
            self.server = subprocess.Popen(  # noqa: S603  (our own interpreter, our own module)
                [*self.argv, str(self.store)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env=isolated.environment(),
            )

    def _give_up(self, server: subprocess.Popen[bytes]) -> None:
        with self.starting:
            if self.server is server:  # another visit may have replaced it already
                self._end()

    def close(self) -> None:
        """End the server. A visit that has begun goes on; the next one gets a fresh server."""
        with self.starting:
            self._end()

    def _end(self) -> None:
        if self.requests is not None:
            self.requests.close()
            self.requests = None
        if self.server is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.server.wait(5)
            self.server.kill()
            self.server.wait()
            self.server = None


def _last_words(said: BinaryIO) -> str:
    """The end of a log. Its place is left at the end: the next child shares it and goes on there."""
    said.seek(max(0, said.seek(0, os.SEEK_END) - LAST_WORDS))
    return said.read().decode("utf-8", "replace").strip()


def _watch(line: socket.socket, stop: threading.Event, limit: Limit) -> tuple[End, int, bool]:
    """Wait until the child has hung up, which the end of its process does at the latest; how it
    ended, its exit code, and whether there was a child."""
    heard, broken_off = b"", None
    while True:
        if broken_off is None and (stop.is_set() or time.monotonic() > limit()):
            broken_off = End.STOPPED if stop.is_set() else End.LATE
            if b"\n" not in heard:  # if it is forked yet it ends by itself: nobody is on the line
                return broken_off, -1, False
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(heard.partition(b"\n")[0]), signal.SIGKILL)
        if select.select([line], [], [], LOOK)[0]:
            try:
                more = line.recv(64)
            except ConnectionError:
                more = b""
            if not more:
                break
            heard += more
    began, *ended = heard.decode("ascii").split()[:2] or [""]
    if ended:
        return End.DONE, int(ended[0]), True
    return broken_off or (End.DIED if began else End.UNBEGUN), -1, bool(began)
