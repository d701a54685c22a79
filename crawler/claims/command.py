"""``piyao claims import``: a file or an address into the store, each fault one sentence."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.claims import read_claims
from models.errors import InputError
from models.files.lines import Stream
from models.files.opened import opened
from models.known import imports
from models.known.imports import Given
from models.store import Store

FAULTS = 20  # said one by one; the rest as a number


def run(
    db: Store, source: str, name: str, allow_private: bool, say: Callable[[str], object]
) -> imports.Tally:
    """Import ``source`` under ``name``; says what could not be read, and what was done.

    Raises ``InputError`` where the file or the address cannot be read, or nothing in it can.
    """
    faults = 0

    def sound(stream: Stream, content_type: str) -> Iterator[Given]:
        nonlocal faults
        for found in read_claims(stream, content_type):
            if isinstance(found, Given):
                yield found
            else:
                faults += 1
                if faults <= FAULTS:
                    say(str(found))

    with _opened(source, allow_private) as (stream, content_type):
        tally = imports.put(db, name, sound(stream, content_type))
    if faults > FAULTS:
        say(f"… 还有 {faults - FAULTS} 条读不了")
    say(
        f"{name}: {tally.new} new, {tally.changed} changed, {tally.same} as before, "
        f"{tally.gone} taken back by the source, {faults} not read"
    )
    if tally == imports.Tally():
        if faults:
            raise InputError("nothing in it could be imported", source, "see why above")
        if not _is_address(source):  # a feed may be empty today
            raise InputError("holds no claim", source, "see docs/inputs.md for what is read")
    return tally


@contextmanager
def _opened(source: str, allow_private: bool) -> Iterator[tuple[Stream, str]]:
    if _is_address(source):
        from crawler.claims.fetch import fetch  # Scrapy takes a second to import

        body, content_type = fetch(source, allow_private)
        yield io.BytesIO(body), content_type
        return
    with opened(Path(source)) as file:
        yield file, ""


def _is_address(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))
