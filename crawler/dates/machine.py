"""Dates that programs write for programs: ISO 8601, seconds since 1970, digits alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from crawler.dates.days import LOCAL

_EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.\d+)?")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:.*)?|\d{8}T\d{4,6}.*")
_RANGE = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}-\d{2}:\d{2}")  # from ten to eleven
_DIGITS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}


def read(text: str, now: datetime) -> datetime | None:
    """The moment; None where it is written in another way. ``ValueError`` where it is none."""
    if _EPOCH.fullmatch(text):
        seconds = float(text)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
    if text.isdigit() and text.isascii() and len(text) in _DIGITS:
        return datetime.strptime(text, _DIGITS[len(text)]).replace(tzinfo=LOCAL)
    if not _ISO.fullmatch(text) or _RANGE.fullmatch(text):
        return None
    # Java writes the place beside the offset: +08:00[Asia/Shanghai]
    text = re.sub(r"(?<=\d)\[[A-Za-z_/+-]{1,40}\]$", "", text)
    text = re.sub(r"\s+(?=(?:[+-]\d{2}:?\d{2}|Z)$)", "", text)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=LOCAL)
