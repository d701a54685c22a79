"""Markup that was escaped once too often, and marks that were escaped not at all.

``&copy=2`` in an address is an ampersand and a name, not ©: only what ends with ; stands for another
character, and a few old ones that stand alone. Whoever escapes HTML twice sends posts that read
<p>…</p>; whoever writes about <br> sends that too, and means it.
"""

from __future__ import annotations

import html
import re
from html.entities import html5

TAG = re.compile(r"<[a-zA-Z/!][^<>]*>|<!--")
_REFERENCE = re.compile(r"&(?:#\d{1,7};?|#[xX][0-9a-fA-F]{1,6};?|([a-zA-Z][a-zA-Z0-9]{0,31})(;?))?")
_ALONE = frozenset(("nbsp", "amp", "lt", "gt", "quot"))  # written without ; by old pages
_NAMES = (
    "a|abbr|article|b|big|blockquote|br|caption|center|cite|code|dd|del|div|dl|dt|em|embed|figcaption"
    "|figure|font|footer|h[1-6]|header|hr|i|iframe|img|ins|li|main|ol|p|pre|s|section|small|source|span"
    "|strike|strong|sub|sup|table|tbody|td|tfoot|th|thead|tr|u|ul|video|audio"
)
_ELEMENT = re.compile(rf"<(/?)({_NAMES})((?:\s[^<>]*)?/?)>", re.I)
_WRITTEN = re.compile(r"""\b(?:src|href|style|class|width|align|target)\s*=\s*["'\w]""", re.I)
_BREAKS = frozenset(("br", "hr"))
_EMPTY = _BREAKS | {"img", "source", "embed"}
_GLUED = re.compile(
    r"(?<=[^\s\"'“‘「《(（])&(?:nbsp|ensp|emsp|amp|quot|apos|[lr]dquo|[lr]squo|hellip|mdash|middot|#\d{2,5});"
    r"(?=[^\s\"'”’」》)）])"
)
OPENING, CLOSING = "<![CDATA[", "]]>"


def with_plain_ampersands(markup: str) -> str:
    """The markup with each & that begins no reference written out, so that no parser guesses.

    >>> with_plain_ampersands("A&B&amp;C?id=3&copy=2&copy;&nbsp今晚")
    'A&amp;B&amp;C?id=3&amp;copy=2&copy;&nbsp;今晚'
    """
    return _REFERENCE.sub(_checked, markup) if "&" in markup else markup


def _checked(found: re.Match[str]) -> str:
    said, name = found[0], found[1]
    if name and found[2]:
        return said if f"{name};" in html5 else f"&amp;{said[1:]}"
    if said.startswith("&#"):
        return said if said.endswith(";") else f"&amp;{said[1:]}"
    follows = found.string[found.end() : found.end() + 1]
    if name in _ALONE and follows != "=":
        return f"{said};"
    return f"&amp;{said[1:]}"


def without_cdata(markup: str) -> str:
    """What CDATA sections hold, as markup: in HTML they are none, and a browser shows nothing of them.

    >>> without_cdata("<![CDATA[<p>封路</p>]]>")
    '<p>封路</p>'
    """
    if OPENING not in markup:
        return markup
    return markup.replace(OPENING, "").replace(CLOSING, "")


def is_markup_again(text: str) -> bool:
    """Whether a text that was read once is nothing but markup still.

    >>> is_markup_again("<p>今晚&nbsp;封路</p>"), is_markup_again("换行写 <br>，不写 </br>")
    (True, False)
    """
    text = text.strip()
    if text.startswith(OPENING):
        return True
    found = list(_ELEMENT.finditer(text))
    if not found and text.startswith("&lt;") and text.endswith("&gt;"):
        return is_markup_again(html.unescape(text))
    if not found:
        return bool(_GLUED.search(text))
    names = {each[2].lower() for each in found}
    opened = {each[2].lower() for each in found if not each[1]}
    paired = any(each[1] and each[2].lower() in opened for each in found)
    begins, ends = found[0].start() == 0, found[-1].end() == len(text)
    if begins and ends:
        return paired or names <= _EMPTY
    if any(_WRITTEN.search(each[3]) for each in found):
        return begins or ends or paired or not names.isdisjoint(_EMPTY)
    # a line break after a sentence
    return names <= _BREAKS and any(text[: each.start()].endswith(_SENTENCE) for each in found)


_SENTENCE = ("。", "！", "？", "；", "，", "…", "：", "”")
