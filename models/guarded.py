"""The guarded rows: what the audit log vouches for, row by row.

``GUARDED`` says which tables and which of their columns. Triggers in the temporary schema of each of
our own connections note every guarded row that a transaction touches, so that no writer can forget
one; the next audit entry takes the notes and carries the SHA-256 of each row as it stands by then.
A hand that writes around our connections leaves no note, and ``models.replay`` finds its rows.

Nothing that retention erases is guarded. Empty values (NULL, "", 0) are left out of the hash, so that
a column that a later migration adds changes no hash of a row that says nothing in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from models.canonical import dump


@dataclass(frozen=True)
class Guarded:
    """A table whose rows are bound to the log: its key, the columns that count, and which rows.

    An entry of ``columns`` with a colon is a name and the SQL of its value, ``{row}`` for the row.
    """

    table: str
    columns: str
    key: str = "id"
    where: str = "1"  # of {row}: which rows are guarded
    fixed: str = (
        ""  # columns that are written with the row and never again; "*": all, and it is kept
    )

    @cached_property
    def keys(self) -> list[str]:
        return self.key.split()

    @cached_property
    def values(self) -> dict[str, str]:
        """SQL of each guarded value by its name."""
        named = dict(part.strip().partition(":")[::2] for part in self.columns.split(";"))
        return {name: sql.strip() or f"{{row}}.{name}" for name, sql in sorted(named.items())}

    @cached_property
    def fixed_names(self) -> list[str]:
        """The fixed columns where others are not; they are hashed once more, apart."""
        return (
            [] if self.fixed == "*" else sorted(filter(None, map(str.strip, self.fixed.split(";"))))
        )

    def key_of(self, row: str) -> str:
        return " || '/' || ".join(f"{row}.{key}" for key in self.keys)

    @cached_property
    def select(self) -> str:
        """SQL of the key as text, then every guarded value, of all guarded rows."""
        values = ", ".join(self.values.values()).format(row="t")
        return (
            f"SELECT cast({self.key_of('t')} AS TEXT), {values}"  # noqa: S608  (names of ours)
            f" FROM main.{self.table} t WHERE {self.where.format(row='t')}"
        )


GUARDED = (
    Guarded(
        "officers",
        "username; role; number; fields; active; made_at; changed_at; epoch",
        where="{row}.id <> 0",
        fixed="username; role; number; made_at",
    ),
    Guarded(  # not what the machine counts anew with each post
        "cases",
        "number; cluster_id; claim; reworded; topic; topic_set; hazard; state; holder_id;"
        " opened_at; closed_at; picked; dismissed_for; dismissed_by; dismissed_posts;"
        " lead_sent_at; lead_sent_to; sample_status; quotable; quotable_of",
        fixed="number; cluster_id; opened_at",
    ),
    Guarded("case_acts", "case_id; how; was; became; by; at", fixed="*"),
    Guarded("closings", "case_id; reason; claim; evidence_hash; ground; by; at", fixed="*"),
    Guarded("owed_corrections", "notice_id; why; since; ended_at", fixed="notice_id; why; since"),
    Guarded(
        "evidence",
        "case_id; title; finding; url; is_primary; independent; adverse; nature; refutes;"
        " captured_at; sha256; media_type; original; added_by; added_at; withdrawn_at;"
        " withdrawn_by; withdrawn_for; name; gist; address; document; quoted; own",
        fixed="case_id; title; finding; url; is_primary; independent; adverse; nature; refutes;"
        " captured_at; sha256; media_type; original; added_by; added_at",
    ),
    Guarded(
        "verdicts",
        "case_id; literal; hazard; outcome; ground; evidence_hash; by; at; review_on",
        fixed="*",
    ),
    Guarded(
        "notices",
        "case_id; kind; state; verdict_id; year; serial; number; revision; submitted_by;"
        " approved_hash; issued_at; published_at; retracted_at; retracted_for",
        fixed="case_id; kind; verdict_id",
    ),
    Guarded(
        "revisions",
        "title; findings; quote; closing; basis; edited_by; at",
        key="notice_id revision",
        fixed="*",
    ),
    Guarded("approvals", "notice_id; revision; hash; step; reason; by; at", fixed="*"),
    Guarded(  # how it ended; on its way it may stand as it likes
        "outbox",
        "notice_id; revision; channel; kind; hash; queued_at; place; receipt; settled:"
        " iif({row}.state IN ('sent', 'rejected'), {row}.state || ' ' || {row}.settled_at, '')",
        fixed="notice_id; revision; channel; kind; hash; queued_at",
    ),
    Guarded("numbers_elsewhere", "identity; hash; title; seen_at", key="channel year serial"),
    Guarded(
        "claims",
        "native_id; claim; wordings; standing; before; truth; topic; source; url; dated;"
        " notice_id; withdrawn_at; withdrawn_by; gone; suspended",
        where="{row}.origin = 'own'",
    ),
    Guarded("withdrawn_lessons", "by; at; reason", key="case_id"),
    Guarded(
        "editions", "base; made_at; until; digest; lessons; base_rate", key="version", fixed="*"
    ),
    Guarded("settled_editions", "sources; since; drawn_from; terms", key="version", fixed="*"),
    Guarded("edition_uses", "version; at; by; why", fixed="*"),
)
BY_TABLE = {each.table: each for each in GUARDED}
GONE = ""  # instead of a hash: the row was deleted


def watch(connection: Any) -> bool:
    """Note every guarded row that this connection writes from now on, in ``temp.unbound``.

    Returns False where the store is older than the binding of rows: nothing is noted.
    """
    if not _one(connection, "SELECT 1 FROM pragma_table_info('audit') WHERE name = 'bound'"):
        return False
    connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS unbound (tbl TEXT NOT NULL, key TEXT NOT NULL,"
        " PRIMARY KEY (tbl, key)) STRICT, WITHOUT ROWID"
    )
    for guarded in _there(connection):
        for statement in _triggers(guarded):
            connection.execute(statement)
    return True


def _there(connection: Any) -> list[Guarded]:
    """The guarded tables that this store has by now: a migration that is yet to come may bring one."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return [guarded for guarded in GUARDED if (guarded.table,) in found]


def _triggers(guarded: Guarded) -> Iterator[str]:
    def noted(row: str) -> str:
        # not INSERT OR IGNORE: in a trigger the policy of the statement that fires it counts, and an
        # upsert's is to fail
        key = f"cast({guarded.key_of(row)} AS TEXT)"
        return (
            f"INSERT INTO unbound SELECT '{guarded.table}', {key}"  # noqa: S608  (names of ours)
            f" WHERE {guarded.where.format(row=row)} AND NOT EXISTS (SELECT 1 FROM unbound"
            f" WHERE tbl = '{guarded.table}' AND key = {key});"
        )

    changed = " OR ".join(
        f"{sql.format(row='OLD')} IS NOT {sql.format(row='NEW')}"
        for sql in [*guarded.values.values(), *(f"{{row}}.{key}" for key in guarded.keys)]
    )
    both = {"OLD": noted("OLD"), "NEW": noted("NEW")}
    for event, when, body in (
        ("INSERT", "1", both["NEW"]),
        ("DELETE", "1", both["OLD"]),
        ("UPDATE", changed, both["OLD"] + " " + both["NEW"]),
    ):
        yield (
            f"CREATE TEMP TRIGGER IF NOT EXISTS note_{guarded.table}_{event.lower()}"
            f" AFTER {event} ON main.{guarded.table} WHEN {when} BEGIN {body} END"
        )


def forget(connection: Any) -> None:
    """Drop the notes of what was written outside a transaction: the log never hears of it."""
    connection.execute("DELETE FROM temp.unbound")


def noted(connection: Any) -> bool:
    """Whether this transaction wrote a guarded row that no entry has taken yet."""
    return bool(_one(connection, "SELECT 1 FROM temp.unbound LIMIT 1"))


def take(connection: Any) -> dict[str, str]:
    """The hash of every row noted, by its name (``evidence:12``), and no note is left.

    Of a row that is gone the hash is ``GONE``.
    """
    noted: dict[str, list[str]] = {}
    for table, key in connection.execute("SELECT tbl, key FROM temp.unbound ORDER BY tbl, key"):
        noted.setdefault(table, []).append(key)
    if noted:
        forget(connection)
    return {
        f"{table}:{key}": digest
        for table, keys in noted.items()
        for key, digest in _of_these(connection, BY_TABLE[table], keys).items()
    }


def everything(connection: Any) -> dict[str, str]:
    """The hash of every guarded row, by its name."""
    return {
        f"{guarded.table}:{key}": digest
        for guarded in _there(connection)
        for key, digest in all_of(connection, guarded)
    }


def all_of(connection: Any, guarded: Guarded) -> Iterator[tuple[str, str]]:
    """(key, hash) of every guarded row of a table."""
    return _hashed(guarded, connection.execute(guarded.select))


def _of_these(connection: Any, guarded: Guarded, keys: list[str]) -> dict[str, str]:
    asked = " AND ".join(f"t.{each} = ?" for each in guarded.keys)
    found = dict.fromkeys(keys, GONE)
    if len(guarded.keys) == 1:
        asked = f"t.{guarded.key} IN (SELECT value FROM json_each(?))"  # noqa: S608  (names of ours)
        found |= _hashed(guarded, connection.execute(f"{guarded.select} AND {asked}", [dump(keys)]))
        return found
    for key in keys:
        parts = key.split("/", len(guarded.keys) - 1)
        found |= _hashed(guarded, connection.execute(f"{guarded.select} AND {asked}", parts))
    return found


def _hashed(guarded: Guarded, rows: Iterable[Any]) -> Iterator[tuple[str, str]]:
    names, fixed = list(guarded.values), guarded.fixed_names
    for key, *values in rows:
        said = dict(zip(names, map(_short, values), strict=True))
        apart = f".{digest((name, said[name]) for name in fixed)}" if fixed else ""
        yield key, digest(said.items()) + apart


def _short(value: Any) -> Any:
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value


def kept(name: str, bound: str) -> str:
    """What holds for good of the hash that an entry carries of a row; "": the row may change in all.

    An entry that carries another one later, or says that the row is ``GONE``, is a forgery: whoever
    writes into the file can add an entry, but not take back the earlier one.
    """
    guarded = BY_TABLE.get(name.partition(":")[0])
    if guarded is None or not guarded.fixed:
        return ""
    return bound.partition(".")[2] if guarded.fixed_names else bound


def digest(values: Iterable[tuple[str, Any]]) -> str:
    """SHA-256 of what a row says, by name of its columns. Bytes count by their own SHA-256.

    >>> digest([("by", 7), ("withdrawn_by", None)]) == digest([("by", 7)])
    True
    """
    said: Mapping[str, Any] = {
        name: _short(value) for name, value in values if value not in (None, "", 0)
    }
    return hashlib.sha256(dump(said).encode()).hexdigest()


def _one(connection: Any, sql: str) -> Any:
    return connection.execute(sql).fetchone()
