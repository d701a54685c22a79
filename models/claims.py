"""Known claims: what somebody has judged before, so that an old story is recognised when it returns.

They come from our own published notices (by triggers: in when published, out when retracted), from
the starter set that is shipped, and from imports. What is kept is a claim and what its source said
of it. Being like one moves no state: a debunk needs evidence and a verdict of its own.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from models import audit, officers
from models.errors import InputError, NotFound, RuleBroken
from models.mask import phones_and_ids
from models.records import Officer, Outcome, Topic
from models.store import Store, dump, now, stamp, time
from models.text import clean

OWN, STARTER = "own", "starter"
CLAIM_CHARS, TRUTH_CHARS, WORDINGS = 300, 600, 12
AT_ONCE = 500  # of one transaction: an import of a million must not lock the desk out
SHOWN = 3  # known claims beside a case


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


class Relation(StrEnum):
    """What a wording has to do with a known claim."""

    SAME = "same"
    ELSEWHERE = "elsewhere"
    RELATED = "related"

    @property
    def label(self) -> str:
        return {
            "same": "同一说法",
            "elsewhere": "同一故事，地点或车牌不同",
            "related": "相关说法",
        }[self.value]


@dataclass(frozen=True)
class Match:
    """One known claim that a wording resembles. ``score``: 0..1, how often a match like this one
    was the same claim."""

    claim_id: int
    score: float
    relation: Relation


@dataclass(frozen=True)
class Given:
    """A claim as a source gives it. ``native_id`` is the source's own; "" takes the claim's hash.
    ``gone``: the source took it back."""

    claim: str
    standing: Standing
    native_id: str = ""
    wordings: tuple[str, ...] = ()
    truth: str = ""  # what is right, in a sentence or two
    topic: Topic = Topic.OTHER
    source: str = ""
    url: str = ""
    dated: str = ""  # 2020, 2020-01 or 2020-01-26; "": not said
    gone: bool = False


@dataclass(frozen=True)
class Known:
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

    @property
    def own(self) -> bool:
        return self.origin == OWN


@dataclass(frozen=True)
class Likeness:
    """A case's link to a known claim."""

    known: Known
    score: float
    relation: Relation


@dataclass(frozen=True)
class Tally:
    """What an import did."""

    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Tally)))


def _known(row: Mapping[str, Any]) -> Known:
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
    )


# ---- reading ------------------------------------------------------------------------------------


def get(db: Store, claim_id: int) -> Known:
    row = db.row("SELECT * FROM claims WHERE id = ?", claim_id)
    if row is None:
        raise NotFound(f"没有 {claim_id} 号已知说法", mend="回到已知说法")
    return _known(row)


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
    return [_known(row) for row in db.query(sql, [*values, limit])]


def origins(db: Store) -> list[tuple[str, int]]:
    """Where the standing claims come from, with how many of each; our own first."""
    rows = db.conn.execute(
        "SELECT origin, count(*) FROM claims WHERE withdrawn_at IS NULL GROUP BY origin"
        " ORDER BY origin <> ?, origin <> ?, origin",
        [OWN, STARTER],
    )
    return [(row[0], row[1]) for row in rows]


def edition(db: Store) -> int:
    """Changes with every change of the library."""
    return int(db.value("SELECT edition FROM claim_edition"))


def texts(db: Store) -> Iterator[tuple[int, str]]:
    """(id, text) of every standing claim: its claim and each other wording under the same id."""
    yield from _texts(db.query("SELECT * FROM claims WHERE withdrawn_at IS NULL ORDER BY id"))


def changed(db: Store, since: int) -> tuple[list[int], list[tuple[int, str]]]:
    """What an index of edition ``since`` lacks: ids to take out, and (id, text) to put in then.

    A changed claim is in both. Taking out an id that was never in is no fault.
    """
    rows = db.rows("SELECT * FROM claims WHERE edition > ? ORDER BY id", since)
    return [row["id"] for row in rows], [*_texts(r for r in rows if r["withdrawn_at"] is None)]


def _texts(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, str]]:
    for row in rows:
        for text in dict.fromkeys((row["claim"], *json.loads(row["wordings"]))):
            yield row["id"], text


# ---- writing ------------------------------------------------------------------------------------


def put(db: Store, origin: str, given: Iterable[Given], by: Officer = officers.MACHINE) -> Tally:
    """Enter or update what a source gives; what it no longer gives stays.

    The same ``native_id`` of one origin is the same claim. What an officer withdrew stays withdrawn.
    Raises ``InputError`` where ``origin`` is no name for an import.
    """
    _check_origin(origin)
    tally, source = Tally(), iter(given)
    while batch := list(islice(source, AT_ONCE)):
        with db.atomic():
            done = sum((_put(db, origin, each, by) for each in batch), Tally())
            if done.new or done.changed or done.gone:
                audit.append(db, by, "claims.import", f"claims:{origin}", vars(done))
        tally += done
    return tally


def put_starter(db: Store, version: str, given: Iterable[Given]) -> Tally:
    """Enter the starter set, once for each ``version`` of it."""
    if db.value("SELECT value FROM meta WHERE key = 'starter'") == version:
        return Tally()
    tally = put(db, STARTER, given)
    with db.atomic():
        db.conn.execute("INSERT OR REPLACE INTO meta VALUES ('starter', ?)", [version])
    return tally


def _check_origin(origin: str) -> None:
    if not origin.strip() or origin != clean(origin, 40) or origin == OWN:
        raise InputError(
            "这个名字不能用", repr(origin), "给导入起一个 1 到 40 字的名字，不能叫 own"
        )


def _put(db: Store, origin: str, given: Given, by: Officer) -> Tally:
    row = _row(given)
    old = db.row(
        "SELECT * FROM claims WHERE origin = ? AND native_id = ?", origin, row["native_id"]
    )
    if given.gone:
        if old is None or old["gone"]:
            return Tally(same=1)
        at = old["withdrawn_at"] or stamp(now())
        _write(db, old["id"], {"withdrawn_at": at, "withdrawn_by": by.id, "gone": 1})
        return Tally(gone=1)
    if old is None:
        row |= {"origin": origin, "by": by.id, "at": stamp(now())}
        db.conn.execute(
            f"INSERT INTO claims ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",  # noqa: S608
            list(row.values()),
        )
        return Tally(new=1)
    differing = {key: value for key, value in row.items() if old[key] != value}
    if not differing:
        return Tally(same=1)
    if "standing" in differing and old["standing"] != Standing.UNCLEAR.value:
        differing["before"] = old["standing"]
    _write(db, old["id"], differing | {"by": by.id, "at": stamp(now())})
    return Tally(changed=1)


def _row(given: Given) -> dict[str, Any]:
    """What is stored of it: one line each, no phone or identity number, no address but the web's."""
    claim = _line(given.claim, CLAIM_CHARS)
    wordings = dict.fromkeys(_line(text, CLAIM_CHARS) for text in given.wordings[:WORDINGS])
    return {
        "native_id": clean(given.native_id, 500) or hashlib.sha256(claim.encode()).hexdigest(),
        "claim": claim,
        "wordings": dump([text for text in wordings if text and text != claim]),
        "standing": given.standing.value,
        "truth": _line(given.truth, TRUTH_CHARS),
        "topic": given.topic.value,
        "source": _line(given.source, 60),
        "url": web_address(given.url),
        "dated": clean(given.dated, 10),
    }


def _line(text: str, limit: int) -> str:
    return clean(" ".join(phones_and_ids(clean(text)).split()), limit)


def web_address(url: str) -> str:
    """The address if a page may link to it (http or https, with a host), else "".

    >>> web_address("javascript:alert(1)"), web_address("https://a.example/1")
    ('', 'https://a.example/1')
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
        sound = sound and parts.port != 0  # a port beyond 65535 raises
    except ValueError:
        return ""
    return url if sound and len(url) <= 1000 and url.isprintable() and " " not in url else ""


def _write(db: Store, claim_id: int, changed: Mapping[str, Any]) -> None:
    db.conn.execute(
        f"UPDATE claims SET {', '.join(f'{key} = ?' for key in changed)} WHERE id = ?",  # noqa: S608
        [*changed.values(), claim_id],
    )


def withdraw(db: Store, claim_id: int, *, by: Officer | None = None) -> Known:
    """Take a claim out of the library: it is offered to no case any more, and stays readable.

    ``by`` is None at the command line of the machine that holds the store.
    """
    return _withdrawn(db, claim_id, True, by)


def restore(db: Store, claim_id: int, *, by: Officer) -> Known:
    """Put a withdrawn claim back. Raises ``RuleBroken`` where its source took it back: that of a
    retracted notice never returns."""
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
        at, who = (stamp(now()), actor.id) if out else (None, None)
        _write(db, claim_id, {"withdrawn_at": at, "withdrawn_by": who})
        step = "claims.withdraw" if out else "claims.restore"
        audit.append(db, actor, step, f"claim:{claim_id}", {"origin": old.origin})
        return get(db, claim_id)


# ---- cases --------------------------------------------------------------------------------------


def link(db: Store, case_id: int, matches: Sequence[Match], library: int) -> None:
    """Note which known claims a case is like, of which edition of the library; moves no state.

    A case is never like the claim that its own notice made, nor one withdrawn meanwhile.
    """
    with db.atomic():
        old = {item.known.id: item for item in of_case(db, case_id)}
        db.conn.execute("DELETE FROM case_claims WHERE case_id = ?", [case_id])
        db.conn.executemany(
            "INSERT OR IGNORE INTO case_claims SELECT ?, id, ?, ?, ? FROM claims WHERE id = ?"
            " AND withdrawn_at IS NULL AND NOT (origin = 'own' AND native_id = ?)",
            [
                [case_id, each.score, each.relation.value, library, each.claim_id, str(case_id)]
                for each in matches
            ],
        )
        found = of_case(db, case_id)
        if found and found[0].known.id not in old:
            first = found[0]
            detail = {"claim": first.known.id, "likeness": round(first.score, 4)}
            audit.append(db, officers.MACHINE, "case.like", f"case:{case_id}", detail)
        told = {item.known.id: item for item in found} != old
        db.conn.execute(
            "UPDATE cases SET known_checked = ?, ticks = ticks + ? WHERE id = ?",
            [str(library), int(told), case_id],
        )


def of_case(db: Store, case_id: int, limit: int = SHOWN) -> list[Likeness]:
    """The standing known claims a case is like: the same claim first, then the same story."""
    return [
        Likeness(_known(row), row["score"], Relation(row["relation"]))
        for row in db.query(
            "SELECT c.*, l.score, l.relation FROM case_claims l JOIN claims c ON c.id = l.claim_id"
            " WHERE l.case_id = ? AND c.withdrawn_at IS NULL ORDER BY"
            " CASE l.relation WHEN 'same' THEN 0 WHEN 'elsewhere' THEN 1 ELSE 2 END,"
            " l.score DESC, c.id LIMIT ?",
            [case_id, limit],
        )
    ]
