"""Which clusters have a case, or should get one."""

from __future__ import annotations

from collections.abc import Collection

from models.ranking import moving
from models.ranking.line import Line
from models.store import Store, dump


def of(db: Store, cluster_ids: Collection[int], line: Line) -> set[int]:
    """Those of the clusters that have a case, or should get one: a member is over the ``line``, or
    was drawn for the random sample."""
    return set(over(db, cluster_ids, line))


def over(db: Store, cluster_ids: Collection[int], line: Line) -> dict[int, bool]:
    """The same, each with whether a member is over the line."""
    asked = moving.parameters(line) | {"ids": dump(list(cluster_ids))}
    found = db.conn.execute(_DUE, asked).fetchall()
    return {cluster_id: bool(high) for cluster_id, high, due in found if high or due}


_DUE = f"""SELECT value, EXISTS (SELECT 1 FROM posts p JOIN scores s ON s.post_id = p.id
        WHERE p.cluster_id = value AND {moving.OVER}),
    EXISTS (SELECT 1 FROM cases WHERE cluster_id = value) OR EXISTS (SELECT 1 FROM posts p
        JOIN scores s ON s.post_id = p.id WHERE p.cluster_id = value AND s.sampled)
    FROM json_each(:ids)"""  # noqa: S608  (a condition of ours)
