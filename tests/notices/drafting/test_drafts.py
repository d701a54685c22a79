"""What the machine drafts from a verdict and its evidence, and above all what it never drafts."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.casework.records import Hazard, NoticeKind
from models.errors import RuleBroken
from models.outcome import Outcome
from models.publishing.records import NoticeState
from models.publishing.revisions import Draft
from notices import words
from notices.drafting.drafts import adapt, draft
from tests.notice_records import AT, CLAIM, HOSTILE, OFFICE, case, evidence, notice, verdict

ITEMS = [evidence(1), evidence(2, finding="接诊点在院6人，均为普通感冒")]


def draft_of(outcome: Outcome | None, hazard: Hazard = Hazard.EXCLUDED, **changed: object) -> Draft:
    decided = None if outcome is None else verdict(outcome, hazard)
    return draft(case(**changed), decided, ITEMS, OFFICE, AT)


def everything(made: Draft) -> str:
    return "\n".join([made.title, *made.findings, made.quote, made.closing])


@pytest.mark.parametrize("outcome", [None, Outcome.UNVERIFIED])
@pytest.mark.parametrize("hazard", list(Hazard))
def test_unverified_never_gives_a_debunk(outcome: Outcome | None, hazard: Hazard) -> None:
    made = draft_of(outcome, hazard)
    assert made.kind is NoticeKind.VERIFYING
    assert not made.basis
    for word in ("不实", "不符", "属实", "旧闻", "误解"):
        assert word not in everything(made)


def test_what_is_no_claim_gives_nothing_to_issue() -> None:
    with pytest.raises(RuleBroken, match="没有可以发的通告"):
        draft_of(Outcome.NOT_A_CLAIM)


@pytest.mark.parametrize("outcome", [Outcome.FALSE, Outcome.MISLEADING, Outcome.OUTDATED])
@pytest.mark.parametrize("hazard", [Hazard.NOT_EXCLUDED, Hazard.UNKNOWN])
def test_a_hazard_not_excluded_allows_a_statement_that_says_so(
    outcome: Outcome, hazard: Hazard
) -> None:
    made = draft_of(outcome, hazard)
    assert made.kind is NoticeKind.STATEMENT
    assert "还在核查，没有排除" in made.findings[-1]
    assert "不符合事实" not in made.title and "不实" not in everything(made)


def test_the_findings_are_those_of_the_evidence_that_counts() -> None:
    items = [
        evidence(1, finding="号牌登记为重型货车"),
        evidence(2, finding="查无记录", nature="no_record"),
        evidence(3, finding="有人看到车辆返回", adverse=True),
        evidence(4, finding="已经撤下的说明", withdrawn_at=AT),
        evidence(5, finding="接诊点均为普通感冒。"),
    ]
    made = draft(case(), verdict(), items, OFFICE, AT)
    assert made.findings == ("号牌登记为重型货车。", "接诊点均为普通感冒。")
    assert made.basis == (1, 5)


def test_a_whole_claim_may_be_called_wrong_in_the_title() -> None:
    made = draft_of(Outcome.FALSE, claim="明天全市停水三天")
    assert made.title == "网传“明天全市停水三天”不符合事实"


def test_a_claim_cut_short_is_never_called_wrong() -> None:
    # its first clause is true: only the whole of it is wrong
    made = draft_of(
        Outcome.FALSE, claim="水厂昨晚停了电，所以自来水里混进了农药，喝了会中毒，快转发"
    )
    assert made.title == "关于网传“水厂昨晚停了电……”的核查情况"


def test_plates_and_phones_are_masked_in_every_part() -> None:
    made = draft(
        case(claim="车牌浙BL1234，电话13812345678"),
        verdict(),
        [evidence(1, finding="浙BL1234的车主电话是13812345678")],
        OFFICE,
        AT,
    )
    assert "1234" not in everything(made) and "浙BL****" in made.title + made.quote


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(text: str) -> None:
    made = draft(case(claim=text), verdict(), [evidence(1, finding=text)], OFFICE, AT)
    assert "49" not in everything(made)
    for hidden in "\u202e\u200b\x00\ud800\x1b":
        assert hidden not in everything(made)


WORD = st.sampled_from(
    ["谣言", "谣 言", "謠言", "谣\u200b言", "辟谣", "车辆", "，", "明天停水", "。"]
)


@settings(max_examples=150, deadline=None)
@given(
    outcome=st.sampled_from([None, *Outcome]),
    hazard=st.sampled_from(list(Hazard)),
    claim=st.lists(WORD, min_size=1, max_size=40).map("".join),
    finding=st.lists(WORD, min_size=1, max_size=90).map("".join),
)
def test_no_draft_ever_says_the_word(
    outcome: Outcome | None, hazard: Hazard, claim: str, finding: str
) -> None:
    decided = None if outcome is None else verdict(outcome, hazard)
    try:
        made = draft(case(claim=claim), decided, [evidence(1, finding=finding)], OFFICE, AT)
    except RuleBroken:
        assert outcome is Outcome.NOT_A_CLAIM
        return
    assert not words.RUMOR.search(everything(made))
    if made.kind is NoticeKind.DEBUNK:
        assert hazard is Hazard.EXCLUDED
        assert outcome in (Outcome.FALSE, Outcome.MISLEADING, Outcome.OUTDATED)
    assert len(made.title) <= 60 and len(made.findings) <= 9
    assert all(len(text) <= 300 for text in made.findings)


# ---- a known notice ------------------------------------------------------------------------------


def test_a_known_notice_lends_its_number_and_not_its_verdict() -> None:
    made = adapt(notice(), case(), OFFICE, AT)
    assert made.kind is NoticeKind.VERIFYING
    assert "〔2026〕87 号" in made.findings[-1] and "不能用在这里" in made.findings[-1]
    assert notice().title not in everything(made)
    assert not set(notice().findings) & set(made.findings)
    assert "不实" not in everything(made)


def test_a_retracted_notice_lends_nothing() -> None:
    old = notice(state=NoticeState.RETRACTED)
    assert adapt(old, case(), OFFICE, AT) == draft(case(), None, [], OFFICE, AT)


def test_with_a_verdict_the_findings_are_those_of_the_new_evidence() -> None:
    old = dataclasses.replace(notice(), closing="旧的结束语。")
    made = adapt(old, case(), OFFICE, AT, verdict(), ITEMS)
    assert made.findings == draft(case(), verdict(), ITEMS, OFFICE, AT).findings
    assert made.closing == "旧的结束语。"
    other = adapt(old, case(), OFFICE, AT, verdict(Outcome.TRUE), ITEMS)
    assert other.kind is NoticeKind.CONFIRMATION and other.closing != "旧的结束语。"


def test_the_quote_is_the_claim() -> None:
    assert draft_of(Outcome.FALSE).quote == CLAIM.replace("1234", "****")
