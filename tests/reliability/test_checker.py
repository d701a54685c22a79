"""The checker sees: each law broken by hand in a copy of a sound store, and found by its name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models import driver, store
from tests.reliability import process_roles
from tests.reliability.checker import breaches
from tests.reliability.client_log import Ledger, read
from tests.reliability.hostile_channel import PressServer

Books = tuple[Path, list[dict[str, Any]], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Books:
    """Six cases from post to notice, one of them retracted; the ledger and the channel's log."""
    folder = tmp_path_factory.mktemp("whole")
    process_roles.approved(folder, 6)
    ledger = Ledger(folder / "office.ledger")
    with PressServer() as server, store.using(folder / "piyao.db") as db:
        process_roles.to_rest(
            db,
            process_roles.clock(folder),
            server,
            ledger,
            lambda: process_roles.round_of(db, ledger),
        )
        return db.path, read(ledger.path), list(server.taken)


@pytest.fixture
def books(whole: Books, tmp_path: Path) -> Books:
    path = tmp_path / "copy.db"
    shutil.copy(whole[0], path)
    return path, list(whole[1]), [dict(send) for send in whole[2]]


def test_a_sound_store_has_no_breach(books: Books) -> None:
    path, acks, sends = books
    assert breaches(path, acks, sends) == []
    assert {ack["what"] for ack in acks} == {"post", "case", "evidence", "verdict", "step", "sent"}
    assert {send["kind"] for send in sends} == {"publish", "retract"}


def raw(path: Path, *statements: str) -> None:
    """Write as no caller of the house can: without triggers, keys or constraints."""
    db = driver.library.connect(str(path), isolation_level=None)
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for name in names:
        db.execute(f"DROP TRIGGER {name}")
    db.execute("PRAGMA ignore_check_constraints=ON")
    for statement in statements:
        db.execute(statement)
    db.close()


def bare(table: str) -> tuple[str, ...]:
    """The same table without its constraints, so that a second copy fits in."""
    return (
        "PRAGMA legacy_alter_table=ON",
        f"ALTER TABLE {table} RENAME TO was_{table}",
        f"CREATE TABLE {table} AS SELECT * FROM was_{table}",
    )


TAMPERED: dict[str, tuple[str, tuple[str, ...]]] = {
    "an acknowledged post is gone": ("I1", ("DELETE FROM posts WHERE native_id = '0-0'",)),
    "an acknowledged post says something else": ("I1", ("UPDATE posts SET text = '别的话'",)),
    "a post is there twice": ("I1", (*bare("posts"), "INSERT INTO posts SELECT * FROM was_posts")),
    "a post has two scores": ("I1", (*bare("scores"), "INSERT INTO scores SELECT * FROM scores")),
    "a post was never scored": ("I1", ("DELETE FROM scores WHERE post_id = 1",)),
    "an acknowledged verdict is gone": ("I1", ("DELETE FROM verdicts WHERE id = 1",)),
    "a verdict says something else": ("I1", ("UPDATE verdicts SET outcome = 'misleading'",)),
    "an acknowledged approval is gone": ("I1", ("DELETE FROM approvals WHERE step = 'approve'",)),
    "a sending is forgotten": ("I1", ("UPDATE outbox SET state = 'queued' WHERE id = 1",)),
    "a row of the outbox is gone": ("I2", ("DELETE FROM outbox WHERE id = 1",)),
    "its words were changed": ("I3", ("UPDATE revisions SET title = '别的标题' WHERE revision = 1",)),
    "the approver gave the verdict": (
        "I3",
        ("UPDATE verdicts SET by = (SELECT id FROM officers WHERE role = 'publisher' LIMIT 1)",),
    ),
    "the approval is of another hash": (
        "I3",
        ("UPDATE approvals SET hash = 'x' WHERE step = 'approve'",),
    ),
    "it was refused afterwards": (
        "I3",
        ("INSERT INTO approvals SELECT NULL, notice_id, revision, hash, 'refuse', 'nein', by, at"
         " FROM approvals WHERE step = 'approve'",),
    ),
    "nobody of the field reviewed it": ("I3", ("DELETE FROM approvals WHERE step = 'review'",)),
    "half its evidence never was": ("I3", ("DELETE FROM evidence WHERE id % 2",)),
    "a case jumps over the verdict": ("I4", ("UPDATE cases SET state = 'waiting' WHERE id = 1",)),
    "a case is published out of nowhere": (
        "I4",
        ("UPDATE cases SET state = 'published'", "DELETE FROM outbox", "DELETE FROM verdicts"),
    ),
    "a notice is published and never went": (
        "I4",
        ("UPDATE outbox SET state = 'unknown'",),
    ),
    "a row hangs in flight": ("I4", ("UPDATE outbox SET state = 'in_flight' WHERE id = 2",)),
    "the machine gives a verdict": (
        "I4",
        ("UPDATE audit SET actor = 'machine' WHERE action = 'case.decide'",),
    ),
    "a hazard is hidden": ("I4", ("UPDATE cases SET hazard = 1 - hazard WHERE id = 1",)),
    "an entry of the log was changed": ("I5", ("UPDATE audit SET detail = '{}' WHERE seq = 9",)),
    "an entry of the log is gone": ("I5", ("DELETE FROM audit WHERE seq = 12",)),
    "a change left no entry": (
        "I5",
        (*bare("evidence"), "INSERT INTO evidence SELECT * FROM was_evidence LIMIT 1",
         "UPDATE evidence SET id = 1000 WHERE rowid = (SELECT max(rowid) FROM evidence)"),
    ),
    "a reference leads nowhere": (
        "I5",
        ("UPDATE cases SET holder_id = 99",),
    ),
    "a correction is missing": (
        "I6",
        ("DELETE FROM outbox WHERE kind = 'retract'",),
    ),
    "a correction was given up": (
        "I6",
        ("UPDATE outbox SET state = 'rejected' WHERE kind = 'retract'",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_a_store_is_seen_where(what: str, books: Books) -> None:
    path, acks, sends = books
    law, statements = TAMPERED[what]
    raw(path, *statements)
    assert law in {breach.invariant for breach in breaches(path, acks, sends)}


FORGED: dict[str, tuple[str, Callable[[list[dict[str, Any]]], Any]]] = {
    "one is there twice": ("I2", lambda sends: sends.append(dict(sends[0]))),
    "one never came": ("I2", lambda sends: sends.pop(0)),
    "one is of no notice": ("I3", lambda sends: sends[0].update(notice=999)),
    "one has another hash": ("I3", lambda sends: sends[0].update(hash="0" * 64)),
    "one has other words": ("I3", lambda sends: sends[0].update(findings=["别的"])),
    "the correction never came": ("I6", lambda sends: _drop(sends, "retract")),
}


def _drop(sends: list[dict[str, Any]], kind: str) -> None:
    sends[:] = [send for send in sends if send["kind"] != kind]


@pytest.mark.parametrize("what", FORGED)
def test_a_channel_log_is_seen_where(what: str, books: Books) -> None:
    path, acks, sends = books
    law, forge = FORGED[what]
    forge(sends)
    assert law in {breach.invariant for breach in breaches(path, acks, sends)}


def test_a_torn_page_of_the_file_is_seen(books: Books) -> None:
    path, acks, sends = books
    raw(path, "PRAGMA journal_mode=DELETE")
    db = driver.library.connect(str(path))
    page = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'posts_by_age'").fetchone()
    db.close()
    content = bytearray(path.read_bytes())
    at = (page[0] - 1) * 4096
    content[at + 8 : at + 12] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    assert "I5" in {breach.invariant for breach in breaches(path, acks, sends)}


def test_a_line_cut_by_a_kill_was_never_acknowledged(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "a.ledger")
    ledger.note("case", id=1, number="J-1")
    with ledger.path.open("ab") as out:
        out.write(b'\n{"what": "case", "id": 2, "num')
    ledger.note("case", id=3, number="J-3")
    assert [line["id"] for line in read(ledger.path)] == [1, 3]
    assert json.loads(ledger.path.read_text().splitlines()[1])["number"] == "J-1"
