"""The store: opened the one safe way, by however many at once."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from models import audit, driver, store
from models.errors import StoreError
from models.people import officers
from models.roles import Role
from models.store import Store
from tests.waiting import HANG
from tests.where import ROOT


def python(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=HANG,
    )


def together(program: str, count: int, *arguments: str) -> list[str]:
    """What each of several processes that start at once prints; each must end well."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]
    ended = [process.communicate(timeout=HANG) for process in running]
    assert [process.returncode for process in running] == [0] * count, ended
    return [out for out, _ in ended]


def settings(db: Store) -> dict[str, object]:
    names = ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
    return {name: db.value(f"PRAGMA {name}") for name in names}


SAFE = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}


def test_every_connection_has_the_safe_settings(db: Store) -> None:
    assert driver.wal_is_safe(), "this SQLite has the WAL-reset bug"
    second = store.open(db.path)
    third = store.open(db.path, migrate=False)
    assert settings(db) == settings(second) == settings(third) == SAFE
    second.close()
    third.close()


@pytest.mark.slow
def test_django_and_sqlite_utils_share_one_sqlite_library_and_the_same_settings(
    tmp_path: Path,
) -> None:
    program = """
import sys
import models.driver
from models import store
db = store.open(sys.argv[1])
import django, sqlite_utils
from django.conf import settings
import desk.settings
options = desk.settings.DATABASES["default"]["OPTIONS"]
settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3",
    "NAME": sys.argv[1], "OPTIONS": options}})
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    found = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in
        ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")]
    version = cursor.execute("SELECT sqlite_version()").fetchone()[0]
assert version == db.value("SELECT sqlite_version()"), version
loaded = {line.split()[-1] for line in open("/proc/self/maps")
    if "sqlite" in line.split()[-1] and ".so" in line}
print(found, len(loaded), loaded)
"""
    ended = python(program, str(tmp_path / "piyao.db"))
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("['wal', 2, 1, 1] 1 "), ended.stdout


@pytest.mark.slow
def test_a_sqlite3_loaded_before_the_driver_is_refused() -> None:
    ended = python("import sqlite3, models.driver")
    assert "sqlite3 was imported before models.driver" in ended.stderr


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_only_a_mended_sqlite_gets_wal(version: tuple[int, ...], safe: bool) -> None:
    assert driver.wal_is_safe(version) is safe
    journal, synchronous, *rest = store.pragmas(version)
    assert (journal, synchronous) == (
        ("journal_mode=WAL", "synchronous=FULL")
        if safe
        else ("journal_mode=DELETE", "synchronous=EXTRA")
    )
    assert rest == ["foreign_keys=ON", "recursive_triggers=ON", "secure_delete=ON"]


@pytest.mark.slow
def test_eight_processes_that_start_at_once_make_one_store_and_one_key(tmp_path: Path) -> None:
    program = """
import sys
import models.driver
from models import store
from models.people import officers
db = store.open(sys.argv[1])
print(db.secret.hex(), db.value("SELECT count(*) FROM officers WHERE id = 0"))
"""
    said = together(program, 8, str(tmp_path / "new" / "piyao.db"))
    assert len(set(said)) == 1
    assert said[0].split()[1] == "1"
    assert len(bytes.fromhex(said[0].split()[0])) == 32
    key = tmp_path / "new" / "piyao.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert list(key.parent.glob("piyao.key-*")) == []


@pytest.mark.slow
def test_a_second_opener_waits_for_the_migration_and_finds_it_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "piyao.db"
    started, applied = threading.Event(), []
    real = store.migrations.migrations.apply

    def slow(db: Store) -> None:
        started.set()
        pending = len(store.migrations.migrations.pending(db))
        time.sleep(0.3)
        real(db)
        applied.append(pending)

    monkeypatch.setattr(store.migrations.migrations, "apply", slow)
    threads = [threading.Thread(target=lambda: store.open(path).close()) for _ in range(2)]
    threads[0].start()
    assert started.wait(HANG)
    threads[1].start()
    for thread in threads:
        thread.join()
    assert applied == [len(store.migrations.migrations._migrations), 0]


@pytest.mark.slow
def test_a_migration_that_is_killed_half_way_leaves_nothing_behind(tmp_path: Path) -> None:
    program = """
import os, sys
import models.driver
from models import store
from models.schema import m0001_upkeep as schema, migrations
schema.SQL = "CREATE TABLE leases (name TEXT);\\nSELECT kill();"
db = store.open(sys.argv[1], migrate=False)
db.conn.create_function("kill", 0, lambda: os._exit(9))
migrations.migrations.apply(db)
"""
    path = tmp_path / "piyao.db"
    assert python(program, str(path)).returncode == 9
    half = store.open(path, migrate=False)
    assert half.value("SELECT count(*) FROM sqlite_master WHERE name = 'posts'") == 0
    half.close()
    whole = store.open(path)
    assert officers.add(whole, "v", Role.VERIFIER).id == 1
    whole.close()


@pytest.mark.parametrize("spoil", ["text", "folder", "rights"])
def test_what_is_no_store_is_one_sentence(tmp_path: Path, spoil: str) -> None:
    path = tmp_path / "piyao.db"
    if spoil == "text":
        path.write_text("这不是数据库\n" * 100, encoding="utf-8")
    elif spoil == "folder":
        path.mkdir()
    else:
        path = tmp_path / "file" / "piyao.db"
        path.parent.write_text("a file where a folder should be")
    with pytest.raises(StoreError) as caught:
        store.open(path)
    assert str(path) in str(caught.value)
    assert "restore a backup" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_text_file_is_not_touched_by_the_attempt_to_open_it(tmp_path: Path) -> None:
    path = tmp_path / "piyao.db"
    path.write_bytes(b"my letters\n" * 500)
    with pytest.raises(StoreError):
        store.open(path)
    assert path.read_bytes() == b"my letters\n" * 500


def test_a_transaction_takes_the_write_lock_at_its_first_line(db: Store) -> None:
    """A deferred one would read first, and fail at its first write after another's."""
    with db.atomic():
        other = driver.library.connect(str(db.path), timeout=0, isolation_level=None)
        with pytest.raises(driver.library.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_a_store_that_stays_busy_says_what_to_do(
    db: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BUSY_MS", 50)
    waiting = store.open(db.path)
    with db.atomic(), pytest.raises(StoreError, match="busy or not writable"), waiting.atomic():
        pass
    waiting.close()


def test_an_error_undoes_the_whole_transaction_and_the_store_goes_on(db: Store) -> None:
    with pytest.raises(ZeroDivisionError), db.atomic():
        audit.append(db, officers.MACHINE, "case.open", "case:1")
        db.execute("INSERT INTO meta VALUES ('a', '1')")
        with db.atomic():
            db.execute("INSERT INTO meta VALUES ('b', '2')")
        raise ZeroDivisionError
    assert db.value("SELECT count(*) FROM meta WHERE key <> 'key.check'") == 0
    assert db.value("SELECT count(*) FROM audit") == 0
    with db.atomic():
        db.execute("INSERT INTO meta VALUES ('a', '1')")
    assert db.value("SELECT count(*) FROM meta WHERE key <> 'key.check'") == 1


def test_an_inner_block_that_fails_undoes_itself_alone(db: Store) -> None:
    with db.atomic():
        db.execute("INSERT INTO meta VALUES ('a', '1')")
        with pytest.raises(ZeroDivisionError), db.atomic():
            db.execute("INSERT INTO meta VALUES ('b', '2')")
            raise ZeroDivisionError
    assert [row["key"] for row in db.rows("SELECT key FROM meta WHERE key <> 'key.check'")] == ["a"]


def test_a_full_disk_is_loud_and_keeps_the_last_committed_state(db: Store) -> None:
    pages = db.value("PRAGMA page_count")
    db.conn.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreError, match="nothing was written"), db.atomic():
        for n in range(1000):
            db.conn.execute("INSERT INTO meta VALUES (?, ?)", [str(n), "x" * 4000])
    assert db.value("SELECT count(*) FROM meta WHERE key <> 'key.check'") == 0
    assert db.value("PRAGMA integrity_check") == "ok"
    db.conn.execute("PRAGMA max_page_count = 1000000")
    with db.atomic():
        db.conn.execute("INSERT INTO meta VALUES ('after', '1')")
    assert db.value("SELECT count(*) FROM meta WHERE key <> 'key.check'") == 1


def replace_by_sql(db: Store) -> None:
    row = db.row("SELECT * FROM audit WHERE seq = 1") or {}
    db.conn.execute(
        "INSERT OR REPLACE INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [*{**row, "action": "case.nothing"}.values()],
    )


def replace_by_sqlite_utils(db: Store) -> None:
    row = db.row("SELECT * FROM audit WHERE seq = 1") or {}
    db["audit"].insert({**row, "action": "case.nothing"}, replace=True)


def upsert_by_sqlite_utils(db: Store) -> None:
    db["audit"].upsert({"seq": 1, "action": "case.nothing"}, pk="seq")


@pytest.mark.parametrize(
    "rewrite", [replace_by_sql, replace_by_sqlite_utils, upsert_by_sqlite_utils]
)
def test_replacing_a_row_does_not_walk_around_the_append_only_log(
    db: Store, rewrite: Callable[[Store], None]
) -> None:
    officers.add(db, "v", Role.VERIFIER)
    with pytest.raises(driver.library.IntegrityError):
        rewrite(db)
    assert audit.verify(db).ok
    assert db.value("SELECT action FROM audit WHERE seq = 1") == "officer.add"


def test_without_recursive_triggers_the_replacement_would_have_passed(db: Store) -> None:
    """The guard is that pragma: switched off, the log is rewritten, and the chain shows it."""
    officers.add(db, "v", Role.VERIFIER)
    db.conn.execute("PRAGMA recursive_triggers = OFF")
    replace_by_sql(db)
    assert not audit.verify(db).ok


def test_a_foreign_key_to_nothing_is_refused(db: Store) -> None:
    with pytest.raises(driver.library.IntegrityError, match="FOREIGN KEY"):
        db.conn.execute("INSERT INTO replies VALUES (99, 'n', 'text', NULL)")


def test_a_time_comes_back_as_it_was_stored_and_sorts_as_text() -> None:
    from datetime import UTC, datetime, timedelta, timezone

    china = timezone(timedelta(hours=8))
    times = [
        datetime(1, 1, 2, tzinfo=UTC),
        datetime(999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2020, 1, 26, 8, 0, tzinfo=china),
        datetime(2020, 1, 26, 0, 0, 0, 1, tzinfo=UTC),
        datetime(9999, 12, 31, tzinfo=UTC),
    ]
    stamps = [store.stamp(at) for at in times]
    assert [store.time(text) for text in stamps] == times
    assert stamps == sorted(stamps, key=str)
    assert {len(text or "") for text in stamps} == {27}


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    assert store.dump({"b": 1, "a": "谣"}) == store.dump({"a": "谣", "b": 1}) == '{"a":"谣","b":1}'


def test_rows_are_written_by_column_names_whatever_their_characters(db: Store) -> None:
    db.execute('CREATE TABLE "odd ""names" (id INTEGER PRIMARY KEY, "by; DROP" TEXT, at TEXT)')
    with db.atomic():
        first = db.insert('odd "names', {"by; DROP": "甲'--", "at": None})
        assert db.insert('odd "names', {"by; DROP": "乙", "at": "x"}) == first + 1
        assert db.update('odd "names', first, {"by; DROP": "丙"})
    assert [row["by; DROP"] for row in db.rows('SELECT * FROM "odd ""names"')] == ["丙", "乙"]


def test_an_update_leaves_a_row_alone_that_no_longer_holds_what_was_expected(db: Store) -> None:
    db.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, state TEXT, at TEXT)")
    with db.atomic():
        thing = db.insert("things", {"state": "open", "at": None})
        assert not db.update("things", thing, {"at": "now"}, state="closed")
        assert db.update("things", thing, {"at": "now"}, state="open", at=None)
        assert not db.update("things", thing, {"at": "later"}, at=None)
        assert not db.update("things", thing + 1, {"at": "later"})
    assert db.row("SELECT * FROM things") == {"id": thing, "state": "open", "at": "now"}


def test_an_upsert_changes_the_row_of_its_key_and_no_other(db: Store) -> None:
    db.execute("CREATE TABLE things (name TEXT PRIMARY KEY, state TEXT)")
    with db.atomic():
        for name, state in (("a", "open"), ("b", "open"), ("a", "closed")):
            db.upsert("things", {"name": name, "state": state}, "name")
    assert db.rows("SELECT * FROM things ORDER BY name") == [
        {"name": "a", "state": "closed"},
        {"name": "b", "state": "open"},
    ]


def test_many_upserts_keep_what_they_are_told_to_keep(db: Store) -> None:
    db.conn.execute("CREATE TABLE things (name PRIMARY KEY, state, drawn)")
    with db.atomic():
        for state, drawn in (("open", 0), ("closed", 1)):
            rows = [{"name": name, "state": state, "drawn": drawn} for name in ("a", "b")]
            db.upsert_many(
                "things", [*rows, {"name": state, "state": "", "drawn": 1}], "name", ["drawn"]
            )
        db.upsert_many("things", [], "name")
    assert db.rows("SELECT * FROM things WHERE name IN ('a', 'b')") == [
        {"name": name, "state": "closed", "drawn": 0} for name in ("a", "b")
    ]
    assert db.value("SELECT drawn FROM things WHERE name = 'closed'") == 1
