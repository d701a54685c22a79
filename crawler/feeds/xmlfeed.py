"""RSS and Atom through feedparser, one entry at a time: a broken one costs itself.

Beside the usual elements, ``reply`` (attributes id, at), ``likes`` and ``reposts`` of the namespace
https://piyao.invalid/ns/replies are read (docs/sources.md).
"""

from __future__ import annotations

import html
import io
from dataclasses import dataclass
from typing import Any

import feedparser
import feedparser.api
import feedparser.mixin

from crawler.feeds.entry import Body, Entry, to_harvest, too_many
from crawler.feeds.limits import TooSlow, within
from crawler.feeds.page import Page
from crawler.feeds.pieces import Cut, cut, readable
from crawler.harvest import Harvest, Trouble

NAMESPACE = "https://piyao.invalid/ns/replies"
MAX_REPLIES = 500  # of one entry
SECONDS = 12.0  # processor time after which no further entry is begun: some 10,000 are read in it
BROKEN_SECONDS = 3.0  # the same where the XML is broken, which is what hostile feeds are
ENTRY_SECONDS = 1.5  # processor time; an honest entry takes a thousandth of it
AT_ONCE = 20  # entries read together while all is well
SKIPPED = "原文已留存；其余条目照常收取"


def read_xml(text: str, page: Page) -> Harvest | None:
    """The posts of an XML feed; None where the text is no feed."""
    feed = cut(readable(text))
    if feed is None:
        return None
    # a feed that breaks off may hold more than could be seen: it is read again next time
    whole = feed.well_formed
    limit = SECONDS if feed.well_formed else BROKEN_SECONDS
    entries, troubles = [], []
    together = _together(feed, page, limit)
    for position, piece in enumerate(feed.pieces, start=1):
        raw, where = piece.encode(), f"第 {position} 条"
        if position <= len(together):
            entries.append((position, together[position - 1], raw))
            continue
        if page.spent() > limit:
            troubles.append(too_many(where, raw))
            whole = False
            break
        try:
            found = within(ENTRY_SECONDS, lambda: _found(feed.around(piece)))  # noqa: B023
        except TooSlow:
            what = "有一条写得反常，读了太久，已跳过"
            troubles.append(Trouble(what, where, SKIPPED, raw, lost=True))
            continue
        if found is None:
            what = "有一条写得反常，读不了，已跳过"
            troubles.append(Trouble(what, where, SKIPPED, raw, lost=True))
            continue
        if found.broken:
            mend = "能读的都已收下，原文已留存；请网站改正"
            lost = not found.entries
            troubles.append(Trouble("有一条的 XML 写坏了", where, mend, raw, lost=lost))
        entries += [(position, entry, raw) for entry in found.entries]
    if not feed.well_formed and not feed.pieces:
        what, mend = "XML 写坏了，一条也读不出", "原文已留存；请网站改正，下次采集会再试"
        troubles.append(Trouble(what, page.url, mend, text.encode(), fatal=True))
    elif not feed.well_formed and not troubles:
        what, mend = "XML 的外层写坏了", "读得出的条目都已收下；请网站改正"
        troubles.append(Trouble(what, page.url, mend, text.encode()))
    harvest = to_harvest(entries, page)
    return Harvest(harvest.posts, (*troubles, *harvest.troubles), whole and harvest.whole)


def _together(feed: Cut, page: Page, limit: float) -> list[Entry]:
    """The first entries of a feed, as many as could be read a few at a time, which takes a third of
    the time. The first few that are odd in any way end it: they are read one by one, and so are all
    after them, for a hostile feed must not be read twice. What declares names of its own is odd,
    because a parser would go by them in the next entry too, and so is what leaves any other trace
    in the parser: no post may depend on its neighbours, who change from visit to visit."""
    entries: list[Entry] = []
    while feed.well_formed and len(entries) < len(feed.pieces) and page.spent() <= limit:
        pieces = feed.pieces[len(entries) : len(entries) + AT_ONCE]
        if any("xmlns" in piece for piece in pieces):
            break
        try:
            found = within(ENTRY_SECONDS, lambda: _found(feed.around("".join(pieces))))  # noqa: B023
        except TooSlow:
            break
        if found is None or found.odd or len(found.entries) != len(pieces):
            break
        entries += found.entries
    return entries


@dataclass(frozen=True)
class Found:
    """The entries of a small feed."""

    entries: list[Entry]
    broken: bool  # the XML is
    odd: bool  # it is, or an entry left traces in the parser


def _found(text: str) -> Found | None:
    """What a small feed holds; None where feedparser trips over it."""
    try:
        found = parse(text)
        entries = [_entry(entry) for entry in found.entries]
    except MemoryError:
        raise
    except Exception:  # it looks things up that only some entries have: ``where``, ``textinput``
        return None
    return Found(entries, bool(found.bozo), bool(found.bozo or found.feed.get("piyao_traces")))


def parse(text: str) -> Any:
    """What feedparser finds in a small, whole feed."""
    # The feed's address is not told: ids would be completed with it, and change when it moves.
    # Always a stream: given bytes, feedparser takes them for a file name first
    return feedparser.parse(
        io.BytesIO(text.encode()),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,  # only text is kept, so its (quadratic) sanitizer has nothing to do
        resolve_relative_uris=False,
    )


def _entry(found: Any) -> Entry:
    parts = sorted(found.get("content", ()), key=lambda part: -len(part.get("value") or ""))
    parts.append(found.get("summary_detail") or {"value": found.get("summary")})
    return Entry(
        id=found.get("id") or "",
        link=found.get("link") or "",
        title=found.get("title") or "",
        bodies=tuple(
            Body(part["value"], part.get("type") != "text/plain")
            for part in parts
            if part.get("value")
        ),
        published=found.get("published") or found.get("updated") or found.get("created") or "",
        author=found.get("author") or "",
        likes=found.get("piyao_likes") or 0,
        reposts=found.get("piyao_reposts") or 0,
        replies=tuple(
            (reply.get("id", ""), reply.get("at", ""), reply.get("text", ""))
            for reply in found.get("piyao_replies", ())[:MAX_REPLIES]
        ),
    )


def _start_entry(parser: Any, attributes: dict[str, str]) -> None:
    state = _state(parser)
    if state != parser.__dict__.setdefault("piyao_state", state):
        parser.feeddata["piyao_traces"] = True
    _start_any_entry(parser, attributes)


def _state(parser: Any) -> tuple[object, ...]:
    """All that a parser knows beside what it found, but for what each entry sets anew."""
    known = {name: value for name, value in vars(parser).items() if name not in _ENTRYS_OWN}
    plain = {name: value for name, value in known.items() if isinstance(value, _PLAIN)}
    return plain, [len(known[name]) for name in _STACKS]


_ENTRYS_OWN = frozenset(("guidislink", "title_depth"))
_PLAIN = (int, str, type(None))
_STACKS = ("elementstack", "basestack", "langstack", "contentparams", "namespaces_in_use")


def _start_reply(parser: Any, attributes: dict[str, str]) -> None:
    if parser.inentry:
        replies = parser.entries[-1].setdefault("piyao_replies", [])
        replies.append({"id": attributes.get("id", ""), "at": attributes.get("at", ""), "text": ""})
    parser.push("piyao_reply", 0)


def _end_reply(parser: Any) -> None:
    text = parser.pop("piyao_reply") or ""
    replies = parser.entries[-1].get("piyao_replies") if parser.inentry and parser.entries else None
    if replies:
        # the loose parser leaves entities as they stand in the source
        replies[-1]["text"] = html.unescape(text) if hasattr(parser, "rawdata") else text


# feedparser keeps one text for an element that it does not know, but a post has many replies; it
# finds handlers by their names, so that is how one is added (tests/unit/test_feeds.py guards it)
feedparser.api.PREFERRED_XML_PARSERS.clear()  # libxml2's, which it would look for at each entry
_mixin: Any = feedparser.mixin._FeedParserMixin
_mixin.namespaces[NAMESPACE] = "piyao"
_start_any_entry = _mixin._start_item
_mixin._start_item = _mixin._start_entry = _start_entry
_mixin._start_piyao_reply = _start_reply
_mixin._end_piyao_reply = _end_reply
