"""Store and key belong together: one without the other is no new desk."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from models import keys, store
from models.errors import StoreError
from models.store import Store


def refused(path: Path) -> str:
    with pytest.raises(StoreError) as error:
        store.open(path).close()
    said = str(error.value)
    assert "piyao restore" in said and "\n" not in said
    return said


@pytest.fixture
def path(db: Store) -> Path:
    """A store at rest, beside its key."""
    db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return db.path


def test_a_folder_with_neither_begins_a_desk_with_a_key_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "new" / "piyao.db"
    with store.using(path) as db:
        first = db.secret
    assert len(first) == keys.SIZE and keys.beside(path).stat().st_mode & 0o777 == 0o600
    with store.using(path) as db:
        assert db.secret == first


def test_a_key_without_its_store_begins_no_new_desk(path: Path) -> None:
    path.unlink()
    assert "the store is not there, but its key is" in refused(path)
    assert not path.exists()


def test_a_store_of_no_bytes_beside_a_key_is_no_new_desk(path: Path) -> None:
    path.write_bytes(b"")
    assert "the store is empty, but its key is" in refused(path)
    assert path.stat().st_size == 0


def test_a_store_without_its_key_gets_no_fresh_one(path: Path) -> None:
    keys.beside(path).unlink()
    assert "the key is not there, but its store is" in refused(path)
    assert not keys.beside(path).exists()


@pytest.mark.parametrize("size", [0, 1, 31, 33])
def test_a_key_that_is_cut_or_longer_is_refused(path: Path, size: int) -> None:
    keys.beside(path).write_bytes(secrets.token_bytes(size))
    assert f"the key has {size} bytes instead of 32" in refused(path)


def test_the_key_of_another_store_is_refused(path: Path) -> None:
    keys.beside(path).write_bytes(secrets.token_bytes(keys.SIZE))
    assert "is the key of another store" in refused(path)


def test_a_beginning_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    """Killed after the file, before the key; and after the key, before the first migration."""
    path = tmp_path / "piyao.db"
    Store(path).close()
    assert path.stat().st_size
    with store.using(path) as db:
        key = db.secret
    other = tmp_path / "other" / "piyao.db"
    other.parent.mkdir()
    Store(other).close()
    keys.beside(other).write_bytes(key)
    with store.using(other) as db:
        assert db.secret == key


def test_the_store_keeps_no_key_but_what_it_must_be(path: Path) -> None:
    key = keys.beside(path).read_bytes()
    assert key not in path.read_bytes() and key.hex().encode() not in path.read_bytes()
