"""What is forgotten, and when. Evidence, verdicts, notices and the audit log are kept."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from time import sleep

from models import audit
from models.casework import opening
from models.config import RetentionConfig
from models.people import officers, sign_ins
from models.store import Store, now, stamp


def expire(db: Store, rules: RetentionConfig) -> dict[str, int]:
    """Forget what is due; returns how many rows of each kind.

    Posts without a case go after ``posts_days``; posts of closed cases after ``closed_days``; the
    keyed hashes of authors after ``posts_days`` whatever their case. Posts go a few at a time, so
    that an officer's step between two of them waits for a moment and not for all. What is forgotten
    is gone from the file too (``models.erasure``).
    """
    moment = now()
    old = stamp(moment - timedelta(days=rules.posts_days))
    closed = stamp(moment - timedelta(days=rules.closed_days))
    total: Counter[str] = Counter()
    while True:
        gone = _posts(db, old, closed)
        total.update(gone)
        if max(gone.values()) < AT_ONCE:
            break
        sleep(PAUSE)
    total.update(_rest(db, old, stamp(moment - timedelta(days=rules.sign_ins_days))))
    db.forget_log()  # where a reader holds it the next run does
    return dict(total)


AT_ONCE = 2000
PAUSE = 0.2  # seconds between two transactions, in which others get to write
FAULTS_KEPT = 1000  # of each source: one that is down may answer with new bytes at each visit


def _posts(db: Store, old: str | None, closed: str | None) -> dict[str, int]:
    """At most ``AT_ONCE`` posts of each kind."""
    with db.atomic():
        gone = {
            "posts": db.conn.execute(
                "DELETE FROM posts WHERE id IN (SELECT p.id FROM posts p WHERE p.collected_at < ?"
                " AND p.scored_at IS NOT NULL AND NOT EXISTS"
                " (SELECT 1 FROM cases c WHERE c.cluster_id = p.cluster_id) LIMIT ?)",
                [old, AT_ONCE],
            ).rowcount,
            "closed_posts": db.conn.execute(
                "DELETE FROM posts WHERE id IN (SELECT p.id FROM posts p WHERE EXISTS"
                " (SELECT 1 FROM cases c WHERE c.cluster_id = p.cluster_id AND c.closed_at < ?)"
                " AND p.collected_at < ? LIMIT ?)",
                # young posts stay: a claim that comes back after its case was closed brings new ones
                [closed, closed, AT_ONCE],
            ).rowcount,
        }
        if any(gone.values()):
            audit.append(db, officers.MACHINE, "store.expire", "store", gone)
        return gone


def _rest(db: Store, old: str | None, failures: str | None) -> dict[str, int]:
    with db.atomic():
        gone = {
            "author_keys": db.conn.execute(
                "UPDATE posts SET author_key = '' WHERE collected_at < ? AND author_key <> ''",
                [old],
            ).rowcount,
            "faults": db.conn.execute(
                "DELETE FROM faults WHERE at < ? OR id IN (SELECT id FROM (SELECT id, row_number()"
                " OVER (PARTITION BY source ORDER BY id DESC) AS nth FROM faults) WHERE nth > ?)",
                [old, FAULTS_KEPT],
            ).rowcount,
            "runs": db.conn.execute(
                "DELETE FROM crawl_runs WHERE started_at < ? AND id NOT IN"
                " (SELECT run_id FROM faults WHERE run_id IS NOT NULL)",
                [old],
            ).rowcount,
            "sessions": _sessions(db),
            "sign_ins": sign_ins.expire(db, failures),
        }
        db.conn.execute(
            "DELETE FROM clusters WHERE id NOT IN (SELECT cluster_id FROM posts"
            " WHERE cluster_id IS NOT NULL) AND id NOT IN (SELECT cluster_id FROM cases)"
        )
        opening.forget_words(db)
        if any(gone.values()):
            audit.append(db, officers.MACHINE, "store.expire", "store", gone)
        return gone


def _sessions(db: Store) -> int:
    """Ended sessions of Django's, in the same file: their undo lines can hold a claim's words."""
    if not db.value("SELECT 1 FROM sqlite_master WHERE name = 'django_session'"):
        return 0
    ended = now().strftime("%Y-%m-%d %H:%M:%S")  # as Django writes it, UTC
    return db.conn.execute("DELETE FROM django_session WHERE expire_date < ?", [ended]).rowcount
