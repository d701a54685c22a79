"""Editions of the model: what this desk renewed, how each stood its trial, which one scores.

The weights are files beside the store (``classifier.learning.editions``); the store holds what they
are. To change the model in use is one transaction with its audit entry, so that a kill leaves the
old model or the new one in use.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models import audit
from models.errors import RuleBroken
from models.people import officers
from models.ranking.need import BASE_RATE
from models.roles import Officer
from models.store import Store, dump, now, stamp, time

SETTLED = "settled"  # why: it learned what is ordinary here


@dataclass(frozen=True)
class Trial:
    """A candidate against the model in use, on later verdicts: rank figures (0..1), and the 90 %
    interval of the gain."""

    version: str
    against: str
    at: datetime
    lessons: int
    accounts: int
    running: float
    candidate: float
    low: float
    high: float
    result: str  # not_worse, worse

    @property
    def not_worse(self) -> bool:
        return self.result == "not_worse"


@dataclass(frozen=True)
class Ground:
    """What an edition stands on that learned with no verdict: posts of so many sources since then,
    drawn from so many; ``terms``: examples of what became ordinary."""

    sources: int
    since: datetime
    drawn_from: int
    terms: tuple[str, ...]


@dataclass(frozen=True)
class Edition:
    """One renewed model: what it learned from, and how it did on later verdicts."""

    version: str
    base: str  # the version it started from
    made_at: datetime
    until: datetime  # when its newest lesson was decided
    digest: str
    lessons: int
    positives: int
    accounts: int
    ordinary: int  # posts nobody looked at, learned as weak negatives
    base_rate: float  # 0..1: share of the desk's claims worth a check, as far as is known
    trial: Trial | None = None  # the last one
    ground: Ground | None = None  # of one that learned with no verdict


@dataclass(frozen=True)
class Use:
    """From ``at`` on this version scores."""

    version: str
    at: datetime
    by: int
    why: str


def add(db: Store, edition: Edition) -> None:
    """Enter a new edition, with its audit entry; it is not in use by that."""
    row = {key: value for key, value in vars(edition).items() if key not in ("trial", "ground")}
    row |= {"made_at": stamp(edition.made_at), "until": stamp(edition.until)}
    detail = {"base": edition.base, "lessons": edition.lessons, "digest": edition.digest}
    action, ground = "model.renew", edition.ground
    with db.atomic():
        db.insert("editions", row)
        if ground:
            action, told = "model.settle", {"sources": ground.sources, "since": stamp(ground.since)}
            detail |= told | {"ordinary": edition.ordinary, "drawn_from": ground.drawn_from}
            told |= {"drawn_from": ground.drawn_from, "terms": dump(list(ground.terms))}
            db.insert("settled_editions", {"version": edition.version} | told)
        audit.append(db, officers.MACHINE, action, f"model:{edition.version}", detail)


def tried(db: Store, trial: Trial) -> None:
    """Keep the outcome of a trial."""
    with db.atomic():
        db.insert("edition_trials", vars(trial) | {"at": stamp(trial.at)})


def use(db: Store, version: str, why: str, *, by: Officer) -> None:
    """From now on this version scores. ``why``: nightly, settled, chosen, fallback.

    Raises ``RuleBroken`` where one that learned with no verdict would overrule (``may_settle``).
    """
    with db.atomic():
        before = current(db)
        if version == before:
            return
        if why == SETTLED and not (may_settle(db) and _ground(db, version)):
            raise RuleBroken(
                "settled-overrules",
                f"版本 {version} 没有核定作依据，不能替换现在在用的",
                "用 piyao model use 选一个",
            )
        row = {"version": version, "at": stamp(now()), "by": by.id, "why": why}
        db.insert("edition_uses", row)
        audit.append(db, by, "model.use", f"model:{version}", {"before": before, "why": why})


def current(db: Store) -> str:
    """The version in use; "" where the desk never chose: the shipped one."""
    return db.value("SELECT version FROM edition_uses ORDER BY id DESC LIMIT 1") or ""


def may_settle(db: Store) -> bool:
    """Whether what nobody judged may move the model in use: not where it was taught by verdicts, and
    not where an officer chose one that was never moved so."""
    last = db.row("SELECT version, why FROM edition_uses ORDER BY id DESC LIMIT 1")
    if last is None:
        return True
    edition = get(db, last["version"])
    return bool(edition.ground) if edition else last["why"] != "chosen"


def newest_settled(db: Store) -> Edition | None:
    """The newest edition that learned with no verdict."""
    version = db.value("SELECT version FROM settled_editions ORDER BY rowid DESC LIMIT 1")
    return get(db, version) if version else None


def base_rate(db: Store) -> float:
    """The share of the desk's claims worth a check (0..1), as the newest edition found it; ``BASE_RATE``
    before there is an edition."""
    found = db.value("SELECT base_rate FROM editions ORDER BY made_at DESC LIMIT 1")
    return BASE_RATE if found is None else float(found)


def uses(db: Store) -> list[Use]:
    """Which version was in use since when, oldest first."""
    return [
        Use(row["version"], time(row["at"]) or now(), row["by"], row["why"])
        for row in db.query("SELECT * FROM edition_uses ORDER BY id")
    ]


def get(db: Store, version: str) -> Edition | None:
    row = db.row("SELECT * FROM editions WHERE version = ?", version)
    return _edition(db, row) if row else None


def all(db: Store) -> list[Edition]:
    """Every edition with its last trial, newest first."""
    return [_edition(db, row) for row in db.rows("SELECT * FROM editions ORDER BY rowid DESC")]


def _edition(db: Store, row: Mapping[str, Any]) -> Edition:
    trial = db.row(
        "SELECT * FROM edition_trials WHERE version = ? ORDER BY id DESC LIMIT 1", row["version"]
    )
    told = {**row, "made_at": time(row["made_at"]), "until": time(row["until"])}
    return Edition(
        **told, trial=_trial(trial) if trial else None, ground=_ground(db, row["version"])
    )


def _ground(db: Store, version: str) -> Ground | None:
    row = db.row("SELECT * FROM settled_editions WHERE version = ?", version)
    if row is None:
        return None
    since = time(row["since"]) or now()
    return Ground(row["sources"], since, row["drawn_from"], tuple(json.loads(row["terms"])))


def _trial(row: Mapping[str, Any]) -> Trial:
    told = {key: value for key, value in row.items() if key != "id"}
    return Trial(**told | {"at": time(row["at"])})


def last_night(db: Store) -> datetime | None:
    """The night for which the last renewal ran; None: never."""
    return time(db.value("SELECT value FROM meta WHERE key = 'renewed_for'"))


def night_done(db: Store, night: datetime) -> None:
    """The renewal of this night ran, whatever it brought: it is not caught up again."""
    with db.atomic():
        db.upsert("meta", {"key": "renewed_for", "value": stamp(night)}, "key")
