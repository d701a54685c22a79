"""A file of the public site, as an answer: by its address, with its headers. Needs no Django."""

from __future__ import annotations

import contextlib
import mimetypes
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
TYPES = {
    ".atom": "application/atom+xml",
    ".json": "application/json",
    ".txt": "text/plain",
    ".xml": "application/xml",
}
TEXTS = ("text/html", "text/css", *TYPES.values())
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "public, max-age=60",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_INSIDE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe must not keep us


@dataclass(frozen=True)
class Opened:
    """A file that is open: what is told of it is of the very bytes that are read."""

    name: str
    content: BinaryIO
    held: os.stat_result

    @property
    def kind(self) -> str:
        """Its content type, with the character set where it is a text."""
        suffix = os.path.splitext(self.name)[1]
        found = TYPES.get(suffix) or mimetypes.guess_type(self.name)[0]
        return f"{found}; charset=utf-8" if found in TEXTS else found or "application/octet-stream"


def find(root: Path, path: str) -> Opened | None:
    """The file that an address (without its first slash) means; a folder means its index.html.

    None for what is not there, for what is hidden, and for all that is not inside ``root``: each
    step is opened from the folder before it and none is a link, so that nothing put in its place
    meanwhile leads out. A file that is replaced is read as it was, to its end.
    """
    parts = [part for part in path.split("/") if part]
    if any(part.startswith(".") for part in parts):
        return None
    try:
        with _walked(root, parts) as (file, name):
            held = os.fstat(file)
            if not stat.S_ISREG(held.st_mode):
                return None
            return Opened(name, os.fdopen(os.dup(file), "rb"), held)
    except (OSError, ValueError):  # not there, a link, or a name that no file can have
        return None


@contextlib.contextmanager
def _walked(root: Path, parts: list[str]) -> Iterator[tuple[int, str]]:
    """What stands at the end of these steps from ``root``, open, and its name."""
    here, name = os.open(root, _FOLDER), ""
    try:
        for name in parts:
            here = _step(here, name)
        if stat.S_ISDIR(os.fstat(here).st_mode):
            name = "index.html"
            here = _step(here, name)
        yield here, name
    finally:
        os.close(here)


def _step(folder: int, name: str) -> int:
    """Open what is called so in a folder, and let go of the folder."""
    found = os.open(name, _INSIDE, dir_fd=folder)
    os.close(folder)
    return found
