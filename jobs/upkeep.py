"""What keeps the store in order: retention, the audit chain, rows left in flight."""

from __future__ import annotations

from jobs.shared import Desk
from models import audit
from models.errors import PiyaoError
from models.publishing import outbox
from models.store import Store
from models.upkeep import retention, wall_clock


def expire(desk: Desk, db: Store) -> None:
    """Forget what is due; not while the clock is doubted, which would say what is old."""
    if found := wall_clock.doubt(db):
        raise PiyaoError(
            f"系统时钟不可信（{found.word}），到期的帖文先不清理",
            mend="校准时间，或运行 piyao clock accept",
        )
    retention.expire(db, desk.config.retention)


def verify(desk: Desk, db: Store) -> None:
    """Recompute the audit chain; a broken link is loud."""
    if not (found := audit.verify(db)).ok:
        raise PiyaoError(f"审计链在第 {found.seq} 条断开（{found.message}）", mend="停用并查备份")


def watch(desk: Desk, db: Store) -> None:
    """The scheduler's own pulse, and rows that were in flight when somebody died."""
    outbox.recover(db, alive=desk.lease.holder)
