"""The docs name nothing that is not there: files, modules and what stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.where import ROOT

PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
EXAMPLES = ("board", "bulletin", "park", "shifts")  # what the recipes make
ROOMS = "models|crawler|classifier|notices|desk|jobs|operations"
FILE = re.compile(rf"(?:{ROOMS}|tests|docs|benchmarks)/[\w./-]*")
NAME = re.compile(rf"(?:{ROOMS})(?:\.\w+)+")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def lacking(page: Path) -> Iterator[str]:
    """What a page names and the house has not."""
    text = page.read_text("utf-8")
    for token in re.findall(r"`([^`\n]+)`", text):
        if any(example in token for example in EXAMPLES):
            continue
        if FILE.fullmatch(token) and not (ROOT / token).exists():
            yield token
        if NAME.fullmatch(token) and not _stands(token):
            yield token
    yield from (link for link in LINK.findall(text) if not (page.parent / link).exists())


def _stands(name: str) -> bool:
    """Whether ``models.casework.cases.claim`` is a module, or a name that stands in one."""
    words, place = name.split("."), ROOT
    while words and (place / words[0]).is_dir():
        place /= words.pop(0)
    if not words:
        return True
    file = place / f"{words[0]}.py"
    source, rest = (file, words[1:]) if file.is_file() else (place / "__init__.py", words)
    text = source.read_text("utf-8") if source.is_file() else ""
    return all(re.search(rf"^\s*(?:def |class )?{word}\b", text, re.MULTILINE) for word in rest)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_there(page: Path) -> None:
    assert list(lacking(page)) == []


def test_what_is_gone_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "`models/records.py` `models/config.py` `models.machine` `models.audit` "
        "`models.audit.verify` `models.audit.burn` [x](gone.md)"
    )
    assert list(lacking(page)) == [
        "models/records.py",
        "models.machine",
        "models.audit.burn",
        "gone.md",
    ]
