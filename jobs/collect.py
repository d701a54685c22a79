"""Visit a source."""

from __future__ import annotations

from crawler.visits import End
from jobs.shared import Desk, log
from models.errors import PiyaoError
from models.intake import runs, sources
from models.store import Store

COLLECT_TIMEOUT = 180.0
_MADE_ROOM = "采集很慢，先让给别的来源；已收的帖子都在，下次排在慢的来源里，会补齐"
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
    with desk.lanes.enter(name, COLLECT_TIMEOUT) as turn:
        visit = desk.visits.visit(name, desk.stop, COLLECT_TIMEOUT, turn.limit)
    desk.move(f"collect:{name}", name in desk.lanes.known)
    if visit.end is End.LATE and not turn.slow:
        runs.break_off(db, name, _MADE_ROOM)
        raise PiyaoError(_MADE_ROOM, name)
    if visit.end is not End.DONE:
        runs.break_off(db, name, _BROKEN_OFF[visit.end])
    last = runs.last(db, name)
    if visit.code == 0:
        if last and (last.new or last.updated):
            desk.wake("score")
    elif not desk.stop.is_set():
        log.warning("%s", visit.words or f"{name}: {visit.end.value}")
        raise PiyaoError(last.message if last and last.message else "采集没有成功", name)
