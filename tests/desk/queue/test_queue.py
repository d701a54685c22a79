"""The queue's pages: order, filters, the poll, the steps, and that a page holds without JavaScript."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta

import pytest

from models import audit
from models.casework import cases, closings, queue
from models.casework.records import CaseState
from models.harm import Topic
from tests import case_steps, seeded_night
from tests.django_desk import Desk


def rows(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'id="row-(\d+)"', page)]


def token(page: str) -> str:
    found = re.search(r"seen=(\w+)", page)
    assert found is not None
    return found[1]


def get(desk: Desk, address: str, name: str = "monitor", **headers) -> str:
    answer = desk.client(name).get(address, **headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_most_urgent_case_comes_first(desk: Desk) -> None:
    expected = [case.id for case in queue.cases(desk.db, "todo")]
    assert rows(get(desk, "/queue/")) == expected
    priorities = [cases.get(desk.db, number).priority for number in expected]
    assert priorities == sorted(priorities, reverse=True)


def test_each_row_says_why_it_is_there_in_words(desk: Desk) -> None:
    page = get(desk, "/queue/")
    first = page.split('id="row-')[1]
    for words in (
        "紧急",
        "未转主管部门",
        "<b>47</b>",
        "含车牌",
        "与 3 月已结说法",
        "中",
        "每百 12",
        "剩 18 分",
        "待领取",
    ):
        assert words in first, words
    assert "低分抽样 5%" in page and "核查 07 在核" in page
    assert "谣言" not in page and "发帖人" not in page.replace("不显示发帖人", "")


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("topic=school", lambda case: case.topic is Topic.SCHOOL),
        ("place=武汉", lambda case: any(e.value == "武汉" for e in case.entities)),
        ("state=needs_evidence", lambda case: case.state is CaseState.NEEDS_EVIDENCE),
        ("q=停课", lambda case: "停课" in case.claim),
        ("view=lead", lambda case: case.hazard),
        ("view=mine", lambda case: case.holder_id != 0),
        ("topic=utility&q=停水", lambda case: "停水" in case.claim),
    ],
)
def test_filters_are_the_address_and_visible_as_tokens(desk: Desk, query: str, fits) -> None:
    page = get(desk, f"/queue/?{query}")
    shown = [cases.get(desk.db, number) for number in rows(page)]
    assert shown and all(fits(case) for case in shown)
    if "view=" not in query:
        assert page.count('class="filter on"') == query.count("=")
    assert len(shown) < len(queue.cases(desk.db, "todo"))


def test_a_source_filter_keeps_cases_of_that_source(desk: Desk) -> None:
    both = rows(get(desk, "/queue/?source=forum")), rows(get(desk, "/queue/?source=tieba"))
    assert both[0] and both[1] and not set(both[0]) & set(both[1])


def test_no_match_names_the_conditions_and_how_to_leave_them(desk: Desk) -> None:
    page = get(desk, "/queue/?topic=finance&place=火星")
    assert "没有案件" in page and "火星" in page and not rows(page)
    assert 'href="?topic=finance"' in page


def test_what_cannot_be_followed_in_the_address_is_left_out(desk: Desk) -> None:
    assert rows(get(desk, "/queue/?topic=nonsense&view=evil&case=x&state=%00")) == rows(
        get(desk, "/queue/")
    )
    for q in ('"', "AND OR NOT", "* ( )", "'; DROP TABLE cases; --", "NEAR(", "a" * 500):
        assert desk.client("monitor").get("/queue/", {"q": q}).status_code == 200


def test_the_list_is_also_json_with_plates_masked(desk: Desk) -> None:
    answer = desk.client("monitor").get("/queue/?topic=epidemic&format=json")
    found = answer.json()
    assert found["cases"][0]["claim"].startswith("车牌浙BL****的车")
    assert found["cases"][0]["priority"] == "紧急" and found["counts"]["todo"] == 20
    assert "浙BL1234" not in answer.content.decode()


def test_viewers_see_plates_masked_everywhere(desk: Desk) -> None:
    for address in ("/queue/", "/queue/2/preview/", "/today/", "/queue/?format=json", "/audit/"):
        page = get(desk, address, "viewer")
        assert "L1234" not in page and "L1284" not in page, address
    assert "浙BL1234" in get(desk, "/queue/")


def test_a_poll_is_204_while_nothing_changes(desk: Desk) -> None:
    client = desk.client("monitor")
    seen = token(client.get("/queue/").content.decode())
    assert client.get(f"/queue/pulse/?seen={seen}").status_code == 204
    desk.later(minutes=3)
    assert client.get(f"/queue/pulse/?seen={seen}").status_code == 204, "the clock alone is no news"


def test_a_poll_brings_single_cells_and_greys_what_another_took(desk: Desk) -> None:
    client = desk.client("monitor")
    page = client.get("/queue/").content.decode()
    taken = rows(page)[2]
    cases.claim(desk.db, taken, by=desk.people["colleague"])
    answer = client.get(f"/queue/pulse/?seen={token(page)}").content.decode()
    assert re.findall(r'id="(left-\d+)"', answer) == [f"left-{taken}"]
    assert "gone" in answer and "核查 05 在核" in answer
    assert "row-claim" not in answer and len(answer) < 3000
    again = client.get(f"/queue/pulse/?seen={token(answer)}")
    assert again.status_code == 204


def test_new_cases_only_raise_the_pill(desk: Desk) -> None:
    client = desk.client("monitor")
    page = client.get("/queue/").content.decode()
    story = seeded_night.Story(
        (("西站今早全部停运，原因不明", 30),), Topic.DISASTER, 0.97, 30, 1, 25
    )
    seeded_night.open_case(desk.db, story, desk.moment)
    answer = client.get(f"/queue/pulse/?seen={token(page)}").content.decode()
    assert "新到 <b>1</b> 条" in answer and "西站" not in answer
    assert re.search(r'id="view-todo"[^>]*>21<', answer)
    assert client.get(f"/queue/pulse/?seen={token(answer)}").status_code == 204
    assert "西站" in client.get("/queue/").content.decode().split('id="row-')[1]


def test_a_page_from_before_a_restart_is_told_to_reload_when_ready(desk: Desk) -> None:
    answer = get(desk, "/queue/pulse/?seen=0123456789abcdef01234567")
    assert "有更新" in answer and "row-" not in answer


def test_without_javascript_a_link_shows_the_preview_and_forms_do_the_steps(desk: Desk) -> None:
    client = desk.client("monitor")
    page = client.get("/queue/?case=5").content.decode()
    assert '<h2 class="preview-claim">石桥中学明天停课' in page
    reasons = client.get("/queue/5/dismiss/?next=/queue/").content.decode()
    assert reasons.count('name="reason"') == len(cases.DISMISS_REASONS)
    answer = client.post("/queue/5/dismiss/", {"reason": "private", "next": "/queue/"})
    assert answer.status_code == 302 and answer["Location"] == "/queue/"
    assert cases.get(desk.db, 5).state is CaseState.DISMISSED
    assert "撤销" in client.get("/queue/").content.decode()
    assert client.post("/queue/undo/").status_code == 302
    assert cases.get(desk.db, 5).state is CaseState.WAITING


def test_the_offer_to_undo_ends_and_belongs_to_one_session(desk: Desk) -> None:
    client = desk.client("monitor")
    client.post("/queue/5/dismiss/", {"reason": "private"})
    assert desk.client("colleague").post("/queue/undo/").status_code == 422
    desk.later(minutes=2)
    assert 'data-key="z"' not in client.get("/queue/").content.decode()
    assert client.post("/queue/undo/").status_code == 422  # from a tab that still shows the offer
    assert cases.get(desk.db, 5).state is CaseState.DISMISSED


def test_dismissing_needs_one_of_the_reasons(desk: Desk) -> None:
    client = desk.client("monitor")
    for reason in ("", "because", "not_a_claim; DROP"):
        assert client.post("/queue/5/dismiss/", {"reason": reason}).status_code == 422
    assert cases.get(desk.db, 5).state is CaseState.WAITING


def test_with_htmx_a_dismissal_changes_one_row_and_offers_undo(desk: Desk) -> None:
    answer = desk.client("monitor").post(
        "/queue/5/dismiss/", {"reason": "private", "in": "list"}, HTTP_HX_REQUEST="true"
    )
    text = answer.content.decode()
    assert rows(text) == [5] and 'hx-swap-oob="true"' in text and "撤销" in text
    assert answer["HX-Trigger-After-Settle"] == '{"piyao:done": {"case": 5}}'


def test_claiming_opens_the_case_and_the_second_officer_gets_a_409(desk: Desk) -> None:
    first, second = desk.client("monitor"), desk.client("colleague")
    version = cases.get(desk.db, 5).version
    answer = first.post("/queue/5/claim/", {"version": version})
    assert answer["Location"] == f"/cases/{cases.get(desk.db, 5).number}/"
    refused = second.post("/queue/5/claim/", {"version": version})
    assert refused.status_code == 409 and "值班 03" in refused.content.decode()
    live = second.post("/queue/5/claim/", {"version": version}, HTTP_HX_REQUEST="true")
    assert live.status_code == 409 and live["HX-Retarget"] == "#banner"
    assert first.post("/queue/5/release/").status_code == 302
    assert cases.get(desk.db, 5).holder_id == 0


def test_a_dismissal_on_an_old_page_is_a_409_and_changes_nothing(desk: Desk) -> None:
    old = cases.get(desk.db, 5).version
    cases.claim(desk.db, 5, by=desk.people["colleague"])
    answer = desk.client("monitor").post("/queue/5/dismiss/", {"reason": "private", "version": old})
    assert answer.status_code == 409
    assert cases.get(desk.db, 5).state is CaseState.VERIFYING


def test_the_second_officer_reads_everywhere_what_a_colleague_proposes(desk: Desk) -> None:
    case = next(c for c in queue.cases(desk.db, "todo") if c.hazard and not c.holder_id)
    with seeded_night.at(desk.moment - timedelta(minutes=1)):
        case_steps.prove(desk.db, case, desk.people["monitor"], adverse=True, refutes="")
    closings.dismiss(desk.db, case.id, reason="trivial", by=desk.people["monitor"])
    told = f"{desk.people['monitor'].label} 提议不立案：影响很小"
    for address in (f"/queue/{case.id}/preview/", f"/queue/{case.id}/dismiss/", "/review/"):
        assert told in get(desk, address, "colleague"), address
    assert told not in get(desk, "/review/", "monitor")  # waits for another


def test_every_step_leaves_an_audit_entry_by_this_officer(desk: Desk) -> None:
    client = desk.client("monitor")
    client.post("/queue/5/claim/")
    client.post("/queue/undo/")
    client.post("/queue/5/dismiss/", {"reason": "trivial"})
    entries = audit.of_object(desk.db, "case:5", 3)
    assert [e.action for e in entries] == ["case.dismiss", "case.release", "case.claim"]
    assert {e.actor for e in entries} == {f"officer:{desk.people['monitor'].id}"}
    assert audit.verify(desk.db).ok


def test_overdue_and_nearly_due_are_said_in_words(desk: Desk) -> None:
    due = cases.get(desk.db, 2).due_at
    desk.moment = due + timedelta(minutes=12, seconds=5)
    assert '<span class="sla over"' in get(desk, "/queue/") and "超 12 分" in get(desk, "/queue/")


def test_the_first_load_is_light(desk: Desk) -> None:
    answer = desk.client("monitor").get("/queue/", HTTP_ACCEPT_ENCODING="gzip")
    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) < 40_000 and len(gzip.decompress(answer.content)) < 120_000


def test_a_missing_case_is_a_404_page_in_words(desk: Desk) -> None:
    answer = desk.client("monitor").get("/queue/999/preview/")
    assert answer.status_code == 404 and "没有 999 号案件" in answer.content.decode()
    lost = desk.client("monitor").get("/nowhere/")
    assert lost.status_code == 404 and "没有这一页" in lost.content.decode()
