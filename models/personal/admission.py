"""The one way in: what every text passes before it is written, whoever wrote it.

Posts, replies, imports, what could not be read, and every word an officer types: storable, and
without direct identifiers (phone, identity and card numbers, mail addresses, accounts, the author).
No module of the domain writes a text that has not been here (``tests/test_architecture.py``).
"""

from __future__ import annotations

import hashlib
import hmac
import html
import re

from models import encoding, text
from models.errors import InputError
from models.personal import addresses, mask, names
from models.text import MAX_CHARS

NATIVE_CHARS = 500


def clean(said: str, limit: int = MAX_CHARS, author: str = "") -> str:
    """A text as it may be written: at most ``limit`` characters, no direct identifier in it.

    ``author``: the handle of whoever posted it. What is cut off is read too, so that no number hides
    behind the end.

    >>> clean("打138・0013・8000")
    '打138****'
    """
    said = text.clean(said, 2 * MAX_CHARS)
    return text.clean(mask.direct(said, author), limit)


def line(said: str, limit: int = MAX_CHARS) -> str:
    """As ``clean``, on one line."""
    return text.clean(" ".join(clean(said).split()), limit)


def verbatim(raw: str, author: str = "") -> str:
    """A text as it came, hidden and broken characters included, without direct identifiers."""
    return mask.direct(raw[: 2 * MAX_CHARS], author)


def address(url: str, limit: int = 2000, author: str = "") -> str:
    """The address of a post: no number, no account in it. What officers need of it to open the post
    stays wherever it names nobody."""
    kept = addresses.without_account(text.clean(url, limit), author)
    return addresses.stripped(kept, mask.numbers)


def evidence_address(url: str, limit: int = 2000) -> str:
    """The address of a piece of evidence, which has to open: its path stays as an officer gave it."""
    return addresses.stripped(text.clean(url, limit), mask.numbers, trusted=True)


def native_id(given: str, secret: bytes, otherwise: str = "", author: str = "") -> str:
    """The id of a post or reply as stored: its own where that names nobody, else a keyed hash of it.

    The same id gives the same hash, so a post that is read again is still known. ``otherwise`` is
    hashed where there is no id.
    """
    kept = text.clean(given, 2 * NATIVE_CHARS)
    own = bool(kept) and len(kept) <= NATIVE_CHARS and not _HASHED.search(kept)
    if own and not _names(kept, author) and (len(kept) < 7 or _nobody(kept)):
        return kept
    return keyed(given or otherwise, secret)


# a hash of words that were not masked: whoever tries all numbers in their place finds the one
_HASHED = re.compile(r"(?:^|#)(?:[0-9a-f]{32}|[0-9a-f]{64})$")


def _nobody(identity: str) -> bool:
    return address(mask.direct(identity), 2 * NATIVE_CHARS) == identity


def _names(identity: str, author: str) -> bool:
    name = author.strip().lstrip("@").lower()
    return 2 < len(name) < len(identity) and name in identity.lower()


def keyed(said: str, secret: bytes) -> str:
    """A hash that nobody without the key of this desk can try numbers against."""
    message = said.encode("utf-8", "surrogatepass")
    return hmac.new(secret, message, hashlib.sha256).hexdigest()


EXCERPT_CHARS = 4000
_AUTHORS = re.compile(
    r"(?is)<((?:[\w-]+:)?(?:author|creator|contributor|webmaster|managingeditor|owner|name|email|uri))\b[^>]*>.{0,400}?</\1\s*>"
)
# a field of JSON about whoever wrote: its value goes, be it a string, a number or a small object
_FIELDS = re.compile(
    r'(?is)("(?:author|authors|creator|user|user_?name|screen_name|nick_?name|nick|name|handle|owner|by|from|sender|email|e-?mail|mobile|phone|tel|uid|user_?id|avatar|profile_url)"\s*:\s*)'
    r'("(?:[^"\\]|\\.){0,400}"?|\[[^\[\]]{0,1000}\]?|\{[^{}]{0,1000}\}?|[\d.]+)'
)
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def excerpt(raw: bytes, author: str = "") -> bytes:
    """What is kept of an input that could not be read: its beginning, as UTF-8, without the fields
    that tell who wrote it, and without direct identifiers."""
    said = _decoded(raw[: 8 * EXCERPT_CHARS])[: 2 * EXCERPT_CHARS]
    said = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), html.unescape(said))
    said = re.sub(r"\\[nrt]", " ", said)
    said = _AUTHORS.sub(lambda found: f"<{found[1]}>{names.NOBODY}</{found[1]}>", said)
    said = _FIELDS.sub(lambda found: f'{found[1]}"{names.NOBODY}"', said)
    return clean(said, EXCERPT_CHARS, author).encode("utf-8", "replace")


def _decoded(raw: bytes) -> str:
    try:
        return encoding.decode(raw).text
    except InputError:  # what is no ASCII is nothing that anybody could read
        return raw.decode("ascii", "replace")
