"""The queue: which cases an officer sees, in which order, and what changed since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from models.casework.cases import of_row
from models.casework.records import Case, CaseState
from models.casework.workflow import DECIDED, UNDECIDED, in_sql
from models.harm import Topic
from models.roles import Officer
from models.store import Store, dump, now, stamp

VIEWS = {
    "todo": "待办",
    "mine": "我领取的",
    "due": "即将超时",
    "lead": "预警线索",
    "needs_evidence": "待补证",
    "sampled": "低分抽样",
    "owed": "待更正",
    "second": "等第二人",
    "recheck": "待复查",
    "done": "已核定",
    "dismissed": "不立案",
}
_TO_DO = f"c.state IN {in_sql(UNDECIDED)}"
_OPEN = f"c.state IN {in_sql(state for state in CaseState if state.open)}"
_WHERE = {
    "todo": _TO_DO,
    "mine": f"{_OPEN} AND c.holder_id = :officer",
    "due": f"{_TO_DO} AND c.due_at < :soon",
    "lead": f"{_TO_DO} AND c.hazard = 1",
    "needs_evidence": "c.state = 'needs_evidence'",
    "sampled": f"{_TO_DO} AND c.sampled = 1",
    "owed": "c.id IN (SELECT n.case_id FROM owed_corrections o JOIN notices n ON n.id = o.notice_id"
    " WHERE o.ended_at IS NULL)",
    # what a colleague proposed to end, and this officer may agree to
    "second": f"{_TO_DO} AND c.id IN (SELECT case_id FROM open_dismissals WHERE by <> :officer"  # noqa: S608
    " UNION ALL SELECT case_id FROM open_closings WHERE by <> :officer)",
    "done": f"c.state IN {in_sql(DECIDED)}",
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


def of_ids(db: Store, ids: Sequence[int]) -> dict[int, Case]:
    """These cases by their id, in one statement."""
    rows = db.rows("SELECT * FROM cases WHERE id IN (SELECT value FROM json_each(?))", dump(ids))
    return {row["id"]: of_row(row) for row in rows}


def counts(db: Store, officer: Officer | None = None) -> dict[str, int]:
    """How many cases each view holds."""
    row = next(iter(db.query(_COUNTS, _moment(officer))))
    return {view: row[view] or 0 for view in _WHERE}


_SUMS = ", ".join(f"sum({where}) AS {view}" for view, where in _WHERE.items())
_COUNTS = f"SELECT {_SUMS} FROM cases c"  # noqa: S608  (the conditions above and nothing else)


def version(db: Store) -> str:
    """Changes whenever any case changed: what a poll compares."""
    row = db.row("SELECT count(*) AS n, coalesce(sum(version + ticks), 0) AS v FROM cases")
    return f"{row['n']}.{row['v']}" if row else "0.0"
