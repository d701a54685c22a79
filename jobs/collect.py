"""Visit a source."""

from __future__ import annotations

from crawler.visits import End
from jobs.shared import Desk, log
from models.errors import PiyaoError
from models.intake import runs, sources
from models.store import Store

COLLECT_TIMEOUT = 180.0
_BROKEN_OFF = {
    End.DIED: "采集这个来源的进程意外中断，已收的帖子都在；下次采集会补齐",
    End.LATE: "三分钟还没有采集完，已停下；已收的帖子都在，下次采集会补齐",
    End.STOPPED: "采集进程中断，已收的帖子都在；下次采集会补齐",
    End.UNBEGUN: "采集程序没能启动；请看日志，下次采集会再试",
}


def collect(desk: Desk, db: Store, name: str) -> None:
    """One visit to one source, in a process of its own: what it breaks is only itself."""
    if not sources.get(db, name).enabled:
        return
    visit = desk.visits.visit(name, desk.stop, COLLECT_TIMEOUT)
    if visit.end is not End.DONE:
        runs.break_off(db, name, _BROKEN_OFF[visit.end])
    last = runs.last(db, name)
    if visit.code == 0:
        if last and (last.new or last.updated):
            desk.wake("score")
    elif not desk.stop.is_set():
        log.warning("%s", visit.words or f"{name}: {visit.end.value}")
        raise PiyaoError(last.message if last and last.message else "采集没有成功", name)
