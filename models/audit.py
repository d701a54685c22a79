"""The hash-chained audit log: every change of state, in the same transaction as the change.

Each entry's hash is SHA-256 over the previous hash and the entry's canonical JSON; the sequence
has no gaps. Details hold ids, words of the workflow and reasons given by officers; never a post's
text and nothing about a poster, so that erasing old data leaves the chain whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.roles import Officer
from models.store import Store, dump, now, stamp, time

GENESIS = "0" * 64


@dataclass(frozen=True)
class Verification:
    """What ``verify`` found. ``seq`` is the first broken entry, 0 when the chain is whole."""

    ok: bool
    entries: int
    head: str
    message: str
    seq: int = 0


def actor(by: Officer) -> str:
    return "machine" if by.id == 0 else f"officer:{by.id}"


def append(
    db: Store, by: Officer, action: str, thing: str, detail: Mapping[str, object] | None = None
) -> int:
    """Add one entry inside the caller's transaction; returns its sequence number."""
    return append_many(db, by, [(action, thing, detail or {})])


def append_many(
    db: Store, by: Officer, entries: Iterable[tuple[str, str, Mapping[str, object]]]
) -> int:
    """Add entries of (action, thing, detail) inside the caller's transaction; returns the sequence
    number of the last one in the log."""
    if not db.conn.in_transaction:
        raise AssertionError("an audit entry belongs to the transaction of its change")
    last = db.row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
    seq, prev = (last["seq"], last["hash"]) if last else (0, GENESIS)
    rows = []
    for action, thing, detail in entries:
        seq += 1
        row = {
            "seq": seq,
            "at": stamp(now()),
            "actor": actor(by),
            "action": action,
            "object": thing,
            "detail": dump(detail),
        }
        row |= {"prev": prev, "hash": _hash(prev, row)}
        prev = row["hash"]
        rows.append(row)
    db.conn.executemany(
        "INSERT INTO audit VALUES (:seq, :at, :actor, :action, :object, :detail, :prev, :hash)",
        rows,
    )
    return seq


def _hash(prev: str, row: Mapping[str, Any]) -> str:
    body = dump({key: row[key] for key in ("seq", "at", "actor", "action", "object", "detail")})
    return hashlib.sha256((prev + body).encode()).hexdigest()


def verify(db: Store, head: tuple[int, str] | None = None) -> Verification:
    """Recompute the whole chain.

    ``head`` is a (seq, hash) noted outside the store earlier: with it, a cut tail or a rolled-back
    file shows too, which a chain alone cannot tell.
    """
    prev, seq = GENESIS, 0
    for seq, row in enumerate(_rows(db), start=1):
        if row["seq"] != seq:
            return Verification(False, seq - 1, prev, f"entry #{seq} is missing", seq)
        if row["prev"] != prev or row["hash"] != _hash(prev, row):
            return Verification(False, seq - 1, prev, f"entry #{seq} was changed", seq)
        prev = row["hash"]
        if head and seq == head[0] and prev != head[1]:
            return Verification(False, seq, prev, f"entry #{seq} is not the one noted", seq)
    if head and seq < head[0]:
        return Verification(False, seq, prev, f"entries after #{seq} were cut off", seq + 1)
    return Verification(True, seq, prev, f"{seq} entries, chain whole")


def _rows(db: Store) -> Iterator[dict[str, Any]]:
    return iter(db.query("SELECT * FROM audit ORDER BY seq"))


def of_object(db: Store, thing: str, limit: int = 200) -> list[AuditEntry]:
    """The newest entries about ``thing`` (``case:14``), newest first."""
    return [
        _entry(row)
        for row in db.query(
            "SELECT * FROM audit WHERE object = ? ORDER BY seq DESC LIMIT ?", [thing, limit]
        )
    ]


def newest(db: Store, limit: int = 100, before: int | None = None) -> list[AuditEntry]:
    """A page of the whole log, newest first; ``before`` is the seq to go on from."""
    return [
        _entry(row)
        for row in db.query(
            "SELECT * FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?",
            [before or 1 << 62, limit],
        )
    ]


def _entry(row: dict[str, Any]) -> AuditEntry:
    return AuditEntry(
        row["seq"],
        time(row["at"]) or now(),
        row["actor"],
        row["action"],
        row["object"],
        json.loads(row["detail"]),
        row["prev"],
        row["hash"],
    )


@dataclass(frozen=True)
class AuditEntry:
    seq: int
    at: datetime
    actor: str  # machine, or officer:7
    action: str
    object: str  # case:14
    detail: Mapping[str, Any]
    prev: str
    hash: str
