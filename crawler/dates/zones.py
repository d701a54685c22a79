"""Names of time zones, as feeds write them.

RFC 822 names UT, GMT and the American zones. CST is China's here, not Chicago's: it is what a server
in China writes. A name that stands for several zones (IST, BST), that nobody defined, or one of RFC
822's single letters, which RFC 2822 tells to believe nothing of, is no zone: the time is in doubt.
"""

from __future__ import annotations

import re
from datetime import timedelta, timezone

_HOURS = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0,
    "CST": 8, "HKT": 8, "SGT": 8, "MYT": 8, "PHT": 8, "AWST": 8, "BJT": 8, "北京时间": 8,
    "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "JST": 9, "KST": 9, "ICT": 7, "WIB": 7, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip
_OFFSET = re.compile(r"([+-])(\d{1,2})(?::?(\d{2}))?$")


def named(name: str) -> timezone | None:
    """The zone of a name, or None."""
    hours = _HOURS.get(name if name.isascii() is False else name.upper())
    return None if hours is None else timezone(timedelta(hours=hours))


def offset(text: str) -> timezone:
    """The zone of ``+0800``, ``-05:00``, ``+8``; raises ``ValueError`` where there is no such zone."""
    found = _OFFSET.match(text)
    hours, minutes = (int(found[2]), int(found[3] or 0)) if found else (99, 0)
    if not found or hours > 14 or minutes not in (0, 30, 45):
        raise ValueError(f"no zone is {text} from Greenwich")
    distance = timedelta(hours=hours, minutes=minutes)
    return timezone(-distance if found[1] == "-" else distance)
