"""What 今日 says of backups, of numbers that others gave, and of notices that a channel refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.config import BackupConfig
from models.publishing import notices, numbers, refusals
from models.store import Store
from models.upkeep import backup_folder

FRESH = timedelta(days=3)  # so long a number found elsewhere is an alarm; afterwards it is a fact
SHOWN = 3


@dataclass(frozen=True)
class Line:
    """One line of 系统. ``more`` stands below it where somebody has to look."""

    label: str
    word: str
    due: bool = False
    at: datetime | None = None
    more: tuple[str, ...] = ()


def lines(db: Store, rules: BackupConfig, now: datetime) -> list[Line]:
    found = [_backup(db, rules, now)]
    if refused := refusals.pending(db):
        rows = [(notices.get(db, row.notice_id), row) for row in refused[:SHOWN]]
        more = tuple(f"{notice.number}《{notice.title}》：{row.message}" for notice, row in rows)
        found.append(Line("渠道没有收", f"{len(refused)} 条通告被拒", True, None, more))
    if others := numbers.elsewhere(db):
        newest = max(each.seen_at for each in others if each.seen_at)
        due = now - newest < FRESH
        more = tuple(f"{each.number}《{each.title or '读不出'}》" for each in others[:SHOWN])
        word = f"渠道上有 {len(others)} 条本库没有，编号已让开"
        found.append(Line("通告编号", word, due, None, more if due else ()))
    return found


def _backup(db: Store, rules: BackupConfig, now: datetime) -> Line:
    last = backup_folder.last(db)
    if last is None:
        return Line("备份", "还没有备份过", bool(rules.folder))
    late = now - last[0] > timedelta(seconds=rules.alarm_after)
    if rules.folder and late:
        why = "太久没有一份可用的备份，看后台任务“备份”那一行，或运行 piyao backup"
        return Line("备份", "过时了", True, last[0], (why,))
    return Line("备份", "试恢复过，完好", False, last[0])
