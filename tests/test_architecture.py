"""What holds over the whole house: every thing has its owner, its room and its test.

Who may import whom is held by import-linter (``lint-imports``), which also finds circles.
"""

from __future__ import annotations

import ast
import configparser
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import click
import pytest

import piyao
from models.casework.workflow import TRANSITIONS
from models.roles import MAY
from tests.where import ROOT

ROOMS = ("models", "crawler", "classifier", "notices", "desk", "jobs", "operations")
LONGEST = 300  # lines
NO_NOUN = re.compile(r"(utils?|helpers?|misc|common|tools?|stuff|manager)$")
UNSAFE = {"pickle", "marshal", "shelve", "joblib", "dill", "cloudpickle", "cPickle"}
SQL = re.compile(
    r"\s*(SELECT\s.+\sFROM\s|INSERT\s(OR\s\w+\s)?INTO\s|UPDATE\s\w+\sSET\s|DELETE\sFROM\s"
    r"|(CREATE|ALTER|DROP)\s(TABLE|INDEX|TRIGGER|VIEW)\s|PRAGMA\s\w+\s*=)",
    re.DOTALL,
)


def modules(house: Path = ROOT) -> list[Path]:
    """Every module of the rooms, and the two above them."""
    inside = [path for room in ROOMS for path in (house / room).rglob("*.py")]
    return sorted([*inside, *house.glob("*.py")])


def files_of_tests(house: Path = ROOT) -> list[Path]:
    return sorted((house / "tests").rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name


# ---- every file ---------------------------------------------------------------------------------


def silent(paths: list[Path]) -> list[str]:
    """The modules that do not open with what they own."""
    return [name(path) for path in paths if len(ast.get_docstring(parsed(path)) or "") < 10]


def too_long(paths: list[Path]) -> list[str]:
    return [
        f"{name(path)}: {lines}"
        for path in paths
        if (lines := path.read_text("utf-8").count("\n")) > LONGEST
    ]


def nameless(paths: list[Path]) -> list[str]:
    """The files and folders whose name says nothing of what they hold."""
    return [
        name(path)
        for path in paths
        if any(NO_NOUN.fullmatch(part) for part in (path.stem, path.parent.name))
    ]


def with_sql(paths: list[Path]) -> list[str]:
    return [
        f"{name(path)}:{node.lineno}"
        for path in paths
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value)
    ]


def unsafe(paths: list[Path]) -> list[str]:
    """The modules that import what runs code while it reads data."""
    return [
        f"{name(path)}: {module}"
        for path in paths
        for module in _imported(parsed(path))
        if module.split(".")[0] in UNSAFE
    ]


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_every_module_opens_with_what_it_owns() -> None:
    assert silent(modules()) == []


def test_no_module_is_longer_than_a_reader_holds() -> None:
    assert too_long([*modules(), *(ROOT / "benchmarks").rglob("*.py")]) == []


def test_every_module_is_named_for_what_it_holds() -> None:
    assert nameless([*modules(), *files_of_tests()]) == []


def test_sql_stands_in_models_and_nowhere_else() -> None:
    outside = [path for path in modules() if not path.is_relative_to(ROOT / "models")]
    assert len(outside) > 100 and with_sql(outside) == []


@pytest.mark.slow
def test_nothing_that_runs_code_while_it_reads_data_is_imported() -> None:
    assert unsafe([*modules(), *(ROOT / "benchmarks").rglob("*.py"), *files_of_tests()]) == []


@pytest.mark.parametrize(
    ("file", "text", "check"),
    [
        ("cases.py", "X = 1\n", silent),
        ("cases.py", "x = 1\n" * 301, too_long),
        ("utils.py", "", nameless),
        ("helpers/cases.py", "", nameless),
        ("cases.py", 'db.rows("SELECT id FROM cases WHERE id = ?", 1)\n', with_sql),
        ("cases.py", 'f"UPDATE cases SET state = {x}"\n', with_sql),
        ("cases.py", "import pickle\n", unsafe),
        ("cases.py", "def load():\n    from joblib import load\n", unsafe),
    ],
)
def test_each_check_sees_what_breaks_it(
    tmp_path: Path, file: str, text: str, check: Callable[[list[Path]], list[str]]
) -> None:
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    assert len(check([path])) == 1


# ---- every action, verb, channel, source and job has its test -----------------------------------


def performers(action: str) -> set[tuple[str, str]]:
    """The public functions of ``models`` that name the action: (module, function)."""
    found = set()
    for path in sorted((ROOT / "models").rglob("*.py")):
        for function in parsed(path).body:
            if not isinstance(function, ast.FunctionDef) or function.name.startswith("_"):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Constant) and node.value in (action, f"case.{action}"):
                    found.add((path.stem, function.name))
    return found


@cache
def called() -> frozenset[tuple[str, str]]:
    """Every function of a module that a test calls: ("cases", "claim"), however it was imported."""
    return frozenset(call for path in files_of_tests() for call in _calls(parsed(path)))


def _calls(tree: ast.Module) -> Iterator[tuple[str, str]]:
    known: dict[str, list[str]] = {}  # as the file calls it: as the house does
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                path = [*node.module.split("."), alias.name]
                known[alias.asname or alias.name] = path
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        words = ast.unparse(node.func).split(".")
        words = [*known.get(words[0], words[:1]), *words[1:]]
        if len(words) > 1:
            yield words[-2], words[-1]


@cache
def allowed() -> frozenset[str]:
    """The actions that the pages ask for: the words of every ``@allow``."""
    return frozenset(
        word.value
        for path in (ROOT / "desk").rglob("*.py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "allow"
        for word in node.args
        if isinstance(word, ast.Constant)
    )


@pytest.mark.parametrize("action", TRANSITIONS)
def test_every_move_of_a_case_is_made_by_a_function_that_a_test_calls(action: str) -> None:
    made_by = performers(action)
    assert made_by, f"no function makes the move {action}"
    assert made_by & called(), f"no test calls one of {made_by}"


@pytest.mark.parametrize("action", sorted(set().union(*MAY.values())))
def test_every_permission_is_asked_for_and_what_asks_is_called(action: str) -> None:
    asked_by = performers(action)
    moves = {move.needs for move in TRANSITIONS.values()}  # asked for by the step itself
    assert asked_by or action in allowed() | moves, f"nothing asks whether one may {action}"
    assert not asked_by or asked_by & called(), f"no test calls one of {asked_by}"


def mirrored(module: str) -> Path:
    """Where one looks for the tests of ``notices.channels.site``."""
    *folders, last = module.split(".")
    return ROOT.joinpath("tests", *folders, f"test_{last}.py")


def registered(kind: str) -> list[str]:
    """The modules that setup.cfg registers under an entry point of ours."""
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg", "utf-8")
    lines = settings["options.entry_points"][kind].split("\n")
    return [line.split("=")[1].split(":")[0].strip() for line in lines if "=" in line]


@pytest.mark.parametrize("kind", ["piyao.sources", "piyao.channels"])
def test_every_source_and_channel_has_its_test_file_beside_the_others(kind: str) -> None:
    found = registered(kind)
    assert found and [each for each in found if not mirrored(each).is_file()] == []


def test_every_job_of_the_clock_has_its_test_file() -> None:
    jobs = [path.stem for path in (ROOT / "jobs").glob("*.py")]
    wanted = [job for job in jobs if job not in ("__init__", "shared")]
    assert wanted and [job for job in wanted if not mirrored(f"jobs.{job}").is_file()] == []


def verbs(group: click.Group = piyao.main, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every verb that people type."""
    for word, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from verbs(command, (*path, word))
        elif not command.hidden:
            yield (*path, word)


@pytest.mark.parametrize("verb", [*verbs()], ids=" ".join)
def test_every_verb_is_typed_in_test_verbs(verb: tuple[str, ...]) -> None:
    typed = [
        tuple(getattr(word, "value", None) for word in node.elts[: len(verb)])
        for node in ast.walk(parsed(ROOT / "tests" / "test_verbs.py"))
        if isinstance(node, ast.List)
    ]
    assert verb in typed
