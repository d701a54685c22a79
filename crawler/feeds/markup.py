"""HTML -> the text a reader sees, with its lines. Scripts, styles and comments are not text."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote

from crawler.feeds import escaping, styles
from crawler.feeds.styles import Look

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
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "wbr")
)  # fmt: skip
_ENDED_BY_THE_NEXT = frozenset(
    ("p", "li", "dt", "dd", "tr", "td", "th", "option", "rt", "rp", "rb")
)
_RUBY = frozenset(("rt", "rp", "rb", "rtc"))
_CODE = frozenset(("pre", "code", "xmp", "textarea", "samp", "kbd"))
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});")
MORE_READINGS = 2  # of what was escaped again and again
# how cameras, screens and forums name a file; and any name that ends as files do
_FILE_NAME = re.compile(
    r"\S.{0,200}\.(?:jpe?g|png|gif|webp|bmp|svg|heic|heif|avif|tiff?|jfif)(?:[?!@].{0,200})?"
    r"|(?:IMG|DSC[NF]?|PXL|MVIMG|Screenshot|image|mmexport|wx_camera|微信图片|微信截图|QQ图片|QQ截图|截图|图片)[\s_-]{0,3}[\d\s_-]*"
    r"|[0-9a-fA-F-]{16,64}|\d{5,}|https?:\S+",
    re.I | re.S,
)


def looks_like_markup(text: str) -> bool:
    """Whether a text holds a tag or an entity; ``3 < 5`` and ``A&B`` hold none."""
    return bool(escaping.TAG.search(text) or _ENTITY.search(text))


SEEN, VEILED, HIDDEN = 2, 1, 0


@dataclass(frozen=True)
class Said:
    """A text, and whether a reader sees it: SEEN; VEILED where most of it stands under a veil or has
    the colour of its ground; HIDDEN where nothing of it has a place on the page."""

    text: str
    seen: int = SEEN


def to_text(markup: str) -> str:
    """The visible text. Blocks and ``br`` begin a new line; pictures leave their alt text, unless it is
    a file's name. What was escaped twice is read twice.

    >>> to_text('<p>武汉<b>封城</b></p><script>x()</script><p>别出门<img alt="[泪]"></p>')
    '武汉封城\\n别出门[泪]'
    """
    return said(markup).text


def said(markup: str) -> Said:
    """As ``to_text``, with whether a reader sees it.

    >>> said('<p style="display:none">停水</p>')
    Said(text='停水', seen=0)
    """
    found, quotes = _read(markup)
    for _ in range(MORE_READINGS):
        if quotes or not escaping.is_markup_again(found.text):
            break
        again, quotes = _read(found.text)
        if not words(again.text):
            break  # it was about markup, and held no other word
        found = Said(again.text, min(found.seen, again.seen))
    return found


def _read(markup: str) -> tuple[Said, bool]:
    """The visible text, and whether it quotes code."""
    reader = _Reader()
    try:
        reader.feed(escaping.with_plain_ampersands(escaping.without_cdata(markup)))
        reader.close()
    except AssertionError:  # html.parser's own complaint about a malformed declaration
        return Said(stripped(markup)), True
    found = reader.said()
    return Said(_tidy(found.text), found.seen), reader.quotes


def stripped(markup: str) -> str:
    """What is left without anything that looks like a tag: cruder than ``to_text``, but always fast."""
    return _tidy(html.unescape(escaping.TAG.sub("\n", escaping.without_cdata(markup))))


def words(text: str) -> int:
    """How much a text says: its letters, ideographs and digits."""
    return sum(map(str.isalnum, text))


def _tidy(text: str) -> str:
    text = text.replace("\xa0", " ")
    lines = (re.sub(r"[ \t\r\f\v]+", " ", line).strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


@dataclass(frozen=True)
class _Open:
    tag: str
    look: Look


@dataclass(frozen=True)
class _Aside:
    """Words that are not seen: after which piece they stand, and the element that began to hide them."""

    place: int
    text: str
    look: Look
    hider: int  # its number


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.asides: list[_Aside] = []
        self.open: list[_Open] = []
        self.tags: Counter[str] = Counter()  # of those
        self.hiders: list[
            tuple[int, int]
        ] = []  # number and place of those that words are unseen in
        self.closed: set[int] = set()  # those that ended as they should
        self.begun = 0
        self.quotes = False

    def said(self) -> Said:
        """The words that are seen; where they are fewer than those under a veil, those too; and where
        there are none at all, whatever there is."""
        seen = words("".join(self.pieces))
        faint = [each for each in self.asides if not (each.look.gone or each.look.tiny)]
        under, how = sum(words(each.text) for each in faint), SEEN
        if not seen:
            shown, how = self.asides, VEILED if under else HIDDEN
        elif under > seen:
            shown, how = faint, VEILED
        else:
            # what hides and is never closed would hide the rest of the post
            shown = [each for each in self.asides if each.hider not in self.closed]
        out, at = [], 0
        for each in shown:
            out += [*self.pieces[at : each.place], each.text]
            at = each.place
        return Said("".join([*out, *self.pieces[at:]]), how)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end_implied(tag)
        self._line_for(tag)
        if tag == "img":
            self._picture(dict(reversed(attrs)))
        if tag in _VOID:
            return
        self.quotes = self.quotes or tag in _CODE
        look = styles.inside(self._look, tag, dict(reversed(attrs)))
        if self._look.seen and not look.seen:
            self.begun += 1
            self.hiders.append((self.begun, len(self.open)))
        self.open.append(_Open(tag, look))
        self.tags[tag] += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            self.handle_starttag(tag, attrs)
        else:  # <svg/> hides nothing
            self._line_for(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.tags[tag]:
            while self.open[-1].tag != tag:
                self._end(whole=self.open[-1].tag in _ENDED_BY_THE_NEXT)
            self._end()
        self._line_for(tag)

    def handle_data(self, data: str) -> None:
        # line breaks of the source are spaces to a reader; <br> and blocks make the lines
        self._say(data.replace("\n", " "))

    @property
    def _look(self) -> Look:
        return self.open[-1].look if self.open else _PAGE

    def _say(self, text: str) -> None:
        look = self._look
        if look.seen:
            self.pieces.append(text)
        elif not look.machine and text:
            self.asides.append(_Aside(len(self.pieces), text, look, self.hiders[-1][0]))

    def _line_for(self, tag: str) -> None:
        if (
            tag in _BLOCKS
            and self._look.seen
            and self.pieces
            and not self.pieces[-1].endswith("\n")
        ):
            self.pieces.append("\n")

    def _picture(self, attributes: dict[str, str | None]) -> None:
        alt = (attributes.get("alt") or "").strip()
        source = (attributes.get("src") or "").partition("?")[0].rpartition("/")[2]
        source = unquote(source[-300:])
        names = {source, source.rpartition(".")[0]}
        if alt not in names and not _FILE_NAME.fullmatch(alt):
            self._say(attributes.get("alt") or "")

    def _end_implied(self, tag: str) -> None:
        while self.open and tag in _ENDED_BY_THE_NEXT:
            last = self.open[-1].tag
            if last != tag and not (last in _RUBY and tag in _RUBY):
                return
            self._end()

    def _end(self, *, whole: bool = True) -> None:
        gone = self.open.pop()
        self.tags[gone.tag] -= 1
        while self.hiders and self.hiders[-1][1] >= len(self.open):
            number, _ = self.hiders.pop()
            if whole:
                self.closed.add(number)


_PAGE = Look()
