"""The longest post there can be, made to be slow: it costs no more than its length."""

from __future__ import annotations

import pytest

from classifier.entities import find
from classifier.likeness import filing
from models.text import MAX_CHARS

# each took 1 to 32 seconds in a form that looked back over all that was found before
PIECES = [
    "医院",
    "市第一人民医院",
    "12人",
    "武汉",
    "白兔潭镇",
    "昨天下午3点",
    "浙BL1234",
    "一",
    "十",
]


@pytest.mark.slow
@pytest.mark.parametrize("piece", PIECES)
def test_a_post_of_one_piece_over_and_over_is_read_to_its_end(piece: str) -> None:
    text = piece * (MAX_CHARS // len(piece))
    found = find.entities_in(text)
    assert all(text[entity.start : entity.end] == entity.text for entity in found)
    assert len({(entity.kind, entity.value) for entity in found}) == len(found)
    assert filing.fingerprint(text) == filing.fingerprint(text[:5000])  # a claim stands early


def test_a_long_number_in_words_is_read_whole() -> None:
    (found,) = find.entities_in("八百二十六万三千五百六十三人")
    assert found.facts["数"] == "8263563"
