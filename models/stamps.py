"""Times as the store keeps them."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(at: datetime | None) -> str | None:
    """A time as stored: UTC, fixed width, sorts as text. None stays None."""
    if at is None:
        return None
    # strftime writes the year 800 with three digits: it would neither sort nor be read again
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def time(text: str | None) -> datetime | None:
    """The inverse of ``stamp``."""
    return datetime.fromisoformat(text) if text else None
