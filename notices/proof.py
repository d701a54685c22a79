"""The whole proof of the record: pages and rows of the file, log against tables, heads kept elsewhere."""

from __future__ import annotations

import dataclasses

from models import audit, damage, heads
from models.config import Config
from models.replay import Head, Verification
from models.store import Store
from notices.channels import printed


def prove(db: Store, config: Config, *noted: tuple[int, str], pages: bool = True) -> Verification:
    """Everything that shows a record changed, cut, rolled back or damaged.

    ``noted`` are further heads, as (seq, hash). ``pages`` reads every page of the file and compares every
    row with its sum, which takes a while in a large store; else the newest rows are compared.
    """
    outside: list[tuple[int, str] | Head] = [
        *noted,
        *heads.kept(config),
        *printed.heads(config.public.dir),
    ]
    found = audit.verify(db, *outside)
    more = (
        *heads.lost(db, config),
        *(damage.of_pages(db) if pages else ()),
        *damage.of_rows(db, 0 if pages else damage.NEWEST),
    )
    if not more:
        return found
    first = found.message if not found.ok else str(more[0])
    return dataclasses.replace(
        found,
        ok=False,
        message=first,
        seq=found.seq or more[0].seq,
        findings=(*found.findings, *more),
    )
