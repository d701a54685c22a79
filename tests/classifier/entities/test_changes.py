"""What another wording of a claim changes, by kind."""

from __future__ import annotations

import pytest

from classifier.entities.changes import KINDS, Change, between
from classifier.likeness.differing import differing
from desk import changed
from tests import costs

STORY = "车牌浙BL1234的车从武汉回到白兔潭，12人发热，送往湘雅医院"


def test_a_change_is_told_under_its_kind() -> None:
    other = "车牌湘A88888的车从武汉回到大石镇，15人发热，送往协和医院"
    assert [(each.kind, each.gone, each.come) for each in between(STORY, other)] == [
        ("plate", ("浙BL1234",), ("湘A88888",)),
        ("place", ("白兔潭",), ("大石镇",)),
        ("hospital", ("湘雅医院",), ("协和医院",)),
        ("count", ("12人",), ("15人",)),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("车返回白兔潭镇，", "车回到白兔潭，"),
        ("武汉市停水", "武汉停水"),
        ("镇江停水", "镇江市停水"),
        ("送往武汉协和医院", "送往武汉市协和医院"),
        ("车开到东渡了", "车从武汉回来到东渡了，已从武汉回到东渡镇"),
    ],
)
def test_a_place_with_its_unit_and_without_is_one_place(one: str, other: str) -> None:
    for base, text in ((one, other), (other, one)):
        assert not [each for each in between(base, text) if each.gone and each.come]
        assert "来到" not in str(between(base, text))


@pytest.mark.parametrize(
    ("one", "other"),
    [("东渡镇停水", "东渡村停水"), ("大石镇停水", "小石镇停水"), ("沙市停水", "沙县停水")],
)
def test_another_unit_or_another_name_is_another_place(one: str, other: str) -> None:
    (change,) = between(one, other)
    assert (change.kind, len(change.gone), len(change.come)) == ("place", 1, 1)


def test_what_stays_or_is_written_otherwise_is_no_change() -> None:
    assert between(STORY, STORY) == ()
    assert between("浙BL1234从武汉回来", "看到浙Ｂ·Ｌ１２３４从武汉回来就报警") == ()


@pytest.mark.parametrize(
    ("base", "other"),
    [
        ("楼里15人发热", "楼里十五人发热"),
        ("20000人", "2万人"),
        ("两名学生", "2个學生"),
        ("3死5伤", "死亡3人，5人受伤"),
        ("三十多人", "30余人"),
        ("请打0574-61234567", "请打057461234567"),
        ("下午3点停水", "下午三点停水"),
        ("1月26日", "一月二十六号"),
        ("星期三停水", "周三停水"),
        ("上个星期天", "上周日"),
        ("晚8点停水", "晚上八点停水"),
        ("20时停水", "晚上8点停水"),
        ("20:30停水", "晚间8点半停水"),
        ("昨晚8点", "昨天20时"),
        ("1月26日晚8点", "一月二十六号20时"),
        ("下午3点15分", "15:15"),
        ("礼拜三 晚8:30", "周三20时30分"),
    ],
)
def test_the_same_number_in_another_spelling_is_no_change(base: str, other: str) -> None:
    assert between(base, other) == ()


@pytest.mark.parametrize(
    ("base", "other"),
    [
        ("晚8点停水", "早8点停水"), ("周三停水", "星期四停水"), ("晚上8点", "21时"), ("早上8点", "晚上8时"),
        ("昨晚8点", "今晚8点"), ("晚上12点", "中午12点"),
    ],
)  # fmt: skip
def test_another_hour_or_day_is_a_change(base: str, other: str) -> None:
    assert [each.kind for each in between(base, other)] == ["time"]


def test_a_third_of_them_is_not_three() -> None:
    assert between("1/3人感染", "2/3人感染") == ()
    assert between("1/3人感染", "3人感染") == (Change("count", (), ("3人感染",)),)


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["20时", "晚8点", "星期", "1/3人", "周三十"])
def test_any_text_is_compared_in_linear_time(piece: str) -> None:
    assert costs.linear(lambda n: between(piece * (n // len(piece)), "晚上8点"), 2_000)


def test_another_number_is_a_change_in_any_spelling() -> None:
    assert between("3死5伤", "5死3伤") == (
        Change("count", ("3人死亡", "5人受伤"), ("5人死亡", "3人受伤")),
    )
    assert between("十二人", "上百人") == (Change("count", ("12人",), ("100+人",)),)


def test_what_only_one_names_has_one_side() -> None:
    assert between(STORY, "车从武汉回到白兔潭，12人发热，送往湘雅医院") == (
        Change("plate", ("浙BL1234",), ()),
    )
    assert between("有车从武汉回来", "有车从武汉回来，明天去长沙")[0].gone == ()


def test_every_kind_has_its_word_on_the_page() -> None:
    assert set(changed.LABELS) == set(KINDS)


def test_a_plate_or_a_place_is_marked_as_a_whole() -> None:
    spans = differing("车牌浙BL1234，回到白兔潭", "车牌浙BL1284，回到白沙坪")
    assert [text for text, differs in spans if differs] == ["浙BL1284", "白沙坪"]
