"""Sources: where posts come from, as piyao.toml names them, and what the last visit left behind."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from models import audit
from models.config import Source
from models.errors import NotFound
from models.people import officers
from models.roles import Officer
from models.store import Store


def sync(db: Store, sources: Iterable[Source]) -> None:
    """Make the store's list the configured one. A source no longer named is kept, switched off."""
    with db.atomic():
        named = []
        for source in sources:
            named.append(source.name)
            db.conn.execute(
                "INSERT INTO sources (name, kind, url, every, allow_private, enabled, label, host)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
                " host = excluded.host,"
                " kind = excluded.kind, every = excluded.every,"
                " allow_private = excluded.allow_private, enabled = excluded.enabled,"
                " label = excluded.label,"
                " etag = iif(url = excluded.url, etag, ''),"
                " last_modified = iif(url = excluded.url, last_modified, ''), url = excluded.url",
                [
                    source.name,
                    source.kind,
                    source.url,
                    source.every,
                    source.allow_private,
                    source.enabled,
                    source.label or source.name,
                    urlsplit(source.url).netloc.rpartition("@")[2].lower(),
                ],
            )
        marks = ", ".join("?" * len(named))
        db.execute(f"UPDATE sources SET enabled = 0 WHERE name NOT IN ({marks})", named)  # noqa: S608


def _source(row: dict) -> Source:
    return Source(
        row["name"],
        row["kind"],
        row["url"],
        row["every"],
        bool(row["allow_private"]),
        bool(row["enabled"]) and not row["paused"],
        row["label"],
        row["etag"],
        row["last_modified"],
    )


def all(db: Store) -> list[Source]:
    return [_source(row) for row in db.rows("SELECT * FROM sources ORDER BY rowid")]


def get(db: Store, name: str) -> Source:
    row = db.row("SELECT * FROM sources WHERE name = ?", name)
    if row is None:
        raise NotFound(f"no source is called “{name}”", mend="see [[source]] in piyao.toml")
    return _source(row)


def remember(db: Store, name: str, etag: str, last_modified: str) -> None:
    """Keep what the next conditional request needs. In the transaction that stored the posts."""
    with db.atomic():
        db.conn.execute(
            "UPDATE sources SET etag = ?, last_modified = ? WHERE name = ?",
            [etag, last_modified, name],
        )


def set_paused(db: Store, name: str, paused: bool, *, by: Officer) -> Source:
    """An administrator pauses or resumes a source."""
    with db.atomic():
        officers.require(db, by, "sources")
        get(db, name)
        db.execute("UPDATE sources SET paused = ? WHERE name = ?", [paused, name])
        audit.append(db, by, "source.pause" if paused else "source.resume", f"source:{name}", {})
    return get(db, name)
