"""Feeds: the bytes of one response -> posts and faults. No network, no store, no clock of its own.

RSS 0.9x, 1.0 and 2.0, Atom and JSON Feed, in any encoding. What can be read is read: a broken
entry costs that entry, and a feed whose XML is broken gives up the entries that are whole.
"""

from __future__ import annotations

from datetime import datetime

from crawler import packing
from crawler.feeds import jsonfeed, xmlfeed
from crawler.feeds.limits import TooSlow, within
from crawler.feeds.page import Page
from crawler.harvest import Harvest, Trouble
from models import encoding
from models.errors import InputError

BACKSTOP = 20.0  # processor time after which everything of a response is given up


def read_feed(
    body: bytes, *, source: str, url: str = "", content_type: str = "", now: datetime
) -> Harvest:
    """Everything one response holds.

    ``body`` is unpacked where its first bytes say gzip, ``url`` is where it came from (links are completed against it),
    ``content_type`` is the header as sent, ``now`` is what relative dates count from.
    Never raises on any input: what cannot be read comes back as ``Harvest.troubles``.
    """
    page = Page(source, url, now)
    try:
        return within(BACKSTOP, lambda: _read(body, content_type, page))
    except packing.TooLarge:
        what = "内容解压后超过 8 MB，没有收"
    except TooSlow:
        what = "内容写得反常，读了太久，已停下"
    except (MemoryError, RecursionError):
        what = "内容嵌套太深或太大，读不了"
    mend = "原文已留存，可交技术人员查看；下次采集会再试"
    return Harvest(troubles=(Trouble(what, url, mend, body, fatal=True),), whole=False)


def _read(body: bytes, content_type: str, page: Page) -> Harvest:
    body = packing.unpacked(body)
    if not body.strip(b"\0 \t\r\n"):
        return _unreadable("网站返回的内容是空的", body, page)
    try:
        reading = encoding.decode(body, content_type)
    except InputError as error:
        mend = "原文已留存；请网站写明正确的编码，最好是 UTF-8。下次采集会再试"
        return Harvest(
            troubles=(Trouble(error.what, page.url, mend, body, fatal=True),), whole=False
        )
    text = reading.text.lstrip("\ufeff \t\r\n")
    if text.startswith(("{", "[")):
        try:
            document = jsonfeed.loads(text)
        except ValueError:
            return _unreadable("JSON 写得不完整，读不了", body, page)
        harvest = jsonfeed.read_json(document, page)
    else:
        harvest = xmlfeed.read_xml(text, page)
    if harvest is None:
        return _unreadable("这个地址给出的不是 RSS、Atom 或 JSON Feed", body, page)
    if reading.broken:
        mend = "坏字已用 � 代替；请网站写明正确的编码"
        harvest = harvest.plus(Trouble("有些字的编码不对", page.url, mend, body))
    return harvest


def _unreadable(what: str, body: bytes, page: Page) -> Harvest:
    mend = "用浏览器打开这个地址，看它是不是订阅源；不是就换掉 piyao.toml 里的 url"
    return Harvest(troubles=(Trouble(what, page.url, mend, body, fatal=True),), whole=False)
