"""The numbers that channels hold, brought to the store before it gives the next one."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping

from models.config import Config
from models.publishing import numbers
from models.publishing.numbers import Elsewhere
from models.store import Store
from notices import channels, words
from notices.channels import Channel, Receipt

log = logging.getLogger("piyao.numbers")


def look(db: Store, config: Config) -> list[Elsewhere]:
    """``take_into_account`` the channels of this install."""
    try:
        opened = channels.opened(config)
    except OSError as error:  # no folder for the site: nothing goes out either
        log.warning("the channels cannot be looked into: %s", error)
        return []
    return take_into_account(db, opened)


def take_into_account(db: Store, opened: Mapping[str, Channel]) -> list[Elsewhere]:
    """Note every number that a channel holds and the store does not know; returns the new ones.

    A channel whose list cannot be read hinders nobody: it refuses a known number by itself.
    """
    found: list[Elsewhere] = []
    for name, channel in opened.items():
        try:
            pairs = {pair for number in channel.numbers() if (pair := _pair(number))}
            found += [_elsewhere(name, channel, *pair) for pair in numbers.unknown(db, name, pairs)]
        except Exception as error:  # a stranger's code, a disk: all of it is one warning
            log.warning("the numbers that the channel %s holds cannot be read: %s", name, error)
    fresh = numbers.note(db, found)
    for each in fresh:
        log.warning(
            "%s holds %s, which this store does not know (%s); the next number comes after it",
            *(each.channel, each.number, each.title or "unreadable"),
        )
    return fresh


def _pair(number: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"(\d{4})-(\d{1,6})", words.slug(number))
    year, serial = (int(found[1]), int(found[2])) if found else (0, 0)
    return (year, serial) if year >= 1000 and serial else None


def _elsewhere(name: str, channel: Channel, year: int, serial: int) -> Elsewhere:
    """What the channel tells about a number; a page that cannot be read uses up its number too."""
    try:
        held: Receipt | None = channel.look_up(numbers.written(year, serial))
    except Exception as error:
        log.warning("%s: %s cannot be read: %s", name, numbers.written(year, serial), error)
        held = None
    if held is None:
        return Elsewhere(name, year, serial)
    return Elsewhere(name, year, serial, held.identity, held.hash, held.title)
