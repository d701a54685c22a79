"""Where the shared research sets lie, which are never part of the project."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

OLD = ("ced", "w16", "jin17", "ordinary")
NAMES = (*OLD, "fawc", "ordinary2")


def paths(names: Sequence[str] = NAMES) -> list[Path]:
    """The files of these sets, from ``PIYAO_DATA`` or ../shared/data; empty when one is missing."""
    folder = os.environ.get("PIYAO_DATA") or Path(__file__).parents[2] / "shared" / "data"
    found = [Path(folder) / f"{name}.jsonl.gz" for name in names]
    return found if all(path.is_file() for path in found) else []
