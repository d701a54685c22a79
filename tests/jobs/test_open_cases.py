"""The clock's job that opens cases: one for a claim over the line, none under it."""

from __future__ import annotations

from pathlib import Path

from jobs import open_cases
from jobs.shared import Desk
from models.casework import queue
from models.config import Config
from models.store import Store
from tests import case_steps


def test_a_claim_over_the_line_becomes_one_case_that_its_words_find(
    db: Store, tmp_path: Path
) -> None:
    desk = Desk(Config(tmp_path, tmp_path))
    cluster = case_steps.cluster_of(db, [case_steps.CLAIM, f"转：{case_steps.CLAIM}"], risk=0.95)
    case_steps.cluster_of(db, ["今天食堂的饺子不错"], risk=0.05)
    open_cases.open_cases(desk, db)
    open_cases.open_cases(desk, db)
    (case,) = queue.cases(db, "todo")
    assert (case.cluster_id, case.posts) == (cluster, 2)
    assert [found.id for found in queue.cases(db, "todo", terms=["武汉"])] == [case.id]


def test_a_stopped_desk_opens_nothing_more(db: Store, tmp_path: Path) -> None:
    desk = Desk(Config(tmp_path, tmp_path))
    case_steps.cluster_of(db, risk=0.95)
    desk.stop.set()
    open_cases.open_cases(desk, db)
    assert queue.cases(db, "todo") == []
