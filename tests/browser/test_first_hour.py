"""What a newcomer does first: says something on the sample forum, and finds it on the desk."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import running_desk, waiting
from tests.browser.conftest import LIMIT
from tests.running_demo import demo

pytestmark = pytest.mark.browser

SAID = "紧急通知：石桥水厂被人投毒，全城自来水不能喝了，医院已经收了几十个中毒的，赶紧转发给家里人"


def stands(page: Page, queue: str) -> bool:
    """Whether the queue shows the post: opened anew, as it never moves rows under a hand."""
    page.goto(queue)
    return SAID[5:13] in page.locator("main").inner_text()


def test_a_post_made_on_the_forum_in_a_browser_comes_to_the_desk(
    chromium: Browser, tmp_path: Path
) -> None:
    with demo(tmp_path / "demo", running_desk.free_ports(3)) as log:
        said = log.read_text("utf-8")
        desk, site, forum = re.findall(r"^  \S+ .*?(http://\S+)$", said, re.MULTILINE)
        (password,) = re.findall(r"password +(\S+)", said)
        page = chromium.new_page()
        page.set_default_timeout(LIMIT)
        page.goto(forum)
        page.fill("#text", SAID)
        page.click("form.card button")
        expect(page.get_by_text(SAID).first).to_be_visible()  # its own page, and no refusal
        page.goto(f"{desk}login/")
        page.fill("[name=username]", "zhiban")
        page.fill("[name=password]", password)
        page.get_by_role("button", name="登录").click()
        expect(page).not_to_have_url(re.compile("/login/"))
        waiting.until(lambda: stands(page, f"{desk}queue/"), "the post is not in the queue")
        page.screenshot(path=tmp_path / "queue.png")
        page.goto(site)
        expect(page.locator("h1").first).to_be_visible()
        page.close()
