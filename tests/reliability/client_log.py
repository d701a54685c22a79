"""A client's own log of what it was told is done: one line a thing, on the disk before it goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Ledger:
    """Append-only JSON lines, each fsynced. A line cut by a kill was never acknowledged."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, what: str, **about: Any) -> None:
        line = f"\n{json.dumps({'what': what, **about}, ensure_ascii=False)}\n".encode()
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line)
            os.fsync(handle)
        finally:
            os.close(handle)


def read(*paths: Path) -> list[dict[str, Any]]:
    """Every whole line of these logs, without exact repeats of the same acknowledgement."""
    found: dict[str, dict[str, Any]] = {}
    for path in paths:
        for line in _lines(path):
            try:
                found.setdefault(line, json.loads(line))
            except ValueError:  # the last write of a killed process
                continue
    return list(found.values())


def _lines(path: Path) -> Iterator[str]:
    if path.exists():
        yield from filter(None, path.read_text("utf-8", "replace").splitlines())
