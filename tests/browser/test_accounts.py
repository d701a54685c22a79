"""A forgotten password, as its owner and the administrator go through it: code, new password, seen."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.seeded_desk import NightDesk

NEW = "another night, another desk"


def shoot(page: Page, name: str) -> None:
    """A picture for the eye, where PIYAO_SHOTS names a folder."""
    if folder := os.environ.get("PIYAO_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def enter(page: Page, name: str, password: str) -> None:
    page.goto("/login/")
    page.fill("#id_username", name)
    page.fill("#id_password", password)
    page.press("#id_password", "Enter")


def test_a_reset_from_the_administrator_to_the_owner(chromium: Browser, desk: NightDesk) -> None:
    size = {"width": 1280, "height": 800}
    office = chromium.new_context(base_url=desk.address, viewport=size).new_page()
    enter(office, "admin", desk.password)
    expect(office.locator("#clock")).to_be_visible()
    office.goto("/accounts/")
    row = office.locator("tr", has_text="monitor")
    row.get_by_role("button", name="重设密码").click()
    code = office.locator(".banner b.nb").inner_text()
    expect(office.locator("tr", has_text="monitor")).to_contain_text("等本人换密码")
    shoot(office, "accounts")

    page = chromium.new_context(base_url=desk.address, viewport=size).new_page()
    enter(page, "monitor", desk.password)
    expect(page.locator(".wrongsummary")).to_contain_text("登录名或密码不对")
    shoot(page, "login")
    enter(page, "monitor", code)
    expect(page.get_by_role("heading", name="先换成自己的密码")).to_be_visible()
    shoot(page, "choose")
    page.goto("/queue/")
    expect(page.get_by_role("heading", name="先换成自己的密码")).to_be_visible()
    page.fill("#id_new", NEW)
    page.fill("#id_again", NEW)
    page.press("#id_again", "Enter")
    expect(page.locator("#banner")).to_contain_text("重设了你的密码")
    shoot(page, "told")
    page.get_by_role("button", name="看到了").click()
    expect(page.locator("#banner")).not_to_contain_text("重设了你的密码")
    page.goto("/password/")
    expect(page.locator("main")).to_contain_text("重设了你的密码")
    shoot(page, "password")
    page.get_by_text("值班 03").first.click()
    page.get_by_role("button", name="退出").click()
    for n in range(6):
        enter(page, "monitor", f"wrong {n}")
    expect(page.locator(".wrongsummary")).to_contain_text("后再试")
    shoot(page, "waiting")
