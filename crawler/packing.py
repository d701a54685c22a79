"""What a response is packed in, by its first bytes. Headers lie: a gzip file is sent as a feed, a feed is
called gzip, one server packs what another one has packed.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib

MOST = 8 * 1024 * 1024  # bytes of a response, packed or unpacked
_LAYERS = 3
_PIECE = 65_536
_GZIP = b"\x1f\x8b\x08"
_PLAIN = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml|<rss\b|<feed\b|<rdf:|<!doctype|<html\b|<!--|[{\[]\s*[\"{\]}])",
    re.I,
)


class TooLarge(ValueError):
    """More than ``MOST`` bytes come out of it."""


def is_plain(body: bytes) -> bool:
    """Whether it begins as a feed or page does that nobody packed."""
    return bool(_PLAIN.match(body[:1024]))


def is_packed(body: bytes) -> bool:
    """Whether it begins as gzip and zlib do."""
    return body.startswith(_GZIP) or _is_zlib(body)


def unpacked(body: bytes, most: int = MOST) -> bytes:
    """The bytes inside, as far as they are whole; the body itself where it is not packed.

    At most ``most`` bytes are ever held; raises ``TooLarge`` where there are more.

    >>> import gzip
    >>> unpacked(gzip.compress(gzip.compress(b"<rss/>"))), unpacked(b"<rss/>")
    (b'<rss/>', b'<rss/>')
    """
    for _ in range(_LAYERS):
        if body.startswith(_GZIP):
            body = _gunzipped(body, most)
        elif _is_zlib(body):
            body = _inflated(body, 15, most) or body
        else:
            break
    return body


def inflated(body: bytes, most: int = MOST) -> bytes:
    """As ``unpacked``; and what is a stream of deflate without a beginning of its own is unpacked too.
    Only for what was said to be packed: any bytes might be such a stream."""
    if is_packed(body) or is_plain(body):
        return unpacked(body, most)
    inner = _inflated(body, -15, most)
    return inner if is_plain(inner) else body


def _is_zlib(body: bytes) -> bool:
    """As RFC 1950 has it; a text never begins so: x is followed by a control or a high byte."""
    return body[:1] == b"x" and body[1:2] in (b"\x01", b"\x5e", b"\x9c", b"\xda")


def _gunzipped(body: bytes, most: int) -> bytes:
    out = bytearray()
    with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
        while True:
            try:
                piece = file.read1(_PIECE)
            except (OSError, EOFError, zlib.error):  # it breaks off, or its sum is wrong
                break
            if not piece:
                break
            out += piece
            if len(out) > most:
                raise TooLarge
    return bytes(out)


def _inflated(body: bytes, wbits: int, most: int) -> bytes:
    try:
        out = zlib.decompressobj(wbits).decompress(body, most + 1)
    except zlib.error:
        return b""
    if len(out) > most:
        raise TooLarge
    return out
