"""The heads of the audit log that stand in published notices: the site is read by everybody, so
nobody can take them back there."""

from __future__ import annotations

import json
from pathlib import Path

from models.replay import Head
from models.store import stamp, time


def heads(site: Path) -> list[Head]:
    """What the records of the site say of the log; one that cannot be read says nothing."""
    found = []
    for file in sorted(site.glob("n/*.json")):
        try:
            held = json.loads(file.read_bytes())
            for each in (held, *held.get("earlier", ())):
                if each.get("log_hash"):
                    where, at = f" in n/{file.name}", stamp(time(each.get("at"))) or ""
                    found.append(Head(int(each["log_seq"]), each["log_hash"], where, at))
        except (OSError, ValueError, TypeError, AttributeError):
            continue
    return found
