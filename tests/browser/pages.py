"""Words for what browser tests hand around, and what a hand does on more than one page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Error, Locator, Page

from tests.waiting import until

Enter = Callable[..., Page]  # (officer, path, width=, height=, options of a browser context)
SignedIn = Callable[[str], Any]


def press_having_looked(page: Page, name: str) -> None:
    """Press the button until it has done its work: review and approval want every part of a notice
    to have been on the screen, and each press leads to one that was not."""
    button = page.get_by_role("button", name=name)
    unseen = page.locator("[data-mustsee] [data-part]:not(.seen)")
    while _count(button):
        left = _count(unseen)
        button.click()
        until(lambda left=left: not _count(button) or _count(unseen) < left, f"{name}: no effect")


def _count(found: Locator) -> int:
    """How many there are; of a page that is just changing, many."""
    try:
        return found.count()
    except Error:
        return 99


def fits(page: Page) -> bool:
    """Whether nothing runs off the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
