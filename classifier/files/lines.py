"""Lines of a file from outside, one at a time, whatever the file holds."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from models.errors import InputError

MOST = 4 * 1024 * 1024  # bytes of a line: a post with 200 replies is under 100 kB


@dataclass(frozen=True)
class Line:
    """``text`` is the decoded line; or it is "" and ``trouble`` says why, in Chinese."""

    number: int  # from 1
    text: str
    trouble: str = ""


def read_lines(path: Path, step: Callable[[int], None] | None = None) -> Iterator[Line]:
    """The lines of a plain or gzip file in constant memory; a bad line costs only itself.

    UTF-8 (with or without a mark) is read; a file whose first bytes are GB18030 and not UTF-8, as
    spreadsheets save them, is read as that. ``step`` gets the bytes of the file read so far.
    Raises ``InputError`` when the file itself cannot be read.
    """
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            stream = cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if packed else raw
            encoding = _encoding(stream)
            stream.seek(0)
            for number, line in enumerate(_pieces(stream), start=1):
                yield _decoded(number, line, encoding)
                if step is not None:
                    step(raw.tell())
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"cannot be read ({error})", str(path), "check the file") from error


def _encoding(stream: IO[bytes]) -> str:
    head = stream.read(65536)
    for encoding in ("utf-8", "gb18030"):
        try:
            head[: head.rfind(b"\n") + 1 or len(head)].decode(encoding)
        except UnicodeDecodeError:
            continue
        # one broken line in a UTF-8 file must not make the others GB18030
        return encoding
    return "utf-8"


def _pieces(stream: IO[bytes]) -> Iterator[bytes | None]:
    """Lines without their end; None for one that is longer than ``MOST``."""
    while piece := stream.readline(MOST + 1):
        if len(piece) <= MOST:
            yield piece
            continue
        while piece and not piece.endswith(b"\n"):
            piece = stream.readline(MOST)
        yield None


def _decoded(number: int, line: bytes | None, encoding: str) -> Line:
    if line is None:
        return Line(number, "", f"一行超过 {MOST // 1024 // 1024} MB，未读")
    try:
        text = line.decode(encoding)
    except UnicodeDecodeError as error:
        return Line(number, "", f"第 {error.start + 1} 字节不是 {encoding.upper()}，这一行未读")
    return Line(number, text.removeprefix("\ufeff") if number == 1 else text)
