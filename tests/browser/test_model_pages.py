"""What an officer does with the classifier's side of the desk, in a real Chromium: finds a calm
warning that scored low, reads the two questions, sees that the scores have changed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from models import store
from models.casework import cases, queue
from models.harm import Topic
from models.learning import withdrawals
from models.people import officers
from tests import score_history, seeded_night
from tests.browser.pages import Enter, fits
from tests.seeded_desk import NightDesk, running

pytestmark = pytest.mark.browser
WARNING = "我家住坝下面，今早看到坝脚渗水比昨天又大了，水是浑的"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NightDesk]:
    with running(tmp_path_factory.mktemp("model")) as made:
        db = store.open(made.config.store)
        score_history.weeks(db, seeded_night.NIGHT, score_history.CHANGED)
        score_history.low(db, seeded_night.NIGHT, WARNING, 0.95, Topic.DISASTER, 0.12)
        for n in range(3):
            score_history.low(
                db, seeded_night.NIGHT, f"我们{n}号楼楼下今天又有煤气味，物业说没事", 0.65
            )
        db.conn.execute(
            "UPDATE cases SET checkable = 0.82, dubious = 0.55, unfamiliar = 1, model = '2026-11'"
            " WHERE id = ?",
            [queue.cases(db)[0].id],
        )
        db.close()
        yield made


def test_a_calm_warning_is_found_and_opened_by_keys(enter: Enter) -> None:
    page = enter("monitor", "/queue/")
    page.get_by_role("link", name="现场与预警").first.click()
    expect(page.get_by_role("heading", name="现场与预警")).to_be_visible()
    first = page.locator("[data-item]").first
    expect(first).to_contain_text("坝脚渗水")
    page.keyboard.press("j")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="没到立案线的说法")).to_be_visible()
    page.keyboard.press("c")
    page.wait_for_url(re.compile("/cases/"))
    expect(page.locator(".whyline")).to_contain_text("人工立案")
    page.goto(page.url.split("/cases/")[0] + "/queue/below/")
    expect(page.locator("body")).not_to_contain_text("坝脚渗水")


def test_the_two_questions_are_read_in_the_preview_and_on_the_case(enter: Enter) -> None:
    page = enter("verifier", "/queue/")
    for _ in range(2):
        told = page.locator(".twoquestions").first
        expect(told).to_contain_text("可核查的说法")
        expect(told).to_contain_text("写法与已判不实的信息相像")
        expect(told).to_contain_text("模型没见过这样的内容，别只凭分数")
        expect(page.locator("body")).to_contain_text("模型 2026-11")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/cases/"))


@pytest.mark.parametrize(("scheme", "width"), [("light", 1366), ("dark", 1366), ("light", 390)])
def test_the_changed_scores_are_said_first_and_every_chart_has_its_table(
    enter: Enter, scheme: str, width: int
) -> None:
    page = enter("viewer", "/today/", width=width, color_scheme=scheme)
    page.get_by_role("link", name="打分变了，要看").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("打分分布变了：PSI")
    expect(page.get_by_role("img")).to_have_count(2)
    tables = page.locator("details.datatable > summary")
    for n in range(2):
        tables.nth(n).focus()
        page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="0.9 – 1.0")).to_be_visible()
    expect(page.get_by_role("columnheader", name="值得核查")).to_be_visible()
    assert fits(page)
    expect(page.locator("body")).not_to_contain_text("谣言")


def test_the_model_is_one_chord_away(enter: Enter) -> None:
    page = enter("publisher", "/queue/")
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url(re.compile("/model/"))
    expect(page.locator("nav.tabs [aria-current]")).to_have_text("模型")


@pytest.mark.parametrize(("script", "width"), [(True, 1366), (False, 390)])
def test_a_lesson_is_taken_out_on_its_case_and_put_back_from_the_list(
    desk: NightDesk, enter: Enter, script: bool, width: int
) -> None:
    with store.using(desk.config.store) as db, seeded_night.at(seeded_night.NIGHT):
        who = {officer.username: officer for officer in officers.all(db)}
        case = cases.dismiss(
            db, queue.cases(db, "todo")[-1].id, reason="trivial", by=who["monitor"]
        )
        page = enter("verifier", f"/cases/{case.number}/", width=width, java_script_enabled=script)
        line = page.locator("#lesson")
        expect(line).to_contain_text("这条结论是模型的样例：这样的说法不用核查")
        line.locator("summary").click()
        line.get_by_label("为什么不该作样例").fill("其实影响不小")
        line.get_by_role("button", name="撤下样例").click()
        expect(line).to_contain_text("不作样例：核查 07 撤下")
        expect(page.locator("#log")).to_contain_text("撤下样例：其实影响不小")
        assert withdrawals.of_case(db, case.id)
        assert fits(page)
        page.goto(f"{desk.address}/model/")
        assert fits(page)
        row = page.locator("#withdrawn li").filter(has_text=case.number)
        expect(row).to_contain_text("核查 07")
        expect(row).to_contain_text("其实影响不小")
        row.get_by_role("button", name="放回").click()
        page.wait_for_url(re.compile("/model/#withdrawn"))
        expect(row).to_have_count(0)
        assert withdrawals.of_case(db, case.id) is None
