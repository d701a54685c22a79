"""What makes two spellings one: plain words, the words that a quotation carries, addresses, files.

Evidence is counted by what it is. Whoever writes the same thing twice has a hundred ways to spell it:
full-width, spaced, with other marks, with www and a tracking number. Each function here takes such a
spelling off and returns what is left, to be compared.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
import unicodedata
from urllib.parse import parse_qsl, urlencode, urlsplit

from w3lib.url import canonicalize_url

from models import encoding
from models.errors import InputError

# never a word by itself, wherever it stands
_PARTICLES = re.compile("[的了吗呢吧啊呀嘛哦呗]")
# a quotation of these alone says nothing that could be wrong: 有, 这是, 没有, 还在
_EMPTY = frozenset(
    "着过地得是有在和与及或也都就还又很再才这那哪其此个们我你您他她它把被让给对于以为而但不没无一之"
    "上下里中来去到从向要会能可将已曾因所如若则且并等说"
)
MIN_CONTENT = 2  # characters that a quotation must hold
MOST_READ = 1_000_000  # bytes of a document whose words are compared; a longer one is its bytes

_MOBILE = re.compile(r"^(?:www\d?|m|wap|3g|amp)\.(?=[^.]+\.)")
_ARCHIVED = re.compile(r"^/web/\d{4,14}[a-z_]*/(.+)$")
_INDEX = re.compile(r"/(?:index|default)(?:\.[a-z]{2,5})?$")
_ENDING = re.compile(r"\.(?:[sx]?html?|amp)$")  # /n/1.html is /n/1
_AMP = re.compile(r"^/amp(?=/)|/amp$")
# what a page's address carries of the way a reader came to it
_TRACKING = re.compile(
    r"^(?:utm_.*|spm|scm|from|share.*|wfr|isappinstalled|nsukey|fbclid|gclid|msclkid|ref|referr?er"
    r"|src|scene|clicktime|enterid|chksm|sharer?_.*|mpshare|srcid|pass_ticket|_|_t|ts|rnd|rand(?:om)?|nocache|timestamp"
    r"|jsessionid|amp)$",
    re.IGNORECASE,
)

# which session it was; what sid= names is a story in some places, so it has to look like one
_SESSION = re.compile(r"(?:php|asp|j)?sess(?:ion)?[^=]*=|sid=[0-9a-z]{16,}$", re.IGNORECASE)


def words(text: str) -> str:
    """Letters, ideographs and digits of a text, and nothing else: no space, mark or hidden character.

    >>> words("浙Ｂ·L１２３４，没有 来过！")
    '浙bl1234没有来过'
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(each for each in plain if unicodedata.category(each)[0] in "LN")


def name(text: str) -> str:
    """A title without what tells copies of one thing apart: 登记答复, 登记答复 2, 登记答复（副本）."""
    return re.sub(r"\d+|副本|复印件|复件", "", words(text))


def quoted(text: str) -> str:
    """The words of a text without particles: what a quotation and a claim are compared by.

    >>> quoted("车上，有确诊的患者")
    '车上有确诊患者'
    """
    return _PARTICLES.sub("", words(text))


def content(quotation: str) -> str:
    """``quoted``, or "" where the quotation has no word that carries content.

    >>> content("有毒"), content("，"), content("的"), content("没有"), content("毒")
    ('有毒', '', '', '', '')
    """
    held = quoted(quotation)
    return held if len(held) >= MIN_CONTENT and not _EMPTY.issuperset(held) else ""


def address(url: str) -> str:
    """An address without scheme, www, port, tracking, fragment, capitals and the like; "": it is none.

    Two pages that differ in a capital or a port alone are told apart by nobody who reads; who means
    two adds the documents.

    >>> address("HTTPS://www.Gov.example:8443/a/../N/1.html?utm_source=wx&b=2#top")
    'gov.example/n/1?b=2'
    """
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", url))
    text = "".join(each for each in text if unicodedata.category(each) != "Cf")
    if "://" not in text:
        text = "http://" + text.lstrip("/")
    try:
        parts = urlsplit(canonicalize_url(text))
        host, _ = (parts.hostname or "").rstrip("."), parts.port  # a port that is none is refused
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not re.search(r"\w[.:]\w|::", host):
        return ""
    if host == "web.archive.org" and (kept := _ARCHIVED.match(parts.path)):
        return address(kept.group(1) + (f"?{parts.query}" if parts.query else ""))
    path = re.sub(r";[^/]*", "", parts.path.casefold())  # parameters of a session
    path = posixpath.normpath("/" + re.sub("/+", "/", path).lstrip("/"))
    path = _ENDING.sub("", _INDEX.sub("", _AMP.sub("", path))).rstrip("/")
    query = parse_qsl(parts.query.casefold(), True)
    asked = {
        each for each in query if not (_TRACKING.match(each[0]) or _SESSION.match("=".join(each)))
    }
    return f"{_MOBILE.sub('', host)}{path}" + (f"?{urlencode(sorted(asked))}" if asked else "")


def page(url: str) -> str:
    """What a link leads to, however it is spelled, and the place in it: floors of
    a thread are told apart by nothing else. "" for no link.

    >>> page("https://www.forum.example/t/1?spm=a2.3#p7") == page("http://forum.example/t/1/#p7")
    True
    """
    led = address(url) if url else ""
    fragment = urlsplit(url).fragment[:200] if led else ""
    return f"{led}#{fragment}" if fragment else led


def said(title: str, text: str) -> str:
    """A fingerprint of the words as they are stored: it tells nothing that does not stand beside it."""
    return hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()[:32]


def document(body: bytes, text: str) -> str:
    """A fingerprint of what a document says: of its ``text`` (``readable``) the words, of anything else
    the bytes."""
    said = words(text)
    return hashlib.sha256(said.encode() if said else body).hexdigest()


def readable(body: bytes, media_type: str) -> str:
    """The text of a plain document; "" where it is none, or longer than anybody reads."""
    if len(body) > MOST_READ or not (media_type.startswith("text/") or media_type == ""):
        return ""
    try:
        return encoding.decode(body, media_type).text
    except InputError:
        return ""
