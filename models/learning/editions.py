"""Editions of the model: what this desk renewed, how each stood its trial, which one scores.

The weights are files beside the store (``classifier.learning.editions``); the store holds what they
are. To change the model in use is one transaction with its audit entry, so that a kill leaves the
old model or the new one in use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models import audit
from models.people import officers
from models.ranking.need import BASE_RATE
from models.roles import Officer
from models.store import Store, now, stamp, time


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


@dataclass(frozen=True)
class Use:
    """From ``at`` on this version scores."""

    version: str
    at: datetime
    by: int
    why: str


def add(db: Store, edition: Edition) -> None:
    """Enter a new edition, with its audit entry; it is not in use by that."""
    row = {key: value for key, value in vars(edition).items() if key != "trial"}
    row |= {"made_at": stamp(edition.made_at), "until": stamp(edition.until)}
    with db.atomic():
        db.insert("editions", row)
        detail = {"base": edition.base, "lessons": edition.lessons, "digest": edition.digest}
        audit.append(db, officers.MACHINE, "model.renew", f"model:{edition.version}", detail)


def tried(db: Store, trial: Trial) -> None:
    """Keep the outcome of a trial."""
    with db.atomic():
        db.insert("edition_trials", vars(trial) | {"at": stamp(trial.at)})


def use(db: Store, version: str, why: str, *, by: Officer) -> None:
    """From now on this version scores. ``why``: nightly, chosen, fallback."""
    with db.atomic():
        before = current(db)
        if version == before:
            return
        row = {"version": version, "at": stamp(now()), "by": by.id, "why": why}
        db.insert("edition_uses", row)
        audit.append(db, by, "model.use", f"model:{version}", {"before": before, "why": why})


def current(db: Store) -> str:
    """The version in use; "" where the desk never chose: the shipped one."""
    return db.value("SELECT version FROM edition_uses ORDER BY id DESC LIMIT 1") or ""


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
    return Edition(**told, trial=_trial(trial) if trial else None)


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
