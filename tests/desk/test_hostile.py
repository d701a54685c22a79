"""Text from outside is inert on every page, and every page carries the headers that keep it so."""

from __future__ import annotations

import re

import pytest

from desk.security import POLICY
from models.harm import Topic
from models.intake import runs
from models.text import clean
from tests import seeded_night
from tests.django_desk import CONFIG, Desk

HOSTILE = (
    "<script>alert(1)</script>城北停水三天",
    '"><img src=x onerror=alert(1)>城南停电五天',
    "javascript:alert(1) 桥要塌了快跑",
    "{{7*7}}{% load piyao %}{0.__class__} %s 学校停课",
    "\u202e一只被翻转的说法\u202c\u200b藏着零宽字符",
    "a\u0301" * 60 + "组合字符",
    "=cmd|' /C calc'!A0 银行取不出钱",
    "\ud800 孤立代理 \x00 空字符 医院关门",
)
PAGES = ("/queue/", "/queue/?format=json", "/today/", "/sources/", "/audit/")


@pytest.fixture
def flooded(desk: Desk) -> Desk:
    for n, text in enumerate(HOSTILE):
        story = seeded_night.Story(
            ((text, 3 + n),), Topic.OTHER, 0.95, 30, 2, 3, terms=(clean(text)[:20],)
        )
        seeded_night.open_case(desk.db, story, desk.moment)
    raw = "<script>alert(2)</script>\u202e\x1b[31m".encode() + b"\xff\xfe"
    runs.fault(desk.db, None, "forum", "<b>坏</b>", "<i>第 1 条</i>", "<u>修</u>", raw)
    return desk


def test_hostile_claims_are_shown_inert_and_their_hidden_characters_are_counted(
    flooded: Desk,
) -> None:
    client = flooded.client("monitor")
    page = client.get("/queue/").content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
    assert not re.search(r"<img[^>]*onerror", page)
    assert "{{7*7}}" in page
    assert "⟨U+202E⟩" in page and "\u202e" not in page and "\u200b" not in page
    assert "含隐形字符" in page
    assert 'href="javascript' not in page


def test_every_page_and_preview_stays_whole(flooded: Desk) -> None:
    client = flooded.client("monitor")
    previews = [f"/queue/{number}/preview/" for number in range(2, 30)]
    for address in (*PAGES, "/sources/forum/", *previews):
        answer = client.get(address)
        assert answer.status_code == 200, address
        text = answer.content.decode()
        assert "\u202e" not in text, address
        if answer["Content-Type"].startswith("text/html"):
            assert "<script>alert" not in text, address


def test_faults_are_shown_as_they_came_but_inert(flooded: Desk) -> None:
    page = flooded.client("monitor").get("/sources/forum/").content.decode()
    assert "&lt;b&gt;坏&lt;/b&gt;" in page and "&lt;script&gt;alert(2)" in page
    assert "\x1b" not in page


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("/queue/", ("q", "place", "source", "topic", "view")),
        ("/queue/pulse/", ("seen", "q")),
        ("/audit/", ("before", "verify")),
        ("/login/", ("next",)),
    ],
)
def test_hostile_addresses_never_break_a_page(
    desk: Desk, address: str, names: tuple[str, ...]
) -> None:
    client = desk.client("monitor")
    for value in (*HOSTILE, "../../etc/passwd", "%00", "' OR 1=1 --"):
        for name in names:
            answer = client.get(address, {name: value.encode("utf-8", "replace").decode()})
            assert answer.status_code < 500, (name, value)
            assert "<script>alert" not in answer.content.decode()


def test_every_answer_carries_the_strict_policy_and_no_inline_code(desk: Desk) -> None:
    for name, address in [
        ("", "/login/"),
        *(("monitor", page) for page in PAGES),
        ("", "/nowhere/"),
    ]:
        answer = desk.client(name).get(address)
        assert answer["Content-Security-Policy"] == POLICY
        assert "unsafe" not in POLICY and POLICY.startswith("default-src 'none'")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Cache-Control"] == "no-store" or "no-store" in answer["Cache-Control"]
        text = answer.content.decode()
        assert not re.search(r"<[^>]+\s(style|on\w+|hx-on)\s*=", text), address
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), address
        assert "https://" not in re.sub(r'value="[^"]*"', "", text) or address == "/sources/"


def test_the_word_of_a_false_verdict_is_never_red_on_an_open_case(desk: Desk) -> None:
    page = desk.client("monitor").get("/queue/").content.decode()
    assert "当时结论 不实" in page
    assert not re.search(r'class="verdict (false|misleading|outdated)"', page)


def test_a_name_the_desk_is_not_reached_by_is_refused_with_the_mend(desk: Desk) -> None:
    answer = desk.client().get("/login/", HTTP_HOST="evil.example")
    assert answer.status_code == 400 and "[desk] hosts" in answer.content.decode()


def test_the_public_folder_is_served_and_nothing_beside_it(desk: Desk) -> None:
    folder = CONFIG.public.dir
    (folder / "notices").mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text("<h1>公众页</h1>", encoding="utf-8")
    (folder / "notices" / "index.html").write_text("<h1>通告</h1>", encoding="utf-8")
    (folder / ".hidden").write_text("secret", encoding="utf-8")
    (folder.parent / "secret.txt").write_text("secret", encoding="utf-8")
    link = folder / "link.txt"
    if not link.exists():
        link.symlink_to(folder.parent / "secret.txt")
    client = desk.client()

    def body(address: str) -> str:
        return b"".join(client.get(address).streaming_content).decode()

    assert "公众页" in body("/site/") and "通告" in body("/site/notices/")
    home = client.get("/site/index.html")
    assert home["Content-Type"] == "text/html; charset=utf-8"
    assert "script-src" not in home["Content-Security-Policy"]
    for path in (
        "../piyao.db",
        "%2e%2e/piyao.db",
        "..%2fsecret.txt",
        ".hidden",
        "link.txt",
        "a%00b",
        "/etc/hostname",
        "a" * 300,
        "a/" * 3000,
    ):
        assert client.get(f"/site/{path}").status_code == 404, path
