"""When a post says it was published, as an aware UTC time: what the words say, or nothing.

Pages and feeds of Chinese sites mix 2020年01月26日, 3分钟前, 昨天 12:30, RFC 822 and ISO 8601, often
without a zone. General date parsers read the Chinese ones wrongly without a word (2020年01月26日 as
2020-01-01), so these are read here by a small grammar. It reads the whole text: where a digit or a
word of time is left over, there is no time, because half a date is another moment.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from crawler.dates import chinese, machine, western
from crawler.dates.days import AHEAD, EARLIEST, LOCAL
from crawler.dates.words import plain

__all__ = ["AHEAD", "EARLIEST", "LOCAL", "parse"]


def parse(text: str, now: datetime) -> datetime | None:
    """The time that ``text`` names, as aware UTC; None where it names none that can be trusted:
    before 1990, in the future, in another calendar, two of them, or in part.

    ``now`` (aware) is what relative times count from. Never raises on any text.

    >>> now = datetime(2020, 1, 26, 8, 0, tzinfo=UTC)
    >>> parse("昨天 12:30", now).isoformat()
    '2020-01-25T04:30:00+00:00'
    >>> parse("2020年01月26日", now).isoformat()
    '2020-01-25T16:00:00+00:00'
    """
    said = plain(text)
    ways: tuple[Callable[[str, datetime], datetime | None], ...] = (
        machine.read, western.read, chinese.read,
    )  # fmt: skip
    for way in ways:
        try:
            found = way(said, now)
            if found is not None:
                return found.astimezone(UTC) if EARLIEST <= found <= now + AHEAD else None
        except (ValueError, OverflowError, OSError):
            continue
    return None
