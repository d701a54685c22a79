"""What one person may upload in a day, and how much of the disk stays free for casework."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from models.china_time import day
from models.config import UploadsConfig
from models.errors import RuleBroken
from models.roles import Officer
from models.store import Store, now

MB = 2**20
SMALL = 64 * 2**10  # bytes; a disk that is nearly full still takes so much


@dataclass(frozen=True)
class Uploads:
    """How many files, and their bytes."""

    files: int
    bytes: int

    @property
    def mb(self) -> int:
        return self.bytes // MB


def set_limits(db: Store, limits: UploadsConfig) -> None:
    """Make the store's limits the configured ones."""
    wanted = {
        "files": limits.files_a_day,
        "bytes": limits.mb_a_day * MB,
        "keep_free": limits.keep_free_mb * MB,
    }
    with db.atomic():
        if db.row("SELECT files, bytes, keep_free FROM upload_limits") != wanted:
            db.update("upload_limits", 1, wanted)


def left(db: Store, officer: Officer) -> Uploads:
    """What an officer may still upload today."""
    most, done = _limit(db), _done(db, officer)
    return Uploads(max(0, most.files - done.files), max(0, most.bytes - done.bytes))


def check(db: Store, officer: Officer, size: int) -> None:
    """Raise ``RuleBroken`` where a file of ``size`` bytes is too much for the day, or for the disk."""
    most, done = _limit(db), _done(db, officer)
    if done.files >= most.files or done.bytes + size > most.bytes:
        rest = max(0, most.bytes - done.bytes) / MB
        raise RuleBroken(
            "upload-quota",
            f"今天已传 {done.files} 个文件、{done.mb} MB；一人一天最多 {most.files} 个、{most.mb} MB，"
            f"只剩 {max(0, most.files - done.files)} 个、{rest:.1f} MB",
            "传小一些的，写出处地址，请同事传，或明天再传",
        )
    free = shutil.disk_usage(db.path.parent).free
    if size > SMALL and free - size < db.value("SELECT keep_free FROM upload_limits"):
        raise RuleBroken(
            "upload-disk",
            f"磁盘只剩 {free // MB} MB，暂不收文件，别的工作照常",
            "写出处地址，原件先留着；请技术人员腾出空间",
        )


def _limit(db: Store) -> Uploads:
    row = db.row("SELECT files, bytes FROM upload_limits")
    assert row is not None  # noqa: S101  (the migration wrote it)
    return Uploads(row["files"], row["bytes"])


def _done(db: Store, officer: Officer) -> Uploads:
    row = db.row(
        "SELECT count(*) AS files, coalesce(sum(bytes), 0) AS bytes FROM uploads"
        " WHERE officer_id = ? AND day = ?",
        officer.id,
        day(now()),
    )
    assert row is not None  # noqa: S101  (an aggregate)
    return Uploads(row["files"], row["bytes"])
