"""Figures into RESULTS.md, under a heading with the command that made them."""

from __future__ import annotations

import platform
import sys
from datetime import datetime
from pathlib import Path

FILE = Path(__file__).with_name("RESULTS.md")


def append(module: str, lines: list[str], file: Path = FILE) -> None:
    """Print lines of Markdown and add them to RESULTS.md, dated, with the machine's Python."""
    day = datetime.now().astimezone().date().isoformat()
    about = f"Python {platform.python_version()}, {platform.machine()}, one core"
    text = "\n".join([f"\n## `python -m {module}` ({day})", "", about, "", *lines, ""])
    sys.stdout.write(text)
    if not file.exists():
        file.write_text("# Results\n", encoding="utf-8")
    with file.open("a", encoding="utf-8") as out:
        out.write(text)
