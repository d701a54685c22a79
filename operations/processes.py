"""The processes of a running desk: pages, clock and public site, started and kept by one parent.

A child that dies is started again after a second. A parent that dies takes its children along,
because each of them reads from a pipe that only the parent holds open (``end_with_parent``).
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from models.config import Config
from models.errors import PiyaoError

GRACE = 10.0  # seconds a child has to end by itself
TROUBLED = 5  # deaths within a minute: to start it once more would not help


def commands(config: Config) -> dict[str, list[str]]:
    """The argv of each process of a desk, by name."""
    return {
        verb: [sys.executable, "-m", "piyao", verb, "--config", str(config.path), "--child"]
        for verb in ("desk", "schedule", *(["public"] if config.public.serve else []))
    }


@dataclass
class Keeper:
    """Starts processes, starts them again when they die, ends them together."""

    argv: Mapping[str, Sequence[str]]
    report: Callable[[str], object]
    stop: threading.Event = field(default_factory=threading.Event)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    deaths: dict[str, list[float]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        self.running[name] = subprocess.Popen(  # noqa: S603  (our own interpreter)
            self.argv[name], stdin=subprocess.PIPE, start_new_session=True
        )

    def keep(self, ready: Callable[[], None]) -> None:
        """Until ``stop``. Raises ``PiyaoError`` where a process will not stay up."""
        try:
            for name in self.argv:
                self.start(name)
            ready()
            while not self.stop.wait(0.5):
                for name, child in list(self.running.items()):
                    if child.poll() is not None:
                        self._died(name, child.returncode)
        finally:
            self.end()

    def _died(self, name: str, code: int) -> None:
        moment = time.monotonic()
        recent = [at for at in self.deaths.get(name, []) if moment - at < 60] + [moment]
        self.deaths[name] = recent
        if len(recent) >= TROUBLED:
            raise PiyaoError(
                f"the process “{name}” ended {len(recent)} times within a minute (exit {code})",
                mend="its last lines above say why",
            )
        self.report(f"{name} ended (exit {code}); starting it again")
        self.stop.wait(1.0)
        if not self.stop.is_set():
            self.start(name)

    def end(self) -> None:
        """Ask all to end, and see that they do."""
        for child in self.running.values():
            if child.poll() is None:
                child.terminate()
        limit = time.monotonic() + GRACE
        for child in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.1, limit - time.monotonic()))
            if child.poll() is None:
                child.kill()
                child.wait()


def until_signalled(stop: threading.Event) -> None:
    """Set ``stop`` on Ctrl-C and on SIGTERM."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())


def end_with_parent(stop: Callable[[], None]) -> None:
    """Call ``stop`` when the parent that holds our standard input is gone."""

    def wait() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 1024):
                pass
        stop()

    threading.Thread(target=wait, daemon=True).start()


def wait_for(address: str, stop: threading.Event, seconds: float = 60.0) -> bool:
    """Whether something answers at ``address`` within the time, with any status below 500."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit and not stop.is_set():
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310  (our own address)
                return True
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return True
        except OSError:
            pass
        stop.wait(0.2)
    return False
