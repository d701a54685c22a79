"""Takes the guards of the house out, one by one, and looks on whether a test notices.

    python -m tests.without_guards [--jobs 2] [--results FILE] [--trust] [WORD ...]      (make guards)

A guard is a trigger of the store (all of them), or a line of ``tests.guards``. For each of them its text
goes, and the tests that speak of it run, up to the first that fails: of a trigger those functions that name
it or its rule, and its row in ``tests/models/schema/test_triggers.py``; of a line of ``tests.guards`` the
files that it names. RED: a test noticed, and which. GREEN: nobody did; then a test is missing, or the
guard guards nothing. Not part of ``make test``: it takes the better part of an hour.

How the house is changed: ``tests.changed_house``. Slow tests are asked where the quick ones notice nothing.
The tests of the chosen guards have to be green first, which is tried first unless ``--trust`` says that it
is known. ``WORD``: only guards whose name holds it. ``--results``: a line of JSON each, and what stands
there is not tried again.
"""

from __future__ import annotations

import argparse
import ast
import json
import multiprocessing
import os
import re
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

from tests import changed_house
from tests.changed_house import Change
from tests.guards import DOING, PYTHON
from tests.where import ROOT

MIGRATIONS = "models/schema/migrations.py"
ALL = "    return found\n"  # of the statements of a migration
WITHOUT = "    return [s for s in found if not __import__('re').search({pattern!r}, s)]\n"
ROW = (
    "tests/models/schema/test_triggers.py::"
    "test_the_store_refuses_it_and_nothing_but_this_trigger_does[{}]"
)
# tests of the schema as such: they see that a trigger is gone, not what it guards
OF_THE_SCHEMA = ("test_triggers", "test_fingerprint", "test_upgrade", "test_m00")
SLOW = {"browser", "contract", "reliability"}
NOTHING_RAN = 5  # pytest's word for it


@dataclass(frozen=True)
class Guard:
    """One guard: what stands in a file, what stands there without it, and the tests to ask."""

    name: str
    change: Change
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
        tests = DOING.get(trigger, "").split()
        if code:
            tests += [*mentions(trigger), *mentions(f"rule:{code}"), ROW.format(trigger)]
        new = WITHOUT.format(pattern=rf"(CREATE|DROP) TRIGGER {trigger}\b")
        change = Change(MIGRATIONS, ALL, new)
        yield Guard(f"trigger {trigger}", change, tuple(dict.fromkeys(tests)))
    for file, (tests, pairs) in PYTHON.items():
        for n, (old, new) in enumerate(pairs, start=1):
            if not new and old.startswith("if ") and old.endswith(":"):
                new = "if False:"
            said = " ".join(old.split())
            yield Guard(f"{file} {n}: {said}", Change(file, old, new), tuple(tests.split()))


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


def try_one(guard: Guard) -> Found:
    """Ask the tests of a guard while it is missing, the quick ones first."""
    text = (ROOT / guard.change.file).read_text("utf-8")
    if (times := text.count(guard.change.old)) != 1:
        return Found(guard.name, "broken", f"stands there {times} times")
    schema = guard.change.file.startswith("models/schema/")
    argv = [*guard.tests, "-m", "not slow"]
    found = judged(guard, *changed_house.run(guard.change, argv, everywhere=schema))
    if found.how == "green" and (slow := [test for test in guard.tests if some_are_slow(test)]):
        argv = [*slow, "-m", "slow"]
        found = judged(guard, *changed_house.run(guard.change, argv, everywhere=True))
    return found


@cache
def some_are_slow(test: str) -> bool:
    """Whether a file of tests, or one of a folder, marks any as slow."""
    place = ROOT / test.partition("::")[0]
    files = place.rglob("test_*.py") if place.is_dir() else [place]
    return any("mark.slow" in file.read_text("utf-8") for file in files)


def in_place(chosen: list[Guard]) -> list[Guard]:
    """The same tests, each once, with nothing taken out: nothing is to be noticed."""
    asked = {(guard.change.file, guard.tests): guard for guard in chosen}
    return [
        Guard("all in place", replace(guard.change, new=guard.change.old), guard.tests)
        for guard in asked.values()
    ]


def judged(guard: Guard, code: int, said: str) -> Found:
    failed = re.search(r"^(?:FAILED|ERROR) (\S+::.*?)(?: - .*)?$", said, re.MULTILINE)
    if code == 1 and failed:
        return Found(guard.name, "red", failed[1])
    if code in (0, NOTHING_RAN):
        return Found(guard.name, "green", "")
    if code == changed_house.UNENDED:
        return Found(guard.name, "red", f"nothing ended within {changed_house.PATIENCE} s")
    return Found(guard.name, "broken", said.strip()[-300:])


def main() -> int:
    """0 where every guard was noticed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("words", nargs="*", metavar="WORD")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--results", type=Path, default=Path(os.devnull))
    parser.add_argument("--trust", action="store_true")
    given = parser.parse_args()
    kept = given.results.read_text("utf-8").splitlines() if given.results.is_file() else []
    done = [Found(**json.loads(line)) for line in kept]
    tried = {found.name for found in done}
    words = given.words or [""]
    chosen = [g for g in guards() if g.name not in tried and any(w in g.name for w in words)]
    spawn = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(given.jobs, spawn) as pool,
        given.results.open("a") as out,
    ):
        for found in [] if given.trust else pool.map(try_one, in_place(chosen)):
            if found.how != "green":
                raise SystemExit(f"with every guard in place: {found.by}")
        for ended in as_completed([pool.submit(try_one, guard) for guard in chosen]):
            found = ended.result()
            print(f"{found.how.upper():6} {found.name}  {found.by}", flush=True)
            out.write(json.dumps(asdict(found), ensure_ascii=False) + "\n")
            out.flush()
            done.append(found)
    for kind, is_trigger in (("triggers", True), ("lines of tests.guards", False)):
        of = [each for each in done if each.name.startswith("trigger ") is is_trigger]
        print(f"{sum(each.how == 'red' for each in of)} of {len(of)} {kind} were noticed")
    for each in (missed := [each for each in done if each.how != "red"]):
        print(f"  {each.how}: {each.name}  {each.by}")
    return int(bool(missed))


if __name__ == "__main__":
    raise SystemExit(main())
