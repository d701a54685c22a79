"""See which cases are like a known claim."""

from __future__ import annotations

import hashlib
import io
import itertools
from importlib.resources import files

import crawler.claims
from classifier.known.library import Library
from jobs.shared import Desk, each
from models.casework import opening
from models.casework.records import Case
from models.known import claims, imports, likeness
from models.ranking import spread
from models.store import Store


def recognise(desk: Desk, db: Store) -> None:
    """Find the known claims that each open case is like. No other process holds the library: it may
    be of a million claims."""
    edition = up_to_date(desk, db)

    def find(case: Case) -> None:
        wordings = [case.claim, *(w.text for w in spread.wordings(db, case.cluster_id, 3))]
        likeness.link(db, case.id, desk.library.find(wordings), edition)

    waiting = opening.unmatched(db, edition)
    each(itertools.takewhile(lambda _: not desk.stop.is_set(), waiting), find, "认出旧说法")


def up_to_date(desk: Desk, db: Store) -> int:
    """Bring the library in memory up to date with the store; returns its edition."""
    edition = claims.edition(db)  # read first: what comes in while we read is read again next time
    if not 0 <= desk.library_edition <= edition:
        desk.library = Library.kept(claims.texts(db), desk.config.store.with_suffix(".known"))
    elif desk.library_edition < edition:
        gone, new = claims.changed(db, desk.library_edition)
        desk.library.remove(gone)
        desk.library.add(new)
    desk.library_edition = edition
    return edition


def enter_starter_claims(db: Store) -> None:
    """Enter the shipped claims into the store, once for each version of their file."""
    body = files("classifier").joinpath("known/starter.jsonl").read_bytes()
    found = crawler.claims.read_claims(io.BytesIO(body))
    given = (each for each in found if isinstance(each, imports.Given))
    imports.put_starter(db, hashlib.sha256(body).hexdigest(), given)
