"""Known claims: what somebody has judged before, so that an old story is recognised when it returns.

They come from our own published notices (by triggers: in when published, out when retracted), from
the starter set that is shipped, and from imports. What is kept is a claim and what its source said
of it. Being like one moves no state: a debunk needs evidence and a verdict of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from models import audit
from models.errors import NotFound, RuleBroken
from models.harm import Topic
from models.outcome import Outcome
from models.people import officers
from models.roles import Officer
from models.store import Store, now, stamp, time

OWN, STARTER = "own", "starter"


class Standing(StrEnum):
    """What the source found. An unknown or absent rating is UNCLEAR, never FALSE."""

    FALSE = "false"
    MISLEADING = "misleading"
    OUTDATED = "outdated"
    TRUE = "true"
    UNCLEAR = "unclear"

    @property
    def label(self) -> str:
        return "没有定论" if self is Standing.UNCLEAR else Outcome(self.value).label


@dataclass(frozen=True)
class Known:
    """A claim that somebody has judged before, and what they found."""

    id: int
    origin: str  # OWN, STARTER, or the name of an import
    claim: str
    wordings: tuple[str, ...]
    standing: Standing
    before: Standing | None  # what the same source had said before
    truth: str
    topic: Topic
    source: str  # of our own: the number of the notice
    url: str  # http or https, or ""
    dated: str
    notice_id: int  # 0: not ours
    by: int
    at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: int
    gone: bool  # its source took it back
    suspended: bool = False  # ours, while its notice is owed a correction

    @property
    def own(self) -> bool:
        return self.origin == OWN


def known_of_row(row: Mapping[str, Any]) -> Known:
    return Known(
        id=row["id"],
        origin=row["origin"],
        claim=row["claim"],
        wordings=tuple(json.loads(row["wordings"])),
        standing=Standing(row["standing"]),
        before=Standing(row["before"]) if row["before"] else None,
        truth=row["truth"],
        topic=Topic(row["topic"]),
        source=row["source"],
        url=row["url"],
        dated=row["dated"],
        notice_id=row["notice_id"] or 0,
        by=row["by"],
        at=time(row["at"]) or now(),
        withdrawn_at=time(row["withdrawn_at"]),
        withdrawn_by=row["withdrawn_by"] or 0,
        gone=bool(row["gone"]),
        suspended=bool(row["suspended"]),
    )


# ---- reading ------------------------------------------------------------------------------------


def get(db: Store, claim_id: int) -> Known:
    row = db.row("SELECT * FROM claims WHERE id = ?", claim_id)
    if row is None:
        raise NotFound(f"没有 {claim_id} 号已知说法", mend="回到已知说法")
    return known_of_row(row)


# no index: 0.7 s in a million claims, which a person waits for now and then
_COLUMNS = ("claim", "wordings", "truth", "source")
_HOLDS = " OR ".join(rf"{column} LIKE ? ESCAPE '\'" for column in _COLUMNS)


def search(
    db: Store,
    words: str = "",
    origin: str = "",
    *,
    withdrawn: bool = False,
    before: int = 1 << 62,
    limit: int = 50,
) -> list[Known]:
    """Claims whose text, wordings or truth hold every one of ``words``, the newest first.

    ``origin`` "" means any; ``before`` is the id to go on from. Withdrawn ones only when asked.
    """
    where = ["id < ?", f"withdrawn_at IS {'NOT ' if withdrawn else ''}NULL"]
    values: list[Any] = [before]
    if origin:
        where.append("origin = ?")
        values.append(origin)
    for word in words.split()[:8]:
        where.append(f"({_HOLDS})")
        values += ["%" + re.sub(r"([%_\\])", r"\\\1", word) + "%"] * len(_COLUMNS)
    sql = f"SELECT * FROM claims WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?"  # noqa: S608
    return [known_of_row(row) for row in db.query(sql, [*values, limit])]


def origins(db: Store) -> list[tuple[str, int]]:
    """Where the claims come from and how many of each are not withdrawn; our own first."""
    rows = db.conn.execute(
        "SELECT origin, count(*) FROM claims WHERE withdrawn_at IS NULL GROUP BY origin"
        " ORDER BY origin <> ?, origin <> ?, origin",
        [OWN, STARTER],
    )
    return [(row[0], row[1]) for row in rows]


def edition(db: Store) -> int:
    """A number that grows with every change of the library."""
    return int(db.value("SELECT edition FROM claim_edition"))


def texts(db: Store) -> Iterator[tuple[int, str]]:
    """(id, text) of every claim that is not withdrawn: the claim itself, and each of its other
    wordings under the same id."""
    yield from _texts(db.query("SELECT * FROM claims WHERE withdrawn_at IS NULL ORDER BY id"))


def changed(db: Store, since: int) -> tuple[list[int], list[tuple[int, str]]]:
    """What an index of edition ``since`` lacks: ids to take out, and (id, text) to put in then.

    A changed claim is in both. An id that the index never held may be among those to take out.
    """
    rows = db.rows("SELECT * FROM claims WHERE edition > ? ORDER BY id", since)
    return [row["id"] for row in rows], [*_texts(r for r in rows if r["withdrawn_at"] is None)]


def _texts(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, str]]:
    for row in rows:
        for text in dict.fromkeys((row["claim"], *json.loads(row["wordings"]))):
            yield row["id"], text


# ---- writing ------------------------------------------------------------------------------------


def withdraw(db: Store, claim_id: int, *, by: Officer | None = None) -> Known:
    """Take a claim out of the library: it is offered to no case any more, and stays readable.

    ``by`` is None where the command line does it.
    """
    return _withdrawn(db, claim_id, True, by)


def restore(db: Store, claim_id: int, *, by: Officer) -> Known:
    """Put a withdrawn claim back. Raises ``RuleBroken`` where its source took it back, as the claim
    of a retracted notice."""
    return _withdrawn(db, claim_id, False, by)


def _withdrawn(db: Store, claim_id: int, out: bool, by: Officer | None) -> Known:
    with db.atomic():
        actor = officers.require(db, by, "library") if by else officers.MACHINE
        old = get(db, claim_id)
        if bool(old.withdrawn_at) == out:
            return old
        if old.gone:
            what = "来源已经撤回这条结论，不能放回"
            raise RuleBroken("retracted-is-not-known", what, "重新发布的通告会自己进来")
        if old.suspended:
            what = f"通告{old.source}的依据不够了，更正之前不能放回"
            raise RuleBroken("retracted-is-not-known", what, "补足证据，或撤回通告")
        at, who = (stamp(now()), actor.id) if out else (None, None)
        db.update("claims", claim_id, {"withdrawn_at": at, "withdrawn_by": who})
        step = "claims.withdraw" if out else "claims.restore"
        audit.append(db, actor, step, f"claim:{claim_id}", {"origin": old.origin})
        return get(db, claim_id)
