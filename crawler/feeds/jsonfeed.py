"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/) -> posts.

Extensions read: ``_replies`` (a list of {id, text, at}), ``_likes`` and ``_reposts``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from crawler.feeds.entry import Body, Entry, to_harvest
from crawler.feeds.page import Page
from crawler.harvest import Harvest, Trouble

# a string, whole or to the end; or a comma with nothing behind it
_STRING_OR_COMMA = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\Z)|,(?=\s*+[}\]])', re.S)


def loads(text: str) -> Any:
    """The document, with raw line breaks in its strings and with a comma after the last of a list, as
    templates write them. Raises ``ValueError`` where it is no JSON.

    >>> loads('{"a": "1,\\n]", "b": [1, 2, ], }')
    {'a': '1,\\n]', 'b': [1, 2]}
    """
    try:
        return json.loads(text, strict=False)
    except ValueError:
        kept = _STRING_OR_COMMA.sub(lambda found: "" if found[0] == "," else found[0], text)
        return json.loads(kept, strict=False)


def read_json(document: Any, page: Page) -> Harvest | None:
    """The posts of a parsed JSON document; None where it is no JSON Feed."""
    if not isinstance(document, Mapping):
        return None
    items = document.get("items")
    if not isinstance(items, list):
        return None
    feed_author = _author(document)
    read_json, troubles = [], []
    for position, item in enumerate(items, start=1):
        raw = json.dumps(item, ensure_ascii=False).encode("utf-8", "surrogatepass")
        if isinstance(item, Mapping):
            read_json.append((position, _entry(item, feed_author), raw))
        else:
            mend = "其余条目照常收取；请网站改正这一条"
            troubles.append(
                Trouble("有一条不是对象，读不了", f"第 {position} 条", mend, raw, lost=True)
            )
    return to_harvest(read_json, page).plus(*troubles)


def _entry(item: Mapping[str, Any], feed_author: str) -> Entry:
    replies = item.get("_replies")
    return Entry(
        id=_text(item.get("id")),
        link=_text(item.get("url")) or _text(item.get("external_url")),
        title=_text(item.get("title")),
        # plain text first: JSON Feed gives both for the same words
        bodies=(
            Body(_text(item.get("content_text")), markup=False),
            Body(_text(item.get("content_html")), markup=True),
            Body(_text(item.get("summary")), markup=False),
        ),
        published=_text(item.get("date_published")) or _text(item.get("date_modified")),
        author=_author(item) or feed_author,
        likes=item.get("_likes", 0),
        reposts=item.get("_reposts", 0),
        replies=tuple(
            (_text(reply.get("id")), _text(reply.get("at")), _text(reply.get("text")))
            for reply in (replies if isinstance(replies, list) else ())
            if isinstance(reply, Mapping)
        ),
    )


def _author(item: Mapping[str, Any]) -> str:
    authors = item.get("authors")
    first = authors[0] if isinstance(authors, list) and authors else item.get("author")
    if isinstance(first, Mapping):
        return _text(first.get("url")) or _text(first.get("name"))
    return _text(first)


def _text(value: Any) -> str:
    """Ids are numbers in many a JSON Feed; anything else that is no text is nothing."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
