"""The Atom feed of the public site."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from models.config import OfficeConfig
from notices import words
from notices.channels.record import Record
from notices.forms import render

NAMESPACE = "http://www.w3.org/2005/Atom"
ENTRIES = 50
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom(records: Sequence[Record], office: OfficeConfig, base: str) -> bytes:
    """The newest entries by last change. The entry of a retracted notice says that, and why."""
    changed = sorted(records, key=lambda item: (item.at, item.slug), reverse=True)[:ENTRIES]
    root = ElementTree.Element("feed", {"xmlns": NAMESPACE, "xml:lang": "zh-CN"})
    _add(root, "id", f"{base}/")
    _add(root, "title", f"{words.short_name(office)} 通告")
    newest = max((item.at for item in changed), default=None)
    _add(root, "updated", newest.isoformat() if newest else "1970-01-01T00:00:00+00:00")
    _add(_add(root, "author"), "name", words.short_name(office))
    _add(root, "link", rel="self", type="application/atom+xml", href=f"{base}/feed.atom")
    _add(root, "link", rel="alternate", type="text/html", href=f"{base}/index.html")
    for item in changed:
        _entry(root, item, office, base)
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _entry(root: ElementTree.Element, item: Record, office: OfficeConfig, base: str) -> None:
    address = f"{base}/n/{item.slug}.html"
    tag, _ = render.tag_of(item.notice)
    entry = _add(root, "entry")
    _add(entry, "id", address)
    _add(entry, "title", f"〔{tag}〕{item.title}")
    _add(entry, "published", item.first_at.isoformat())
    _add(entry, "updated", item.at.isoformat())
    _add(entry, "link", rel="alternate", type="text/html", href=address)
    _add(entry, "category", term=tag)
    content = render.text(item.notice, office)
    if item.retracted:
        content = f"本通告已撤回。原因：{item.reason}\n{words.stamp(item.at)}"
    elif item.corrected:
        content = f"本通告已更正。{item.reason}\n\n{content}"
    _add(entry, "content", content, type="text")


def _add(
    parent: ElementTree.Element, tag: str, text: str = "", **attributes: str
) -> ElementTree.Element:
    clean = {key: _NOT_XML.sub("\ufffd", value) for key, value in attributes.items()}
    element = ElementTree.SubElement(parent, tag, clean)
    element.text = _NOT_XML.sub("\ufffd", text) or None
    return element
