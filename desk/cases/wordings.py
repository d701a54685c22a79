"""说法怎样变: the wordings of a claim, and where each differs from the most posted one, the base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from classifier.entities import changes
from classifier.likeness import differing
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
    changes: tuple[Change, ...]  # from the base, by kind


@dataclass(frozen=True)
class Change:
    """浙BL1234 → 浙BL1284, labelled 车牌; a side is "" where something only went or only came."""

    label: str
    gone: str
    come: str


LABELS = {
    "plate": "车牌",
    "place": "地名",
    "hospital": "医院",
    "school": "学校",
    "time": "时间",
    "count": "数字",
    "phone": "电话",
}


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
            changes=_changes(texts[0], texts[n]),
        )
        for n, wording in enumerate(found)
    )


def _changes(base: str, text: str) -> tuple[Change, ...]:
    return tuple(
        Change(LABELS[each.kind], "、".join(each.gone), "、".join(each.come))
        for each in changes.between(base, text)
    )


def _spans(texts: Sequence[str], n: int) -> tuple[tuple[str, bool], ...]:
    if len(texts) < 2:
        return ((texts[n], False),)
    other = texts[1] if n == 0 else texts[0]
    return tuple(differing.differing(other, texts[n]))
