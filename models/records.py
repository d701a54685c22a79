"""The records of the desk: what a post, a case, an evidence, a verdict and a notice are.

Every record is a frozen dataclass. Times are aware UTC datetimes. Probabilities are 0..1.
Functions of the house take records and return records; only the store turns them into rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What an account may do. The words on pages are in ``label``."""

    VIEWER = "viewer"
    MONITOR = "monitor"
    VERIFIER = "verifier"
    PUBLISHER = "publisher"
    ADMIN = "admin"
    MACHINE = "machine"  # the scheduler: collects, ranks and drafts; counts as nobody

    @property
    def label(self) -> str:
        return {
            "viewer": "观察员",
            "monitor": "值班员",
            "verifier": "核查员",
            "publisher": "发布员",
            "admin": "管理员",
            "machine": "机器",
        }[self.value]

    @property
    def short(self) -> str:
        return {"machine": "机器", "admin": "管理"}.get(self.value, self.label.removesuffix("员"))


class Topic(StrEnum):
    """The harm a claim could do. Hazard topics need a third person (RELIABILITY 3.2, 3.4)."""

    EPIDEMIC = "epidemic"
    FOOD = "food"
    DISASTER = "disaster"
    MEDICINE = "medicine"
    PRODUCTION = "production"
    SAFETY = "safety"  # crime, children, traffic
    SCHOOL = "school"
    FINANCE = "finance"
    UTILITY = "utility"  # water, power, transport
    POLICY = "policy"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "epidemic": "疫情",
            "food": "食品",
            "disaster": "灾害",
            "medicine": "用药",
            "production": "生产安全",
            "safety": "治安",
            "school": "校园",
            "finance": "金融",
            "utility": "水电交通",
            "policy": "政策",
            "other": "其他",
        }[self.value]

    @property
    def hazard(self) -> bool:
        return self in HAZARDS


HAZARDS = frozenset({Topic.EPIDEMIC, Topic.FOOD, Topic.DISASTER, Topic.MEDICINE, Topic.PRODUCTION})


class CaseState(StrEnum):
    """Where a case stands. The moves between states are in ``models.workflow``."""

    WAITING = "waiting"
    VERIFYING = "verifying"
    NEEDS_EVIDENCE = "needs_evidence"
    DECIDED = "decided"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    CLOSED = "closed"  # decided, and nothing is to be published
    DISMISSED = "dismissed"

    @property
    def label(self) -> str:
        return {
            "waiting": "待核查",
            "verifying": "核查中",
            "needs_evidence": "待补证",
            "decided": "已核定",
            "in_review": "待审",
            "published": "已发布",
            "closed": "已结",
            "dismissed": "不立案",
        }[self.value]

    @property
    def open(self) -> bool:
        return self not in (CaseState.PUBLISHED, CaseState.CLOSED, CaseState.DISMISSED)


class Literal(StrEnum):
    """Question one: taken literally, does the claim stand?"""

    WRONG = "wrong"
    PARTLY = "partly"
    RIGHT = "right"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return {
            "wrong": "不符合事实",
            "partly": "部分不符，或缺少背景",
            "right": "符合事实",
            "unknown": "无法判断",
        }[self.value]


class Hazard(StrEnum):
    """Question two: is the hazard that the claim warns of excluded?"""

    EXCLUDED = "excluded"
    STANDING = "standing"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return {"excluded": "已排除", "standing": "没有排除", "unknown": "无法判断"}[self.value]


class Outcome(StrEnum):
    """The verdict word, derived from the two answers (``models.workflow.outcomes``)."""

    FALSE = "false"
    MISLEADING = "misleading"
    OUTDATED = "outdated"
    TRUE = "true"
    UNVERIFIED = "unverified"
    NOT_A_CLAIM = "not_a_claim"

    @property
    def label(self) -> str:
        return {
            "false": "不实",
            "misleading": "误导",
            "outdated": "旧闻",
            "true": "属实",
            "unverified": "暂无法核实",
            "not_a_claim": "非事实主张",
        }[self.value]


class NoticeKind(StrEnum):
    """What may be issued. Which kind a verdict allows is in ``models.workflow.kind_for``."""

    DEBUNK = "debunk"
    STATEMENT = "statement"
    CONFIRMATION = "confirmation"
    VERIFYING = "verifying"

    @property
    def label(self) -> str:
        return {
            "debunk": "辟谣通告",
            "statement": "情况说明",
            "confirmation": "属实通报",
            "verifying": "正在核实",
        }[self.value]


class NoticeState(StrEnum):
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


class Delivery(StrEnum):
    """One row of the outbox: a notice revision on its way to one channel (RELIABILITY 3.3)."""

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
class Officer:
    """An account of the desk. Shown by role and number (核查 07), never by name."""

    id: int
    username: str
    role: Role
    number: int
    fields: tuple[Topic, ...] = ()  # hazard topics this officer may review
    active: bool = True

    @property
    def label(self) -> str:
        return (
            self.role.label if self.role is Role.ADMIN else f"{self.role.short} {self.number:02d}"
        )


@dataclass(frozen=True)
class Reply:
    text: str
    at: datetime | None = None
    native_id: str = ""


@dataclass(frozen=True)
class Post:
    """One public post. Same source and native id = the same post.

    ``author`` is the handle as collected and exists only between the spider and the store, which
    keeps nothing of it but ``author_key``, a keyed hash that expires.
    """

    source: str
    native_id: str
    text: str
    url: str = ""
    title: str = ""
    published_at: datetime | None = None
    author: str = field(default="", repr=False)
    likes: int = 0
    reposts: int = 0
    replies: tuple[Reply, ...] = ()
    # filled by the store
    id: int = 0
    collected_at: datetime | None = None
    author_key: str = ""
    cluster_id: int = 0


@dataclass(frozen=True)
class Reason:
    """Why a post scored as it did: a term or cue and the weight it pushed with."""

    term: str
    weight: float  # in log-odds; above 0 pushes up


@dataclass(frozen=True)
class Entity:
    """Something named in a claim that an officer can check.

    ``kind`` is one of plate, place, time, phone, hospital, school, count.
    ``facts`` says in short Chinese words what can be told from the text alone.
    """

    kind: str
    text: str  # as written
    value: str  # normalised, e.g. 浙BL1234
    facts: Mapping[str, str] = field(default_factory=dict)
    start: int = -1  # character offsets in the text it was found in
    end: int = -1


@dataclass(frozen=True)
class Score:
    """需核查度: how much a post needs a person. Not a probability of falsehood."""

    post_id: int
    risk: float  # 0..1, calibrated
    reasons: tuple[Reason, ...]
    topic: Topic
    entities: tuple[Entity, ...]
    doubts: int  # replies that ask or doubt
    model: str  # version of the weights
    at: datetime
    checkable: float | None = None  # 0..1: a checkable claim of public concern; None: not told
    dubious: float | None = None  # 0..1: worded like claims later judged not true; None: not told
    unfamiliar: bool = False  # too unlike anything the weights have seen
    strange: float = 0.0  # 0..1: share of its character pairs that the weights have never seen
    witness: float = 0.0  # 0..1: told at first hand, with a place and a time


@dataclass(frozen=True)
class Cluster:
    """One claim in many wordings."""

    id: int
    claim: str  # the wording that stands for it
    posts: int
    accounts: int
    risk: float  # the highest of its members
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Case:
    id: int
    number: str  # J-1125-014
    cluster_id: int
    claim: str
    topic: Topic
    state: CaseState
    risk: float
    priority: float  # harm x spread x risk, 0..1 (models.priority)
    level: int  # 1 低, 2 中, 3 高, 4 紧急: filled priority bars
    posts: int
    accounts: int
    replies: int
    doubts: int
    first_at: datetime
    last_at: datetime
    opened_at: datetime
    due_at: datetime
    holder_id: int  # 0: nobody
    sampled: bool  # opened by the random sample of low scores
    reasons: tuple[Reason, ...]
    entities: tuple[Entity, ...]
    version: int
    dismissed_for: str = ""
    lead_sent_at: datetime | None = None  # 预警线索 handed to the competent department
    lead_sent_to: str = ""
    sample_status: str = ""  # hazard topics: is there a physical sample, where (RELIABILITY 3.2)
    picked: bool = False  # opened by an officer from under the line (models.below)
    checkable: float | None = None  # of the post that the risk is from, as the next three
    dubious: float | None = None
    unfamiliar: bool = False
    model: str = ""

    @property
    def hazard(self) -> bool:
        return self.topic.hazard

    @property
    def level_word(self) -> str:
        return ("低", "中", "高", "紧急")[self.level - 1]


@dataclass(frozen=True)
class Evidence:
    id: int
    case_id: int
    title: str
    finding: str  # one sentence: what it says
    url: str
    primary: bool  # 一手
    independent: bool  # from a body that is not the subject of the claim
    adverse: bool  # 对结论不利
    nature: str  # record, document, measurement, statement, no_record, self_denial, own_notice
    refutes: str  # the words of the claim that it contradicts
    captured_at: datetime
    sha256: str
    media_type: str
    size: int
    added_by: int
    added_at: datetime
    withdrawn_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether the item is 计入 for a verdict 不实 (RELIABILITY 3.2); else 只作旁证."""
        return (
            not self.adverse
            and self.withdrawn_at is None
            and self.nature not in ("no_record", "self_denial", "own_notice")
            and bool(self.sha256)
            and bool(self.refutes)
        )


@dataclass(frozen=True)
class Verdict:
    id: int
    case_id: int
    literal: Literal
    hazard: Hazard
    outcome: Outcome
    ground: str  # why, in the officer's words
    evidence_hash: str  # over the evidence set it rests on
    by: int
    at: datetime
    review_on: datetime | None  # a 不实 is looked at again


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
    """One row of the outbox."""

    id: int
    notice_id: int
    revision: int
    channel: str
    kind: str  # publish, retract
    state: Delivery
    fence: int
    queued_at: datetime
    settled_at: datetime | None
    receipt: str
    message: str


@dataclass(frozen=True)
class Source:
    name: str
    kind: str  # feed
    url: str
    every: float  # seconds between runs
    allow_private: bool = False
    enabled: bool = True
    label: str = ""
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class CrawlRun:
    id: int
    source: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str  # running, ok, unchanged, failed
    fetched: int  # entries read
    new: int
    updated: int
    broken: int
    bytes: int
    message: str  # one sentence for people; "" when all is well


@dataclass(frozen=True)
class Fault:
    """A piece of input that could not be read, kept as it came."""

    id: int
    source: str
    at: datetime
    what: str
    where: str
    mend: str
    raw: bytes


@dataclass(frozen=True)
class Job:
    """The pulse of one job of the scheduler."""

    name: str
    started_at: datetime | None
    finished_at: datetime | None
    ok: bool
    message: str
    failures: int  # in a row


@dataclass(frozen=True)
class AuditEntry:
    seq: int
    at: datetime
    actor: str  # machine, or officer:7
    action: str
    object: str  # case:14
    detail: Mapping[str, Any]
    prev: str
    hash: str
