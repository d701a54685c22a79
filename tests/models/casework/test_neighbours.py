"""Cases beside one another: found once, told while they hold, and nothing follows from them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import audit, store
from models.casework import cases, evidence, neighbours, queue
from models.casework.neighbours import HELD, LATELY
from models.casework.records import Case
from models.known.likeness import Relation
from models.store import Store
from tests import case_steps
from tests.conftest import People


def opened(db: Store, count: int) -> list[Case]:
    return [case_steps.open_case(db, text=f"菱湖镇抢孩子的第{n}种说法") for n in range(count)]


def beside(db: Store, case: Case, *others: Case, near: float = 0.5, known: int = 1 << 40) -> None:
    """Found beside the case: these others, the last one nearest."""
    (waiting,) = [each for each in neighbours.waiting(db, 1000) if each.id == case.id]
    found = [(other.id, near + n / 100, Relation.RELATED) for n, other in enumerate(others)]
    neighbours.put(db, waiting, found, known)


def told(db: Store, case: Case) -> list[int]:
    return [each.case.id for each in neighbours.of_case(db, case.id, 100)]


def test_what_is_found_beside_a_case_is_told_beside_both_and_compared_once(db: Store) -> None:
    one, other, third = opened(db, 3)
    beside(db, one, other)
    assert (told(db, one), told(db, other), told(db, third)) == ([other.id], [one.id], [])
    assert [each.id for each in neighbours.waiting(db)] == [other.id, third.id]


def test_nothing_follows_from_it(db: Store, people: People) -> None:
    one, other = opened(db, 2)

    def standing() -> tuple[object, ...]:
        return queue.cases(db), audit.newest(db, 1), evidence.of_case(db, one.id), queue.version(db)

    before = standing()
    beside(db, one, other)
    assert told(db, one) == [other.id] and standing() == before


def test_a_dismissed_case_is_nobodys_neighbour_and_is_one_again_when_it_comes_back(
    db: Store, people: People
) -> None:
    one, other = opened(db, 2)
    beside(db, one, other)
    cases.dismiss(db, other.id, reason="trivial", by=people.monitor)
    assert told(db, one) == [] and other.id not in {w.id for w in neighbours.waiting(db)}
    assert (other.id, other.claim) not in [*neighbours.texts(db)]
    assert neighbours.changed(db, 2) == ([other.id], [])
    assert not db.rows(  # a thousand dismissed cases are not looked through at each round
        "SELECT * FROM case_words WHERE compared < changed AND case_id = ?", other.id
    )
    assert neighbours.of_clusters(db, [other.cluster_id]) == []
    beside(db, case_steps.open_case(db, text="又一种说法"), other)
    cases.restore(db, other.id, by=people.monitor)
    assert told(db, one) == []  # not before it was compared
    beside(db, cases.get(db, other.id), one)
    assert told(db, one) == [other.id]


def test_the_store_itself_tells_no_dismissed_case(db: Store, people: People) -> None:
    one, other = opened(db, 2)
    beside(db, one, other)
    db.conn.execute("UPDATE cases SET state = 'dismissed' WHERE id = ?", [other.id])
    db.conn.execute("UPDATE case_words SET changed = 2 WHERE case_id = ?", [other.id])
    assert db.rows("SELECT * FROM neighbours WHERE case_id = ?", one.id)
    assert not db.rows("SELECT * FROM sound_neighbours WHERE case_id = ?", one.id)


def test_a_case_that_says_another_thing_is_compared_anew(db: Store, people: People) -> None:
    one, other = opened(db, 2)
    beside(db, one, other)
    cases.claim(db, one.id, by=people.verifier)
    cases.reword(db, one.id, claim="别的一件事", by=people.verifier)
    assert told(db, one) == told(db, other) == []
    gone, new = neighbours.changed(db, 2)
    assert (gone, new) == ([one.id], [(one.id, "别的一件事")])
    assert one.id in {each.id for each in neighbours.waiting(db)}


def test_what_changed_while_it_was_compared_is_not_kept(db: Store, people: People) -> None:
    one, other = opened(db, 2)
    (waiting, _) = neighbours.waiting(db)
    known = neighbours.last_words(db)
    cases.claim(db, other.id, by=people.verifier)
    cases.reword(db, other.id, claim="别的一件事", by=people.verifier)
    neighbours.put(db, waiting, [(other.id, 0.5, Relation.SAME)], known)
    assert told(db, one) == []  # the other one changed
    cases.claim(db, one.id, by=people.verifier)
    cases.reword(db, one.id, claim="又是另一件事", by=people.verifier)
    neighbours.put(db, waiting, [(other.id, 0.5, Relation.SAME)], neighbours.last_words(db))
    assert told(db, one) == []  # it changed itself
    assert one.id in {each.id for each in neighbours.waiting(db)}


def test_a_case_that_ended_long_ago_is_not_named(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = cases.get(db, case_steps.published(db, people).case_id)
    (one,) = opened(db, 1)
    beside(db, one, other)
    assert told(db, one) == [other.id]  # lately
    later = store.now() + LATELY + timedelta(minutes=1)
    monkeypatch.setattr(store, "clock", lambda: later)
    assert told(db, one) == []
    assert [case_id for case_id, _ in neighbours.texts(db)] == [one.id]


def test_the_same_claim_is_told_first_then_what_differs(db: Store) -> None:
    one, *others = opened(db, 6)
    (waiting, *_) = neighbours.waiting(db)
    kinds = [*Relation]
    found = [(o.id, 0.9 - n / 10, kind) for n, (o, kind) in enumerate(zip(others, kinds[::-1], strict=True))]  # fmt: skip
    neighbours.put(db, waiting, found, 99)
    assert [each.relation for each in neighbours.of_case(db, one.id, 9)] == [
        Relation.SAME, Relation.CHANGED, Relation.ELSEWHERE, Relation.OPPOSITE, Relation.RELATED,
    ]  # fmt: skip
    assert len(neighbours.of_case(db, one.id)) == neighbours.SHOWN


def test_a_story_told_as_many_cases_costs_none_of_them_more_than_a_few_rows(db: Store) -> None:
    one, *others = opened(db, 3 * HELD)
    for n, other in enumerate(others):
        beside(db, other, one, near=n / 100)
    held = db.rows("SELECT other_id FROM neighbours WHERE case_id = ?", one.id)
    assert {row["other_id"] for row in held} == {other.id for other in others[-HELD:]}
    beside(db, one, *others)
    assert len(neighbours.of_case(db, one.id, 100)) == HELD


@pytest.mark.parametrize(
    "wrong", [{"relation": "verdict"}, {"other_id": 1}, {"near": 1.5}, {"other_id": 99}]
)
def test_the_store_keeps_no_other_words_and_no_case_beside_itself(
    db: Store, wrong: dict[str, object]
) -> None:
    opened(db, 2)
    row = {"case_id": 1, "other_id": 2, "relation": "same", "near": 0.5, "words": 1}
    with pytest.raises(Exception, match="constraint failed"):
        db.insert("neighbours", row | {"other_words": 2} | wrong)
