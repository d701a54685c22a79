"""The Atom feed of another piyao, as ``notices.channels.feed`` writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from crawler.claims import fields
from crawler.feeds import xmlfeed
from crawler.feeds.limits import TooSlow, within
from crawler.feeds.pieces import Cut, cut, readable
from models.errors import InputError
from models.known.claims import Standing
from models.known.imports import Given

RETRACTED, VERIFYING, STATEMENT = "已撤回", "正在核实", "情况说明"
HEAD = 8192  # characters of a feed before its first entry: who speaks
_TITLE = re.compile(r"〔([^〕]{2,10})〕(.+)", re.S)
_QUOTE = re.compile(r"^近日，网传“(.+)”。", re.M)


def read_atom(text: str) -> Iterator[Given | InputError] | None:
    """The claims of a feed's entries; None where the text is no feed.

    正在核实 has no finding and is passed over. A retracted notice comes as ``gone``.
    """
    text = readable(text)
    feed = cut(text)
    if feed is None:
        return None
    head = text[: text.find(feed.pieces[0])][:HEAD] + feed.after if feed.pieces else ""
    return _entries(feed, xmlfeed.parse(head).feed.get("author") or "")


def _entries(feed: Cut, author: str) -> Iterator[Given | InputError]:
    for number, piece in enumerate(feed.pieces, start=1):
        where = f"第 {number} 条"
        try:
            found = within(xmlfeed.ENTRY_SECONDS, lambda: xmlfeed.parse(feed.around(piece)))  # noqa: B023
        except TooSlow:
            yield InputError("写得反常，读了太久", where, "这一条没有收")
            continue
        if not found.entries:
            yield InputError("XML 写坏了", where, "这一条没有收")
        for entry in found.entries:
            one = _entry(entry, author, where)
            if one is not None:
                yield one
    if not feed.pieces:
        yield InputError("订阅源里一条也没有", mend="看地址对不对")


def _entry(entry: Any, author: str, where: str) -> Given | InputError | None:
    title = _TITLE.fullmatch(entry.get("title") or "")
    content = next((part["value"] for part in entry.get("content", ()) if part.get("value")), "")
    tag = title[1] if title else ""
    if tag == VERIFYING:
        return None
    if tag == RETRACTED and entry.get("id"):
        return Given(RETRACTED, Standing.UNCLEAR, entry["id"], gone=True)
    standing = fields.standing(tag)
    quote = _QUOTE.search(content)
    if title is None or quote is None or (standing is Standing.UNCLEAR and tag != STATEMENT):
        return InputError("不是辟谣通告的条目", where, "这里只收另一个辟谣中心的通告订阅源")
    return Given(
        claim=quote[1],
        standing=standing,
        native_id=entry.get("id") or "",
        truth=title[2],
        source=author,
        url=entry.get("link") or "",
        dated=fields.dated(entry.get("published") or ""),
    )
