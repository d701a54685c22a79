"""HTTP validators: may a visitor keep what he has? (RFC 9110, sections 8.8 and 13.1)"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime


def etag(body: bytes) -> str:
    """A strong entity tag: equal bytes, equal tag."""
    return f'"{hashlib.sha256(body).hexdigest()[:24]}"'


def last_modified(changed_at: datetime, now: datetime) -> datetime | None:
    """The whole second of the last change, or None while that second is not over.

    HTTP dates have no fractions. Given out too early, the date would also cover a change that
    comes later in the same second, and the visitor would never be told of it.
    """
    second = changed_at.replace(microsecond=0)
    return second if now >= second + timedelta(seconds=1) else None


def http_date(moment: datetime) -> str:
    """The moment as ``Wed, 25 Nov 2026 00:14:00 GMT``."""
    return format_datetime(moment, usegmt=True)


def unchanged(
    tag: str,
    modified: datetime | None,
    if_none_match: str | None,
    if_modified_since: str | None,
) -> bool:
    """Whether to answer 304. The tag decides when there is one; the date only without it."""
    if if_none_match is not None:
        offered = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
        return "*" in offered or tag in offered
    if if_modified_since is None or modified is None:
        return False
    try:
        since = parsedate_to_datetime(if_modified_since)
    except ValueError:
        return False
    return since.tzinfo is not None and modified <= since
