"""The chain under the audit log: how entries are hashed, and how guarded rows are bound to them.

Each entry's hash is SHA-256 over the previous hash and the entry's canonical JSON; the sequence has
no gaps. ``bound`` holds the hashes of the guarded rows that the entry wrote (``models.guarded``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from models import guarded
from models.canonical import dump

GENESIS = "0" * 64
UNSAID = "record.rows"  # rows whose writer left no entry after them
SNAPSHOT = "record.bound"  # every guarded row as it stood when the binding of rows began

Entry = tuple[str, str, Mapping[str, object]]  # action, thing, detail


def add(connection: Any, at: str, actor: str, entries: Sequence[Entry]) -> int:
    """Add entries in the transaction of the change they tell of; returns the last number.

    They carry every guarded row that the transaction wrote since its last entry: a row stands with
    the entry about that very thing, else with the last one.
    """
    return _write(connection, at, actor, entries, guarded.take(connection) if entries else {})


def bind_rest(connection: Any, at: str) -> None:
    """Before a commit: rows written after the last entry get one of their own."""
    if guarded.noted(connection):
        rows = guarded.take(connection)
        _write(connection, at, "machine", [(UNSAID, "store", {"rows": len(rows)})], rows)


def bind_all(connection: Any, at: str, mended: Sequence[str]) -> None:
    """One entry that carries every guarded row as it stands, and names the rules that were ``mended``;
    none in an empty store."""
    if rows := guarded.everything(connection):
        detail = {"rows": len(rows), **({"mended": "; ".join(mended)} if mended else {})}
        _write(connection, at, "machine", [(SNAPSHOT, "store", detail)], rows)


def _write(
    connection: Any, at: str, actor: str, entries: Sequence[Entry], bound: Mapping[str, str]
) -> int:
    last = connection.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    seq, prev = last or (0, GENESIS)
    shares: list[dict[str, str]] = [{} for _ in entries]
    place = {thing: n for n, (_, thing, _) in enumerate(entries)}
    for row, digest in bound.items():
        table, _, key = row.partition(":")
        shares[place.get(f"{table.removesuffix('s')}:{key}", -1)][row] = digest
    rows = []
    for (action, thing, detail), share in zip(entries, shares, strict=True):
        seq += 1
        said = (seq, at, actor, action, thing, dump(detail), dump(share) if share else "")
        rows.append((*said, prev, link(prev, *said)))
        prev = rows[-1][-1]
    connection.executemany(
        "INSERT INTO audit (seq, at, actor, action, object, detail, bound, prev, hash)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    return int(seq)


def link(
    prev: str, seq: int, at: str, actor: str, action: str, thing: str, detail: str, bound: str
) -> str:
    """The hash of an entry. One that binds no row is hashed as before rows were bound."""
    body = {"seq": seq, "at": at, "actor": actor, "action": action, "object": thing}
    body |= {"detail": detail} | ({"bound": bound} if bound else {})
    return hashlib.sha256((prev + dump(body)).encode()).hexdigest()
