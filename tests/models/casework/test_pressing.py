"""Pressing: no more cases are promised a look within a limit than the desk can read in it."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.casework import cases, opening, pressing, queue
from models.casework.priority import LEAST, LIMITS
from models.harm import Topic
from models.ranking.line import Line
from models.store import Store
from tests import case_steps
from tests.conftest import People

PRIORITIES = st.floats(0, 1)


@given(PRIORITIES, PRIORITIES, st.integers(0, 100), st.integers(1, 5000))
def test_a_level_rises_with_the_priority_and_falls_with_those_before(
    one: float, other: float, above: int, cases_a_night: int
) -> None:
    low, high = (pressing.level(p, above, cases_a_night) for p in sorted((one, other)))
    assert 1 <= low <= high <= 4
    assert pressing.level(other, above + 1, cases_a_night) <= pressing.level(
        other, above, cases_a_night
    )
    assert pressing.level(other, above, cases_a_night + 50) >= pressing.level(
        other, above, cases_a_night
    )


def test_a_desk_of_two_hundred_cases_has_room_for_few_urgent_ones() -> None:
    assert [pressing.room(level, 200) for level in (4, 3, 2)] == [4, 17, 50]
    assert [pressing.room(level, 1) for level in (4, 3, 2)] == [1, 1, 1]


def fill(db: Store, count: int, at_once: bool) -> None:
    """Waiting cases on one post each, all of them grave, the last the gravest."""
    texts = [f"白兔潭{n}号楼有确诊患者" for n in range(count)]
    found = [
        case_steps.cluster_of(db, (text,), Topic.EPIDEMIC, 0.99 + n / 100_000)
        for n, text in enumerate(texts)
    ]
    for batch in [found] if at_once else [[cluster] for cluster in found]:
        opening.refresh_many(db, batch, dict.fromkeys(batch, "说法"), Line.at(0.6))


@pytest.mark.parametrize("at_once", [True, False])
def test_of_a_full_queue_few_are_urgent_however_they_came(db: Store, at_once: bool) -> None:
    fill(db, 60, at_once)
    waiting = queue.cases(db, "todo")
    assert all(case.priority >= LEAST[4] for case in waiting)
    assert [case.level for case in waiting] == [4] * 4 + [3] * 13 + [2] * 33 + [1] * 10
    assert [case.priority for case in waiting] == sorted(
        (case.priority for case in waiting), reverse=True
    )


def test_the_clocks_of_a_full_queue_differ(db: Store) -> None:
    fill(db, 60, at_once=True)
    limits = Counter(case.due_at - case.opened_at for case in queue.cases(db, "todo"))
    assert limits == {LIMITS[4]: 4, LIMITS[3]: 13, LIMITS[2]: 33, LIMITS[1]: 10}


def test_who_goes_down_a_level_keeps_the_clock_that_was_promised(db: Store) -> None:
    first = case_steps.open_case(db, Topic.EPIDEMIC, risk=0.99)
    assert first.level == 4
    fill(db, 8, at_once=True)
    after = cases.get(db, first.id)
    assert after.level == 3 and after.due_at == first.due_at
    assert after.version == first.version  # no officer's step fails for it


def test_a_case_in_hand_takes_no_urgent_place(db: Store, people: People) -> None:
    fill(db, 4, at_once=True)
    for case in queue.cases(db, "todo"):
        cases.claim(db, case.id, by=people.verifier)
    late = case_steps.open_case(db, Topic.EPIDEMIC, text="另一个说法", risk=0.985)
    assert late.level == 4
    assert {case.level for case in queue.cases(db, "todo")} == {4}


def test_a_claim_that_grows_rises_and_its_limit_shortens(db: Store) -> None:
    fill(db, 6, at_once=True)
    last = queue.cases(db, "todo")[-1]
    assert last.level == 3
    case_steps.cluster_of(
        db, [f"又一种说法{n}" for n in range(30)], Topic.EPIDEMIC, 0.99, last.cluster_id
    )
    grown = opening.refresh(db, last.cluster_id, "说法", Line.at(0.6))
    assert grown and grown.level == 4 and grown.due_at == grown.opened_at + LIMITS[4]
    assert Counter(case.level for case in queue.cases(db, "todo")) == {4: 4, 3: 2}


def test_a_quiet_night_makes_nothing_urgent(db: Store) -> None:
    case = case_steps.open_case(db, Topic.OTHER, risk=0.7)
    assert case.level == 1 and case.due_at == case.opened_at + LIMITS[1]
