"""Numbers of vehicles that hardly look like plates: in lists, of consulates, named by the words beside them."""

from __future__ import annotations

import re

import pytest

from models.personal import mask, plates
from tests import costs


@pytest.mark.parametrize(
    ("raw", "told", "value"),
    [
        ("沪224578領", "沪******领", "沪224578领"),
        ("滬224578領的車", "滬******领的車", "沪224578领"),
        ("粤 220 145 领", "粤******领", "粤220145领"),
        ("川·２２３００１（领）", "川******领", "川223001领"),
        ("粤Z1234港", "粤Z****港", "粤Z1234港"),
        ("粵Z·F123 澳", "粵ZF****澳", "粤ZF123澳"),
    ],
)
def test_a_plate_of_a_consulate_or_of_two_sides_is_one(raw: str, told: str, value: str) -> None:
    assert mask.outgoing(raw) == told
    assert [plate.value for plate in plates.find(raw)] == [value]


@pytest.mark.parametrize(
    ("raw", "told", "last"),
    [
        ("浙B12345、12346", "浙B****、****", "浙B12346"),
        ("浙BL1234/L1235的车", "浙BL****/L****的车", "浙BL1235"),
        ("浙B·12345，12346和１２３４７", "浙B****，****和****", "浙B12347"),
        ("浙AD12345、D12346", "浙AD****、D****", "浙AD12346"),
        ("浙B12345、P12346", "浙B****、P****", "浙P12346"),
        ("浙B1234学、5678学", "浙B****学、****学", "浙B5678学"),
        ("粤B12345 67890", "粤B**** ****", "粤B67890"),
        ("浙B12345以及1·2·3·4·6", "浙B****以及****", "浙B12346"),
    ],
)
def test_what_follows_a_plate_in_a_list_is_one_without_its_province(
    raw: str, told: str, last: str
) -> None:
    assert mask.outgoing(raw) == told
    assert plates.find(raw)[-1].value == last


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("车牌AB 1234", "车牌****"),
        ("一輛AB 123的港車", "一輛****的港車"),
        ("車牌 ＶＣ ７８９", "車牌 ****"),
        ("挂澳门车牌MA-12-34", "挂澳门车牌****"),
        ("M-12-34这辆车", "****这辆车"),
        ("台湾车牌ABC-1234", "台湾车牌****"),
        ("車牌1234-AB", "車牌****"),
    ],
)
def test_a_plate_of_hong_kong_macau_or_taiwan_is_told_by_the_word_near_it(
    raw: str, told: str
) -> None:
    assert mask.outgoing(raw) == told


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("车牌BL1234", "车牌BL****"),
        ("车牌号是B·L1234", "车牌号是BL****"),
        ("车牌号码：“A12345”", "车牌号码：“A****”"),
        ("号牌：宁波B12345", "号牌：宁波B****"),
        ("车牌尾号1234", "车牌尾号****"),
        ("电动车牌杭州123456", "电动车牌杭州****"),
        ("拖拉机浙02 12345", "拖拉机浙02****"),
        ("变型拖拉机 苏09·A1234", "变型拖拉机 苏09****"),
        ("车架号LSVAM4187C2184841", "车架号〔车架号已隐去〕"),
        ("VIN: 1M8GD-M9AXK-P042788", "VIN: 〔车架号已隐去〕"),
        ("这台车 LSVAA49J132047371", "这台车 〔车架号已隐去〕"),
    ],
)
def test_a_number_that_the_words_beside_it_tell_is_masked(raw: str, told: str) -> None:
    assert mask.outgoing(raw) == told
    assert mask.outgoing(told) == told
    for plate in plates.find(raw):  # shown alone, to who may not read it
        assert not re.search(r"\d{3}", mask.outgoing(plate.value)), plate.value


@pytest.mark.parametrize(
    "said",
    [
        "沪224578领取", "浙B****、50000元", "浙B****，12345热线", "浙B****、2人受伤", "浙B****，3月1日", "浙B**** 20200126",
        "航班AB 1234，乘车前往", "G1234次列车", "车牌2020年启用", "RX 300汽车召回12345辆", "电动车新国标GB 17761-2018",
        "京A牌照拍卖12345元", "电动自行车牌照已发123456副", "汽车VIN码由17位字母组成", "订单LSVAM4187C2184842", "尾号1和6限行",
        "AB 1234", "MA-12-34", "农机补贴浙江省12345台", "列车号CR 400",
    ],
)  # fmt: skip
def test_what_reads_like_them_and_is_nobodys_stays(said: str) -> None:
    assert mask.outgoing(said) == said


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ["浙B12345、", "、12345", "车牌AB 1", "A ", "车牌：", "浙1", "AB-12-", "车架号L", "L1", "沪2 2 4 5 7 8 "],
)  # fmt: skip
def test_a_hostile_list_costs_no_more_than_its_length(piece: str) -> None:
    assert costs.linear(lambda n: mask.outgoing("车牌浙B12345" + piece * (n // len(piece))), 4_000)


@pytest.mark.parametrize(
    "between", ["⟨U+200B⟩", " dot ", "&nbsp;", "%2D", "<b>", r"\u00b7", "空格"]
)
def test_what_parts_the_signs_is_no_sign_whatever_letters_it_holds(between: str) -> None:
    for plate, hidden in (
        ("陕WZ0909", "陕WZ****"),
        ("浙B12345", "浙B****"),
        ("京AD12345", "京AD****"),
    ):
        said = f"电话{between.join(plate)}，有事找他"
        (found,) = plates.find(said)
        assert found.value == plate and plates.masked(said) == f"电话{hidden}，有事找他"
