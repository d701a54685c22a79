"""Posts: each stored once, whatever its source does.

Same source and native id = the same post, updated; and the same words at the same link, where the id
alone is new (``models.intake.again``). Of the author nothing is kept but a keyed hash,
to count how many distinct accounts repeat a claim; it is wiped with age (``models.upkeep.retention``).
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from models import sameness
from models.intake import again, waiting
from models.intake.again import Identity
from models.intake.records import Post, Reply
from models.personal import admission
from models.store import Store, dump, now, stamp, time
from models.text import clean as storable

MAX_REPLIES = 200
_MOST = 1 << 53  # of likes: what any reader of our JSON can hold


def author_key(db: Store, source: str, handle: str) -> str:
    """The keyed hash of a handle, 128 bit hex; "" for no handle."""
    if not handle:
        return ""
    return admission.keyed(f"{source}\n{handle}", db.secret)[:32]


def add(db: Store, post: Post, met: set[Identity] | None = None) -> str:
    """Store one post; returns ``new``, ``updated`` or ``same``. ``met`` as in ``add_many``."""
    return next(iter(add_many(db, [post], met)))


def add_many(db: Store, posts: Iterable[Post], met: set[Identity] | None = None) -> Counter[str]:
    """Store posts in one transaction: all of them or none. Counts by new, updated, same.

    ``met``: the identities that this visit met before; those of ``posts`` are added to it.
    """
    counts: Counter[str] = Counter()
    turns = itertools.count()  # posts that are scored anew
    with db.atomic():
        given = [((post.source, _identity(db, post)), post) for post in posts]
        met = set() if met is None else met
        met |= {identity for identity, _ in given}
        run: dict[Identity, Post] = {}
        for identity, post in given:
            if identity in run or len(run) >= AT_ONCE:  # a post met again is an update of the first
                counts += _add_run(db, run, met, turns)
                run = {}
            run[identity] = post
        return counts + _add_run(db, run, met, turns)


AT_ONCE = 500


def _add_run(
    db: Store, run: Mapping[Identity, Post], met: Collection[Identity], turns: Iterator[int]
) -> Counter[str]:
    """Store different posts, by their identities."""
    rows = {identity: _row(db, identity, post) for identity, post in run.items()}
    known = _known(db, run)
    unknown = {i: row for i, row in rows.items() if i not in known}
    known |= again.find(db, unknown, [i for i in unknown if _stamp(run[i].published_at)], met)
    replied = [known[i]["id"] for i, post in run.items() if i in known and post.replies]
    replies = _known_replies(db, replied)
    moment = stamp(now())
    last = db.value("SELECT coalesce(max(id), 0) FROM posts")
    new: list[dict[str, Any]] = []
    said: list[tuple[int, str, str, str | None]] = []
    counts: Counter[str] = Counter()
    for identity, post in run.items():
        row, old = rows[identity], known.get(identity)
        if old is None:
            post_id = last + len(new) + 1
            new.append({"id": post_id, "collected_at": moment, "changed_at": moment, **row})
            said += _new_replies(db, post_id, post.replies, set())
            counts["new"] += 1
            continue
        if identity in unknown:  # it keeps the id and the link that it was first met under
            row |= {"native_id": old["native_id"], "url": old["url"]}
        more = _new_replies(db, old["id"], post.replies, replies.get(old["id"], set()))
        said += more
        updated = _update(db, old, row, post, bool(more), moment, turns)
        counts["updated" if updated else "same"] += 1
    db.insert_many("posts", new)
    db.conn.executemany("INSERT INTO replies VALUES (?, ?, ?, ?)", said)
    return counts


def _known(db: Store, identities: Collection[Identity]) -> dict[Identity, dict[str, Any]]:
    """The rows of those posts that are stored already."""
    rows = db.query(
        "SELECT p.* FROM json_each(?) j JOIN posts p"
        " ON p.source = j.value ->> 0 AND p.native_id = j.value ->> 1",
        [dump(list(identities))],
    )
    return {(row["source"], row["native_id"]): row for row in rows}


def _known_replies(db: Store, post_ids: Collection[int]) -> dict[int, set[str]]:
    """The native ids of the replies that these posts have."""
    found: dict[int, set[str]] = {}
    for post_id, native_id in db.conn.execute(
        "SELECT post_id, native_id FROM replies WHERE post_id IN (SELECT value FROM json_each(?))",
        [dump(list(post_ids))],
    ):
        found.setdefault(post_id, set()).add(native_id)
    return found


def _row(db: Store, identity: Identity, post: Post) -> dict[str, Any]:
    source, native_id = identity
    text = admission.clean(post.text, author=post.author)
    title = admission.clean(post.title, 300, post.author)
    url = admission.address(post.url, author=post.author)
    return {
        "source": source,
        "native_id": native_id,
        "url": url,
        "page": sameness.page(url),
        "title": title,
        "text": text,
        "said": sameness.said(title, text),
        "verbatim": None if post.text == storable(post.text) else _verbatim(post, text),
        "published_at": _stamp(post.published_at) or stamp(now()),
        "author_key": author_key(db, source, post.author),
        "likes": min(max(0, post.likes), _MOST),
        "reposts": min(max(0, post.reposts), _MOST),
    }


def _update(
    db: Store,
    old: dict[str, Any],
    row: dict[str, Any],
    post: Post,
    replied: bool,
    moment: str | None,
    turns: Iterator[int],
) -> bool:
    """Bring a stored post up to date; whether anything changed."""
    # a source that dates its posts anew makes none of them younger
    told = _stamp(post.published_at) or old["published_at"]
    row["published_at"] = min(told, old["published_at"])
    if not post.author or not old["author_key"]:  # what retention wiped never comes back
        row["author_key"] = old["author_key"]
    changed = {key: value for key, value in row.items() if old[key] != value}
    if not changed and not replied:
        return False
    # new words or replies: it is scored again
    rescore = replied or "text" in changed or "title" in changed
    if rescore and old["scored_at"]:  # else it waits already, and keeps its place
        changed |= waiting.changed(old["scored_at"], old["rescored"], next(turns))
    changed |= {"changed_at": moment}
    return db.update("posts", old["id"], changed)


def _identity(db: Store, post: Post) -> str:
    """The native id as stored. What is too long, empty or names somebody gets a keyed hash: it must
    not meet another's."""
    words = f"{post.url}\n{post.title}\n{post.text}"
    return admission.native_id(post.native_id, db.secret, words, post.author)


def _stamp(at: datetime | None) -> str | None:
    """A time from outside as stored; None for none, and for one at the edge of the calendar, from
    which nobody could count a day on or back."""
    return stamp(at) if at and 1 < at.year < 9999 else None


def _verbatim(post: Post, stored: str) -> bytes | None:
    kept = admission.verbatim(post.text, post.author)
    return None if kept == stored else kept.encode("utf-8", "surrogatepass")


def _new_replies(
    db: Store, post_id: int, replies: tuple[Reply, ...], known: set[str]
) -> list[tuple[int, str, str, str | None]]:
    """The rows of those replies that are not ``known`` yet, by their native ids."""
    rows = []
    met = set(known)
    for reply in replies[:MAX_REPLIES]:
        text = admission.clean(reply.text, 2000)
        given = reply.native_id.strip()
        native = admission.native_id(given, db.secret) if given else _digest(text)
        if text and native not in met and len(met) < MAX_REPLIES:
            met.add(native)
            rows.append((post_id, native, text, _stamp(reply.at)))
    return rows


def _digest(masked: str) -> str:
    """Of words as they are stored: it tells nothing that does not stand beside it."""
    return hashlib.sha256(masked.encode()).hexdigest()[:16]


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


_OF_IDS = f"{_POST} WHERE p.id IN (SELECT value FROM json_each(?)) ORDER BY p.id"  # noqa: S608


def get(db: Store, post_id: int) -> Post | None:
    row = db.row(_POST + "WHERE p.id = ?", post_id)
    return _post(row) if row else None


def unscored(db: Store, limit: int = 500) -> list[Post]:
    """Posts that are new or have new words: every source in turn, oldest first."""
    return [_post(row) for row in db.query(_OF_IDS, [dump(waiting.following(db, limit))])]


def newest(db: Store, limit: int = 50) -> list[Post]:
    return [_post(row) for row in db.query(_POST + "ORDER BY p.id DESC LIMIT ?", [limit])]


def unchanged(db: Store, read: Collection[Post]) -> set[int]:
    """The ids of those posts of which the store still holds the words and replies as read."""
    found = db.conn.execute(
        "SELECT id, text, title, (SELECT count(*) FROM replies WHERE post_id = p.id)"
        " FROM posts p WHERE id IN (SELECT value FROM json_each(?))",
        [dump([post.id for post in read])],
    )
    held = {row[0]: tuple(row[1:]) for row in found}
    return {
        post.id for post in read if held.get(post.id) == (post.text, post.title, len(post.replies))
    }


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
            "UPDATE posts SET scored_at = NULL, due_at = ?2 WHERE cluster_id IN (SELECT cluster_id FROM ("
            " SELECT cluster_id, sum(posts) OVER (ORDER BY priority DESC, id) AS so_far"
            " FROM cases WHERE state = 'waiting' AND posts <= ?1 / 10) WHERE so_far <= ?1) AND scored_at IS NOT NULL",
            [limit, stamp(now())],
        ).rowcount
