"""In what way a wording is like a known claim: stories that must come right, and 200 rewordings."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from classifier.known.library import Library
from models.known.likeness import Match, Relation
from tests.where import DATA
from tests.where import STARTER as STARTER_FILE

STARTER = [json.loads(line) for line in STARTER_FILE.read_text(encoding="utf-8").splitlines()]
REWORDINGS = [
    json.loads(line)
    for name in ("rewordings", "rewordings_held_out")
    for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
]
MEANT = {
    **dict.fromkeys(("own", "dialect"), Relation.SAME),
    **dict.fromkeys(("plate", "place", "school"), Relation.ELSEWHERE),
    **dict.fromkeys(("date", "number"), Relation.CHANGED),
    "denial": Relation.OPPOSITE,
}
OURS = 1000
NOTICE = "车牌浙BL1284的车刚从武汉回到东渡镇，车上有疑似患者，见到请报警"


def starter(*more: str) -> Library:
    """The shipped claims, and others of ours from ``OURS`` on."""
    texts = [
        (n, text) for n, row in enumerate(STARTER) for text in (row["claim"], *row["wordings"])
    ]
    return Library.of([*texts, *enumerate(more, OURS)])


def first(library: Library, said: str) -> Match:
    return library.find([said])[0]


@pytest.mark.parametrize(
    ("said", "relation"),
    [
        ("鄂A12K45刚从武汉回到东渡镇，车上有疑似患者，看到请报警", Relation.ELSEWHERE),
        ("紧急扩散！浙A55L28的车从武汉回到东渡，车上有疑似患者，大家转发", Relation.ELSEWHERE),
        ("车牌浙BL1234的车刚从武汉回到白兔潭，车上有确诊患者，见到请立即报警", Relation.ELSEWHERE),
        ("东渡镇的朋友注意，浙BL1284从武汉回来了，车上有疑似患者", Relation.SAME),
        ("浙BL1284的车上没有疑似患者，也没有从武汉回到东渡镇", Relation.OPPOSITE),
        ("网传浙BL1284的车从武汉回到东渡镇、车上有疑似患者，系谣言", Relation.OPPOSITE),
    ],
)
def test_the_story_of_our_own_notice_is_known_again(said: str, relation: Relation) -> None:
    match = first(starter(NOTICE), said)
    assert (match.claim_id, match.relation) == (OURS, relation)


def test_the_story_of_a_plate_meets_the_shipped_claim_of_a_car_from_elsewhere() -> None:
    general = next(n for n, row in enumerate(STARTER) if row["id"] == "s148")
    for said in (
        NOTICE,
        "听跑车的老乡讲，车牌浙BL1284的车刚从武汉回到东渡，车上有疑似患者，别靠近",
    ):
        found = {match.claim_id: match.relation for match in starter().find([said])}
        assert found[general] is Relation.ELSEWHERE
    library = Library.of([(1, NOTICE), (2, "喝高度白酒能杀死体内的新冠病毒")])
    assert first(library, "载着确诊病人的外地牌照汽车开到了本地").claim_id == 1


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ("育红小学食堂午餐里吃出老鼠头", "实验小学食堂午餐里吃出老鼠头，校方在压消息"),
        (
            "学校食堂的菜里吃出的“鸭脖”是老鼠头",
            "实验小学食堂今天中午吃出老鼠头，老师不承认说是鸭脖",
        ),
        ("江西一所职业学院食堂吃出老鼠头", "学校食堂吃出老鼠头"),
        ("第二中学食堂吃出老鼠头", "二十二中学食堂吃出老鼠头"),
        ("桂苑小区食堂吃出老鼠头", "荷苑小区食堂吃出老鼠头"),
    ],
)
def test_the_rat_head_of_another_school_is_never_the_same_claim(known: str, said: str) -> None:
    match = first(Library.of([(1, known)]), said)
    assert match.relation is not Relation.SAME


@pytest.mark.parametrize(
    ("known", "said", "relation"),
    [
        ("12月5日起全市停水三天", "12月9日起全市停水三天", Relation.CHANGED),
        ("周五全城大停电十二小时", "下周一全城大停电十二小时", Relation.CHANGED),
        ("闯黄灯扣六分罚两百元", "闯黄灯扣6分罚500元", Relation.CHANGED),
        ("闯黄灯扣六分罚两百元", "闯黄灯扣6分，罚200块", Relation.SAME),
        ("昨天化工园爆炸死了三个人", "今天化工园爆炸死了三个人", Relation.SAME),  # told a day later
    ],
)
def test_another_day_or_number_is_another_claim(known: str, said: str, relation: Relation) -> None:
    assert first(Library.of([(1, known)]), said).relation is relation


def test_a_denial_of_the_story_elsewhere_is_neither() -> None:
    said = "白兔潭镇没有车牌浙BL1234的车，车上有疑似患者是谣言"
    assert first(Library.of([(1, NOTICE)]), said).relation is Relation.RELATED


def test_rewordings_find_their_claim_and_what_is_called_the_same_is() -> None:
    """260 of 130 claims, among the shipped claims: recall@5 and the precision of 同一说法."""
    known = [*dict.fromkeys(row["claim"] for row in REWORDINGS)]
    assert (len(REWORDINGS), len(known)) == (260, 130)
    library = starter(*known)
    found, same = 0, Counter[bool]()
    told: dict[str, Counter[Any]] = {kind: Counter() for kind in MEANT}
    for row in REWORDINGS:
        right = OURS + known.index(row["claim"])
        matches = {match.claim_id: match.relation for match in library.find([row["said"]])}
        found += right in matches
        told[row["kind"]][matches.get(right)] += 1
        for claim_id, relation in matches.items():
            if relation is Relation.SAME:
                same[claim_id == right and MEANT[row["kind"]] is Relation.SAME] += 1
    assert found >= 0.97 * len(REWORDINGS)
    assert same[True] >= 40 and same[True] >= 0.97 * same.total()
    for kind in ("plate", "place", "school", "date", "number", "denial"):
        assert told[kind][MEANT[kind]] >= 0.8 * told[kind].total(), (kind, told[kind])


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ("吃大蒜能预防流感", "吃洋葱能预防流感"),
        ("喝白酒可以杀死病毒", "喝绿茶可以杀死病毒"),
        ("苹果打的蜡有毒", "橙子打的蜡有毒"),
        ("明天全市停水三天", "明天全市停电三天"),
        ("给轮胎打氮气可以省一半油", "给轮胎打氮气可以省三成油"),
    ],
)
def test_the_same_sentence_of_another_thing_is_another_claim(known: str, said: str) -> None:
    assert first(Library.of([(1, known)]), said).relation is not Relation.SAME


def test_five_are_found_and_the_nearest_comes_first() -> None:
    claims = [(n, f"第{n}小学食堂吃出老鼠头") for n in range(20, 29)]
    found = Library.of([*claims, (1, "喝白酒能杀死病毒")]).find(["第25小学食堂吃出老鼠头，快转"])
    assert len(found) == 5 and found[0].claim_id in dict(claims)
    assert len({match.claim_id for match in found}) == 5
