"""What every test may ask for: a fresh store on disk, and the people of a desk."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from models import store
from models.harm import Topic
from models.people import officers
from models.roles import Officer, Role
from models.store import Store
from tests import seeded_night
from tests.django_desk import desk, night  # noqa: F401  (Django is ready before a view is imported)

SLOW = {"browser", "contract", "reliability"}  # folders whose every test is slow
# fixtures that make a store on disk
STORES = {"migrated", "hired", "seeded", "db", "night", "desk"}
PROCESSES = {"subprocess.Popen", "os.posix_spawn", "os.fork", "os.forkpty"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and item.path.relative_to(here).parts[0] in SLOW:
            item.add_marker("slow")
        if STORES & {*getattr(item, "fixturenames", ())}:
            item.add_marker("store")


_running: list[pytest.Item] = []  # the test that runs, if it belongs to ``make check``


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A test that starts a process says that it is slow: nothing of ``make check`` waits for one."""
    if item.get_closest_marker("slow") is None:
        _running.append(item)
    try:
        return (yield)
    finally:
        _running.clear()


def _no_process(event: str, _: object) -> None:
    if _running and event in PROCESSES:
        pytest.fail(f"{_running[0].nodeid} starts a process and is not marked slow")


sys.addaudithook(_no_process)


MADE: dict[str, Path] = {}  # the stores below, where ``tests.changed_house`` made them already


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store just migrated, to be copied: making one costs more than most tests."""
    if "migrated" in MADE:
        return MADE["migrated"]
    path = tmp_path_factory.mktemp("migrated") / "piyao.db"
    with store.using(path) as opened:
        opened.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def hired(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Path:
    """The same with the people of a desk."""
    if "hired" in MADE:
        return MADE["hired"]
    path = tmp_path_factory.mktemp("hired") / "piyao.db"
    copy_store(migrated, path)
    with store.using(path) as opened:
        hire(opened)
        opened.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def copy_store(store_at_rest: Path, to: Path) -> None:
    for suffix in (".db", ".key"):
        shutil.copy(store_at_rest.with_suffix(suffix), to.with_suffix(suffix))


@pytest.fixture
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A migrated store in a file of its own, beside its key; with its people where a test asks for them."""
    has = "hired" if "people" in request.fixturenames else "migrated"
    copy_store(request.getfixturevalue(has), tmp_path / "piyao.db")
    opened = store.open(tmp_path / "piyao.db")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of a night (``tests.seeded_night``), at rest in one file beside its key; to be copied."""
    path = tmp_path_factory.mktemp("night") / "piyao.db"
    with store.using(path) as opened:
        seeded_night.fill(opened)
        opened.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@dataclass(frozen=True)
class People:
    monitor: Officer
    verifier: Officer
    second: Officer  # another verifier, registered for every hazard field
    publisher: Officer
    other_publisher: Officer
    viewer: Officer
    admin: Officer


def hire(db: Store) -> People:
    fields = [topic for topic in Topic if topic.hazard]
    officers.add(db, "monitor", Role.MONITOR, 3)
    officers.add(db, "verifier", Role.VERIFIER, 7, fields)
    officers.add(db, "second", Role.VERIFIER, 11, fields)
    officers.add(db, "publisher", Role.PUBLISHER, 2)
    officers.add(db, "other", Role.PUBLISHER, 4)
    officers.add(db, "viewer", Role.VIEWER, 1)
    officers.add(db, "admin", Role.ADMIN, 1)
    return people_of(db)


def people_of(db: Store) -> People:
    by_name = {officer.username: officer for officer in officers.all(db)}
    return People(
        *(by_name[name] for name in ("monitor", "verifier", "second", "publisher", "other")),
        *(by_name[name] for name in ("viewer", "admin")),
    )


@pytest.fixture
def people(db: Store) -> People:
    return people_of(db)


def cells(db: Store) -> Iterator[tuple[str, str]]:
    """Every text and every readable blob of every table: (table.column, text)."""
    tables = db.rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
    )
    for table in tables:
        for row in db.query(f'SELECT * FROM "{table["name"]}"'):
            for column, value in row.items():
                if isinstance(value, bytes):
                    value = value.decode("utf-8", "replace")
                if isinstance(value, str):
                    yield f"{table['name']}.{column}", value
