"""The sources page: what is wrong first; one source with its runs and what could not be read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from desk.sources import health
from desk.web import DeskRequest, allow
from models.intake import runs, sources
from models.text import visible


@allow("see")
@require_safe
def listing(request: DeskRequest) -> HttpResponse:
    """All sources, worst first; JSON with ``format=json``."""
    found = health.worst_first(request.db)
    if request.GET.get("format") == "json":
        return JsonResponse({"sources": [twin(each) for each in found]})
    context = {
        "sources": found,
        "well": sum(each.tone == "" for each in found),
        "bad": sum(each.tone == "due" for each in found),
        "off": sum(each.tone == "off" for each in found),
    }
    return render(request, "sources/list.html", context)


@allow("see")
@require_safe
def detail(request: DeskRequest, name: str) -> HttpResponse:
    """One source: its newest runs, and its faults with the mend of each."""
    source = sources.get(request.db, name)
    faults = [
        (fault, visible(fault.raw[:1200].decode("utf-8", "replace")[:300]))
        for fault in runs.faults(request.db, name)
    ]
    context = {
        "health": health.of_source(request.db, source),
        "runs": runs.recent(request.db, name),
        "faults": faults,
    }
    return render(request, "sources/detail.html", context)


@allow("sources")
@require_POST
def pause(request: DeskRequest, name: str) -> HttpResponse:
    """Pause a source, or let it go on."""
    paused = request.POST.get("paused") == "1"
    source = sources.set_paused(request.db, name, paused, by=request.officer)
    messages.success(request, f"{source.label} 已{'暂停' if paused else '恢复'}采集。")
    return redirect("sources:list")


def twin(each: health.Health) -> dict[str, Any]:
    """One source as JSON."""
    last = each.last
    return {
        "name": each.source.name,
        "label": each.source.label,
        "kind": each.source.kind,
        "state": each.word,
        "last_run": last.started_at.isoformat() if last else None,
        "outcome": last.outcome if last else None,
        "message": each.message,
        "items": {"new": last.new, "updated": last.updated, "broken": last.broken} if last else {},
        "last_hour": each.last_hour,
        "usual_hour": round(each.usual_hour, 1),
    }
