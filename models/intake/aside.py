"""Posts that could not be judged: put aside with the reason, so that those behind them go on.

Nothing is lost: the post stays stored, its source's page shows it among the faults, and it is judged
again when its words change, and when another judge comes: other weights, or another piyao.
"""

from __future__ import annotations

from collections.abc import Collection

from models.intake import runs
from models.intake.records import Post
from models.personal.admission import clean
from models.store import Store, dump, now, stamp


def put(db: Store, post: Post, judge: str, why: str) -> None:
    """Take a post out of what waits to be judged. ``judge``: who could not; ``why``: in one line."""
    with db.atomic():
        moment = stamp(now())
        db.conn.execute(
            "INSERT INTO set_aside VALUES (?, ?, ?, ?) ON CONFLICT (post_id) DO UPDATE SET"
            " judge = excluded.judge, why = excluded.why, at = excluded.at",
            [post.id, judge, clean(why, 300), moment],
        )
        db.conn.execute("UPDATE posts SET scored_at = ? WHERE id = ?", [moment, post.id])
        what = f"有一条机器没能打分（{clean(why, 200)}），已放在一边"
        mend = "帖文已存下，其余照常打分；它改动后，或换了模型、版本后会再试，也可交技术人员查看"
        runs.fault(db, None, post.source, what, f"帖文 {post.native_id}", mend, post.whole.encode())


def again(db: Store, judge: str) -> int:
    """Let what another judge than this one put aside be judged again; returns how many posts."""
    with db.atomic():
        moment = stamp(now())
        tried = db.conn.execute(
            "UPDATE posts SET scored_at = NULL, due_at = ?"
            " WHERE id IN (SELECT post_id FROM set_aside WHERE judge <> ?)",
            [moment, judge],
        ).rowcount
        db.conn.execute("DELETE FROM set_aside WHERE judge <> ?", [judge])
        return tried


def judged(db: Store, post_ids: Collection[int]) -> None:
    """These were judged after all. In the transaction that stores their scores."""
    db.conn.execute(
        "DELETE FROM set_aside WHERE post_id IN (SELECT value FROM json_each(?))",
        [dump(list(post_ids))],
    )


def count(db: Store, source: str) -> int:
    """How many posts of a source are put aside."""
    return int(
        db.value(
            "SELECT count(*) FROM set_aside a JOIN posts p ON p.id = a.post_id WHERE p.source = ?",
            source,
        )
    )
