"""What the posts of a cluster say together: the numbers, words and topics that its case shows.

Read for many clusters at once, with one query for each kind of thing and none for each cluster.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from models.harm import Topic
from models.ranking import scores
from models.ranking.records import Entity
from models.store import Store, dump

ENTITIES = 40
ENTITIES_OF = 500  # posts, the oldest: a claim told 20,000 times names the same things in all


@dataclass(frozen=True)
class Members:
    """The scored posts of one cluster, taken together."""

    cluster_id: int
    risk: float  # of the riskiest, 0..1
    posts: int
    accounts: int
    replies: int
    doubts: int
    first_at: str  # as stored
    last_at: str
    sampled: bool  # one was drawn for the random sample
    text: str  # the wording posted most, of it the riskiest post
    reasons: str  # of that post, as stored
    foremost: dict[str, Any]  # what the scores say of the riskiest post
    votes: dict[Topic, int]  # how many posts each topic has, the most first
    entities: tuple[Entity, ...]  # the most named first


def of_clusters(db: Store, cluster_ids: Collection[int]) -> list[Members]:
    """The members of each cluster, in the order of their ids; of one without scored posts, none."""
    ids = dump(sorted(cluster_ids))
    spokesmen = {row["cluster_id"]: row for row in db.query(_SPOKESMEN, [ids])}
    foremost = {row.pop("cluster_id"): row for row in db.query(_FOREMOST, [ids])}
    votes: dict[int, dict[Topic, int]] = {}
    for row in db.query(_VOTES, [ids]):
        votes.setdefault(row["cluster_id"], {})[Topic(row["topic"])] = row["posts"]
    named = _named(db, ids)
    return [
        Members(
            cluster_id=row["cluster_id"],
            risk=row["risk"],
            posts=row["posts"],
            accounts=row["accounts"],
            replies=row["replies"],
            doubts=row["doubts"],
            first_at=row["first_at"],
            last_at=row["last_at"],
            sampled=bool(row["sampled"]),
            text=spokesmen[row["cluster_id"]]["text"],
            reasons=spokesmen[row["cluster_id"]]["reasons"],
            foremost=foremost[row["cluster_id"]],
            votes=votes[row["cluster_id"]],
            entities=named.get(row["cluster_id"], ()),
        )
        for row in db.query(_COUNTS, [ids])
    ]


def _named(db: Store, ids: str) -> dict[int, tuple[Entity, ...]]:
    """Distinct entities of each cluster, the most named first."""
    seen: dict[int, dict[tuple[str, str], tuple[int, Entity]]] = {}
    for row in db.query(_NAMED, [ids]):
        of_cluster = seen.setdefault(row["cluster_id"], {})
        for entity in scores.entities(row["entities"]):
            key = (entity.kind, entity.value)
            count, first = of_cluster.get(key, (0, entity))
            of_cluster[key] = (count + 1, first)
    return {
        cluster_id: tuple(
            entity for _, entity in sorted(found.values(), key=lambda entry: -entry[0])[:ENTITIES]
        )
        for cluster_id, found in seen.items()
    }


# each takes a JSON list of clusters
_SCORED = """FROM posts p JOIN scores s ON s.post_id = p.id
    WHERE p.cluster_id IN (SELECT value FROM json_each(?1))"""

_COUNTS = f"""SELECT p.cluster_id, count(*) AS posts,
    count(DISTINCT nullif(p.author_key, '')) AS accounts,
    max(s.risk) AS risk, coalesce(sum(s.doubts), 0) AS doubts, max(s.sampled) AS sampled,
    sum((SELECT count(*) FROM replies r WHERE r.post_id = p.id)) AS replies,
    min(p.published_at) AS first_at, max(p.published_at) AS last_at
    {_SCORED} GROUP BY p.cluster_id ORDER BY p.cluster_id"""  # noqa: S608

# each wording counted once: counted post by post, 20,000 copies held the write lock for a minute
_SPOKESMEN = """WITH wordings AS (SELECT cluster_id, text, count(*) AS copies FROM posts
        WHERE cluster_id IN (SELECT value FROM json_each(?1)) GROUP BY cluster_id, text)
    SELECT p.cluster_id, p.text, s.reasons FROM json_each(?1) JOIN posts p ON p.id =
        (SELECT q.id FROM posts q JOIN scores t ON t.post_id = q.id
            JOIN wordings w ON w.cluster_id = q.cluster_id AND w.text = q.text
            WHERE q.cluster_id = value ORDER BY w.copies DESC, t.risk DESC, q.id LIMIT 1)
    JOIN scores s ON s.post_id = p.id"""

_FOREMOST = """SELECT p.cluster_id, s.checkable, s.dubious, s.unfamiliar, s.model
    FROM json_each(?1) JOIN posts p ON p.id =
        (SELECT q.id FROM posts q JOIN scores t ON t.post_id = q.id
            WHERE q.cluster_id = value ORDER BY t.risk DESC, q.id LIMIT 1)
    JOIN scores s ON s.post_id = p.id"""

_VOTES = f"""SELECT p.cluster_id, s.topic, count(*) AS posts {_SCORED}
    GROUP BY p.cluster_id, s.topic ORDER BY p.cluster_id, posts DESC, s.topic"""

_NAMED = f"""SELECT p.cluster_id, s.entities FROM json_each(?1) JOIN posts p ON p.id IN
        (SELECT id FROM posts WHERE cluster_id = value ORDER BY id LIMIT {ENTITIES_OF})
    JOIN scores s ON s.post_id = p.id ORDER BY p.cluster_id, p.id"""  # noqa: S608
