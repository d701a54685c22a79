"""Numbers with their units: what is counted, and what only looks like a number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.entities import quantities


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("死了17人.", {"人": {"17": "17人"}}),
        ("来了,5个人", {"人": {"5": "5个"}}),
        ("罚1,200元", {"元": {"1200": "1,200元"}}),
        ("涨1.5倍", {"倍": {"1.5": "1.5倍"}}),
        # a list, a date and a slip of the finger are no numbers: reading them failed
        ("有4,5个人", {}),
        ("3,7,13,17,23号楼", {}),
        ("2013.7.14日", {}),
        ("2009.3,1亿元", {}),
        ("123456789012345元", {}),
    ],
)
def test_what_is_a_number_of_its_unit(text: str, found: dict[str, dict[str, str]]) -> None:
    assert quantities.numbers_in(text) == found


@given(st.text("0123456789.,，．一两百千万亿元个人月日 周", max_size=40))
def test_any_row_of_digits_and_signs_is_read_or_left(text: str) -> None:
    for unit, numbers in (quantities.numbers_in(text) | quantities.days_in(text)).items():
        assert unit and all(written in text for written in numbers.values())
