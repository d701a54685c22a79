"""The steps on a notice. None has a key: button, then (later) a one-time code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from desk.cases import proof
from desk.review import forms
from desk.review.notice import draw
from desk.web import DeskRequest, allow, back
from models.casework import evidence
from models.errors import Conflict, InputError, RuleBroken
from models.people import officers
from models.publishing import (
    notices,
    outbox,
    retractions,
    reviews,
)
from models.publishing.records import Notice
from notices import numbering
from notices.forms import image


def to_notice(notice_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("review:notice", args=[notice_id]))


@allow("draft")
@require_POST
def edit(request: DeskRequest, notice_id: int) -> HttpResponse:
    """Save a wording as the next draft; on a fault or a conflict everything typed is kept."""
    notice = notices.get(request.db, notice_id)
    items = evidence.of_case(request.db, notice.case_id)
    cards = proof.cards(items, officers.labels(request.db))
    form = forms.DraftForm(request.POST, cards=cards)
    if not form.is_valid():
        return draw(request, notice, 422, draft_form=form, wrong="draft")
    try:
        made = notices.edit(
            request.db,
            notice_id,
            form.cleaned_data["revision"],
            form.draft(notice.kind),
            by=request.officer,
        )
    except Conflict as error:
        form.add_error(None, f"{error.what}。上面是现在的稿子，下面是你写的；{error.mend}")
        form.data = form.data.copy()
        form.data["revision"] = str(notice.revision)
        return draw(request, notice, 409, draft_form=form, wrong="draft")
    except RuleBroken as error:
        form.add_error(None, error.in_words)
        return draw(request, notice, 422, draft_form=form, wrong="draft")
    messages.success(request, f"已存为第 {made.revision} 稿。")
    return to_notice(notice_id)


Step = Callable[..., Notice]


def bound(request: DeskRequest, notice_id: int, step: Step, said: str) -> HttpResponse:
    """A step on exactly the text that was seen; ``models.publishing.notices`` asks the rest."""
    form = forms.HashForm(request.POST)
    if not form.is_valid():
        raise InputError("没有带上本稿的指纹，没有办", mend="回到通告页，看过再做一次")
    if unfit := image.faults(notices.get(request.db, notice_id), settings.PIYAO.office):
        raise InputError("；".join(unfit), "通告", "改好再送审或批准")
    step(request.db, notice_id, form.cleaned_data["hash"], by=request.officer)
    messages.success(request, said)
    return to_notice(notice_id)


@allow("submit")
@require_POST
def submit(request: DeskRequest, notice_id: int) -> HttpResponse:
    """送审."""
    return bound(request, notice_id, reviews.submit, "已送审，等别人审核。")


@allow("review")
@require_POST
def review(request: DeskRequest, notice_id: int) -> HttpResponse:
    """专业复核, of a hazard topic."""
    return bound(request, notice_id, reviews.review, "专业复核已同意。")


@allow("approve")
@require_POST
def approve(request: DeskRequest, notice_id: int) -> HttpResponse:
    """批准本稿: the number and the outbox follow. What the channels hold is counted first."""
    numbering.look(request.db, settings.PIYAO)
    return bound(request, notice_id, reviews.approve, "已批准，正在发往各渠道。")


@allow("refuse")
@require_POST
def refuse(request: DeskRequest, notice_id: int) -> HttpResponse:
    """退回，写理由."""

    def step(found: dict[str, Any]) -> None:
        reviews.refuse(
            request.db, notice_id, found["hash"], reason=found["reason"], by=request.officer
        )

    form = forms.RefuseForm(request.POST)
    return with_reason(request, notice_id, "refuse", form, step, "已退回，理由已写给起草人。")


@allow("retract")
@require_POST
def retract(request: DeskRequest, notice_id: int) -> HttpResponse:
    """撤回: stopping takes one person."""

    def step(found: dict[str, Any]) -> None:
        retractions.retract(request.db, notice_id, reason=found["reason"], by=request.officer)

    form = forms.RetractForm(request.POST)
    return with_reason(
        request, notice_id, "retract", form, step, "已撤回，正在送到发过的每个渠道。"
    )


def with_reason(
    request: DeskRequest,
    notice_id: int,
    name: str,
    form: django_forms.Form,
    step: Callable[[dict[str, Any]], None],
    said: str,
) -> HttpResponse:
    """A step that needs a sentence; on a fault the page comes back with it."""
    notice = notices.get(request.db, notice_id)
    if not form.is_valid():
        return draw(request, notice, 422, wrong=name, **{f"{name}_form": form})
    try:
        step(form.cleaned_data)
    except RuleBroken as error:
        form.add_error(None, error.in_words)
        return draw(request, notice, 422, wrong=name, **{f"{name}_form": form})
    messages.success(request, said)
    return to_notice(notice_id)


@allow("settle")
@require_POST
def resolve(request: DeskRequest, row: int) -> HttpResponse:
    """结果不明: a person says whether it went out. 未发 queues it again."""
    form = forms.ResolveForm(request.POST)
    publication = outbox.get(request.db, row)
    if not form.is_valid():
        words = "；".join(str(error[0]) for error in form.errors.values())
        raise InputError(words, mend="回上一页补上")
    found = form.cleaned_data
    outbox.resolve(request.db, row, sent=found["sent"], note=found["note"], by=request.officer)
    messages.success(request, "记为已发。" if found["sent"] else "记为未发，重新排队发送。")
    target = back(request, reverse("review:notice", args=[publication.notice_id]))
    return HttpResponseRedirect(target)
