"""Damage: a bit that flips in the file is seen by the start or by verify."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from models import damage, driver, store
from models.config import Config
from models.errors import PiyaoError, StoreError
from models.store import Store
from notices import proof
from tests import case_steps
from tests.waiting import HANG

SEED = int(os.environ.get("PIYAO_SEED", "15"))
FLIPS = int(os.environ.get("PIYAO_FLIPS", "60"))


@dataclass(frozen=True)
class Copy:
    config: Config

    def noticed(self) -> str:
        """What start-up or verify say; "" where neither sees anything."""
        try:
            with store.using(self.config.store) as db:
                damage.quick(db)
                found = proof.prove(db, self.config)
        except PiyaoError as error:
            return str(error)
        return "" if found.ok else found.message


@pytest.fixture
def copy(seeded: Path, tmp_path: Path) -> Copy:
    (tmp_path / "piyao-data").mkdir()
    for suffix in (".db", ".key"):
        shutil.copy(seeded.with_suffix(suffix), tmp_path / "piyao-data" / f"piyao{suffix}")
    return Copy(Config(tmp_path / "piyao.toml", tmp_path / "piyao-data"))


def flip(path: Path, place: int, bit: int) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ 1 << bit]))


def test_a_whole_store_is_whole(copy: Copy) -> None:
    assert copy.noticed() == ""


def test_every_flip_in_the_text_of_a_guarded_row_and_of_the_log_is_noticed(copy: Copy) -> None:
    """Wherever the words stand in the file, rows and entries alike."""
    path = copy.config.store
    content = path.read_bytes()
    draw = random.Random(SEED)
    with store.using(path) as db:
        texts = [
            value
            for sql in (
                "SELECT finding FROM evidence",
                "SELECT title FROM revisions",
                "SELECT claim FROM cases ORDER BY id LIMIT 5",
                "SELECT hash FROM approvals",
                "SELECT ground FROM verdicts",
                "SELECT username FROM officers WHERE id <> 0",
                "SELECT hash FROM audit ORDER BY seq LIMIT 5",
                "SELECT detail FROM audit WHERE detail <> '{}' ORDER BY seq LIMIT 5",
            )
            for (value,) in db.conn.execute(sql)
        ]
        db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    tried = 0
    for text in texts:
        raw = text.encode()
        places = []
        start = content.find(raw)
        while start >= 0:
            places.append(start)
            start = content.find(raw, start + 1)
        assert places, text
        flipped = bytearray(content)
        for place in places:  # in the row, and where an index repeats it
            flipped[place + draw.randrange(len(raw))] ^= 1 << draw.randrange(8)
        path.write_bytes(flipped)
        assert copy.noticed(), text
        tried += 1
    assert tried > 20


BY_THE_WAY = [
    "jobs",
    "leases",
    "source_turns",
    "wall_clock",
    "filed_wordings",
    "claim_edition",
    "sign_ins",
]


def readable(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that a desk can read in the file, by table; not what is written anew all the time, and not
    what the log of migrations and Django keep for themselves."""
    hand = driver.library.connect(str(path), isolation_level=None)
    hand.text_factory = bytes
    try:
        names = hand.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'django_*'"
            " AND name NOT GLOB 'auth_*' AND name NOT GLOB '*sqlite_*' ORDER BY name"
        ).fetchall()
        return {
            name.decode(): sorted(hand.execute(f"SELECT * FROM {name.decode()}"), key=repr)
            for (name,) in names
            if name.decode() not in BY_THE_WAY
        }
    finally:
        hand.close()


@pytest.mark.slow
def test_a_random_flip_that_nobody_notices_changes_nothing_that_can_be_read(copy: Copy) -> None:
    """Of 300 flips anywhere in the file 149 are noticed; the others lie in bytes that no page uses, and in
    comments of the schema."""
    path = copy.config.store
    content = path.read_bytes()
    draw = random.Random(SEED)
    whole = readable(path)
    missed = []
    for _ in range(FLIPS):
        place, bit = draw.randrange(len(content)), draw.randrange(8)
        path.write_bytes(content)
        flip(path, place, bit)
        if not copy.noticed():
            missed.append(place)
            assert readable(path) == whole, (place, bit)
    print(f"seed {SEED}: {FLIPS - len(missed)} of {FLIPS} noticed; missed at {missed}")
    assert FLIPS - len(missed) > FLIPS // 3


def test_pages_that_do_not_fit_together_do_not_start(copy: Copy) -> None:
    path = copy.config.store
    with store.using(path) as db:
        root = db.value("SELECT rootpage FROM sqlite_master WHERE name = 'cases'")
        size = db.value("PRAGMA page_size")
        db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    flip(path, (root - 1) * size, 2)  # the kind of the page
    with pytest.raises(StoreError, match=r"damaged|cannot be opened"), store.using(path) as db:
        damage.quick(db)
    assert "damaged" in copy.noticed() or "cannot be" in copy.noticed()


def test_an_index_that_does_not_fit_its_table_is_named(db: Store) -> None:
    case_steps.open_case(db)
    db.conn.execute("UPDATE posts SET changed_at = '2030-01-01T00:00:00.000000Z'")
    assert damage.of_pages(db) == []
    db.conn.execute("PRAGMA writable_schema=ON")
    index = "CREATE INDEX posts_by_age ON posts(changed_at)"  # it holds collected_at
    db.conn.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'posts_by_age'", [index])
    db.conn.execute("PRAGMA writable_schema=RESET")
    assert "posts_by_age" in " ".join(each.why for each in damage.of_pages(db))


def test_a_row_that_points_to_nothing_is_named(db: Store) -> None:
    db.conn.execute("PRAGMA foreign_keys = OFF")
    db.conn.execute("INSERT INTO replies VALUES (99, 'n', 'text', NULL)")
    assert [str(each) for each in damage.of_pages(db)] == [
        "the file is damaged: replies None points to no row of posts"
    ]


@pytest.mark.slow
def test_the_command_says_what_is_wrong_and_ends_with_1(copy: Copy) -> None:
    copy.config.path.write_text('data_dir = "piyao-data"\n', encoding="utf-8")
    command = [sys.executable, "-m", "piyao", "audit", "verify", "--config"]
    command.append(str(copy.config.path))

    def ran() -> tuple[int, str]:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=HANG, check=False)
        return ended.returncode, ended.stdout + ended.stderr

    code, said = ran()
    assert (code, "rows agree; head " in said) == (0, True), said
    with store.using(copy.config.store) as db:
        db.conn.execute("PRAGMA foreign_keys = OFF")
        trigger = "SELECT sql FROM sqlite_master WHERE name = 'approvals_never_change'"
        kept = db.value(trigger)
        db.conn.execute("DROP TRIGGER approvals_never_change")
        db.conn.execute("UPDATE approvals SET by = 4 WHERE id = 2")
        db.conn.execute(kept)
    code, said = ran()
    assert code == 1 and "approvals 2 is not what entry #" in said and "Traceback" not in said
    copy.config.store.write_bytes(b"")
    code, said = ran()
    assert code == 1 and "the store is empty, but its key is" in said and "Traceback" not in said
