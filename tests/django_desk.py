"""A desk for unit tests: Django on a seeded store on disk, put back to the same state for each test.

    from tests.django_desk import Desk       (the fixture ``desk`` comes from conftest.py)

    def test_something(desk: Desk) -> None:
        answer = desk.client("monitor").get("/queue/")

Django can be configured once in a process, so every unit test of the desk shares this one folder,
made when this module is imported; that must come before any module of the desk that has models.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from desk import serve
from models import config, store
from models.people import officers
from models.roles import Officer
from tests import seeded_night

PASSWORD = "night-desk-of-jiangzhou"
HOST = "localhost"


def _prepare() -> config.Config:
    folder = Path(tempfile.mkdtemp(prefix="piyao-desk-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "piyao.toml"
    path.write_text('data_dir = "data"\n', encoding="utf-8")
    made = config.load(path)
    serve.prepare(made)
    return made


CONFIG = _prepare()


@dataclass
class Desk:
    config: config.Config
    people: dict[str, Officer]
    db: store.Store
    moment: datetime = field(default=seeded_night.NIGHT)

    def client(self, name: str = "", **options: Any) -> Any:
        """A test client, signed in as one of ``seeded_night.people`` unless ``name`` is empty."""
        from django.contrib.auth.models import User
        from django.test import Client

        client = Client(HTTP_HOST=HOST, raise_request_exception=False, **options)
        if name:
            client.force_login(User.objects.get(username=name))
        return client

    def later(self, **length: float) -> None:
        """Move the clock of the house forward."""
        self.moment += timedelta(**length)


@pytest.fixture(scope="session")
def night() -> bytes:
    return seeded()


@cache
def seeded() -> bytes:
    """The seeded store as bytes; filled once in a process."""
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User
    from django.db import connections

    db = store.open(CONFIG.store)
    people = seeded_night.fill(db)
    hashed = make_password(PASSWORD)
    for name in people:
        User.objects.create(username=name, password=hashed)
    connections.close_all()
    db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return CONFIG.store.read_bytes()


@pytest.fixture
def desk(night: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The night of ``tests.seeded_night`` at 03:12:08, fresh for this test."""
    from django.db import connections

    connections.close_all()
    _put_back(CONFIG.store, night)
    db = store.open(CONFIG.store)
    people = {officer.username: officer for officer in officers.all(db)}
    found = Desk(CONFIG, people, db)
    monkeypatch.setattr(store, "clock", _clock(found))
    yield found
    db.close()
    connections.close_all()


def _clock(desk: Desk) -> Callable[[], datetime]:
    return lambda: desk.moment


def _put_back(path: Path, content: bytes) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)
    path.write_bytes(content)
