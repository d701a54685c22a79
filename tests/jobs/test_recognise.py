"""The clock's job that recognises known claims: what it links, and how it keeps up with the library."""

from __future__ import annotations

from pathlib import Path

from jobs import recognise
from jobs.shared import Desk
from models.casework import opening
from models.config import Config
from models.known import claims, imports, likeness
from models.known.claims import Standing
from models.known.imports import Given
from models.known.likeness import Relation
from models.store import Store
from tests import case_steps

CLAIM = "喝高度白酒可以杀死体内的新冠病毒"


def linked(db: Store, case_id: int) -> list[tuple[str, Relation]]:
    return [(like.known.claim, like.relation) for like in likeness.of_case(db, case_id)]


def test_cases_are_linked_to_what_they_are_like_and_compared_once(
    db: Store, tmp_path: Path
) -> None:
    imports.put(
        db, "邻市", [Given(CLAIM, Standing.FALSE), Given("吃大蒜能预防流感", Standing.FALSE)]
    )
    like = case_steps.open_case(db, text=f"紧急扩散！专家说{CLAIM}，赶快告诉家人")
    other = case_steps.open_case(db, text="明天起全市加油站停止供油三天，请大家互相转告")
    desk = Desk(Config(tmp_path, tmp_path))
    recognise.recognise(desk, db)
    assert linked(db, like.id) == [(CLAIM, Relation.SAME)]
    assert linked(db, other.id) == []
    assert opening.unmatched(db, claims.edition(db)) == []


def test_the_library_keeps_up_with_what_comes_in_changes_and_goes(
    db: Store, tmp_path: Path
) -> None:
    case = case_steps.open_case(db, text=f"紧急扩散！专家说{CLAIM}，赶快告诉家人")
    desk = Desk(Config(tmp_path, tmp_path))
    recognise.recognise(desk, db)
    assert linked(db, case.id) == []
    imports.put(db, "邻市", [Given("微波炉加热食物会致癌", Standing.FALSE, "1")])
    recognise.recognise(desk, db)
    assert linked(db, case.id) == []
    imports.put(db, "邻市", [Given(CLAIM, Standing.FALSE, "1")])
    recognise.recognise(desk, db)
    assert linked(db, case.id) == [(CLAIM, Relation.SAME)]
    imports.put(db, "邻市", [Given(CLAIM, Standing.FALSE, "1", gone=True)])
    recognise.recognise(desk, db)
    assert linked(db, case.id) == []
    assert len(desk.library) == 0
