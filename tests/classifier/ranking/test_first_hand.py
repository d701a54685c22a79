"""Signs of a first-hand account, and how much of a text the weights have never seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.entities import find
from classifier.ranking import (
    adverts,
    familiarity,
    first_hand,
    model,
)
from classifier.text.document import Document
from models.casework import priority
from models.harm import Topic
from models.ranking import need


def read(text: str) -> first_hand.Witness:
    return first_hand.signs_in(Document(text), find.entities_in(text))


@pytest.mark.parametrize(
    "text",
    [
        "我们小区三号楼下这两天一直有很重的煤气味，物业说没事",
        "刚才单位电梯突然往下坠了两层，里面五个人，现在没人来修",
        "科里这周收了七个发烧的病人，肺部片子都很像，都在海鲜市场干活",
        "村口的河从昨天开始发黑，鱼都翻白了，上游是化工厂",
        "娃吃了学校食堂午饭回来就吐，班上已经有十几个拉肚子的",
        "我家住大坝下面，今早看到坝脚渗水比昨天大了",
    ],
)
def test_a_calm_account_of_a_danger_is_told_at_first_hand(text: str) -> None:
    found = read(text)
    assert found.strength >= first_hand.SHOWN_FROM and "险情" in found.signs


@pytest.mark.parametrize(
    "text",
    [
        "今天天气真好，和同学在江边拍照",
        "我觉得这部剧的结局太仓促了，编剧没有想清楚",
        "抖音真的好中毒，循环了一晚上哈哈哈[笑cry]",
        "全场五折，正品包邮，加我微信咨询，今天下单送面膜",
        "【某地发生火灾】据新华社报道，昨日一工厂起火，记者从消防部门获悉无人伤亡",
        "",
    ],
)
def test_chatter_adverts_and_news_are_not(text: str) -> None:
    assert read(text).strength < first_hand.SHOWN_FROM


@given(st.text(max_size=300))
def test_nothing_makes_it_raise_and_strength_stays_in_its_range(text: str) -> None:
    assert 0.0 <= read(text).strength <= 1.0


def test_a_text_of_another_script_is_unfamiliar_and_plain_chinese_is_not() -> None:
    weights = model.load().classifier.features
    odd, plain, nothing = weights.typed(
        ["мама мыла раму и пошла домой спать", "今天天气不错，我和同学去公园玩了一下午", ""]
    )
    strange = familiarity.strange(weights.describe([odd, plain, nothing])).tolist()
    assert familiarity.unfamiliar(odd, strange[0])
    assert not familiarity.unfamiliar(plain, strange[1])
    assert strange[2] == 0.0


@given(st.floats(0, 1))
def test_no_score_is_shown_as_certain(risk: float) -> None:
    assert need.figure(risk) not in ("1.00", "0.00")


@pytest.mark.parametrize(
    ("text", "advert"),
    [
        ("真皮女鞋三十九元一双，亏本清仓，马上关门！", True),
        ("旺铺转让！地铁口，客流爆满，因家中有事忍痛低价转，非诚勿扰！", True),
        ("这盐里有毒，超市都下架了，大家别买打折的", False),
        ("转发这条微博并关注，每人送一台手机，绝对真实", False),
        ("房价就该跌，年轻人太难了", False),
    ],
)
def test_a_plain_advert_is_told_from_a_claim(text: str, advert: bool) -> None:
    assert adverts.selling(Document(text)) is advert


def test_what_is_hardly_a_claim_sinks_and_stays() -> None:
    told = [
        priority.priority(Topic.OTHER, 0.99, 1, 1, 0, share) for share in (None, 0.9, 0.05, 0.0)
    ]
    assert told[0] == told[1] > told[2] > told[3] == 0.0
