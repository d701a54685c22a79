"""The migrations of the store, in the order they run, and the rules that the store itself enforces.

The triggers repeat in SQL what ``models.casework.workflow`` says in Python: evidence before a
debunk, four eyes before publication, an audit log that only grows. A caller that goes around the
functions meets the same wall.
"""

from __future__ import annotations

from typing import Any

from models import driver

from sqlite_utils import Database, Migrations  # isort: skip

from models.schema import (
    m0001_casework,
    m0001_intake,
    m0001_people,
    m0001_publishing,
    m0001_upkeep,
    m0002_window,
    m0003_known,
    m0004_learning,
    m0005_ranking,
    m0006_evidence,
    m0007_hands,
    m0008_accounts,
    m0009_record,
    m0010_numbers,
    m0011_doors,
    m0012_clock,
    m0013_masks,
    m0014_relations,
    m0015_neighbours,
    m0016_pressing,
    m0017_settled,
)

migrations = Migrations("piyao")
SCRUBBED = "0013_masks"  # before it runs, what earlier versions freed is written over


@migrations(name="0001_house")
def house(db: Database) -> None:
    for part in (m0001_intake, m0001_people, m0001_casework, m0001_publishing, m0001_upkeep):
        _run(db, part.SQL)


@migrations(name="0002_window")
def window(db: Database) -> None:
    _run(db, m0002_window.SQL)


@migrations(name="0003_claims")
def claims(db: Database) -> None:
    _run(db, m0003_known.SQL)


# 0005 ran before 0004 in the first stores; a store may have either, so the order stays
@migrations(name="0005_questions")
def questions(db: Database) -> None:
    _run(db, m0005_ranking.SQL)


@migrations(name="0004_lessons")
def lessons(db: Database) -> None:
    _run(db, m0004_learning.SQL)


@migrations(name="0006_evidence")
def evidence(db: Database) -> None:
    _run(db, m0006_evidence.COLUMNS)
    m0006_evidence.fill(db)
    _run(db, m0006_evidence.RULES)


@migrations(name="0007_hands")
def hands(db: Database) -> None:
    _run(db, m0007_hands.SQL)


@migrations(name="0008_accounts")
def accounts(db: Database) -> None:
    _run(db, m0008_accounts.SQL)


@migrations(name="0010_numbers")
def numbers(db: Database) -> None:
    _run(db, m0010_numbers.SQL)


@migrations(name="0011_doors")
def doors(db: Database) -> None:
    _run(db, m0011_doors.SQL)


@migrations(name="0012_clock")
def clock(db: Database) -> None:
    _run(db, m0012_clock.SQL)


@migrations(name=SCRUBBED)
def masks(db: Database) -> None:
    m0013_masks.run(db)


@migrations(name="0014_relations")
def relations(db: Database) -> None:
    _run(db, m0014_relations.SQL)


@migrations(name="0015_neighbours")
def neighbours(db: Database) -> None:
    _run(db, m0015_neighbours.SQL)


@migrations(name="0016_pressing")
def pressing(db: Database) -> None:
    _run(db, m0016_pressing.SQL)


@migrations(name="0017_settled")
def settled(db: Database) -> None:
    _run(db, m0017_settled.SQL)


# the last: it binds the rows of all tables as they stand
@migrations(name="0009_record")
def record(db: Any) -> None:
    """``db`` is the Store. What the log vouches for begins here (``Store.begin_record``)."""
    _run(db, m0009_record.SQL)
    db.begin_record()


def _run(db: Database, script: str) -> None:
    for statement in _statements(script):
        db.execute(statement)


def _statements(script: str) -> list[str]:
    """Single statements: ``executescript`` would commit the migration's transaction half-way."""
    found, held = [], ""
    for line in script.splitlines(keepends=True):
        held += line
        if driver.library.complete_statement(held) and held.strip():
            found.append(held)
            held = ""
    return found
