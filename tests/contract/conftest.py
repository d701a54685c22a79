"""What the tests of this folder may ask for: crawls on a store of their own, and a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.visits import Visits
from models import store
from tests.crawl_process import Crawls
from tests.http_server import Server


@pytest.fixture
def crawls(tmp_path: Path) -> Iterator[Crawls]:
    path = tmp_path / "piyao.db"
    db = store.open(path)
    visits = Visits(path)
    yield Crawls(path, db, visits)
    visits.close()
    db.close()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running
