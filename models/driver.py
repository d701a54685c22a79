"""One SQLite library for the whole process: import this module before anything else.

Python 3.11 brings SQLite 3.40.1 here, whose WAL mode can corrupt a file when a second process
checkpoints (https://sqlite.org/wal.html#walresetbug; mended in 3.51.3, 3.50.7 and 3.44.6).
``pysqlite3`` brings a mended one in its wheel. Two SQLite libraries in one process would drop each
other's POSIX locks, so ``sqlite3`` is replaced before Django or sqlite-utils can import it.
"""

from __future__ import annotations

import sys

try:
    import pysqlite3
    import pysqlite3.dbapi2
except ImportError:  # no wheel for this platform: the gate in models.store does without WAL
    import sqlite3 as library
else:
    loaded = sys.modules.get("sqlite3")
    if loaded is not None and loaded is not pysqlite3:
        raise RuntimeError(
            "sqlite3 was imported before models.driver; import models.driver first "
            "so that the process holds one SQLite library"
        )
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
    library = pysqlite3

VERSION: tuple[int, ...] = tuple(int(part) for part in library.sqlite_version.split("."))


def wal_is_safe(version: tuple[int, ...] = VERSION) -> bool:
    """Whether this SQLite has the mend of the WAL-reset bug.

    >>> wal_is_safe((3, 40, 1)), wal_is_safe((3, 44, 6)), wal_is_safe((3, 53, 4))
    (False, True, True)
    """
    return (
        version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    )
