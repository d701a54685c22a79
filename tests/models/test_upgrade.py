"""A store that an earlier piyao wrote opens with today's code, and nothing in it is lost."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import Any

import pytest

from models import audit, driver, store
from models.casework import cases, evidence, queue, verdicts
from models.known import claims
from models.publishing import notices, revisions
from models.store import Store
from tests.where import DATA

STORES = sorted((DATA / "stores").glob("*.db.gz"))


@pytest.fixture(params=STORES, ids=lambda path: path.name.removesuffix(".db.gz"))
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The store of a fixture, unpacked beside its key."""
    packed: Path = request.param
    path = tmp_path / "piyao.db"
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    shutil.copy(packed.with_name(packed.name.replace(".db.gz", ".key")), tmp_path / "piyao.key")
    return path


def tables(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, read by SQLite alone."""
    connection = driver.library.connect(str(path))
    connection.row_factory = driver.library.Row
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    found = {
        name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')]
        for (name,) in names
    }
    connection.close()
    return found


def test_there_is_a_store_to_upgrade() -> None:
    assert STORES


def test_every_row_is_still_there_after_the_upgrade(old: Path) -> None:
    before = tables(old)
    with store.using(old) as db:
        db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    after = tables(old)
    assert before["posts"] and before["audit"]
    for name, rows in before.items():
        kept = after.get(name, [])
        columns = kept[0].keys() if kept else set()
        assert len(kept) >= len(rows), name
        for row in rows:
            assert {k: v for k, v in row.items() if k in columns} in [
                {k: each[k] for k in row if k in columns} for each in kept
            ], name


def test_the_upgraded_store_is_whole_and_every_record_reads(old: Path) -> None:
    with store.using(old) as db:
        assert db.value("PRAGMA integrity_check") == "ok"
        assert db.rows("PRAGMA foreign_key_check") == []
        assert audit.verify(db).ok
        assert queue.cases(db, "todo") and claims.search(db, limit=9)
        for case in all_cases(db):
            evidence.of_case(db, case)
            verdicts.current(db, case)
            for notice in notices.of_case(db, case):
                assert revisions.of_notice(db, notice)


def all_cases(db: Store) -> list[int]:
    found = [row["id"] for row in db.rows("SELECT id FROM cases ORDER BY id")]
    assert [cases.get(db, each).id for each in found] == found
    return found
