"""The lists: 待审, what waits for whom; 通告, what went out and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from desk.cases import ending
from desk.cases.page import rated
from desk.review.sheet import Sending, sending
from desk.web import DeskRequest, allow
from models.casework import queue
from models.casework.records import Case
from models.people import officers
from models.publishing import notices, outbox, reviews
from models.publishing.records import Delivery, Notice, NoticeState
from models.roles import Officer
from models.store import Store
from notices import words


@dataclass(frozen=True)
class Line:
    """One notice on a list."""

    notice: Notice
    case: Case
    title: str  # under the law of the word
    touched: str  # 核查 07 送审, 机器 起草
    mine: str  # what this officer may do with it now; "" = nothing
    sendings: tuple[Sending, ...]
    rated: bool  # its verdict may show in its colour


def lines(db: Store, found: Sequence[Notice], officer: Officer) -> list[Line]:
    """These notices as a list shows them; their cases and sendings are read together."""
    labels = officers.labels(db)
    about = queue.of_ids(db, [each.case_id for each in found])
    out = outbox.of_notices(db, [each.id for each in found])
    return [
        Line(
            notice,
            about[notice.case_id],
            words.said(notice, notice.title),
            _touched(notice, labels),
            mine(db, notice, officer),
            tuple(sending(row) for row in out[notice.id]),
            rated(notice),
        )
        for notice in found
    ]


def _touched(notice: Notice, labels: Mapping[int, str]) -> str:
    if sent := notice.submitted_by:
        return f"{labels.get(sent, '')} 送审"
    return f"{labels.get(notice.drafted_by, '')} 起草"


STEPS = {  # the state of a notice, the steps that it waits for, and their words; of others: none
    NoticeState.IN_REVIEW: (("approve", "等你批准"), ("review", "等你复核")),
    NoticeState.DRAFT: (("submit", "可以送审"),),
}


def mine(db: Store, notice: Notice, officer: Officer) -> str:
    """The step that waits for exactly this officer."""
    for step, word in STEPS.get(notice.state, ()):
        if officers.may(officer, step) and not reviews.blockers(db, notice.id, officer, step):
            return word
    return ""


@allow("see")
@require_safe
def waiting(request: DeskRequest) -> HttpResponse:
    """待审: what needs this officer first, then what is in review, drafted, or on its way out."""
    db = request.db

    def in_state(state: NoticeState) -> list[Line]:
        return lines(db, notices.in_states(db, state), request.officer)

    in_review, drafted = in_state(NoticeState.IN_REVIEW), in_state(NoticeState.DRAFT)
    unknown = [
        (sending(row), notices.get(db, row.notice_id))
        for row in outbox.in_state(db, Delivery.UNKNOWN)
    ]
    groups = (
        ("mine", "等你做", [each for each in (*in_review, *drafted) if each.mine]),
        ("review", "待审", [each for each in in_review if not each.mine]),
        ("drafts", "草稿", [each for each in drafted if not each.mine]),
        ("approved", "已批准，待发", in_state(NoticeState.APPROVED)),
    )
    shown = [group for group in groups if group[2]]
    labels = officers.labels(db)
    second = queue.cases(db, "second", officer=request.officer)
    waiting = [(case, ending.lines(db, case, labels)) for case in second]
    context = {"groups": shown, "unknown": unknown, "ending": waiting}
    return render(request, "review/list.html", context)


@allow("see")
@require_safe
def published(request: DeskRequest) -> HttpResponse:
    """通告: what went out, per channel, newest first; withdrawn ones stay."""
    db = request.db
    out = notices.in_states(
        db, NoticeState.APPROVED, NoticeState.PUBLISHED, NoticeState.RETRACTED, limit=200
    )
    found = lines(db, out, request.officer)
    if request.GET.get("format") == "json":
        return JsonResponse({"notices": [twin(each) for each in found]})
    context = {"lines": found, "area": "notices"}
    return render(request, "review/published.html", context)


def twin(each: Line) -> dict[str, object]:
    """A line of 通告 as JSON: masked and under the law of the word, like the page."""
    notice = each.notice
    return {
        "number": f"{settings.PIYAO.office.code}{notice.number}",
        "kind": notice.kind.value,
        "state": notice.state.value,
        "title": each.title,
        "outcome": notice.outcome.value if notice.outcome and each.rated else None,
        "case": each.case.number,
        "published_at": notice.published_at.isoformat() if notice.published_at else None,
        "channels": [
            {"channel": s.row.channel, "kind": s.row.kind, "state": s.row.state.value}
            for s in each.sendings
        ],
    }
