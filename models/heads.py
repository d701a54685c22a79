"""The heads of the audit log that are kept outside the data folder.

A log alone cannot show that its tail was cut off, that the whole file was rolled back, or that every
hash was computed anew. So the newest sequence number and its whole hash go, once an hour and after each
publication, as one line ``seq hash time`` to a file elsewhere, or by POST to an address: ``[audit]
heads`` of piyao.toml. The store remembers how many lines it wrote, so that a file that is gone or
shorter shows as well.
"""

from __future__ import annotations

import json
import os
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any

from models import folders
from models.config import Config
from models.errors import PiyaoError
from models.replay import Finding, Head
from models.store import Store, dump, now, stamp, time

EVERY = timedelta(hours=1)
PATIENCE = 15  # seconds for the address
NOTED = "audit.heads"  # in the table meta: what was kept last, and where


def keep(db: Store, config: Config) -> bool:
    """Keep the newest head outside, where one is due; says whether it was.

    Raises ``PiyaoError`` where it could not be kept: an alarm, and nothing else stops for it.
    """
    where = config.audit.heads
    last = db.row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
    if not where or last is None:
        return False
    before = _noted(db, where)
    if before.get("seq") == last["seq"] or not _due(db, before):
        return False
    at = stamp(now()) or ""
    line = f"{last['seq']} {last['hash']} {at}\n"
    try:
        if config.heads:
            _write(config.heads, line)
        else:
            _post(where, {"seq": last["seq"], "hash": last["hash"], "at": at})
    except (OSError, ValueError) as error:
        raise PiyaoError(
            f"记录指纹没有存到外面（{error}）", where, "检查这个文件或地址；下一轮会再试"
        ) from error
    kept = {"where": where, "seq": last["seq"], "at": at, "lines": before.get("lines", 0) + 1}
    with db.atomic():
        db.conn.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", [NOTED, dump(kept)])
    return True


def kept(config: Config) -> list[Head]:
    """Every head in the file outside; what is no line of ours is left out."""
    file = config.heads
    if file is None or not file.is_file():
        return []
    found = []
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        seq, _, rest = line.partition(" ")
        digest, _, at = rest.partition(" ")
        if seq.isdecimal() and len(digest) == 64:  # else a line that a full disk cut off
            found.append(Head(int(seq), digest, f" in {file.name}", at.strip()))
    return found


def lost(db: Store, config: Config) -> list[Finding]:
    """What is wrong with the file outside: it is gone, or holds less than we wrote."""
    file = config.heads
    before = _noted(db, config.audit.heads)
    if file is None or not before:
        return []
    if not file.is_file():
        return [Finding("lost", before["seq"], why=f"{file} is gone")]
    held = len(kept(config))
    if held < before["lines"]:
        why = f"{file} holds {held} heads, {before['lines']} were written"
        return [Finding("lost", before["seq"], why=why)]
    return []


def _noted(db: Store, where: str) -> dict[str, Any]:
    text = db.value("SELECT value FROM meta WHERE key = ?", NOTED)
    found: dict[str, Any] = json.loads(text) if text else {}
    return found if found.get("where") == where else {}


def _due(db: Store, before: dict[str, Any]) -> bool:
    """Whether an hour has passed since the last one, or a notice went out or was taken back."""
    last = time(before.get("at"))
    if last is None or abs(now() - last) >= EVERY:
        return True
    return bool(
        db.value("SELECT 1 FROM outbox WHERE state = 'sent' AND settled_at >= ?", before["at"])
    )


def _write(file: Path, line: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+b") as out:
        out.seek(0, os.SEEK_END)
        if out.tell():  # a line cut off by a full disk stays a line of its own
            out.seek(-1, os.SEEK_END)
            if out.read(1) != b"\n":
                out.write(b"\n")
        out.write(line.encode())
        folders.flush(out)


def _post(address: str, body: dict[str, object]) -> None:
    """The operator's own address: what guards collected ones does not stand before it."""
    request = urllib.request.Request(  # noqa: S310  (http or https: models.config)
        address, dump(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
        answer.read(1024)
