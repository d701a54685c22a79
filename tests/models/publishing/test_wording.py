"""A notice's words fit its verdict: nothing but a verdict of 不实 lets a notice call a claim false."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models import driver
from models.casework import cases
from models.casework.records import Case, Hazard, Literal, NoticeKind
from models.errors import RuleBroken
from models.harm import Topic
from models.outcome import Outcome
from models.publishing import notices, reviews, revisions, wording
from models.publishing.records import Notice
from models.publishing.revisions import Draft
from models.store import Store, dump
from tests import case_steps, costs
from tests.conftest import People

CALLED_FALSE = (
    "网传说法不实", "该消息系不 实信息", "这是假的", "都是虚\u200b假消息", "纯属捏造", "有人造谣",
    "内容系谣言", "子虚乌有，请勿转发", "系編造", "網傳不實", "尚未通报，系不实信息",
)  # fmt: skip
CALLED_WRONG = ("与事实不符", "不属实", "没有这回事", "查无此事", "并非事实")
CALLED_TRUE = ("情况属实", "是真的，请注意", "确有其事")
LEFT_OPEN = (
    "是否不实，还在核查", "尚未证实为假消息", "没有结论，不等于是真的，也不等于是假的。", "我们正在核实",
    "未发现供水部门通报不实", "不实信息举报电话 12377", "欢迎举报不实信息", "能否属实有待核实",
    "大家不信谣、不传谣", "无法核实是不是假的",
)  # fmt: skip
POINTED_AT = (  # what is asked for in general is a claim of this one as soon as it is pointed at
    "请勿转发该虚假信息", "大家不要相信上述谣言", "请勿传播这条谣言", "请举报此不实信息", "请勿传播此类谣言",
    "还没有人中毒所以是假的", "我们无法核实但它是假的", "网上传播的视频是假的", "有人散布谣言", "不要怕，这是假的",
    "请勿恐慌这是谣言", "发现这条消息是假的", "举报人称属实", "未经通报系不实信息",
)  # fmt: skip
OTHER_WORDS = (
    "该说法失实", "是谣传", "官方辟谣", "毫无根据", "没有事实依据", "此事从未发生", "与实际情况不符", "并不真实",
    "系误传", "以讹传讹", "该信息已证伪", "谣\u0301言一则", "谣\n言", "这说法不成立", "伪造的通知",
)  # fmt: skip
ORDINARY = (  # no word of these decides anything
    "学校放假的通知正在核实", "因为假期将至，核实需要时间", "目前不实行封控", "水厂不实时公布数据", "请假的学生增多",
    "如情况属实，将第一时间通报", "若属实，我们会立即公布", "是真的吗？我们正在核实", "是不是真的，正在核实",
    "属实与否正在核实", "不论属实与否均会通报", "请勿编造、传播虚假信息", "避免谣言传播", "谣言止于智者",
    "散布谣言要承担法律责任", "发现谣言请拨打 12377", "不能断定为假", "没有人确认它属实", "详见辟谣平台公布",
    "如有不实，我们将更正",
)  # fmt: skip
BESIDE_THE_TRUTH = (
    "该路段确有塌陷，不存在人员被困", "水质合格，不存在安全隐患", "学校确已放假，放假的时间为三天", "勿信谣传谣",
    "不实行预约", "造谣必究", "情况属实，因为假日客流大",
)  # fmt: skip
LAW_AT_LARGE = (  # whoever spreads rumours answers for it: no finding about this claim
    "对造谣者依法处理", "编造传播虚假信息将依法追责", "造谣、传谣须承担法律责任", "我们将对恶意造谣者依法追究责任",
    "散布谣言的，由公安机关依法处理", "编造、故意传播虚假信息，扰乱社会秩序的，依法处五日以上十日以下拘留",
    "网络不是法外之地，造谣传谣将承担法律责任", "警方提醒：造谣者将被依法惩处", "依法严惩编造、传播谣言的行为",
    "任何单位和个人不得编造、传播虚假信息", "捏造事实散布的，将被追究刑事责任", "请广大网民不造谣、不信谣、不传谣",
    "故意编造疫情虚假信息的，依法追究刑事责任", "凡在微信群散布谣言的，公安机关将依法查处",
)  # fmt: skip
LAW_ABOUT_THIS = (  # the same words, of somebody or of something that was done
    "有人造谣，将依法追责", "警方已对造谣者依法处理", "散布谣言的王某已被依法处理", "散布谣言的3人被拘留", "谣言，将依法追责",
    "经查系造谣，将依法追究", "对这些造谣者依法处理", "网友散布谣言，依法处理", "上述造谣者将被依法追责", "编造该信息将依法追责",
    "对造谣者张某某依法处理", "该视频系编造，依法查处", "不实信息，将依法处置", "警方依法拘留了造谣者",
)  # fmt: skip
BEYOND = (  # short of 不实, and still a finding
    "这条消息不可信", "视频系摆拍", "是P图", "照片P过的", "图是ＰＳ的", "情况有误", "网传内容错误", "说法站不住脚", "消息不足为信",
    "视频为AI合成", "移花接木", "系旧视频", "查无实据", "并无其事", "存在误导", "自导自演", "恶意剪辑", "the claim is misleading",
    "photo is doctored", "已 debunked",
)  # fmt: skip
FABRICATED = (
    "纯粹凭空捏造", "子虚的事", "空穴来风", "莫须有", "瞎编的", "编出来的", "没影的事", "系讹传", "此事是假", "This is fake", "FALSE",
    "ｆａｋｅ news", "It's a hoax", "a rumour", "not true at all", "mis-information",
)  # fmt: skip
LEAVES_IT_OPEN_TOO = (
    "如信息有误，我们将更正", "此前发布的时间有误，特此更正", "数据可能有误差", "是不是P的图，正在核实", "是真是假还在核实",
    "有没有摆拍正在核实", "We cannot confirm whether this is false", "信息不准外传", "P2车库正常开放", "以免误导公众",
    "不能信任陌生链接", "视频由AI转写", "停电的PS5展台",
)  # fmt: skip
NO_VERDICT = (NoticeKind.VERIFYING, None)
UNVERIFIED = (NoticeKind.VERIFYING, Outcome.UNVERIFIED)


def found(on: tuple[NoticeKind, Outcome | None], text: str, quote: str = "停水三天") -> list[str]:
    return wording.faults(*on, [("标题", text)], quote, quote)


@pytest.mark.parametrize("on", [NO_VERDICT, UNVERIFIED])
@pytest.mark.parametrize(
    "text",
    [*CALLED_FALSE, *CALLED_WRONG, *CALLED_TRUE, *POINTED_AT, *OTHER_WORDS, *LAW_ABOUT_THIS, *BEYOND, *FABRICATED],
)  # fmt: skip
def test_where_nothing_is_decided_nothing_is_called_false_or_true(
    on: tuple[NoticeKind, Outcome | None], text: str
) -> None:
    assert found(on, text)


@pytest.mark.parametrize("text", [*LEFT_OPEN, *ORDINARY, *LAW_AT_LARGE, *LEAVES_IT_OPEN_TOO])
def test_what_leaves_it_open_may_be_said(text: str) -> None:
    assert found(NO_VERDICT, text) == []


@pytest.mark.parametrize("text", BESIDE_THE_TRUTH)
def test_a_confirmation_may_say_what_is_not_there_beside_it(text: str) -> None:
    assert found((NoticeKind.CONFIRMATION, Outcome.TRUE), text) == []


@pytest.mark.parametrize("text", [*CALLED_FALSE, *FABRICATED])
@pytest.mark.parametrize(
    "on",
    [
        (NoticeKind.DEBUNK, Outcome.MISLEADING),
        (NoticeKind.DEBUNK, Outcome.OUTDATED),
        (NoticeKind.STATEMENT, Outcome.FALSE),
        (NoticeKind.CONFIRMATION, Outcome.TRUE),
    ],
)
def test_only_a_debunk_of_a_false_claim_calls_it_false(
    on: tuple[NoticeKind, Outcome], text: str
) -> None:
    assert found(on, text)
    assert found((NoticeKind.DEBUNK, Outcome.FALSE), text) == []


@pytest.mark.parametrize("text", ["此事并非谣言", "不是摆拍", "情况属实，不是假的", "绝非编造"])
def test_a_confirmation_may_deny_that_it_is_false(text: str) -> None:
    assert found((NoticeKind.CONFIRMATION, Outcome.TRUE), text) == []
    assert found(NO_VERDICT, text)


def test_details_are_wrong_where_the_verdict_says_so() -> None:
    for text in (*CALLED_WRONG, *BEYOND):
        assert found((NoticeKind.DEBUNK, Outcome.MISLEADING), text) == []
        assert found((NoticeKind.CONFIRMATION, Outcome.TRUE), text)
    for text in CALLED_TRUE:
        assert found((NoticeKind.CONFIRMATION, Outcome.TRUE), text) == []


def test_the_claims_own_words_are_quoted_and_no_others() -> None:
    claim = "水厂说停水是谣言，其实是真的"
    assert found(NO_VERDICT, f"关于网传“{claim}”一事", claim) == []
    assert found(NO_VERDICT, "关于网传“水厂说停水是谣言……”一事", claim) == []
    assert found(NO_VERDICT, "网传“不实”", claim)
    assert wording.faults(*NO_VERDICT, [], "停水三天的假消息", "停水三天")


def test_a_word_is_named_with_its_place_in_one_sentence() -> None:
    assert wording.faults(*NO_VERDICT, [("第2条", "系虚假信息")], "", "") == [
        "第2条写了“虚假”，而本案还没有结论，请改写"
    ]


@pytest.mark.slow
def test_a_long_text_is_looked_through_in_linear_time() -> None:
    for piece in (
        "是否",
        "不实",
        "“",
        "不 ",
        "尚未系",
        "勿",
        "该条",
        "是否不实",
        "传播",
        "造谣、",
        "对造谣者",
        "fake",
        "信息",
    ):
        assert costs.linear(lambda n, piece=piece: found(NO_VERDICT, piece * n), 4_000), piece  # type: ignore[misc]


# ---- where it is held -----------------------------------------------------------------------


def words(db: Store, case: Case, **changed: object) -> Draft:
    return replace(case_steps.words(db, case, NoticeKind.VERIFYING), **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize("decided", [False, True])
@pytest.mark.parametrize(
    "changed",
    [{"title": "网传停水一事不实"}, {"findings": ("已查明是假的",)}, {"closing": "纯属捏造"}],
)
def test_no_edit_calls_an_open_claim_false(
    db: Store, people: People, decided: bool, changed: dict[str, object]
) -> None:
    case = case_steps.claimed(db, people)
    if decided:
        case_steps.unverified(db, case, people.verifier)
    notice = case_steps.draft(db, case, NoticeKind.VERIFYING)
    wrong = words(db, case, **changed)
    with pytest.raises(RuleBroken) as caught:
        notices.edit(db, notice.id, 1, wrong, by=people.verifier)
    assert caught.value.rule == "unverified-is-not-false"
    with pytest.raises(RuleBroken):
        notices.start(db, case.id, wrong, by=people.verifier)
    assert len(revisions.of_notice(db, notice)) == 1


def put(db: Store, notice: Notice, title: str) -> None:
    """A wording written past ``revisions.add``, as a desk of before kept it."""
    row = db.row("SELECT * FROM revisions WHERE notice_id = ?", notice.id) or {}
    db.insert("revisions", row | {"revision": 2, "title": title, "edited_by": 2})
    db.update("notices", notice.id, {"revision": 2})


def test_a_draft_of_before_goes_no_further(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    notice = case_steps.draft(db, case, NoticeKind.VERIFYING)
    put(db, notice, "网传一事不实")
    for step, by in (("submit", people.verifier), ("approve", people.publisher)):
        assert any("写了“不实”" in why for why in reviews.blockers(db, notice.id, by, step))


@pytest.mark.parametrize("title", ["此事系不实信息", "此事系谣言", "纯属虚构的说法"])
def test_sql_keeps_no_text_that_asserts_it(db: Store, people: People, title: str) -> None:
    case = case_steps.claimed(db, people)
    notice = case_steps.draft(db, case, NoticeKind.VERIFYING)
    with pytest.raises(driver.library.IntegrityError, match="rule:unverified-is-not-false"):
        put(db, notice, title)


def test_a_title_under_the_sources_says_no_more_than_the_verdict(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    item = case_steps.prove(db, case, people.monitor, title="网传不实的说明")
    notice = case_steps.draft(db, case, NoticeKind.VERIFYING)
    notices.edit(db, notice.id, 1, words(db, case, basis=(item.id,)), by=people.verifier)
    assert any(
        "依据写了" in why for why in reviews.blockers(db, notice.id, people.verifier, "submit")
    )


def test_the_machine_leaves_out_a_finding_that_says_too_much(db: Store, people: People) -> None:
    from notices.drafting import first_draft
    from tests.notice_records import OFFICE

    case = case_steps.ready(db, people, Topic.SAFETY)
    case_steps.prove(
        db, case, people.monitor, title="又一份答复", finding="这条消息纯属捏造，车没有出厂"
    )
    case_steps.decide(
        db, case, people.verifier, Outcome.MISLEADING, Literal.PARTLY, Hazard.EXCLUDED
    )
    from models import store

    made = first_draft.write(db, cases.get(db, case.id), OFFICE, store.now())
    assert made.findings and not any("捏造" in each for each in made.findings)
    assert dump(made.findings)
