"""The library of known claims on the desk, and the known claims beside a case."""

from __future__ import annotations

import json
import re

import pytest
from lxml import html

from models.casework import queue
from models.casework.records import Case
from models.known import claims, imports, likeness
from models.known.claims import Standing
from models.known.imports import Given
from models.known.likeness import Match, Relation
from models.publishing import retractions
from tests.django_desk import Desk
from tests.notice_records import HOSTILE

OTHERS = Given(
    "一辆浙B车从武汉回到东渡", Standing.FALSE, "1", ("浙BL1284的车从武汉回到东渡",),
    "车辆没有离开过宁波。", source="东渡核查中心", url="https://dongdu.example/12", dated="2026-02-01",
)  # fmt: skip


def words(desk: Desk, address: str, name: str = "verifier") -> str:
    answer = desk.client(name).get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def put(desk: Desk, *given: Given) -> list[claims.Known]:
    imports.put(desk.db, "邻市", given)
    return claims.search(desk.db, origin="邻市")[::-1]


def linked(desk: Desk, *given: Given) -> Case:
    """The most urgent case, like each of these and our own notice of March."""
    case = queue.cases(desk.db)[0]
    own = claims.search(desk.db, origin=claims.OWN)[0]
    found = [Match(own.id, 0.93, Relation.SAME)]
    found += [Match(known.id, 0.71, Relation.ELSEWHERE) for known in put(desk, *given)]
    likeness.link(desk.db, case.id, found, claims.edition(desk.db))
    return case


def test_case_and_preview_name_the_source_its_finding_and_what_differs(desk: Desk) -> None:
    case = linked(desk, OTHERS)
    for address in (f"/cases/{case.number}/", f"/queue/{case.id}/preview/"):
        page = words(desk, address)
        assert "同一说法" in page and "同一故事，地点或车牌不同" in page
        assert page.index("同一说法") < page.index("同一故事")
        assert "当时结论 不实" in page and "东渡核查中心，2026-02-01" in page and "0.71" in page
        assert '<span class="differs">东渡</span>' in page
        assert "谣言" not in re.sub(r"<[^>]*data-office-name.*?</", "", page)
        link = html.fromstring(page).xpath('//a[@href="https://dongdu.example/12"]')[0]
        assert link.get("rel") == "noopener noreferrer nofollow"


def test_a_viewer_sees_no_plate_of_a_known_claim(desk: Desk) -> None:
    case = linked(desk, OTHERS)
    for address in (f"/cases/{case.number}/", "/library/"):
        page = words(desk, address, "viewer")
        assert "BL1284" not in page and "BL1234" not in page


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "ftp://a.example/x"])
def test_only_web_addresses_become_links(desk: Desk, url: str) -> None:
    case = linked(desk, Given("一条说法", Standing.FALSE, "x", source="某处", url=url))
    assert url.partition(":")[0] + ":" not in words(desk, f"/cases/{case.number}/")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_claims_are_text(desk: Desk, text: str) -> None:
    case = linked(desk, Given(f"网传{text}谣言", Standing.FALSE, "h", (text,), text, source=text))
    for address in (f"/cases/{case.number}/", "/library/", "/library/?withdrawn=1"):
        page = words(desk, address)
        assert "<script>alert" not in page and "<img src=x" not in page
        assert "\u202e" not in page and "谣言" not in page


def test_a_merely_related_claim_is_no_reason_to_be_in_the_queue(desk: Desk) -> None:
    case = queue.cases(desk.db)[0]
    match = Match(put(desk, OTHERS)[0].id, 0.4, Relation.RELATED)
    likeness.link(desk.db, case.id, [match], claims.edition(desk.db))
    page = words(desk, f"/cases/{case.number}/")
    assert "相关说法" in page and "说法相似 <b>" not in page
    listed = words(desk, "/queue/")
    assert case.claim in listed and "与已知说法" not in listed


def test_what_was_retracted_leaves_the_pages_at_once(desk: Desk) -> None:
    case = linked(desk)
    assert "当时结论 不实" in words(desk, f"/cases/{case.number}/")
    own = claims.search(desk.db, origin=claims.OWN)[0]
    retractions.retract(desk.db, own.notice_id, reason="证据有误", by=desk.people["publisher"])
    assert "当时结论" not in words(desk, f"/cases/{case.number}/")
    assert "已结说法相似" not in words(desk, "/queue/")
    out = words(desk, "/library/?withdrawn=1")
    assert own.claim in out and "来源撤回" in out and "放回" not in out.partition("<table")[2]


def test_a_claim_found_true_later_says_both(desk: Desk) -> None:
    put(desk, OTHERS)
    case = linked(desk, Given(OTHERS.claim, Standing.TRUE, "1"))
    for address in (f"/cases/{case.number}/", "/library/"):
        assert "当时结论 不实，后来改为 属实" in words(desk, address)


def test_the_library_is_searched_by_words_and_by_where_it_came_from(desk: Desk) -> None:
    put(desk, OTHERS, Given("塑料做的大米", Standing.FALSE, "2"))
    assert "塑料做的大米" in words(desk, "/library/?q=大米")
    assert OTHERS.claim not in words(desk, "/library/?q=大米")
    assert "塑料做的大米" not in words(desk, "/library/?origin=own")
    empty = words(desk, "/library/?q=没有这个词&origin=邻市")
    assert "没有含“没有这个词”的说法" in empty and "去掉这几个字" in empty
    for hostile in ("?before=x", "?before=-1", "?q=" + "长" * 300, "?origin=%00", "?q=%27%22<"):
        words(desk, f"/library/{hostile}")
    told = desk.client("viewer").get("/library/?format=json&q=大米").json()["claims"]
    assert [(each["claim"], each["verdict"]) for each in told] == [("塑料做的大米", "false")]


def test_pages_go_on_and_keep_the_search(desk: Desk) -> None:
    put(desk, *(Given(f"第{n}条说法", Standing.FALSE, str(n)) for n in range(60)))
    first = html.fromstring(words(desk, "/library/?origin=邻市"))
    (older,) = first.xpath('//a[text()="更早的"]/@href')
    rest = html.fromstring(words(desk, f"/library/{older}"))
    assert len(first.xpath("//tbody/tr")) == 50 and len(rest.xpath("//tbody/tr")) == 10


def test_withdrawing_and_putting_back_by_who_may(desk: Desk) -> None:
    (known,) = put(desk, OTHERS)
    client = desk.client("verifier")
    answer = client.post(f"/library/{known.id}/withdraw/", {"withdrawn": "1"}, follow=True)
    assert "已撤下" in answer.content.decode()
    assert OTHERS.claim not in words(desk, "/library/")
    assert "核查 07" in words(desk, "/library/?withdrawn=1", "viewer")
    desk.client("admin").post(f"/library/{known.id}/withdraw/", {"withdrawn": "0"})
    assert OTHERS.claim in words(desk, "/library/")
    assert "撤下已知说法" in words(desk, "/audit/") and "放回已知说法" in words(desk, "/audit/")
    monitor = words(desk, "/library/", "monitor")
    assert ">撤下<" not in monitor and "撤下和放回由核查员、管理员做" in monitor
    assert client.post("/library/999/withdraw/", {"withdrawn": "1"}).status_code == 404


def test_the_twin_masks_plates_for_everybody(desk: Desk) -> None:
    put(desk, Given("浙BL1284的车从武汉回来", Standing.FALSE, "p", source="谣言BL1284浙BL1284"))
    told = desk.client("verifier").get("/library/?format=json").content.decode()
    assert "从武汉回来" in json.loads(told)["claims"][0]["claim"]
    assert "BL1284的" not in told and "\\u8c23\\u8a00" not in told


def test_a_number_that_no_row_can_have_is_not_found(desk: Desk) -> None:
    endless = "9" * 30
    assert desk.client("verifier").get(f"/library/?before={endless}").status_code == 404
    answer = desk.client("verifier").post(f"/library/{endless}/withdraw/", {"withdrawn": "1"})
    assert answer.status_code == 404


def test_the_opposite_is_told_with_what_it_denies_and_merely_related_claims_are_folded(
    desk: Desk,
) -> None:
    case = queue.cases(desk.db)[0]
    opposite, *others = put(
        desk,
        Given(f"没有{case.claim}", Standing.TRUE, "1", source="邻市"),
        Given("微波炉加热食物会致癌", Standing.FALSE, "2"),
        Given("吃大蒜能预防流感", Standing.FALSE, "3"),
    )
    found = [Match(opposite.id, 0.9, Relation.OPPOSITE)]
    found += [Match(each.id, 0.02, Relation.RELATED) for each in others]
    likeness.link(desk.db, case.id, found, claims.edition(desk.db))
    page = words(desk, f"/cases/{case.number}/")
    assert "说法相反" in page and "否认" in page and "另有 2 条相关说法" in page
    assert "说法相似 <b>" not in page  # no reason to be in the queue
    preview = words(desk, f"/queue/{case.id}/preview/")
    assert "说法相反" in preview and "微波炉" not in preview
