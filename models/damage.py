"""Damage to the file itself, as far as SQLite sees it."""

from __future__ import annotations

from models import driver
from models.errors import StoreError
from models.replay import Finding
from models.store import Store

SAID = 20  # lines that are listed


def quick(db: Store) -> None:
    """At start: raise ``StoreError`` where the pages of the store do not fit together."""
    try:
        found = db.value("PRAGMA quick_check(1)")
    except (driver.library.DatabaseError, UnicodeDecodeError) as error:
        found = str(error)
    if found != "ok":
        raise StoreError(
            f"is damaged ({found})", str(db.path), "put a whole one back with `piyao restore`"
        )


def of_pages(db: Store) -> list[Finding]:
    """Pages, indexes and constraints that do not agree; rows that point to no row."""
    try:
        lines = [line for (line,) in db.conn.execute(f"PRAGMA integrity_check({SAID})")]
        found = [Finding("damaged", 0, why=line) for line in lines if line != "ok"]
        for row in db.conn.execute("PRAGMA foreign_key_check"):
            found.append(
                Finding("damaged", 0, why=f"{row[0]} {row[1]} points to no row of {row[2]}")
            )
    except (driver.library.Error, UnicodeDecodeError) as error:
        found = [Finding("damaged", 0, why=str(error))]
    return found[:SAID]
