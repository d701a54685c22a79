"""What is ordinary here: posts that nobody was shown, drawn so that no hand can make them.

They teach the classifier with no verdict at all (``classifier.learning.settling``), so that who posts
much must not decide what is ordinary. A claim is one text however often it is told, and one that
many tell is left out; each account, source and hour has a bound; whatever a case holds, whatever
reached the line, and whatever reads like an account at first hand stays away.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.store import Store, now, stamp, time

FEWEST, SIZE = 200, 4_000  # posts: with fewer nothing is ordinary yet
OF_ACCOUNT = 4  # posts
OF_SOURCE = 3  # one source is at most a third of ``SIZE``
OF_HOUR = 6  # what one hour brought is at most a sixth
RETOLD = 5  # a claim in so many posts is nobody's everyday
WAIT = timedelta(hours=1)  # until a post is scored, and its case opened
WINDOW = timedelta(days=7)  # what was ordinary before is not asked


@dataclass(frozen=True)
class Everyday:
    """A bounded draw of ordinary posts. ``of``: how many there were to draw from."""

    texts: tuple[str, ...]
    sources: int
    since: datetime | None  # when the first of them came in; None: there is none
    of: int


_ORDINARY = """SELECT min(p.id) AS id, p.source, p.author_key AS account, p.collected_at AS at
    FROM posts p JOIN scores s ON s.post_id = p.id
    WHERE p.cluster_id IS NOT NULL AND p.collected_at > ? AND p.collected_at < ?
    AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.cluster_id = p.cluster_id)
    GROUP BY p.cluster_id
    HAVING max(s.risk) < ? AND max(s.witness) = 0 AND max(s.sampled) = 0 AND count(*) < ?"""


def drawn(db: Store, line: float, size: int = SIZE) -> Everyday:
    """At most ``size`` posts of clusters under ``line`` (0..1), in the order of a keyed hash.

    A post that is drawn stays so while the bounds allow it, and nobody outside can steer which one is.
    """
    moment = now()
    between = [stamp(moment - WINDOW), stamp(moment - WAIT)]
    found = db.execute(_ORDINARY, [*between, line, RETOLD]).fetchall()
    kept: list[int] = []
    told: Counter[tuple[str, str]] = Counter()
    since: list[str] = []
    for post_id, source, account, at in sorted(found, key=lambda row: _draw(db, row[0])):
        hands = {
            ("account", account): OF_ACCOUNT if account else size,
            ("source", source): max(size // OF_SOURCE, 1),
            ("hour", at[:13]): max(size // OF_HOUR, 1),
        }
        if len(kept) < size and all(told[hand] < most for hand, most in hands.items()):
            told.update(hands.keys())
            kept.append(post_id)
            since.append(at)
    texts = [db.value("SELECT text FROM posts WHERE id = ?", post_id) for post_id in kept]
    return Everyday(
        tuple(dict.fromkeys(text for text in texts if text)),
        sum(kind == "source" for kind, _ in told),
        time(min(since, default=None)),
        len(found),
    )


def _draw(db: Store, post_id: int) -> bytes:
    return hashlib.blake2b(f"everyday {post_id}".encode(), key=db.secret, digest_size=8).digest()
