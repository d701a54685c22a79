"""The queue under an officer's hands, in a real Chromium against the real server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from models import store
from models.casework import cases
from models.casework.records import CaseState
from models.harm import Topic
from tests import seeded_night
from tests.browser.pages import Enter
from tests.seeded_desk import NightDesk

pytestmark = pytest.mark.browser


def test_control_enter_signs_in(enter: Enter, desk: NightDesk) -> None:
    page = enter("", "/login/")
    page.fill("#id_username", "monitor")
    page.fill("#id_password", desk.password)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("/queue/"))


def current(page: Page) -> str:
    return page.locator("[data-item][aria-current]").get_attribute("id") or ""


def test_j_and_k_move_focus_selection_and_preview_and_enter_opens(enter: Enter) -> None:
    page = enter()
    rows = page.locator("[data-item]")
    expect(rows.nth(0)).to_have_attribute("aria-current", "true")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    expect(page.locator(".preview-claim")).to_contain_text("东渡桥下游河堤渗水")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(rows.nth(1)).to_have_attribute("aria-current", "true")
    expect(rows.nth(0)).to_have_attribute("tabindex", "-1")
    expect(page.locator("#place")).to_have_text(re.compile(r"第 2 / \d+ 条"))
    for _ in range(15):
        page.keyboard.press("j")
    expect(page.locator("[data-item][aria-current]")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/cases/J-"))
    page.go_back()
    expect(page.locator("[data-item][aria-current]")).to_have_count(1)
    assert "case=" in page.url


def test_keys_rest_in_fields_while_composing_and_with_modifiers(enter: Enter) -> None:
    page = enter()
    before = current(page)
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("jkc?")
    expect(page.locator("#search")).to_have_value("jkc?")
    assert current(page) == before and not page.locator("#keysheet").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+j")
    page.keyboard.press("Alt+j")
    press = "e => document.body.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, ...e}))"
    page.evaluate(press, {"key": "j", "code": "KeyJ", "isComposing": True})
    assert current(page) == before
    page.evaluate(press, {"key": "Process", "code": "KeyJ"})
    assert current(page) != before, "a Chinese input mode reports Process outside fields"
    page.evaluate(press, {"key": "？", "code": "Slash", "shiftKey": True})
    expect(page.locator("#keysheet")).to_be_visible()
    at = current(page)
    page.keyboard.press("j")
    assert current(page) == at, "only the dialog's keys work while it is open"
    page.keyboard.press("Escape")
    expect(page.locator("#keysheet")).not_to_be_visible()


def test_g_then_a_letter_goes_elsewhere(enter: Enter) -> None:
    page = enter()
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url(re.compile("/sources/"))
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.wait_for_url(re.compile("/queue/"))


def test_d_and_a_digit_dismiss_move_on_and_z_takes_it_back(enter: Enter, db: store.Store) -> None:
    page = enter("monitor", "/queue/?q=门票")
    page.goto(page.url.split("?")[0])
    row = page.locator("[data-item]", has_text="南湖公园周末要收门票")
    row.click()
    expect(page.locator(".preview-claim")).to_contain_text("南湖公园")
    following = page.locator("[data-item]").nth(
        page.locator("[data-item]").evaluate_all(
            "rows => rows.findIndex(row => row.hasAttribute('aria-current'))"
        )
        + 1
    )
    page.keyboard.press("d")
    expect(page.locator("#dismiss")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator("#undo")).to_contain_text("已不立案")
    expect(page.locator("#dismiss[open]")).to_have_count(0)
    expect(following).to_be_focused()
    case_id = int((row.get_attribute("id") or "row-0")[4:])
    assert cases.get(db, case_id).state is CaseState.DISMISSED
    assert row.locator(".gone").count() == 1, "the row stays where it was, greyed"
    page.keyboard.press("z")
    expect(page.locator("#undo")).to_contain_text("已撤销")
    expect(row).to_be_focused()
    assert cases.get(db, case_id).state is CaseState.WAITING


def test_c_claims_and_opens(enter: Enter, db: store.Store) -> None:
    page = enter("colleague")
    page.locator("[data-item]", has_text="农业银行下周起取款要预约").click()
    expect(page.locator(".preview-claim")).to_contain_text("农业银行")
    page.keyboard.press("c")
    page.wait_for_url(re.compile(r"/cases/J-"))
    number = page.url.rstrip("/").split("/")[-1]
    assert cases.by_number(db, number).state is CaseState.VERIFYING


def test_who_comes_second_is_told_in_a_banner_and_keeps_the_list(
    enter: Enter, db: store.Store
) -> None:
    page = enter()
    page.locator("[data-item]", has_text="高速路口今晚查").click()
    expect(page.locator(".preview-claim")).to_contain_text("高速路口")
    case_id = int(current(page)[4:])
    cases.claim(db, case_id, by=seeded_night.people(db)["colleague"])
    page.keyboard.press("c")
    expect(page.locator("#banner")).to_contain_text("核查 05")
    assert current(page) == f"row-{case_id}" and "/queue/" in page.url


def test_new_cases_wait_behind_the_pill_and_the_row_keeps_its_place(
    enter: Enter, db: store.Store, desk: NightDesk
) -> None:
    page = enter()
    for _ in range(12):
        page.keyboard.press("j")
    at = current(page)
    expect(page.locator(f"#{at}")).to_be_focused()
    order = page.locator("[data-item]").evaluate_all("rows => rows.map(row => row.id)")
    story = seeded_night.Story(
        (("西站今早全部停运，原因不明", 40),), Topic.DISASTER, 0.99, 30, 1, 36
    )
    seeded_night.open_case(db, story, seeded_night.NIGHT)
    page.evaluate(
        "htmx.ajax('GET', document.getElementById('poll').getAttribute('hx-get'), {target: '#poll', swap: 'outerHTML'})"
    )
    expect(page.locator("#newpill")).to_contain_text("新到 1 条")
    assert page.locator("[data-item]").evaluate_all("rows => rows.map(row => row.id)") == order
    expect(page.locator(f"#{at}")).to_be_focused()
    top = page.locator(f"#{at}").evaluate("row => row.getBoundingClientRect().top")
    with page.expect_navigation():
        page.keyboard.press(".")
    expect(page.locator(f"#{at}")).to_have_attribute("aria-current", "true")
    after = page.locator(f"#{at}").evaluate("row => row.getBoundingClientRect().top")
    assert abs(after - top) <= 1
    expect(page.locator("[data-item]", has_text="西站今早全部停运")).to_have_count(1)


def test_rows_looked_at_turn_grey_and_changed_ones_carry_a_dot(
    enter: Enter, db: store.Store
) -> None:
    page = enter("verifier")
    row = page.locator("[data-item]", has_text="石桥中学明天停课")
    row.click()
    expect(row).to_have_class(re.compile("seen"))
    case_id = int((row.get_attribute("id") or "row-0")[4:])
    who = seeded_night.people(db)["monitor"]
    cases.claim(db, case_id, by=who)
    cases.release(db, case_id, by=who)
    page.reload()
    expect(row).to_have_class(re.compile("changed"))


def test_the_theme_follows_the_system_and_a_click_keeps_the_other(enter: Enter) -> None:
    page = enter(color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(17, 22, 27)"
    page.click("#theme")
    assert page.evaluate(ground) == "rgb(243, 244, 241)"
    page.reload()
    assert page.evaluate(ground) == "rgb(243, 244, 241)"


def test_the_queue_works_without_javascript(enter: Enter, db: store.Store) -> None:
    page = enter("verifier", java_script_enabled=False)
    page.locator("[data-item]", has_text="三号线隧道渗水").click()
    expect(page.locator(".preview-claim")).to_contain_text("三号线隧道渗水")
    page.get_by_role("link", name=re.compile("不立案 ?d")).click()
    page.get_by_role("button", name=re.compile("影响很小")).click()
    expect(page.locator("#undo")).to_contain_text("已不立案")
    page.get_by_role("button", name=re.compile("撤销")).click()
    expect(page.locator("#banner")).to_contain_text("已撤销")
    page.locator("[data-item]", has_text="三号线隧道渗水").click()
    page.get_by_role("button", name=re.compile("认领并打开")).click()
    page.wait_for_url(re.compile(r"/cases/J-"))


def test_a_phone_shows_one_column_and_nothing_runs_off_the_side(enter: Enter) -> None:
    page = enter(width=390, height=844, is_mobile=True, has_touch=True)
    expect(page.locator(".phonebar")).to_be_visible()
    expect(page.locator(".preview")).not_to_be_visible()
    expect(page.locator(".statusbar")).not_to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    heights = page.locator(".phonebar a").evaluate_all("all => all.map(a => a.offsetHeight)")
    assert min(heights) >= 48
    page.locator("[data-item]").first.tap()
    page.wait_for_url(re.compile(r"/cases/J-"))


@pytest.mark.parametrize(
    "path", ["/queue/", "/sources/", "/today/", "/audit/", "/model/", "/queue/below/"]
)
def test_at_double_zoom_pages_need_no_sideways_scrolling(enter: Enter, path: str) -> None:
    page = enter(path=path, width=683, height=384)
    assert page.evaluate("document.documentElement.scrollWidth") <= 683


def test_hostile_text_never_becomes_markup(enter: Enter, db: store.Store) -> None:
    text = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>全城停电"
    story = seeded_night.Story(((text, 25),), Topic.SAFETY, 0.98, 20, 1, 20)
    case = seeded_night.open_case(db, story, seeded_night.NIGHT)
    page = enter(path=f"/queue/?case={case.id}")
    expect(page.locator(".preview-claim")).to_contain_text("<img src=x")
    assert page.locator(".rows img, .preview img, .rows script").count() == 0
    assert page.title() != "owned"


def test_the_first_load_stays_under_its_limit(enter: Enter, chromium: Browser) -> None:
    page = enter()
    sizes = page.evaluate(
        "[performance.getEntriesByType('navigation')[0], ...performance.getEntriesByType('resource')]"
        ".map(e => [e.name, e.transferSize])"
    )
    total = sum(size for _, size in sizes)
    assert 20_000 < total <= 120_000, sizes


def test_icons_of_the_sprite_are_drawn_under_the_policy(enter: Enter) -> None:
    page = enter()
    chip = page.locator(".chip.due").first
    with_icon = chip.screenshot()
    chip.locator("use").evaluate("use => use.remove()")
    assert chip.screenshot() != with_icon


def test_the_folder_of_the_desk_is_private(desk: NightDesk) -> None:
    assert Path(desk.config.data_dir).stat().st_mode & 0o077 == 0
