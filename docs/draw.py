"""Draws the pages of the docs that are made from the code (``make docs``)."""

from __future__ import annotations

import piyao

from classifier.learning import card  # isort: skip  (the command comes first: one SQLite library)
from pathlib import Path

from models.casework import drawing
from operations.reference import configuration, rules, verbs

DOCS = Path(__file__).parent
PAGES = {
    "workflow.md": drawing.drawing,
    "reference/verbs.md": lambda: verbs.page(piyao.main),
    "reference/configuration.md": configuration.page,
    "reference/rules.md": lambda: rules.page(DOCS.parent),
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
    card.write(DOCS)
