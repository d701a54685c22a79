"""``piyao once``: one feed crawled by the real spider, ranked, printed; nothing is kept."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

import piyao
from tests.http_server import Answer, Server

pytestmark = pytest.mark.slow  # each starts a crawl
CLAIM = "网传一辆大货车拉了三十多个发热病人到江州，车牌浙BL1234，大家快转发"
FEED = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>论坛</title>
<item><guid>1</guid><title>网传</title><description>{CLAIM}</description></item>
<item><guid>2</guid><title>夜市</title><description>今晚夜市的烤鱼真好吃</description></item>
</channel></rss>"""


def once(address: str) -> tuple[int, str]:
    words = ["once", "--source", address, "--allow-private"]
    found = CliRunner().invoke(piyao.main, words, env={"COLUMNS": "160"})
    return found.exit_code, re.sub(r"\s+", " ", found.output)


def test_a_feed_is_crawled_ranked_and_told() -> None:
    with Server() as server:
        server.answers["/feed.xml"] = Answer(FEED.encode(), headers={"Content-Type": "text/xml"})
        code, said = once(f"{server.url}/feed.xml")
    assert code == 0, said
    assert "2 posts, 1 claims shown" in said
    assert CLAIM[:12] in said and "浙BL****" in said and "烤鱼" not in said


def test_a_feed_that_is_not_there_is_one_sentence() -> None:
    with Server() as server:
        code, said = once(f"{server.url}/none.xml")
    assert code == 1 and said.startswith("Error: ") and "/none.xml" in said


def test_an_address_inside_the_office_is_refused_with_the_word_that_allows_it() -> None:
    with Server() as server:
        words = ["once", "--source", f"{server.url}/feed.xml"]
        found = CliRunner().invoke(piyao.main, words)
    assert found.exit_code == 1 and "--allow-private" in found.output


@pytest.mark.parametrize(
    "address",
    ["notaurl", "example.cn/rss.xml", "file:///etc/hostname", "", "https://u:geheim@example.cn/a"],
)
def test_what_is_no_web_address_is_one_sentence_and_nothing_is_started(address: str) -> None:
    code, said = once(address)
    assert code == 1 and said.startswith("Error: ") and "https://" in said
    assert not [word for word in ("Traceback", "scrapy", "geheim") if word in said]
