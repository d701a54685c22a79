"""The case page, its posts and its log."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from desk.cases import presence, timeline
from desk.cases.page import context, find_case, shown_posts
from desk.web import DeskRequest, allow
from models import audit
from models.casework import evidence
from models.people import officers


@allow("see")
@require_safe
def page(request: DeskRequest, number: str) -> HttpResponse:
    """One case, everything in sight."""
    case = find_case(request.db, number)
    if number != case.number:
        return HttpResponseRedirect(reverse("cases:page", args=[case.number]))
    others = presence.seen(case.id, request.officer, request.now)
    return render(request, "cases/case.html", context(request, case, others=others))


@allow("see")
@require_safe
def pulse(request: DeskRequest, number: str) -> HttpResponse:
    """What happened since the page was drawn: one line to click, or 204. Replaces nothing else."""
    case = find_case(request.db, number)
    others = presence.seen(case.id, request.officer, request.now)
    last = audit.of_object(request.db, f"case:{case.id}", 1)
    seq = request.GET.get("seq", "")
    fresh = last[0] if last and seq.isdigit() and last[0].seq > int(seq) else None
    if fresh is None and request.GET.get("others", "") == ",".join(others):
        return HttpResponse(status=204)
    labels = officers.labels(request.db)
    said = timeline.events([fresh], labels, evidence.of_case(request.db, case.id)) if fresh else ()
    return render(
        request,
        "cases/_pulse.html",
        {"case": case, "event": said[0] if said else None, "others": others, "seq": seq},
    )


@allow("see")
@require_safe
def all_posts(request: DeskRequest, number: str) -> HttpResponse:
    """Every post of the claim as text: source and time, nothing of who wrote it."""
    case = find_case(request.db, number)
    found = shown_posts(request.db, case, 200)
    return render(request, "cases/posts.html", {"case": case, "posts": found})


@allow("see")
@require_safe
def log(request: DeskRequest, number: str) -> HttpResponse:
    """经过 in full, with the entries' hashes."""
    case = find_case(request.db, number)
    entries = audit.of_object(request.db, f"case:{case.id}", 1000)
    labels = officers.labels(request.db)
    events = timeline.events(entries, labels, evidence.of_case(request.db, case.id))
    hashes = {entry.seq: entry.hash for entry in entries}
    rows = [(event, hashes[event.seq]) for event in events]
    return render(request, "cases/log.html", {"case": case, "rows": rows})
