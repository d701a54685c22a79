"""The key beside the store: 32 random bytes for the hashes of authors, never in the store itself.

Whoever holds a copy of the store alone (a backup, an export) cannot test handles against it. Store
and key belong together: either of them alone, or a pair that was not made together, is refused, for
a fresh one in its place would quietly begin another desk.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Any

from models import folders
from models.errors import StoreError

SIZE = 32
CHECK = "key.check"  # in the table meta: says whose key it was, and nothing of what it is


def beside(path: Path) -> Path:
    return path.with_suffix(".key")


def settled(path: Path) -> bool:
    """Whether store and key are both there, with something in them."""
    return all(file.exists() and file.stat().st_size for file in (path, beside(path)))


def refuse_lost_store(path: Path) -> None:
    """Raise ``StoreError`` where a key waits for a store that is gone or empty."""
    if beside(path).exists() and not (path.exists() and path.stat().st_size):
        what = "is empty" if path.exists() else "is not there"
        raise StoreError(
            f"the store {what}, but its key is",
            str(path),
            f"put it back with `piyao restore`; to begin a new desk, move {beside(path).name} away",
        )


def of_store(path: Path, begun: bool) -> bytes:
    """The key of a store; made where the store has not ``begun``. Raises ``StoreError``."""
    file = beside(path)
    if not file.exists():
        if begun:
            raise StoreError(
                "the key is not there, but its store is",
                str(file),
                "put it back from where you keep it, or use `piyao restore`",
            )
        _make(path)
    held = file.read_bytes()
    if len(held) != SIZE:
        raise StoreError(
            f"the key has {len(held)} bytes instead of {SIZE}",
            str(file),
            "put it back from where you keep it, or use `piyao restore`",
        )
    return held


def _make(path: Path) -> None:
    fresh = path.with_suffix(f".key-{os.getpid()}-{secrets.token_hex(4)}")
    with folders.private(fresh) as out:
        out.write(secrets.token_bytes(SIZE))
        folders.flush(out)
    with contextlib.suppress(FileExistsError):  # another process was first: its key holds
        os.link(fresh, beside(path))  # whole or not at all, whenever we are killed
    fresh.unlink()


def note(connection: Any, key: bytes) -> None:
    """Keep in the store whose key it has, in the caller's transaction."""
    connection.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", [CHECK, _check(key)])


def refuse_another(connection: Any, path: Path, key: bytes) -> None:
    """Raise ``StoreError`` where this store was made with another key."""
    kept = connection.execute("SELECT value FROM meta WHERE key = ?", [CHECK]).fetchone()
    if kept and not hmac.compare_digest(kept[0], _check(key)):
        raise StoreError(
            "is the key of another store",
            str(beside(path)),
            "put back the one that belongs to this store, or use `piyao restore`",
        )


def _check(key: bytes) -> str:
    return hmac.new(key, b"the key of this store", hashlib.sha256).hexdigest()
