"""Labelled posts for training: read, and cut to one row a cluster and label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models import china_time
from models import text as intake
from models.files.opened import opened
from models.files.rows import rows


@dataclass(frozen=True)
class Example:
    """``label`` 1: worth a check, 0: ordinary or true. ``when``: ISO day in China, or ""."""

    text: str
    label: int
    source: str
    cluster: str
    fold: int  # -1: none given
    when: str
    labelled: bool  # False: an ordinary post that nobody judged, taken as 0


@dataclass(frozen=True)
class Reading:
    """What was read from which file, and what was left out, as (file, line, why)."""

    examples: tuple[Example, ...]
    files: dict[str, int]
    left_out: tuple[tuple[str, int, str], ...]


def read_examples(paths: Iterable[Path]) -> Reading:
    """Labelled JSON lines (also .gz): ``text``, ``label`` 0 or 1, optionally source, cluster, fold,
    and a time as ``t`` (unix seconds) or ``published_at`` (ISO).

    A row without a label is an ordinary post and counts as 0; a row without text is left out and
    told. Raises ``InputError`` when a file cannot be read.
    """
    found: list[Example] = []
    files: dict[str, int] = {}
    left: list[tuple[str, int, str]] = []
    for path in paths:
        before = len(found)
        with opened(path) as file:
            for row in rows(file, is_json=True):
                try:
                    found.append(_example(row.value, path, row.number))
                except ValueError as error:
                    left.append((path.name, row.number, row.trouble or str(error)))
        files[path.name] = len(found) - before
    return Reading(tuple(found), files, tuple(left))


def _example(row: Any, path: Path, number: int) -> Example:
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise ValueError("no text")
    text = intake.clean(row["text"])
    if not text:
        raise ValueError("empty text")
    label = row.get("label")
    if label not in (0, 1, None):
        raise ValueError(f"label {label!r} is neither 0 nor 1")
    name = path.name.split(".")[0]
    return Example(
        text,
        int(label or 0),
        str(row.get("source") or name),
        str(row.get("cluster") or row.get("id") or f"{name}:{number}"),
        int(row["fold"]) if isinstance(row.get("fold"), int) else -1,
        _day(row),
        label is not None,
    )


def _day(row: dict[str, Any]) -> str:
    try:
        if isinstance(row.get("t"), (int, float)):
            return china_time.day(datetime.fromtimestamp(row["t"], UTC))
        if row.get("published_at"):
            return datetime.fromisoformat(str(row["published_at"])).date().isoformat()
    except (ValueError, OverflowError, OSError):
        pass
    return ""


def one_a_cluster(examples: Iterable[Example]) -> list[Example]:
    """The first example of each cluster and label: a claim told fifty times teaches once."""
    seen: set[tuple[str, int]] = set()
    kept = []
    for example in examples:
        key = (example.cluster, example.label)
        if key not in seen:
            seen.add(key)
            kept.append(example)
    return kept


ORDINARY = 30.0  # a negative counts so many times: on a desk's stream nearly every post is one


def weights(examples: Sequence[Example]) -> list[float]:
    """Sample weights: 1 a positive; negatives ``ORDINARY`` on average, so that each source of them
    weighs the same."""
    counts: dict[str, int] = {}
    for example in examples:
        if not example.label:
            counts[example.source] = counts.get(example.source, 0) + 1
    total = sum(counts.values())
    share = {source: total / len(counts) / n for source, n in counts.items()}
    return [1.0 if example.label else ORDINARY * share[example.source] for example in examples]
