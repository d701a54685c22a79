"""Plates as they are written: what is a sign of theirs, and what only parts the signs."""

from __future__ import annotations

import pytest

from models.personal import plates


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
