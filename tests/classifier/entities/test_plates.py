import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.entities import plates
from classifier.entities.plate_offices import OFFICES, PROVINCES


def only(text):
    found = list(plates.plates_in(text))
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    "written",
    ["浙BL1234", "浙B·L1234", "浙b l1234", "浙ＢＬ１２３４", "浙 B L1234", "浙B-L1234"],
)
def test_one_plate_in_every_spelling(written):
    plate = only(f"车牌{written}的车")
    assert plate.value == "浙BL1234"
    assert plate.facts == {"省": "浙江", "发牌地": "宁波", "格式": "成立", "序号": "L1234"}


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("京AD12345", "小型新能源汽车（纯电动）"),
        ("京AF12345", "小型新能源汽车（非纯电动）"),
        ("京A12345D", "大型新能源汽车（纯电动）"),
        ("浙B1234挂", "挂车"),
        ("浙B1234学", "教练汽车"),
        ("浙B1234警", "警车"),
        ("粤Z1234港", "香港入出内地车辆"),
        ("粤Z1234澳", "澳门入出内地车辆"),
        ("沪A1234领", "领事馆汽车"),
        ("使014578", "使馆汽车"),
        ("使224579", "使馆汽车"),
        ("224579使", "使馆汽车"),  # since 2017 the word stands behind
        ("２２４５７９ 使", "使馆汽车"),
        ("浙X2345应急", "应急救援专用车"),
        ("云S·0001應急", "应急救援专用车"),
        ("浙X2345（应急）", "应急救援专用车"),
        ("应急X2345", "应急救援专用车"),
    ],
)
def test_the_class_of_vehicle_where_the_grammar_shows_it(written, kind):
    plate = only(written)
    assert plate.sound
    assert plate.facts["车型"] == kind


def test_no_class_is_guessed_from_an_ordinary_number():
    assert "车型" not in only("浙BL1234").facts
    assert "车型" not in only("浙B12345").facts


@pytest.mark.parametrize("written", ["浙BLXXXX", "浙BL****", "浙BL＊＊＊＊", "浙Bxxxxx"])
def test_a_masked_plate_stands_but_says_so(written):
    plate = only(written)
    assert plate.sound and "遮盖" in plate.facts["格式"]


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("浙BI1234", "第 1 位“I”"),
        ("浙BLO234", "第 2 位“O”"),
        ("浙IL1234", "代号“I”"),
        ("浙B1234", "4 位"),
        ("沪A1234港", "粤Z"),
        ("京AZ12345", "新能源"),
    ],
)
def test_a_wrong_plate_says_which_character(written, named):
    plate = only(written)
    assert not plate.sound
    assert named in plate.facts["格式"]
    assert "车型" not in plate.facts


@pytest.mark.parametrize(
    ("written", "value"),
    [("滬A23456", "沪A23456"), ("粵B·23456", "粤B23456"), ("遼B2345學", "辽B2345学"), ("贛E2345警", "赣E2345警")],
)  # fmt: skip
def test_a_traditional_province_is_a_province(written, value):
    plate = only(f"見到{written}請報警")
    assert plate.sound and plate.value == value


@pytest.mark.parametrize("text", ["新A股大涨", "京Apple", "川A2012年", "云服务", "没有车牌"])
def test_what_is_no_plate_is_left_alone(text):
    assert list(plates.plates_in(text)) == []


def test_every_province_has_offices_and_none_uses_i():
    assert set(OFFICES) == set(PROVINCES) and len(PROVINCES) == 31
    assert all("I" not in letters and letters for letters in OFFICES.values())


@pytest.mark.parametrize(
    ("written", "office"),
    [
        ("浙M12345", "杭州"),  # both from 2024, when the first letter had run out
        ("鲁W12345", "临沂"),
        ("陕U12345", "西安"),
        ("辽V12345", "沈阳"),
        ("湘S12345", "长沙"),
        ("藏J12345", "西藏驻青海格尔木"),
        ("桂N12345", "钦州"),
        ("桂P12345", "防城港"),
    ],
)
def test_late_and_rare_letters_are_known(written, office):
    """A letter that is missing would read as a doubt about a real car."""
    plate = only(written)
    assert plate.facts["发牌地"] == office and "代号" not in plate.facts


@given(
    st.sampled_from([(p, c) for p, row in OFFICES.items() for c in row]),
    st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", min_size=5, max_size=5).filter(
        lambda s: any(c.isdigit() for c in s) and "XXX" not in s
    ),
)
def test_every_lawful_number_is_sound_and_keeps_its_text(office, serial):
    province, city = office
    written = f"{province}{city}{serial}"
    plate = only(f"看到{written}报警")
    assert (
        plate.sound and plate.value == written and plate.facts["发牌地"] == OFFICES[province][city]
    )
    assert f"看到{written}报警"[plate.start : plate.end] == plate.text


@given(
    st.sampled_from([(p, c) for p, row in OFFICES.items() for c in row]),
    st.text("0123456789", min_size=4, max_size=4),
    st.sampled_from(["挂", "学", "警", "领", "试", "超", "应急", "應急", "（应急）"]),
    st.sampled_from(["", "·", " ", "・", "‧", "－", "–", "：", "."]),
)
def test_every_plate_of_four_and_a_tail_is_found_again(office, digits, tail, dot):
    province, city = office
    plate = only(f"在路口看到{province}{city}{dot}{digits}{tail}，快报警")
    said = {"應急": "应急", "（应急）": "应急"}.get(tail, tail)
    assert plate.sound and plate.value == f"{province}{city}{digits}{said}"
