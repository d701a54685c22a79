"""今日: one sentence, five numbers, the most urgent, what kind, and the system."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from desk import alarms, clock
from desk.accounts import told
from desk.model import views as drift
from desk.queue.rows import rows
from desk.sources import health
from desk.today import upkeep
from desk.web import DeskRequest, allow
from models import audit
from models.casework import corrections, queue
from models.intake import posts
from models.publishing import notices, outbox
from models.publishing.records import Delivery, NoticeState
from models.upkeep import jobs
from models.upkeep.jobs import Job

MOST_URGENT = 5
WIDTH = 200
JOBS = {  # by the names that the clock gives them
    "collect": "采集",
    "score": "打分归并",
    "queue": "立案",
    "recognise": "认出旧说法",
    "neighbours": "找说同一件事的案件",
    "draft": "起草",
    "publish": "发布",
    "numbers": "核对编号",
    "backup": "备份",
    "renew": "模型学习",
    "settle": "模型学日常帖",
    "expire": "清理旧帖",
    "verify": "核对操作记录",
    "heads": "留存记录指纹",
    "check_file": "检查数据文件",
    "watch": "接续中断的发布",
}


@allow("see")
@require_safe
def page(request: DeskRequest) -> HttpResponse:
    """Everything from the store; every number links to its cases."""
    counts = queue.counts(request.db, request.officer)
    found = queue.cases(request.db, "todo", officer=request.officer, limit=500)
    sources = health.worst_first(request.db)
    topics = Counter(case.topic for case in found).most_common(6)
    most = topics[0][1] if topics else 1
    out = notices.in_states(request.db, NoticeState.PUBLISHED, limit=500)
    head = audit.newest(request.db, 1)
    silent = alarms.WATCH.silent_since(request.db)
    context: dict[str, Any] = {
        "counts": counts,
        "urgent": rows(request.db, found[:MOST_URGENT], request.officer, request.now),
        "topics": [(topic, count, round(count / most * WIDTH)) for topic, count in topics],
        "published": out[:5],
        "published_count": len(out),
        "owed": [
            (each, clock.left(each.due_at, request.now, each.since))
            for each in corrections.owed(request.db)
        ],
        "unknown": outbox.in_state(request.db, Delivery.UNKNOWN),
        "bad_sources": [each for each in sources if each.tone == "due"],
        "sources": sources,
        "flooding": [each for each in sources if each.word == health.FLOODS],
        "jobs": [pulse(job, request.now, silent) for job in jobs.all(request.db)],
        "posts": posts.count(request.db),
        "drift": drift.state(request.db, request.now),
        "upkeep": upkeep.lines(request.db, settings.PIYAO.backup, request.now),
        "head": head[0] if head else None,
        "account_changes": [
            line for line in told.unseen(request.db, request.officer) if not line.own
        ],
    }
    context["overdue"] = [line for line in context["upkeep"] if line.due]
    context["failing"] = [job for job in context["jobs"] if job["tone"] == "due"]
    return render(request, "today/page.html", context)


LONG = timedelta(minutes=10)  # a visit and a batch of scoring end within minutes
MISSED = 3  # ticks of a job, and a little more: from then on it is late


def pulse(job: Job, now: datetime, silent: datetime | None = None) -> dict[str, Any]:
    """One job of the clock, in words. ``silent``: since when the whole clock gives no sign of life."""
    running = job.started_at and (job.finished_at is None or job.finished_at < job.started_at)
    last = max(filter(None, (job.started_at, job.finished_at)), default=now)
    if silent:
        word, tone = f"从 {clock.when(silent, now)} 起没有动静", "due"
    elif job.failures:
        word, tone = f"连续失败 {job.failures} 次", "due"
    elif running and job.started_at:
        late = now - job.started_at > LONG
        since = f"从 {clock.when(job.started_at, now)} 起没有跑完，已 {clock.hours(now - job.started_at)}"
        word, tone = (since, "due") if late else ("正在跑", "")
    elif job.every and now - last > MISSED * timedelta(seconds=job.every) + timedelta(minutes=2):
        word, tone = f"从 {clock.when(last, now)} 起没有再跑", "due"
    else:
        word, tone = "正常", ""
    name, _, rest = job.name.partition(":")
    label = f"{JOBS.get(name, name)} {rest}".strip()
    return {"job": job, "label": label, "word": word, "tone": tone, "at": job.finished_at}
