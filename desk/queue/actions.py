"""The steps an officer takes from the queue: claim, put back, dismiss, and undo the last of them."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from desk import last_step
from desk.cases import ending
from desk.cases.actions import dismissed
from desk.cases.forms import DismissForm, StepForm
from desk.queue.filters import Filters
from desk.queue.rows import row
from desk.templatetags.piyao import shown
from desk.web import DeskRequest, allow, back
from models.casework import cases, holding
from models.casework.records import Case, CaseState
from models.errors import RuleBroken
from models.learning import editions
from models.people import officers


@allow("claim")
@require_POST
def claim(request: DeskRequest, case_id: int) -> HttpResponse:
    """Take the case and open it."""
    case = cases.claim(request.db, case_id, _version(request), by=request.officer)
    last_step.offer(request, "claim", case, f"已领取“{short(request, case)}”")
    return go(request, f"/cases/{case.number}/")


@allow("claim")
@require_POST
def release(request: DeskRequest, case_id: int) -> HttpResponse:
    """Put the case back into the queue."""
    case = cases.release(request.db, case_id, _version(request), by=request.officer)
    messages.success(request, f"{case.number} 已放回队列。")
    return go(request, back(request, f"/queue/?case={case.id}"))


@allow("dismiss")
@require_http_methods(["GET", "HEAD", "POST"])
def dismiss(request: DeskRequest, case_id: int) -> HttpResponse:
    """不立案 with one of six reasons. With htmx only the row greys and the selection moves on.

    Where it takes two and nobody proposed it yet, the officer is led to the case, which says so.
    """
    form = DismissForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        case = dismissed(request, cases.get(request.db, case_id), form)
        if case.state is not CaseState.DISMISSED:
            return go(request, f"/cases/{case.number}/")
        last_step.offer(request, "dismiss", case, f"“{short(request, case)}”已不立案")
        if request.htmx and request.POST.get("in") == "list":
            return _row_changed(request, case, done=True)
        return go(request, back(request, "/queue/"))
    case = cases.get(request.db, case_id)
    context = {
        "case": case,
        "form": form,
        "reasons": cases.DISMISS_REASONS.items(),
        "takes_two": holding.takes_two(request.db, case, request.officer),
        "proposed": ending.lines(request.db, case, officers.labels(request.db)),
        "next": back(request, "/queue/"),
        "area": "queue",
    }
    status = 422 if form.is_bound else 200
    return render(request, "queue/dismiss.html", context, status=status)


@allow("claim", "dismiss")
@require_POST
def undo(request: DeskRequest) -> HttpResponse:
    """Take back the last step of this session."""
    last = last_step.offered(
        request
    )  # an old tab still shows the offer; the step may be others' by now
    last_step.forget(request)
    if not last:
        raise RuleBroken("nothing-to-undo", "没有可以撤销的一步", "更早的步骤在案件的经过里改")
    steps = {"dismiss": cases.restore, "claim": cases.release}
    case = steps[last["step"]](request.db, last["case"], None, by=request.officer)
    if request.htmx:
        return _row_changed(request, case, done=False)
    messages.success(request, f"已撤销，{case.number} 回到队列。")
    return go(request, f"/queue/?case={case.id}")


def short(request: DeskRequest, case: Case) -> str:
    """The beginning of the claim, to name it in one line."""
    claim = shown(case.claim, request.officer)
    return claim if len(claim) <= 14 else f"{claim[:13]}…"


def _row_changed(request: DeskRequest, case: Case, *, done: bool) -> HttpResponse:
    """The row as it stands now, out of band, and the undo line as the answer proper."""
    labels, rate = officers.labels(request.db), editions.base_rate(request.db)
    context = {
        "row": row(request.db, case, request.officer, request.now, labels, rate),
        "oob": True,
        "filters": Filters(),
        "query": "?",
        "undo": request.session.get("undo") if done else None,
        "undone": "" if done else f"已撤销，{case.number} 回到队列",
    }
    response = render(request, "queue/_row_changed.html", context)
    event = {"piyao:done" if done else "piyao:undone": {"case": case.id}}
    response["HX-Trigger-After-Settle"] = json.dumps(event)
    return response


def _version(request: DeskRequest) -> int | None:
    form = StepForm(request.POST)
    return form.cleaned_data["version"] if form.is_valid() else None


def go(request: DeskRequest, target: str) -> HttpResponse:
    """To another page; htmx is told to change the whole page."""
    return HttpResponseClientRedirect(target) if request.htmx else HttpResponseRedirect(target)
