"""Rows of the queue as HTML. Each is drawn once, because between two loads hardly a row changes.

The drawings are kept in memory, by everything that a row shows. When there are too many, the oldest
go.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime
from threading import Lock

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from desk.queue.rows import Row
from models import china_time
from models.roles import Officer

KEPT = 2000

_lock = Lock()
_kept: OrderedDict[Hashable, SafeString] = OrderedDict()


def drawn(row: Row, officer: Officer, now: datetime, query: str, selected: bool) -> SafeString:
    """The row for this officer in this list; template ``queue/_row.html``."""
    case = row.case
    today = china_time.day(now)
    shown = (row.claim, case.level, case.number, case.state, row.due.word, row.due.tone, today)
    cells = tuple(row.cells().values())
    key = (case.id, case.version, officer.role, query, selected, shown, cells)
    with _lock:
        found = _kept.get(key)
    if found is None:
        context = {
            "row": row,
            "officer": officer,
            "now": now,
            "query": query,
            "selected": case.id if selected else 0,
        }
        # autoescaped by the template; marked so that the list does not escape it again
        found = mark_safe(get_template("queue/_row.html").render(context))  # noqa: S308
        with _lock:
            _kept[key] = found
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
    return found
