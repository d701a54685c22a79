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

# what a dismissal says of the words; None: nothing. 不在本地管辖 is told in the words of any claim,
# and a claim already answered by a notice was worth its check, and is again in the next town.
DISMISSAL: dict[str, int | None] = {
    "not_a_claim": 0,
    "private": 0,
    "advert": 0,
    "trivial": 0,
    "known": 1,
    "elsewhere": None,
}
WORDINGS = 3  # of a claim, the most posted
MOST = 20_000  # newest lessons
A_DAY = timedelta(days=1)  # until then a post may still be sampled, reported or join a case


@dataclass(frozen=True)
class Decision:
    """The last word on a case. ``label``: 1 worth a check, 0 not, None: it teaches nothing."""

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
    seen: str  # line: over it; sample: drawn from below it; picked: found there by an officer
    chance: float  # 0..1
    by: int  # who decided; bounds influence, is no feature
    at: datetime
    why: str  # the verdict's word, or the reason of the dismissal


@dataclass(frozen=True)
class Ordinary:
    """A bounded uniform sample of the posts that nobody was shown, how many claims they are, and
    when the oldest that is still kept came in (None: there is none)."""

    texts: tuple[str, ...]
    of: int
    since: datetime | None


@dataclass(frozen=True)
class Rate:
    """How many claims of the desk's stream are worth a check (0..1), and from what it is told."""

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


# scored once is enough: what a reply or a new version lets be scored again stays what it was
_SILENT = """FROM posts p WHERE p.collected_at < ?
    AND EXISTS (SELECT 1 FROM scores s WHERE s.post_id = p.id)
    AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.cluster_id = p.cluster_id)"""


def ordinary(db: Store, size: int, before: datetime | None = None) -> Ordinary:
    """At most ``size`` posts that no case holds, each as likely as any other, a claim once.

    Only posts collected before ``before`` (default: a day ago). The draw is a keyed hash of the id,
    as of a reservoir that is never stored: a post stays drawn until it is forgotten, and nobody
    outside can steer into it.
    """
    moment = stamp(before or now() - A_DAY)
    first = f"SELECT min(p.id), min(p.collected_at) {_SILENT} GROUP BY p.cluster_id"
    found = db.execute(first, [moment]).fetchall()
    drawn = heapq.nsmallest(size, (row[0] for row in found), key=lambda each: _draw(db, each))
    texts = [db.value("SELECT text FROM posts WHERE id = ?", post_id) for post_id in drawn]
    since = time(min((row[1] for row in found), default=None))
    return Ordinary(tuple(dict.fromkeys(text for text in texts if text)), len(found), since)


def _draw(db: Store, post_id: int) -> bytes:
    return hashlib.blake2b(f"ordinary {post_id}".encode(), key=db.secret, digest_size=8).digest()


def rate(lessons: list[Lesson], silent: Ordinary, prior: float, doubt: float = 100.0) -> Rate:
    """The share of claims worth a check: those over the line as decided, those below it as the
    random sample tells, the ``silent`` ones included.

    What nobody was shown is forgotten after some weeks and lessons are not, so that only lessons
    as young as the ``silent`` count. The sample is small, so that ``prior`` (0..1) counts like
    ``doubt`` decisions, below the line and over all: two verdicts on the first evening do not make
    every claim worth a check.
    """
    late = [x for x in lessons if silent.since is None or x.at >= silent.since]
    over = [lesson for lesson in late if lesson.seen == "line"]
    drawn = [lesson for lesson in late if lesson.seen == "sample"]
    below = (sum(x.label for x in drawn) + prior * doubt) / (len(drawn) + doubt)
    total = len(over) + len(drawn) + silent.of
    hits = sum(x.label for x in over) + below * (len(drawn) + silent.of)
    return Rate((hits + prior * doubt) / (total + doubt), len(over), len(drawn))
