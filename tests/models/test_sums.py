"""The sums of rows: what is written by right agrees with them, whatever else changes a row is named."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models import damage, driver, guarded, store, sums
from models.config import Config, RetentionConfig
from models.intake import posts
from models.intake.records import Post, Reply
from models.store import Store, now
from models.upkeep import retention
from operations import start
from tests import seeded_night


@pytest.fixture
def night(seeded: Path, tmp_path: Path) -> Iterator[Store]:
    for suffix in (".db", ".key"):
        shutil.copy(seeded.with_suffix(suffix), tmp_path / f"piyao{suffix}")
    with store.using(tmp_path / "piyao.db") as db:
        assert damage.of_rows(db) == []
        yield db


@contextmanager
def hand(db: Store) -> Iterator[Any]:
    """Another program on the file, which no rule holds; what it does is taken back."""
    other = driver.library.connect(str(db.path), isolation_level=None)
    sums.add_function(other)
    other.execute("PRAGMA ignore_check_constraints = ON")
    other.execute("BEGIN")
    for (name,) in other.execute(TRIGGERS).fetchall():
        other.execute(f'DROP TRIGGER "{name}"')
    yield other
    other.execute("ROLLBACK")
    other.close()


TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"


def rows(db: Store, newest: int = 0) -> list[str]:
    return [f"{each.kind} {each.row}" for each in damage.of_rows(db, newest)]


def by_hand(db: Store, *statements: str) -> None:
    other = driver.library.connect(str(db.path), isolation_level=None)
    for statement in statements:
        other.execute(statement)
    other.close()


def test_a_change_of_any_column_of_any_table_is_named(night: Store) -> None:
    tried = 0
    for table in sums.tables(night.conn):
        if not night.value(f"SELECT 1 FROM {table.table}"):
            continue
        for name, kind in table.columns:
            if name in table.keys:
                continue
            with hand(night) as other:
                key = f"SELECT {table.key_of('t')} FROM {table.table} t LIMIT 1"
                (row,) = other.execute(key).fetchone()
                least = {"INTEGER": "ifnull({0}, 0) + 2000000", "REAL": "ifnull({0}, 0) + 1e-9"}
                least |= {"TEXT": "ifnull({0}, '') || '.'", "BLOB": "ifnull({0}, x'') || x'01'"}
                value = least[kind].format(f"t.{name}")
                if kind == "BLOB":
                    value = f"cast({value} AS BLOB)"
                other.execute(
                    f"UPDATE {table.table} AS t SET {name} = {value} WHERE {table.key_of('t')} = ?",
                    [row],
                )
                found = [*sums.wrong(other, table)]
            assert found == [("altered", f"{table.table}:{row}")], name
            tried += 1
    assert tried > 80


def test_every_table_has_sums_is_bound_or_says_why_not(db: Store) -> None:
    """A table of a later migration is among them by itself."""
    names = {name for (name,) in db.conn.execute("SELECT name FROM pragma_table_list WHERE strict")}
    bound = {each.table for each in guarded.GUARDED if each.where == "1"}
    without_key = {"claim_edition", "filed_wordings", "sign_ins", "word_changes"}
    summed = {each.table for each in sums.tables(db.conn)}
    assert names - summed - bound - set(sums.WITHOUT) - {"unbound"} == without_key
    with db.atomic():
        db.conn.execute("CREATE TABLE shifts (id INTEGER PRIMARY KEY, words TEXT NOT NULL) STRICT")
        db.conn.execute("ALTER TABLE posts ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'")
        assert [each.table for each in sums.unsettled(db.conn)] == ["posts", "shifts"]
        sums.settle(db.conn)
    assert sums.unsettled(db.conn) == []


def test_rows_that_others_add_or_take_away_are_named(night: Store) -> None:
    by_hand(
        night,
        "PRAGMA foreign_keys = OFF",
        "DELETE FROM replies WHERE (post_id, native_id) IN (SELECT post_id, native_id FROM replies LIMIT 1)",
        "DELETE FROM scores WHERE post_id = 7",
        "INSERT INTO clusters (id, first_at, last_at) VALUES (9999, '', '')",
    )
    found = rows(night)
    assert len(found) == 3 and found[:1] == ["unsummed clusters:9999"]
    assert found[1].startswith("taken replies:") and found[2] == "taken scores:7"


def test_a_later_write_to_another_column_does_not_make_damage_good(night: Store) -> None:
    by_hand(night, "UPDATE posts SET text = text || '。' WHERE id = 7")
    with night.atomic():
        night.update("posts", 7, {"likes": 99})
        night.update("posts", 8, {"likes": 99})
    assert rows(night) == ["altered posts:7"]
    assert [str(each) for each in damage.of_rows(night)] == [
        "posts 7 is not what was stored: a bit flipped, or another program wrote there"
    ]
    assert "帖文 7 与存入时不同" in damage.of_rows(night)[0].in_words


def test_a_flipped_bit_that_leaves_no_text_is_named(night: Store) -> None:
    by_hand(night, "UPDATE replies SET text = cast(x'e4b8ff' AS TEXT) WHERE post_id = 1")
    assert all(each.startswith("altered replies:1/") for each in rows(night))


def test_what_happens_by_right_agrees(night: Store) -> None:
    with night.atomic():
        night.conn.execute("UPDATE replies SET native_id = native_id || 'x'")  # a key moves
        night.conn.execute("INSERT OR REPLACE INTO meta VALUES ('a', '1')")
        night.conn.execute("INSERT OR REPLACE INTO meta VALUES ('a', '2')")
    again = Post("s", "n", "又一句", replies=(Reply("真的假的"),))
    posts.add_many(night, [again, Post("s", "n", "改了的一句"), Post("s", "m", "第三句")])
    posts.read_again(night, 1000)
    assert rows(night) == []
    with night.atomic():
        night.conn.execute("UPDATE posts SET scored_at = changed_at WHERE source = 's'")
    with seeded_night.at(now() + timedelta(days=4000)):
        retention.expire(night, RetentionConfig())
    assert night.value("SELECT count(*) FROM posts WHERE source = 's'") == 0
    night.conn.execute("VACUUM")
    assert rows(night) == []


def test_a_sum_left_by_a_hand_is_no_hindrance(night: Store) -> None:
    by_hand(night, "DELETE FROM meta", "INSERT INTO sums VALUES ('meta', 'b', 1)")
    with night.atomic():
        night.conn.execute("INSERT INTO meta VALUES ('b', '1')")
    assert not any(each.endswith("meta:b") for each in rows(night))


def test_the_turned_form_of_wordings_is_compared(night: Store) -> None:
    by_hand(night, "UPDATE bands SET key = key + 4 WHERE key = (SELECT max(key) FROM bands)")
    assert [each.why for each in damage.of_rows(night)] == [
        "bands do not hold the keys of the wordings"
    ]


def test_the_start_says_it_and_goes_on(night: Store, tmp_path: Path) -> None:
    last = night.value("SELECT max(post_id) FROM scores")
    by_hand(night, f"UPDATE scores SET risk = 1 - risk WHERE post_id = {last}")
    (tmp_path / "piyao-data").mkdir()
    for suffix in (".db", ".key"):
        shutil.copy(night.path.with_suffix(suffix), tmp_path / "piyao-data" / f"piyao{suffix}")
    for suffix in ("-wal", "-shm"):
        if (old := Path(f"{night.path}{suffix}")).exists():
            shutil.copy(old, tmp_path / "piyao-data" / f"piyao.db{suffix}")
    said: list[str] = []
    start.look(Config(tmp_path / "piyao.toml", tmp_path / "piyao-data"), said.append)
    assert len(said) == 1 and f"scores {last} is not what was stored" in said[0]
