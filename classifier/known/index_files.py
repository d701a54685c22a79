"""A shelf on disk: one .npy an array, and a list of their hashes. Nothing is ever unpickled.

It is a copy that can be made again: a folder that is not whole, was changed, is of other claims, or
was cut up by other rules is simply not taken.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

import numpy as np

from classifier.known import terms as known_terms
from classifier.known.index import Shelf

FORMAT = "piyao-shelf-1"
_ARRAYS = tuple(field.name for field in fields(Shelf))


def digest(claims: Iterable[tuple[int, str]]) -> str:
    """What a shelf of these claims goes by: their ids and texts in order, and the table of rarity."""
    whole = hashlib.sha256(known_terms.TABLE.read_bytes())
    for claim_id, text in claims:
        whole.update(f"{claim_id} {len(text)} {text}".encode("utf-8", "replace"))
    return whole.hexdigest()


def save(shelf: Shelf, folder: Path, name: str) -> None:
    """Write a shelf whose ``digest`` is ``name``; the folder is replaced when all is written."""
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for array in _ARRAYS:
        np.save(part / f"{array}.npy", getattr(shelf, array), allow_pickle=False)
    hashes = {array: _hash(part / f"{array}.npy") for array in _ARRAYS}
    about = {"format": FORMAT, "name": name, "sha256": hashes}
    (part / "shelf.json").write_text(json.dumps(about, indent=1), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)


def load(folder: Path, name: str) -> Shelf | None:
    """The shelf in a folder, read as it is needed; None unless it is whole and of that name."""
    try:
        about = json.loads((folder / "shelf.json").read_text(encoding="utf-8"))
        hashes = {array: _hash(folder / f"{array}.npy") for array in _ARRAYS}
        if about != {"format": FORMAT, "name": name, "sha256": hashes}:
            return None
        arrays = {
            array: np.load(folder / f"{array}.npy", mmap_mode="r", allow_pickle=False)
            for array in _ARRAYS
        }
    except (OSError, ValueError, RecursionError):
        return None
    return Shelf(**arrays | {"weight": np.array(arrays["weight"])})


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
