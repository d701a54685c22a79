"""What goes out: a notice, its approvals, and each of its ways to a channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.casework.records import NoticeKind
from models.outcome import Outcome


class NoticeState(StrEnum):
    """Where a notice is between its first draft and the public."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"  # queued in the outbox, bound to its hash
    PUBLISHED = "published"  # at least one channel has a receipt
    VOID = "void"  # replaced by another draft before it went out
    RETRACTED = "retracted"

    @property
    def label(self) -> str:
        return {
            "draft": "草稿",
            "in_review": "待审",
            "approved": "已批准，待发",
            "published": "已发布",
            "void": "作废",
            "retracted": "已撤回",
        }[self.value]

    @property
    def editable(self) -> bool:
        """Its words may still be changed; nobody approved them."""
        return self in (NoticeState.DRAFT, NoticeState.IN_REVIEW)

    @property
    def issued(self) -> bool:
        """Approved, and not taken back since."""
        return self in (NoticeState.APPROVED, NoticeState.PUBLISHED)


class Delivery(StrEnum):
    """How far a row of the outbox is on its way to its channel (RELIABILITY 3.3)."""

    QUEUED = "queued"
    IN_FLIGHT = "in_flight"
    SENT = "sent"
    REJECTED = "rejected"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return {
            "queued": "等待发送",
            "in_flight": "正在发送",
            "sent": "已发",
            "rejected": "被拒",
            "unknown": "结果不明",
        }[self.value]


@dataclass(frozen=True)
class Notice:
    """A notice and its newest revision."""

    id: int
    case_id: int
    number: str  # 〔2026〕87 号, given at approval; "" before
    kind: NoticeKind
    state: NoticeState
    outcome: Outcome | None  # of the verdict it rests on; None while verifying
    revision: int
    title: str  # the truth, one line
    findings: tuple[str, ...]  # numbered on the notice
    quote: str  # the claim as it circulates, masked
    closing: str
    issued_on: datetime | None  # date under the signature
    hash: str  # sha256 over text, verdict, evidence set, channels and revision
    drafted_by: int  # 0: the machine
    submitted_by: int
    updated_at: datetime
    basis: tuple[int, ...] = ()  # ids of evidence named under 依据
    published_at: datetime | None = None
    retracted_for: str = ""
    verdict_id: int | None = None


@dataclass(frozen=True)
class Approval:
    """A step of review on one revision: review (a colleague of the field), approve or refuse."""

    id: int
    notice_id: int
    revision: int
    hash: str
    step: str  # submit, review, approve, refuse
    reason: str
    by: int
    at: datetime


@dataclass(frozen=True)
class Publication:
    """One row of the outbox: a revision of a notice on its way to one channel."""

    id: int
    notice_id: int
    revision: int
    channel: str
    kind: str  # publish, retract, supersede
    state: Delivery
    fence: int
    queued_at: datetime
    settled_at: datetime | None
    receipt: str
    message: str
    place: str | None = None  # of the claim when it was queued; None: not kept then
