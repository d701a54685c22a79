"""The hash-chained audit log: every change of state, in the same transaction as the change.

The chain and what its entries carry of the rows they wrote: ``models.chain``, ``models.guarded``.
Details hold ids, words of the workflow and reasons given by officers; never a post's text and
nothing about a poster, so that erasing old data leaves the chain whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models import chain, replay
from models.replay import Head, Verification
from models.roles import Officer
from models.store import Store, now, stamp, time


def actor(by: Officer) -> str:
    return "machine" if by.id == 0 else f"officer:{by.id}"


def append(
    db: Store, by: Officer, action: str, thing: str, detail: Mapping[str, object] | None = None
) -> int:
    """Add one entry inside the caller's transaction; returns its sequence number.

    Guarded rows that the transaction wrote since the entry before are bound to this one by
    themselves: write first, then append.
    """
    return append_many(db, by, [(action, thing, detail or {})])


def append_many(
    db: Store, by: Officer, entries: Iterable[tuple[str, str, Mapping[str, object]]]
) -> int:
    """Add entries of (action, thing, detail) inside the caller's transaction; returns the sequence
    number of the last one in the log."""
    if not db.conn.in_transaction:
        raise AssertionError("an audit entry belongs to the transaction of its change")
    return chain.add(db.conn, stamp(now()) or "", actor(by), [*entries])


def verify(db: Store, *heads: tuple[int, str] | Head) -> Verification:
    """Recompute the whole chain and compare every guarded row with it (``models.replay``).

    ``heads`` are (seq, hash) noted outside the store earlier: with them a cut tail, a rolled-back
    file and a chain made anew show too, which the store alone cannot tell.
    """
    return replay.verify(db, heads)


def wrote(db: Store, thing: str, row: str) -> tuple[int, str]:
    """(seq, hash) of the entry that first wrote a row (``outbox:12``) of ``thing`` (``case:14``);
    (0, "") where none did."""
    found = db.row(
        "SELECT seq, hash FROM audit WHERE object IN (?, 'store') AND bound LIKE ?"
        " ORDER BY seq LIMIT 1",
        thing,
        f'%"{row}":%',
    )
    return (found["seq"], found["hash"]) if found else (0, "")


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
