"""What is deleted or overwritten is gone from the bytes of the store, its log and its index."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models import driver, store
from models.casework import cases, opening
from models.config import RetentionConfig, Source
from models.intake import posts, runs, sources
from models.intake.records import Post, Reply
from models.ranking import clusters, scores
from models.ranking.line import Line
from models.store import Store
from models.upkeep import retention
from tests import case_steps
from tests.conftest import People

CANARY = "金丝雀{}号在河边"
RULES = RetentionConfig()


def found(path: Path, words: str) -> list[str]:
    """The files of the store in whose bytes the words stand."""
    files = [path.with_name(path.name + end) for end in ("", "-wal", "-shm", "-journal")]
    return [file.name for file in files if file.exists() and words.encode() in file.read_bytes()]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    at = [datetime(2026, 1, 1, tzinfo=UTC)]
    monkeypatch.setattr(store, "clock", lambda: at[0])
    return at


def test_what_retention_forgets_is_in_no_byte_of_the_store(
    db: Store, later: list[datetime]
) -> None:
    sources.sync(db, [Source("forum", "feed", "http://127.0.0.1/", every=60)])
    for n in range(400):  # pages enough that some are split, and some freed
        words = f"{CANARY.format(n)}，{'闲话' * (n % 90)}{'长文' * 3000 if n % 50 == 0 else ''}"
        reply = Reply(f"回{CANARY.format(n)}", native_id=f"r{n}")
        posts.add(db, Post("forum", f"id-{n}", words, title=CANARY.format(n), replies=(reply,)))
        runs.fault(db, None, "forum", "坏了", f"第{n}条", "看看", f"坏{CANARY.format(n)}".encode())
    ids = [row["id"] for row in db.rows("SELECT id FROM posts")]
    scores.save(db, [case_steps.score(post_id, 0.1) for post_id in ids], 0.0, Line.at(0.6))
    for post_id in ids:
        text = CANARY.format(post_id - 1)
        case_steps.assign(db, post_id, None, clusters.Fingerprint((post_id,), post_id, text))
    assert found(db.path, CANARY.format(7))
    later[0] += timedelta(days=31)
    assert retention.expire(db, RULES)["posts"] == 400
    assert [n for n in range(400) if found(db.path, CANARY.format(n))] == []


def test_the_words_a_post_had_before_it_changed_are_gone(db: Store, later: list[datetime]) -> None:
    for n in range(120):
        posts.add(db, Post("forum", f"id-{n}", f"{CANARY.format(n)}{'，旧话' * (n % 40)}"))
    for n in range(120):
        posts.add(db, Post("forum", f"id-{n}", f"新的第{n}条{'，新话' * (n * 7 % 60)}"))
    retention.expire(db, RULES)
    assert [n for n in range(120) if found(db.path, CANARY.format(n))] == []


def test_the_search_index_forgets_the_words_of_before(
    db: Store, people: People, later: list[datetime]
) -> None:
    case = case_steps.open_case(db)
    for n in range(70):  # after 60 FTS5 happened to merge all by itself
        with db.atomic():
            opening._index(db, [(case.id, f"canary{n}xyz gemein{n}sam")])
    retention.expire(db, RULES)
    assert [
        n for n in range(69) if found(db.path, f"canary{n}xyz") or found(db.path, f"gemein{n}sam")
    ] == []
    assert (
        db.value("SELECT rowid FROM case_search WHERE case_search MATCH 'canary69xyz'") == case.id
    )
    assert cases.get(db, case.id)


def test_a_store_that_freed_pages_before_is_written_anew_once(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    store.open(path).close()
    raw = driver.library.connect(str(path), isolation_level=None)  # as an earlier version deleted
    raw.execute("PRAGMA secure_delete=OFF")
    raw.executemany(
        "INSERT INTO sign_ins (account, at) VALUES (?, '')",
        [[f"{CANARY.format(n)}{'x' * 300}"] for n in range(300)],
    )
    raw.execute("DELETE FROM sign_ins")
    raw.execute("DELETE FROM _sqlite_migrations WHERE name = '0013_masks'")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    assert found(path, CANARY.format(299)) == ["old.db"]
    store.open(path).close()
    assert [n for n in range(300) if found(path, CANARY.format(n))] == []


def test_each_connection_deletes_securely(db: Store) -> None:
    assert db.value("PRAGMA secure_delete") == 1


def test_a_reader_that_holds_the_log_does_not_stop_the_work(db: Store, tmp_path: Path) -> None:
    reader = driver.library.connect(str(db.path), isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM posts").fetchone()
    posts.add(db, Post("forum", "1", "一句"))
    assert db.forget_log() is False
    reader.execute("ROLLBACK")
    reader.close()
    assert db.forget_log() is True
    assert db.value("PRAGMA busy_timeout") == store.BUSY_MS
