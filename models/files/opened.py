"""A file from outside, opened: a regular one, plain or gzip; all else is refused in one sentence."""

from __future__ import annotations

import gzip
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TypeVar, cast

from models.errors import InputError

# what begins like this is no text, whatever its name says
_KINDS = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"SQLite format 3\0", "a SQLite store"),
    (b"PAR1", "a Parquet file"),
    (b"BZh", "packed with bzip2"),
    (b"\xfd7zXZ", "packed with xz"),
    (b"7z\xbc\xaf", "packed with 7-Zip"),
    (b"Rar!", "packed with RAR"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd"),
)
T = TypeVar("T")
AS_TEXT = "save it as CSV UTF-8 or as JSON lines"


def refuse_special(path: Path) -> None:
    """Raise ``InputError`` unless ``path`` is a regular file: a pipe or a device might never end."""
    try:
        kind = path.stat().st_mode
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise InputError(what, str(path), "check the path of the file") from error
    except ValueError as error:  # a NUL in the name
        raise InputError("is no path of a file", repr(str(path)), "check it") from error
    if not stat.S_ISREG(kind):
        what = "is a folder" if stat.S_ISDIR(kind) else "is a pipe or a device, and no file"
        raise InputError(what, str(path), "name a file; save what a pipe gives into one first")


class Unpacked:
    """The bytes of an open file, plain or gzip. Each method raises ``InputError`` where it breaks off."""

    def __init__(self, raw: IO[bytes], path: Path) -> None:
        self._raw, self._path = raw, path
        packed = self._raw.read(2) == b"\x1f\x8b"
        self._raw.seek(0)
        self._stream = cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if packed else raw

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes."""
        return self._sound(lambda: self._stream.read(size))

    def seek(self, at: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place; where it is."""
        return self._sound(lambda: self._stream.seek(at, whence))

    def done(self) -> int:
        """How many bytes of the file are read, as it is packed."""
        return self._raw.tell()

    def _sound(self, act: Callable[[], T]) -> T:
        try:
            return act()
        except (OSError, EOFError, zlib.error) as error:
            what = f"cannot be read ({error})"
            raise InputError(what, str(self._path), "check the file") from error


@contextmanager
def opened(path: Path) -> Iterator[Unpacked]:
    """A file, unpacked; raises ``InputError`` for what is no regular file, or no text."""
    refuse_special(path)
    # it could have become a pipe since, and opening one waits for who writes it
    try:
        raw = open(path, "rb", opener=lambda name, how: os.open(name, how | os.O_NONBLOCK))  # noqa: SIM115
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise InputError(what, str(path), "check the path of the file") from error
    with raw:
        file = Unpacked(raw, path)
        refuse_no_text(file.read(16), str(path))
        file.seek(0)
        yield file


def refuse_no_text(head: bytes, where: str = "") -> None:
    """Raise ``InputError`` where the first bytes are those of a workbook, a picture, an archive."""
    for start, kind in _KINDS:
        if head.startswith(start):
            raise InputError(f"is {kind}, and no text", where, AS_TEXT)
