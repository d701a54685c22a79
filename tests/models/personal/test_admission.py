"""The one way in: every text that is written has passed it, and whoever wrote it is left out."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from models import text as texts
from models.intake import posts, runs
from models.intake.records import Post, Reply
from models.known import imports
from models.known.claims import Standing
from models.known.imports import Given
from models.personal import admission, names
from models.store import Store
from tests.where import ROOT

PHONE, IDENTITY, MAIL = "138・0013・8000", "330102199003077758", "li.na@mail.example"
SECRET = b"k" * 32
# who may take a text as it is: the way in itself, and what reads without writing
OPEN = {"models/personal/admission.py", "models/personal/separators.py", "models/intake/posts.py"}


def around(paths: list[Path]) -> list[str]:
    """The modules of the domain that clean a text without masking it."""
    found = []
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "models.text":
                found += [str(path) for alias in node.names if alias.name == "clean"]
            if isinstance(node, ast.ImportFrom) and node.module == "models":
                found += [str(path) for alias in node.names if alias.name == "text"]
    return found


def test_no_module_of_the_domain_writes_a_text_around_the_way_in() -> None:
    paths = [
        p for p in sorted((ROOT / "models").rglob("*.py")) if str(p.relative_to(ROOT)) not in OPEN
    ]
    assert len(paths) > 60 and around(paths) == []


def test_the_check_sees_a_way_around(tmp_path: Path) -> None:
    path = tmp_path / "cases.py"
    path.write_text("from models.text import clean\n")
    assert around([path]) == [str(path)]


# ---- who wrote it -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "author", "kept"),
    [
        ("Comment on 三号桥停运 by li.na", "", "Comment on 三号桥停运 by 〔账号〕"),
        ("Comment on X by NAME", "NAME", "Comment on X by 〔账号〕"),
        ("Reply to 停水 by 王小二", "", "Reply to 停水 by 〔账号〕"),
        ("posted by u/foo_bar", "", "posted by 〔账号〕"),
        ("停水了 by @zhang", "", "停水了 by @用户"),
        ("zhang_77 said on Monday", "", "〔账号〕 said on Monday"),
        ("微博 @某某：停水了", "", "微博 @用户：停水了"),
        ("作者：王小二\n停水", "", "作者：〔账号〕\n停水"),
        ("李小花的微博", "", "〔账号〕的微博"),
        ("三号桥：三号桥塌了", "三号桥", "〔账号〕：三号桥塌了"),
        ("foo_bar99 在说，FOO_BAR99", "foo_bar99", "〔账号〕 在说，〔账号〕"),
        ("写信 abc.def@qq.com", "", "写信 〔邮箱已隐去〕"),
        ("加微信 jz_jianzhi03，名额", "", "加微信 ****，名额"),
        ("QQ：1234 5678", "", "QQ：****"),
        ("护照号E12345678", "", "护照号〔证件号已隐去〕"),
        ("卡号6222 0212 3456 7890 128", "", "卡号〔卡号已隐去〕"),
    ],
)
def test_whoever_is_named_as_the_writer_is_left_out(text: str, author: str, kept: str) -> None:
    assert admission.clean(text, author=author) == kept
    assert admission.clean(kept, author=author) == kept


@pytest.mark.parametrize(
    ("text", "author"),
    [
        ("微博 @平安北京：核实中", ""), ("作者：新华社", ""), ("Bridge hit by truck", ""),
        ("三号桥塌了", "三号桥"),  # who calls himself so hides no claim
        ("@白兔潭出事了死了三个人被隔离，快跑", ""), ("半夜被@醒三次，烦", ""), ("@所有人 停水", ""),
        ("网友：三号桥塌了！", ""), ("用户：三号桥塌了", ""), ("微信公众号：jzfb2020", ""),
        ("拨12345或110，热线400-123-4567", ""), ("微信8.0.50 版", ""),
    ],
)  # fmt: skip
def test_a_claim_and_an_office_stay(text: str, author: str) -> None:
    assert admission.clean(text, author=author) == text


# ---- addresses and ids --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://www.nhc.gov.cn/art/2026/art_1229019365_13812345678.html",) * 2,
        ("https://weibo.example/u/12345", "https://weibo.example/u/〔账号〕"),
        ("https://m.example/@li_na/7", "https://m.example/〔账号〕/7"),
        ("https://a.example/x?uid=zhang77&p=2", "https://a.example/x?uid=〔账号〕&p=2"),
        ("https://a.example/#screen_name=zhang77", "https://a.example/#screen_name=〔账号〕"),
        ("https://a.example/13800138000", "https://a.example/138****"),
        ("https://a.example/x?tel=138-0013-8000&p=2", "https://a.example/x?tel=138****&p=2"),
        ("https://a.example/x?tel=%31%33%380013%38000", "https://a.example/x?tel=138****"),
        ("https://www.gov.cn/x?tel=13800138000", "https://www.gov.cn/x?tel=138****"),
        ("https://www.gov.cn.example/x_13800138000", "https://www.gov.cn.example/x_138****"),
        ("https://a.example/2026/11/25/p/7788",) * 2,
    ],
)
def test_an_official_address_keeps_its_digits_and_no_other_a_phone(url: str, kept: str) -> None:
    assert admission.address(url) == kept
    assert admission.clean(f"见 {url} 处") == f"见 {kept} 处" or "〔账号〕" in kept


def test_the_handle_of_whoever_posted_is_no_part_of_an_address_but_of_an_offices() -> None:
    assert admission.address("https://a.example/p/Li_na/7", author="@li_na") == (
        "https://a.example/p/〔账号〕/7"
    )
    for kept in ("https://www.gov.cn/p/li_na/7", "https://a.example/p/li_nana/7"):
        assert admission.address(kept, author="li_na") == kept


def test_what_is_kept_as_it_came_names_nobody_either() -> None:
    """Hidden characters stay, for who looks into a trick; numbers and handles do not."""
    kept = admission.verbatim(f"li_na：\u200b打{PHONE}，快\u202e停水", "li_na")
    assert kept.endswith("\u202e停水") and "\u200b" in kept
    assert PHONE not in kept and "li_na" not in kept
    assert len(admission.verbatim("停" * 3 * texts.MAX_CHARS)) <= 2 * texts.MAX_CHARS


def test_the_address_of_evidence_opens() -> None:
    url = "https://news.example/doc-iabc13812345678.shtml"
    assert admission.evidence_address(url) == url
    assert (
        admission.evidence_address("https://a.example/13800138000") == "https://a.example/138****"
    )


def test_an_id_that_names_somebody_is_a_keyed_hash_and_still_the_same_id() -> None:
    for given in (PHONE, "https://a.example/u/li_na", "a" * 32, MAIL, "urn:li_na:7"):
        once = admission.native_id(given, SECRET, author="li_na")
        assert once == admission.native_id(given, SECRET, author="li_na") != given
        assert len(once) == 64 and once != admission.native_id(given, b"x" * 32, author="li_na")
    for given in ("83104", "https://forum.example/post/7", "tag:forum.example,2026:9", "post-1"):
        assert admission.native_id(given, SECRET, author="li_na") == given


def test_a_post_that_is_read_again_is_known_by_its_hashed_id(db: Store) -> None:
    post = Post(
        "forum", f"id {PHONE}", "停水", author="li_na", replies=(Reply("真的", native_id=IDENTITY),)
    )
    assert [posts.add(db, post), posts.add(db, post)] == ["new", "same"]


# ---- what could not be read ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        f"<entry><author><name>李小花</name></author><t>电话{PHONE}，{IDENTITY}</t></entry>".encode(),
        f"<item><dc:creator>李小花</dc:creator>{MAIL} {PHONE}</item>".encode("gb18030"),
        f'{{"author": {{"name": "李小花"}}, "text": "{PHONE} {IDENTITY}"}}'.encode(),
        b'{"screen_name": "\\u674e\\u5c0f\\u82b1", "t": "\\u0031\\u0033\\u0038\\u0030\\u0030\\u0031\\u0033\\u0038\\u0030\\u0030\\u0030"}',
        b"<a>&#49;&#51;&#56;00138000 330102199003077758</a>",
    ],
)  # fmt: skip
def test_a_fault_keeps_no_author_and_no_number(db: Store, raw: bytes) -> None:
    runs.fault(db, None, "forum", f"坏了 {PHONE}", f"第 1 条 {MAIL}", "看看", raw)
    (kept,) = runs.faults(db, "forum")
    told = f"{kept.raw.decode()}{kept.what}{kept.where}"
    told += re.sub(
        r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), told
    )  # as JSON reads it
    for secret in ("李小花", "13800138000", PHONE, IDENTITY, MAIL, "138・"):
        assert secret not in told, told
    assert names.NOBODY in told or "author" not in told


def test_the_same_fault_is_kept_once_and_by_no_hash_that_could_be_tried(db: Store) -> None:
    import hashlib

    raw = f"坏 {PHONE}".encode()
    for _ in range(2):
        runs.fault(db, None, "forum", "坏了", "第 1 条", "看看", raw)
    assert len(runs.faults(db, "forum")) == 1
    assert db.value("SELECT digest FROM faults") != hashlib.sha256(raw).hexdigest()


def test_an_import_keeps_no_number(db: Store) -> None:
    given = Given(
        f"打{PHONE}",
        Standing.FALSE,
        PHONE,
        (IDENTITY,),
        f"真相{PHONE}",
        url=f"https://a.example/{PHONE}",
    )
    imports.put(db, "elsewhere", [given])
    row = db.row("SELECT * FROM claims WHERE origin = 'elsewhere'") or {}
    assert PHONE not in str(row) and IDENTITY not in str(row)
    assert imports.put(db, "elsewhere", [given]).same == 1
