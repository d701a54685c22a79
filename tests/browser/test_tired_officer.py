"""A tired officer on a slow line: presses twice, types ahead, is signed out in the middle of a text."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from models import audit, store
from models.casework import cases, queue, verdicts
from models.casework.records import Case, CaseState
from models.config import OfficeConfig
from models.people import officers
from models.publishing import notices
from notices.drafting import first_draft
from tests import plate_case
from tests.browser.pages import Enter
from tests.seeded_desk import NightDesk

pytestmark = pytest.mark.browser

LATENCY = 400  # milliseconds to the server and back
LONG = "向市交管部门、接诊点和镇卫生院逐一核实，三处都有书面答复，原件编号和经办人已登记。" * 3


def people(db: store.Store) -> dict[str, Any]:
    return {officer.username: officer for officer in officers.all(db)}


def case_of(db: store.Store, words: str) -> Case:
    return next(case for case in queue.cases(db, "todo") if words in case.claim)


def slow(page: Page, latency: int = LATENCY) -> Page:
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    conditions = {"offline": False, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", {**conditions, "latency": latency})
    return page


def acts(db: store.Store, case: Case, action: str) -> int:
    return sum(entry.action == action for entry in audit.of_object(db, f"case:{case.id}", 1000))


def row(page: Page, case: Case) -> Any:
    return page.locator(f"#row-{case.id}")


def before(page: Page, case: Case) -> None:
    """Select the row above that of a case, and wait for its preview."""
    rows = page.locator("[data-item]").evaluate_all("all => all.map(each => each.id)")
    above = page.locator("[data-item]").nth(rows.index(f"row-{case.id}") - 1)
    above.click()
    expect(above).to_have_attribute("aria-current", "true")
    expect(page.locator("#preview")).not_to_have_attribute("aria-busy", "true")


def test_c_typed_ahead_takes_the_row_that_is_selected_not_the_one_before(
    enter: Enter, db: store.Store
) -> None:
    case = case_of(db, "高速路口今晚查")
    page = enter("monitor")
    before(page, case)
    slow(page)
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.wait_for_url(re.compile(r"/cases/J-"))
    assert page.url.rstrip("/").endswith(case.number)
    assert cases.get(db, case.id).holder_id == people(db)["monitor"].id


def test_d_and_a_digit_typed_ahead_never_dismiss_another_claim(
    enter: Enter, db: store.Store
) -> None:
    case = case_of(db, "南湖公园周末要收门票")
    page = enter("monitor")
    before(page, case)
    slow(page)
    page.keyboard.press("j")
    page.keyboard.press("d")
    page.keyboard.press("2")  # too early: the reasons are not there
    expect(page.locator("#dismiss")).to_contain_text(case.number)
    dismissed = "SELECT count(*) FROM cases WHERE state = 'dismissed'"
    known = db.value(dismissed)
    page.keyboard.press("2")
    page.keyboard.press("2")
    expect(page.locator("#undo")).to_contain_text("已不立案")
    assert cases.get(db, case.id).state is CaseState.DISMISSED
    assert db.value(dismissed) == known + 1 and acts(db, case, "case.dismiss") == 1
    expect(page.locator("#banner .banner")).to_have_count(0)


def test_a_preview_that_does_not_come_leaves_no_other_case_beside_the_row(
    enter: Enter, db: store.Store
) -> None:
    page = enter("monitor")
    page.route("**/preview/**", lambda route: route.fulfill(status=404, body="没有"))
    page.keyboard.press("j")
    expect(page.locator("#preview")).to_contain_text("没有取到")
    expect(page.locator("#preview [data-key]")).to_have_count(0)
    page.unroute("**/preview/**")
    page.keyboard.press("k")
    expect(page.locator(".preview-claim")).to_be_visible()


def test_pressed_twice_is_sent_once(enter: Enter, db: store.Store) -> None:
    case = case_of(db, "石桥中学明天停课")
    page = slow(enter("verifier", f"/cases/{case.number}/"))
    page.keyboard.press("c")
    page.keyboard.press("c")
    expect(page.locator(".casehead-left")).to_contain_text("（你）")
    page.keyboard.press("e")
    page.fill("#id_title", "教育局书面答复")
    page.fill("#id_finding", "教育局书面答复没有停课安排。")
    page.fill("#id_refutes", "停课")
    page.fill("#id_url", "https://example.org/school")
    sent: list[str] = []
    page.on("request", lambda each: sent.append(each.url) if each.method == "POST" else None)
    button = page.get_by_role("button", name=re.compile("存为证据"))
    button.evaluate("each => { each.click(); setTimeout(() => each.click(), 100); }")
    expect(page.locator("#banner")).to_contain_text("已添加证据")
    assert len(sent) == 1
    expect(page.locator(".cards > li")).to_have_count(1)
    assert acts(db, case, "case.claim") == acts(db, case, "evidence.add") == 1
    page.keyboard.press("e")
    expect(page.locator("#id_title")).to_have_value("")  # what was taken is not offered again
    expect(page.locator(".kept")).to_have_count(0)


def signed_out(page: Page) -> None:
    """As the other tab's 退出, or the end of a shift, does it."""
    page.context.clear_cookies(name="sessionid")


def sign_in(page: Page, desk: NightDesk, name: str) -> None:
    page.fill("#id_username", name)
    page.fill("#id_password", desk.password)
    page.press("#id_password", "Enter")


def test_a_session_that_ends_in_the_middle_of_a_form_costs_no_word(
    desk: NightDesk, enter: Enter, db: store.Store
) -> None:
    case = plate_case.plate(db)
    page = slow(enter("verifier", f"/cases/{case.number}/"))
    page.keyboard.press("e")
    page.fill("#id_title", "车辆登记答复")
    page.fill("#id_finding", LONG)
    page.select_option("#id_nature", "record")
    page.check("#id_primary")
    page.fill("#id_url", "https://example.org/plate")
    signed_out(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("登录已经结束")
    expect(page.locator("main")).to_contain_text(LONG)
    page.get_by_role("link", name=re.compile("去登录")).click()
    sign_in(page, desk, "verifier")
    page.wait_for_url(re.compile(rf"/cases/{case.number}/"))
    expect(page.locator(".kept")).to_contain_text("已经填回来；原件要重选")
    expect(page.locator("#id_finding")).to_have_value(LONG)
    expect(page.locator("#id_nature")).to_have_value("record")
    expect(page.locator("#id_primary")).to_be_checked()
    page.get_by_role("button", name=re.compile("存为证据")).click()
    expect(page.locator("#banner")).to_contain_text("已添加证据")
    page.reload()
    expect(page.locator(".kept")).to_have_count(0)


def test_a_notice_half_written_comes_back_after_a_sign_in_in_another_tab(
    desk: NightDesk, enter: Enter, db: store.Store
) -> None:
    case, who = case_of(db, "农业银行下周起取款要预约"), people(db)["verifier"]
    words = first_draft.write(db, case, OfficeConfig(), store.now())
    notice = notices.start(db, case.id, words, by=who)
    page = enter("verifier", f"/notices/{notice.id}/")
    page.fill("#id_closing", LONG)
    signed_out(page)
    other = page.context.new_page()
    other.goto(f"{desk.address}/login/")
    sign_in(other, desk, "verifier")
    other.wait_for_url(re.compile("/queue/"))
    page.get_by_role("button", name=re.compile("存为新稿")).click()
    expect(page.locator("h1")).to_have_text("表单过期了")
    expect(page.locator("main")).to_contain_text(LONG)
    page.get_by_role("link", name="回到刚才那一页").click()
    expect(page.locator("#id_closing")).to_have_value(LONG)
    page.get_by_role("button", name=re.compile("存为新稿")).click()
    expect(page.locator("#banner")).to_contain_text(f"已存为第 {notice.revision + 1} 稿")
    expect(page.locator(".kept")).to_have_count(0)


def test_what_another_wrote_meanwhile_is_not_written_over(enter: Enter, db: store.Store) -> None:
    case = case_of(db, "农业银行下周起取款要预约")
    page = enter("verifier", f"/cases/{case.number}/")
    page.keyboard.press("i")
    page.fill("#id_claim", "我改的：农业银行取款都要预约")
    cases.reword(db, case.id, claim="同事改的：取款要预约", by=people(db)["colleague"])
    page.reload()
    expect(page.locator("#id_claim")).to_have_value("同事改的：取款要预约")
    expect(page.locator(".kept")).to_contain_text("我改的：农业银行取款都要预约")
    page.get_by_role("button", name="不要了").click()
    page.reload()
    expect(page.locator(".kept")).to_have_count(0)


def test_answers_put_aside_come_back_to_their_officer_and_nobody_else(
    enter: Enter, db: store.Store
) -> None:
    case = case_of(db, "三号线隧道渗水")
    cases.claim(db, case.id, by=people(db)["verifier"])
    path = f"/cases/{case.number}/verdict/"
    page = enter("verifier", path)
    page.keyboard.press("4")
    page.fill("#id_ground", LONG)
    page.get_by_role("link", name="存着不交").click()
    page.wait_for_url(re.compile(rf"/cases/{case.number}/$"))
    page.keyboard.press("v")
    page.wait_for_url(re.compile("/verdict/"))
    expect(page.locator("input[name=literal][value=unknown]")).to_be_checked()
    expect(page.locator("#id_ground")).to_have_value(LONG)
    kept = page.context.storage_state()["origins"][0]["localStorage"]
    cases.release(db, case.id, by=people(db)["verifier"])
    cases.claim(db, case.id, by=people(db)["colleague"])
    other = enter("colleague", "/queue/")
    other.evaluate("all => all.forEach(each => localStorage.setItem(each.name, each.value))", kept)
    other.goto(page.url)
    expect(other.locator("#id_ground")).to_have_value("")
    assert verdicts.current(db, case.id) is None


def test_a_step_that_came_too_late_shows_what_was_written_and_leads_back(
    enter: Enter, db: store.Store
) -> None:
    case = case_of(db, "抢小孩")
    cases.claim(db, case.id, by=people(db)["verifier"])
    page = enter("verifier", f"/cases/{case.number}/verdict/", java_script_enabled=False)
    page.check("input[name=literal][value=unknown]")
    page.check("input[name=hazard][value=unknown]")
    page.fill("#id_ground", LONG)
    cases.release(db, case.id, by=people(db)["verifier"])
    page.get_by_role("button", name=re.compile("提交核定")).click()
    expect(page.locator("main")).to_contain_text(LONG)
    assert verdicts.current(db, case.id) is None
