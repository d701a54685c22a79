"""A number is given once: not after a store that was set back, not beside another desk."""

from __future__ import annotations

import pytest

from models import audit, store
from models.casework import cases
from models.driver import library
from models.errors import RuleBroken
from models.publishing import notices, numbers
from models.publishing.numbers import Elsewhere
from models.store import Store
from tests import case_steps
from tests.conftest import People

YEAR = 2026


@pytest.fixture(autouse=True)
def the_year(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = store.now().replace(year=YEAR, month=6, day=1)
    monkeypatch.setattr(store, "clock", lambda: moment)


def test_the_next_number_comes_after_the_highest_that_is_known_anywhere(
    db: Store, people: People
) -> None:
    case_steps.published(db, people)
    numbers.note(db, [Elsewhere("site", YEAR, 22, "x"), Elsewhere("other", YEAR, 9, "y")])
    numbers.note(db, [Elsewhere("site", YEAR + 1, 70, "z")])  # a number typed in another year
    assert numbers.highest(db) == {YEAR: 22, YEAR + 1: 70}
    with db.atomic():
        assert numbers.next_serial(db, YEAR, "") == 23
        assert numbers.next_serial(db, YEAR + 1, "") == 71
        assert numbers.next_serial(db, YEAR + 2, "") == 1


def test_what_is_noted_is_noted_once_and_told_in_the_log(db: Store, people: People) -> None:
    notice = case_steps.published(db, people)
    ours = Elsewhere("site", YEAR, 1, "x")  # the store knows this number: nothing of another's
    new = Elsewhere("site", YEAR, 2, "y", "h", "桥没有封")
    assert numbers.note(db, [ours, new]) == [new]
    assert numbers.note(db, [new]) == []
    assert [each.number for each in numbers.elsewhere(db)] == ["〔2026〕2 号"]
    (entry,) = audit.of_object(db, "channel:site")
    assert (entry.action, entry.detail["number"]) == ("number.elsewhere", "〔2026〕2 号")
    assert notice.number == "〔2026〕1 号"


def test_an_approval_goes_past_what_a_channel_holds(db: Store, people: People) -> None:
    numbers.note(db, [Elsewhere("site", YEAR, 22, "x")])
    assert case_steps.approved(db, people).number == "〔2026〕23 号"


def test_the_very_text_that_is_out_is_not_approved_once_more(db: Store, people: People) -> None:
    """The store was set back to before the approval: the draft waits again, and the page is out."""
    notice = case_steps.submitted(db, people)
    seen = notices.get(db, notice.id).hash
    numbers.note(db, [Elsewhere("site", YEAR, 22, "x", seen)])
    with pytest.raises(RuleBroken, match="〔2026〕22 号") as error:
        case_steps.approve(db, notice, people.publisher)
    assert error.value.rule == "number-given"
    draft = case_steps.words(db, cases.get(db, notice.case_id))
    again = notices.edit(db, notice.id, 1, draft, by=people.verifier)
    case_steps.submit(db, again, people.verifier)
    assert case_steps.approve(db, again, people.publisher).number == "〔2026〕23 号"


def test_a_year_has_no_seventh_digit(db: Store, people: People) -> None:
    numbers.note(db, [Elsewhere("site", YEAR, numbers.MOST, "x")])
    notice = case_steps.submitted(db, people)
    with pytest.raises(RuleBroken, match="用完"):
        case_steps.approve(db, notice, people.publisher)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE notices SET serial = serial + 1",
        "UPDATE notices SET number = '〔2026〕7 号'",
        "UPDATE notices SET number = '', year = NULL, serial = NULL",
        "UPDATE notices SET year = 2025",
        "UPDATE notices SET issued_at = '2026-01-01T00:00:00.000000Z'",
        "DELETE FROM numbers_elsewhere",
        "UPDATE numbers_elsewhere SET serial = 1",
    ],
)
def test_the_store_itself_keeps_what_was_given(db: Store, people: People, sql: str) -> None:
    case_steps.published(db, people)
    numbers.note(db, [Elsewhere("site", YEAR, 22, "x")])
    with pytest.raises(library.Error, match="rule:number-given"):
        db.execute(sql)


@pytest.mark.parametrize("serial", [1, 22, 0, 1_000_000])
def test_the_store_itself_gives_no_number_that_was_given(
    db: Store, people: People, serial: int
) -> None:
    numbers.note(db, [Elsewhere("site", YEAR, 22, "x")])
    notice = case_steps.submitted(db, people)
    given = "UPDATE notices SET year = 2026, serial = ?, number = ?, issued_at = 'x' WHERE id = ?"
    with pytest.raises(library.Error, match="rule:number-given"):
        db.execute(given, [serial, numbers.written(YEAR, serial), notice.id])
    with pytest.raises(library.Error, match="rule:number-given"):  # text and serial must agree
        db.execute(given, [23, numbers.written(YEAR, 24), notice.id])
    db.execute(given, [23, numbers.written(YEAR, 23), notice.id])


def test_the_store_itself_numbers_no_text_that_is_out(db: Store, people: People) -> None:
    notice = case_steps.submitted(db, people)
    numbers.note(db, [Elsewhere("site", YEAR, 22, "x", "h" * 64)])
    given = "UPDATE notices SET approved_hash = ?, year = 2026, serial = 23, number = '〔2026〕23 号', issued_at = 'x' WHERE id = ?"
    with pytest.raises(library.Error, match="rule:number-given"):
        db.execute(given, ["h" * 64, notice.id])
    db.execute(given, ["g" * 64, notice.id])
