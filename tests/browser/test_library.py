"""Known claims in a real Chromium: nothing that a source wrote pushes the page out of its frame."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from models import store
from models.casework import queue
from models.known import claims, imports, likeness
from models.known.claims import Standing
from models.known.imports import Given
from models.known.likeness import Match, Relation
from tests.browser.pages import Enter
from tests.seeded_desk import NightDesk, running

pytestmark = pytest.mark.browser
ENDLESS = Given(
    "浙BL1284的车从武汉回到东渡" * 12, Standing.FALSE, "1", ("w" * 300,), "t" * 600, source="s" * 60,
    url="https://dongdu.example/12", dated="2026-02-01",
)  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NightDesk]:
    with running(tmp_path_factory.mktemp("library")) as made:
        with store.using(made.config.store) as db:
            imports.put(db, "n" * 40, [ENDLESS])
            match = Match(claims.search(db)[0].id, 0.71, Relation.ELSEWHERE)
            likeness.link(db, queue.cases(db)[0].id, [match], claims.edition(db))
        yield made


def beyond(page: Page, within: str) -> list[str]:
    """Texts under ``within`` that reach beyond its right edge."""
    return page.eval_on_selector(
        within,
        """box => { const edge = box.getBoundingClientRect().right + 1, out = [],
            texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT), range = new Range();
            while (texts.nextNode()) { range.selectNodeContents(texts.currentNode);
                if (!texts.currentNode.parentElement.closest(".unseen") && [...range.getClientRects()].some(r => r.right > edge))
                    out.push(texts.currentNode.data.slice(0, 40)); }
            return out; }""",
    )


@pytest.mark.parametrize("width", [390, 1366])
def test_long_words_of_a_source_stay_inside(enter: Enter, db: store.Store, width: int) -> None:
    page = enter("verifier", "/library/", width=width, height=800)
    assert not beyond(page, ".tablepanel")
    page.goto(page.url.replace("/library/", f"/cases/{queue.cases(db)[0].number}/"))
    assert not beyond(page, ".alike")
    said = page.locator(".wordingtext").first.bounding_box()
    assert said and said["width"] > 250
