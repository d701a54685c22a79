"""The audit log: one entry for each change, in the same transaction, and tampering shows."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from models import audit, driver, store
from models import chain as chaining
from models.casework import cases, evidence
from models.errors import PiyaoError
from models.harm import Topic
from models.people import officers
from models.publishing import (
    notices,
    outbox,
    retractions,
    reviews,
)
from models.publishing.records import Delivery
from models.roles import Role
from models.store import Store
from tests import case_steps, costs
from tests.conftest import People

COLUMNS = ("seq", "at", "actor", "action", "object", "detail", "prev", "hash", "bound")
HASHED = ("seq", "at", "actor", "action", "object", "detail", "bound")


@pytest.fixture
def log(db: Store) -> Store:
    """200 entries, and nothing in the way of somebody with the file in their hands."""
    with db.atomic():
        for n in range(200):
            audit.append(
                db, officers.MACHINE, "case.open", f"case:{n}", {"risk": n / 200, "n": "谣"}
            )
    db.conn.execute("DROP TRIGGER audit_never_changes")
    db.conn.execute("DROP TRIGGER audit_never_shrinks")
    return db


def row(db: Store, seq: int) -> dict[str, object]:
    return db.row("SELECT * FROM audit WHERE seq = ?", seq) or {}


def chain(db: Store, first: int) -> None:
    """What an administrator does who knows the rules: compute all later hashes anew."""
    prev = row(db, first - 1)["hash"] if first > 1 else chaining.GENESIS
    for entry in db.rows("SELECT * FROM audit WHERE seq >= ? ORDER BY seq", first):
        digest = chaining.link(str(prev), *(entry[column] for column in HASHED))
        db.conn.execute(
            "UPDATE audit SET prev = ?, hash = ? WHERE seq = ?", [prev, digest, entry["seq"]]
        )
        prev = digest


def test_a_whole_chain_verifies(log: Store) -> None:
    found = audit.verify(log)
    assert (found.ok, found.entries, found.seq) == (True, 200, 0)
    assert found.head == row(log, 200)["hash"]
    assert audit.verify(log, (200, found.head)).ok
    assert audit.verify(log, (100, str(row(log, 100)["hash"]))).ok


def test_an_empty_log_is_whole(db: Store) -> None:
    assert audit.verify(db).ok


def test_the_hash_is_sha256_over_the_one_before_and_the_canonical_entry(log: Store) -> None:
    """Anybody can recompute it with nothing but this."""
    entry = row(log, 7)
    body = json.dumps(
        {key: entry[key] for key in ("seq", "at", "actor", "action", "object", "detail")},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    assert entry["prev"] == row(log, 6)["hash"]
    assert entry["hash"] == hashlib.sha256((str(entry["prev"]) + body).encode()).hexdigest()


@pytest.mark.parametrize("seq", [1, 100, 200])
@pytest.mark.parametrize("column", COLUMNS)
def test_a_change_of_any_field_of_an_entry_shows(log: Store, column: str, seq: int) -> None:
    old = row(log, seq)[column]
    new = 1000 if column == "seq" else str(old)[:-1] + ("0" if not str(old).endswith("0") else "1")
    log.conn.execute(f"UPDATE audit SET {column} = ? WHERE seq = ?", [new, seq])
    found = audit.verify(log)
    assert not found.ok
    assert found.seq == seq
    assert f"#{seq} " in found.message


def test_every_flipped_character_of_an_entry_shows(log: Store) -> None:
    entry = row(log, 50)
    for column in ("at", "actor", "action", "object", "detail", "prev", "hash"):
        text = str(entry[column])
        for n, character in enumerate(text):
            flipped = text[:n] + chr(ord(character) ^ 1) + text[n + 1 :]
            log.conn.execute(f"UPDATE audit SET {column} = ? WHERE seq = 50", [flipped])
            assert not audit.verify(log).ok, (column, n)
        log.conn.execute(f"UPDATE audit SET {column} = ? WHERE seq = 50", [text])
    assert audit.verify(log).ok


@pytest.mark.parametrize("seq", [1, 100])
def test_a_deleted_entry_shows(log: Store, seq: int) -> None:
    log.conn.execute("DELETE FROM audit WHERE seq = ?", [seq])
    found = audit.verify(log)
    assert (found.ok, found.seq, found.message) == (False, seq, f"entry #{seq} is missing")


def test_a_deleted_entry_shows_even_when_the_rest_moves_up(log: Store) -> None:
    log.conn.execute("DELETE FROM audit WHERE seq = 100")
    log.conn.execute("UPDATE audit SET seq = -seq WHERE seq > 100")
    log.conn.execute("UPDATE audit SET seq = -seq - 1 WHERE seq < 0")
    assert audit.verify(log).seq == 100


def test_two_swapped_entries_show(log: Store) -> None:
    log.conn.execute("UPDATE audit SET seq = -1 WHERE seq = 100")
    log.conn.execute("UPDATE audit SET seq = 100 WHERE seq = 101")
    log.conn.execute("UPDATE audit SET seq = 101 WHERE seq = -1")
    assert audit.verify(log).seq == 100


def test_an_inserted_entry_shows(log: Store) -> None:
    entry = row(log, 200) | {"seq": 201, "hash": "f" * 64, "action": "case.nothing"}
    log.conn.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [*entry.values()])
    assert audit.verify(log).seq == 201


def test_a_cut_tail_shows_only_to_who_noted_the_head(log: Store) -> None:
    head = (200, str(row(log, 200)["hash"]))
    log.conn.execute("DELETE FROM audit WHERE seq > 190")
    assert audit.verify(log).ok
    found = audit.verify(log, head)
    assert (found.ok, found.seq) == (False, 191)
    with log.atomic():  # nor does it help to write other entries in their place
        for n in range(20):
            audit.append(log, officers.MACHINE, "case.open", f"case:{n}")
    assert audit.verify(log).ok
    assert audit.verify(log, head).seq == 200


def test_a_file_rolled_back_to_yesterday_shows_only_to_who_noted_the_head(
    db: Store, tmp_path: Path
) -> None:
    officers.add(db, "a", Role.VERIFIER)
    db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (tmp_path / "old").mkdir()
    yesterday = tmp_path / "old" / "piyao.db"
    shutil.copy(db.path, yesterday)
    shutil.copy(db.path.with_suffix(".key"), yesterday.with_suffix(".key"))
    officers.add(db, "b", Role.VERIFIER)
    head = (2, audit.verify(db).head)
    back = store.open(yesterday)
    assert audit.verify(back).ok
    assert not audit.verify(back, head).ok
    officers.add(back, "c", Role.VERIFIER)
    assert audit.verify(back).ok
    assert not audit.verify(back, head).ok
    back.close()


def test_a_whole_chain_computed_anew_shows_only_to_who_noted_the_head(log: Store) -> None:
    head = (200, str(row(log, 200)["hash"]))
    log.conn.execute("UPDATE audit SET actor = 'officer:1' WHERE seq = 50")
    chain(log, 50)
    assert audit.verify(log).ok
    assert audit.verify(log, head).seq == 200


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit SET action = 'other'",
        "UPDATE audit SET seq = 9",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT seq, at, 'other', action, object, detail, prev, hash,"
        " bound FROM audit WHERE seq = 1",
        "UPDATE OR REPLACE audit SET hash = hash WHERE seq = 1",
    ],
)
def test_sql_cannot_rewrite_the_log(db: Store, people: People, sql: str) -> None:
    with pytest.raises(driver.library.IntegrityError, match="rule:audit-append-only"):
        db.conn.execute(sql)
    assert audit.verify(db).ok


def test_an_entry_outside_a_transaction_is_a_mistake(db: Store) -> None:
    with pytest.raises(AssertionError):
        audit.append(db, officers.MACHINE, "case.open", "case:1")


Change = Callable[[Store, People], object]
CHANGES: dict[str, tuple[str, Change, Change]] = {
    # action: what comes before, and the change itself
    "case.open": ("case.open", lambda db, p: None, lambda db, p: case_steps.open_case(db)),
    "case.claim": (
        "case.claim",
        lambda db, p: case_steps.open_case(db),
        lambda db, p: cases.claim(db, 1, by=p.verifier),
    ),
    "case.release": (
        "case.release",
        lambda db, p: case_steps.claimed(db, p),
        lambda db, p: cases.release(db, 1, by=p.verifier),
    ),
    "case.dismiss": (
        "case.dismiss",
        lambda db, p: case_steps.claimed(db, p),
        lambda db, p: cases.dismiss(db, 1, reason="known", by=p.monitor),
    ),
    "case.reword": (
        "case.reword",
        lambda db, p: case_steps.claimed(db, p),
        lambda db, p: cases.reword(db, 1, claim="另一句说法", by=p.monitor),
    ),
    "case.topic": (
        "case.topic",
        lambda db, p: case_steps.claimed(db, p),
        lambda db, p: cases.set_topic(db, 1, topic=Topic.FOOD, by=p.monitor),
    ),
    "case.lead": (
        "case.lead",
        lambda db, p: case_steps.claimed(db, p),
        lambda db, p: cases.send_lead(db, 1, to="市疾控", by=p.monitor),
    ),
    "evidence.add": (
        "evidence.add",
        lambda db, p: case_steps.claimed(db, p),
        lambda db, p: case_steps.prove(db, cases.get(db, 1), p.monitor),
    ),
    "evidence.withdraw": (
        "evidence.withdraw",
        lambda db, p: case_steps.ready(db, p),
        lambda db, p: evidence.withdraw(db, 1, reason="抄错了车牌", by=p.monitor),
    ),
    "case.decide": (
        "case.decide",
        lambda db, p: case_steps.ready(db, p),
        lambda db, p: case_steps.decide(db, cases.get(db, 1), p.verifier),
    ),
    "notice.draft": (
        "notice.draft",
        lambda db, p: case_steps.decide(db, case_steps.ready(db, p), p.verifier),
        lambda db, p: case_steps.draft(db, cases.get(db, 1)),
    ),
    "notice.edit": (
        "notice.edit",
        lambda db, p: case_steps.drafted(db, p),
        lambda db, p: notices.edit(db, 1, 1, case_steps.words(db, cases.get(db, 1)), by=p.second),
    ),
    "notice.approve": (
        "notice.approve",
        lambda db, p: case_steps.submitted(db, p),
        lambda db, p: case_steps.approve(db, notices.get(db, 1), p.publisher),
    ),
    "notice.refuse": (
        "notice.refuse",
        lambda db, p: case_steps.submitted(db, p),
        lambda db, p: reviews.refuse(
            db, 1, notices.get(db, 1).hash, reason="没有依据", by=p.publisher
        ),
    ),
    "notice.retract": (
        "notice.retract",
        lambda db, p: case_steps.approved(db, p),
        lambda db, p: retractions.retract(db, 1, reason="结论有误", by=p.publisher),
    ),
    "outbox.sent": (
        "outbox.sent",
        lambda db, p: (case_steps.approved(db, p), case_steps.take(db)),
        lambda db, p: outbox.settle(db, 1, 1, Delivery.SENT),
    ),
    "officer.off": (
        "officer.off",
        lambda db, p: None,
        lambda db, p: officers.set_active(db, p.viewer.id, False, by=p.admin),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_leaves_one_entry_and_without_the_entry_there_is_no_change(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    action, before, change = CHANGES[name]
    before(db, people)
    tables = [
        each["name"]
        for each in db.query(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%STRICT%'"
        )
    ]

    def everything() -> dict[str, list[dict[str, object]]]:
        return {table: db.rows(f"SELECT * FROM {table}") for table in tables}

    if name != "case.open":
        state = everything()

        def fail(*_: object, **__: object) -> int:
            raise driver.library.OperationalError("disk I/O error")

        with monkeypatch.context() as patch:
            patch.setattr(audit, "append", fail)
            with pytest.raises(PiyaoError, match="nothing was written"):
                change(db, people)
        assert everything() == state
    entries = db.value("SELECT count(*) FROM audit")
    change(db, people)
    assert [entry.action for entry in audit.newest(db)][: -entries or None] == [action]
    assert audit.verify(db).ok


def test_entries_hold_no_text_of_a_post(db: Store, people: People) -> None:
    case_steps.published(db, people)
    kept = " ".join(each["detail"] for each in db.query("SELECT detail FROM audit"))
    assert "白兔潭" not in kept
    assert "post-1" not in kept


def test_the_log_is_read_newest_first_and_in_pages(log: Store) -> None:
    page = audit.newest(log, 3)
    assert [entry.seq for entry in page] == [200, 199, 198]
    assert [entry.seq for entry in audit.newest(log, 2, before=198)] == [197, 196]
    (entry,) = audit.of_object(log, "case:7")
    assert (entry.seq, entry.actor, entry.detail["n"]) == (8, "machine", "谣")


def test_verifying_a_log_costs_no_more_than_its_length(tmp_path: Path, migrated: Path) -> None:
    logs = {}
    for length in (1_000, 4_000):
        for each in (migrated, migrated.with_suffix(".key")):
            shutil.copy(each, tmp_path / f"{length}{each.suffix}")
        logs[length] = store.open(tmp_path / f"{length}.db")
        with logs[length].atomic():
            for n in range(length):
                audit.append(logs[length], officers.MACHINE, "case.open", f"case:{n}")
        assert audit.verify(logs[length]).entries == length
    assert costs.linear(lambda length: audit.verify(logs[length]), 1_000)
    for each in logs.values():
        each.close()
