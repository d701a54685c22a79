"""Posts of the research sets and their replies, as blocks of columns for any cut of replies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import sparse

from benchmarks import bags
from classifier.ranking import asking_replies, cues
from classifier.text import marks
from classifier.text.spelling import normalise, segment

REPLY_CUES, TEXT_CUES = 0.05, 0.2
WORDS, CHARACTERS = (1, 2), (1, 2, 3)
HOUR = 3600
_HOW = tuple(
    re.compile(pattern)
    for pattern in (r"\?", "!", r"\[[^\[\]]{1,6}\]", "转发微博|^转发?$", "//", marks.USER_MARK)
)  # fmt: skip


class Posts:
    """Posts of one or more sets: texts and replies read once, as blocks for any cut of replies."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self.rows = rows
        self.labels = np.array([row["label"] for row in rows])
        self.clusters = np.array([row["cluster"] for row in rows])
        told = [row["text"] for row in rows]
        plain = [normalise(text) for text in told]
        each = np.arange(len(rows))
        self.text = [
            bags.count([segment(text) for text in plain], each, len(rows), WORDS),
            bags.count(plain, each, len(rows), CHARACTERS),
            bags.count(told, each, len(rows), CHARACTERS),
        ]
        self.simple = [bags.count([segment(t) for t in told], each, len(rows), WORDS), self.text[2]]
        typed = [marks.typed(text) for text in plain]
        self.cues = sparse.csr_matrix(cues.rows(typed) * TEXT_CUES)

    def kept(self, cut: Any) -> list[list[dict[str, Any]]]:
        """The replies of each post within a cut: the first so many, or those of an hour."""
        if cut == "hour":
            return [
                [r for r in row["replies"] if r["dt"] is not None and r["dt"] <= HOUR]
                for row in self.rows
            ]
        return [row.get("replies", [])[:cut] for row in self.rows]


class Replies:
    """What the replies of posts within one cut say, and how and when they came."""

    def __init__(self, kept: Sequence[Sequence[dict[str, Any]]]) -> None:
        flat = [reply["text"] for replies in kept for reply in replies]
        typed = marks.plain(flat)
        homes, n = np.repeat(np.arange(len(kept)), [len(replies) for replies in kept]), len(kept)
        self.bags = [
            bags.count([_words(text) for text in typed], homes, n, WORDS),
            bags.count(typed, homes, n, CHARACTERS),
        ]
        self.simple = [
            bags.count([_words(text) for text in flat], homes, n, WORDS),
            bags.count(flat, homes, n, CHARACTERS),
        ]
        ends = np.cumsum([0, *(len(replies) for replies in kept)])
        self.cues = np.array(
            [
                _how(typed[a:b], [r["dt"] for r in replies])
                for a, b, replies in zip(ends, ends[1:], kept, strict=False)
            ]
        )

    def scaled(self, learned: np.ndarray) -> sparse.csr_matrix:
        """Cues in standard deviations of the rows ``learned``."""
        spread = self.cues[learned].std(axis=0) + 1e-6
        found = (self.cues - self.cues[learned].mean(axis=0)) / spread
        return sparse.csr_matrix(found.clip(-4, 4) * REPLY_CUES)


@lru_cache(maxsize=1 << 18)
def _words(text: str) -> tuple[str, ...]:
    return tuple(segment(text))


@lru_cache(maxsize=1 << 18)
def _marks(typed: str) -> tuple[float, ...]:
    asks, doubt = asking_replies.kinds_of(typed)
    return (
        asks,
        doubt,
        *(bool(how.search(typed)) for how in _HOW),
        len(typed) < 4,
        len(typed) / 40,
    )


def _how(typed: Sequence[str], delays: Sequence[float | None]) -> list[float]:
    """Shares of replies that ask, doubt, shout …, numbers of those that ask and doubt, and delays."""
    shares = np.mean([_marks(text) for text in typed] or [_marks("")], axis=0)
    number = len(typed)
    came = sorted(max(delay, 0.0) for delay in delays if delay is not None) or [0.0]
    late = [
        np.log1p(came[min(place, len(came) - 1)]) / 12 for place in (0, 4, 9, len(came) // 2, -1)
    ]
    asked = np.log1p(shares[:2] * number)
    return [*shares, *asked, *(asked > 0), np.log1p(number), len(set(typed)) / max(number, 1), *late,
            np.mean(np.array(came) <= 600), np.mean(np.array(came) <= HOUR)]  # fmt: skip
