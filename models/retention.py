"""What is forgotten, and when. Evidence, verdicts, notices and the audit log are kept."""

from __future__ import annotations

from datetime import timedelta

from models import audit, officers
from models.config import RetentionConfig
from models.store import Store, now, stamp


def expire(db: Store, rules: RetentionConfig) -> dict[str, int]:
    """Forget what is due; returns how many rows of each kind.

    Posts without a case go after ``posts_days``; posts of closed cases after ``closed_days``; the
    keyed hashes of authors after ``posts_days`` whatever their case.
    """
    old = stamp(now() - timedelta(days=rules.posts_days))
    closed = stamp(now() - timedelta(days=rules.closed_days))
    sign_ins = stamp(now() - timedelta(days=rules.sign_ins_days))
    with db.atomic():
        gone = {
            "posts": db.conn.execute(
                "DELETE FROM posts WHERE collected_at < ? AND scored_at IS NOT NULL AND NOT EXISTS"
                " (SELECT 1 FROM cases c WHERE c.cluster_id = posts.cluster_id)",
                [old],
            ).rowcount,
            "closed_posts": db.conn.execute(
                "DELETE FROM posts WHERE EXISTS (SELECT 1 FROM cases c WHERE"
                " c.cluster_id = posts.cluster_id AND c.closed_at < ?) AND collected_at < ?",
                [closed, closed],  # a claim that comes back after that brings young posts
            ).rowcount,
            "author_keys": db.conn.execute(
                "UPDATE posts SET author_key = '' WHERE collected_at < ? AND author_key <> ''",
                [old],
            ).rowcount,
            "faults": db.conn.execute("DELETE FROM faults WHERE at < ?", [old]).rowcount,
            "runs": db.conn.execute(
                "DELETE FROM crawl_runs WHERE started_at < ? AND id NOT IN"
                " (SELECT run_id FROM faults WHERE run_id IS NOT NULL)",
                [old],
            ).rowcount,
            "sign_ins": db.conn.execute("DELETE FROM sign_ins WHERE at < ?", [sign_ins]).rowcount,
        }
        db.conn.execute(
            "DELETE FROM clusters WHERE id NOT IN (SELECT cluster_id FROM posts"
            " WHERE cluster_id IS NOT NULL) AND id NOT IN (SELECT cluster_id FROM cases)"
        )
        if any(gone.values()):
            audit.append(db, officers.MACHINE, "store.expire", "store", gone)
        return gone
