"""What every browser test may ask for: one Chromium and one desk a file, and pages signed in.

A file that wants another desk than the seeded one defines its own fixture ``desk``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from models import store
from tests.browser.pages import Enter, SignedIn
from tests.running_desk import RunningDesk
from tests.seeded_desk import NightDesk, running
from tests.waiting import HANG

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LIMIT = HANG * 400  # milliseconds

expect.set_options(timeout=LIMIT)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless; closed after each file, because an open playwright keeps an
    event loop in this thread, under which Django refuses to touch its tables."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=ARGUMENTS, timeout=LIMIT
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NightDesk]:
    """The seeded desk, in a process of its own."""
    with running(tmp_path_factory.mktemp("desk")) as made:
        yield made


@pytest.fixture
def db(desk: NightDesk | RunningDesk) -> Iterator[store.Store]:
    """The desk's store, to look behind its pages."""
    with store.using(desk.config.store) as opened:
        yield opened


@pytest.fixture(scope="module")
def signed_in(chromium: Browser, desk: NightDesk | RunningDesk) -> SignedIn:
    """The state of a browser in which an officer has signed in; each signs in once a file."""
    kept: dict[str, Any] = {}

    def of(name: str) -> Any:
        if name not in kept:
            context = chromium.new_context(locale="zh-CN")
            page = context.new_page()
            page.set_default_timeout(LIMIT)
            page.goto(desk.address + "/login/")
            page.fill("#id_username", name)
            page.fill("#id_password", desk.password)
            page.press("#id_password", "Enter")
            expect(page).not_to_have_url(re.compile("/login/"))
            kept[name] = context.storage_state()
            context.close()
        return kept[name]

    return of


@pytest.fixture
def enter(chromium: Browser, desk: NightDesk | RunningDesk, signed_in: SignedIn) -> Iterator[Enter]:
    """Opens a page of the desk as an officer, "" for nobody. Fails the test where a script breaks
    or asks something, or where the page's policy refuses what it holds."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(name: str = "monitor", path: str = "/queue/", **options: Any) -> Page:
        size = {"width": options.pop("width", 1366), "height": options.pop("height", 768)}
        state = signed_in(name) if name else None
        context = chromium.new_context(
            locale="zh-CN", viewport=size, storage_state=state, **options
        )
        contexts.append(context)
        context.set_default_timeout(LIMIT)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if _broken(line) else None)
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.goto(desk.address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong


def _broken(line: Any) -> bool:
    """An error of the console, but for answers such as 409 that a test asks for itself, for a
    picture that waits for its turn to be drawn (503 with a picture that says so), and for what htmx
    says of a preview that was given up because the next row is looked at."""
    turn = "/image.png" in line.location.get("url", "") and "status of 503" in line.text
    asked = re.search(r"(status of|Error Code) 4\d\d", line.text)
    given_up = "/htmx" in line.location.get("url", "") and re.match(
        "htmx:(sendAbort|afterRequest)", line.text
    )
    return line.type == "error" and not asked and not turn and not given_up
