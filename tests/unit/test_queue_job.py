"""The clock's queue job: what it does in one round, and what waits for the next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

import scheduler
from models.config import Config
from models.store import Store
from tests import steps


def test_comparing_with_known_notices_goes_on_in_the_next_round(
    db: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each publication makes all open cases due again: at 0.1 s a case, new claims would wait."""
    for n in range(3):
        steps.open_case(db, text=f"第{n}条说法，和别的都不一样")
    compared: list[str] = []

    def slowly(wordings: Sequence[str], library: object) -> tuple[int, float]:
        compared.append(wordings[0])
        return 0, 0.0

    monkeypatch.setattr(scheduler.known, "best", slowly)
    db.execute("UPDATE cases SET known_checked = 'before'")
    desk = scheduler.Desk(Config(tmp_path, tmp_path))
    ticks = iter(range(0, 1000, 2))
    monkeypatch.setattr(scheduler.time, "monotonic", lambda: float(next(ticks)))
    scheduler.queue(desk, db)
    assert len(compared) == 1
    scheduler.queue(desk, db)
    scheduler.queue(desk, db)
    scheduler.queue(desk, db)
    assert len(compared) == len(set(compared)) == 3
