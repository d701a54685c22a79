"""Drawings: one at a time, kept, and a queue that is short for each."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from desk.review import drawings
from desk.review.drawings import Busy, Drawings
from models.errors import InputError
from notices.forms import draughtsman
from tests.notice_records import HOSTILE, OFFICE, notice
from tests.waiting import HANG, until

pytestmark = pytest.mark.slow  # the draughtsman is a process


@pytest.fixture
def lane() -> Iterator[Drawings]:
    made = Drawings()
    yield made
    made._end()


def test_a_picture_is_drawn_once_and_kept(lane: Drawings) -> None:
    first = lane.image(notice(), OFFICE, "long", 1)
    assert first.startswith(b"\x89PNG") and lane.process is not None
    lane.process.kill()
    assert lane.image(notice(), OFFICE, "long", 2) is first
    assert lane.image(notice(), OFFICE, "square", 1) != first  # by a process that is started anew


def test_what_cannot_be_drawn_is_a_sentence_and_the_next_is_drawn(lane: Drawings) -> None:
    with pytest.raises(InputError, match="字体里没有这些字"):
        lane.image(notice(title="一艘\U0001f6a2沉了"), OFFICE, "long", 1)
    assert lane.image(notice(), OFFICE, "square", 1).startswith(b"\x89PNG")


def test_a_process_that_does_not_answer_is_replaced(
    lane: Drawings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawings, "PATIENCE", 0.0)
    with pytest.raises(InputError, match="没有画出来"):
        lane.image(notice(), OFFICE, "long", 1)
    monkeypatch.setattr(drawings, "PATIENCE", HANG)
    assert lane.image(notice(), OFFICE, "long", 1).startswith(b"\x89PNG")


def test_one_person_has_two_places_in_the_lane_and_the_others_have_theirs(lane: Drawings) -> None:
    asked: list[threading.Thread] = []
    refused: list[int] = []

    def draw(who: int, number: int) -> None:
        try:
            lane.image(notice(number=f"〔2026〕{number} 号"), OFFICE, "long", who)
        except Busy:
            refused.append(who)

    def ask(who: int, number: int) -> None:
        asked.append(threading.Thread(target=draw, args=(who, number)))
        asked[-1].start()

    with lane.lane.turn:  # nothing is drawn until the lane is full
        for number in (1, 2, 5):
            ask(1, number)
        until(lambda: lane.lane.inside["1"] == 2 and refused == [1], "one person has more than two")
        for who in (2, 3):
            ask(who, who + 1)
        until(lambda: lane.lane.inside.total() == drawings.MOST, "the lane does not fill")
        ask(4, 6)
        until(lambda: refused == [1, 4], "a full lane takes one more")
    for each in asked:
        each.join(HANG)
    assert len(lane.kept) == 4 and not lane.lane.inside.total()


def test_the_oldest_picture_makes_room(lane: Drawings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawings, "KEPT", 10)
    lane._keep("a", b"12345")
    lane._keep("b", b"12345")
    assert lane._found("a") is not None
    lane._keep("c", b"12345")
    assert [*lane.kept] == ["a", "c"] and lane.size == 10


def test_an_order_is_read_as_it_was_given() -> None:
    for text in HOSTILE:
        given = (notice(title=text, quote=text), OFFICE, "long")
        assert draughtsman.read(draughtsman.order(*given)) == given
