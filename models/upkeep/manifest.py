"""What a backup says of itself: its parts with their hashes, the state of the store, its key.

One file, ``manifest.json``, written last. It carries the hash of its own bytes, so that a flipped
bit anywhere in a backup shows.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models.errors import InputError
from models.store import dump

NAME, FORMAT = "manifest.json", 1
STORE, SITE, MODELS, CONFIG = "store.db", "site.tar", "models.tar", "piyao.toml"
_HASH = "sha256"


@dataclass(frozen=True)
class Part:
    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    made_at: str  # UTC, as the store writes times
    parts: Mapping[str, Part]  # by file name
    schema: tuple[str, ...]  # names of the migrations that the store has run
    entries: int  # of the audit log …
    head: str  # … and the hash of the last one
    counts: Mapping[str, int]  # rows by table
    notices: int  # that the site holds
    highest: Mapping[str, int]  # the highest number of a notice, by year
    key: str  # what the key goes by; the key itself is kept apart


def key_print(key: bytes) -> str:
    """What a key goes by: it tells keys apart and gives none away."""
    return hmac.new(key, b"piyao backup", hashlib.sha256).hexdigest()[:16]


def write(manifest: Manifest) -> bytes:
    """The bytes of ``manifest.json``."""
    body = {"format": FORMAT, **dataclasses.asdict(manifest)}
    whole = body | {_HASH: hashlib.sha256(dump(body).encode()).hexdigest()}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def read(folder: Path) -> Manifest:
    """The manifest of the backup in ``folder``. Raises ``InputError`` unless it is as it was written."""
    file = folder / NAME
    mend = "take another backup; this one cannot be trusted"
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError(
            f"is no backup ({error.strerror})",
            str(folder),
            "name a folder that `piyao backup` made",
        ) from None
    try:
        body = json.loads(content)
        body.pop(_HASH)
        if body.pop("format") != FORMAT:
            raise InputError(
                "is a backup of another piyao", str(file), "use the piyao that made it"
            )
        parts = {name: Part(**part) for name, part in body.pop("parts").items()}
        found = Manifest(**body | {"parts": parts, "schema": tuple(body["schema"])})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise InputError("was changed: it is no manifest any more", str(file), mend) from None
    if write(found) != content:
        raise InputError("was changed since the backup was made", str(file), mend)
    return found


def check_parts(folder: Path, manifest: Manifest) -> list[str]:
    """A sentence for each part that is not there, or not as it was written."""
    faults = []
    for name, part in manifest.parts.items():
        try:
            found = part_of(folder / name)
        except OSError as error:
            faults.append(f"{name} cannot be read ({error.strerror})")
        else:
            if found != part:
                faults.append(f"{name} was changed since the backup was made")
    return faults


def part_of(file: Path) -> Part:
    """Size and hash of a file. Raises ``OSError``."""
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        return Part(digest, content.tell())
