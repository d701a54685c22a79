"""The public site as a channel: a real folder, a real HTTP server, real kills."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import re
import signal
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import feedparser
import pytest
from lxml import html

from models.casework.records import NoticeKind
from models.config import PublicConfig
from models.outcome import Outcome
from models.publishing.records import NoticeState
from notices import words
from notices.channels import Rejected, load, pages
from notices.channels.site import Site
from notices.forms import image
from notices.page import Page
from tests.notice_records import HOSTILE, OFFICE, notice, page
from tests.waiting import HANG

BASE = "https://jz.example"
VERIFYING = notice(
    number="〔2026〕86 号",
    kind=NoticeKind.VERIFYING,
    outcome=None,
    title="关于网传“河堤渗水”一事",
    quote="东渡桥下游河堤渗水",
    findings=("11 月 25 日 02:35 开始核实。",),
)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site whose pictures are not drawn (they have their own tests): it is fast."""
    monkeypatch.setattr(image, "pngs", lambda *_, **__: [b"\x89PNG"])
    return Site(PublicConfig(BASE, tmp_path / "site"), OFFICE)


@contextmanager
def served(root: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(root)))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=HANG) as answer:
        return answer.read()


def snapshot(site: Site) -> dict[str, bytes]:
    return {
        path.relative_to(site.folder.root).as_posix(): path.read_bytes()
        for path in site.folder.root.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def read(site: Site, name: str) -> str:
    return snapshot(site)[name].decode()


def retraction(reason: str = "供电部门改了安排。") -> Page:
    made = dataclasses.replace(notice(), retracted_for=reason, state=NoticeState.RETRACTED)
    return page(made, kind="retract", reason=reason)


def json_ld(markup: str) -> dict:
    (script,) = html.fromstring(markup).xpath("//script")
    assert script.get("type") == "application/ld+json"
    return json.loads(script.text)


# ---- what a visitor gets -------------------------------------------------------------------------


@pytest.mark.slow
def test_a_published_notice_is_served_and_listed(tmp_path: Path) -> None:
    site = Site(PublicConfig(BASE, tmp_path / "site"), OFFICE)  # with real pictures
    receipt = site.publish(page())
    assert receipt.reference == f"{BASE}/n/2026-87.html"
    with served(site.folder.root) as address:
        home = get(f"{address}/").decode()
        assert 'href="n/2026-87.html"' in home and "网传不实" in home
        shown = get(f"{address}/n/2026-87.html").decode()
        for part in (
            "浙BL****",
            "网传的说法",
            "依据",
            "车辆登记答复",
            "转发这张图",
            "复制文字",
            "经过",
            "验真",
        ):
            assert part in shown
        assert "1234" not in shown
        assert get(f"{address}/n/2026-87.png").startswith(b"\x89PNG")
        assert get(f"{address}/n/2026-87-square.png").startswith(b"\x89PNG")
        assert "系不实信息" in get(f"{address}/n/2026-87.txt").decode()
        verify = get(f"{address}/v/2026-87").decode()  # the address of the QR code, no slash
        assert "有效" in verify and notice().hash in verify
        for name in ("site.css", "robots.txt", "all.html", "corrections.html"):
            assert get(f"{address}/{name}")


def test_every_link_of_every_page_leads_somewhere(site: Site) -> None:
    site.publish(page())
    site.publish(page(VERIFYING, case="J-1125-002"))
    root = site.folder.root
    for path in root.rglob("*.html"):
        tree = html.fromstring(path.read_text())
        for target in tree.xpath("//@href | //@src"):
            if target.startswith(BASE):
                continue
            name, _, part = target.partition("#")
            folder = root if name.startswith("/") else path.parent
            found = (folder / name.lstrip("/")).resolve() if name else path
            found = found / "index.html" if found.is_dir() else found
            assert found.is_file(), f"{path.name}: {target}"
            if part:
                assert html.fromstring(found.read_text()).xpath(f"//*[@id='{part}']"), target


def test_pages_are_small_and_need_neither_script_nor_style_attributes(site: Site) -> None:
    site.publish(page())
    site.publish(page(VERIFYING, case="J-2"))
    (held,) = [item for item in site._records() if item.number == notice().number]
    many = [
        dataclasses.replace(held, number=f"〔2026〕{n} 号", case=f"J-{n}") for n in range(1, 400)
    ]
    for name, content in {**snapshot(site), **pages.of_list(many, OFFICE, BASE)}.items():
        if name.endswith(".html"):
            assert len(content) <= 60_000, name
            tree = html.fromstring(content.decode())
            assert not tree.xpath("//@style | //style | //*[starts-with(name(@*), 'on')]")
            assert all(s.get("type") == "application/ld+json" for s in tree.xpath("//script"))
    assert len(snapshot(site)["site.css"]) <= 15_000


def test_the_word_stands_outside_the_office_name_nowhere(site: Site) -> None:
    site.publish(page())
    site.publish(page(VERIFYING, case="J-2"))
    site.publish(page(notice(number="〔2026〕85 号", outcome=Outcome.MISLEADING), case="J-3"))
    site.publish(page(notice(number="〔2026〕84 号", kind=NoticeKind.STATEMENT), case="J-4"))
    for name, content in snapshot(site).items():
        if "87" in name or not name.endswith((".html", ".txt", ".json", ".css")):
            continue  # 87 is 不实 and approved
        text = content.decode()
        if name.endswith(".html"):
            tree = html.fromstring(text)
            for element in tree.xpath("//*[@data-office-name]"):
                element.text = ""
            text = html.tostring(tree, encoding="unicode")
        assert not words.RUMOR.search(text), name
    for name in ("n/2026-86.html", "v/2026-86/index.html", "n/2026-84.html"):
        assert OFFICE.name not in read(site, name)  # an open claim: the short name only


# ---- structured data and feed --------------------------------------------------------------------


def test_every_notice_page_carries_structured_data(site: Site) -> None:
    site.publish(page())
    site.publish(page(VERIFYING, case="J-2"))
    found = json_ld(read(site, "n/2026-87.html"))
    assert found["@type"] == "ClaimReview" and found["reviewRating"]["ratingValue"] == 1
    open_claim = json_ld(read(site, "n/2026-86.html"))
    assert open_claim["@type"] == "Article" and "reviewRating" not in open_claim


def test_the_feed_is_valid_atom_and_tells_of_a_retraction(site: Site) -> None:
    site.publish(page())
    site.publish(page(VERIFYING, case="J-2"))
    feed = feedparser.parse(io.BytesIO(snapshot(site)["feed.atom"]))
    assert not feed.bozo and feed.version == "atom10"
    assert feed.feed.id and feed.feed.updated_parsed and feed.feed.author
    assert {entry.id for entry in feed.entries} == {
        f"{BASE}/n/2026-87.html",
        f"{BASE}/n/2026-86.html",
    }
    site.publish(retraction())
    feed = feedparser.parse(io.BytesIO(snapshot(site)["feed.atom"]))
    entry = next(entry for entry in feed.entries if "87" in entry.id)
    assert "已撤回" in entry.title and "供电部门改了安排" in entry.content[0].value


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_inert_on_the_site(site: Site, text: str) -> None:
    made = notice(title=text + "一事", findings=(text,), quote=text, closing=text)
    site.publish(page(made, place=words.outward(text), reason=text))
    for name in ("n/2026-87.html", "index.html", "all.html"):
        markup = read(site, name)
        tree = html.fromstring(markup)
        assert not tree.xpath("//img | //*[@onmouseover] | //*[@onerror]")
        assert len(tree.xpath("//script")) == (1 if name.startswith("n/") else 0)
        assert "49" not in re.sub(r"[\d-]{4,}", "", " ".join(tree.itertext()))
        for hidden in "\u202e\u200b\x00\x1b":
            assert hidden not in markup
    assert json_ld(read(site, "n/2026-87.html"))["claimReviewed"]
    feed = feedparser.parse(io.BytesIO(snapshot(site)["feed.atom"]))
    assert not feed.bozo and len(feed.entries) == 1


# ---- once, in order, never half ------------------------------------------------------------------


def test_publishing_the_same_revision_again_changes_no_byte(site: Site) -> None:
    site.publish(page())
    before = snapshot(site)
    site.publish(page())
    assert snapshot(site) == before
    assert Site(PublicConfig(BASE, site.folder.root), OFFICE).rebuild({}) == (1, [])
    assert snapshot(site) == before  # every page follows from the list alone


def test_a_retraction_keeps_the_address_and_the_old_text(site: Site) -> None:
    site.publish(page())
    site.publish(retraction())
    shown = read(site, "n/2026-87.html")
    assert shown.index("本通告已撤回") < shown.index(notice().title + "</h1>")
    assert "供电部门改了安排" in shown and "重型货车" in shown
    assert "网传不实" not in shown and json_ld(shown)["@type"] == "Article"
    assert "已撤回" in read(site, "v/2026-87/index.html")
    assert read(site, "n/2026-87.txt").startswith("【本通告已撤回】")
    assert "供电部门改了安排" in read(site, "corrections.html")


def test_nothing_goes_back_behind_a_retraction_or_a_newer_revision(site: Site) -> None:
    site.publish(page())
    site.publish(retraction())
    with pytest.raises(Rejected, match="更新的版本"):
        site.publish(page())
    assert "本通告已撤回" in read(site, "n/2026-87.html")


def test_a_correction_shows_what_changed_and_keeps_the_old_text(site: Site) -> None:
    site.publish(page())
    fresh = dataclasses.replace(
        notice(),
        revision=2,
        findings=(notice().findings[0], notice().findings[1].replace("212", "202")),
    )
    site.publish(page(fresh, reason="录入时看错一位。"))
    tree = html.fromstring(read(site, "n/2026-87.html"))
    assert [e.text_content() for e in tree.xpath("//section[@class='box']//del")] == ["212"]
    assert [e.text_content() for e in tree.xpath("//section[@class='box']//ins")] == ["202"]
    assert "采样212份" in tree.xpath("//*[@class='earlier']")[0].text_content()
    before = snapshot(site)
    site.publish(page(fresh, reason="录入时看错一位。"))
    assert snapshot(site) == before


def test_a_result_ends_the_verifying_page(site: Site) -> None:
    site.publish(page(VERIFYING))
    assert "河堤渗水" in read(site, "index.html")
    site.publish(page())
    assert "河堤渗水" not in read(site, "index.html")
    assert "核实已有结果" in read(site, "n/2026-86.html")
    site.publish(page(VERIFYING, kind="supersede", result="〔2026〕87 号"))
    receipt = site.look_up(VERIFYING.number)
    assert receipt is not None and receipt.kind == "supersede"


def test_a_retracted_result_is_a_result_no_more(site: Site) -> None:
    site.publish(page(VERIFYING))
    site.publish(page())
    site.publish(page(VERIFYING, kind="supersede", result="〔2026〕87 号"))
    site.publish(retraction())
    assert "河堤渗水" in read(site, "index.html")
    for name in ("n/2026-86.html", "v/2026-86/index.html"):
        assert "已有结果" not in read(site, name), name
        assert "2026-87" not in read(site, name), name
    site.publish(page(notice(number="〔2026〕88 号")))
    assert "河堤渗水" not in read(site, "index.html")
    assert "2026-88.html" in read(site, "n/2026-86.html")


def test_a_notice_without_a_number_is_rejected(site: Site) -> None:
    with pytest.raises(Rejected, match="没有编号"):
        site.publish(page(notice(number="")))


def test_a_character_the_font_lacks_is_rejected_before_anything_is_written(tmp_path: Path) -> None:
    site = Site(PublicConfig(BASE, tmp_path / "site"), OFFICE)
    with pytest.raises(Rejected, match="U\\+1F600"):
        site.publish(page(notice(title="没有这样的😀车辆")))
    assert not snapshot(site)


def test_a_site_before_its_first_notice_is_a_site(site: Site) -> None:
    site.prepare()
    assert "还没有发布过通告" in read(site, "index.html")
    assert not feedparser.parse(io.BytesIO(snapshot(site)["feed.atom"])).bozo


def test_the_channel_is_found_by_its_entry_point() -> None:
    assert load()["site"] is Site


def second() -> Page:
    return page(
        notice(number="〔2026〕88 号", title="城北水厂供水正常"), case="J-1125-020", place="城北"
    )


def publish_and_die(site: Site, renames: int) -> int:
    """Publish in a process of its own that is killed before its nth rename; its wait status."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    left, real = renames, os.replace

    def replace(source: Path, target: Path) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        real(source, target)

    try:
        os.replace = replace  # type: ignore[assignment]
        site.publish(second())
        os._exit(0)
    finally:
        os._exit(1)


@pytest.mark.kill
@pytest.mark.slow
def test_a_kill_at_any_write_leaves_old_or_new_and_never_half(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL between the temporary file and each rename; then the next run finishes the work."""
    monkeypatch.setattr(image, "pngs", lambda *_, **__: [b"PNG" + b"2" * 5000])
    site.publish(page())
    old = snapshot(site)
    whole = Site(PublicConfig(BASE, tmp_path / "whole"), OFFICE)
    whole.publish(page())
    whole.publish(second())
    new = snapshot(whole)
    seen_found = set()
    for n in range(1, 30):
        killed = Site(PublicConfig(BASE, tmp_path / f"kill-{n}"), OFFICE)
        killed.publish(page())
        status = publish_and_die(killed, n)
        for name, content in snapshot(killed).items():
            if ".tmp-" not in name:
                assert content in (old.get(name), new.get(name)), (n, name)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0
            break
        assert os.WTERMSIG(status) == signal.SIGKILL
        found = killed.look_up("〔2026〕88 号")  # what the outbox asks after a restart
        seen_found.add(found is not None)
        if found is None:
            killed.publish(second())
        assert snapshot(killed) == new, n
    else:
        pytest.fail("never came to the end")
    assert seen_found == {True, False}  # kills on both sides of the moment of publication
    assert n > 8


def test_two_writers_at_once_lose_nothing(site: Site) -> None:
    """Each writes 6 notices; without the lock one list would be drawn from a stale folder."""

    def write(numbers: range) -> None:
        own = Site(PublicConfig(BASE, site.folder.root), OFFICE)
        for n in numbers:
            own.publish(page(notice(number=f"〔2026〕{n} 号"), case=f"J-{n}"))

    threads = [threading.Thread(target=write, args=(range(a, a + 6),)) for a in (1, 11)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    feed = feedparser.parse(io.BytesIO(snapshot(site)["feed.atom"]))
    assert len(feed.entries) == 12
    assert read(site, "index.html").count("<h3>") == 12
