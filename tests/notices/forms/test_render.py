"""One notice in its forms: the usual text, HTML, structured data; and where the word may stand."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from models.casework.records import NoticeKind
from models.outcome import Outcome
from models.publishing.records import NoticeState
from notices import words
from notices.forms import render
from tests.notice_records import HOSTILE, OFFICE, notice

URL = "https://jz.example/n/2026-87.html"
RATED = (NoticeKind.DEBUNK, NoticeKind.CONFIRMATION)


def test_the_text_has_the_usual_form() -> None:
    assert render.text(notice(), OFFICE).splitlines() == [
        "辟谣通告",
        "江核通〔2026〕87 号",
        "",
        "没有载有确诊患者的车辆从武汉返回白兔潭",
        "",
        "近日，网传“车牌浙BL****的车刚从武汉回到白兔潭，车上有确诊患者，见到请报警”。"
        "经核查，上述内容系不实信息，实际情况如下：",
        "一、网传号牌浙BL****登记为重型货车，11月22日起在宁波检修，未出厂。",
        "二、白兔潭接诊点在院6人，均为普通感冒；11月20日以来采样212份，均为阴性。",
        "转发之前先核实。",
        "",
        "江州市网络谣言核查中心",
        "2026 年 11 月 25 日",
    ]


def test_a_statement_says_nothing_of_false() -> None:
    shown = notice(kind=NoticeKind.STATEMENT, closing="结果及时公布。")
    assert "不实" not in render.text(shown, OFFICE)
    assert render.tag_of(shown) == ("情况说明", "unver")


# ---- the word ------------------------------------------------------------------------------------


def outside_office_name(markup: str) -> str:
    """All text and attributes of the page but what stands in ``data-office-name`` elements."""
    tree = html.fromstring(f"<div>{markup}</div>")
    for element in tree.xpath("//*[@data-office-name]"):
        element.text = ""
    return html.tostring(tree, encoding="unicode")


SPEECH = st.lists(
    st.sampled_from(["谣言", "谣 言", "謠言", "谣\u200b言", "传谣", "停水", "，"]),
    min_size=1,
    max_size=8,
).map("".join)


@settings(max_examples=200, deadline=None)
@given(
    kind=st.sampled_from(list(NoticeKind)),
    state=st.sampled_from(list(NoticeState)),
    outcome=st.sampled_from([None, *Outcome]),
    speech=SPEECH,
)
def test_the_word_stands_only_where_false_and_approved(
    kind: NoticeKind, state: NoticeState, outcome: Outcome | None, speech: str
) -> None:
    made = notice(
        kind=kind,
        state=state,
        outcome=outcome,
        title=f"{speech}一事",
        findings=(speech,),
        quote=speech,
        closing=speech,
    )
    allowed = (
        kind is NoticeKind.DEBUNK
        and outcome is Outcome.FALSE
        and state in (NoticeState.APPROVED, NoticeState.PUBLISHED)
    )
    forms = [
        render.text(made, OFFICE),
        outside_office_name(render.html(made, OFFICE)),
        outside_office_name(render.preview_html(made, OFFICE)),
        json.dumps(render.json_ld(made, OFFICE, URL), ensure_ascii=False),
    ]
    said = any(words.RUMOR.search(form) for form in forms)
    assert said == allowed  # where it may stand, the signature alone says it


def test_the_full_name_stands_in_a_marked_element_or_not_at_all() -> None:
    assert "data-office-name" in render.html(notice(), OFFICE)
    for kind in (NoticeKind.VERIFYING, NoticeKind.STATEMENT):
        shown = render.html(notice(kind=kind), OFFICE)
        assert OFFICE.name not in shown and OFFICE.short in shown


def test_faults_name_the_place_to_rewrite() -> None:
    faults = words.faults(notice(kind=NoticeKind.STATEMENT, findings=("好", "这是谣言")))
    assert len(faults) == 1 and faults[0].startswith("第二条")
    assert words.faults(notice(findings=("这是谣言",))) == []


# ---- structured data -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "rating"),
    [
        (Outcome.FALSE, 1),
        (Outcome.MISLEADING, 2),
        (Outcome.OUTDATED, 2),
    ],
)
def test_a_debunk_is_a_claim_review_with_its_rating(outcome: Outcome, rating: int) -> None:
    found = render.json_ld(notice(outcome=outcome), OFFICE, URL)
    assert found["@type"] == "ClaimReview"
    assert found["reviewRating"]["ratingValue"] == rating  # type: ignore[index]
    assert found["reviewRating"]["alternateName"] == outcome.label  # type: ignore[index]
    assert "1234" not in json.dumps(found)


def test_a_confirmation_is_rated_true() -> None:
    found = render.json_ld(notice(kind=NoticeKind.CONFIRMATION, outcome=Outcome.TRUE), OFFICE, URL)
    assert found["reviewRating"]["ratingValue"] == 5  # type: ignore[index]


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": NoticeKind.VERIFYING, "outcome": None},
        {"kind": NoticeKind.VERIFYING, "outcome": Outcome.UNVERIFIED},
        {"kind": NoticeKind.STATEMENT, "outcome": Outcome.FALSE},
        {"state": NoticeState.RETRACTED},
        {"state": NoticeState.DRAFT},
    ],
)
def test_what_has_no_standing_verdict_carries_no_rating(changed: dict) -> None:
    made = notice(**changed)
    assert render.claim_review(made, OFFICE, URL) is None
    found = render.json_ld(made, OFFICE, URL)
    assert found["@type"] == "Article" and "reviewRating" not in found


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_inert_in_every_form(text: str) -> None:
    made = notice(title=text + "一事", findings=(text,), quote=text, closing=text)
    shown = render.html(made, OFFICE)
    tree = html.fromstring(shown)
    assert {element.tag for element in tree.iter()} <= {
        "article",
        "p",
        "span",
        "h2",
        "ol",
        "li",
        "br",
    }
    assert {key for element in tree.iter() for key in element.attrib} <= {
        "class",
        "lang",
        "aria-hidden",
        "data-office-name",
    }
    script = render.script_json(render.json_ld(made, OFFICE, URL))
    assert not re.search("[<>&\u2028]", script)
    assert json.loads(script)["headline"] == render.face(made, OFFICE).title
    for form in (shown, script, render.text(made, OFFICE)):
        assert "49" not in form
        for hidden in "\u202e\u200b\x00\ud800\x1b":
            assert hidden not in form
