"""The case page's context: everything about one claim, put together for one officer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from classifier.ranking import asking_replies
from desk import clock, questions
from desk.cases import (
    ending,
    growth,
    lesson,
    neighbours,
    proof,
    stepper,
    things,
    timeline,
    wordings,
)
from desk.cases.forms import EvidenceForm
from desk.library import beside
from desk.web import DeskRequest
from models import audit
from models.casework import (
    cases,
    closings,
    corrections,
    evidence,
    holding,
    queue,
    uploads,
    verdicts,
    workflow,
)
from models.casework.records import Case, CaseState, Evidence, NoticeKind
from models.errors import NotFound
from models.harm import Topic
from models.intake import posts
from models.intake import sources as source_list
from models.intake.records import Reply, whole_text
from models.learning import editions
from models.people import officers
from models.publishing import notices
from models.publishing.records import Notice, NoticeState
from models.ranking import spread
from models.store import Store
from models.text import hidden_count

EVENTS = 8
POSTS = 6
REPLIES = 6


def find_case(db: Store, reference: str) -> Case:
    """The case of an address: by number (J-1125-014), or by id."""
    if reference.isascii() and reference.isdigit():
        return cases.get(db, int(reference))
    return cases.by_number(db, reference)


@dataclass(frozen=True)
class ShownPost:
    """A post as text: where and when it was seen. Nothing of who wrote it."""

    text: str
    source: str
    at: datetime | None
    hidden: int
    replies: int


@dataclass(frozen=True)
class Place:
    """The position of the case in the queue, 第 1 / 41 条, and its neighbours."""

    at: int
    of: int
    before: str  # number of the case before, "" at the end
    after: str


def context(request: DeskRequest, case: Case, **more: Any) -> dict[str, Any]:
    """All that ``cases/case.html`` shows."""
    db, officer = request.db, request.officer
    items = evidence.of_case(db, case.id)
    labels = officers.labels(db)
    found = spread.wordings(db, case.cluster_id)
    drafts = notices.of_case(db, case.id)
    entries = audit.of_object(db, f"case:{case.id}", 400)
    happened = timeline.events(entries, labels, items)
    replies = posts.replies_of_cluster(db, case.cluster_id, 60)
    verdict = verdicts.current(db, case.id)
    owed = corrections.of_case(db, case.id)
    closing = closings.proposal(db, case) if case.hazard else None
    known, related = beside.parted(beside.of_case(db, case, officer, settings.PIYAO.office))
    return {
        "case": case,
        "place": place_in_queue(db, case),
        "steps": stepper.steps(case, drafts),
        "due": clock.left(case.due_at, request.now, case.opened_at),
        "rate": editions.base_rate(db),
        "holder": holder(case, officer.id, labels),
        "questions": questions.lines(case, case.claim),
        "curve": growth.curve(spread.growth(db, case.cluster_id), found),
        "wordings": wordings.shown(found[:6], officer),
        "wordings_in_all": len(found),
        "cards": proof.cards(items, labels),
        "evidence_summary": proof.summary(items),
        "panel": proof.panel(case, items, officer),
        "plates": things.plates(case, officer),
        "things": things.others(case, officer),
        "first_seen": things.first_seen(case),
        "known": known,
        "related": related,
        "neighbours": neighbours.of_case(db, case, officer, labels),
        "replies": sorted_replies(replies)[:REPLIES],
        "replies_told": told_replies(case, replies),
        "posts": shown_posts(db, case, POSTS),
        "events": happened[:EVENTS],
        "events_in_all": len(happened),
        "verdict": verdict,
        "lesson": lesson.lesson_line(db, case.id, labels),
        "owed": [(each, clock.left(each.due_at, request.now, each.since)) for each in owed],
        "closing": closing,
        "closing_by": labels.get(closing.by, "") if closing else "",
        "dropping": ending.proposed(closings.dismissals(db, case), labels, officer),
        "takes_two": holding.takes_two(db, case, officer),
        "decided_by": labels.get(verdict.by, "") if verdict else "",
        "drafts": [draft for draft in drafts if draft.state is not NoticeState.VOID],
        "can": abilities(case, drafts) | {"put_back": holding.may_release(db, case, officer)},
        "evidence_form": EvidenceForm(),
        "uploads_left": uploads.left(db, request.officer),
        "dismiss_reasons": cases.DISMISS_REASONS.items(),
        "sample_choices": cases.SAMPLE_STATUS,
        "hidden": hidden_count(case.claim),
        "place_name": things.place(case.entities),
        "approved": any(rated(draft) for draft in drafts),
        "dismissed_word": cases.DISMISS_REASONS.get(case.dismissed_for, ""),
        "topics": list(Topic),
        "seq": entries[0].seq if entries else 0,
        "reasons": [reason for reason in case.reasons if reason.weight > 0][:6],
        **more,
    }


def rated(notice: Notice) -> bool:
    """Whether the verdict may show in its colour: approved, and a kind that says it."""
    return notice.state.issued and notice.kind in (NoticeKind.DEBUNK, NoticeKind.CONFIRMATION)


def abilities(case: Case, drafts: list[Notice]) -> dict[str, bool]:
    """What the state of the case allows; the officer's role is asked beside it."""
    state, undecided = case.state, case.state in workflow.UNDECIDED
    issued = any(n.state.issued for n in drafts)
    editable = any(n.state.editable for n in drafts)
    verifying = any(
        n.kind is NoticeKind.VERIFYING and n.state not in (NoticeState.VOID, NoticeState.RETRACTED)
        for n in drafts
    )
    moves = ("claim", "release", "wait", "dismiss", "restore", "decide", "reopen")
    return {move: workflow.allows(state, move) for move in moves} | {
        "dismiss": workflow.allows(state, "dismiss") and not issued,
        "reword": undecided,
        "evidence": state.open,
        "lead": state.open,
        "draft": state is CaseState.DECIDED and not editable,
        "draft_verifying": undecided and not verifying and not issued,
    }


def place_in_queue(db: Store, case: Case) -> Place:
    """The position in the view 待办; 0 for a case that is not in it."""
    open_cases = queue.cases(db, "todo")
    at = next((n for n, each in enumerate(open_cases) if each.id == case.id), -1)
    if at < 0:
        return Place(0, len(open_cases), "", open_cases[0].number if open_cases else "")
    return Place(
        at + 1,
        len(open_cases),
        open_cases[at - 1].number if at else "",
        open_cases[at + 1].number if at + 1 < len(open_cases) else "",
    )


def holder(case: Case, officer_id: int, labels: dict[int, str]) -> str:
    """核查 07 在核, 待领取, or the state of a case that nobody works on."""
    if case.state is CaseState.WAITING or not case.holder_id:
        return "待领取" if case.state is CaseState.WAITING else case.state.label
    who = labels.get(case.holder_id, "")
    if case.state is CaseState.VERIFYING:
        return f"{who} 在核{'（你）' if case.holder_id == officer_id else ''}"
    return f"{who} {case.state.label}" if case.state.open else case.state.label


def sorted_replies(replies: list[Reply]) -> list[tuple[str, Reply]]:
    """Each reply with 质疑 where it asks or doubts, else 其余; the asking ones first, each text once."""
    once = {reply.text: reply for reply in replies}
    asked = [(asking_replies.asks_or_doubts(reply.text), reply) for reply in once.values()]
    return [
        ("质疑" if asks else "其余", reply) for asks, reply in sorted(asked, key=lambda r: not r[0])
    ]


def told_replies(case: Case, replies: list[Reply]) -> str:
    if not case.replies:
        return "还没有回复"
    return f"求证、质疑 {case.doubts}，其余 {max(case.replies - case.doubts, 0)}"


def shown_posts(db: Store, case: Case, limit: int) -> list[ShownPost]:
    """The newest posts, as text with their source and time."""
    labels = {source.name: source.label or source.name for source in source_list.all(db)}
    return [
        ShownPost(
            text=whole_text(post.title, post.text, between="\n"),
            source=labels.get(post.source, post.source),
            at=post.published_at,
            hidden=hidden_count(post.text),
            replies=len(post.replies),
        )
        for post in posts.of_cluster(db, case.cluster_id, limit)
    ]


def evidence_of(db: Store, case: Case, evidence_id: int) -> Evidence:
    """One item of this case; another case's item is not found here."""
    item = evidence.get(db, evidence_id)
    if item.case_id != case.id:
        raise NotFound(f"案件{case.number}没有 {evidence_id} 号证据")
    return item
