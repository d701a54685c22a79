"""The first screen of a full queue: it orders, in words and in numbers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from models import store
from models.casework import opening
from models.harm import Topic
from models.ranking.line import Line
from models.store import Store
from tests import case_steps
from tests.browser.pages import Enter
from tests.seeded_desk import NightDesk

pytestmark = pytest.mark.browser
SCREEN = 11  # rows that are in sight at 1366 x 768


def fill(db: Store) -> None:
    """Sixty claims at once, all of which scored .95 or more: a night on which something happens."""
    topics = (Topic.OTHER, Topic.EPIDEMIC, Topic.SCHOOL, Topic.FOOD)
    found = [
        case_steps.cluster_of(
            db, (f"{n}号楼的人都说今晚不要出门",), topics[n % 4], 0.95 + 0.049 * n / 60
        )
        for n in range(60)
    ]
    opening.refresh_many(db, found, dict.fromkeys(found, "说法"), Line.at(0.5))


def test_the_first_screen_of_a_full_queue_tells_its_rows_apart(
    enter: Enter, desk: NightDesk
) -> None:
    with store.using(desk.config.store) as db:
        fill(db)
    page = enter()
    rows = page.locator("[data-item]")
    expect(rows.nth(SCREEN)).to_be_attached()

    def told(part: str, count: int) -> list[str]:
        return [text.strip() for text in page.locator(f"[data-item] {part}").all_inner_texts()][
            :count
        ]

    numbers = told(".row-need span", SCREEN)
    assert all(number.startswith("每百 ") for number in numbers)
    assert len(set(numbers)) >= 7, numbers
    levels = told(".row-priority b", 50)
    assert len(set(levels[:SCREEN])) >= 2 and len(set(levels)) >= 3, levels
    assert levels.count("紧急") < SCREEN
    assert len(set(told(".row-left .sla", SCREEN))) >= 3
    expect(page.locator(".statusbar, footer")).to_contain_text("今晚的线 每百 1，照每晚约 200 案")


def test_what_is_left_stays_in_one_line_on_a_phone(enter: Enter) -> None:
    page = enter("monitor", "/today/", width=390, height=844)
    left = page.locator(".lines .sla")
    expect(left.first).to_be_visible()
    assert max(box["height"] for each in left.all() if (box := each.bounding_box())) < 30
