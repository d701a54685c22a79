"""A store that an earlier piyao wrote opens with today's code, and nothing in it is lost."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import Any

import pytest

from models import audit, chain, damage, driver, fingerprint, guarded, store
from models.casework import cases, evidence, queue, verdicts
from models.errors import StoreError
from models.known import claims
from models.people import officers
from models.publishing import notices, revisions
from models.store import Store
from tests.where import DATA

STORES = sorted((DATA / "stores").glob("*.db.gz"))


@pytest.fixture(params=STORES, ids=lambda path: path.name.removesuffix(".db.gz"))
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The store of a fixture, unpacked beside its key."""
    return unpacked(request.param, tmp_path)


def unpacked(packed: Path, tmp_path: Path) -> Path:
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


@pytest.mark.slow
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
        assert damage.of_rows(db) == [] and db.value("SELECT count(*) FROM sums") > 9
        assert queue.cases(db, "todo") and claims.search(db, limit=9)
        for case in all_cases(db):
            evidence.of_case(db, case)
            verdicts.current(db, case)
            for notice in notices.of_case(db, case):
                assert revisions.of_notice(db, notice)


def test_the_upgraded_store_has_the_schema_of_a_new_one_and_every_guarded_row_is_bound(
    old: Path,
) -> None:
    with store.using(old) as db:
        assert fingerprint.of(db.conn) == store._schema()
        found = audit.verify(db)
        assert found.ok and found.rows == len(guarded.everything(db.conn)) > 30
        newest = audit.newest(db, 1)[0]
        assert (newest.action, newest.detail["rows"]) == (chain.SNAPSHOT, found.rows)


def test_accounts_of_the_first_day_go_on_working_and_later_ones_are_as_fresh_as_they_are(
    tmp_path: Path,
) -> None:
    """A desk that began on the day of the upgrade is not stopped by it for a day."""
    first = unpacked(next(each for each in STORES if "11-29" in each.name), tmp_path)
    late = "2026-11-29T23:00:00.000000Z"
    with driver.library.connect(str(first)) as connection:
        connection.execute(
            "INSERT INTO officers (id, username, role, number, fields)"
            " VALUES (99, 'late', 'publisher', 99, '[]')"
        )
        connection.execute(
            "INSERT INTO audit SELECT seq + 1, ?, 'officer:6', 'officer.add', 'officer:99', '{}',"
            " hash, 'of no matter here' FROM audit ORDER BY seq DESC LIMIT 1",
            [late],
        )
    connection.close()
    with store.using(first) as db:
        people = {officer.username: officer for officer in officers.all(db)}
        assert people["publisher"].changed_at is None and people["colleague"].changed_at is None
        assert store.stamp(people["late"].changed_at) == late


EARLIER = {  # what the stores of ten earlier commits lacked or had otherwise: rules are mended, and said
    "a trigger less": ["DROP TRIGGER evidence_is_kept"],
    "three triggers less": [
        "DROP TRIGGER four_eyes",  # which a later migration replaces
        "DROP TRIGGER verdicts_need_evidence",
        "DROP TRIGGER outbox_moves_forward",
    ],
    "a weaker trigger": [
        "DROP TRIGGER revisions_never_change",
        "CREATE TRIGGER revisions_never_change BEFORE UPDATE OF title ON revisions"
        " BEGIN SELECT RAISE(ABORT, 'rule:revision-immutable'); END",
    ],
    "a trigger more": ["CREATE TRIGGER old AFTER DELETE ON sign_ins BEGIN SELECT 1; END"],
    "an index less": ["DROP INDEX approvals_by_notice"],
    "an index more": ["CREATE INDEX posts_by_url ON posts(url)"],
    "an index otherwise": [
        "DROP INDEX verdicts_by_case",
        "CREATE INDEX verdicts_by_case ON verdicts(case_id)",
    ],
    "a view otherwise": [
        "DROP VIEW verdict_standings",
        "CREATE VIEW verdict_standings AS SELECT id, case_id, outcome AS standing FROM verdicts",
    ],
}
OTHERWISE = {  # tables: what their rows mean cannot be guessed
    "a column less": ("ALTER TABLE posts DROP COLUMN reposts", "table posts is another"),
    "a column more": ("ALTER TABLE cases ADD COLUMN mood TEXT", "table cases is another"),
    "a table more": ("CREATE TABLE watchlist (handle TEXT)", "table watchlist is not of piyao"),
    "a table less": ("DROP TABLE faults", "table faults is missing"),
}


@pytest.mark.slow
@pytest.mark.parametrize("edit", EARLIER)
def test_rules_of_an_edited_migration_are_mended_once_and_the_log_names_them(
    old: Path, edit: str
) -> None:
    hand = driver.library.connect(str(old), isolation_level=None)
    for statement in EARLIER[edit]:
        hand.execute(statement)
    hand.close()
    named = EARLIER[edit][-1].split()[2]
    with store.using(old) as db:
        assert fingerprint.of(db.conn) == store._schema()
        bound = next(each for each in audit.newest(db) if each.action == chain.SNAPSHOT)
        assert named in bound.detail["mended"]


@pytest.mark.parametrize("edit", OTHERWISE)
def test_tables_of_an_edited_migration_are_refused_by_name(old: Path, edit: str) -> None:
    statement, said = OTHERWISE[edit]
    hand = driver.library.connect(str(old), isolation_level=None)
    hand.execute(statement)
    hand.close()
    with pytest.raises(StoreError) as error:
        store.open(old)
    assert said in str(error.value) and "piyao restore" in str(error.value)


def all_cases(db: Store) -> list[int]:
    found = [row["id"] for row in db.rows("SELECT id FROM cases ORDER BY id")]
    assert [cases.get(db, each).id for each in found] == found
    return found
