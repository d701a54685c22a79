"""The clock's jobs that keep the store in order."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from jobs import upkeep
from jobs.shared import Desk
from models import store
from models.config import Config, RetentionConfig
from models.errors import PiyaoError
from models.intake import posts
from models.intake.records import Post
from models.publishing import outbox
from models.publishing.records import Delivery
from models.store import Store
from tests import case_steps
from tests.conftest import People


def test_expire_forgets_old_posts_by_the_days_of_the_configuration(
    db: Store, tmp_path: Path
) -> None:
    posts.add(db, Post("forum", "1", "三号桥封了", author="a"))
    old = store.stamp(store.now() - timedelta(days=20))
    db.execute("UPDATE posts SET collected_at = ?, scored_at = ?", [old, old])
    upkeep.expire(Desk(Config(tmp_path, tmp_path)), db)
    assert posts.count(db) == 1
    days = RetentionConfig(posts_days=19)
    upkeep.expire(Desk(Config(tmp_path, tmp_path, retention=days)), db)
    assert posts.count(db) == 0


def test_verify_is_silent_on_a_whole_chain_and_loud_on_a_broken_one(
    db: Store, people: People, tmp_path: Path
) -> None:
    desk = Desk(Config(tmp_path, tmp_path))
    upkeep.verify(desk, db)
    for trigger in db.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        if trigger["name"].startswith("audit"):
            db.execute(f"DROP TRIGGER {trigger['name']}")
    db.execute("UPDATE audit SET at = '2020-01-01T00:00:00Z' WHERE seq = 2")
    with pytest.raises(PiyaoError, match="第 2 条记录被改过"):
        upkeep.verify(desk, db)


def test_watch_calls_a_sending_of_a_dead_process_unknown(
    db: Store, people: People, tmp_path: Path
) -> None:
    notice = case_steps.approved(db, people)
    case_steps.take(db, "a dead process")
    upkeep.watch(Desk(Config(tmp_path, tmp_path)), db)
    (row,) = outbox.of_notice(db, notice.id)
    assert row.state is Delivery.UNKNOWN
