"""Claims without a case: their posts scored under the line. An officer can reach each of them.

An early true warning may be calm and short, and score low (RELIABILITY 3.8). The random sample
finds it only by luck. Here officers find it in the list of first-hand accounts, by its words, by
its topic, or page by page. How far a post reads like a first-hand account is stored in the column
``witness`` of its score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models import audit
from models.casework import acts, cases, opening
from models.casework.records import Case
from models.errors import NotFound
from models.harm import Topic
from models.intake.records import whole_text
from models.people import officers
from models.ranking import moving
from models.ranking.line import Line
from models.ranking.records import Entity
from models.ranking.scores import entities
from models.roles import Officer
from models.store import Store, now, stamp, time

RECENT = timedelta(days=3)  # older first-hand accounts leave their list; a search still finds them
COUNTED = 999  # counting stops here: every page shows the count


@dataclass(frozen=True)
class Unopened:
    """A cluster without a case, shown by the post that reads most like a first-hand account."""

    cluster_id: int
    text: str  # title and text of the post
    source: str
    at: datetime
    posts: int
    risk: float
    topic: Topic
    first_hand: float  # 0..1: told at first hand, with a place and a time
    unfamiliar: bool
    checkable: float | None
    dubious: float | None
    entities: tuple[Entity, ...]


_NO_CASE = "NOT EXISTS (SELECT 1 FROM cases c WHERE c.cluster_id = p.cluster_id)"
_MEMBER = """SELECT p.cluster_id, p.title, p.text, p.source, p.published_at, s.*,
    (SELECT count(*) FROM posts q WHERE q.cluster_id = p.cluster_id) AS posts
    FROM posts p JOIN scores s ON s.post_id = p.id AND s.post_id =
        (SELECT t.post_id FROM scores t JOIN posts o ON o.id = t.post_id
        WHERE o.cluster_id = p.cluster_id ORDER BY t.witness DESC, o.id DESC LIMIT 1)"""


def listed(
    db: Store,
    *,
    first_hand: float = 0.0,
    topic: Topic | None = None,
    words: Sequence[str] = (),
    limit: int = 50,
    skip: int = 0,
) -> list[Unopened]:
    """Claims without a case, one row each; at most ``limit`` of them, from ``skip`` on.

    With ``first_hand`` above 0: those of the last ``RECENT`` that reach it, strongest first. Without
    it: all, newest first. ``words`` must all occur in the text as written. ``topic`` keeps one topic.
    """
    where, values = _where(first_hand, topic, words)
    if first_hand:
        page = (
            f"SELECT p.cluster_id AS id FROM posts p JOIN scores s ON s.post_id = p.id WHERE {where}"  # noqa: S608
            " GROUP BY p.cluster_id ORDER BY max(s.witness) DESC, p.cluster_id DESC"
        )
    else:  # ids of clusters grow with time: from the newest on, SQLite reads one page and stops
        page = (
            "SELECT k.id FROM clusters k WHERE EXISTS (SELECT 1 FROM posts p"  # noqa: S608
            f" JOIN scores s ON s.post_id = p.id WHERE p.cluster_id = k.id AND {where})"
            " ORDER BY k.id DESC"
        )
    found = db.query(
        f"WITH page AS (SELECT id, row_number() OVER () AS place"  # noqa: S608
        f" FROM ({page} LIMIT :limit OFFSET :skip))"
        f" {_MEMBER} JOIN page ON page.id = p.cluster_id ORDER BY page.place",
        values | {"limit": limit, "skip": skip},
    )
    return [_unopened(row) for row in found]


def _where(
    first_hand: float, topic: Topic | None, words: Sequence[str]
) -> tuple[str, dict[str, object]]:
    where, values = [_NO_CASE], dict[str, object]()
    if first_hand:
        where.append("s.witness > 0 AND s.witness >= :first_hand AND p.collected_at >= :since")
        values |= {"first_hand": first_hand, "since": stamp(now() - RECENT)}
    if topic:
        where.append("s.topic = :topic")
        values["topic"] = topic.value
    for n, word in enumerate(words):
        where.append(f"instr(lower(p.title || ' ' || p.text), :word{n}) > 0")
        values[f"word{n}"] = word.lower()
    return " AND ".join(where), values


def count(
    db: Store,
    *,
    first_hand: float = 0.0,
    topic: Topic | None = None,
    words: Sequence[str] = (),
) -> int:
    """How many claims ``listed`` has on all its pages; at most ``COUNTED``."""
    where, values = _where(first_hand, topic, words)
    rows = db.query(
        "SELECT count(*) AS n FROM (SELECT DISTINCT p.cluster_id FROM scores s"  # noqa: S608
        f" JOIN posts p ON p.id = s.post_id WHERE {where} LIMIT :most)",
        values | {"most": COUNTED},
    )
    return int(next(iter(rows))["n"])


def get(db: Store, cluster_id: int) -> Unopened:
    """One claim without a case. Raises ``NotFound`` where it is gone or has a case by now."""
    row = db.row(
        f"{_MEMBER} WHERE p.cluster_id = ? AND {_NO_CASE}"
        " ORDER BY s.witness DESC, p.id DESC LIMIT 1",
        cluster_id,
    )
    if row is None:
        raise NotFound("线下没有这条说法", mend="它可能已经立案，到队列里搜")
    return _unopened(row)


def open_case(db: Store, cluster_id: int, tokens: str, *, by: Officer) -> Case:
    """An officer opens the case of a claim. Where it has one by now, that case is returned.

    ``tokens`` as for ``opening.refresh``. Raises ``NotFound`` for a cluster without scored posts.
    """
    with db.atomic():
        officers.require(db, by, "claim")
        if (old := cases.of_cluster(db, cluster_id)) is not None:
            return old
        stands = moving.stands(db)
        everything = Line.at(0.0, stands.cases) if stands else Line.at(0.0)
        case = opening.refresh(db, cluster_id, tokens, everything)
        if case is None:
            raise NotFound("线下没有这条说法", mend="回到线下列表")
        db.update("cases", case.id, {"picked": 1})
        acts.add(db, case.id, "pick", by)
        audit.append(db, by, "case.pick", f"case:{case.id}", {"risk": round(case.risk, 4)})
        return cases.get(db, case.id)


def _unopened(row: dict[str, Any]) -> Unopened:
    return Unopened(
        cluster_id=row["cluster_id"],
        text=whole_text(row["title"], row["text"]),
        source=row["source"],
        at=time(row["published_at"]) or now(),
        posts=row["posts"],
        risk=row["risk"],
        topic=Topic(row["topic"]),
        first_hand=row["witness"],
        unfamiliar=bool(row["unfamiliar"]),
        checkable=row["checkable"],
        dubious=row["dubious"],
        entities=entities(row["entities"]),
    )
