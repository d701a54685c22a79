"""The clock's job that learns: once a night, at the time of day that piyao.toml names."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobs import learn
from jobs.shared import Desk
from models import store
from models.config import Config, ModelConfig
from models.learning import editions
from models.store import Store
from tests import desk_lessons

MORNING = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)  # nine o'clock in China


@pytest.fixture
def morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "now", lambda: MORNING)


@pytest.mark.usefixtures("morning")
@pytest.mark.parametrize(
    ("at", "night"),
    [
        ("03:30", datetime(2026, 11, 24, 19, 30, tzinfo=UTC)),
        ("09:00", MORNING),
        ("09:01", datetime(2026, 11, 24, 1, 1, tzinfo=UTC)),
        ("", None),
    ],
)
def test_the_last_night_is_the_newest_that_is_past(at: str, night: datetime | None) -> None:
    assert learn.last_night(at) == night


def test_a_night_is_learned_from_once(db: Store, tmp_path: Path) -> None:
    desk = Desk(Config(tmp_path, tmp_path))
    desk_lessons.decide(db, desk_lessons.team(db), 0, 3)
    learn.renew(desk, db)
    made = editions.all(db)
    learn.renew(desk, db)
    assert len(made) == 1 and editions.all(db) == made


def test_a_desk_without_a_time_never_learns_by_itself(db: Store, tmp_path: Path) -> None:
    desk = Desk(Config(tmp_path, tmp_path, model=ModelConfig(renew_at="")))
    desk_lessons.decide(db, desk_lessons.team(db), 0, 3)
    learn.renew(desk, db)
    assert editions.all(db) == []
