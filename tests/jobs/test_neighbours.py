"""The clock's job that names cases beside one another: what it finds, and that it begins again anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from classifier.likeness import filing
from jobs import neighbours as job
from jobs.shared import Desk
from models.casework import cases, neighbours, opening
from models.casework.records import Case
from models.config import Config
from models.intake import posts
from models.intake.records import Post
from models.known.likeness import Relation
from models.ranking import scores
from models.store import Store
from tests import case_steps
from tests.conftest import People

SNATCHED = (
    "菱湖镇有人开面包车抢孩子，已经有三个被抱走了",
    "听说菱湖镇来了一伙专门抢孩子的，开面包车，三个小孩都丢了",
    "带娃的当心，菱湖镇一辆面包车抢小孩，三家的孩子不见了",
    "面包车抢孩子，菱湖镇的家长看好娃，三个孩子被抢走",
)
ELSE = "明天起全市加油站停止供油三天，请大家互相转告"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(Config(tmp_path, tmp_path))


def opened(db: Store, texts: Sequence[str]) -> list[Case]:
    return [case_steps.open_case(db, text=text) for text in texts]


def filed(db: Store, text: str) -> Case:
    """A case whose post is filed as the desk files it."""
    posts.add(db, Post("forum", text, text))
    post_id = db.value("SELECT id FROM posts WHERE native_id = ?", text)
    scores.save(db, [case_steps.score(post_id)])
    case = opening.refresh(
        db, case_steps.assign(db, post_id, None, filing.fingerprint(text)), "", case_steps.LINE
    )
    assert case
    return case


def told(db: Store, case: Case) -> dict[int, Relation]:
    return {each.case.id: each.relation for each in neighbours.of_case(db, case.id, 20)}


def test_one_story_that_stands_as_four_cases_is_named_beside_each(db: Store, desk: Desk) -> None:
    found, other = opened(db, SNATCHED), case_steps.open_case(db, text=ELSE)
    job.neighbour(desk, db)
    for case in found:
        assert told(db, case).keys() == {each.id for each in found} - {case.id}
    assert told(db, other) == {} and neighbours.waiting(db) == []


def test_what_comes_later_is_found_whoever_holds_the_index(
    db: Store, desk: Desk, tmp_path: Path
) -> None:
    (first,) = opened(db, SNATCHED[:1])
    job.neighbour(desk, db)
    (second,) = opened(db, SNATCHED[1:2])
    job.neighbour(desk, db)
    assert told(db, first).keys() == {second.id}
    (third,) = opened(db, SNATCHED[2:3])
    job.neighbour(Desk(Config(tmp_path, tmp_path)), db)  # after a restart
    assert told(db, first).keys() == {second.id, third.id}


def test_another_town_a_denial_and_a_dismissed_case(db: Store, desk: Desk, people: People) -> None:
    fire, elsewhere, denied, dismissed = opened(
        db,
        (
            "菱湖镇木材厂着火，烧死三个人", "石塘镇木材厂着火，烧死三个人",
            "菱湖镇木材厂没有着火，烧死三个人系谣言", "菱湖镇木材厂的火烧死了三个人",
        ),
    )  # fmt: skip
    cases.dismiss(db, dismissed.id, reason="trivial", by=people.monitor)
    job.neighbour(desk, db)
    assert told(db, fire) == {
        elsewhere.id: Relation.ELSEWHERE,
        denied.id: Relation.OPPOSITE,
    }
    cases.restore(db, dismissed.id, by=people.monitor)
    job.neighbour(desk, db)
    assert dismissed.id in told(db, fire)


def test_what_an_officer_words_anew_is_compared_anew(db: Store, desk: Desk, people: People) -> None:
    one, other = opened(db, SNATCHED[:2])
    job.neighbour(desk, db)
    cases.claim(db, one.id, by=people.verifier)
    cases.reword(db, one.id, claim=ELSE, by=people.verifier)
    assert told(db, one) == told(db, other) == {}
    third = case_steps.open_case(db, text="听说明天起全市加油站不供油了，停三天")
    job.neighbour(desk, db)
    assert told(db, third).keys() == {one.id}


def test_one_plate_in_two_stories_is_named(db: Store, desk: Desk) -> None:
    one = filed(db, "浙B7K218的白色轿车从疫区回来，司机发烧不肯隔离")
    other = filed(db, "昨晚撞倒老人逃跑的肇事车找到了，就是浙B7K218")
    filed(db, "昨晚撞倒老人逃跑的肇事车找到了，就是浙A30T59")
    job.neighbour(desk, db)
    assert other.id in told(db, one)


def test_hostile_claims_end_the_job_for_nobody(db: Store, desk: Desk) -> None:
    hostile = ("{0.__class__}", "'; DROP TABLE cases; --", "4,5个人 2013.7.14日", "9" * 4000)
    opened(db, [*hostile, *SNATCHED])
    job.neighbour(desk, db)
    assert neighbours.waiting(db) == []
