"""Clusters: one claim in many wordings, and the LSH index that finds them.

The index lives in the store, so that a restart forgets nothing. It files wordings, not posts: exact
copies stand behind one row, found by the hash of their content, and cost no keys. A post's keys are
looked up, the candidates are compared by the caller (``classifier.likeness.same_claim``), ``assign`` writes,
and ``slide`` lets go of what has not been met for long: of its place in the index only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.config import WindowConfig
from models.store import Store, dump, now


@dataclass(frozen=True)
class Fingerprint:
    """How a post is filed. Keys and digest are positive and below 2**63 (SQLite's INTEGER)."""

    keys: tuple[int, ...]
    digest: int  # of the content: exact copies share it
    form: str  # the wording as the classifier reads it again; no meaning in here


@dataclass(frozen=True)
class Candidate:
    """A filed wording that shares a key with the post looked up."""

    wording_id: int
    cluster_id: int
    form: str
    shared: float  # its share of the keys in common: of one that n wordings hold, 1 / n


NEWEST_OF_KEY = 16


def copied(db: Store, digest: int) -> int | None:
    """The cluster of a filed wording with this very content."""
    found = db.value("SELECT cluster_id FROM wordings WHERE digest = ?", digest)
    return None if found is None else int(found)


def candidates(db: Store, keys: Sequence[int], limit: int = 6) -> list[Candidate]:
    """Wordings that share a key, the rarest keys first, then the newest.

    A key tells the less the more wordings hold it: among a million, those with two common keys
    would crowd out the one with a rare key. Of each key only the ``NEWEST_OF_KEY`` are looked at: a
    slogan in 20,000 wordings must not make each further one cost 20,000 rows while the store is locked.
    """
    met: dict[int, float] = {}
    for key in keys:
        holders = db.conn.execute(_HOLDERS, [key]).fetchall()
        for (wording,) in holders:
            met[wording] = met.get(wording, 0.0) + 1 / len(holders)
    nearest = sorted(met, key=lambda wording: (-met[wording], -wording))[:limit]
    rows = db.conn.execute(
        f"SELECT id, cluster_id, form FROM wordings WHERE id IN ({', '.join('?' * len(nearest))})",  # noqa: S608
        nearest,
    )
    found = {row[0]: Candidate(row[0], row[1], row[2], met[row[0]]) for row in rows}
    return [found[wording] for wording in nearest]


_HOLDERS = (
    f"SELECT wording_id FROM bands WHERE key = ? ORDER BY wording_id DESC LIMIT {NEWEST_OF_KEY}"  # noqa: S608
)


FEW = 8


def standing(db: Store, cluster_id: int) -> list[str]:
    """The forms of the first ``FEW`` wordings of a cluster that has more; of few wordings, none."""
    rows = db.conn.execute(
        "SELECT form FROM wordings WHERE cluster_id = ? ORDER BY id LIMIT ?", [cluster_id, FEW + 1]
    ).fetchall()
    return [row[0] for row in rows[:FEW]] if len(rows) > FEW else []


def assign(db: Store, post_id: int, cluster_id: int | None, print_: Fingerprint) -> int:
    """Put a post into a cluster (None: a new one) and file its wording; returns the cluster's id.

    A post that already has a cluster stays there: a re-scored post never wanders, and what it said
    before goes on finding its cluster. A wording filed under another cluster stays there too.
    """
    with db.atomic():
        row = db.row("SELECT cluster_id, published_at FROM posts WHERE id = ?", post_id)
        if row is None:
            raise KeyError(post_id)
        at = row["published_at"]
        if row["cluster_id"]:
            cluster_id = row["cluster_id"]
        elif cluster_id is None:
            cluster_id = db.conn.execute(
                "INSERT INTO clusters (first_at, last_at) VALUES (?, ?)", [at, at]
            ).lastrowid
        db.conn.execute("UPDATE posts SET cluster_id = ? WHERE id = ?", [cluster_id, post_id])
        db.conn.execute(
            "UPDATE clusters SET stale = 1, first_at = min(first_at, ?),"
            " last_at = max(last_at, ?) WHERE id = ?",
            [at, at, cluster_id],
        )
        # the newest copy answers for a wording: it is the last to be forgotten
        db.conn.execute(
            "INSERT INTO wordings (digest, cluster_id, post_id, seen, keys, form)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE"
            " SET post_id = excluded.post_id, seen = excluded.seen"
            " WHERE cluster_id = excluded.cluster_id",
            [print_.digest, cluster_id, post_id, _day(), dump(print_.keys), print_.form],
        )
        return int(cluster_id or 0)


def slide(db: Store, window: WindowConfig) -> int:
    """Let go of wordings that were not met for ``window.days``, and beyond ``window.wordings`` of
    those not met for longest, ``AT_ONCE`` of each; returns how many.

    Posts and clusters stay as they are. A wording of an open case stays however old it is: the
    claim is being worked on, and its next post belongs there.
    """
    with db.atomic():
        over = db.value("SELECT filed FROM filed_wordings") - window.wordings
        gone = db.conn.execute(_LET_GO, [_day() - window.days, AT_ONCE]).rowcount
        if over > gone:
            gone += db.conn.execute(_LET_GO, [_EVER, min(over - gone, AT_ONCE)]).rowcount
        return gone


AT_ONCE = 1000  # more than a batch brings, and no long lock after a change of the window
_EVER = 1 << 31
_LET_GO = """DELETE FROM wordings WHERE id IN (SELECT w.id FROM wordings w WHERE w.seen < ?
    AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.cluster_id = w.cluster_id AND c.closed_at IS NULL)
    ORDER BY w.seen, w.id LIMIT ?)"""


def _day() -> int:
    return now().toordinal()


def stale(db: Store, limit: int = 500) -> list[int]:
    """Clusters whose case has not seen the newest scores."""
    rows = db.query("SELECT id FROM clusters WHERE stale = 1 ORDER BY id LIMIT ?", [limit])
    return [row["id"] for row in rows]


def seen(db: Store, cluster_id: int) -> None:
    """The case of this cluster is up to date. In the transaction that made it so."""
    db.execute("UPDATE clusters SET stale = 0 WHERE id = ?", [cluster_id])
