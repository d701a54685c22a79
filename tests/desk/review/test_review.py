"""Review pages: from the machine's draft to publication and back, with different hands each time."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest

from desk.review.diffs import aligned, pieces
from models.casework import cases, evidence
from models.publishing import notices, outbox, reviews, revisions
from models.publishing.records import Delivery, Notice, NoticeState
from models.publishing.revisions import Draft
from tests import plate_case
from tests.desk.cases.test_case import RUMOR, inline_code, words
from tests.django_desk import Desk


@pytest.fixture
def notice(desk: Desk) -> Notice:
    """The plate's notice, in its second draft, sent for review by 核查 07."""
    case = plate_case.plate_evidence(desk.db, desk.people)
    return plate_case.plate_draft(desk.db, desk.people, case)


def get(desk: Desk, who: str, notice: Notice) -> str:
    answer = desk.client(who).get(f"/notices/{notice.id}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def post(desk: Desk, who: str, notice: Notice, step: str, **data: Any) -> Any:
    found = {"hash": notices.get(desk.db, notice.id).hash} | data
    return desk.client(who).post(f"/notices/{notice.id}/{step}/", found)


def fresh(desk: Desk, notice: Notice) -> Notice:
    return notices.get(desk.db, notice.id)


def approved(desk: Desk, notice: Notice) -> Notice:
    assert post(desk, "colleague", notice, "review").status_code == 302
    assert post(desk, "publisher", notice, "approve").status_code == 302
    return fresh(desk, notice)


def sent(desk: Desk, notice: Notice, state: Delivery = Delivery.SENT) -> Notice:
    row = outbox.take(desk.db, "test")
    assert row is not None
    outbox.settle(desk.db, row.id, row.fence, state, "site/87", "")
    return fresh(desk, notice)


def typed(notice: Notice, **changed: Any) -> dict[str, Any]:
    return {
        "revision": notice.revision,
        "title": notice.title,
        "findings": "\n".join(notice.findings),
        "quote": notice.quote,
        "closing": notice.closing,
        "basis": [str(each) for each in notice.basis],
    } | changed


def test_each_sentence_stands_beside_its_evidence_and_the_last_change(
    desk: Desk, notice: Notice
) -> None:
    page = get(desk, "publisher", notice)
    rows = page.split('class="sentence-row')[1:]
    assert len(rows) == 4
    assert "车辆登记答复" in rows[0] and "接诊点书面答复" in rows[0]
    assert "车辆登记答复" in rows[1] and "接诊点书面答复" not in rows[1]
    assert "<del>" in rows[1] and "<ins>" in rows[1] and "近期没有来过" in words_of(rows[1])
    assert "固定用语，无需依据" in rows[3]
    assert "浙BL1234" not in page.split('id="sentences"')[1].split("</section>")[0]


def words_of(part: str) -> str:
    return re.sub(r"<[^>]*>", "", part)


def test_the_approver_sees_what_speaks_against_it_and_the_words_that_spread(
    desk: Desk, notice: Notice
) -> None:
    page = get(desk, "publisher", notice)
    against = page.split('class="panel against"')[1].split("</section>")[0]
    assert "镇口停过一辆外地牌照货车" in against and "车牌浙BL1234的车刚从武汉" in against
    assert "审核前要看过" in page
    for part in ("sentences", "diff", "adverse", "spread", "faces"):
        assert f'data-part="{part}"' in page and f'id="{part}"' in page
    assert "动态口令将在后续版本启用" in get(desk, "publisher", reviewed(desk, notice))


def reviewed(desk: Desk, notice: Notice) -> Notice:
    post(desk, "colleague", notice, "review")
    return fresh(desk, notice)


def test_the_whole_way_takes_three_people_for_a_hazard(desk: Desk, notice: Notice) -> None:
    assert post(desk, "publisher", notice, "approve").status_code == 422  # no review yet
    assert post(desk, "verifier", notice, "review").status_code == 422  # gave the verdict
    assert post(desk, "colleague", notice, "review").status_code == 302
    assert post(desk, "publisher", notice, "approve").status_code == 302
    found = fresh(desk, notice)
    assert found.state is NoticeState.APPROVED and found.number
    page = get(desk, "publisher", notice)
    assert "等待发送" in page and 'class="verdict false">不实' in page
    found = sent(desk, notice)
    page = get(desk, "publisher", found)
    assert "回执 site/87" in page and "公众页" in page
    assert found.number in desk.client("monitor").get("/notices/").content.decode()


@pytest.mark.slow
def test_red_and_the_word_appear_only_after_the_last_approval(desk: Desk) -> None:
    case = plate_case.plate_evidence(desk.db, desk.people)
    notice = plate_case.plate_draft(desk.db, desk.people, case)
    who = desk.people["verifier"]
    said = dataclasses.replace(
        revisions.of_notice(desk.db, notice)[-1].draft,
        title=f"这是一条{RUMOR}",
        closing=f"不信{RUMOR}，不传{RUMOR}。",
        quote=f"都说是{RUMOR}",
    )
    notice = notices.edit(desk.db, notice.id, notice.revision, said, by=who)

    def look(state: NoticeState, allowed: bool) -> None:
        assert fresh(desk, notice).state is state
        addresses = (
            f"/notices/{notice.id}/",
            "/review/",
            "/notices/",
            f"/cases/{case.number}/",
            f"/cases/{case.number}/log/",
        )
        for name in ("viewer", "verifier", "publisher"):
            for address in addresses:
                answer = desk.client(name).get(address)
                assert answer.status_code == 200
                there = RUMOR in words(answer) or 'class="verdict false"' in answer.content.decode()
                if allowed:
                    assert there or address != addresses[0], (state, name, address)
                elif address != "/notices/":  # other notices, long approved, stand there in red
                    assert not there, (state, name, address)
                else:
                    assert RUMOR not in words(answer)

    look(NoticeState.DRAFT, False)
    reviews.submit(desk.db, notice.id, fresh(desk, notice).hash, by=who)
    look(NoticeState.IN_REVIEW, False)
    post(desk, "colleague", notice, "review")
    look(NoticeState.IN_REVIEW, False)
    post(desk, "publisher", notice, "approve")
    look(NoticeState.APPROVED, True)
    sent(desk, notice)
    look(NoticeState.PUBLISHED, True)
    post(desk, "publisher", notice, "retract", reason="登记答复有误，更正。")
    look(NoticeState.RETRACTED, False)


def test_who_touched_it_gets_no_button_and_one_line_why(desk: Desk, notice: Notice) -> None:
    verifier = get(desk, "verifier", notice)
    assert (
        "/approve/" not in verifier
        and "/review/" not in verifier.split("caseside")[1].split("form")[0]
    )
    assert "你核定了本案，不能复核" in verifier
    publisher = get(desk, "publisher", notice)
    assert "/approve/" not in publisher and "疫情类要先有专业复核" in publisher
    for who in ("viewer", "monitor", "admin"):
        page = get(desk, who, notice)
        assert 'method="post" action="/notices' not in page
        assert "批准：没有经手本案的发布员" in page


def test_who_edits_voids_the_review_and_cannot_approve(desk: Desk, notice: Notice) -> None:
    reviewed(desk, notice)
    answer = post(
        desk, "publisher", notice, "edit", **typed(notice, title="车没有来过，登记和接诊都有答复")
    )
    assert answer.status_code == 302
    found = fresh(desk, notice)
    assert (found.revision, found.state) == (3, NoticeState.DRAFT)
    assert post(desk, "verifier", notice, "submit").status_code == 302
    assert post(desk, "publisher", notice, "approve").status_code == 422
    assert "你改过本稿" in get(desk, "publisher", notice)


def test_an_approval_of_another_text_than_the_one_shown_is_refused(
    desk: Desk, notice: Notice
) -> None:
    found = reviewed(desk, notice)
    evidence.withdraw(desk.db, found.basis[0], by=desk.people["verifier"])
    answer = post(desk, "publisher", notice, "approve", hash=found.hash)
    assert answer.status_code in (409, 422)
    assert fresh(desk, notice).state is NoticeState.IN_REVIEW
    assert post(desk, "publisher", notice, "approve", hash="0" * 64).status_code in (409, 422)
    assert post(desk, "publisher", notice, "approve", hash="").status_code == 422


def test_two_who_edit_at_once_both_keep_their_words(desk: Desk, notice: Notice) -> None:
    mine = typed(notice, title="我写的另一个标题")
    post(desk, "colleague", notice, "edit", **typed(notice, title="同事先存的标题"))
    answer = post(desk, "verifier", notice, "edit", **mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "同事先存的标题" in page and 'value="我写的另一个标题"' in page
    assert 'name="revision" value="3"' in page


def test_a_draft_with_the_word_comes_back_put_right(desk: Desk, notice: Notice) -> None:
    answer = post(desk, "verifier", notice, "edit", **typed(notice, closing=f"不信{RUMOR}。"))
    assert answer.status_code == 422 and RUMOR not in words(answer)
    assert "不信说法。" in answer.content.decode()
    assert fresh(desk, notice).revision == notice.revision


def test_a_draft_never_rests_on_evidence_of_another_case(desk: Desk, notice: Notice) -> None:
    answer = post(desk, "verifier", notice, "edit", **typed(notice, basis=["1"]))
    assert answer.status_code == 422 and "只选本案的证据" in answer.content.decode()


def test_what_went_out_is_also_json_masked_and_rated_only_while_it_stands(
    desk: Desk, notice: Notice
) -> None:
    def newest() -> dict[str, Any]:
        answer = desk.client("viewer").get("/notices/", {"format": "json"})
        return dict(answer.json()["notices"][0])

    approved(desk, notice)
    sent(desk, notice)
    assert (newest()["state"], newest()["outcome"]) == ("published", "false")
    assert newest()["channels"] == [{"channel": "site", "kind": "publish", "state": "sent"}]
    post(desk, "publisher", notice, "retract", reason="登记答复有误。")
    assert (newest()["state"], newest()["outcome"]) == ("retracted", None)


def test_faulty_drafts_are_named_at_the_field(desk: Desk, notice: Notice) -> None:
    for changed, said in (
        ({"title": ""}, "写一句说明真相的话"),
        ({"title": "短"}, "标题太短"),
        ({"findings": "\n".join("一二三四五六七八九十")}, "最多 9 条"),
    ):
        answer = post(desk, "verifier", notice, "edit", **typed(notice, **changed))
        assert answer.status_code == 422 and said in answer.content.decode()


def test_refusal_needs_a_reason_and_reaches_the_drafter(desk: Desk, notice: Notice) -> None:
    assert post(desk, "publisher", notice, "refuse", reason="").status_code == 422
    assert fresh(desk, notice).state is NoticeState.IN_REVIEW
    answer = post(desk, "publisher", notice, "refuse", reason="请写检修地点。")
    assert answer.status_code == 302 and fresh(desk, notice).state is NoticeState.DRAFT
    page = get(desk, "verifier", notice)
    assert "发布 02 退回：" in page and "请写检修地点" in page


def test_one_person_retracts_and_the_reason_stays(desk: Desk, notice: Notice) -> None:
    approved(desk, notice)
    sent(desk, notice)
    assert post(desk, "verifier", notice, "retract", reason="").status_code == 422
    assert (
        post(desk, "verifier", notice, "retract", reason="登记答复有误，正在更正。").status_code
        == 302
    )
    page = get(desk, "viewer", notice)
    assert "已撤回" in page and "登记答复有误，正在更正" in page
    assert 'class="verdict false"' not in page
    assert "已撤回" in desk.client("viewer").get("/notices/").content.decode()


def test_an_unknown_outcome_waits_for_a_person(desk: Desk, notice: Notice) -> None:
    approved(desk, notice)
    found = sent(desk, notice, Delivery.UNKNOWN)
    row = outbox.of_notice(desk.db, notice.id)[0]
    listed = desk.client("publisher").get("/review/").content.decode()
    assert "结果不明" in listed and f"/notices/sendings/{row.id}/resolve/" in listed
    assert f"/notices/sendings/{row.id}/resolve/" not in get(desk, "verifier", found)
    address = f"/notices/sendings/{row.id}/resolve/"
    publisher = desk.client("publisher")
    assert publisher.post(address, {"sent": "1", "note": ""}).status_code == 422
    assert desk.client("verifier").post(address, {"sent": "1", "note": "看到了"}).status_code == 403
    answer = publisher.post(address, {"sent": "1", "note": "后台看到了", "next": "//evil.example"})
    assert answer["Location"] == f"/notices/{notice.id}/"
    assert outbox.get(desk.db, row.id).state is Delivery.SENT


def test_an_unknown_outcome_found_unsent_is_queued_again(desk: Desk, notice: Notice) -> None:
    approved(desk, notice)
    sent(desk, notice, Delivery.UNKNOWN)
    row = outbox.of_notice(desk.db, notice.id)[0]
    data = {"sent": "0", "note": "列表里没有", "next": "/review/"}
    answer = desk.client("publisher").post(f"/notices/sendings/{row.id}/resolve/", data)
    assert answer["Location"] == "/review/"
    assert outbox.get(desk.db, row.id).state is Delivery.QUEUED


def test_the_list_says_what_waits_for_whom(desk: Desk, notice: Notice) -> None:
    def mine(who: str) -> str:
        page = desk.client(who).get("/review/").content.decode()
        found = re.search(r'id="group-mine">(.*?)</section>', page, re.S)
        return words_of(found[1]) if found else ""

    assert "等你复核" in mine("colleague")
    assert mine("publisher") == "" and mine("verifier") == ""
    reviewed(desk, notice)
    assert "等你批准" in mine("publisher") and mine("colleague") == ""


def test_forged_steps_are_refused_to_every_role_that_may_not(desk: Desk, notice: Notice) -> None:
    doors = {
        "submit": ("viewer", "monitor", "publisher", "admin"),
        "review": ("viewer", "monitor", "publisher", "admin"),
        "approve": ("viewer", "monitor", "verifier", "colleague", "admin"),
        "refuse": ("viewer", "monitor", "admin"),
        "retract": ("viewer", "monitor", "admin"),
        "edit": ("viewer", "monitor", "admin"),
    }
    for step, names in doors.items():
        for who in names:
            assert post(desk, who, notice, step, reason="试试看。").status_code == 403, (step, who)
    assert fresh(desk, notice) == notice


def test_hostile_words_in_a_draft_are_inert(desk: Desk, notice: Notice) -> None:
    hostile = "<script>alert(1)</script>\u202e{{7*7}}"
    draft = Draft(
        notice.kind,
        hostile,
        (hostile, '"><img src=x onerror=alert(1)>'),
        hostile,
        hostile,
        notice.basis,
    )
    notices.edit(desk.db, notice.id, notice.revision, draft, by=desk.people["verifier"])
    for who in ("verifier", "publisher"):
        page = get(desk, who, notice)
        assert "<script>alert" not in page and page.count("<img ") == 1
        assert inline_code(page) == [] and "{{7*7}}" in page
        assert "\u202e" not in page and "⟨U+" not in page  # nor would it be published


def test_what_cannot_be_drawn_is_said_before_anybody_agrees(desk: Desk, notice: Notice) -> None:
    draft = Draft(
        notice.kind, notice.title, ("问过桥管所\U0001f600，没有封",), notice.quote, "", notice.basis
    )
    made = notices.edit(desk.db, notice.id, notice.revision, draft, by=desk.people["verifier"])
    assert "图上写不出“\U0001f600”（U+1F600），请改写" in get(desk, "verifier", made)
    answer = post(desk, "verifier", made, "submit")
    assert answer.status_code >= 400 and "图上写不出" in answer.content.decode()
    assert fresh(desk, made).state is NoticeState.DRAFT


def test_an_observer_sees_no_plate_on_a_notice(desk: Desk, notice: Notice) -> None:
    page = get(desk, "viewer", notice)
    assert "BL1234" not in page and "浙BL****" in page


@pytest.mark.slow
def test_the_picture_is_a_png_of_this_text(desk: Desk, notice: Notice) -> None:
    answer = desk.client("publisher").get(f"/notices/{notice.id}/image.png")
    assert answer["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert desk.client("publisher").get("/notices/9999/image.png").status_code == 404


def test_differences_are_found_inside_the_sentence() -> None:
    found = pieces("号牌登记为重型货车，近期没有来过我县。", "号牌登记为重型货车，在宁波检修。")
    assert "".join(p.text for p in found if p.kind != "del") == "号牌登记为重型货车，在宁波检修。"
    assert (
        "".join(p.text for p in found if p.kind != "ins")
        == "号牌登记为重型货车，近期没有来过我县。"
    )
    assert found[0].kind == "same" and found[0].text.startswith("号牌登记")
    assert aligned(["甲。", "乙。"], ["乙。", "丙。"]) == [
        ("甲。", ""),
        ("乙。", "乙。"),
        ("", "丙。"),
    ]


def test_a_notice_that_is_owed_a_correction_says_so_on_its_own_page(
    desk: Desk, notice: Notice
) -> None:
    sent(desk, approved(desk, notice))
    assert "待更正" not in get(desk, "publisher", notice).split('id="main"')[1]
    verifier = desk.people["verifier"]
    cases.reopen(desk.db, notice.case_id, None, reason="登记答复引错了车", by=verifier)
    for item in evidence.of_case(desk.db, notice.case_id):
        evidence.withdraw(desk.db, item.id, reason="登记答复引错了车牌，不能再算", by=verifier)
    page = get(desk, "publisher", notice).split('id="main"')[1]
    assert "待更正，" in page and "证据撤下或不再计入" in page and "剩 " in page
