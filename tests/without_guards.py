"""Takes the guards of the house out, one by one, and looks on whether a test notices.

    python -m tests.without_guards [--jobs 2] [--results FILE] [--trust] [WORD ...]      (make guards)

A guard is a trigger of the store (all of them), or a line of ``tests.guards``. For each of them the text
goes from a copy of the tree, and the tests that speak of it run there, with ``-x``: of a trigger those
functions that name it or its rule, and its row in ``tests/models/schema/test_triggers.py``; of a line
of ``tests.guards`` the files that it names. RED: a test noticed, and which. GREEN: nobody did; then a test
is missing, or the guard guards nothing. Not part of ``make test``: it takes the better part of an hour.

The tests of the chosen guards have to be green first, which is tried first unless ``--trust`` says that it
is known. Slow ones (processes, servers) are asked only where the quick ones notice nothing. ``WORD``: only
guards whose name holds it. ``--results``: a line of JSON each, and what stands there is not tried again.
"""

from __future__ import annotations

import argparse
import ast
import compileall
import json
import os
import py_compile
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from tests.guards import DOING, PYTHON
from tests.where import ROOT

MIGRATIONS = "models/schema/migrations.py"
ALL = "    return found\n"  # of the statements of a migration
WITHOUT = "    return [s for s in found if not __import__('re').search({pattern!r}, s)]\n"
ROWS = "tests/models/schema/test_triggers.py"
# tests of the schema as such: they see that a trigger is gone, not what it guards
OF_THE_SCHEMA = ("test_triggers", "test_fingerprint", "test_upgrade", "test_m00")
SLOW = {"browser", "contract", "reliability"}
PATIENCE = 400  # seconds; a guard without which nothing ends was noticed
NOTHING_RAN = 5  # pytest's word for it


@dataclass(frozen=True)
class Guard:
    """One guard: what stands in a file, what stands there without it, and the tests to ask."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """How it went without a guard: red, green or broken (the house does not even start)."""

    name: str
    how: str
    by: str  # the test that noticed; of a broken one the last words


def guards() -> Iterator[Guard]:
    """All of them, the triggers first."""
    for trigger, code in triggers():
        tests = [*mentions(trigger), *mentions(f"rule:{code}")] if code else [DOING[trigger]]
        tests += [
            f"{ROWS}::test_the_store_refuses_it_and_nothing_but_this_trigger_does[{trigger}]"
        ] * bool(code)
        pattern = rf"(CREATE|DROP) TRIGGER {trigger}\b"
        new = WITHOUT.format(pattern=pattern)
        yield Guard(f"trigger {trigger}", MIGRATIONS, ALL, new, tuple(dict.fromkeys(tests)))
    for file, (tests, pairs) in PYTHON.items():
        for n, (old, new) in enumerate(pairs, start=1):
            if not new and old.startswith("if ") and old.endswith(":"):
                new = "if False:"
            said = " ".join(old.split())
            yield Guard(f"{file} {n}: {said}", file, old, new, tuple(tests.split()))


def triggers() -> list[tuple[str, str]]:
    """The name of each trigger of a store of today, and its rule; "" where it raises none."""
    from models import store

    with tempfile.TemporaryDirectory() as folder, store.using(Path(folder) / "piyao.db") as db:
        made = db.rows("SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger'")
    codes = {row["name"]: re.search(r"'rule:([a-z-]+)'", row["sql"]) for row in made}
    return [(name, code[1] if code else "") for name, code in codes.items()]


@cache
def functions() -> dict[str, str]:
    """The source of every test function that may be asked of a trigger, by its pytest name."""
    found = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        place = path.relative_to(ROOT)
        if place.parts[1] in SLOW or path.stem.startswith(OF_THE_SCHEMA):
            continue
        text = path.read_text("utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found[f"{place}::{node.name}"] = ast.get_source_segment(text, node) or ""
    return found


def mentions(word: str) -> list[str]:
    """The test functions that say this word."""
    whole = re.compile(rf"\b{re.escape(word)}(?![\w-])")
    return [name for name, source in functions().items() if whole.search(source)]


class Copy:
    """A copy of the tree in which one guard at a time is missing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        files = subprocess.check_output(
            ["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, text=True
        )
        for name in filter(None, files.split("\0")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
        # by their content: a file that is changed twice within a second is never taken for another
        for room in folder.iterdir():
            if room.is_dir() and room.name != "tests":
                checked = py_compile.PycInvalidationMode.CHECKED_HASH
                compileall.compile_dir(room, quiet=2, invalidation_mode=checked)

    def without(self, guard: Guard) -> Found:
        """Ask the tests of a guard while it is missing, the quick ones first."""
        file = self.folder / guard.file
        text = file.read_text("utf-8")
        if text.count(guard.old) != 1:
            return Found(guard.name, "broken", f"stands there {text.count(guard.old)} times")
        file.write_text(text.replace(guard.old, guard.new), "utf-8")
        try:
            found = Found(guard.name, "green", "")
            for speed in ("not slow", "slow"):
                found = self._asked(guard, speed)
                if found.how != "green":
                    break
            return found
        finally:
            file.write_text(text, "utf-8")

    def _asked(self, guard: Guard, speed: str) -> Found:
        code, said = self.pytest([*guard.tests, "-m", speed])
        failed = re.search(r"^(?:FAILED|ERROR) (\S+::.*?)(?: - .*)?$", said, re.MULTILINE)
        if code == 1 and failed:
            return Found(guard.name, "red", failed[1])
        if code in (0, NOTHING_RAN):
            return Found(guard.name, "green", "")
        if code < 0:
            return Found(guard.name, "red", f"nothing ended within {PATIENCE} s")
        return Found(guard.name, "broken", said.strip()[-300:])

    def pytest(self, words: list[str], patience: float = PATIENCE) -> tuple[int, str]:
        """Run tests in the copy; the exit code (below 0: they did not end) and what was said."""
        argv = [sys.executable, "-m", "pytest", "-x", "-n0", "-rfE", "--tb=no"]
        argv += ["-p", "no:cacheprovider", *words]
        place = {"PYTHONPATH": str(self.folder), "COLUMNS": "500"}
        with tempfile.TemporaryFile("w+") as said:
            running = subprocess.Popen(
                argv,
                cwd=self.folder,
                env=os.environ | place,
                stdout=said,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            try:
                code = running.wait(patience)
            except subprocess.TimeoutExpired:
                os.killpg(running.pid, signal.SIGKILL)
                running.wait()
                code = -1
            said.seek(0)
            return code, said.read()


def try_all(chosen: list[Guard], jobs: int, trust: bool, results: Path | None) -> list[Found]:
    """Take each of these out, in so many copies at once; the outcomes as they come."""
    done: list[Found] = []
    with tempfile.TemporaryDirectory(prefix="without-") as folder:
        copies: queue.Queue[Copy] = queue.Queue()
        for n in range(jobs):
            copies.put(Copy(Path(folder) / str(n)))
        if not trust:
            asked = sorted({test for guard in chosen for test in guard.tests})
            code, said = copies.queue[0].pytest(asked, patience=3600)
            if code:
                raise SystemExit(f"the tests are red with every guard in place:\n{said}")

        def one(guard: Guard) -> Found:
            copy = copies.get()
            try:
                found = copy.without(guard)
            finally:
                copies.put(copy)
            print(f"{found.how.upper():6} {found.name}  {found.by}", flush=True)
            if results:
                with results.open("a", encoding="utf-8") as out:
                    out.write(json.dumps(asdict(found), ensure_ascii=False) + "\n")
            return found

        with ThreadPoolExecutor(jobs) as pool:
            done += pool.map(one, chosen)
    return done


def main() -> int:
    """0 where every guard was noticed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("words", nargs="*", metavar="WORD")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--results", type=Path)
    parser.add_argument("--trust", action="store_true")
    said = parser.parse_args()
    before: list[Found] = []
    if said.results and said.results.exists():
        lines = said.results.read_text("utf-8").splitlines()
        before = [Found(**json.loads(line)) for line in lines]
    tried = {found.name for found in before}
    chosen = [
        guard
        for guard in guards()
        if guard.name not in tried and (not said.words or any(w in guard.name for w in said.words))
    ]
    found = before + (try_all(chosen, said.jobs, said.trust, said.results) if chosen else [])
    for kind, wanted in (("triggers", True), ("guards of tests.guards", False)):
        of = [each for each in found if each.name.startswith("trigger ") is wanted]
        red = sum(each.how == "red" for each in of)
        print(f"{red} of {len(of)} {kind} were noticed")
    missed = [each for each in found if each.how != "red"]
    for each in missed:
        print(f"  {each.how}: {each.name} {each.by}")
    return int(bool(missed))


if __name__ == "__main__":
    raise SystemExit(main())
