"""A file of the public site, as an answer: by its address, with its headers. Needs no Django."""

from __future__ import annotations

import mimetypes
from pathlib import Path

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


def find(root: Path, path: str) -> Path | None:
    """The file that an address (without its first slash) means; a folder means its index.html.

    None for what is not there, for what is hidden, and for all that is not inside ``root``.
    """
    root = root.resolve()
    parts = path.split("/")
    if "\0" in path or any(part.startswith(".") for part in parts):
        return None
    try:
        found = root.joinpath(*(part for part in parts if part)).resolve()
        if found.is_dir():
            found = (found / "index.html").resolve()
        return found if found.is_relative_to(root) and found.is_file() else None
    except (OSError, ValueError):  # a name that no file can have
        return None


def kind(file: Path) -> str:
    """The content type of a file, with its character set where it is a text."""
    found = TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0]
    return f"{found}; charset=utf-8" if found in TEXTS else found or "application/octet-stream"
