"""The clock's jobs that draft and send: a draft for every verdict, a sending for every approval."""

from __future__ import annotations

from pathlib import Path

from jobs import publish
from jobs.shared import Desk
from models.config import Config
from models.publishing import notices, outbox
from models.publishing.records import NoticeState
from models.store import Store
from tests import case_steps
from tests.conftest import People


def test_a_verdict_has_its_draft_once(db: Store, people: People, tmp_path: Path) -> None:
    case = case_steps.decide(db, case_steps.ready(db, people), people.verifier)
    desk = Desk(Config(tmp_path, tmp_path))
    publish.draft(desk, db)
    publish.draft(desk, db)
    (made,) = notices.of_case(db, case.case_id)
    assert (made.state, made.drafted_by) == (NoticeState.DRAFT, 0)


def test_what_is_approved_goes_out_only_by_the_holder_of_the_lease(
    db: Store, people: People, tmp_path: Path
) -> None:
    notice = case_steps.approved(db, people)
    desk = Desk(Config(tmp_path, tmp_path))
    publish.publish(desk, db)
    assert notices.get(db, notice.id).state is NoticeState.APPROVED
    assert desk.lease.take(db)
    publish.publish(desk, db)
    assert notices.get(db, notice.id).state is NoticeState.PUBLISHED
    assert [row.channel for row in outbox.of_notice(db, notice.id)] == ["site"]
    assert list((desk.config.public.dir / "n").glob("*.html"))
