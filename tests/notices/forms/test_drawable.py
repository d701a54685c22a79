"""What is drawn: nothing hidden, nothing that the font lacks, and nothing that runs off the picture."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.casework.records import NoticeKind
from models.outcome import Outcome
from models.publishing.records import Notice
from models.text import shown
from notices import words
from notices.drafting.drafts import draft
from notices.forms import fonts, image, layout, png, render, wrap
from tests.notice_records import AT, OFFICE, case, evidence, notice, verdict

HIDDEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u202a\u202e\u2060\u2066\u2069\u3164\ufe00"
    "\ufe0f\ufeff\uffa0\ufff9\U000e0001\U000e0067\U000e0100\U0001d173\u2800"
)


def drafted(
    claim: str,
    finding: str = "接诊点书面答复：均为普通感冒",
    outcome: Outcome | None = Outcome.FALSE,
) -> Notice:
    """The machine's own draft, as a notice before anybody touched it."""
    decided = None if outcome is None else verdict(outcome)
    made = draft(case(claim=claim), decided, [evidence(1, finding=finding)], OFFICE, AT)
    return notice(
        kind=made.kind, title=made.title, findings=made.findings, quote=made.quote, closing=made.closing, outcome=outcome,
    )  # fmt: skip


def public(made: Notice) -> str:
    return render.text(made, OFFICE) + str(render.html(made, OFFICE))


# ---- nothing hidden -------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", HIDDEN, ids=lambda sign: f"U+{ord(sign):04X}")
def test_what_nobody_sees_never_reaches_the_public(sign: str) -> None:
    made = notice(
        title=f"三号桥{sign}没有封",
        findings=(f"已{sign}问过",),
        quote=f"三号桥{sign}封了",
        closing=f"请{sign}核实",
    )
    for part in (
        public(made),
        public(drafted(f"三号桥{sign}今晚要封路{sign}", f"问过{sign}桥管所")),
    ):
        assert sign not in part and "U+" not in part
    assert image.faults(made, OFFICE) == []


def test_a_hidden_character_that_parts_a_number_or_a_word_gives_neither_away() -> None:
    made = drafted(
        "打138\u200b1234\u2060\ufe005678，这是谣\ufe00言", "电话1😀😀😀😀😀😀38😀12345678"
    )
    assert "5678" not in public(made) + "".join(made.findings)  # nor in what is stored
    assert not words.RUMOR.search(made.title + made.quote + "".join(made.findings))
    assert words.faults(
        notice(outcome=Outcome.TRUE, kind=NoticeKind.CONFIRMATION, title="谣\ufe00言属实")
    )


def test_marks_that_an_officer_copies_from_the_desk_are_not_published() -> None:
    assert words.outward("三号桥⟨U+200B⟩封了") == "三号桥封了"


# ---- nothing that the font lacks -------------------------------------------------------------------


@pytest.mark.parametrize("text", ["⚠️请勿转发", "⚠︎注意", "甲\u200d乙", "☎️一号线", "①②③㊙️"])
def test_the_hint_of_an_emoji_is_no_missing_glyph(text: str) -> None:
    assert fonts.missing(text) == []


@pytest.mark.parametrize(
    ("said", "drawn"),
    [
        ("三号桥😀封了👨‍👩‍👧", "三号桥封了"),
        ("⟨重要⟩", "〈重要〉"),
        ("𝟏𝟐号 𝐀栋", "12号 A栋"),
        ("1️⃣一号线", "1一号线"),
        ("e\u0301cole", "école"),
        ("ภาษา", "〓〓〓〓"),
        ("\ue000\U000fffff", "〓"),
    ],
)
def test_what_the_font_lacks_is_drawn_as_something_else(said: str, drawn: str) -> None:
    assert fonts.drawable(shown(said)) == drawn


def test_a_character_that_an_officer_types_and_nobody_can_draw_is_said_before() -> None:
    assert image.faults(notice(findings=("快看😀",)), OFFICE) == [
        "图上写不出“😀”（U+1F600），请改写"
    ]


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from([None, *list(Outcome)[:3]]))
@example("\u200b", "\U000e0020", None)
@example("😀", "⟨U+200B⟩", Outcome.FALSE)
def test_the_draft_of_the_machine_is_always_drawable(
    claim: str, finding: str, outcome: Outcome | None
) -> None:
    made = drafted(claim, finding, outcome)
    assert image.faults(made, OFFICE) == []
    assert not set(public(made)) & set(HIDDEN)


# ---- nothing that runs off the picture ---------------------------------------------------------------

LONG = {
    "80 digits": "单号" + "1234567890" * 8 + "件已核对。",
    "90 Latin letters": "见" + "abcdefghiW" * 9 + "。",
    "90 capitals": "W" * 90,
    "a hash": "指纹" + hashlib.sha512(b"a").hexdigest(),
    "a long address": "见https://www.gov.example/" + "a-very_long/path.with?marks=1&more=%E6%B5%8B" * 3,
    "one word of 280 letters": "x" * 280,
    "a number with commas": "1,234" * 40,
    "marks in a row": "停水了" + "！" * 120,
    "opening marks in a row": "（" * 60 + "停水" + "）" * 60,
    "dashes": "⸻" * 30,
    "no-break spaces": "甲\u202f乙" * 60,
    "word joiners": "\u2060".join("停水通知" * 30),
    "plates in a row": "浙BL1234" * 20,
    "a clock in a row": "12:30-" * 40,
    "kana": "っ" * 100,
    "Cyrillic": "щ" * 100,
    "full width": "ＡＢＣ１２３" * 20,
    "days": "2026 年 11 月 25 日" * 12,
}  # fmt: skip


def drawn(made: Notice, shape: str) -> list[np.ndarray]:
    data = image._data(
        made,
        OFFICE,
        shape,
        "https://a-very-long-name-of-a-host." + "x" * 60 + ".example/v/2026-87",
        "",
    )
    data |= layout.strip(data)
    plan = layout.plan(data, image._measure(data))
    strip = data["strip_height"]
    return [
        png.decode(page)[:-strip, :, :3]
        for page in image._compile({**data, **plan, "measure": False})
    ]


def outside(page: np.ndarray) -> int:
    """Pixels that are not white in the margins of a page with a white ground."""
    return int((page[:, :70] < 250).any(axis=2).sum() + (page[:, -70:] < 250).any(axis=2).sum())


@pytest.mark.slow
@pytest.mark.parametrize("shape", image.SHAPES)
@pytest.mark.parametrize("name", LONG)
def test_what_is_longer_than_a_line_breaks(name: str, shape: str) -> None:
    text = LONG[name]
    made = notice(
        kind=NoticeKind.VERIFYING,
        outcome=None,
        title=text[:60],
        findings=(text, "短的一条。"),
        quote=text,
    )
    assert image.faults(made, OFFICE) == []
    for page in drawn(made, shape):
        assert outside(page) == 0, name


@pytest.mark.slow
def test_without_places_to_break_a_long_number_does_run_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wrap, "LONGEST", 10_000)
    made = notice(kind=NoticeKind.VERIFYING, outcome=None, findings=(LONG["80 digits"],))
    assert sum(map(outside, drawn(made, "long")))


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(
    st.text(min_size=1, max_size=280),
    st.text(min_size=100, max_size=280),
    st.sampled_from(image.SHAPES),
)
def test_any_text_is_drawn_within_the_margins(claim: str, finding: str, shape: str) -> None:
    for page in drawn(drafted(claim, finding, None), shape):
        assert outside(page) == 0


def test_ordinary_sentences_are_broken_as_before() -> None:
    for text in (*notice().findings, notice().quote, notice().title):
        assert wrap.BREAK not in wrap.breakable(text)
    assert wrap.BREAK not in wrap.breakable(
        "甲、乙、丙、丁、戊、己、庚、辛、壬、癸，均已答复（见“通告”）。"
    )
