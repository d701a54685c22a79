"""The log replayed against the tables: whatever a hand with the file changes is named, row and entry."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from models import audit, chain, driver, guarded, store
from models.casework import cases
from models.people import officers
from models.publishing import notices, retractions
from models.roles import Role
from models.store import Store
from tests import case_steps, seeded_night
from tests.conftest import People


@pytest.fixture
def told(db: Store, people: People) -> Store:
    """A store with one of everything: a notice published, a lesson taken out, a model in use."""
    case_steps.published(db, people)
    with db.atomic():
        lesson = {"case_id": 1, "by": people.verifier.id, "at": "2026-11-25", "reason": "写错了"}
        db.insert("withdrawn_lessons", lesson)
        made = "'2026-2', '2026-1', '2026-11-25', '2026-11-24', 'ab', 9, 3, 2, 1, 0.5"
        db.conn.execute(f"INSERT INTO editions VALUES ({made})")
        settled = "'2026-3', '2026-1', '2026-11-25', '2026-11-24', 'cd', 0, 0, 0, 200, 0.01"
        db.conn.execute(f"INSERT INTO editions VALUES ({settled})")
        since = {"version": "2026-3", "sources": 2, "since": "2026-11-24"}
        db.insert("settled_editions", since | {"drawn_from": 300, "terms": "[]"})
        use = {"version": "2026-2", "at": "2026-11-25", "by": people.admin.id, "why": "更准"}
        db.insert("edition_uses", use)
        closing = {"case_id": 1, "claim": "说法", "evidence_hash": "ab", "ground": "理由"}
        db.insert("closings", closing | {"by": people.verifier.id, "at": "2026-11-25"})
        owed = {"notice_id": 1, "why": "evidence", "since": "2026-11-25"}
        db.insert("owed_corrections", owed)
        seen = {"channel": "site", "year": 2026, "serial": 9, "identity": "J-1:2026"}
        seen |= {"hash": "ab", "title": "别处的通告", "seen_at": "2026-11-25"}
        db.insert("numbers_elsewhere", seen)
    assert audit.verify(db).ok
    return db


def tamper(db: Store, *statements: str) -> None:
    """A hand with the file: its own SQLite, the store's guards out of the way and put back after."""
    hand = driver.library.connect(str(db.path), isolation_level=None)
    hand.execute("PRAGMA foreign_keys = OFF")
    guards = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    triggers = hand.execute(guards).fetchall()
    for name, _ in triggers:
        hand.execute(f'DROP TRIGGER "{name}"')
    for statement in statements:
        hand.execute(statement)
    for _, sql in triggers:
        hand.execute(sql)
    hand.close()


OFF = {"active": 0, "epoch": 1}
TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
KIND = "SELECT type FROM pragma_table_info(?) WHERE name = ?"


def change(db: Store, sql: str, *values: object) -> None:
    """The same, of one value, on a connection that no rule holds."""
    hand = driver.library.connect(str(db.path), isolation_level=None)
    hand.execute("PRAGMA ignore_check_constraints = ON")
    hand.execute(sql, values)
    hand.close()


def column_of(each: guarded.Guarded) -> list[str]:
    return [name for name, sql in each.values.items() if sql == f"{{row}}.{name}"]


def other(value: object, kind: str) -> object:
    """The least that can be changed in a value."""
    if kind in ("INTEGER", "REAL"):
        return (value or 0) + 1  # type: ignore[operator]
    return value + b"." if isinstance(value, bytes) else f"{value or ''}。"


@pytest.mark.parametrize("table", guarded.BY_TABLE)
def test_every_guarded_column_of_every_guarded_table_is_seen(told: Store, table: str) -> None:
    each = guarded.BY_TABLE[table]
    key, *_ = next(iter(guarded.all_of(told.conn, each)))
    where = " AND ".join(f'"{k}" = ?' for k in each.keys)
    parts = key.split("/", len(each.keys) - 1)
    for (name,) in told.conn.execute(TRIGGERS).fetchall():
        told.conn.execute(f'DROP TRIGGER "{name}"')
    for column in column_of(each):
        old = told.value(f'SELECT "{column}" FROM {table} WHERE {where}', *parts)
        new = other(old, told.value(KIND, table, column))
        change(told, f'UPDATE {table} SET "{column}" = ? WHERE {where}', new, *parts)
        found = audit.verify(told)
        said = next(each for each in found.findings if each.row == f"{table}:{key}")
        assert not found.ok and said.seq, column
        assert str(said) == f"{table} {key} is not what entry #{said.seq} wrote"
        change(told, f'UPDATE {table} SET "{column}" = ? WHERE {where}', old, *parts)
        assert audit.verify(told).ok, column


@pytest.mark.parametrize("table", guarded.BY_TABLE)
def test_a_row_that_is_gone_and_one_that_nobody_wrote_are_seen(told: Store, table: str) -> None:
    each = guarded.BY_TABLE[table]
    key, *_ = next(iter(guarded.all_of(told.conn, each)))
    parts = key.split("/", len(each.keys) - 1)
    where = " AND ".join(
        f'"{k}" = ' + (p if p.isdecimal() else f"'{p}'")
        for k, p in zip(each.keys, parts, strict=True)
    )
    moved = each.keys[-1]
    value = "'else'" if not parts[-1].isdecimal() else "999"
    tamper(told, f'UPDATE {table} SET "{moved}" = {value} WHERE {where}')
    kinds = {(finding.kind, finding.row) for finding in audit.verify(told).findings}
    fresh = "/".join([*parts[:-1], value.strip("'")])
    assert ("gone", f"{table}:{key}") in kinds
    assert ("unknown", f"{table}:{fresh}") in kinds


def test_the_four_of_the_attack_are_named_with_their_entries(told: Store) -> None:
    tamper(
        told,
        "UPDATE approvals SET by = 5 WHERE step = 'approve'",
        "UPDATE revisions SET title = '确有其事'",
        "UPDATE verdicts SET outcome = 'true', literal = 'right'",
        "UPDATE evidence SET finding = '另一句' WHERE id = 1",
    )
    found = audit.verify(told)
    named = {finding.row.partition(":")[0]: finding.seq for finding in found.findings}
    assert named.keys() == {"approvals", "revisions", "verdicts", "evidence"}
    actions = {n: audit.newest(told, 1, before=n + 1)[0].action for n in named.values()}
    assert actions[named["approvals"]] == "notice.approve"
    assert actions[named["verdicts"]] == "case.decide"
    assert actions[named["evidence"]] == "evidence.add"
    assert found.message.endswith("and 3 more") and found.seq == min(named.values())


def test_a_row_that_came_back_is_seen(told: Store) -> None:
    with told.atomic():
        told.conn.execute("DELETE FROM withdrawn_lessons")
    assert audit.verify(told).ok
    tamper(told, "INSERT INTO withdrawn_lessons VALUES (1, 2, '2026-11-25', '写错了')")
    assert [f.kind for f in audit.verify(told).findings] == ["back"]


def test_what_is_written_around_a_transaction_or_by_another_hand_is_never_bound_later(
    told: Store, people: People
) -> None:
    """Nothing that the house does afterwards takes it for its own."""
    tamper(told, "UPDATE officers SET active = 0 WHERE id = 2")
    # no transaction; and no column that is written once, whose change no later entry could excuse
    told.conn.execute("UPDATE officers SET epoch = epoch + 1 WHERE id = 3")
    officers.add(told, "new", Role.VIEWER)
    again = store.open(told.path)
    officers.add(again, "newer", Role.VIEWER)
    again.close()
    found = {(finding.kind, finding.row) for finding in audit.verify(told).findings}
    assert found == {("rewritten", "officers:2"), ("rewritten", "officers:3")}


def test_rows_stand_with_the_entry_of_their_own_thing(db: Store) -> None:
    made = officers.add(db, "a", Role.VERIFIER)
    (entry,) = audit.of_object(db, f"officer:{made.id}")
    held = db.row("SELECT bound FROM audit WHERE seq = ?", entry.seq) or {}
    assert json.loads(held["bound"]).keys() == {f"officers:{made.id}"}
    with db.atomic():
        for n in (1, 2):
            db.insert("clusters", {"id": n, "first_at": "", "last_at": ""})
    case_steps.open_case(db)


def test_a_row_written_after_the_last_entry_gets_one_of_its_own(db: Store, people: People) -> None:
    with db.atomic():
        audit.append(db, people.admin, "officer.off", f"officer:{people.viewer.id}")
        db.update("officers", people.viewer.id, OFF)
    newest = audit.newest(db, 1)[0]
    assert (newest.action, newest.detail) == (chain.UNSAID, {"rows": 1})
    assert audit.verify(db).ok


def test_a_transaction_that_fails_leaves_no_row_to_bind(db: Store, people: People) -> None:
    with pytest.raises(RuntimeError), db.atomic():
        db.update("officers", people.viewer.id, OFF)
        raise RuntimeError
    with db.atomic():
        db.update("officers", people.second.id, OFF)
        audit.append(db, people.admin, "officer.off", f"officer:{people.second.id}")
    entry = db.row("SELECT bound FROM audit ORDER BY seq DESC LIMIT 1") or {}
    assert json.loads(entry["bound"]).keys() == {f"officers:{people.second.id}"}
    assert audit.verify(db).ok


def test_an_inner_block_that_fails_leaves_no_row_to_bind(db: Store, people: People) -> None:
    with db.atomic():
        with pytest.raises(RuntimeError), db.atomic():
            db.update("officers", people.viewer.id, OFF)
            raise RuntimeError
        audit.append(db, people.admin, "officer.off", "officer:1")
    assert audit.verify(db).ok
    assert (db.row("SELECT bound FROM audit ORDER BY seq DESC LIMIT 1") or {})["bound"] == ""


def test_no_step_of_a_night_leaves_a_row_to_the_commit(db: Store) -> None:
    """Each act's own entry vouches for what it wrote."""
    seeded_night.fill(db)
    notice = db.value("SELECT id FROM notices WHERE state = 'published'")
    by = next(each for each in officers.all(db) if each.role is Role.PUBLISHER)
    retractions.retract(db, notice, reason="写错了地点", by=by)
    found = audit.verify(db)
    assert found.ok and found.rows > 30
    assert db.rows("SELECT * FROM audit WHERE action = ?", chain.UNSAID) == []


def test_what_retention_erases_leaves_the_record_whole(told: Store) -> None:
    told.conn.execute("DELETE FROM posts")
    assert audit.verify(told).ok


def test_bytes_that_are_no_text_are_named_and_not_a_traceback(told: Store) -> None:
    tamper(told, "UPDATE revisions SET title = cast(x'ff41' AS TEXT)")
    found = audit.verify(told)
    assert not found.ok and "revisions" in found.message


def test_the_log_that_binds_is_hashed_with_what_it_binds(told: Store) -> None:
    tamper(told, "UPDATE audit SET bound = '' WHERE seq = 1")
    assert audit.verify(told).message.startswith("entry #1 was changed")


def test_heads_of_one_number_that_differ_cannot_both_be_right(told: Store) -> None:
    found = audit.verify(told)
    head = (found.entries, found.head)
    assert audit.verify(told, head, head).ok
    assert audit.verify(told, head, (found.entries, "f" * 64)).seq == found.entries
    assert audit.verify(told, head, (found.entries + 1, "f" * 64)).seq == found.entries + 1


def test_a_store_of_before_is_bound_once_and_watched_from_then_on(
    tmp_path: Path, told: Store
) -> None:
    """What stood when the binding began is known, whatever wrote it; what changes later shows."""
    copy = tmp_path / "old" / "piyao.db"
    copy.parent.mkdir()
    told.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in (".db", ".key"):
        shutil.copy(told.path.with_suffix(suffix), copy.with_suffix(suffix))
    with store.using(copy) as db:
        before = audit.verify(db).entries
        with db.atomic():
            chain.bind_all(db.conn, "2026-11-25T00:00:00.000000Z", ["trigger four_eyes"])
        newest = audit.newest(db, 1)[0]
        assert (newest.seq, newest.action) == (before + 1, chain.SNAPSHOT)
        assert newest.detail["mended"] == "trigger four_eyes"
        case = cases.get(db, 1)
        assert audit.verify(db).ok and notices.of_case(db, case.id)
        tamper(db, "UPDATE cases SET claim = '别的说法'")
        assert audit.verify(db).message == f"cases 1 is not what entry #{before + 1} wrote"


def forge(db: Store, table: str, key: str, sql: str) -> None:
    """A hand with the file that changes a row and adds an entry that vouches for it."""
    tamper(db, sql)
    hand = driver.library.connect(str(db.path), isolation_level=None)
    bound = guarded.everything(hand)
    name = f"{table}:{key}"
    entry = (chain.UNSAID, "store", {"rows": 1})
    carried = {name: bound.get(name, guarded.GONE)}
    chain._write(hand, "2026-11-25T09:00:00.000000Z", "machine", [entry], carried)
    hand.close()


@pytest.mark.parametrize(
    ("table", "key", "sql"),
    [
        ("approvals", "2", "UPDATE approvals SET by = 5 WHERE id = 2"),
        ("approvals", "2", "DELETE FROM approvals WHERE id = 2"),
        ("verdicts", "1", "UPDATE verdicts SET ground = '另有理由'"),
        ("revisions", "1/1", "UPDATE revisions SET title = '确有其事'"),
        ("evidence", "1", "UPDATE evidence SET finding = '另一句' WHERE id = 1"),
        ("evidence", "1", "DELETE FROM evidence WHERE id = 1"),
        ("case_acts", "1", "UPDATE case_acts SET became = '另一句' WHERE id = 1"),
        ("officers", "1", "UPDATE officers SET role = 'publisher', number = 77 WHERE id = 1"),
        ("notices", "1", "UPDATE notices SET kind = 'statement'"),
        ("outbox", "1", "UPDATE outbox SET hash = 'ab'"),
        ("closings", "1", "UPDATE closings SET by = 1"),
        ("owed_corrections", "1", "UPDATE owed_corrections SET since = '2027'"),
        ("edition_uses", "1", "UPDATE edition_uses SET why = '别的'"),
    ],
)
def test_an_added_entry_does_not_vouch_for_what_is_written_once(
    told: Store, table: str, key: str, sql: str
) -> None:
    forge(told, table, key, sql)
    found = audit.verify(told)
    assert ("again", found.entries, f"{table}:{key}") in {
        (each.kind, each.seq, each.row) for each in found.findings
    }
    assert f"entry #{found.entries} writes {table} {key} anew" in " ".join(map(str, found.findings))
    assert not found.ok and all(each.in_words for each in found.findings)
