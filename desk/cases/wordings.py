"""说法怎样变: the wordings of a claim, and where each differs from the most posted one, the base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from classifier.likeness import differing
from desk import changed
from desk.changed import Changed
from desk.templatetags.told import told_to
from models.ranking.spread import Wording
from models.roles import Officer
from models.text import hidden_count


@dataclass(frozen=True)
class Shown:
    spans: tuple[tuple[str, bool], ...]  # pieces of text, and whether they differ
    posts: int
    accounts: int
    replies: int
    doubts: int
    first_at: datetime
    hidden: int  # invisible characters in it
    changes: tuple[Changed, ...]  # from the base, by kind


def shown(found: Sequence[Wording], officer: Officer) -> tuple[Shown, ...]:
    """The wordings for this officer. None of them is the right one: each shows where it differs from
    the base, and the base shows where the second wording differs."""
    texts = [told_to(wording.text, officer) for wording in found]
    return tuple(
        Shown(
            spans=_spans(texts, n),
            posts=wording.posts,
            accounts=wording.accounts,
            replies=wording.replies,
            doubts=wording.doubts,
            first_at=wording.first_at,
            hidden=hidden_count(wording.text),
            changes=changed.between(texts[0], texts[n]),
        )
        for n, wording in enumerate(found)
    )


def _spans(texts: Sequence[str], n: int) -> tuple[tuple[str, bool], ...]:
    if len(texts) < 2:
        return ((texts[n], False),)
    other = texts[1] if n == 0 else texts[0]
    return tuple(differing.differing(other, texts[n]))
