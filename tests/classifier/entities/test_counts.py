"""Counts: each number is bound to its own word, and read alike however it is written."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.entities import find
from classifier.entities.counts import counts_in


def bound(text: str) -> list[tuple[str, str]]:
    return [(count.number, count.what) for count in counts_in(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("大桥垮塌致3死5伤", [("3", "死"), ("5", "伤")]),
        ("爆炸造成2死17伤1失踪", [("2", "死"), ("17", "伤"), ("1", "失踪")]),
        ("已致4人死亡9人受伤", [("4", "死亡"), ("9", "受伤")]),
        ("一死两伤", [("1", "死"), ("2", "伤")]),
        ("３死５伤", [("3", "死"), ("5", "伤")]),
        ("3 死 5 伤", [("3", "死"), ("5", "伤")]),
        ("三死兩傷", [("3", "死"), ("2", "傷")]),
        # the words first
        ("死3伤5", [("3", "死"), ("5", "伤")]),
        ("死亡3人受伤5人", [("3", "死亡"), ("5", "受伤")]),
        ("死亡人数上升到12人", [("12", "死亡")]),
        ("累计确诊病例100例，死亡病例3例", [("100", "确诊"), ("3", "死亡")]),
        # all of them, and of them some
        ("5个人死了3个", [("5", ""), ("3", "死")]),
        ("20人死了三个", [("20", ""), ("3", "死")]),
        ("12人中毒已有2人", [("12", ""), ("2", "中毒")]),
        # both
        ("死亡3人，5人受伤", [("3", "死亡"), ("5", "受伤")]),
        ("无人死亡3人受伤", [("3", "受伤")]),
        ("12名学生当场死亡", [("12", "死亡")]),
        ("12名学生", [("12", "学生")]),
    ],
)
def test_a_number_belongs_to_its_own_word(text: str, expected: list[tuple[str, str]]) -> None:
    assert bound(text) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5万3千人", "53000"), ("5万3人", "53000"), ("1.2万人", "12000"), ("两名", "2"), ("2名", "2"),
        ("500多万人", "5000000+"), ("30余万人", "300000+"), ("十几万人", "100000+"), ("两千多万人", "20000000+"),
        ("3余亿人", "300000000+"), ("廿五人", "25"), ("卅人", "30"), ("廿余人", "20+"),
        ("三十多人", "30+"), ("50余人", "50+"), ("3人以上", "3+"), ("上百人", "100+"), ("近百人", "100"),
        ("3至5人", "3-5"), ("3～5人", "3-5"), ("三四十人", "30-40"), ("十七八个人", "17-18"), ("1至2万人", "10000-20000"),
        ("１２人", "12"), ("1,234人", "1234"), ("一百零五人", "105"), ("三百五十人", "350"), ("一二〇人", "120"),
        ("兩萬人", "20000"), ("拾贰人", "12"), ("1亿2千万人", "120000000"), ("几十人", ""),
    ],
)  # fmt: skip
def test_a_number_is_read_however_it_is_written(text: str, number: str) -> None:
    assert [count.number for count in counts_in(text)] == [number]
    assert counts_in(text)[0].text == text


@pytest.mark.parametrize(
    "text",
    ["浙B12345", "看到浙B·12345死了心", "12点", "下午3点30分", "1月26日", "13800138000人", "5G", "第3人", "前三名",
     "8:30人都走了", "确诊3天后", "死亡5小时", "九死一生", "万死不辞", "2020死亡", "3个月", "12个小时", "我们一起去",
     "一个人走了", "3死机"],
)  # fmt: skip
def test_what_counts_nothing_is_no_count(text: str) -> None:
    assert counts_in(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1/3人感染", []), ("２／３人", []), ("三分之二人中毒", []), ("3,5人受伤", []), ("3、5人受伤", []), ("10 / 30人", []),
        ("1、5人受伤；2、3人死亡", [("5", "受伤"), ("3", "死亡")]), ("死亡3、5人受伤", [("3", "死亡"), ("5", "受伤")]),
        ("3死、5人受伤", [("3", "死"), ("5", "受伤")]), ("1,234人受伤", [("1234", "受伤")]),
    ],
)  # fmt: skip
def test_where_nobody_can_tell_what_is_counted_nothing_is_said(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert bound(text) == expected


def test_the_digits_of_a_plate_a_time_or_a_phone_are_bound_to_no_word() -> None:
    assert bound("浙B·12345死亡3人") == [("3", "死亡")]
    assert bound("晚上8:30死亡3人") == [("3", "死亡")]
    found = find.entities_in("浙B12345撞人，2人受伤，电话0574-87654321")
    assert [(e.kind, e.value) for e in found] == [
        ("plate", "浙B12345"),
        ("count", "2人受伤"),
        ("phone", "057487654321"),
    ]


# ---- made by a grammar, and found again -----------------------------------------------------------

HAN = "零一二三四五六七八九"


def han(number: int) -> str:
    """A number below ten thousand in Chinese numerals."""
    out, gap = "", False
    for unit, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            out += ("零" if gap and out else "") + HAN[digit] + word
        gap = gap or not digit if out else False
        gap = False if digit else gap
    return out.removeprefix("一") if 10 <= number < 20 else out


@st.composite
def spelt(draw: st.DrawFn) -> tuple[str, str]:
    """A number as somebody writes it, and its digits."""
    number = draw(st.integers(2, 9999))
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    small = [str(number), str(number).translate(wide), han(number)]
    if number >= 1000:
        small.append(f"{number:,}")
    if number % 10 == 0 and number < 1000:
        return draw(
            st.sampled_from(
                [(f"{number / 1000:g}万", str(number * 10)), (f"{han(number)}多", f"{number}+")]
            )
        )
    return draw(st.sampled_from(small)), str(number)


EVENTS = ["死", "伤", "死亡", "受伤", "失踪", "遇难", "确诊", "感染"]
BEFORE = ["", "车祸致", "截至今天，", "听说", "事故已造成", "在三号桥"]
BETWEEN = ["", "，", "、", " ", "，另有"]


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.tuples(spelt(), st.sampled_from(["", "人", "名", "例", " 人"]), st.sampled_from(EVENTS)),
        min_size=1,
        max_size=4,
    ),
    st.booleans(),
    st.sampled_from(BEFORE),
    st.sampled_from(BETWEEN),
)
def test_counts_made_by_a_grammar_are_found_again(
    parts: list[tuple[tuple[str, str], str, str]], words_first: bool, before: str, between: str
) -> None:
    text, expected = [], []
    for (written, number), unit, event in parts:
        if words_first or written.endswith("多") or 1900 <= int(number.strip("+")) <= 2099:
            unit = unit or "人"  # 死三 alone and 2020死亡 say too little
        text.append(event + written + unit if words_first else written + unit + event)
        expected.append((number, event))
    assert bound(before + between.join(text)) == expected


@settings(max_examples=200, deadline=None)
@given(spelt(), spelt())
def test_one_number_in_two_spellings_has_one_value(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    left, right = (counts_in(f"{written}人发热")[0] for written, _ in (one, other))
    assert (left.value == right.value) == (one[1] == other[1])


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ["一", "3死", "死3", "三四", "1,", "近", "12345678901234", "1万", "死亡了", "上百", "3-"],
)
def test_a_hostile_text_is_read_in_a_moment(piece: str) -> None:
    began = time.process_time()
    counts_in(piece * (20_000 // len(piece)))
    assert time.process_time() - began < 4
