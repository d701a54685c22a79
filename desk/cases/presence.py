"""Who else has a case open now: 核查 05 也在看本案.

It is kept in the memory of this process and forgotten within a minute. It is never stored, locks
nothing, and says nothing of what an officer did.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock

from models.roles import Officer, Role

STAYS = timedelta(seconds=40)  # the page asks every ten
_seen: dict[int, dict[int, tuple[datetime, str]]] = {}
_lock = Lock()


def seen(case_id: int, officer: Officer, now: datetime) -> list[str]:
    """Note that the officer looks at the case; the labels of the others who do."""
    with _lock:
        for key in [
            key for key, there in _seen.items() if all(now - at > STAYS for at, _ in there.values())
        ]:
            del _seen[key]
        there = _seen.setdefault(case_id, {})
        if officer.role is not Role.VIEWER:  # an observer is never in anybody's way
            there[officer.id] = (now, officer.label)
        return sorted(
            label for key, (at, label) in there.items() if key != officer.id and now - at <= STAYS
        )
