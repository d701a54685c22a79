"""piyao.toml in the log: which settings changed since the desk last read them, never their values.

A value can be a secret (a password in a source's address) and the log only grows: the store keeps a
keyed digest of each value, the log the names of the keys.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

from models import audit
from models.config import Config
from models.people import officers
from models.store import Store, dump


def note(db: Store, config: Config) -> tuple[str, ...]:
    """Keep what the configuration says, with an entry where it says something else than before;
    returns the names of the changed keys (``desk.port``, ``source.forum.url``).

    The first reading is kept without an entry: there is nothing yet that it differs from.
    """
    found = {key: _digest(db, value) for key, value in sorted(_values(config))}
    with db.atomic():
        before = {row["key"]: row["digest"] for row in db.query("SELECT * FROM settings")}
        changed = tuple(
            key for key in sorted(found.keys() | before.keys()) if found.get(key) != before.get(key)
        )
        if changed:
            db.execute("DELETE FROM settings")
            db.insert_many("settings", [{"key": k, "digest": d} for k, d in found.items()])
        if changed and before:
            detail = {"keys": "、".join(changed)}
            audit.append(db, officers.MACHINE, "settings.change", "settings:piyao.toml", detail)
    return changed if before else ()


def _values(config: Config) -> Iterator[tuple[str, Any]]:
    """Every setting by its name in piyao.toml, defaults included; no path of the machine."""
    for part in dataclasses.fields(config):
        held = getattr(config, part.name)
        if dataclasses.is_dataclass(held) and not isinstance(held, type):
            yield from ((f"{part.name}.{k}", v) for k, v in dataclasses.asdict(held).items())
        elif part.name == "sources":
            for source in held:
                for key, value in dataclasses.asdict(source).items():
                    if key not in ("name", "etag", "last_modified"):  # the two are no settings
                        yield f"source.{source.name}.{key}", value


def _digest(db: Store, value: Any) -> str:
    said = value if isinstance(value, bool | int | float | str) or value is None else str(value)
    return hmac.new(db.secret, b"settings\0" + dump(said).encode(), hashlib.sha256).hexdigest()
