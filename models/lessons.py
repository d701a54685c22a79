"""What the desk teaches the classifier: verdicts and dismissals as labels, read from their tables.

The label answers "was it worth a check", never "was it false": an officer who verified a claim says
that it was, whatever came out. One claim is one lesson, however often it was told. Who decided is
carried only so that no account can outweigh the others (``classifier.renewal``); the model never
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

from models import audit, clusters, officers
from models.errors import NotFound, RuleBroken
from models.records import Officer, Outcome
from models.store import Store, now, stamp, time
from models.text import clean

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
OTHERS_A_DAY = 20  # lessons of other officers that one account may withdraw within a day


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
    """A bounded uniform sample of the posts that nobody was shown, and how many they are."""

    texts: tuple[str, ...]
    of: int


@dataclass(frozen=True)
class Rate:
    """How many claims of the desk's stream are worth a check (0..1), and from what it is told."""

    share: float
    over: int  # decided cases over the line
    sampled: int  # decided cases of the random sample


_TAUGHT = """SELECT c.*, v.outcome, v.by AS verdict_by, v.at AS verdict_at, d.actor, d.at AS left_at,
    o.detail AS opened FROM cases c
    LEFT JOIN verdicts v ON v.id = (SELECT max(id) FROM verdicts w WHERE w.case_id = c.id)
    LEFT JOIN audit d ON d.seq = (SELECT max(seq) FROM audit a
        WHERE a.object = 'case:' || c.id AND a.action = 'case.dismiss')
    LEFT JOIN audit o ON o.seq = (SELECT min(seq) FROM audit a
        WHERE a.object = 'case:' || c.id AND a.action = 'case.open')
    WHERE c.state IN ('decided', 'in_review', 'published', 'closed', 'dismissed')
    AND NOT EXISTS (SELECT 1 FROM withdrawn_lessons l WHERE l.case_id = c.id)
    ORDER BY c.id DESC LIMIT ?"""


def taught(db: Store, sample_share: float, limit: int = MOST) -> list[Lesson]:
    """The lessons of all cases as they stand now, oldest decision first.

    A case taken up again teaches nothing until it is decided anew, and then the new word.
    ``sample_share`` (0..1) is that of the random sample. Where the posts of a closed case are
    forgotten, the claim as worded on its case stands for them.
    """
    with db.atomic():
        found = [_lesson(db, row, sample_share) for row in db.rows(_TAUGHT, limit)]
    return sorted((lesson for lesson in found if lesson), key=lambda lesson: lesson.at)


def _lesson(db: Store, row: Mapping[str, Any], share: float) -> Lesson | None:
    dismissed = row["state"] == "dismissed"
    why = row["dismissed_for"] if dismissed else row["outcome"]
    label = DISMISSAL.get(why) if dismissed else int(why != Outcome.NOT_A_CLAIM.value)
    at = time(row["left_at"] if dismissed else row["verdict_at"])
    if label is None or at is None:
        return None
    sampled = bool(json.loads(row["opened"] or "{}").get("sampled"))
    seen = "picked" if row["picked"] else "sample" if sampled else "line"
    return Lesson(
        row["id"],
        tuple(w.text for w in clusters.wordings(db, row["cluster_id"], WORDINGS) if w.text)
        or (row["claim"],),
        label,
        seen,
        1 - (1 - share) ** max(row["posts"], 1) if seen == "sample" else 1.0,
        int(row["actor"].partition(":")[2] or 0) if dismissed else row["verdict_by"],
        at,
        why,
    )


_SILENT = """FROM posts p WHERE p.scored_at IS NOT NULL AND p.collected_at < ?
    AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.cluster_id = p.cluster_id)"""


def ordinary(db: Store, size: int, before: datetime | None = None) -> Ordinary:
    """At most ``size`` posts that no case holds, each as likely as any other, a claim once.

    Only posts collected before ``before`` (default: a day ago). The draw is a keyed hash of the id,
    as of a reservoir that is never stored: a post stays drawn until it is forgotten, and nobody
    outside can steer into it.
    """
    moment = stamp(before or now() - A_DAY)
    first = f"SELECT min(p.id) {_SILENT} GROUP BY p.cluster_id"
    ids = [row[0] for row in db.execute(first, [moment])]
    drawn = heapq.nsmallest(size, ids, key=lambda post_id: _draw(db, post_id))
    texts = [db.value("SELECT text FROM posts WHERE id = ?", post_id) for post_id in drawn]
    return Ordinary(tuple(dict.fromkeys(text for text in texts if text)), len(ids))


def _draw(db: Store, post_id: int) -> bytes:
    return hashlib.blake2b(f"ordinary {post_id}".encode(), key=db.secret, digest_size=8).digest()


def rate(lessons: list[Lesson], silent: int, prior: float, doubt: float = 100.0) -> Rate:
    """The share of claims worth a check: those over the line as decided, those below it as the
    random sample tells, ``silent`` claims that nobody was shown included.

    The sample is small, so that below the line ``prior`` (0..1) counts like ``doubt`` decisions.
    """
    over = [lesson for lesson in lessons if lesson.seen == "line"]
    drawn = [lesson for lesson in lessons if lesson.seen == "sample"]
    below = (sum(x.label for x in drawn) + prior * doubt) / (len(drawn) + doubt)
    total = len(over) + len(drawn) + silent
    hits = sum(x.label for x in over) + below * (len(drawn) + silent)
    return Rate(hits / total if total else prior, len(over), len(drawn))


# ---- an officer's word on what is learned -------------------------------------------------------


def withdraw(db: Store, case_id: int, *, reason: str, by: Officer) -> None:
    """This case teaches nothing from now on. Undone by ``put_back``.

    Of other officers' lessons one account may withdraw ``OTHERS_A_DAY`` within a day: taking
    lessons away steers the model as much as giving them. Raises ``RuleBroken`` beyond that.
    """
    reason = clean(reason, 200)
    if len(reason) < 2:
        raise RuleBroken("reason", "没有写理由", "写明为什么不该作为样例")
    with db.atomic():
        officers.require(db, by, "decide")
        row = _decided(db, case_id)
        if row["decider"] != by.id and _withdrawn_of_others(db, by) >= OTHERS_A_DAY:
            raise RuleBroken(
                "lessons-of-others",
                f"一天内最多撤下他人的 {OTHERS_A_DAY} 条样例",
                "请另一名核查员来撤，或明天再撤",
            )
        made = db.conn.execute(
            "INSERT INTO withdrawn_lessons VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [case_id, by.id, stamp(now()), reason],
        ).rowcount
        if made:
            audit.append(
                db,
                by,
                "lesson.withdraw",
                f"case:{case_id}",
                {"reason": reason, "of": row["decider"]},
            )


def put_back(db: Store, case_id: int, *, by: Officer) -> None:
    """The case teaches again."""
    with db.atomic():
        officers.require(db, by, "decide")
        gone = db.conn.execute("DELETE FROM withdrawn_lessons WHERE case_id = ?", [case_id])
        if gone.rowcount:
            audit.append(db, by, "lesson.put_back", f"case:{case_id}", {})


def withdrawn(db: Store, case_id: int) -> bool:
    """Whether the case was taken out of the lessons."""
    return bool(db.value("SELECT 1 FROM withdrawn_lessons WHERE case_id = ?", case_id))


def _decided(db: Store, case_id: int) -> dict[str, Any]:
    row = db.row(
        "SELECT CASE state WHEN 'dismissed' THEN (SELECT cast(substr(actor, 9) AS INTEGER)"
        " FROM audit WHERE object = 'case:' || c.id AND action = 'case.dismiss'"
        " ORDER BY seq DESC LIMIT 1) ELSE coalesce((SELECT by FROM verdicts WHERE case_id = c.id"
        " ORDER BY id DESC LIMIT 1), 0) END AS decider FROM cases c WHERE id = ?",
        case_id,
    )
    if row is None:
        raise NotFound(f"没有 {case_id} 号案件", mend="回到队列")
    return row


def _withdrawn_of_others(db: Store, by: Officer) -> int:
    return int(
        db.value(
            "SELECT count(*) FROM audit WHERE actor = ? AND action = 'lesson.withdraw' AND at > ?"
            " AND json_extract(detail, '$.of') <> ?",
            audit.actor(by),
            stamp(now() - A_DAY),
            by.id,
        )
    )
