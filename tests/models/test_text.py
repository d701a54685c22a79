"""Text from outside: storable whatever it holds, and shown as what it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import text
from models.store import Store
from tests import costs

# every code point, the lone surrogates that JSON may bring included
ANY = st.text(
    st.characters(categories=None, exclude_categories=()) | st.sampled_from("\ud800\udfff")
)


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("谣\ud800言", "谣\ufffd言"),
        ("\udfff", "\ufffd"),
        ("a\x00b", "ab"),
        ("\x1b[31m红\x1b[0m", "[31m红[0m"),
        ("一\r\n二\r三\n四\t五", "一\n二\n三\n四\t五"),
        ("\x7f\x85\x9f  中  ", "中"),
        ("\u202e反\u202c", "\u202e反\u202c"),
        ("", ""),
    ],
)
def test_what_cannot_be_stored_goes_and_the_rest_stays(raw: str, stored: str) -> None:
    assert text.clean(raw) == stored


def test_text_that_is_too_long_is_cut_and_marked() -> None:
    assert len(text.clean("谣" * 30_000)) == text.MAX_CHARS
    assert text.clean("谣" * 30_000).endswith("谣…")
    assert text.clean("谣" * text.MAX_CHARS) == "谣" * text.MAX_CHARS
    assert text.clean("abcdef", 4) == "abc…"


@pytest.mark.parametrize("point", [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x061C])
def test_every_bidi_control_is_written_out(point: int) -> None:
    assert text.visible(f"甲{chr(point)}乙") == f"甲⟨U+{point:04X}⟩乙"
    assert text.hidden_count(f"甲{chr(point)}乙") == 1


@pytest.mark.parametrize(
    "point", [0x200B, 0x200D, 0x2060, 0xFEFF, 0x00AD, 0x3164, 0xE0041, 0xE0101]
)
def test_every_invisible_character_is_written_out(point: int) -> None:
    assert text.visible(chr(point)) == f"⟨U+{point:04X}⟩"


def test_an_emoji_with_its_variation_selector_is_left_alone() -> None:
    assert text.visible("⚠️ 注意") == "⚠️ 注意"


def test_a_terminal_gets_one_line_without_escapes() -> None:
    assert text.terminal("一\x1b]0;标题\x07\n\n二\u202e三") == "一]0;标题 二⟨U+202E⟩三"


@pytest.fixture(scope="module")
def shelf() -> Iterator[Store]:
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from models import store

    with TemporaryDirectory() as folder:
        db = store.open(Path(folder) / "piyao.db")
        yield db
        db.close()


@settings(max_examples=200, deadline=None)
@given(ANY, st.integers(1, 40))
def test_cleaning_twice_changes_nothing_more(raw: str, limit: int) -> None:
    once = text.clean(raw, limit)
    assert text.clean(once, limit) == once
    assert len(once) <= limit


@settings(max_examples=200, deadline=None)
@given(ANY)
def test_what_is_shown_hides_nothing(raw: str) -> None:
    shown = text.visible(text.clean(raw))
    assert text.hidden_count(shown) == 0
    assert not any(
        0xD800 <= ord(character) < 0xE000 or character in "\x00\x1b" for character in shown
    )


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ANY)
def test_clean_text_always_comes_back_from_the_store_as_it_went_in(shelf: Store, raw: str) -> None:
    once = text.clean(raw)
    found = shelf.row("SELECT ? AS text, length(?) AS chars", once, once)
    assert found == {"text": once, "chars": len(once)}
    once.encode()


def test_hostile_text_costs_no_more_than_its_length() -> None:
    for hostile in ("\u202e", "\ud800", "\r", " \x00"):
        assert costs.linear(lambda n, each=hostile: text.visible(text.clean(each * n)), 25_000)
