"""A post that comes again under another id is still that post.

Some feeds make ids anew at each visit, some move from http to https or hang the way of a reader on
their links. The same words at the same link are one post then (``sameness.page``, ``sameness.said``). Two ids in one visit are two posts,
whatever they say, and so are two times of two posts at a link that others share.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from models.store import Store, dump

Identity = tuple[str, str]  # source, native id
Row = dict[str, Any]


def find(
    db: Store,
    unknown: Mapping[Identity, Row],
    dated: Collection[Identity],
    met: Collection[Identity],
) -> dict[Identity, Row]:
    """The stored rows of those posts that are known under another id.

    ``unknown``: posts as they would be stored, of whose ids none is; ``dated``: those whose time their
    source told; ``met``: all identities of this visit.
    """
    held = _held(db, unknown.values())
    here = Counter((row["source"], row["page"]) for row in unknown.values())
    found: dict[Identity, Row] = {}
    taken = set(met)
    for identity, row in unknown.items():
        own = here[row["source"], row["page"]] == 1
        for other in held.get((row["source"], row["page"], row["said"]), ()):
            there = other["source"], other["native_id"]
            authors = {row["author_key"], other["author_key"]} - {""}
            same_time = identity in dated and row["published_at"] == other["published_at"]
            if there not in taken and len(authors) < 2 and (same_time or (own and other["alone"])):
                found[identity] = other
                taken.add(there)
                break
    return found


def _held(db: Store, rows: Collection[Row]) -> dict[tuple[str, str, str], list[Row]]:
    """Stored posts of the same link and words, oldest first; ``alone``: the link has no other words."""
    places = {(row["source"], row["page"], row["said"]) for row in rows if row["page"]}
    held: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in db.query(_HELD, [dump(sorted(places))]):
        held[row["source"], row["page"], row["said"]].append(row)
    return held


_HELD = """SELECT p.*, NOT EXISTS (SELECT 1 FROM posts q WHERE q.source = p.source AND q.page = p.page
        AND q.page <> '' AND q.said < p.said)
    AND NOT EXISTS (SELECT 1 FROM posts q WHERE q.source = p.source AND q.page = p.page
        AND q.page <> '' AND q.said > p.said) AS alone
    FROM json_each(?) j JOIN posts p ON p.source = j.value ->> 0 AND p.page = j.value ->> 1
    AND p.page <> '' AND p.said = j.value ->> 2 ORDER BY p.id LIMIT 5000"""
