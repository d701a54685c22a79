"""Known claims that come from outside: from imports and the shipped set."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from models import audit
from models.errors import InputError
from models.harm import Topic
from models.known.claims import OWN, STARTER, Standing
from models.people import officers
from models.personal import admission
from models.personal.admission import clean, line
from models.roles import Officer
from models.store import Store, dump, now, stamp

CLAIM_CHARS, TRUTH_CHARS, WORDINGS = 300, 600, 12
AT_ONCE = 500  # claims in one transaction: an import of a million must not lock the desk out


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
class Tally:
    """What an import did."""

    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Tally)))


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
        db.upsert("meta", {"key": "starter", "value": version}, "key")
    return tally


def _check_origin(origin: str) -> None:
    if not origin.strip() or origin != clean(origin, 40) or origin == OWN:
        raise InputError(
            "这个名字不能用", repr(origin), "给导入起一个 1 到 40 字的名字，不能叫 own"
        )


def _put(db: Store, origin: str, given: Given, by: Officer) -> Tally:
    row = _row(given)
    row["native_id"] = _native_id(db, given.native_id, row["claim"])
    old = db.row(
        "SELECT * FROM claims WHERE origin = ? AND native_id = ?", origin, row["native_id"]
    )
    if given.gone:
        if old is None or old["gone"]:
            return Tally(same=1)
        at = old["withdrawn_at"] or stamp(now())
        db.update("claims", old["id"], {"withdrawn_at": at, "withdrawn_by": by.id, "gone": 1})
        return Tally(gone=1)
    if old is None:
        db.insert("claims", row | {"origin": origin, "by": by.id, "at": stamp(now())})
        return Tally(new=1)
    differing = {key: value for key, value in row.items() if old[key] != value}
    if not differing:
        return Tally(same=1)
    if "standing" in differing and old["standing"] != Standing.UNCLEAR.value:
        differing["before"] = old["standing"]
    db.update("claims", old["id"], differing | {"by": by.id, "at": stamp(now())})
    return Tally(changed=1)


def _row(given: Given) -> dict[str, Any]:
    """The columns of a claim: one line each, phone and identity numbers masked, web addresses only."""
    claim = line(given.claim, CLAIM_CHARS)
    wordings = dict.fromkeys(line(text, CLAIM_CHARS) for text in given.wordings[:WORDINGS])
    return {
        "claim": claim,
        "wordings": dump([text for text in wordings if text and text != claim]),
        "standing": given.standing.value,
        "truth": line(given.truth, TRUTH_CHARS),
        "topic": given.topic.value,
        "source": line(given.source, 60),
        "url": web_address(admission.evidence_address(given.url)),
        "dated": clean(given.dated, 10),
    }


def _native_id(db: Store, given: str, claim: str) -> str:
    if clean(given, 500):
        return admission.native_id(given, db.secret)
    return hashlib.sha256(claim.encode()).hexdigest()  # of the words as they are stored


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
