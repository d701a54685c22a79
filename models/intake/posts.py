"""Posts: each stored once, whatever its source does.

Same source and native id = the same post, updated. Of the author nothing is kept but a keyed hash,
to count how many distinct accounts repeat a claim; it is wiped with age (``models.upkeep.retention``).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from models import mask
from models.intake.records import Post, Reply
from models.store import Store, now, stamp, time
from models.text import clean

MAX_REPLIES = 200
_MOST = 1 << 53  # of likes: what any reader of our JSON can hold


def author_key(db: Store, source: str, handle: str) -> str:
    """The keyed hash of a handle, 128 bit hex; "" for no handle."""
    if not handle:
        return ""
    message = f"{source}\n{handle}".encode(errors="surrogatepass")
    return hmac.new(db.secret, message, hashlib.sha256).hexdigest()[:32]


def add(db: Store, post: Post) -> str:
    """Store one post; returns ``new``, ``updated`` or ``same``."""
    with db.atomic():
        return _add(db, post)


def add_many(db: Store, posts: Iterable[Post]) -> Counter[str]:
    """Store posts in one transaction: all of them or none. Counts by new, updated, same."""
    with db.atomic():
        return Counter(_add(db, post) for post in posts)


def _add(db: Store, post: Post) -> str:
    text = mask.phones_and_ids(clean(post.text))
    published = _stamp(post.published_at)
    row = {
        "source": post.source,
        "native_id": _identity(post),
        "url": clean(post.url, 2000),
        "title": mask.phones_and_ids(clean(post.title, 300)),
        "text": text,
        "verbatim": _verbatim(post.text, text),
        "published_at": published or stamp(now()),
        "author_key": author_key(db, post.source, post.author),
        "likes": min(max(0, post.likes), _MOST),
        "reposts": min(max(0, post.reposts), _MOST),
    }
    old = db.row(
        "SELECT * FROM posts WHERE source = ? AND native_id = ?", row["source"], row["native_id"]
    )
    moment = stamp(now())
    if old is None:
        row |= {"collected_at": moment, "changed_at": moment}
        post_id = db.conn.execute(
            f"INSERT INTO posts ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",  # noqa: S608
            list(row.values()),
        ).lastrowid
        _add_replies(db, post_id or 0, post.replies)
        return "new"
    if published is None:
        row["published_at"] = old["published_at"]
    if not post.author or not old["author_key"]:  # what retention wiped never comes back
        row["author_key"] = old["author_key"]
    changed = {key: value for key, value in row.items() if old[key] != value}
    replies = _add_replies(db, old["id"], post.replies)
    if not changed and not replies:
        return "same"
    # new words or replies: it is scored again
    rescore = bool(replies) or "text" in changed or "title" in changed
    changed |= {"changed_at": moment} | ({"scored_at": None} if rescore else {})
    db.conn.execute(
        f"UPDATE posts SET {', '.join(f'{key} = ?' for key in changed)} WHERE id = ?",  # noqa: S608
        [*changed.values(), old["id"]],
    )
    return "updated"


def _identity(post: Post) -> str:
    """The native id as stored. What is too long or empty gets a hash: it must not meet another's."""
    cleaned = clean(post.native_id)
    if cleaned and len(cleaned) <= 500:
        return cleaned
    words = post.native_id or f"{post.url}\n{post.title}\n{post.text}"
    digest = hashlib.sha256(words.encode(errors="surrogatepass")).hexdigest()
    return f"{cleaned[:400]}#{digest}"


def _stamp(at: datetime | None) -> str | None:
    """A time from outside as stored; None for none, and for one at the edge of the calendar."""
    try:
        return stamp(at)
    except OverflowError:
        return None


def _verbatim(raw: str, stored: str) -> bytes | None:
    kept = mask.phones_and_ids(raw[:40_000])
    return None if kept == stored else kept.encode("utf-8", "surrogatepass")


def _add_replies(db: Store, post_id: int, replies: tuple[Reply, ...]) -> int:
    """How many replies were not known yet."""
    have = db.value("SELECT count(*) FROM replies WHERE post_id = ?", post_id)
    added = 0
    for reply in replies[:MAX_REPLIES]:
        text = mask.phones_and_ids(clean(reply.text, 2000))
        native = clean(reply.native_id, 200) or hashlib.sha256(text.encode()).hexdigest()[:16]
        if not text or have + added >= MAX_REPLIES:
            continue
        added += db.conn.execute(
            "INSERT INTO replies VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [post_id, native, text, _stamp(reply.at)],
        ).rowcount
    return added


def _post(row: dict[str, Any]) -> Post:
    return Post(
        source=row["source"],
        native_id=row["native_id"],
        text=row["text"],
        url=row["url"],
        title=row["title"],
        published_at=time(row["published_at"]),
        likes=row["likes"],
        reposts=row["reposts"],
        replies=tuple(
            Reply(item[0], time(item[1]), item[2]) for item in json.loads(row["replies"] or "[]")
        ),
        id=row["id"],
        collected_at=time(row["collected_at"]),
        author_key=row["author_key"],
        cluster_id=row["cluster_id"] or 0,
    )


_POST = """SELECT p.*, (SELECT json_group_array(json_array(text, at, native_id))
    FROM (SELECT * FROM replies r WHERE r.post_id = p.id ORDER BY at, native_id)) AS replies
    FROM posts p """


def get(db: Store, post_id: int) -> Post | None:
    row = db.row(_POST + "WHERE p.id = ?", post_id)
    return _post(row) if row else None


def unscored(db: Store, limit: int = 500) -> list[Post]:
    """Posts that are new or have new words, oldest first."""
    return [
        _post(row)
        for row in db.query(_POST + "WHERE scored_at IS NULL ORDER BY id LIMIT ?", [limit])
    ]


def newest(db: Store, limit: int = 50) -> list[Post]:
    return [_post(row) for row in db.query(_POST + "ORDER BY p.id DESC LIMIT ?", [limit])]


def unchanged(db: Store, post: Post) -> bool:
    """Whether the store still holds the words and replies of ``post`` as it was read."""
    row = db.row(
        "SELECT text, title, (SELECT count(*) FROM replies WHERE post_id = p.id) AS replies"
        " FROM posts p WHERE id = ?",
        post.id,
    )
    return row is not None and (row["text"], row["title"], row["replies"]) == (
        post.text,
        post.title,
        len(post.replies),
    )


def of_cluster(db: Store, cluster_id: int, limit: int = 200) -> list[Post]:
    """Members of a cluster, newest first."""
    return [
        _post(row)
        for row in db.query(
            _POST + "WHERE cluster_id = ? ORDER BY published_at DESC, id DESC LIMIT ?",
            [cluster_id, limit],
        )
    ]


def replies_of_cluster(db: Store, cluster_id: int, limit: int = 60) -> list[Reply]:
    """Replies to any member of a cluster, newest first."""
    return [
        Reply(row["text"], time(row["at"]), row["native_id"])
        for row in db.query(
            "SELECT r.* FROM replies r JOIN posts p ON p.id = r.post_id"
            " WHERE p.cluster_id = ? ORDER BY r.at DESC LIMIT ?",
            [cluster_id, limit],
        )
    ]


def count(db: Store) -> int:
    return int(db.value("SELECT count(*) FROM posts"))


def read_again(db: Store, limit: int) -> int:
    """Let posts of waiting cases be scored anew, the most urgent case first, at most ``limit``
    posts and whole cases only; returns how many. What officers took up stays as they saw it, and
    a claim told more than a tenth of ``limit`` times stands high whatever its words."""
    with db.atomic():
        return db.conn.execute(
            "UPDATE posts SET scored_at = NULL WHERE cluster_id IN (SELECT cluster_id FROM ("
            " SELECT cluster_id, sum(posts) OVER (ORDER BY priority DESC, id) AS so_far"
            " FROM cases WHERE state = 'waiting' AND posts <= ?1 / 10) WHERE so_far <= ?1) AND scored_at IS NOT NULL",
            [limit],
        ).rowcount
