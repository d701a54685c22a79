"""What makes two spellings one: addresses, words, quotations, files."""

from __future__ import annotations

import pytest

from models import sameness

PAGE = "gov.example/n/1?b=2"
SPELLINGS = (
    "https://gov.example/n/1?b=2",
    "http://gov.example/n/1?b=2",
    "HTTPS://WWW.GOV.EXAMPLE/n/1?b=2",
    "https://gov.example:443/n/1/?b=2",
    "http://gov.example:80/n/1?b=2#top",
    "https://gov.example./n/1?b=2",
    "https://m.gov.example//n/./x/../1?b=2",
    "gov.example/n/1?b=2",
    "//gov.example/n/1?b=2",
    "https://gov.example/n/%31?b=2",
    "https://gov.example/n/1/index.html?b=2",
    "https://gov.example/n/1?utm_source=wx&b=2&spm=a.b.c&from=timeline&b=2",
    "https://gov.example/n/1;jsessionid=88?b=2",
    "https://somebody@gov.example/n/1?b=2",
    "ｈｔｔｐｓ：//gov.example/n/1?b=2",
    " https://gov.example/n/\u200b1?b=2 ",
    "https://web.archive.org/web/20261125031208/https://gov.example/n/1?b=2",
    "https://gov.example/N/1?B=2",
    "https://gov.example:8443/n/1?b=2",
    "https://gov.example/n/1.html?b=2",
    "https://gov.example/n/1/index.shtml?b=2",
    "https://gov.example/amp/n/1?b=2",
    "https://gov.example/n/1?b=2&_=1764400000&rand=7",
)


@pytest.mark.parametrize("url", SPELLINGS)
def test_one_page_is_one_address_whichever_way_it_is_spelled(url: str) -> None:
    assert sameness.address(url) == PAGE


@pytest.mark.parametrize(
    "url",
    ["https://gov.example/n/2?b=2", "https://gov.example/n/1?b=3", "https://gov.example/n/1/2?b=2",
     "https://x.gov.example/n/1?b=2", "https://gov.example/n/1?v=2", "https://gov.example/?1"],
)  # fmt: skip
def test_another_page_is_another_address(url: str) -> None:
    assert sameness.address(url) not in (PAGE, "")


@pytest.mark.parametrize("url", ["", "https://", "电话", "无", "见附件", "ftp://gov.example/1", "http://[", "#"])  # fmt: skip
def test_what_is_no_address_is_none(url: str) -> None:
    assert sameness.address(url) == ""


def test_a_host_is_one_in_its_own_letters_and_in_those_of_the_network() -> None:
    own, network = "https://例子.中国/路", "https://xn--fsqu00a.xn--fiqs8s/%e8%b7%af"
    assert sameness.address(own) == sameness.address(network) != ""


@pytest.mark.parametrize(
    "quotation",
    ["", "，", "。。。", "的", "了", "有", "的了", "有的", "没有", "这是", "还在", "毒", "1", " \u3000", "…！"],
)  # fmt: skip
def test_a_quotation_without_content_holds_nothing(quotation: str) -> None:
    assert sameness.content(quotation) == ""


@pytest.mark.parametrize("quotation", ["有毒", "停水", "确诊患者", "三天", "L1234", "老鼠头"])
def test_a_quotation_with_content_holds_it(quotation: str) -> None:
    assert sameness.content(quotation)


def document(body: bytes, media_type: str) -> str:
    return sameness.document(body, sameness.readable(body, media_type))


def test_a_file_is_what_it_says_where_it_says_anything() -> None:
    one = document("该车 1 月以来无轨迹。".encode(), "text/plain")
    assert one == document("该车１月以来，无轨迹".encode("gb18030"), "text/plain")
    assert one == document("\ufeff该车1月以来无轨迹\r\n".encode(), "")
    assert one != document("该车 2 月以来无轨迹。".encode(), "text/plain")
    picture = b"\x89PNG\0\1"
    assert document(picture, "image/png") == document(picture, "text/plain")
    assert document(picture, "") != document(picture + b"\2", "")


def test_copies_of_a_title_are_one_name() -> None:
    assert (
        sameness.name("登记答复")
        == sameness.name("登记答复 ２")
        == sameness.name("登记 答复（副本）")
    )
    assert sameness.name("登记答复") != sameness.name("接诊点答复")
