"""Entries read a few at a time are what each is when it is read alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler import feeds
from crawler.feeds import xmlfeed
from crawler.harvest import Harvest
from tests.where import ROOT

NOW = datetime(2020, 1, 26, 8, 0, tzinfo=UTC)
FIXTURES = sorted((ROOT / "tests/contract/feeds").glob("*.xml"))
ODD = """<title>题 &amp; 目</title>
<description>甲</description><description>乙</description>
<description><![CDATA[<p>段<br>落</p>]]></description>
<guid>https://forum.example/as-link</guid>
<guid isPermaLink="false">not-a-link</guid>
<link>https://forum.example/1</link>
<link href="https://forum.example/atom" rel="alternate"/>
<id>urn:one</id>
<summary type="html">&lt;b&gt;摘要&lt;/b&gt;</summary>
<content type="text">正文</content>
<content type="html" xml:lang="en" xml:base="https://elsewhere.example/">&lt;a href="x"&gt;链&lt;/a&gt;</content>
<author><name>某人</name></author>
<author>某人</author>
<pubDate>2020年01月26日 12:30</pubDate>
<published>2020-01-26T12:30:00+08:00</published>
<language>en</language>
<image><url>https://forum.example/i.png</url><title>图</title></image>
<source><title>别处</title><link>https://other.example/</link></source>
<contributor><name>别人</name></contributor>
<textInput><title>找</title></textInput>
<p:likes>12</p:likes><p:reply id="r" at="2020-01-26T12:40:00+08:00">真的吗</p:reply>
<item><title>里面还有一条</title></item>
<unknown>不认识<b>的</b></unknown>
<summary xml:base="https://elsewhere.example/">甲</summary>
<author xml:base="https://elsewhere.example/"/>
<fb:browserFriendly><rights/></fb:browserFriendly>
<g:pos/>
<title xmlns:p="https://other.example/ns">自己声明</title>
<description>没转义 & 的</description>
<description>没关""".splitlines()


def read(body: str, at_once: int, monkeypatch: pytest.MonkeyPatch) -> Harvest:
    monkeypatch.setattr(xmlfeed, "AT_ONCE", at_once)
    return feeds.read_feed(body.encode(), source="s", url="https://feed.example/feed", now=NOW)


def alone(body: str, monkeypatch: pytest.MonkeyPatch) -> Harvest:
    with monkeypatch.context() as patch:
        patch.setattr(xmlfeed, "_together", lambda *_: [])
        return feeds.read_feed(body.encode(), source="s", url="https://feed.example/feed", now=NOW)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_fixtures_are_read_alike(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = path.read_bytes().decode("utf-8", "replace")
    assert read(body, 20, monkeypatch) == alone(body, monkeypatch)


@pytest.mark.slow
@given(
    entries=st.lists(st.lists(st.sampled_from(ODD), max_size=5), min_size=1, max_size=9),
    at_once=st.integers(2, 9),
    kind=st.sampled_from(["item", "entry"]),
)
@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_entries_of_any_shape_are_read_alike(
    entries: list[list[str]], at_once: int, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = "".join(f"<{kind}>{''.join(parts)}</{kind}>" for parts in entries)
    root = (
        'xmlns:p="https://piyao.invalid/ns/replies" xmlns:g="http://www.opengis.net/gml"'
        ' xmlns:fb="http://rssnamespace.org/feedburner/ext/1.0"'
    )
    body = (
        f'<rss version="2.0" {root}><channel><title>t</title>{inside}</channel></rss>'
        if kind == "item"
        else f'<feed xmlns="http://www.w3.org/2005/Atom" {root}>{inside}</feed>'
    )
    assert read(body, at_once, monkeypatch) == alone(body, monkeypatch)


def test_an_honest_feed_asks_the_parser_once_for_many(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    parse = xmlfeed.parse
    monkeypatch.setattr(xmlfeed, "parse", lambda text: asked.append(text) or parse(text))
    items = "".join(f"<item><guid>{n}</guid><title>第{n}条</title></item>" for n in range(100))
    body = f'<rss version="2.0"><channel>{items}</channel></rss>'
    assert len(read(body, 20, monkeypatch).posts) == 100
    assert len(asked) == 5


def test_what_an_entry_says_of_its_base_moves_no_neighbour(monkeypatch: pytest.MonkeyPatch) -> None:
    first = '<item><author xml:base="https://elsewhere.example/"/><title>甲</title></item>'
    body = f'<rss version="2.0"><channel>{first}<item><guid>7</guid><title>乙</title></item></channel></rss>'
    assert [post.native_id for post in read(body, 20, monkeypatch).posts][1] == "7"
    assert read(body, 20, monkeypatch) == alone(body, monkeypatch)


def test_an_entry_that_trips_the_parser_costs_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """feedparser looks for the place that a position belongs to, and raises where there is none."""
    items = [f"<item><guid>{n}</guid><title>第{n}条</title></item>" for n in range(1, 46)]
    items[12] = "<item><guid>13</guid><g:pos/><title>第13条</title></item>"
    root = 'xmlns:g="http://www.opengis.net/gml"'
    body = f'<rss version="2.0" {root}><channel>{"".join(items)}</channel></rss>'
    found = read(body, 20, monkeypatch)
    assert [post.native_id for post in found.posts] == [str(n) for n in range(1, 46) if n != 13]
    assert [(trouble.where, trouble.lost) for trouble in found.troubles] == [("第 13 条", True)]
    assert "<guid>13</guid>" in found.troubles[0].raw.decode() and found.whole
