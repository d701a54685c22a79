"""What a page of the queue shows, so that a poll answers with what changed since and nothing else.

Snapshots are kept in memory only, and the oldest go first. A page whose snapshot is gone, because the
desk was restarted, is told that there is something new; its officer loads it when ready.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

from desk.queue.rows import Row

KEPT = 256


@dataclass(frozen=True)
class Snapshot:
    """A page's rows by case id, its counts, and the ids that came since the page was drawn."""

    drawn: frozenset[int]  # the rows the page shows
    cells: dict[int, dict[str, tuple[object, ...]]]
    counts: dict[str, int]
    arrived: frozenset[int] = frozenset()

    @property
    def token(self) -> str:
        told = repr((sorted(self.drawn), self.cells, self.counts, sorted(self.arrived)))
        return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()


_lock = Lock()
_kept: OrderedDict[str, Snapshot] = OrderedDict()


def keep(snapshot: Snapshot) -> str:
    """Remember the snapshot; returns the token by which the page asks again."""
    token = snapshot.token
    with _lock:
        _kept[token] = snapshot
        _kept.move_to_end(token)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return token


def of_token(token: str) -> Snapshot | None:
    """The snapshot that ``keep`` gave this token for; None where it is gone."""
    with _lock:
        return _kept.get(token)


def drawn(rows: Iterable[Row], counts: dict[str, int]) -> Snapshot:
    """The snapshot of a page drawn with these rows."""
    cells = {row.case.id: row.cells() for row in rows}
    return Snapshot(frozenset(cells), cells, counts)
