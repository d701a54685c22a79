"""The forum's RSS 2.0 feed, built as a tree and never pasted together.

Besides the usual elements an item carries what a desk needs and RSS does not have: its replies,
likes and reposts, in a namespace of our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import format_datetime
from xml.etree import ElementTree as ET  # builds only; nothing from outside is parsed here

from crawler.sample.forum import Seen

ITEMS = 100
MOST_ITEMS = 400
PIYAO = "https://piyao.invalid/ns/replies"
DC = "http://purl.org/dc/elements/1.1/"
SLASH = "http://purl.org/rss/1.0/modules/slash/"
ATOM = "http://www.w3.org/2005/Atom"

for _prefix, _name in (("piyao", PIYAO), ("dc", DC), ("slash", SLASH), ("atom", ATOM)):
    ET.register_namespace(_prefix, _name)


def render(seen: Sequence[Seen], address: str, items: int = ITEMS) -> bytes:
    """The feed of the first ``items`` threads (newest first), with links under ``address``.

    The bytes depend on what is visible only, not on the time of asking, so that their hash can
    serve as an ETag.
    """
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    _add(channel, "title", "江州论坛")
    _add(channel, "link", f"{address}/")
    _add(channel, "description", "示例论坛，地名、人物和事情都是编的")
    _add(channel, "language", "zh-cn")
    ET.SubElement(
        channel,
        f"{{{ATOM}}}link",
        {"href": f"{address}/feed.xml", "rel": "self", "type": "application/rss+xml"},
    )
    for one in seen[:items]:
        channel.append(_item(one, address))
    return bytes(ET.tostring(rss, encoding="utf-8", xml_declaration=True))


def _item(one: Seen, address: str) -> ET.Element:
    item = ET.Element("item")
    _add(item, "guid", f"piyao-sample:{one.id}", isPermaLink="false")  # the port may change
    _add(item, "link", f"{address}/t/{one.id}")
    _add(item, "title", one.title)
    _add(item, "description", description(one.text))
    _add(item, "pubDate", format_datetime(one.at, usegmt=True))
    _add(item, f"{{{DC}}}creator", one.author)
    _add(item, f"{{{SLASH}}}comments", str(len(one.replies)))
    _add(item, f"{{{PIYAO}}}likes", str(one.likes))
    _add(item, f"{{{PIYAO}}}reposts", str(one.reposts))
    for reply in one.replies:
        at = reply.at.isoformat(timespec="seconds")
        _add(item, f"{{{PIYAO}}}reply", reply.text, id=reply.id, at=at)
    return item


def description(text: str) -> str:
    """The text as the HTML that RSS readers expect: one escaped paragraph a line."""
    paragraphs = []
    for line in text.splitlines():
        if line.strip():
            paragraph = ET.Element("p")
            paragraph.text = line.strip()
            paragraphs.append(ET.tostring(paragraph, encoding="unicode", method="html"))
    return "".join(paragraphs)


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = text
