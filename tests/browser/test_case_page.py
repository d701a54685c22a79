"""A case under an officer's hands, in a real Chromium: the verdict by keys, and all without script."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from desk.review.notice import WAIT
from models import store
from models.casework import (
    cases,
    evidence,
    queue,
    verdicts,
)
from models.casework.records import Case
from models.known import claims, imports, likeness
from models.known.claims import Standing
from models.known.imports import Given
from models.known.likeness import Match, Relation
from models.outcome import Outcome
from models.people import officers
from models.publishing import notices
from models.publishing.records import NoticeState
from tests import plate_case
from tests.browser.pages import Enter, press_having_looked
from tests.seeded_desk import NightDesk
from tests.waiting import until

pytestmark = pytest.mark.browser


def people(db: store.Store) -> dict[str, Any]:
    return {officer.username: officer for officer in officers.all(db)}


def case_of(db: store.Store, words: str) -> Case:
    return next(case for case in queue.cases(db, "todo") if words in case.claim)


def test_a_verdict_by_keys(db: store.Store, enter: Enter) -> None:
    case = plate_case.plate_evidence(db, people(db))
    cases.send_lead(db, case.id, to="疾控值班", by=people(db)["monitor"])
    page = enter("verifier", f"/cases/{case.number}/")
    page.keyboard.press("v")
    page.wait_for_url(re.compile("/verdict/"))
    expect(page.locator("input:checked")).to_have_count(0)
    page.keyboard.press("2")
    expect(page.locator("input[value=misleading]")).to_be_checked()
    page.keyboard.press("9")
    expect(page.locator("input[value=outdated]")).to_be_checked()
    page.keyboard.press("1")
    page.keyboard.press("6")
    expect(page.locator("input[value=false]")).to_be_checked()
    expect(page.locator("[data-issues]")).to_have_text("情况说明")
    page.keyboard.press("5")
    expect(page.locator("[data-issues]")).to_have_text("辟谣通告")
    page.keyboard.press("8")  # dashed: says why, and gives nothing
    expect(page.locator("[data-outcome-told]")).to_contain_text("不一致")
    page.keyboard.press("1")
    expect(page.locator(".outcome:has(:checked)")).to_contain_text("误导")
    page.keyboard.press("2")
    page.keyboard.press("1")
    expect(page.locator("input[value=false]")).to_be_checked()
    page.fill("#id_ground", "登记和接诊点两项答复都不支持。")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(rf"/cases/{case.number}/$"))
    verdict = verdicts.current(db, case.id)
    assert verdict is not None and verdict.outcome is Outcome.FALSE
    expect(page.locator("#gate")).to_contain_text("拟定结论 不实")


def test_evidence_and_verdict_without_javascript(db: store.Store, enter: Enter) -> None:
    case = case_of(db, "抢小孩")
    page = enter("verifier", f"/cases/{case.number}/", java_script_enabled=False)
    page.get_by_role("button", name=re.compile("^领取")).click()
    evidence.add(
        db,
        case.id,
        title="菜场监控",
        finding="近一月没有无牌面包车停留。",
        refutes="开无牌面包车",
        original=b"video",
        by=people(db)["monitor"],
    )
    page.get_by_role("link", name=re.compile("添加证据")).first.click()
    page.fill("#id_title", "公安书面答复")
    page.fill("#id_finding", "近一月没有此类警情。")
    page.fill("#id_refutes", "抢小孩")
    page.fill("#id_url", "https://example.org/reply")
    page.check("#id_primary")
    page.check("#id_independent")
    page.get_by_role("button", name=re.compile("存为证据")).click()
    expect(page.locator("#gate")).to_contain_text("都齐了")
    assert sum(item.counts for item in evidence.of_case(db, case.id)) == 2
    page.get_by_role("link", name=re.compile("^核定")).click()
    page.check("input[name=literal][value=wrong]")
    page.check("input[name=hazard][value=excluded]")
    page.get_by_role("button", name="看会得出什么").click()
    expect(page.locator("input[value=false]")).to_be_checked()
    expect(page.locator("[data-issues]")).to_have_text("辟谣通告")
    page.fill("#id_ground", "公安和监控两项都不支持。")
    page.get_by_role("button", name=re.compile("提交核定")).click()
    verdict = verdicts.current(db, case.id)
    assert verdict is not None and verdict.outcome is Outcome.FALSE
    page.get_by_role("link", name="辟谣通告").click()
    page.get_by_role("button", name="送审").click()
    assert notices.of_case(db, case.id)[0].state is NoticeState.IN_REVIEW
    approver = enter("publisher", f"/notices/{notices.of_case(db, case.id)[0].id}/")
    before = approver.locator("[data-unseen-told]").text_content()
    assert before and "还有" in before
    approver.get_by_role("button", name="批准本稿").click()  # leads to what was not seen
    assert notices.of_case(db, case.id)[0].state is NoticeState.IN_REVIEW
    press_having_looked(approver, "批准本稿")
    expect(approver.locator(".verdict.false")).to_have_text("不实")
    assert notices.of_case(db, case.id)[0].state is NoticeState.APPROVED


def test_keys_open_the_forms_of_a_case_and_text_survives(db: store.Store, enter: Enter) -> None:
    case = case_of(db, "停课")
    page = enter("monitor", f"/cases/{case.number}/")
    page.keyboard.press("e")
    expect(page.locator("#id_title")).to_be_focused()
    page.keyboard.type("教育局 e i v 答复")
    expect(page.locator("#id_title")).to_have_value("教育局 e i v 答复")
    page.keyboard.press("Escape")
    page.keyboard.press("i")
    expect(page.locator("#id_claim")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    expect(page.locator(".casehead-left")).to_contain_text("值班 03 在核")
    assert cases.get(db, case.id).holder_id == people(db)["monitor"].id


def test_a_known_claim_is_beside_the_case_until_somebody_withdraws_it(
    desk: NightDesk, db: store.Store, enter: Enter
) -> None:
    case = case_of(db, "取款要预约")
    given = Given("工商银行下周起取款要预约三天", Standing.FALSE, source="东渡核查中心")
    imports.put(db, "邻市", [given])
    (known,) = claims.search(db, origin="邻市")
    match = Match(known.id, 0.8, Relation.ELSEWHERE)
    likeness.link(db, case.id, [match], claims.edition(db))
    page = enter("verifier", f"/cases/{case.number}/")
    alike = page.locator("#alike")
    expect(alike).to_contain_text("同一故事，地点或车牌不同")
    expect(alike.locator(".differs")).to_have_text(["工商银行"])
    expect(alike.locator(".outlined")).to_have_text("当时结论 不实")
    expect(page.locator(".verdict.false")).to_have_count(0)  # their finding is not ours
    page.keyboard.press("g")
    page.keyboard.press("k")
    page.wait_for_url(re.compile("/library/"))
    page.fill("#id_q", "工商银行")
    page.press("#id_q", "Enter")
    page.get_by_role("button", name="撤下").click()
    expect(page.locator("#banner")).to_contain_text("已撤下")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{desk.address}/library/?withdrawn=1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(f"{desk.address}/cases/{case.number}/")
    expect(page.locator("#alike")).to_have_count(0)


def test_a_picture_whose_turn_has_not_come_is_asked_for_again(
    db: store.Store, enter: Enter
) -> None:
    notice = notices.in_states(db, *NoticeState)[0]
    page = enter("viewer", "/queue/")
    turned_away: list[str] = []

    def lane(route: Route) -> None:
        if turned_away:
            route.continue_()
            return
        turned_away.append(route.request.url)
        route.fulfill(status=503, content_type="image/svg+xml", body=WAIT)

    page.route("**/image.png*", lane)
    page.goto(page.url.replace("/queue/", f"/notices/{notice.id}/"))
    picture = page.locator("img[data-drawn]")
    expect(picture).to_have_attribute("src", re.compile("turn="))
    until(
        lambda: picture.evaluate("each => each.complete && each.currentSrc.includes('turn=')"),
        "the picture does not come",
    )
    assert picture.evaluate("each => [each.naturalWidth, each.naturalHeight]")[0] == 1080
