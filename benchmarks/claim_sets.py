"""What known claims are measured on: claims with messages, posts in clusters, ordinary posts."""

from __future__ import annotations

import collections
import gzip
import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Sets:
    claims: list[dict[str, Any]]
    posts: list[dict[str, Any]]
    ordinary: list[str]


def read(paths: Sequence[Path]) -> Sets:
    *judged, ordinary = map(rows_of, paths)
    claims = rows_of(paths[0].with_name("claims.jsonl.gz"))
    return Sets(claims, [row for rows in judged for row in rows], [row["text"] for row in ordinary])


def rows_of(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def twice(posts: Sequence[dict[str, Any]], most: int = 2_000) -> tuple[list[int], list[int]]:
    """One post of each cluster, and a second one of those that have it."""
    draw, members = random.Random(1), collections.defaultdict(list)
    for i, post in enumerate(posts):
        members[post["cluster"]].append(i)
    drawn = [draw.sample(each, min(2, len(each))) for each in members.values()]
    again = [each[1] for each in drawn if len(each) > 1]
    return [each[0] for each in drawn], draw.sample(again, min(most, len(again)))


def million(sets: Sets, size: int) -> list[str]:
    """Different texts: the claims, posts, their replies and sentences, then pieces put together."""
    draw, found = random.Random(1), dict.fromkeys(row["claim"] for row in sets.claims)
    texts = [row["text"] for row in sets.posts] + sets.ordinary
    texts += [reply["text"] for row in sets.posts for reply in row.get("replies", ())]
    found.update(dict.fromkeys(text for text in texts if len(text) >= 8))
    pieces = [p for t in texts for p in re.split(r"[,，。!！?？;；:：\s]", t) if len(p) >= 6]
    while len(found) < size:
        found["，".join(draw.sample(pieces, 2))] = None
    return [*found][:size]
