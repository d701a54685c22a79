"""An officer sees which other cases tell the same story, in a real Chromium, and opens one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from jobs import neighbours as job
from jobs.shared import Desk
from models import store
from models.casework import queue
from models.casework.records import Case
from models.harm import Topic
from tests import seeded_night
from tests.browser.pages import Enter, fits
from tests.browser.test_library import beyond
from tests.seeded_desk import NightDesk, running

pytestmark = pytest.mark.browser
TOLD = (
    "听说菜场来了一伙抢小孩的，开无牌面包车，丢了两个",
    "石桥镇菜场有人开无牌面包车抢小孩，已经丢了三个",
    "<b>菜场</b>没有人开无牌面包车抢小孩，丢了两个是谣" + "言" + "w" * 60,
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NightDesk]:
    with running(tmp_path_factory.mktemp("neighbours")) as made:
        with store.using(made.config.store) as db:
            for n, text in enumerate(TOLD):
                story = seeded_night.Story(((text, 3 + n),), Topic.SAFETY, 0.7, 60, 5, 3)
                seeded_night.open_case(db, story, seeded_night.NIGHT)
            job.neighbour(Desk(made.config), db)
        yield made


def case_of(db: store.Store, words: str) -> Case:
    return next(case for case in queue.cases(db) if words in case.claim)


def test_an_officer_sees_them_and_opens_the_other_case(db: store.Store, enter: Enter) -> None:
    case, other = case_of(db, "菜场有人开无牌面包车"), case_of(db, "听说菜场")
    page = enter("verifier", f"/cases/{case.number}/")
    page.locator(".casehead").get_by_role("link", name="同一件事？ 3").click()
    panel = page.get_by_role("region", name="同一件事？")
    expect(panel).to_contain_text("是不是由人定")
    expect(panel.locator(".neighbour")).to_have_count(3)
    told = {
        words: panel.locator(".neighbour", has_text=words).locator(".alike-head .end").inner_text()
        for words in ("听说", "石桥镇", "没有")
    }
    assert told["没有"] == "说法相反" and told["听说"] in ("同一说法", "相关说法")
    assert told["石桥镇"] == "同一故事，时间或数字不同"
    expect(panel).to_contain_text("<b>菜场</b>")  # as text
    assert "谣" + "言" not in panel.inner_text()
    panel.get_by_role("link", name=other.number).click()
    page.wait_for_url(re.compile(f"/cases/{other.number}/$"))
    expect(page.get_by_role("region", name="同一件事？")).to_contain_text(case.number)


def test_the_preview_of_the_queue_names_them(db: store.Store, enter: Enter) -> None:
    case, other = case_of(db, "菜场有人开无牌面包车"), case_of(db, "听说菜场")
    page = enter("monitor", f"/queue/?case={case.id}")
    part = page.locator(".preview section", has_text="同一件事？")
    expect(part).to_contain_text("待领取")
    part.get_by_role("link", name=other.number).click()
    page.wait_for_url(re.compile(f"/cases/{other.number}/$"))


@pytest.mark.parametrize("width", [390, 1366])
def test_long_words_of_a_claim_stay_inside(db: store.Store, enter: Enter, width: int) -> None:
    case = case_of(db, "菜场有人开无牌面包车")
    page = enter("viewer", f"/cases/{case.number}/", width=width, height=800)
    assert fits(page) and not beyond(page, "#neighbours")


def test_a_case_without_any_has_neither_chip_nor_panel(db: store.Store, enter: Enter) -> None:
    page = enter("verifier", f"/cases/{case_of(db, '余震').number}/")
    expect(page.get_by_text("同一件事？")).to_have_count(0)
