"""The clock's job that keeps the head of the log outside; what fails is an alarm of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.heads import keep_head
from jobs.shared import Desk
from models import config, store
from models.errors import PiyaoError
from models.people import officers
from models.roles import Role


def test_the_head_is_kept_and_what_cannot_be_kept_is_said(tmp_path: Path) -> None:
    path = tmp_path / "piyao.toml"
    path.write_text('data_dir = "data"\n[audit]\nheads = "away/heads.txt"\n', encoding="utf-8")
    desk = Desk(config.load(path))
    with store.using(desk.config.store) as db:
        officers.add(db, "a", Role.VIEWER)
        keep_head(desk, db)
        assert len((tmp_path / "away" / "heads.txt").read_text().split()) == 3
        officers.add(db, "b", Role.VIEWER)
        (tmp_path / "away" / "heads.txt").unlink()
        (tmp_path / "away").rmdir()
        (tmp_path / "away").write_text("in the way")
        db.conn.execute("DELETE FROM meta WHERE key = 'audit.heads'")
        with pytest.raises(PiyaoError, match="记录指纹没有存到外面"):
            keep_head(desk, db)
