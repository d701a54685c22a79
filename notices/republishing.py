"""The public site from the store: what it must hold, what it lacks, and drawing all of it anew.

The outbox says what went out, the notice says what it said. What the site holds beyond that is kept
and named: after a store was set back, the site knows more than the store.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from models import audit
from models.casework import cases, evidence, verdicts
from models.config import OfficeConfig
from models.publishing import notices, outbox, revisions
from models.publishing.records import Delivery, Notice, NoticeState, Publication
from models.store import Store
from notices import page as pages
from notices import words
from notices.channels import record
from notices.channels.record import Record
from notices.channels.site import Site
from notices.page import RETRACT, SUPERSEDE, Page

KNOWN = (NoticeState.APPROVED, NoticeState.PUBLISHED, NoticeState.RETRACTED, NoticeState.VOID)


@dataclass(frozen=True)
class Compared:
    """The site beside the store. Each item is one sentence that begins with the notice's number."""

    missing: tuple[str, ...]  # the store says that it is out, and the site does not have it whole
    replaced: tuple[str, ...]  # the site has another notice under this number
    newer: tuple[str, ...]  # the site has it corrected or retracted, and the store does not know
    foreign: tuple[str, ...]  # the store does not know of it

    @property
    def complete(self) -> bool:
        return not self.missing and not self.replaced


@dataclass(frozen=True)
class Rebuilt:
    before: Compared
    after: Compared
    faults: tuple[str, ...]  # what could not be drawn
    drawn: int

    @property
    def ok(self) -> bool:
        return self.after.complete and not self.faults


def page_of(db: Store, publication: Publication, notice: Notice, office: OfficeConfig) -> Page:
    """The page of one row of the outbox, today as on the day it was sent."""
    verdict_id, result = notice.verdict_id, ""
    if publication.kind == SUPERSEDE:
        final = notices.get(db, outbox.superseded_by(db, notice.id))
        verdict_id, result = final.verdict_id, final.number
    return pages.build(
        publication,
        notice,
        cases.get(db, notice.case_id),
        verdicts.get(db, verdict_id) if verdict_id and notice.outcome is not None else None,
        evidence.of_case(db, notice.case_id),
        office,
        result,
        audit.wrote(db, f"case:{notice.case_id}", f"outbox:{publication.id}"),
    )


def due(db: Store, office: OfficeConfig, channel: str = Site.name) -> dict[str, Record | None]:
    """By slug, what the site must hold: the last that was sent of each numbered notice.

    None: the store says that the notice is out, and no row of the outbox says how.
    """
    found: dict[str, Record | None] = {}
    for notice in notices.in_states(db, *KNOWN, limit=-1):
        if not notice.number:
            continue
        held: Record | None = None
        for row in outbox.of_notice(db, notice.id):
            if row.channel == channel and _went_out(row):
                held = record.of_page(page_of(db, row, _as_of(db, notice, row), office), held)
        if held is not None or notice.published_at is not None:
            found[words.slug(notice.number)] = held
    return found


def _went_out(row: Publication) -> bool:
    """A retraction of what never reached the channel has no receipt: nothing was sent."""
    return row.state is Delivery.SENT and (row.kind != RETRACT or bool(row.receipt))


def _as_of(db: Store, notice: Notice, row: Publication) -> Notice:
    """The notice in the words of the revision that the row sent."""
    if row.revision == notice.revision:
        return notice
    words_then = next(
        e.draft for e in revisions.of_notice(db, notice) if e.revision == row.revision
    )
    fields = {
        key: getattr(words_then, key) for key in ("title", "findings", "quote", "closing", "basis")
    }
    return dataclasses.replace(notice, revision=row.revision, **fields)


def compare(db: Store, site: Site, office: OfficeConfig) -> Compared:
    """The site's folder beside the store; changes nothing."""
    return _compare(due(db, office), site, _numbered(db))


def rebuild(db: Store, site: Site, office: OfficeConfig) -> Rebuilt:
    """Draw every notice that was published, and all that lists it, from the store.

    What the site holds beyond the store stays, and is drawn anew from the site's own list.
    """
    known, numbered = due(db, office), _numbered(db)
    before = _compare(known, site, numbered)
    held = site.held()
    put = {
        slug: fresh
        for slug, fresh in known.items()
        if fresh is not None and _ours_to_write(fresh, held.get(slug))
    }
    drawn, faults = site.rebuild(put)
    return Rebuilt(before, _compare(known, site, numbered), tuple(faults), drawn)


def _ours_to_write(fresh: Record, there: Record | None) -> bool:
    return there is None or (there.identity == fresh.identity and there.order <= fresh.order)


def _numbered(db: Store) -> set[str]:
    """Slugs of every number that the store gave, whatever became of the notice."""
    found = notices.in_states(db, *KNOWN, limit=-1)
    return {words.slug(notice.number) for notice in found if notice.number}


def _compare(known: Mapping[str, Record | None], site: Site, numbered: set[str]) -> Compared:
    missing, replaced, newer = [], [], []
    held = site.held()
    for slug, fresh in known.items():
        there = held.get(slug)
        if fresh is None:
            missing.append(
                f"{slug}: the store says that it is out, and no row of the outbox says how"
            )
        elif there is None:
            missing.append(f"{fresh.number} {fresh.title}")
        elif there.identity != fresh.identity:
            replaced.append(
                f"{fresh.number} {fresh.title}: the site has {there.case} {there.title}"
            )
        elif there.order > fresh.order:
            newer.append(f"{there.number} {there.title}: {there.state} on the site only")
        elif there.order < fresh.order:
            missing.append(f"{fresh.number} {fresh.title}")
        elif there.hash != fresh.hash:
            missing.append(f"{fresh.number} {fresh.title}: the site has another text of it")
        elif lost := site.lacks(there):
            missing.append(f"{fresh.number} {fresh.title}: without {', '.join(lost)}")
    foreign = [
        f"{there.number} {there.title} ({there.case})" if there else f"{slug}: cannot be read"
        for slug, there in held.items()
        if slug not in numbered
    ]
    return Compared(tuple(missing), tuple(replaced), tuple(newer), tuple(foreign))
