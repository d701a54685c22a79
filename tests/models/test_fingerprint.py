"""The schema at start: a store whose rules are not those of today does not open."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from models import driver, fingerprint, store
from models.errors import StoreError
from models.store import Store

EDITS: dict[str, tuple[Sequence[str], str]] = {  # what an edited migration, or a hand, leaves
    "a trigger dropped": (
        ["DROP TRIGGER verdicts_never_change"],
        "trigger verdicts_never_change is missing",
    ),
    "three triggers dropped": (
        ["DROP TRIGGER four_eyes", "DROP TRIGGER evidence_is_kept", "DROP TRIGGER outbox_is_kept"],
        "trigger evidence_is_kept is missing; trigger four_eyes is missing; trigger outbox_is_kept",
    ),
    "a trigger that does nothing": (
        [
            "DROP TRIGGER evidence_is_kept",
            "CREATE TRIGGER evidence_is_kept BEFORE DELETE ON evidence BEGIN SELECT 1; END",
        ],
        "trigger evidence_is_kept is another",
    ),
    "a trigger of somebody's own": (
        [
            "CREATE TRIGGER helper AFTER INSERT ON approvals"
            " BEGIN UPDATE notices SET state = 'approved' WHERE id = NEW.notice_id; END"
        ],
        "trigger helper is not of piyao",
    ),
    "a view that says less": (
        [
            "DROP VIEW sound_approvals",
            "CREATE VIEW sound_approvals AS SELECT notice_id, revision, hash FROM approvals",
        ],
        "view sound_approvals is another",
    ),
    "a view gone": (["DROP VIEW own_claims"], "view own_claims is missing"),
    "an index gone": (["DROP INDEX posts_by_age"], "index posts_by_age is missing"),
    "an index on another column": (
        ["DROP INDEX posts_by_age", "CREATE INDEX posts_by_age ON posts(changed_at)"],
        "index posts_by_age is another",
    ),
    "a column more": (
        ["ALTER TABLE notices ADD COLUMN urgent INTEGER"],
        "table notices is another",
    ),
    "a column less": (["ALTER TABLE sources DROP COLUMN etag"], "table sources is another"),
    "a table more": (["CREATE TABLE people (handle TEXT)"], "table people is not of piyao"),
    "a table gone": (["DROP TABLE sign_ins"], "table sign_ins is missing"),
    "a check gone": (
        [
            "DROP TABLE jobs",
            "CREATE TABLE jobs (name TEXT PRIMARY KEY, started_at TEXT, finished_at TEXT, ok,"
            " message TEXT NOT NULL, failures INTEGER NOT NULL) STRICT".replace(
                "ok,", "ok INTEGER,"
            ),
        ],
        "table jobs is another",
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_store_of_another_schema_is_refused_by_name(db: Store, name: str) -> None:
    statements, said = EDITS[name]
    hand = driver.library.connect(str(db.path), isolation_level=None)
    for statement in statements:
        hand.execute(statement)
    hand.close()
    with pytest.raises(StoreError) as error:
        store.open(db.path)
    assert said in str(error.value) and "`piyao restore`" in str(error.value)


def test_comments_layout_and_the_tables_of_django_do_not_count(db: Store) -> None:
    db.conn.execute("CREATE TABLE django_session (a)")
    db.conn.execute("CREATE INDEX django_session_a ON django_session(a)")
    db.conn.execute("DROP TRIGGER verdicts_are_kept")
    db.conn.execute(
        "CREATE TRIGGER verdicts_are_kept -- always\n   BEFORE DELETE ON verdicts\n"
        "BEGIN SELECT RAISE( ABORT , 'rule:verdict-immutable'); END"
    )
    store.open(db.path).close()


def test_the_way_to_the_schema_does_not_count_but_what_it_is(db: Store) -> None:
    """Each migration on its own, as a store of each day ran them, ends where a new store begins."""
    assert fingerprint.differences(fingerprint.of(db.conn), store._schema()) == []


def test_rules_that_an_edited_migration_left_out_are_mended_by_the_migration_of_the_record(
    db: Store,
) -> None:
    hand = driver.library.connect(str(db.path), isolation_level=None)
    before = fingerprint.of(hand)
    for statement in (
        "DROP TRIGGER verdicts_never_change",
        "DROP INDEX posts_by_age",
        "CREATE TRIGGER helper AFTER INSERT ON approvals BEGIN SELECT 1; END",
        "DROP VIEW own_claims",
        "CREATE VIEW own_claims AS SELECT 1 AS notice_id",
    ):
        hand.execute(statement)
    assert fingerprint.mend(hand, before) == [
        "index posts_by_age",
        "trigger helper",
        "trigger verdicts_never_change",
        "view own_claims",
    ]
    assert fingerprint.of(hand) == before
    hand.close()
