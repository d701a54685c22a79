"""A desk that decided: claims and everyday posts that this project wrote, as lessons in a store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from models.people import officers
from models.roles import Officer, Role
from models.store import Store
from tests import case_steps
from tests.where import DATA, SAMPLE, STARTER


def written() -> tuple[list[str], list[str]]:
    """Texts worth a check, and texts that are not, each once."""
    sample = SAMPLE.read_text("utf-8")
    rows = [json.loads(line) for line in sample.splitlines()]
    claims = [row["text"] for row in rows if row["kind"] in ("rumor", "warning")]
    plain = [row["text"] for row in rows if row["kind"] in ("ordinary", "opinion", "joke")]
    claims += _texts(DATA / "warnings.jsonl")
    plain += _texts(DATA / "ordinary_opinions.jsonl")
    return list(dict.fromkeys(claims)), list(dict.fromkeys(plain))


def starter() -> list[str]:
    """The bundled known claims, and the messages in which they went round."""
    lines = STARTER
    rows = [json.loads(line) for line in lines.read_text("utf-8").splitlines()]
    return [text for row in rows for text in (row["claim"], *row["wordings"])]


def _texts(file: Path) -> list[str]:
    return [json.loads(line)["text"] for line in file.read_text("utf-8").splitlines()]


def team(db: Store, count: int = 4) -> list[Officer]:
    return [officers.add(db, f"verifier-{n}", Role.VERIFIER) for n in range(count)]


def decide(
    db: Store, by: Sequence[Officer], begin: int, end: int, turned_round: bool = False
) -> None:
    """The claims and everyday posts numbered from ``begin`` to ``end``, shared among officers;
    ``turned_round``: each decided as it should not be."""
    claims, plain = written()
    for n in range(begin, end):
        for text, label in ((claims[n], 1), (plain[n], 0)):
            case_steps.teach(db, text, label ^ turned_round, by[n % len(by)])
