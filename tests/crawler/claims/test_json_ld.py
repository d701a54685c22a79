"""ClaimReview as real pages write it: none of their ways loses a review, or rates what is not rated."""

from __future__ import annotations

import contextlib
import io
import json
import time
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

import crawler.claims
from crawler.claims import fields, json_ld, review
from models.known.claims import Standing
from models.known.imports import Given

CLAIM = "用热水泡脚能杀死病毒"
REVIEW = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "url": "https://check.example/7",
    "claimReviewed": CLAIM,
    "datePublished": "2020-02-03",
    "author": {"@type": "Organization", "name": "某查核站"},
    "reviewRating": {"@type": "Rating", "ratingValue": 1, "worstRating": 1, "bestRating": 5, "alternateName": "錯誤"},
}  # fmt: skip
TEXT = json.dumps(REVIEW, ensure_ascii=False)


def read(body: str) -> list[tuple[str, Standing]]:
    found = list(crawler.claims.read_claims(io.BytesIO(body.encode())))
    assert all(isinstance(each, Given) for each in found), found
    return [(each.claim, each.standing) for each in found if isinstance(each, Given)]


def page(script: str, kind: str = "application/ld+json") -> str:
    return (
        f'<!doctype html><html><head><script type="{kind}">{script}</script></head><p>字</p></html>'
    )


@pytest.mark.parametrize(
    "kind",
    ["application/ld+json", "application/ld+json; charset=utf-8", "application/ld+json;charset=UTF-8",
     " Application/LD+JSON ", "application/ld+json; profile=&quot;http://www.w3.org/ns/json-ld#compacted&quot;"],
)  # fmt: skip
def test_the_type_may_carry_parameters(kind: str) -> None:
    assert read(page(TEXT, kind)) == [(CLAIM, Standing.FALSE)]


def test_a_script_of_another_type_is_none() -> None:
    for kind in ("application/json", "text/javascript", "application/ld+jsonp"):
        (found,) = crawler.claims.read_claims(io.BytesIO(page(TEXT, kind).encode()))
        assert "没有 ClaimReview" in str(found)


WRITTEN = {
    "cdata": f"<![CDATA[{TEXT}]]>",
    "cdata commented": f"\n//<![CDATA[\n{TEXT}\n//]]>\n",
    "cdata commented, one line": f"//<![CDATA[ {TEXT} //]]>",
    "cdata in a block comment": f"/*<![CDATA[*/{TEXT}/*]]>*/",
    "html comment": f"<!--\n{TEXT}\n-->",
    "html comment, commented": f"<!-- \n{TEXT}\n//-->",
    "semicolon": TEXT + ";",
    "semicolons and a line": TEXT + " ;;\n",
    "comments": f"// what we found\n{TEXT}\n/* the end: {{ */",
    "raw line break in a text": TEXT.replace(CLAIM, CLAIM[:3] + "\n" + CLAIM[3:]),
    "tab in a text": TEXT.replace(CLAIM, CLAIM[:3] + "\t" + CLAIM[3:]),
    "control characters": "\x01" + TEXT.replace("{", "{\x0b", 1) + "\x1f",
    "byte order mark": "\ufeff" + TEXT,
    "last comma": TEXT[:-1] + ",}",
    "escaped as html": TEXT.replace('"', "&quot;"),
    "escaped as javascript": TEXT.replace("某查核站", "某\\'查核站\\'"),
}


@pytest.mark.parametrize("written", WRITTEN)
def test_what_stands_round_the_object_does_not_hide_it(written: str) -> None:
    (found,) = read(page(WRITTEN[written]))
    assert ("".join(found[0].split()), found[1]) == (CLAIM, Standing.FALSE)


@pytest.mark.parametrize("between", ["\n", ",", ";\n", "", " , "])
def test_several_objects_in_one_script_are_several_reviews(between: str) -> None:
    second = TEXT.replace(CLAIM, "吃香蕉会感染病毒").replace("錯誤", "部分錯誤")
    assert read(page(f'{{"@type":"WebPage"}}{between}{TEXT}{between}{second}')) == [
        (CLAIM, Standing.FALSE),
        ("吃香蕉会感染病毒", Standing.MISLEADING),
    ]


def test_a_json_file_with_a_semicolon_is_read_too() -> None:
    assert (
        read(TEXT + ";") == read(json.dumps(REVIEW, indent=1) + ";\n") == [(CLAIM, Standing.FALSE)]
    )


@pytest.mark.parametrize(
    "claim",
    [
        {"@type": "Claim", "text": CLAIM},
        {"@type": "Claim", "name": "泡脚", "text": CLAIM},
        {"@type": "Claim", "name": CLAIM, "url": "https://a.example"},
        {"@value": CLAIM, "@language": "zh"},
        {"zh-TW": CLAIM, "en": "Hot water kills the virus"},
        {"@list": [CLAIM]},
        [CLAIM],
        [{"@type": "Claim", "text": CLAIM}],
        CLAIM.replace("泡脚", "&#27873;&#33050;"),
        f"<p>{CLAIM[:4]}<b>{CLAIM[4:]}</b></p>",
    ],
)
def test_a_claim_is_read_however_it_is_held(claim: Any) -> None:
    made = json.dumps({**REVIEW, "claimReviewed": claim}, ensure_ascii=False)
    assert read(made) == read(page(made)) == [(CLAIM, Standing.FALSE)]


def test_several_wordings_are_one_claim_and_entities_are_characters() -> None:
    made = {
        **REVIEW,
        "claimReviewed": [CLAIM, "泡脚&amp;amp;喝酒防病毒", CLAIM],
        "headline": "这&quot;不&quot;对",
    }
    (found,) = review.of_document(made)
    assert isinstance(found, Given)
    assert (found.claim, found.wordings) == (CLAIM, ("泡脚&喝酒防病毒",))
    assert found.truth == '这"不"对'


@pytest.mark.parametrize(
    "changed",
    [
        {f"schema:{key}" if key[0] != "@" else key: value for key, value in REVIEW.items()} | {"@type": "schema:ClaimReview"},
        {f"http://schema.org/{key}" if key[0] != "@" else key: value for key, value in REVIEW.items()}
        | {"@type": ["http://schema.org/ClaimReview"]},
        {"@graph": [{"@type": "Organization"}, [{**REVIEW, "@type": ["Article", "ClaimReview"]}]]},
        {"@type": "WebPage", "mainEntity": {"review": [REVIEW]}},
    ],
)  # fmt: skip
def test_the_vocabulary_may_be_named_or_not(changed: Any) -> None:
    assert read(page(json.dumps(changed))) == [(CLAIM, Standing.FALSE)]


WORDS = {
    "false": "錯誤 不實 謠言 虛假 假的 【錯誤】 『不實』 含有不實訊息 RUMOR Rumour Untrue inaccurate 偽造 不實資訊 假消息",
    "misleading": "部分錯誤 部份錯誤 誤導 具誤導性 易誤解 斷章取義 缺乏脈絡 半真半假 部分屬實 HALF-TRUE",
    "outdated": "舊聞 過時",
    "true": "正確 屬實 真實",
    "unclear": "不是谣言 NOT_RUMOR 并非谣言 不假 OPINIONATED NOT_ARTICLE 含有個人意見 含有正確訊息 不在查證範圍 事實釐清 證據不足"
    " 未證實 待查 Not-true not-false nearly_false Unproven -",
}  # fmt: skip


@pytest.mark.parametrize(
    ("word", "meant"), [(word, meant) for meant, words in WORDS.items() for word in words.split()]
)
def test_a_word_we_know_is_told_in_any_spelling_and_no_other_is_ever_false(
    word: str, meant: str
) -> None:
    assert fields.standing(word).value == meant


def test_a_sentence_is_no_word() -> None:
    for said in ("Not true", "not false", "", "假" * 4000):
        assert fields.standing(said) is Standing.UNCLEAR


@pytest.mark.parametrize(
    "word",
    ["謠言？", "谣言?", "False?!", "Fake⁉", "≠ false", "!= true", "!false", "¬false", "真的？"],
)
def test_a_word_that_is_asked_or_denied_tells_nothing(word: str) -> None:
    assert fields.standing(word) is Standing.UNCLEAR
    assert fields.standing("False!") is Standing.FALSE


@pytest.mark.parametrize(
    "rated",
    [
        {"alternateName": "证据不足", "name": "错误"},
        {"alternateName": "Not false", "ratingValue": "False"},
        {"alternateName": "待查证", "ratingExplanation": "谣言"},
        {"alternateName": "谣言？", "name": "谣言"},
    ],
)
def test_a_verdict_that_we_do_not_know_is_not_overruled_by_another_word(rated: Any) -> None:
    assert review.rating(rated) is Standing.UNCLEAR


def test_a_number_counts_where_no_word_stands() -> None:
    assert review.rating({"ratingValue": "錯誤"}) is Standing.FALSE
    assert review.rating({"alternateName": "查無此事", "ratingValue": 1, "worstRating": 1, "bestRating": 5}) is Standing.UNCLEAR  # fmt: skip
    assert review.rating({"schema:ratingValue": 1, "schema:worstRating": 1, "schema:bestRating": 5}) is Standing.FALSE  # fmt: skip


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@drawn(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=12),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=12,
    ),
    st.sampled_from(["{}", "{};", "<!--{}-->", "//<![CDATA[\n{}\n//]]>", "/*<![CDATA[*/{}/*]]>*/", "\x02{}\x1f", "{},"]),
    st.booleans(),
)  # fmt: skip
def test_whatever_a_script_holds_comes_out_as_it_went_in(
    value: Any, wrap: str, ascii: bool
) -> None:
    text = json.dumps(value, ensure_ascii=ascii)
    if any(mark in text for mark in "\ufeff\u2028\u2029\x7f"):
        return  # taken for white space where the script is not clean
    assert json_ld.loads(wrap.replace("{}", text)) == value


@settings(max_examples=300, deadline=None)
@drawn(st.text('{}[]",:;\\/*<!-CDAT]>a1 \n', max_size=80))
def test_rubbish_is_refused_in_words(script: str) -> None:
    with contextlib.suppress(ValueError):
        json_ld.loads(script)


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ['\\"', "/*", "<!--", "//", '"', ",", "[,", '{"', "&quot;", "\\", "/", "<![CDATA["]
)
@pytest.mark.parametrize("head", ["", '{"a":', '"', "{&quot;"])
def test_a_hostile_script_of_a_megabyte_ends_soon(piece: str, head: str) -> None:
    began = time.process_time()
    with pytest.raises((ValueError, RecursionError)):
        json_ld.loads(head + piece * (1_000_000 // len(piece)) + "\\")
    assert time.process_time() - began < 8
