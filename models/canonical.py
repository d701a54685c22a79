"""One spelling of a value: times as they are stored, and canonical JSON, which hashes are taken over."""

from __future__ import annotations

import json
from datetime import UTC, datetime


def dump(value: object) -> str:
    """Canonical JSON: sorted keys, no spaces, UTF-8 (the parts of RFC 8785 that our values need)."""
    return _CANONICAL.encode(value)


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def stamp(at: datetime | None) -> str | None:
    """A time as stored: UTC, fixed width, sorts as text. None stays None."""
    if at is None:
        return None
    # strftime writes the year 800 with three digits: it would neither sort nor be read again
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def time(text: str | None) -> datetime | None:
    """The inverse of ``stamp``."""
    return datetime.fromisoformat(text) if text else None
