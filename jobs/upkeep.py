"""What keeps the store in order: retention, the audit chain, rows left in flight."""

from __future__ import annotations

from jobs.shared import Desk
from models.errors import PiyaoError
from models.publishing import outbox
from models.replay import Verification
from models.store import Store
from models.upkeep import retention, wall_clock
from notices import proof


def expire(desk: Desk, db: Store) -> None:
    """Forget what is due; not while the clock is doubted, which would say what is old."""
    if found := wall_clock.doubt(db):
        raise PiyaoError(
            f"系统时钟不可信（{found.word}），到期的帖文先不清理",
            mend="校准时间，或运行 piyao clock accept",
        )
    retention.expire(db, desk.config.retention)


def verify(desk: Desk, db: Store) -> None:
    """Replay the audit log against the tables and the heads kept elsewhere; what differs is loud."""
    _loud(proof.prove(db, desk.config, pages=False))


def check_file(desk: Desk, db: Store) -> None:
    """Once a day every page of the file as well: a disk may forget a bit."""
    _loud(proof.prove(db, desk.config))


def _loud(found: Verification) -> None:
    if not found.ok:
        said = "；".join(each.in_words for each in found.findings[:3])
        raise PiyaoError(
            f"核对操作记录发现 {len(found.findings)} 处不符：{said}", mend="停用并查备份"
        )


def watch(desk: Desk, db: Store) -> None:
    """The scheduler's own pulse, and rows that were in flight when somebody died."""
    outbox.recover(db, alive=desk.lease.holder)
