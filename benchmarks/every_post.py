"""The baseline of ``bench_clusters``: the index of 0.1, which filed every post under up to 60 keys.

16 bands of four minima over 64 permutations, pairs of the six rarest words with and without names,
plates; candidates are read as text and cut up anew; a post joins its nearest, whatever stands for
the case. Kept so that each figure has something to be better than.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from rensa import RMinHash

from classifier.likeness import filing, same_claim, wording
from classifier.likeness.filing import _key
from models.store import Store

TABLES = (
    "CREATE TABLE old_prints (post_id INTEGER PRIMARY KEY, signature BLOB NOT NULL) STRICT",
    "CREATE TABLE old_bands (key INTEGER NOT NULL, post_id INTEGER NOT NULL,"
    " PRIMARY KEY (key, post_id)) STRICT, WITHOUT ROWID",
    "CREATE INDEX old_bands_by_post ON old_bands(post_id)",
)


def keys(form: str) -> tuple[list[int], bytes]:
    """At most 60 keys, and the signature of 64 minima."""
    view = wording.of_form(form)
    minhash = RMinHash(num_perm=64, seed=filing.SEED)
    minhash.update(sorted(view.shingles) or [""])
    signature = np.asarray(minhash.digest(), dtype="<u4").tobytes()
    if view.weight < wording.LEAST and not view.plates:
        return [_key(f"whole\x1f{view.content}")], signature
    found = {_key(f"band{i}\x1f{signature[i : i + 16].hex()}") for i in range(0, 256, 16)}
    for words in (view.general, view.literal):
        telling = sorted(wording.rarest(words, 6))
        found |= {_key("\x1f".join(("pair", *pair))) for pair in combinations(telling, 2)}
    found |= {_key(f"plate\x1f{plate}") for plate in sorted(view.plates)[:4]}
    return sorted(found), signature


def file(db: Store, post_id: int, found: list[int], signature: bytes) -> None:
    db.conn.execute("INSERT INTO old_prints VALUES (?, ?)", [post_id, signature])
    rows = [(key, post_id) for key in found]
    db.conn.executemany("INSERT INTO old_bands VALUES (?, ?)", rows)


def join(db: Store, post_id: int, text: str, found: list[int], signature: bytes) -> int:
    """Put a stored post into the cluster of the nearest of at most 60 candidates; the cluster."""
    bands = " UNION ALL ".join(
        [
            "SELECT * FROM (SELECT post_id FROM old_bands WHERE key = ? ORDER BY post_id DESC LIMIT ?)"
        ]
        * len(found)
    )
    each = [value for key in found for value in (key, 200)]
    rows = db.conn.execute(
        f"SELECT p.id, p.cluster_id, p.text, count(*) AS shared FROM ({bands}) b"
        " JOIN posts p ON p.id = b.post_id JOIN old_prints f ON f.post_id = p.id"
        " GROUP BY f.signature, p.cluster_id ORDER BY shared DESC, p.id LIMIT 60",
        each,
    ).fetchall()
    best = max(
        ((same_claim.same_claim(text, row[2]), -row[0], row[1]) for row in rows),
        default=(0.0, 0, 0),
    )
    cluster = best[2] if best[0] >= same_claim.THRESHOLD else None
    if cluster is None:
        cluster = db.conn.execute(
            "INSERT INTO clusters (first_at, last_at) SELECT published_at, published_at FROM posts"
            " WHERE id = ?",
            [post_id],
        ).lastrowid
    db.conn.execute("UPDATE posts SET cluster_id = ? WHERE id = ?", [cluster, post_id])
    db.conn.execute("UPDATE clusters SET stale = 1 WHERE id = ?", [cluster])
    file(db, post_id, found, signature)
    return int(cluster or 0)
