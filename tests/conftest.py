"""What every test may ask for: a fresh store on disk, and the people of a desk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from models import store
from models.harm import Topic
from models.people import officers
from models.roles import Officer, Role
from models.store import Store
from tests.desk_fixtures import desk, night  # noqa: F401  (Django is ready before a view is imported)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store just migrated, to be copied: making one costs more than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "piyao.db"
    with store.using(path) as opened:
        opened.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def db(tmp_path: Path, migrated: Path) -> Iterator[Store]:
    """A migrated store in a file of its own, with a key of its own."""
    shutil.copy(migrated, tmp_path / "piyao.db")
    opened = store.open(tmp_path / "piyao.db")
    yield opened
    opened.close()


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
    return People(
        officers.add(db, "monitor", Role.MONITOR, 3),
        officers.add(db, "verifier", Role.VERIFIER, 7, fields),
        officers.add(db, "second", Role.VERIFIER, 11, fields),
        officers.add(db, "publisher", Role.PUBLISHER, 2),
        officers.add(db, "other", Role.PUBLISHER, 4),
        officers.add(db, "viewer", Role.VIEWER, 1),
        officers.add(db, "admin", Role.ADMIN, 1),
    )


@pytest.fixture
def people(db: Store) -> People:
    return hire(db)
