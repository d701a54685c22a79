"""The pages of the public site as a validator reads them: headings in order, structured data whole."""

from __future__ import annotations

import dataclasses
import json
import struct
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import html

from models import folders
from models.casework.records import NoticeKind
from models.config import PublicConfig
from models.outcome import Outcome
from models.publishing.records import NoticeState
from notices.channels import pages
from notices.channels.site import Site
from notices.forms import image
from tests.notice_records import OFFICE, notice, page

BASE = "https://jz.example"
OPEN = notice(
    number="〔2026〕86 号", kind=NoticeKind.VERIFYING, outcome=None, title="关于网传“河堤渗水”一事"
)
OF_EACH_KIND = [
    (OPEN, "J-2"),
    (notice(), "J-1"),
    (notice(number="〔2026〕85 号", outcome=Outcome.OUTDATED), "J-2"),  # the result of 86
    (notice(number="〔2026〕84 号", kind=NoticeKind.STATEMENT), "J-4"),
    (notice(number="〔2026〕83 号", kind=NoticeKind.CONFIRMATION, outcome=Outcome.TRUE), "J-5"),
    (notice(number="〔2026〕82 号"), "J-6"),
    (notice(number="〔2026〕81 号", kind=NoticeKind.VERIFYING, outcome=None), "J-7"),
]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site with a notice of each kind, a correction, a retraction and a result."""
    monkeypatch.setattr(image, "pngs", lambda *_, **__: [b"\x89PNG"])
    site = Site(PublicConfig(BASE, tmp_path / "site"), OFFICE)
    for made, case in OF_EACH_KIND:
        site.publish(page(made, case=case))
    fresh = dataclasses.replace(notice(), revision=2, title="没有这样的车辆返回白兔潭")
    site.publish(page(fresh, case="J-1", reason="看错一字。"))
    gone = notice(number="〔2026〕82 号", state=NoticeState.RETRACTED, retracted_for="证据有误")
    site.publish(page(gone, case="J-6", kind="retract", reason="证据有误"))
    return site.folder.root


def trees(root: Path) -> dict[str, html.HtmlElement]:
    return {
        path.relative_to(root).as_posix(): html.fromstring(path.read_text())
        for path in root.rglob("*.html")
    }


def test_headings_follow_one_another_on_every_page(root: Path) -> None:
    found = trees(root)
    assert {"index.html", "all.html", "corrections.html", "404.html"} <= set(found)
    assert "本通告已撤回" in found["n/2026-82.html"].text_content()
    assert "核实已有结果" in found["n/2026-86.html"].text_content()
    assert "本通告已更正" in found["n/2026-87.html"].text_content()
    for name, tree in found.items():
        levels = [int(e.tag[1]) for e in tree.iter("h1", "h2", "h3", "h4", "h5", "h6")]
        assert levels[0] == 1 and levels.count(1) == 1, (name, levels)
        for before, after in zip(levels, levels[1:], strict=False):
            assert after <= before + 1, (name, levels)


def test_every_label_of_a_section_is_there(root: Path) -> None:
    for name, tree in trees(root).items():
        for labelled in tree.xpath("//@aria-labelledby"):
            (label,) = tree.xpath(f"//*[@id='{labelled}']")
            assert label.text_content().strip(), name


def test_the_page_for_a_wrong_address_can_be_shown_at_any_address(root: Path) -> None:
    tree = html.fromstring((root / folders.NOT_FOUND).read_text())
    assert "没有这一页" in tree.text_content() and tree.xpath("//meta[@content='noindex']")
    for target in tree.xpath("//@href[. != '#main']"):
        assert target.startswith("/") and (root / target[1:].partition("#")[0]).is_file(), target
    below = html.fromstring(pages.not_found(OFFICE, "/site/").decode())
    assert all(target.startswith("/site/") for target in below.xpath("//@href[. != '#main']"))


# ---- structured data: what schema.org and its largest reader require and recommend ------------------

ARTICLE = {"headline", "image", "datePublished", "dateModified", "author", "publisher", "mainEntityOfPage", "url", "inLanguage"}  # fmt: skip
REVIEW = {"claimReviewed", "reviewRating", "itemReviewed"}


def absolute(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" and f"{parts.scheme}://{parts.netloc}" == BASE


def structured(root: Path) -> dict[str, dict[str, Any]]:
    return {
        name: json.loads(tree.xpath("//script")[0].text)
        for name, tree in trees(root).items()
        if name.startswith("n/")
    }


def test_every_article_carries_what_a_validator_asks_for(root: Path) -> None:
    kinds = set()
    for name, found in structured(root).items():
        kinds.add(found["@type"])
        assert set(found) >= ARTICLE | (REVIEW if found["@type"] == "ClaimReview" else set()), name
        assert found["@context"] == "https://schema.org" and len(found["headline"]) <= 110
        assert found["url"] == found["mainEntityOfPage"] == f"{BASE}/{name}"
        assert found["datePublished"] <= found["dateModified"]
        for address in found["image"]:
            assert absolute(address) and (root / urlsplit(address).path[1:]).is_file(), address
        for who in (found["author"], found["publisher"]):
            assert who["@type"] == "Organization" and who["name"] and absolute(who["url"])
        logo = found["publisher"]["logo"]
        assert logo["@type"] == "ImageObject" and absolute(logo["url"])
        picture = (root / urlsplit(logo["url"]).path[1:]).read_bytes()
        assert struct.unpack(">II", picture[16:24]) == (logo["width"], logo["height"])
    assert kinds == {"Article", "ClaimReview"}


def test_a_review_has_its_rating_on_its_scale(root: Path) -> None:
    for found in structured(root).values():
        if found["@type"] == "ClaimReview":
            rating = found["reviewRating"]
            assert rating["worstRating"] <= rating["ratingValue"] <= rating["bestRating"]
            assert rating["alternateName"] and found["itemReviewed"]["@type"] == "Claim"


def test_a_site_of_before_gets_its_new_files_before_its_next_notice(tmp_path: Path) -> None:
    site = Site(PublicConfig(BASE, tmp_path / "site"), OFFICE)
    site.prepare()
    for name in ("404.html", "logo.png"):
        (site.folder.root / name).unlink()
        site.prepare()
        assert (site.folder.root / name).is_file()
