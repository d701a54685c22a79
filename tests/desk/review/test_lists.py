"""待审 and 通告 read together what all their notices need: the number of statements does not grow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from desk.review import views
from models.publishing import notices, outbox, reviews
from models.publishing.records import NoticeState
from models.store import Store
from tests import case_steps
from tests.conftest import People


@contextmanager
def statements(db: Store) -> Iterator[list[str]]:
    """The statements that this connection runs meanwhile."""
    found: list[str] = []
    db.conn.set_trace_callback(found.append)
    try:
        yield found
    finally:
        db.conn.set_trace_callback(None)


def test_the_list_of_what_went_out_takes_as_many_statements_for_twelve_as_for_three(
    db: Store, people: People
) -> None:
    counted = []
    for more in (3, 9):
        for _ in range(more):
            case_steps.published(db, people)
        with statements(db) as ran:
            found = notices.in_states(db, NoticeState.PUBLISHED)
            shown = views.lines(db, found, people.publisher)
        counted.append(len(ran))
        assert len(shown) == db.value("SELECT count(*) FROM notices")
        for each in shown:  # the same as one by one
            assert each.case.id == each.notice.case_id
            assert [s.row for s in each.sendings] == outbox.of_notice(db, each.notice.id)
            assert all(
                reviews.blockers(db, each.notice.id, people.publisher, step)
                for step in ("approve", "review", "submit")
            )
            assert each.mine == ""
    assert counted[0] == counted[1]


@pytest.mark.parametrize("who", ["monitor", "verifier", "second", "publisher"])
def test_what_waits_for_an_officer_is_what_nothing_blocks(
    db: Store, people: People, who: str
) -> None:
    case_steps.drafted(db, people)
    case_steps.submitted(db, people)
    officer = getattr(people, who)
    every = notices.in_states(db, NoticeState.DRAFT, NoticeState.IN_REVIEW)
    for each in views.lines(db, every, officer):
        free = [
            step
            for step in ("approve", "review", "submit")
            if not reviews.blockers(db, each.notice.id, officer, step)
        ]
        assert bool(each.mine) == bool(free)
