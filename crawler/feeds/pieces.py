"""An XML feed cut into the source text of its entries.

Where the XML is well-formed, expat says exactly where each entry begins and ends. Where it is not,
entries are cut from one opening tag to the next, which is right unless a post quotes a feed.
"""

from __future__ import annotations

import html.entities
import re
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

ROOTS = frozenset(("rss", "feed", "RDF"))
ENTRIES = frozenset(("item", "entry"))

# what XML 1.0 forbids makes a strict parser give up on the whole feed
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# a CDATA section, the end of one that never began, an ampersand with what it stands for, or alone
_SPECIAL = re.compile(
    r"(?P<section><!\[CDATA\[.*?(?:\]\]>|\Z))|(?P<end>\]\]>)"
    r"|&(?:(?:#(?P<decimal>\d{1,9})|#[xX](?P<hex>[0-9a-fA-F]{1,8})|(?P<name>[A-Za-z]\w{1,32}));)?",
    re.S,
)
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,500}\?>")
_OPENING = re.compile(r"<((?:[A-Za-z][\w-]{0,30}:)?(?:item|entry))(?=[\s>/])")
_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]{0,60})(?:[\s/][^<>]*)?>")
_ROOT = re.compile(r"<((?:[A-Za-z][\w-]{0,30}:)?(?:rss|feed|RDF))(?=[\s>/])[^<>]{0,10000}>")


@dataclass(frozen=True)
class Cut:
    """The pieces, and the opening and closing tags of what stood around them."""

    pieces: tuple[str, ...]
    before: str
    after: str
    well_formed: bool

    def around(self, piece: str) -> str:
        """A small feed with this one entry, under the names and bases that the feed declared."""
        return f"{self.before}{piece}{self.after}"


def readable(text: str) -> str:
    """The text without what XML forbids, without DOCTYPE, with HTML's entities written out.

    No feed needs entities of its own, and those are how small documents grow large (or read files).
    """
    text = _DECLARATION.sub("", text, count=1)
    text = _without_doctype(text)
    return _FORBIDDEN.sub("", _SPECIAL.sub(_allowed, text)).lstrip()


def _without_doctype(text: str) -> str:
    start = re.search("<!DOCTYPE", text[:65_536], re.I)
    if not start:
        return text
    end = text.find(">", start.end())
    subset = text.find("[", start.end(), end)
    if subset >= 0:
        close = text.find("]", subset)
        end = text.find(">", close) if close >= 0 else -1
    return text if end < 0 else text[: start.start()] + text[end + 1 :]


def _allowed(found: re.Match[str]) -> str:
    if found["section"]:
        return found[0]
    if found["end"]:  # of a section within a section: the outer one ended with the inner
        return "]]&gt;"
    if name := found["name"]:
        if name in ("amp", "lt", "gt", "quot", "apos"):
            return found[0]
        meant = html.entities.html5.get(f"{name};")
        return f"&amp;{found[0][1:]}" if meant is None else escape(meant)
    if not (number := found["decimal"] or found["hex"]):
        return "&amp;"
    code = int(number, 10 if found["decimal"] else 16)
    if code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE:
        return found[0]
    if 0x10000 <= code <= 0x10FFFF:
        return found[0]
    return "" if code < 32 else "\ufffd"


def cut(text: str) -> Cut | None:
    """The entries of a feed; None where the text is no feed."""
    try:
        return _exactly(text)
    except expat.ExpatError:
        return _by_opening_tags(text)


def _exactly(text: str) -> Cut | None:
    body = text.encode()
    parser = expat.ParserCreate("utf-8")
    above: list[tuple[str, dict[str, str]]] = []  # the elements that are open, outside entries
    around: list[tuple[str, dict[str, str]]] = []  # those around the first entry
    spans: list[tuple[int, int]] = []
    state: dict[str, Any] = {"depth": 0, "start": -1, "root": ""}

    def start(name: str, attributes: dict[str, str]) -> None:
        if not state["root"]:
            state["root"] = name
        if state["start"] >= 0:
            state["depth"] += 1
        elif _local(name) in ENTRIES and above:
            state["start"] = parser.CurrentByteIndex
            if not around:
                around.extend(above)
        else:
            above.append((name, attributes))

    def end(name: str) -> None:
        if state["start"] < 0:
            above.pop()
        elif state["depth"]:
            state["depth"] -= 1
        else:
            close = parser.CurrentByteIndex
            # <item/> has no closing tag, and expat says then where it ends, not where it starts
            spans.append(
                (
                    state["start"],
                    body.find(b">", close) + 1 if body.startswith(b"</", close) else close,
                )
            )
            state["start"] = -1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(body, True)
    if _local(state["root"]) not in ROOTS:
        return None
    before = "".join(
        f"<{name}{''.join(f' {key}={quoteattr(value)}' for key, value in attributes.items())}>"
        for name, attributes in around
    )
    after = "".join(f"</{name}>" for name, _ in reversed(around))
    return Cut(tuple(body[a:b].decode() for a, b in spans), before, after, well_formed=True)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _by_opening_tags(text: str) -> Cut | None:
    root = _ROOT.search(text[:1_000_000])
    if not root:
        return None
    starts = list(_OPENING.finditer(text))
    pieces = []
    for n, start in enumerate(starts):
        end = starts[n + 1].start() if n + 1 < len(starts) else len(text)
        closing = text.rfind(f"</{start[1]}", start.end(), end)
        if closing >= 0:
            end = text.find(">", closing, end) + 1 or end
            pieces.append(text[start.start() : end])
        else:
            pieces.append(_closed(text[start.start() : end]))
    before = root[0][:-1].rstrip("/") + ">"
    return Cut(tuple(pieces), before, f"</{root[1]}>", well_formed=False)


def _closed(piece: str) -> str:
    """An entry that breaks off, with what is open closed: what was said so far is not lost."""
    if piece.rfind("<![CDATA[") > piece.rfind("]]>"):
        piece += "]]>"
    else:
        piece = re.sub(r"<[^<>]*$", "", piece)
    stack: list[str] = []
    for tag in _TAG.finditer(re.sub(r"<!\[CDATA\[.*?\]\]>", "", piece, flags=re.S)):
        if not tag[1]:
            if not tag[0].endswith("/>"):
                stack.append(tag[2])
        elif stack and stack[-1] == tag[2]:
            stack.pop()
    return piece + "".join(f"</{name}>" for name in reversed(stack))
