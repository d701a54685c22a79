"""One notice: its sentences with their evidence, its faces, and the steps that are left."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from desk import clock
from desk.cases import proof, timeline
from desk.cases.page import rated
from desk.review import sheet
from desk.review.drawings import DRAWINGS, Busy
from desk.review.forms import DraftForm, RefuseForm, RetractForm
from desk.review.history import history
from desk.review.sentences import sentences
from desk.web import DeskRequest, allow
from models import audit
from models.casework import cases, corrections, evidence, verdicts
from models.errors import NotFound, PiyaoError
from models.people import officers
from models.publishing import notices, reviews, revisions
from models.publishing.records import Notice, NoticeState
from models.ranking import spread
from notices import words
from notices.forms import image
from notices.forms import render as faces


@allow("see")
@require_safe
def page(request: DeskRequest, notice_id: int) -> HttpResponse:
    """The page of one notice."""
    return draw(request, notices.get(request.db, notice_id))


def draw(request: DeskRequest, notice: Notice, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "review/notice.html", context(request, notice, **more), status=status)


def context(request: DeskRequest, notice: Notice, **more: Any) -> dict[str, Any]:
    """All that ``review/notice.html`` shows. ``wrong`` and a form: what was not accepted."""
    db, officer, office = request.db, request.officer, settings.PIYAO.office
    case = cases.get(db, notice.case_id)
    items = evidence.of_case(db, case.id)
    labels = officers.labels(db)
    cards = proof.cards(items, labels)
    written = revisions.of_notice(db, notice)
    before = written[notice.revision - 2].draft if notice.revision > 1 else None
    steps = reviews.approvals(db, notice.id)
    verdict = verdicts.current(db, case.id) if notice.outcome else None
    unfit = image.faults(notice, office)
    blocked = {
        step: [*reviews.blockers(db, notice.id, officer, step), *unfit]
        for step in ("submit", "review", "approve")
    }
    adverse = [card for card in cards if card.item.adverse and card.item.withdrawn_at is None]
    changed = history(db, case.id, cards, labels)
    touched = reviews.hands(db, notice)
    widest = spread.wordings(db, case.cluster_id, 1)
    entries = [
        entry
        for entry in audit.of_object(db, f"case:{case.id}", 400)
        if entry.detail.get("notice") == notice.id
    ]
    can = abilities(request, notice, blocked)
    return {
        "notice": notice,
        "owed": [
            (each, clock.left(each.due_at, request.now, each.since))
            for each in corrections.of_case(db, case.id)
            if each.notice_id == notice.id
        ],
        "case": case,
        "title": words.said(notice, notice.title),
        "approved": rated(notice),
        "sentences": sentences(notice, cards, before),
        "before": notice.revision - 1 if before else 0,
        "refusal": next((t for t in sheet.taken(steps, notice, labels) if t.word == "退回"), None)
        if notice.state is NoticeState.DRAFT
        else None,
        "adverse": adverse,
        "spread": widest[0] if widest else None,
        "changed": changed,
        "must_see": sheet.must_see(
            notice.revision, len(adverse) + changed.against, changed.summary
        ),
        "channels": sheet.channels(),
        "sendings": sheet.sendings(db, notice),
        "hands": sheet.hands(
            notice, verdict, items, [each.edited_by for each in written], touched, labels
        ),
        "seats": sheet.seats(
            notice,
            steps,
            officer,
            labels,
            fields=changed.fields,
            agreed=reviews.agreed(db, notice),
            may_approve=can["approve"],
            may_review=can["review"],
        ),
        "taken": sheet.taken(steps, notice, labels),
        "blocked": blocked,
        "can": can,
        "whose": whose(notice, case.hazard),
        "stuck": reviews.stuck(db, notice),
        "unfit": sheet.unfit(notice),
        "text": faces.text(notice, office),
        "html": faces.preview_html(notice, office),
        "public": public_page(notice),
        "events": timeline.events(entries, labels, items),
        "draft_form": DraftForm.of(notice, cards),
        "refuse_form": RefuseForm(),
        "retract_form": RetractForm(),
        "touched": touched.get(officer.id, ""),
        **more,
    }


def abilities(
    request: DeskRequest, notice: Notice, blocked: dict[str, list[str]]
) -> dict[str, bool]:
    """Which buttons this officer gets now."""
    officer = request.officer
    return {
        "edit": officers.may(officer, "draft") and notice.state.editable,
        "submit": not blocked["submit"],
        "review": not blocked["review"],
        "approve": not blocked["approve"],
        "refuse": officers.may(officer, "refuse") and notice.state is NoticeState.IN_REVIEW,
        "retract": officers.may(officer, "retract") and notice.state.issued,
    }


def whose(notice: Notice, hazard: bool) -> str:
    """One line: who can take the next step."""
    if notice.state is NoticeState.DRAFT:
        return "改稿：核查员、发布员；送审：核查员"
    if notice.state is NoticeState.IN_REVIEW:
        return "批准：没有经手本案的发布员" + ("；先要同专业的核查员复核" if hazard else "")
    return "撤回：核查员、发布员，一个人就够" if notice.state.issued else ""


def public_page(notice: Notice) -> str:
    """The address the public reads, once it was sent."""
    if notice.state not in (NoticeState.PUBLISHED, NoticeState.RETRACTED) or not notice.number:
        return ""
    base = settings.PIYAO.public.base_url.rstrip("/") or "/site"
    return f"{base}/n/{words.slug(notice.number)}.html"


@allow("see")
@require_safe
def picture(request: DeskRequest, notice_id: int) -> HttpResponse:
    """The notice as the image it will be; before approval its strip says 草稿."""
    notice = notices.get(request.db, notice_id)
    shape = "square" if request.GET.get("shape") == "square" else "long"
    try:
        body = DRAWINGS.image(notice, settings.PIYAO.office, shape, request.officer.id)
    except Busy as error:
        later = HttpResponse(WAIT, content_type="image/svg+xml", status=503)
        later["Retry-After"] = str(error.seconds)
        later._has_been_logged = True  # its turn will come: no error
        return later
    except PiyaoError as error:
        raise NotFound(f"图画不出来：{error.what}", mend=error.mend) from error
    return HttpResponse(body, content_type="image/png")


# in the place of a picture that is not drawn yet: browsers show it whatever its status
WAIT = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1080 1350"><rect width="1080" height="1350"'
    ' fill="#888" opacity=".15"/><text x="540" y="675" font-size="56" text-anchor="middle"'
    ' fill="#888">别的图还在画，过几秒就到</text></svg>'
).encode()
