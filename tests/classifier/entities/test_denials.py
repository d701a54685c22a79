"""What a text says is not so, and what only looks like it."""

from __future__ import annotations

import time

import pytest

from classifier.entities.changes import Change, between
from classifier.entities.denials import asserted, opposed

STORY = "车上有确诊病人，从武汉回到东渡镇"


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        (STORY, "车上没有确诊病人"),
        (STORY, "网传东渡镇有一辆车上有确诊病人，系谣言"),
        (STORY, "东渡镇车上有确诊病人的消息不实"),
        ("微波炉加热食物会致癌", "微波炉加热食物不会致癌"),
        ("微波炉加热食物会致癌", "微波炉加热食物唔会致癌"),
        ("喝白酒能杀死病毒", "喝白酒不能杀死病毒"),
        ("喝白酒能杀死病毒", "喝白酒杀不死病毒"),
        ("喝白酒能杀死病毒", "专家：喝白酒并不能杀死病毒，别信"),
        ("蜂蜜水能排出肺里的尼古丁", "蜂蜜水排不出肺里的尼古丁"),
        ("化工园爆炸了", "化工园没有发生爆炸"),
        ("全市停水三天", "全市不停水"),
        ("這種蘑菇有毒", "这种蘑菇无毒"),
        ("学校食堂吃出老鼠头", "官方辟谣：学校食堂吃出老鼠头"),
        ("骑电动车必须考驾照", "骑电动车不用考驾照"),
        ("吹空调会感冒", "吹空调与感冒毫无关系"),
    ],
)
def test_a_denial_is_the_opposite_whoever_says_it(claim: str, said: str) -> None:
    assert opposed(claim, said)[1] and not opposed(claim, said)[0]
    assert opposed(said, claim)[0]


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("西瓜和桃子一起吃会死人", "西瓜和桃子不能一起吃，一起吃会死人的"),  # forbids
        ("空腹喝牛奶有害", "千万不要空腹喝牛奶，有害"),
        ("微波炉加热食物会致癌", "微波炉加热食物会不会致癌？"),  # asks
        ("微波炉加热食物会致癌", "微波炉加热食物会致癌，不是谣言"),  # denies that it is false
        ("微波炉加热食物会致癌", "微波炉加热食物会致癌是谣言吗"),
        ("微波炉加热食物会致癌", "微波炉加热食物不仅会致癌，还会变质"),
        ("学校食堂吃出老鼠头", "学校不承认吃出老鼠头"),  # tells of silence
        ("学校食堂吃出老鼠头", "食堂吃出老鼠头，没有人敢说"),
        ("没有录指纹的身份证作废", "身份证没有录指纹的要作废了"),  # both say it
        ("白酒不能杀死病毒", "网传白酒能杀死病毒，假的"),
        (STORY, "车上有确诊病人，没人管，大家不要出门"),
    ],
)
def test_what_forbids_asks_or_says_so_too_is_no_opposite(claim: str, said: str) -> None:
    assert opposed(claim, said) == ((), ())


def test_a_denial_is_a_kind_of_change() -> None:
    assert between(STORY, "车上没有确诊病人，从武汉回到东渡镇")[-1] == Change(
        "denial", (), ("没有确诊病人",)
    )


def test_another_number_with_its_unit_is_a_change_and_another_spelling_is_none() -> None:
    found = between("按错楼层罚五百元，停三天", "按错楼层罚5000元，停3天")
    assert Change("number", ("五百元",), ("5000元",)) in found
    assert between("罚五百元", "罚500块") == ()
    assert [each.kind for each in between("病毒能活一个月", "病毒能活三个月")] == ["number"]


def test_what_it_is_about_is_left_without_the_words_that_deny() -> None:
    assert asserted("白酒不能杀死病毒") == "白酒杀死病毒"


@pytest.mark.parametrize(
    "text", ["不" * 200_000, "没有" * 100_000, "不会不" * 60_000, "系谣言" * 60_000]
)
def test_a_hostile_text_costs_no_more_than_its_length(text: str) -> None:
    began = time.process_time()
    opposed(text, STORY)
    asserted(text)
    assert time.process_time() - began < 3
