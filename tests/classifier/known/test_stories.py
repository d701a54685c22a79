"""One story in other words is found among cases, and what differs is told; another story is not."""

from __future__ import annotations

import json
import time
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.known import stories
from classifier.known.library import Library
from models.known.likeness import Relation

STORIES = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "data" / "stories.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
SNATCHED = (
    "菱湖镇有人开面包车抢孩子，已经有三个被抱走了",
    "听说菱湖镇来了一伙专门抢孩子的，开面包车，三个小孩都丢了",
    "带娃的当心，菱湖镇一辆面包车抢小孩，三家的孩子不见了",
    "面包车抢孩子，菱湖镇的家长看好娃，三个孩子被抢走",
)


def found(claims: list[str], of: int = 0) -> list[tuple[int, Relation]]:
    library = Library.of([*enumerate(claims)])
    return [(t.case_id, t.relation) for t in stories.alike(library, of, [claims[of]])]


def test_four_cases_of_one_story_are_told_beside_each_of_them() -> None:
    for n in range(len(SNATCHED)):
        told = {case_id for case_id, _ in found([*SNATCHED, "明天全市停水三天，多接点水"], n)}
        assert told == {*range(len(SNATCHED))} - {n}


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("菱湖镇木材厂着火，烧死三个人", "石塘镇木材厂着火，烧死三个人", Relation.ELSEWHERE),
        ("城东小学食堂吃出老鼠头", "城西小学食堂吃出老鼠头", Relation.ELSEWHERE),
        ("浙B7K218的司机发烧不肯隔离", "浙B3M552的司机发烧不肯隔离", Relation.ELSEWHERE),
        ("滨江化工园爆炸了，死了二十个人", "滨江化工园没有爆炸，系谣言", Relation.OPPOSITE),
        ("水库大坝垮了，下游被淹", "水库大坝没有垮，下游没有被淹", Relation.OPPOSITE),
        ("明天起全市停水三天", "明天起全市停水五天", Relation.CHANGED),
        ("12月5日全城封路检查", "12月9日全城封路检查", Relation.CHANGED),
    ],
)
def test_another_place_a_denial_another_number_is_told_as_such_and_never_as_the_same(
    one: str, other: str, relation: Relation
) -> None:
    assert stories.between(one, other) is stories.between(other, one) is relation
    assert found([one, other]) == [(1, relation)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("明天全市停水三天，多接点水", "金桥商场四楼影院起火，上百人被困"),
        ("#菱湖爆炸# 一路走好", "#菱湖爆炸# 谁来说句真话"),  # a hashtag is no story
        ("十七路撞死五个人，说司机心脏病", "十七路公交车上有小偷团伙，带孩子的女人打掩护"),
        ("", "。。。"),
        ("转发", "转起来"),
    ],
)
def test_another_story_is_not_told(one: str, other: str) -> None:
    assert found([one, other]) == []


def test_a_plate_in_common_is_enough_and_another_plate_is_not() -> None:
    claim = "浙B7K218从疫区回来，司机发烧"
    others = [(1, "见到浙B7K218请报警，撞了人跑的"), (2, "见到浙B3M552请报警，撞了人跑的")]
    assert [told.case_id for told in stories.plated(claim, others)] == [1]
    assert stories.plated("司机发烧", others) == []


def test_no_more_than_five_are_told_of_a_story_that_stands_as_forty_cases() -> None:
    assert len(found([f"{SNATCHED[n % 4]}，第{n}个群在转" for n in range(40)])) == stories.MOST


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        [*combinations([said for story in STORIES[:6] for said in story["said"][:3]], 2)]
    ),
    st.text(max_size=12),
)
def test_which_stands_first_makes_no_difference(pair: tuple[str, str], more: str) -> None:
    one, other = pair[0] + more, pair[1]
    assert stories.between(one, other) is stories.between(other, one)


@pytest.mark.parametrize("piece", ["一", "9,", "浙B7K218", "#", "没有", "镇", "a "])
def test_a_hostile_megabyte_is_compared_in_bounded_time(piece: str) -> None:
    long = piece * (1_000_000 // len(piece))
    begin = time.process_time()
    found([long[:120], *SNATCHED])
    stories.alike(Library.of([(1, SNATCHED[0]), (2, long)]), 3, [long, SNATCHED[1]])
    assert time.process_time() - begin < 20
