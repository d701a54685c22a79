"""Hazards by pairs of word classes: the kinds of the issue and relatives, doubts, idioms, stories."""

import json
from pathlib import Path
from time import process_time

import pytest

from classifier.ranking import hazards
from classifier.ranking.hazard_words import CLASSES
from classifier.ranking.topics import Harm, topic_of, weigh
from classifier.text.document import Document
from models.harm import HAZARDS, Topic

DATA = Path(__file__).parents[2] / "data"


def harm(text: str) -> Harm:
    return weigh(Document(text))


def rows(name: str) -> list[dict[str, str]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("车牌浙BL1284，车上有疑似患者", Topic.EPIDEMIC),
        ("那节车厢里有两名可疑病例", Topic.EPIDEMIC),
        ("接触者没有登记就下了火车", Topic.EPIDEMIC),
        ("三單元的病號隱瞞了行程", Topic.EPIDEMIC),
        ("大蒜能退烧", Topic.MEDICINE),
        ("喝白酒可以杀死病毒", Topic.MEDICINE),
        ("每天一杯萝卜汁防癌", Topic.MEDICINE),
        ("艾 草 泡脚治高血压", Topic.MEDICINE),
        ("这家的酱菜里有蟑螂", Topic.FOOD),
        ("水库大坝裂了", Topic.DISASTER),
        ("酒厂的锅炉炸了", Topic.PRODUCTION),
    ],
)
def test_a_thing_beside_its_harm_is_plainly_a_hazard(text, topic):
    assert harm(text) == Harm(topic, sure=True)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("公司有人中招了", Topic.EPIDEMIC),
        ("充电桩那边一声闷响，玻璃都震碎了", Topic.PRODUCTION),
        ("刚才吊灯一直在摇晃", Topic.DISASTER),
        ("超市的燕麦有股怪味", Topic.FOOD),
    ],
)
def test_what_may_be_a_hazard_counts_as_one(text, topic):
    found = harm(text)
    assert found.topic.hazard
    if not found.sure:
        assert found.topic is topic


def test_a_doubt_is_told_from_what_is_plain():
    assert not harm("公司有人中招了").sure
    assert harm("公司有人确诊了").sure


@pytest.mark.parametrize(
    "text",
    [
        "这首歌好治愈，循环一晚上",
        "周末犯懒癌，躺了一天",
        "新歌现场气氛爆炸",
        "亲密接触大熊猫",
        "客户数据泄露，公司道歉",
        "牛奶鸡蛋加一片面包，标准早餐",
        "粉丝们不要再刷屏了",
        "烟花爆竹限放的时间定了",
        "把客厅的天花板刷白",
    ],
)
def test_what_only_sounds_like_harm_is_none(text):
    assert not topic_of(Document(text)).hazard


def test_a_made_up_story_needs_more_than_one_sign():
    assert topic_of(Document("城里地震了")) is Topic.DISASTER
    assert not topic_of(Document("地震那部电影又上映了")).hazard
    assert topic_of(Document("电影院里地震了，房子塌了，埋了人")).hazard


def test_chance_neighbours_make_no_hazard_of_a_long_text():
    doubt = "公司有人中招了"
    assert topic_of(Document(doubt)).hazard
    assert not topic_of(Document(doubt + "，" + "今天大家一起讨论旅行计划" * 20)).hazard
    sure = "车上有疑似患者"
    assert topic_of(Document(sure + "，" + "今天大家一起讨论旅行计划" * 20)).hazard


def test_words_of_a_pair_that_stand_apart_are_none():
    assert topic_of(Document("喝可乐排石")).hazard
    assert not topic_of(Document("喝可乐" + "，我们慢慢地走" * 4 + "排石")).hazard


def test_every_class_is_in_a_pair_and_every_pair_asks_for_a_hazard():
    used = {name for pair in hazards.PAIRS for name in (pair.one, pair.other)}
    assert used == set(CLASSES)
    assert {pair.topic for pair in hazards.PAIRS} == HAZARDS


def test_claims_written_before_the_rules_are_found_and_harmless_texts_are_not():
    """The half that the rules were widened on; the other half is ``bench_hazard``'s alone."""
    claims = [row["text"] for row in rows("hazard_claims.jsonl") if row["half"] == "read"]
    others = [row["text"] for row in rows("harmless_texts.jsonl") if row["half"] == "read"]
    found = sum(topic_of(Document(text)).hazard for text in claims)
    wrong = sum(topic_of(Document(text)).hazard for text in others)
    assert found >= 0.97 * len(claims)
    assert found >= 0.85 * (found + wrong)


@pytest.mark.parametrize(
    "piece",
    [
        "死",
        "猪肉",
        "治",
        "大蒜",
        "疑似",
        "水[^",
        "3",
        "每天",
        "毒气",
        "好几个人烧",
        "杀",
        "笑死我",
        "疑似患者懒癌",
    ],
)
def test_a_hostile_text_takes_time_in_proportion_to_its_length(piece):
    """Ten times as long may take forty times, not a hundred."""

    def spent(length: int) -> float:
        document = Document((piece * length)[:length])
        document._plain = (piece * length)[:length]  # as it is: runs are shortened by ``normalise``
        start = process_time()
        weigh(document)
        return process_time() - start

    spent(1_000)  # the tables are made
    short = max(min(spent(10_000) for _ in range(3)), 0.002)
    assert min(spent(100_000) for _ in range(3)) < 40 * short
