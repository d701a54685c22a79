"""Where the shared research sets lie, which are never part of the project."""

from __future__ import annotations

import os
from pathlib import Path

NAMES = ("ced", "w16", "jin17", "ordinary")


def paths() -> list[Path]:
    """The four files, from ``PIYAO_DATA`` or ../shared/data; empty when one is missing."""
    folder = os.environ.get("PIYAO_DATA") or Path(__file__).parents[2] / "shared" / "data"
    found = [Path(folder) / f"{name}.jsonl.gz" for name in NAMES]
    return found if all(path.is_file() for path in found) else []
