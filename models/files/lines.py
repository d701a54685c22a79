"""The lines of bytes from outside, one at a time in constant memory, whatever they hold.

They are decoded first (``models.encoding``) and cut then: in UTF-16 a line does not end at a byte.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from models import encoding
from models.errors import InputError

MOST = 4 * 1024 * 1024  # characters of a line: a post with 200 replies is under 100 k
CHUNK = 64 * 1024
BAD = "\udcff"  # no decoder gives it for sound bytes
_BAD = re.compile("[\udc80-\udcff]")
_NOT_ASCII = re.compile(rb"[^\t\n\r\x20-\x7e]")
# what is fast, as no hostile file may take long: U+FFFD itself may stand in UTF-8, hardly elsewhere
_ERRORS = {"utf-8": "surrogateescape", "ascii": "surrogateescape"} | dict.fromkeys(
    ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"), "piyao-marked"
)
codecs.register_error("piyao-marked", lambda error: (BAD, _end(error)))
Step = Callable[[], None]


class Stream(Protocol):
    """Bytes that can be read again: an open file, a body in memory."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes."""

    def seek(self, at: int, whence: int = 0, /) -> int:
        """Go to a place; where it is."""


@dataclass(frozen=True)
class Line:
    """``text`` is the line without its end; or it is "" and ``trouble`` says why, in Chinese."""

    number: int  # from 1
    text: str
    trouble: str = ""


def cut(pieces: Iterable[str]) -> Iterator[Line]:
    """The lines of decoded text. A bad one costs only itself."""
    number, size = 0, 0
    held: list[str] = []
    for piece in pieces:
        *ended, rest = piece.split("\n")
        for part in ended:
            number += 1
            yield _line(number, held, part, size + len(part))
            held, size = [], 0
        size += len(rest)
        held = [*held, rest] if size <= MOST else []
    if size:
        yield _line(number + 1, held, "", size)


def is_bad(text: str) -> bool:
    """Whether a part of it could not be decoded."""
    return _BAD.search(text) is not None


def _line(number: int, held: list[str], last: str, size: int) -> Line:
    if size > MOST:
        return Line(number, "", f"一行超过 {MOST // 1024 // 1024} MB，未读")
    text = "".join([*held, last])
    if is_bad(text):
        return Line(number, "", f"有的字编码不对，这一行未读；{encoding.MEND}")
    return Line(number, text)


def pieces(stream: Stream, content_type: str = "", step: Step | None = None) -> Iterator[str]:
    """The text of a stream in pieces: LF for every end of a line (LF, CR LF, CR alone), ``BAD`` for
    what is broken. Where nobody can tell the encoding, that is all but ASCII. ``step`` is called
    after each piece."""
    decoder, last, errors = None, "", ""
    while True:
        chunk = stream.read(CHUNK)
        if decoder is None and _NOT_ASCII.search(chunk):  # before that any codec reads the same
            chunk += stream.read(CHUNK)
            try:
                codec, mark = encoding.codec_of(chunk, content_type)
            except InputError:
                codec, mark = "ascii", b""
            chunk = chunk[len(mark) :]
            errors = _ERRORS.get(codec, "replace")
            decoder = codecs.getincrementaldecoder(codec)(errors)
        text = last + (decoder.decode(chunk, not chunk) if decoder else chunk.decode("ascii"))
        if errors == "replace":
            text = text.replace("\ufffd", BAD)
        last = "\r" if text.endswith("\r") and chunk else ""
        text = text.removesuffix(last) if last else text
        yield text.replace("\r\n", "\n").replace("\r", "\n")
        if step is not None:
            step()
        if not chunk:
            return


def _end(error: UnicodeError) -> int:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101
    return error.end
