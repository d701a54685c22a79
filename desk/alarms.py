"""What every page says aloud: the clock of the desk gives no sign of life, or its time is doubted."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from desk import clock
from desk.web import DeskRequest, allow
from models.store import Store
from models.upkeep import wall_clock
from models.upkeep.heartbeat import Watch

WATCH = Watch()  # what this process has seen of the clock


def said(db: Store, now: datetime) -> list[str]:
    """The alarms as sentences, the worst first; none where all is well."""
    found = []
    if since := WATCH.silent_since(db):
        found.append(
            f"后台时钟从 {clock.when(since, now)} 起没有动静：采集、打分、立案和发布都停着，页面上的数字是旧的。"
            "系统会自动重启它；几分钟后仍这样，请告诉管理员。"
        )
    if doubt := wall_clock.doubt(db):
        found.append(
            f"系统时钟{doubt.word}，不可信：先按原来的时间往下走，到期的帖文和记录一律不清理。"
            "请管理员校准时间；确认时间无误，就运行 piyao clock accept。"
        )
    return found


@allow("see")
@require_safe
def page(request: DeskRequest) -> HttpResponse:
    """The alarms alone, for a page that stays open."""
    return render(request, "_alarms.html")
