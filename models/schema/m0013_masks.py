"""Texts of earlier versions, masked as new ones are.

What is bound by a hash (evidence, verdicts, revisions, steps, the audit log) stays as it was written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from models import sameness
from models.personal import admission

AT_ONCE = 2000
Row = dict[str, Any]


def run(db: Any) -> None:
    """Mask what stands in a store; ``db`` is the store in its migration."""
    _each(
        db,
        "posts",
        "native_id, url, page, title, text, said, verbatim",
        lambda row: _post(row, db.secret),
    )
    _each(db, "cases", "claim", lambda row: {"claim": admission.clean(row["claim"])})
    _each(db, "faults", "what, place, raw, digest", lambda row: _fault(row, db.secret))
    _each(db, "crawl_runs", "message", lambda row: {"message": admission.clean(row["message"])})
    _each(
        db,
        "claims",
        "origin, native_id, claim, wordings, truth, source, url",
        lambda row: _claim(row, db.secret),
    )
    _replies(db)


def _each(db: Any, table: str, columns: str, masked: Callable[[Row], Row]) -> None:
    read = f"SELECT id, {columns} FROM {table} WHERE id > ? ORDER BY id LIMIT {AT_ONCE}"  # noqa: S608
    for row in _rows(db, read):
        changed = {name: value for name, value in masked(row).items() if row[name] != value}
        if changed:
            assigned = ", ".join(f"{name} = ?" for name in changed)
            change = f"UPDATE {table} SET {assigned} WHERE id = ?"  # noqa: S608
            db.execute(change, [*changed.values(), row["id"]])


def _rows(db: Any, sql: str) -> Iterator[Row]:
    last = 0
    while batch := list(db.query(sql, [last])):
        yield from batch
        last = batch[-1]["id"]


def _post(row: Row, secret: bytes) -> Row:
    verbatim = row["verbatim"]
    if verbatim is not None:
        kept = admission.verbatim(verbatim.decode("utf-8", "surrogatepass"))
        verbatim = kept.encode("utf-8", "surrogatepass")
    title, text = admission.clean(row["title"]), admission.clean(row["text"])
    url = admission.address(row["url"])
    return {
        "native_id": admission.native_id(row["native_id"], secret),
        "url": url,
        "page": sameness.page(url),
        "title": title,
        "text": text,
        "said": sameness.said(title, text),
        "verbatim": verbatim,
    }


def _fault(row: Row, secret: bytes) -> Row:
    raw = admission.excerpt(row["raw"])
    return {
        "what": admission.clean(row["what"]),
        "place": admission.clean(row["place"]),
        **(
            {"raw": raw, "digest": admission.keyed(row["digest"], secret)}
            if raw != row["raw"]
            else {}
        ),
    }


def _claim(row: Row, secret: bytes) -> Row:
    if row["origin"] in ("own", "starter"):
        return {}
    wordings = [admission.line(text) for text in json.loads(row["wordings"])]
    return {
        "native_id": admission.native_id(row["native_id"], secret),
        "claim": admission.line(row["claim"]),
        "wordings": json.dumps(wordings, ensure_ascii=False, separators=(",", ":")),
        "truth": admission.line(row["truth"]),
        "source": admission.line(row["source"]),
        "url": admission.evidence_address(row["url"]),
    }


def _replies(db: Any) -> None:
    changed = []
    for post_id, native_id, text in db.conn.execute("SELECT post_id, native_id, text FROM replies"):
        masked = admission.clean(text), admission.native_id(native_id, db.secret)
        if masked != (text, native_id):
            changed.append((*masked, post_id, native_id))
    db.conn.executemany(
        "UPDATE OR IGNORE replies SET text = ?, native_id = ? WHERE post_id = ? AND native_id = ?",
        changed,
    )
