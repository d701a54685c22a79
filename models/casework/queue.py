"""The queue: which cases an officer sees, in which order, and what changed since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from models.casework.cases import of_row
from models.casework.records import Case
from models.harm import Topic
from models.roles import Officer
from models.store import Store, now, stamp

OPEN = "('waiting', 'verifying', 'needs_evidence')"
ENDED = "('decided', 'in_review', 'published', 'closed')"

VIEWS = {
    "todo": "待办",
    "mine": "我领取的",
    "due": "即将超时",
    "lead": "预警线索",
    "needs_evidence": "待补证",
    "sampled": "低分抽样",
    "recheck": "待复查",
    "done": "已核定",
    "dismissed": "不立案",
}
_WHERE = {
    "todo": f"c.state IN {OPEN}",
    "mine": "c.state NOT IN ('published', 'closed', 'dismissed') AND c.holder_id = :officer",
    "due": f"c.state IN {OPEN} AND c.due_at < :soon",
    "lead": f"c.state IN {OPEN} AND c.hazard = 1",
    "needs_evidence": "c.state = 'needs_evidence'",
    "sampled": f"c.state IN {OPEN} AND c.sampled = 1",
    "done": f"c.state IN {ENDED}",
    "recheck": "c.state = 'published' AND (SELECT v.review_on FROM verdicts v"
    " WHERE v.case_id = c.id ORDER BY v.id DESC LIMIT 1) < :tomorrow",
    "dismissed": "c.state = 'dismissed'",
}
SOON = timedelta(minutes=30)


def _moment(officer: Officer | None) -> dict[str, object]:
    return {
        "officer": officer.id if officer else -1,
        "soon": stamp(now() + SOON),
        "tomorrow": stamp(now() + timedelta(days=1)),
    }


def cases(
    db: Store,
    view: str = "todo",
    *,
    officer: Officer | None = None,
    topic: Topic | None = None,
    place: str = "",
    source: str = "",
    terms: Sequence[str] = (),
    limit: int = 200,
) -> list[Case]:
    """The cases of a view, most urgent first; ended ones newest first. Filters add to one another.

    ``terms`` are segmented words that must all occur in the claim or its posts.
    """
    where = [_WHERE.get(view, _WHERE["todo"])]
    values = _moment(officer) | {"limit": limit}
    if topic:
        where.append("c.topic = :topic")
        values["topic"] = topic.value
    if place:
        where.append(
            "EXISTS (SELECT 1 FROM json_each(c.entities) e WHERE"
            " e.value ->> 'kind' = 'place' AND e.value ->> 'value' = :place)"
        )
        values["place"] = place
    if source:
        where.append(
            "EXISTS (SELECT 1 FROM posts p WHERE p.cluster_id = c.cluster_id AND p.source = :source)"
        )
        values["source"] = source
    if terms:
        where.append("c.id IN (SELECT rowid FROM case_search WHERE case_search MATCH :terms)")
        values["terms"] = " AND ".join('"' + term.replace('"', '""') + '"' for term in terms)
    order = "c.updated_at DESC" if view in ("done", "dismissed") else "c.priority DESC, c.id"
    return [
        of_row(row)
        for row in db.query(
            f"SELECT c.* FROM cases c WHERE {' AND '.join(where)} ORDER BY {order} LIMIT :limit",  # noqa: S608
            values,
        )
    ]


def counts(db: Store, officer: Officer | None = None) -> dict[str, int]:
    """How many cases each view holds."""
    sums = ", ".join(f"sum({where}) AS {view}" for view, where in _WHERE.items())
    row = next(iter(db.query(f"SELECT {sums} FROM cases c", _moment(officer))))  # noqa: S608
    return {view: row[view] or 0 for view in _WHERE}


def version(db: Store) -> str:
    """Changes whenever any case changed: what a poll compares."""
    row = db.row("SELECT count(*) AS n, coalesce(sum(version + ticks), 0) AS v FROM cases")
    return f"{row['n']}.{row['v']}" if row else "0.0"


def neighbours(db: Store, case_id: int, view: str = "todo") -> tuple[int, int]:
    """Ids of the previous and next case in a view; 0 at the ends."""
    ids = [case.id for case in cases(db, view)]
    if case_id not in ids:
        return 0, ids[0] if ids else 0
    at = ids.index(case_id)
    return (ids[at - 1] if at else 0), (ids[at + 1] if at + 1 < len(ids) else 0)
