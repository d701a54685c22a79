"""The store: one SQLite file, opened the one safe way.

WAL with synchronous FULL where SQLite has the mend of the WAL-reset bug, else a rollback journal
with synchronous EXTRA (RELIABILITY 0.1). Foreign keys and recursive triggers are on in every
connection: without the latter INSERT OR REPLACE walks around append-only triggers.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Collection, Generator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from models import chain, driver, erasure, errors, fingerprint, folders, guarded, keys, sums, wall
from models.canonical import dump as dump
from models.canonical import stamp as stamp
from models.canonical import time as time
from models.schema import migrations
from models.statements import insertion, quoted

from sqlite_utils import Database  # isort: skip  (after the driver)

BUSY_MS = 30_000
CACHE_KIB = 32_768  # at most; lookups go all over the index of a million wordings
WAL_PAGES = 16_384  # 64 MB: a batch writes 4,000 pages of that index, the next many of them again


def clock() -> datetime:
    """Where the time comes from; tests put another clock here."""
    return wall.HOUSE.now()


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
        sums.add_function(self.conn)
        self.secret = b""  # the key beside the store; ``open`` reads it
        # rules of an older store that were not as its migrations made them
        self.mended: list[str] = []
        self.watching: bool | None = None  # whether guarded rows are noted; None: not yet asked

    @contextlib.contextmanager
    def atomic(self) -> Generator[Database, None, None]:
        if self.conn.in_transaction:
            with super().atomic():
                yield self
            return
        if self.watching is None:  # not at opening: whoever only reads need not wait for it
            self.watching = guarded.watch(self.conn)
            sums.watch(self.conn)
        try:
            self.conn.execute("BEGIN IMMEDIATE")
        except driver.library.OperationalError as error:
            raise errors.StoreError(
                f"the store is busy or not writable ({error})",
                str(self.path),
                "close other programs that hold it, or free disk space, and try again",
            ) from error
        try:
            if self.watching:
                guarded.forget(self.conn)
            yield self
            if self.watching:
                chain.bind_rest(self.conn, stamp(now()) or "")
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

    @contextlib.contextmanager
    def reading(self) -> Generator[None, None, None]:
        """All that is read inside is of one moment, whoever writes meanwhile."""
        if self.conn.in_transaction:
            yield
            return
        self.conn.execute("BEGIN")
        try:
            yield
        finally:
            self.conn.execute("ROLLBACK")

    def begin_record(self) -> None:
        """In the migration that brings the record: keep whose key this is, and bind every guarded row
        as it stands."""
        keys.note(self.conn, self.secret)
        chain.bind_all(self.conn, stamp(now()) or "", self.mended)
        self.watching = guarded.watch(self.conn)

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
        return int(self.conn.execute(insertion(table, row), [*row.values()]).lastrowid or 0)

    def insert_many(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows that have the same columns in the same order."""
        if rows:
            self.conn.executemany(insertion(table, rows[0]), [[*row.values()] for row in rows])

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
            f"{quoted(c)} = excluded.{quoted(c)}" for c in rows[0] if c != key and c not in keep
        )
        sql = f"{insertion(table, rows[0])} ON CONFLICT ({quoted(key)}) DO UPDATE SET {changed}"
        self.conn.executemany(sql, [[*row.values()] for row in rows])

    def update(
        self, table: str, id: int, changed: Mapping[str, Any], counter: str = "", **still: Any
    ) -> bool:
        """Change columns of the row with this id; says whether a row was changed.

        ``counter``: a column that is one more than before. ``still``: columns and what they must hold by now, else the row is left alone.
        """
        assigned = ", ".join(f"{quoted(column)} = ?" for column in changed)
        if counter:
            assigned += f", {quoted(counter)} = {quoted(counter)} + 1"
        asked = "".join(f" AND {quoted(column)} IS ?" for column in still)
        sql = f"UPDATE {quoted(table)} SET {assigned} WHERE id = ?{asked}"  # noqa: S608  (quoted)
        return self.conn.execute(sql, [*changed.values(), id, *still.values()]).rowcount > 0


def open(path: Path | str, *, migrate: bool = True) -> Store:
    """The store at ``path``, made if absent and migrated.

    Raises ``StoreError`` where the file is no piyao store or the folder cannot be written, where store
    and key do not belong together, and where the schema is not the one that the migrations make.
    One Store belongs to one thread of work at a time.
    """
    path = Path(path)
    try:
        folders.make_closed(path.parent)
        with contextlib.nullcontext() if keys.settled(path) else _alone(path):
            keys.refuse_lost_store(path)
            folders.make_file(path)
            db = Store(path)
            begun = db.value("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'")
            db.secret = keys.of_store(path, bool(begun))
        if migrate:
            if migrations.migrations.pending(db):
                with _alone(path):
                    _ready_to_migrate(db)
                    _scrubbed(db)
                    sums.unsettle(db.conn)
                    migrations.migrations.apply(db)
                    db.watching = None
            keys.refuse_another(db.conn, path, db.secret)
            _refuse_another_schema(db)
        wall.follow(db.conn)
        return db
    except (driver.library.DatabaseError, OSError, UnicodeDecodeError) as error:
        raise errors.StoreError(
            f"cannot be opened as a piyao store ({error})",
            str(path),
            "name another file in piyao.toml, or restore a backup",
        ) from error


def _ready_to_migrate(db: Store) -> None:
    """Raise ``StoreError`` where the schema is not what the migrations that it ran make.

    Stores of before the record could run a migration that was edited afterwards: their triggers, views
    and indexes are made those that stand written, and the log says which.
    """
    if ran := tuple(each.name for each in migrations.migrations.applied(db)):
        if "0009_record" not in ran:
            with db.atomic():
                db.mended = fingerprint.mend(db.conn, _schema(ran))
        fingerprint.refuse(db.path, fingerprint.of(db.conn), _schema(ran))


def _scrubbed(db: Store) -> None:
    """A store of before ``secure_delete`` is written anew, and only then counts as migrated: where the
    disk has no room for it, the next start tries again."""
    waiting = {migration.name for migration in migrations.migrations.pending(db)}
    if migrations.SCRUBBED in waiting and migrations.migrations.applied(db):
        erasure.scrub(db.conn)


_SEEN: set[tuple[str, int, int]] = set()  # stores whose schema this process has looked at


def _refuse_another_schema(db: Store) -> None:
    version = int(db.value("PRAGMA schema_version"))
    look = (str(db.path.resolve()), db.path.stat().st_ino, version)
    if look not in _SEEN:
        fingerprint.refuse(db.path, fingerprint.of(db.conn), _schema())
        if sums.unsettled(db.conn):
            with db.atomic():
                sums.settle(db.conn)
            db.watching = None
        _SEEN.add(look)


@functools.cache
def _schema(ran: tuple[str, ...] = ()) -> fingerprint.Schema:
    """What the migrations make of an empty store: all of them, or those that ``ran``."""
    fresh = Store(Path(":memory:"))
    try:
        for each in migrations.migrations.pending(fresh):
            if not ran or each.name in ran:
                with fresh.atomic():
                    each.fn(fresh)
        return fingerprint.of(fresh.conn)
    finally:
        fresh.close()


@contextlib.contextmanager
def using(path: Path | str) -> Generator[Store, None, None]:
    """The store at ``path`` for the length of a block, closed afterwards."""
    db = open(path)
    try:
        yield db
    finally:
        db.close()


@contextlib.contextmanager
def _alone(path: Path) -> Generator[None, None, None]:
    """Two processes that start at once must not both begin or migrate a store: the second waits and
    finds it done."""
    import fcntl

    with path.with_suffix(".migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
