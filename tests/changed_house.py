"""pytest on the house with one text of it changed, and the house itself left as it is.

    code, said = run(Change("models/keys.py", "if begun:", "if False:"), ["tests/models/test_keys.py"])

Where only functions change, a fork of this process, which has the house loaded, gets their new code: that
saves the seconds of a start. Else, and where the change has to reach processes that tests start, or stores
that are made already (``everywhere``), a copy of the tree is changed, and put back.
"""

from __future__ import annotations

import atexit
import compileall
import contextlib
import gc
import importlib
import os
import py_compile
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType

from tests.where import ROOT

PATIENCE = 400  # seconds
UNENDED = -1  # the exit code of what had to be killed
PYTEST = ("-x", "-n0", "-rfE", "--tb=no", "-p", "no:cacheprovider")


@dataclass(frozen=True)
class Change:
    """A text that stands once in a file, and what is to stand there instead."""

    file: str
    old: str
    new: str

    def of(self, text: str) -> str:
        return text.replace(self.old, self.new)


def run(change: Change, argv: list[str], *, everywhere: bool = False) -> tuple[int, str]:
    """The exit code of pytest, up to the first test that fails, and what it said."""
    return (None if everywhere else _forked(change, argv)) or _in_a_copy(change, argv)


@cache
def load() -> None:
    """Load the house, once in a process; the stores that tests copy are made once too."""
    from models import store
    from tests import conftest, django_desk

    folder = _temporary("stores-")
    migrated, hired = folder / "migrated.db", folder / "hired.db"
    store.open(migrated).close()
    conftest.copy_store(migrated, hired)
    with store.using(hired) as db:
        conftest.hire(db)
    conftest.MADE.update(migrated=migrated, hired=hired)
    django_desk.seeded()
    for name in ("pytest_cov.plugin", "xdist.plugin", "hypothesis.strategies"):
        importlib.import_module(name)


def _temporary(prefix: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


# ---- in a fork of the loaded house ----------------------------------------------------------------


def _forked(change: Change, argv: list[str]) -> tuple[int, str] | None:
    """None: more changes than the code of functions, or one of them is not there as it is written."""
    load()
    path = ROOT / change.file
    text = path.read_text("utf-8")
    try:
        codes = (compile(each, str(path), "exec") for each in (text, change.of(text)))
        importlib.import_module(change.file.removesuffix(".py").replace("/", "."))
        changed = dict(_swaps(*codes))
    except (ValueError, SyntaxError):
        return None
    held = [f for f in gc.get_objects() if isinstance(f, FunctionType) and f.__code__ in changed]
    if {function.__code__ for function in held} != changed.keys():
        return None
    with tempfile.TemporaryFile("w+") as said:
        child = os.fork()
        if not child:
            code = 3  # of pytest: an internal error
            with contextlib.suppress(BaseException):
                os.setsid()
                os.environ["COLUMNS"] = "500"
                for fd in (1, 2):
                    os.dup2(said.fileno(), fd)
                for function in held:
                    function.__code__ = changed[function.__code__]
                import pytest

                code = int(pytest.main([*PYTEST, *argv]))
                sys.stdout.flush()
            os._exit(code)
        limit = time.monotonic() + PATIENCE
        while not (ended := os.waitpid(child, os.WNOHANG))[0]:
            if time.monotonic() > limit:
                os.killpg(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return UNENDED, ""
            time.sleep(0.05)
        said.seek(0)
        return os.waitstatus_to_exitcode(ended[1]), said.read()


def _swaps(
    before: CodeType, after: CodeType, top: bool = True
) -> Iterator[tuple[CodeType, CodeType]]:
    """The functions that differ, as (code, new code). Raises ``ValueError`` where more than that does."""
    if not top and before.co_flags & 1:  # CO_OPTIMIZED: no module and no class
        if before != after:
            yield before, after
        return
    parts = [[c for c in code.co_consts if isinstance(c, CodeType)] for code in (before, after)]
    rest = [[c for c in code.co_consts if not isinstance(c, CodeType)] for code in (before, after)]
    if rest[0] != rest[1] or before.co_names != after.co_names:
        raise ValueError("more than functions")
    for one, other in zip(*parts, strict=True):
        yield from _swaps(one, other, top=False)


# ---- in a changed copy of the tree ----------------------------------------------------------------


@cache
def _copy() -> Path:
    """A copy for this process, to be changed and put back again and again."""
    folder = _temporary("copy-")
    listed = ["git", "ls-files", "-coz", "--exclude-standard"]
    for name in subprocess.check_output(listed, cwd=ROOT, text=True).split("\0")[:-1]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    for room in folder.iterdir():
        if room.is_dir() and room.name != "tests":
            # by content: a file that changes twice in a second is never taken for another
            checked = py_compile.PycInvalidationMode.CHECKED_HASH
            compileall.compile_dir(room, quiet=2, invalidation_mode=checked)
    return folder


def _in_a_copy(change: Change, argv: list[str]) -> tuple[int, str]:
    folder = _copy()
    file, text = folder / change.file, (ROOT / change.file).read_text("utf-8")
    file.write_text(change.of(text), "utf-8")
    try:
        with tempfile.TemporaryFile("w+") as said:
            running = subprocess.Popen(
                [sys.executable, "-m", "pytest", *PYTEST, *argv],
                cwd=folder,
                env=os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "500"},
                stdout=said,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            try:
                code = running.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(running.pid, signal.SIGKILL)
                running.wait()
                code = UNENDED
            said.seek(0)
            return code, said.read()
    finally:
        file.write_text(text, "utf-8")
