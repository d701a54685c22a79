"""The store: one SQLite file, opened the one safe way.

WAL with synchronous FULL where SQLite has the mend of the WAL-reset bug, else a rollback journal
with synchronous EXTRA (RELIABILITY 0.1). Foreign keys and recursive triggers are on in every
connection: without the latter INSERT OR REPLACE walks around append-only triggers.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Collection, Generator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models import driver, erasure, errors
from models.schema import migrations

from sqlite_utils import Database  # isort: skip  (after the driver)

BUSY_MS = 30_000
CACHE_KIB = 32_768  # at most; lookups go all over the index of a million wordings
WAL_PAGES = (
    16_384  # 64 MB; a batch writes 4,000 pages of that index, the next one many of them again
)


def clock() -> datetime:
    """Where the time comes from; tests put another clock here."""
    return datetime.now(UTC)


def now() -> datetime:
    """The one clock of the house: aware UTC."""
    return clock()


def pragmas(version: tuple[int, ...] = driver.VERSION) -> tuple[str, ...]:
    """The settings every connection must have, Django's included."""
    journal = (
        ("journal_mode=WAL", "synchronous=FULL")
        if driver.wal_is_safe(version)
        else ("journal_mode=DELETE", "synchronous=EXTRA")
    )
    # what is deleted or overwritten is zeroed in the file as well
    return (*journal, "foreign_keys=ON", "recursive_triggers=ON", "secure_delete=ON")


class Store(Database):
    """A sqlite-utils database whose outermost transaction takes the write lock at once.

    A deferred transaction that reads and then writes fails with SQLITE_BUSY_SNAPSHOT as soon as
    another process wrote in between; no busy timeout helps there.
    """

    def __init__(self, path: Path) -> None:
        connection = driver.library.connect(
            str(path), timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False
        )
        super().__init__(connection)
        self.path = path
        for pragma in (*pragmas(), f"cache_size=-{CACHE_KIB}", f"wal_autocheckpoint={WAL_PAGES}"):
            self.conn.execute(f"PRAGMA {pragma}")
        self.secret = _secret(path)

    @contextlib.contextmanager
    def atomic(self) -> Generator[Database, None, None]:
        if self.conn.in_transaction:
            with super().atomic():
                yield self
            return
        try:
            self.conn.execute("BEGIN IMMEDIATE")
        except driver.library.OperationalError as error:
            raise errors.StoreError(
                f"the store is busy or not writable ({error})",
                str(self.path),
                "close other programs that hold it, or free disk space, and try again",
            ) from error
        try:
            yield self
            self.conn.execute("COMMIT")
        except BaseException as error:
            if self.conn.in_transaction:
                self.conn.execute("ROLLBACK")
            if isinstance(error, driver.library.OperationalError):
                raise errors.StoreError(
                    f"nothing was written ({error})",
                    str(self.path),
                    "free disk space or mend the disk; the last committed state is whole",
                ) from error
            raise

    def forget_log(self) -> bool:
        """Empty the write-ahead log, which still holds what was deleted; whether nobody held it."""
        return erasure.truncate_log(self.conn, BUSY_MS)

    def others(self) -> int:
        """A number that changes with each commit of another connection, and of no other thing."""
        return int(self.value("PRAGMA data_version"))

    def row(self, sql: str, *parameters: Any) -> dict[str, Any] | None:
        """The first row as a dict, or None."""
        return next(iter(self.query(sql, parameters)), None)

    def rows(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        return list(self.query(sql, parameters))

    def value(self, sql: str, *parameters: Any) -> Any:
        """The first column of the first row, or None."""
        found = self.conn.execute(sql, parameters).fetchone()
        return found[0] if found else None

    def insert(self, table: str, row: Mapping[str, Any]) -> int:
        """Add a row, given as its values by column; returns its id."""
        return int(self.conn.execute(_insertion(table, row), [*row.values()]).lastrowid or 0)

    def insert_many(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows that have the same columns in the same order."""
        if rows:
            self.conn.executemany(_insertion(table, rows[0]), [[*row.values()] for row in rows])

    def upsert(self, table: str, row: Mapping[str, Any], key: str) -> None:
        """Add a row, or change the one that holds the same in the column ``key``."""
        self.upsert_many(table, [row], key)

    def upsert_many(
        self, table: str, rows: Sequence[Mapping[str, Any]], key: str, keep: Collection[str] = ()
    ) -> None:
        """``upsert`` of rows that have the same columns in the same order. What a row that is there
        holds in the columns ``keep`` stays."""
        if not rows:
            return
        changed = ", ".join(
            f"{_quoted(c)} = excluded.{_quoted(c)}" for c in rows[0] if c != key and c not in keep
        )
        sql = f"{_insertion(table, rows[0])} ON CONFLICT ({_quoted(key)}) DO UPDATE SET {changed}"
        self.conn.executemany(sql, [[*row.values()] for row in rows])

    def update(self, table: str, id: int, changed: Mapping[str, Any], **still: Any) -> bool:
        """Change columns of the row with this id; says whether a row was changed.

        ``still``: columns and what they must hold by now, else the row is left alone.
        """
        assigned = ", ".join(f"{_quoted(column)} = ?" for column in changed)
        asked = "".join(f" AND {_quoted(column)} IS ?" for column in still)
        sql = f"UPDATE {_quoted(table)} SET {assigned} WHERE id = ?{asked}"  # noqa: S608  (quoted)
        return self.conn.execute(sql, [*changed.values(), id, *still.values()]).rowcount > 0


def _insertion(table: str, row: Mapping[str, Any]) -> str:
    columns, marks = ", ".join(map(_quoted, row)), ", ".join("?" * len(row))
    return f"INSERT INTO {_quoted(table)} ({columns}) VALUES ({marks})"  # noqa: S608  (quoted)


def _quoted(name: str) -> str:
    """A table or column as SQL takes it whatever its characters.

    >>> _quoted("by")
    '"by"'
    """
    return '"' + name.replace('"', '""') + '"'


def open(path: Path | str, *, migrate: bool = True) -> Store:
    """The store at ``path``, made if absent and migrated.

    Raises ``StoreError`` where the file is no piyao store or the folder cannot be written.
    One Store belongs to one thread of work at a time.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        db = Store(path)
        if migrate and migrations.migrations.pending(db):
            with _one_migration(db):
                _scrubbed(db)
                migrations.migrations.apply(db)
        return db
    except (driver.library.DatabaseError, OSError) as error:
        raise errors.StoreError(
            f"cannot be opened as a piyao store ({error})",
            str(path),
            "name another file in piyao.toml, or restore a backup",
        ) from error


def _scrubbed(db: Store) -> None:
    """A store of before ``secure_delete`` is written anew, and only then counts as migrated: where the
    disk has no room for it, the next start tries again."""
    waiting = {migration.name for migration in migrations.migrations.pending(db)}
    if migrations.SCRUBBED in waiting and migrations.migrations.applied(db):
        erasure.scrub(db.conn)


@contextlib.contextmanager
def using(path: Path | str) -> Generator[Store, None, None]:
    """The store at ``path`` for the length of a block, closed afterwards."""
    db = open(path)
    try:
        yield db
    finally:
        db.close()


@contextlib.contextmanager
def _one_migration(db: Store) -> Generator[None, None, None]:
    """Two processes that start at once must not both migrate: the second waits and finds it done."""
    import fcntl

    with db.path.with_suffix(".migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _secret(path: Path) -> bytes:
    """The per-install key for authors' hashes, beside the store and never in it.

    Whoever holds a copy of the store alone (a backup, an export) cannot test handles against it.
    """
    file = path.with_suffix(".key")
    if not file.exists():
        fresh = path.with_suffix(f".key-{os.getpid()}-{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(secrets.token_bytes(32))
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first: its key holds
            os.link(fresh, file)  # whole or not at all, whenever we are killed
        fresh.unlink()
    return file.read_bytes()


def stamp(at: datetime | None) -> str | None:
    """A time as stored: UTC, fixed width, sorts as text. None stays None."""
    if at is None:
        return None
    # strftime writes the year 800 with three digits: it would neither sort nor be read again
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def time(text: str | None) -> datetime | None:
    """The inverse of ``stamp``."""
    return datetime.fromisoformat(text) if text else None


def dump(value: object) -> str:
    """Canonical JSON: sorted keys, no spaces, UTF-8 (the parts of RFC 8785 that our values need)."""
    return _CANONICAL.encode(value)


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
