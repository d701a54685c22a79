"""The schema of a store, compared with what the migrations of today make.

A migration that was edited after it ran, or a trigger that somebody dropped, leaves a store that works
and holds fewer rules. So a store opens only where each table, index, trigger and view is the one
that a new store has. Comments and spaces do not count; Django's own tables are Django's.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.errors import StoreError

Schema = Mapping[str, str]  # "trigger four_eyes" -> its SQL
_FOREIGN = re.compile("auth_|django_|sqlite_|_sqlite_migrations")
NAMED = 6  # differences that the sentence names


def of(connection: Any) -> dict[str, str]:
    """Every object of the store but Django's and SQLite's, by kind and name."""
    return {
        f"{kind} {name}": _plain(sql)
        for kind, name, table, sql in connection.execute(
            "SELECT type, name, tbl_name, sql FROM main.sqlite_master WHERE sql IS NOT NULL"
        )
        if not _FOREIGN.match(table)
    }


@functools.lru_cache(maxsize=1024)  # a desk opens its store for each page, with the same statements
def _plain(sql: str) -> str:
    """The SQL without comments and layout.

    >>> _plain("CREATE TABLE t (\\n    a TEXT,  -- why\\n b TEXT )")
    'CREATE TABLE t (a TEXT, b TEXT)'
    """
    text = " ".join(re.sub(r"--[^\n]*", " ", sql).split())
    return re.sub(r"\s*([(),])\s*", r"\1", text).replace(",", ", ").replace("(", " (")


def differences(found: Schema, wanted: Schema) -> list[str]:
    """What is missing, changed or more than the migrations make, in words."""
    return [
        *(f"{name} is missing" for name in sorted(wanted.keys() - found.keys())),
        *(
            f"{name} is another"
            for name in sorted(wanted)
            if found.get(name, wanted[name]) != wanted[name]
        ),
        *(f"{name} is not of piyao" for name in sorted(found.keys() - wanted.keys())),
    ]


def refuse(path: Path, found: Schema, wanted: Schema) -> None:
    """Raise ``StoreError`` where the schema is another."""
    if wrong := differences(found, wanted):
        more = f" and {len(wrong) - NAMED} more" if len(wrong) > NAMED else ""
        raise StoreError(
            f"has another schema than this piyao makes ({'; '.join(wrong[:NAMED])}{more})",
            str(path),
            "put back a whole one with `piyao restore`, or open it with the piyao that wrote it",
        )


def mend(connection: Any, wanted: Schema) -> list[str]:
    """Make triggers, views and indexes those of ``wanted``, in the caller's transaction; returns the names.

    For stores that ran a migration before it was edited: their tables hold what they hold, their
    rules are brought to what stands written.
    """
    found = of(connection)
    wrong = [
        name
        for name in sorted(found.keys() | wanted.keys())
        if found.get(name) != wanted.get(name) and not name.startswith("table ")
    ]
    for name in wrong:
        if name in found:
            kind, _, plain = name.partition(" ")
            connection.execute(f'DROP {kind} "{plain}"')
    for name in wrong:
        if name in wanted:
            connection.execute(wanted[name])
    return wrong
