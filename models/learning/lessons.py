"""What the desk teaches the classifier: verdicts and dismissals as labels, read from their tables.

The label answers "was it worth a check", never "was it false": an officer who verified a claim says
that it was, whatever came out. One claim is one lesson, however often it was told. Who decided is
carried only so that no account can outweigh the others (``classifier.learning.renewal``); the model never
learns from it.
"""

from __future__ import annotations

import hashlib
import heapq
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models.outcome import Outcome
from models.ranking import spread
from models.store import Store, now, stamp, time

# Whether a claim dismissed for this reason was worth a check; None: the reason says nothing of it.
# 不在本地管辖 says nothing, because any claim can be another town's. 已有通告 says yes: such a claim was
# worth a check once, and is so again in the next town.
DISMISSAL: dict[str, int | None] = {
    "not_a_claim": 0,
    "private": 0,
    "advert": 0,
    "trivial": 0,
    "known": 1,
    "elsewhere": None,
}
WORDINGS = 3  # of each claim, the most posted
MOST = 20_000  # lessons, the newest
A_DAY = timedelta(days=1)  # a younger post may yet be sampled or join a case


@dataclass(frozen=True)
class Decision:
    """The newest decision on a case. ``label``: 1 worth a check, 0 not, None: it teaches nothing."""

    label: int | None
    by: int
    at: datetime
    why: str  # the verdict's word, or the reason of the dismissal


@dataclass(frozen=True)
class Lesson:
    """One decided case. ``chance``: the probability that a post like it was shown to an officer."""

    case_id: int
    texts: tuple[str, ...]
    label: int  # 1: worth a check
    # why officers saw it: line (it scored over the line), sample (it was drawn at random from under
    # the line), picked (an officer found it there)
    seen: str
    chance: float  # 0..1
    by: int  # who decided; bounds influence, is no feature
    at: datetime
    why: str  # the verdict's word, or the reason of the dismissal


@dataclass(frozen=True)
class Ordinary:
    """A bounded uniform sample of the posts that no officer was shown."""

    texts: tuple[str, ...]
    of: int  # how many claims there are to draw from
    since: datetime | None  # when the oldest of them came in; None: there is none


@dataclass(frozen=True)
class Rate:
    """Which share of the desk's claims is worth a check (0..1), and from how much that is known."""

    share: float
    over: int  # decided cases over the line
    sampled: int  # decided cases of the random sample


_DECIDED = """SELECT c.*, v.outcome, v.by AS verdict_by, v.at AS verdict_at, d.actor, d.at AS left_at,
    o.detail AS opened FROM cases c
    LEFT JOIN verdicts v ON v.id = (SELECT max(id) FROM verdicts w WHERE w.case_id = c.id)
    LEFT JOIN audit d ON d.seq = (SELECT max(seq) FROM audit a
        WHERE a.object = 'case:' || c.id AND a.action = 'case.dismiss')
    LEFT JOIN audit o ON o.seq = (SELECT min(seq) FROM audit a
        WHERE a.object = 'case:' || c.id AND a.action = 'case.open')
    WHERE c.state IN ('decided', 'in_review', 'published', 'closed', 'dismissed')"""
_TAUGHT = """AND NOT EXISTS (SELECT 1 FROM withdrawn_lessons l WHERE l.case_id = c.id)
    ORDER BY c.id DESC LIMIT ?"""


def taught(db: Store, sample_share: float, limit: int = MOST) -> list[Lesson]:
    """The lessons of all cases as they stand now, oldest decision first.

    A case taken up again teaches nothing until it is decided anew, and then the new word.
    ``sample_share`` (0..1) is that of the random sample. Where the posts of a closed case are
    forgotten, the claim as worded on its case stands for them.
    """
    found = [_lesson(db, row, sample_share) for row in db.rows(f"{_DECIDED} {_TAUGHT}", limit)]
    return sorted((lesson for lesson in found if lesson), key=lambda lesson: lesson.at)


def decision(db: Store, case_id: int) -> Decision | None:
    """What stands decided on a case, withdrawn from the lessons or not; None while it is open."""
    row = db.row(f"{_DECIDED} AND c.id = ?", case_id)
    return _decision(row) if row else None


def _decision(row: Mapping[str, Any]) -> Decision | None:
    dismissed = row["state"] == "dismissed"
    why = row["dismissed_for"] if dismissed else row["outcome"]
    label = DISMISSAL.get(why) if dismissed else int(why != Outcome.NOT_A_CLAIM.value)
    by = int(row["actor"].partition(":")[2] or 0) if dismissed else row["verdict_by"]
    at = time(row["left_at"] if dismissed else row["verdict_at"])
    return Decision(label, by, at, why) if at else None


def _lesson(db: Store, row: Mapping[str, Any], share: float) -> Lesson | None:
    decided = _decision(row)
    if decided is None or decided.label is None:
        return None
    sampled = bool(json.loads(row["opened"] or "{}").get("sampled"))
    seen = "picked" if row["picked"] else "sample" if sampled else "line"
    return Lesson(
        row["id"],
        tuple(w.text for w in spread.wordings(db, row["cluster_id"], WORDINGS) if w.text)
        or (row["claim"],),
        decided.label,
        seen,
        1 - (1 - share) ** max(row["posts"], 1) if seen == "sample" else 1.0,
        decided.by,
        decided.at,
        decided.why,
    )


# a post that waits to be scored again was scored before, and counts
_UNSHOWN = """FROM posts p WHERE p.collected_at < ?
    AND EXISTS (SELECT 1 FROM scores s WHERE s.post_id = p.id)
    AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.cluster_id = p.cluster_id)"""


def ordinary(db: Store, size: int, before: datetime | None = None) -> Ordinary:
    """At most ``size`` posts that no case holds, each as likely as any other, a claim once.

    Only posts collected before ``before`` (default: a day ago). Those with the smallest keyed hash of
    their id are drawn: a drawn post stays drawn until it is forgotten, and nobody outside can steer
    which posts are drawn.
    """
    moment = stamp(before or now() - A_DAY)
    first = f"SELECT min(p.id), min(p.collected_at) {_UNSHOWN} GROUP BY p.cluster_id"
    found = db.execute(first, [moment]).fetchall()
    drawn = heapq.nsmallest(size, (row[0] for row in found), key=lambda each: _draw(db, each))
    texts = [db.value("SELECT text FROM posts WHERE id = ?", post_id) for post_id in drawn]
    since = time(min((row[1] for row in found), default=None))
    return Ordinary(tuple(dict.fromkeys(text for text in texts if text)), len(found), since)


def _draw(db: Store, post_id: int) -> bytes:
    return hashlib.blake2b(f"ordinary {post_id}".encode(), key=db.secret, digest_size=8).digest()


def rate(lessons: list[Lesson], unshown: Ordinary, prior: float, doubt: float = 100.0) -> Rate:
    """The share of all claims that is worth a check.

    Claims over the line count as they were decided. Claims under the line, the ``unshown`` ones
    included, count as the random sample of them was decided. Posts are forgotten after some weeks
    and lessons are not, so that only lessons as young as the ``unshown`` posts count. The ``prior``
    (0..1) weighs as much as ``doubt`` decisions, because the sample is small: two verdicts on the
    first evening do not make every claim worth a check.
    """
    late = [x for x in lessons if unshown.since is None or x.at >= unshown.since]
    over = [lesson for lesson in late if lesson.seen == "line"]
    drawn = [lesson for lesson in late if lesson.seen == "sample"]
    under = (sum(x.label for x in drawn) + prior * doubt) / (len(drawn) + doubt)
    total = len(over) + len(drawn) + unshown.of
    hits = sum(x.label for x in over) + under * (len(drawn) + unshown.of)
    return Rate((hits + prior * doubt) / (total + doubt), len(over), len(drawn))
