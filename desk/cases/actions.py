"""The steps on a case. Each is a plain POST form; what is not allowed is refused in ``models``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django import forms as django_forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from desk import last_step
from desk.cases import forms
from desk.cases.page import context, evidence_of, find_case
from desk.web import DeskRequest, View, allow, back
from models.casework import cases, closings, evidence
from models.casework.records import Case, CaseState
from models.errors import Conflict, RuleBroken
from models.learning import withdrawals
from models.publishing import notices as notice_store
from notices.drafting import first_draft

Move = Callable[..., Any]  # of models: (db, case_id, version, *, by, …)
Said = Callable[[Case, dict[str, Any]], str]  # what the officer is told once it is done


def to_page(case: Case, part: str = "") -> HttpResponse:
    """Back to the case, at one of its parts."""
    return HttpResponseRedirect(reverse("cases:page", args=[case.number]) + part)


def redraw(
    request: DeskRequest, case: Case, name: str, form: django_forms.Form, status: int = 422
) -> HttpResponse:
    """The page again with what was typed, the form open and its faults named."""
    shown = context(request, case, wrong=name, **{f"{name}_form": form})
    return render(request, "cases/case.html", shown, status=status)


def form_step(action: str, name: str, form: type[forms.StepForm], move: Move, said: Said) -> View:
    """The view of a step with a form, whose fields are the arguments of ``move``: done and back to the
    case, or the page again with what is wrong. ``action``: who may; ``name``: of the form on the page."""

    def view(request: DeskRequest, number: str) -> HttpResponse:
        case, filled = find_case(request.db, number), form(request.POST)
        if not filled.is_valid():
            return redraw(request, case, name, filled)
        found = filled.cleaned_data
        try:
            move(request.db, case.id, **found, by=request.officer)
        except (RuleBroken, Conflict) as error:
            filled.add_error(None, error.in_words)
            fresh = find_case(request.db, case.number)
            return redraw(request, fresh, name, filled, 409 if isinstance(error, Conflict) else 422)
        messages.success(request, said(case, found))
        return to_page(case)

    return allow(action)(require_POST(view))


def moved(request: DeskRequest, number: str, move: Move) -> Case:
    """The case after a step that asks nothing but the version the officer was looking at."""
    case = find_case(request.db, number)
    return cast(Case, move(request.db, case.id, version(request), by=request.officer))


def version(request: DeskRequest) -> int | None:
    form = forms.StepForm(request.POST)
    return form.cleaned_data["version"] if form.is_valid() else None


@allow("claim")
@require_POST
def claim(request: DeskRequest, number: str) -> HttpResponse:
    """领取; the first of two officers wins."""
    case = moved(request, number, cases.claim)
    last_step.offer(request, "claim", case, f"已领取 {case.number}")
    return to_page(case)


@allow("claim")
@require_POST
def release(request: DeskRequest, number: str) -> HttpResponse:
    """放回队列."""
    case = moved(request, number, cases.release)
    messages.success(request, f"{case.number} 已放回队列。")
    return to_page(case)


@allow("claim")
@require_POST
def wait(request: DeskRequest, number: str) -> HttpResponse:
    """待补证."""
    case = moved(request, number, cases.wait_for_evidence)
    messages.success(request, f"{case.number} 转为待补证。")
    return to_page(case)


def dismissed(request: DeskRequest, case: Case, form: forms.DismissForm) -> Case:
    """The case after 不立案; where it takes a second person, told so and back in the queue."""
    found = form.cleaned_data
    case = closings.dismiss(
        request.db, case.id, found["version"], reason=found["reason"], by=request.officer
    )
    if case.state is not CaseState.DISMISSED:
        word = cases.DISMISS_REASONS[found["reason"]]
        messages.success(
            request, f"{case.number} 已提议不立案（{word}），还没有结束：等另一位同事看过同意。"
        )
    return case


@allow("dismiss")
@require_POST
def dismiss(request: DeskRequest, number: str) -> HttpResponse:
    """不立案, with a reason; undone by ``z`` or on the case. Where it takes two: proposed, or agreed to."""
    case = find_case(request.db, number)
    form = forms.DismissForm(request.POST)
    if not form.is_valid():
        return redraw(request, case, "dismiss", form)
    case = dismissed(request, case, form)
    if case.state is CaseState.DISMISSED:
        last_step.offer(request, "dismiss", case, f"{case.number} 已不立案")
    return HttpResponseRedirect(back(request, reverse("cases:page", args=[case.number])))


@allow("dismiss")
@require_POST
def restore(request: DeskRequest, number: str) -> HttpResponse:
    """撤销不立案."""
    case = moved(request, number, cases.restore)
    last_step.forget(request)
    messages.success(request, f"{case.number} 回到队列。")
    return to_page(case)


# 重新核查, on new evidence; drafts that are not out yet become void
reopen = form_step(
    "decide",
    "reopen",
    forms.ReopenForm,
    cases.reopen,
    lambda case, _: f"{case.number} 重新核查，未发出的稿子作废。",
)

# 改写说法
reword = form_step(
    "reword", "reword", forms.RewordForm, cases.reword, lambda *_: "说法已改写，机器不再改动它。"
)

# The kind of harm; a hazard topic never becomes an ordinary one
topic = form_step(
    "lead",
    "topic",
    forms.TopicForm,
    cases.set_topic,
    lambda _, found: f"改为{found['topic'].label}类。",
)

# 预警线索转主管部门
lead = form_step(
    "lead", "lead", forms.LeadForm, cases.send_lead, lambda _, found: f"预警线索已转{found['to']}。"
)

# 留样状态 of a hazard topic
sample = form_step(
    "lead",
    "sample",
    forms.SampleForm,
    cases.set_sample_status,
    lambda _, found: f"留样状态：{found['status']}。",
)


FIELDS = {  # of the form: where a rule's words stand
    "refutes": "refutes",
    "evidence-original": "original",
    "upload-quota": "original",
    "upload-disk": "original",
}
TOO_MUCH = {"upload-quota": 429, "upload-disk": 507}


@allow("evidence")
@require_http_methods(["GET", "HEAD", "POST"])
def add_evidence(request: DeskRequest, number: str) -> HttpResponse:
    """Attach one item; on a fault the page comes back with all that was typed."""
    case = find_case(request.db, number)
    if request.method != "POST":
        return redraw(request, case, "evidence", forms.EvidenceForm(), status=200)
    form = forms.EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        return redraw(request, case, "evidence", form)
    try:
        site = settings.PIYAO.public.base_url
        item = evidence.add(request.db, case.id, **form.item(), own_site=site, by=request.officer)
    except RuleBroken as error:
        form.add_error(FIELDS.get(error.rule), error.in_words)
        return redraw(request, case, "evidence", form, TOO_MUCH.get(error.rule, 422))
    beside = f"只作旁证：{item.uncounted}"
    weight = "计入" if item.counts else "对结论不利" if item.adverse else beside
    messages.success(request, f"已添加证据，{weight}。")
    return to_page(case, "#evidence")


@allow("evidence")
@require_POST
def withdraw(request: DeskRequest, number: str, item: int) -> HttpResponse:
    """Take an item out of the count; it stays readable. Another's goes with a reason only."""
    case = find_case(request.db, number)
    found = evidence_of(request.db, case, item)
    form = forms.WithdrawForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        evidence.withdraw(request.db, found.id, reason=reason, by=request.officer)
    except RuleBroken as error:
        form.add_error("reason", error.in_words)
        shown = context(request, case, wrong="withdraw", withdraw_form=form, withdrawing=found.id)
        return render(request, "cases/case.html", shown, status=422)
    messages.success(request, "证据已撤下，仍可查看；依据它的批准作废。")
    return to_page(case, "#evidence")


# 撤下样例, with a reason: the verdict stands, the model does not learn from it
unteach = form_step(
    "decide",
    "lesson",
    forms.LessonForm,
    withdrawals.withdraw,
    lambda *_: "已撤下，下次更新模型起不再学它；可以放回。",
)


@allow("decide")
@require_POST
def put_back(request: DeskRequest, number: str) -> HttpResponse:
    """放回样例, from the case or from the list of 模型."""
    case = find_case(request.db, number)
    withdrawals.put_back(request.db, case.id, version(request), by=request.officer)
    messages.success(request, f"{case.number} 已放回，下次更新模型时学它。")
    return HttpResponseRedirect(back(request, reverse("cases:page", args=[case.number])))


@allow("draft")
@require_POST
def draft(request: DeskRequest, number: str) -> HttpResponse:
    """Start the notice that the verdict allows, or 正在核实 while there is none."""
    case = find_case(request.db, number)
    with request.db.atomic():
        found = first_draft.write(request.db, case, settings.PIYAO.office, request.now)
        notice = notice_store.start(request.db, case.id, found, by=request.officer)
    messages.success(request, f"已起草{notice.kind.label}。")
    return HttpResponseRedirect(reverse("review:notice", args=[notice.id]))
