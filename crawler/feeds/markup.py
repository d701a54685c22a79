"""HTML -> the text a reader sees, with its lines. Scripts, styles and comments are not text."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

_UNSEEN = frozenset(("script", "style", "template", "noscript", "iframe", "object", "svg", "math"))
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    ]
)
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>|<!--")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});")


def looks_like_markup(text: str) -> bool:
    """Whether a text holds a tag or an entity; ``3 < 5`` and ``A&B`` hold none."""
    return bool(_TAG.search(text) or _ENTITY.search(text))


def to_text(markup: str) -> str:
    """The visible text. Blocks and ``br`` begin a new line; pictures leave their alt text.

    >>> to_text('<p>武汉<b>封城</b></p><script>x()</script><p>别出门<img alt="[泪]"></p>')
    '武汉封城\\n别出门[泪]'
    """
    reader = _Reader()
    try:
        reader.feed(markup)
        reader.close()
    except AssertionError:  # html.parser's own complaint about a malformed declaration
        return stripped(markup)
    return _tidy("".join(reader.pieces))


def stripped(markup: str) -> str:
    """What is left without anything that looks like a tag: cruder than ``to_text``, but always fast."""
    return _tidy(html.unescape(_TAG.sub("\n", markup)))


def _tidy(text: str) -> str:
    text = text.replace("\xa0", " ")
    lines = (re.sub(r"[ \t\r\f\v]+", " ", line).strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.unseen: list[str] = []

    def _line(self) -> None:
        if self.pieces and not self.pieces[-1].endswith("\n"):
            self.pieces.append("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self.unseen.append(tag)
        elif tag in _BLOCKS:
            self._line()
        elif tag == "img" and not self.unseen:
            self.pieces.append(dict(attrs).get("alt") or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _UNSEEN:  # <svg/> hides nothing
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.unseen:
            # an unclosed <script> inside must not hide the rest of the post for ever
            del self.unseen[self.unseen.index(tag) :]
        elif tag in _BLOCKS:
            self._line()

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            # line breaks of the source are spaces to a reader; <br> and blocks make the lines
            self.pieces.append(data.replace("\n", " "))
