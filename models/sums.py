"""The sum of each row, beside the row: a bit that a disk forgot, and a hand that went around our
connections, leave a row that does not agree with its sum.

The audit log vouches for what people did (``models.guarded``); what machines write by the thousand
(posts, replies, scores, wordings, visits) has no entry. So triggers in the temporary schema of each of
our own connections keep a CRC-32 of every row of every table that has a primary key: a table that a
later migration brings is among them by itself. A change of a row adds the difference of what it says,
so that damage is not made good by the next write to another column. A row that is deleted takes its
sum along. This is against damage: whoever wants to deceive can write a sum as well as a row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from zlib import crc32

from models import guarded

WITHOUT = {  # the tables that have no sums, and why they need none
    "audit": "its entries are a chain",
    "bands": "wordings.keys turned round, and compared with them",
    "jobs": "written anew with each run",
    "leases": "written anew at each heartbeat",
    "source_turns": "written anew with each batch",
    "wall_clock": "written anew all the time",
    "summed": "of which tables there are sums",
    "sums": "the sums",
}
_NOT_OURS = ("auth_*", "django_*", "sqlite_*", "_sqlite_migrations")


class Column(NamedTuple):
    name: str
    type: str


@dataclass(frozen=True)
class Summed:
    """A table whose rows have sums: its primary key, and the columns that no entry of the log binds."""

    table: str
    keys: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> str:
        return " ".join(column.name for column in self.columns)

    def key_of(self, row: str) -> str:
        """SQL of the key as ``sums`` holds it. Without affinity: ``sums.key`` has none, and would not be
        looked up by its index."""
        parts = [f"{row}.{key}" for key in self.keys]
        return " || '/' || ".join(parts) if len(parts) > 1 else f"+{parts[0]}"

    def sum_of(self, row: str) -> str:
        # text as bytes: what a flipped bit leaves may be no text
        values = (
            f"cast({row}.{name} AS BLOB)" if kind == "TEXT" else f"{row}.{name}"
            for name, kind in self.columns
        )
        return f"row_sum({', '.join(values)})"


def row_sum(*values: Any) -> int:
    """The SQL function: CRC-32 of what a row says, text given as bytes.

    >>> row_sum("三号桥".encode(), 1, None) == row_sum("三号桥".encode(), 1.0, None)
    False
    """
    return crc32(b"\0".join([v if v.__class__ is bytes else b"%a" % (v,) for v in values]))


_KNOWN: dict[tuple[Any, ...], list[Summed]] = {}  # by the tables of a store, as their SQL says them


def tables(connection: Any) -> list[Summed]:
    """The tables of this store that have sums."""
    made = tuple(
        connection.execute("SELECT name, sql FROM main.sqlite_master WHERE type = 'table'")
    )
    if made not in _KNOWN:
        _KNOWN[made] = _tables(connection)
    return _KNOWN[made]


def _tables(connection: Any) -> list[Summed]:
    found: dict[str, list[Any]] = defaultdict(list)
    for table, *column in connection.execute(_COLUMNS):
        found[table].append(column)
    kept = []
    for table, columns in found.items():
        keys = tuple(name for _, name in sorted((pk, name) for name, _, pk in columns if pk))
        bound = _bound(table)
        left = tuple(Column(name, kind) for name, kind, _ in columns if name not in bound)
        said = not bound or {each.name for each in left} - {*keys}
        if table not in WITHOUT and keys and said:
            kept.append(Summed(table, keys, left))
    return kept


def _bound(table: str) -> set[str]:
    """The columns of a table whose every row the log vouches for."""
    each = guarded.BY_TABLE.get(table)
    if each is None or each.where != "1":
        return set()
    return {name for name, sql in each.values.items() if sql == f"{{row}}.{name}"}


# not pragma_table_list, which works out every view; the tables behind a search index are not ours
_COLUMNS = f"""SELECT m.name, c.name, c.type, c.pk
    FROM main.sqlite_master m JOIN pragma_table_info(m.name, 'main') c
    WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%'
    AND {" AND ".join(f"m.name NOT GLOB '{name}'" for name in _NOT_OURS)}
    AND NOT EXISTS (SELECT 1 FROM main.sqlite_master v WHERE v.sql LIKE 'CREATE VIRTUAL%'
        AND m.name GLOB v.name || '_*')
    ORDER BY m.name, c.cid"""  # noqa: S608  (names of ours)


def add_function(connection: Any) -> None:
    connection.create_function("row_sum", -1, row_sum, deterministic=True)


def watch(connection: Any) -> None:
    """Keep the sum of every row that this connection writes from now on, of the tables that are settled."""
    if not _there(connection):
        return  # a store of before
    settled = _settled(connection)
    for summed in tables(connection):
        if settled.get(summed.table) == summed.names:
            for statement in _triggers(summed):
                connection.execute(statement)


def _there(connection: Any) -> bool:
    return bool(_row(connection, "SELECT 1 FROM main.sqlite_master WHERE name = 'sums'"))


def _triggers(summed: Summed) -> Iterator[str]:
    old, new = summed.key_of("OLD"), summed.key_of("NEW")
    row = this = f"WHERE tbl = '{summed.table}' AND key = {old}"
    more = f"sum = sum + {summed.sum_of('NEW')} - {summed.sum_of('OLD')}"
    moved = ""  # a key of one column names the row for good
    if len(summed.keys) > 1:
        this += f" AND {new} IS {old}"
        moved = f"; UPDATE OR REPLACE sums SET key = {new}, {more} {row} AND {new} IS NOT {old}"  # noqa: S608
    for event, body in (
        (  # the sum of a row that others deleted may be there still
            "insert",
            f"INSERT INTO sums VALUES ('{summed.table}', {new}, {summed.sum_of('NEW')})"  # noqa: S608
            " ON CONFLICT DO UPDATE SET sum = excluded.sum",
        ),
        ("update", f"UPDATE sums SET {more} {this}" + moved),  # noqa: S608  (names of ours)
        ("delete", f"DELETE FROM sums {row}"),  # noqa: S608  (names of ours)
    ):
        yield (
            f"CREATE TEMP TRIGGER IF NOT EXISTS sum_{summed.table}_{event}"
            f" AFTER {event} ON main.{summed.table} BEGIN {body}; END"
        )


def _settled(connection: Any) -> dict[str, str]:
    return dict(connection.execute("SELECT tbl, columns FROM summed"))


def unsettle(connection: Any) -> None:
    """Before migrations: they may do what they like to tables, and sums are made anew after them."""
    if _there(connection):
        connection.execute("DELETE FROM summed")


def unsettled(connection: Any) -> list[Summed]:
    """The tables that have no sums yet, or sums of other columns."""
    settled = _settled(connection)
    return [each for each in tables(connection) if settled.get(each.table) != each.names]


def settle(connection: Any) -> None:
    """Make the sums of the ``unsettled`` tables from their rows as they stand, in the caller's
    transaction, for a connection that ``watch``es from then on."""
    for each in unsettled(connection):
        connection.execute("DELETE FROM sums WHERE tbl = ?", [each.table])
        connection.execute(
            f"INSERT INTO sums SELECT '{each.table}', {each.key_of('t')}, {each.sum_of('t')}"  # noqa: S608
            f" FROM main.{each.table} t"
        )
        connection.execute("INSERT OR REPLACE INTO summed VALUES (?, ?)", [each.table, each.names])


class Wrong(NamedTuple):
    kind: str  # altered, unsummed, taken: of ``models.replay.WORDS``
    row: str  # posts:12


def wrong(connection: Any, summed: Summed, newest: int = 0) -> Iterator[Wrong]:
    """The rows of a table that do not agree with their sums. ``newest``: looks at so many only, and
    not for rows that are gone; 0: at all.

    Raises what the driver raises where the table cannot be read.
    """
    table, key = summed.table, summed.key_of("t")
    order = ", ".join(f"{each} DESC" for each in summed.keys)
    source = f"(SELECT * FROM main.{table} ORDER BY {order} LIMIT {newest})"  # noqa: S608
    for row, known in connection.execute(
        f"SELECT {key}, s.sum IS NOT NULL FROM {source if newest else f'main.{table}'} t"  # noqa: S608
        f" LEFT JOIN sums s ON s.tbl = '{table}' AND s.key = {key}"
        f" WHERE s.sum IS NOT {summed.sum_of('t')}"
    ):
        yield Wrong("altered" if known else "unsummed", f"{table}:{row}")
    if newest or not _row(
        connection,
        f"SELECT 1 WHERE (SELECT count(*) FROM sums WHERE tbl = '{table}')"  # noqa: S608
        f" <> (SELECT count(*) FROM main.{table})",
    ):
        return
    for (row,) in connection.execute(
        f"SELECT key FROM sums WHERE tbl = '{table}'"  # noqa: S608  (names of ours)
        f" AND key NOT IN (SELECT {key} FROM main.{table} t)"
    ):
        yield Wrong("taken", f"{table}:{row}")


def bands_differ(connection: Any) -> bool:
    """Whether the keys of the wordings and their turned form say different things, by totals."""
    totals = (
        "count(*), coalesce(sum({key} % 2147483647), 0), coalesce(sum({id}), 0),"
        " coalesce(sum(({key} % 65521) * ({id} % 65521)), 0)"
    )
    kept = _row(connection, f"SELECT {totals.format(key='key', id='wording_id')} FROM bands")  # noqa: S608
    said = totals.format(key="value", id="w.id")
    return kept != _row(connection, f"SELECT {said} FROM wordings w, json_each(w.keys)")  # noqa: S608


def _row(connection: Any, sql: str) -> Any:
    return connection.execute(sql).fetchone()
