"""Damage to the file itself, as far as SQLite and the sums of the rows show it."""

from __future__ import annotations

from itertools import islice

from models import driver, sums
from models.errors import StoreError
from models.replay import Finding
from models.store import Store

SAID = 20  # lines that are listed
NEWEST = 2000  # rows of each table, where it has to be quick


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


def of_rows(db: Store, newest: int = 0) -> list[Finding]:
    """Rows that do not agree with their sums (``models.sums``). ``newest``: of the newest so many of each
    table; 0: of all."""
    found: list[Finding] = []
    with db.reading():
        for table in sums.tables(db.conn):
            try:
                for kind, row in islice(sums.wrong(db.conn, table, newest), SAID):
                    found.append(Finding(kind, 0, row))
            except (driver.library.Error, UnicodeDecodeError) as error:
                found.append(Finding("unreadable", 0, table.table, str(error)))
        if not newest:
            found += _bands(db)
    return found[:SAID]


def _bands(db: Store) -> list[Finding]:
    try:
        differ = sums.bands_differ(db.conn)
    except (driver.library.Error, UnicodeDecodeError) as error:
        return [Finding("unreadable", 0, "bands", str(error))]
    why = "bands do not hold the keys of the wordings"
    return [Finding("damaged", 0, why=why)] if differ else []
