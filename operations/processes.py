"""The processes of a running desk: pages, clock and public site, started and kept by one parent.

A child that dies is started again after a second, and so is one that lives and does nothing: each
beats as long as it is at work (``heart``), and is killed where it is silent for long. A parent that
dies takes its children along, because each of them reads from a socket of which only the parent holds
the other end (``end_with_parent``).
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from models import isolated
from models.config import Config
from models.errors import PiyaoError

GRACE = 10.0  # seconds a child has to end by itself
TROUBLED = 5  # deaths within a minute: to start it once more would not help
LOOK = 0.5  # seconds from one look at the children to the next
# Seconds of silence after which a child hangs. A busy store keeps the clock waiting for 30 at most.
PATIENCE = {"desk": 60.0, "schedule": 60.0, "public": 60.0}
STARTING = 180.0  # before its first beat: the store of an earlier version may be migrated
LONGEST_PAUSE = 60.0  # before one that hangs again and again is started


def commands(config: Config) -> dict[str, list[str]]:
    """The argv of each process of a desk, by name."""
    return {
        verb: isolated.python("piyao", verb, "--config", str(config.path), "--child")
        for verb in ("desk", "schedule", *(["public"] if config.public.serve else []))
    }


@dataclass
class Child:
    """A process, the line it beats on, and for how long it has been silent while we looked."""

    process: subprocess.Popen[bytes]
    line: socket.socket
    silent: float = 0.0
    begun: bool = False  # it has beaten

    def listen(self, passed: float) -> float:
        """Take in its beats; for how many seconds there was none. ``passed`` since we last looked."""
        self.silent += passed
        with contextlib.suppress(OSError):
            if self.line.recv(65_536, socket.MSG_DONTWAIT):
                self.silent, self.begun = 0.0, True
        return self.silent


@dataclass
class Keeper:
    """Starts processes, starts them again when they die or hang, ends them together.

    A child of ours holds one end of a socket as its input: it ends when the other end is gone, and
    beats on it (``heart``). One of ``patience`` that is silent for longer is killed: a process that
    was stopped, or waits for itself, does not hear anything milder.
    """

    argv: Mapping[str, Sequence[str]]
    report: Callable[[str], object]
    patience: Mapping[str, float] = field(default_factory=lambda: dict(PATIENCE))
    starting: float = STARTING
    stop: threading.Event = field(default_factory=threading.Event)
    running: dict[str, Child] = field(default_factory=dict)
    due: dict[str, float] = field(default_factory=dict)  # when one that ended is started again
    deaths: dict[str, list[float]] = field(default_factory=dict)
    hangs: dict[str, list[float]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(  # noqa: S603  (our own interpreter)
                self.argv[name],
                stdin=theirs.fileno(),
                start_new_session=True,
                env=isolated.environment(),
            )
        self.running[name] = Child(process, ours)

    def keep(self, ready: Callable[[], None]) -> None:
        """Until ``stop``. Raises ``PiyaoError`` where a process will not stay up."""
        try:
            for name in self.argv:
                self.start(name)
            watching = threading.Thread(target=ready, daemon=True)
            watching.start()
            looked = time.monotonic()
            while not self.stop.wait(LOOK):
                moment = time.monotonic()
                # while we were stopped ourselves, or the machine slept, nobody was silent
                passed, looked = min(moment - looked, 4 * LOOK), moment
                for name in [*self.running]:
                    self._look(name, passed)
                for name in [name for name, at in self.due.items() if at <= moment]:
                    del self.due[name]
                    self.start(name)
        finally:
            self.end()

    def _look(self, name: str, passed: float) -> None:
        child = self.running[name]
        if child.process.poll() is not None:
            self._died(name, child.process.returncode)
            return
        silent = child.listen(passed)
        if name in self.patience and silent > (
            self.patience[name] if child.begun else self.starting
        ):
            self._hung(name, silent)

    def _died(self, name: str, code: int) -> None:
        recent = self._again(self.deaths, name, 60.0)
        if recent >= TROUBLED:
            raise PiyaoError(
                f"the process “{name}” ended {recent} times within a minute (exit {code})",
                mend="its last lines above say why",
            )
        self._restart(name, 1.0, f"{name} ended (exit {code})")

    def _hung(self, name: str, silent: float) -> None:
        process = self.running[name].process
        with contextlib.suppress(ProcessLookupError):
            os.killpg(
                process.pid, signal.SIGKILL
            )  # it leads a session of its own: with what it started
        process.wait()
        pause = min(2.0 ** (self._again(self.hangs, name, 3600.0) - 1), LONGEST_PAUSE)
        self._restart(name, pause, f"{name} has given no sign of life for {silent:.0f} s: killed")

    def _restart(self, name: str, pause: float, why: str) -> None:
        self.running.pop(name).line.close()
        self.due[name] = time.monotonic() + pause
        self.report(f"{why}; starting it again in {pause:.0f} s")

    def _again(self, met: dict[str, list[float]], name: str, within: float) -> int:
        """How often this has happened to a child within so many seconds, this time included."""
        moment = time.monotonic()
        met[name] = [at for at in met.get(name, []) if moment - at < within] + [moment]
        return len(met[name])

    def end(self) -> None:
        """Ask all to end, and see that they do."""
        for child in self.running.values():
            if child.process.poll() is None:
                child.process.terminate()
        limit = time.monotonic() + GRACE
        for child in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.1, limit - time.monotonic()))
            if child.process.poll() is None:
                child.process.kill()
                child.process.wait()
            child.line.close()


def heart() -> Callable[[], None]:
    """What a child calls, as often as it likes, to tell the process that keeps it that it is at work.
    Does nothing in a process that nobody keeps."""
    try:
        line = socket.socket(fileno=os.dup(0))
    except OSError:  # the input is no socket: it was started by hand
        return lambda: None

    def beat() -> None:
        with contextlib.suppress(OSError):  # the keeper is gone, or was stopped and reads nothing
            line.send(b".", socket.MSG_DONTWAIT)

    return beat


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
