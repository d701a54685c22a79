"""Processes that cost nothing to start, to be killed by the hundred.

One single-threaded process imports everything once and forks the others: each is a real process
with its own store, its own connections and its own death. A child may stop itself before its work,
so that strace can be attached and kill it at an exact system call.
"""

from __future__ import annotations

from tests.waiting import HANG, until
from tests.where import ROOT

from models import driver  # isort: skip  (first: one SQLite library)

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Nursery:
    """Asks the forking process for children by role; see ``work.ROLES``."""

    def __init__(self) -> None:
        quiet = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # a fork copies one thread
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.forked_processes"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **quiet},
        )
        self._lock = threading.Lock()

    def _ask(self, **what: Any) -> Any:
        with self._lock:
            assert self._process.stdin and self._process.stdout
            self._process.stdin.write(json.dumps(what) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the nursery is gone")
        return json.loads(line)

    def start(self, role: str, *, stopped: bool = False, **arguments: Any) -> int:
        """A new process at work; its pid. ``stopped``: it waits for SIGCONT first."""
        return int(self._ask(do="start", role=role, arguments=arguments, stopped=stopped))

    def ended(self, pid: int) -> int | None:
        """How it ended (negative: the signal), None while it runs. Tells it once."""
        return self._ask(do="ended", pid=pid)  # type: ignore[no-any-return]

    def wait(self, pid: int) -> int:
        """Its end, as ``ended`` tells it."""
        found: list[int] = []

        def over() -> bool:
            found.extend(code for code in [self.ended(pid)] if code is not None)
            return bool(found)

        until(over, f"process {pid} does not end", every=0.005)
        return found[0]

    def stop(self, pid: int, path: Path) -> None:
        """SIGSTOP, at a moment when it does not keep the write lock of the store at ``path``.

        A process stopped inside that lock keeps everybody out for as long as it is stopped.
        """
        probe = driver.library.connect(str(path), timeout=0, isolation_level=None)

        def outside() -> bool:
            os.kill(pid, signal.SIGSTOP)
            until(lambda: _state(pid) == "T", f"process {pid} does not stop", every=0.001)
            try:
                probe.execute("BEGIN IMMEDIATE")
                probe.execute("ROLLBACK")
            except driver.library.OperationalError:
                os.kill(pid, signal.SIGCONT)
                return False
            return True

        try:
            until(outside, f"process {pid} never lets go of the store")
        finally:
            probe.close()

    def kill(self, pid: int) -> int:
        """SIGKILL, and see it dead."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return self.wait(pid)

    def run(self, role: str, **arguments: Any) -> int:
        return self.wait(self.start(role, **arguments))

    def killed_at(self, call: str, count: int, role: str, **arguments: Any) -> int:
        """Run with SIGKILL at the ``count``-th system call named ``call``; -9, or 0: fewer."""
        kill = f"inject={call}:signal=KILL:when={count}"  # only what is traced is injected
        return self._traced(role, arguments, "-e", f"trace={call}", "-e", kill, "-o", os.devnull)

    def calls(self, call: str, role: str, **arguments: Any) -> int:
        """How many system calls of this name the role makes."""
        out = Path(arguments["folder"]) / "strace.txt"
        assert self._traced(role, arguments, "-e", f"trace={call}", "-o", str(out)) == 0
        return sum(f"{call}(" in line for line in out.read_text("utf-8", "replace").splitlines())

    def _traced(self, role: str, arguments: dict[str, Any], *options: str) -> int:
        pid = self.start(role, stopped=True, **arguments)
        tracer = subprocess.Popen(["strace", "-p", str(pid), *options], stderr=subprocess.DEVNULL)
        try:
            _attached(pid)
            os.kill(pid, signal.SIGCONT)
            return self.wait(pid)
        finally:
            tracer.wait(HANG)

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(HANG)


def _attached(pid: int) -> None:
    status = Path(f"/proc/{pid}/status")
    until(lambda: "TracerPid:\t0" not in status.read_text(), "strace does not attach", every=0.002)


def _state(pid: int) -> str:
    """R running, S asleep, T stopped …"""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def can_trace() -> str:
    """Why strace cannot inject here; "" where it can."""
    if shutil.which("strace") is None:
        return "strace is not installed (tests/setup.sh installs it)"
    probe = ["strace", "-o", os.devnull, "-e", "inject=openat:error=ENOENT:when=9999", "true"]
    found = subprocess.run(probe, capture_output=True, text=True)
    return f"strace may not trace here: {found.stderr.strip()[:200]}" if found.returncode else ""


# ---- the forking process ------------------------------------------------------------------------


def main() -> None:
    from tests.reliability.process_roles import ROLES, warm

    warm()

    children: set[int] = set()
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["do"] == "start":
            pid = _fork(ROLES[asked["role"]], asked["arguments"], asked["stopped"])
            children.add(pid)
            answer: int | None = pid
        else:
            answer = _ended(asked["pid"], children)
        print(json.dumps(answer), flush=True)
    for pid in _alive(children):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _fork(role: Any, arguments: dict[str, Any], stopped: bool) -> int:
    pid = os.fork()
    if pid:
        if stopped:
            os.waitpid(pid, os.WUNTRACED)
        return pid
    code = 1
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        if stopped:
            os.kill(os.getpid(), signal.SIGSTOP)
        role(**arguments)
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(code)


def _ended(pid: int, children: set[int]) -> int | None:
    if pid not in children:
        return 0
    found, status = os.waitpid(pid, os.WNOHANG)
    if not found:
        return None
    children.discard(pid)
    return os.waitstatus_to_exitcode(status)


def _alive(children: set[int]) -> Iterator[int]:
    for pid in list(children):
        if _ended(pid, children) is None:
            yield pid


if __name__ == "__main__":
    main()
