"""What a case, an evidence and a verdict are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.harm import Topic
from models.outcome import Outcome
from models.ranking.records import Entity, Reason


class CaseState(StrEnum):
    """Where a case stands. The moves between states are in ``models.casework.workflow``."""

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
    NOT_EXCLUDED = "standing"  # the word as stored
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return {"excluded": "已排除", "standing": "没有排除", "unknown": "无法判断"}[self.value]


class NoticeKind(StrEnum):
    """What may be issued. Which kind a verdict allows is in ``models.casework.workflow.kind_for``."""

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


@dataclass(frozen=True)
class Case:
    id: int
    number: str  # J-1125-014
    cluster_id: int
    claim: str
    topic: Topic
    state: CaseState
    risk: float
    priority: float  # harm x spread x need, 0..1 (models.casework.priority)
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
    sample_status: str = ""  # of a hazard topic: was a physical sample kept (RELIABILITY 3.2)
    picked: bool = False  # an officer opened it from under the line (models.casework.unopened)
    # of the post with the highest risk, as the next three
    checkable: float | None = None
    dubious: float | None = None
    unfamiliar: bool = False
    model: str = ""

    @property
    def hazard(self) -> bool:
        return self.topic.hazard

    @property
    def place(self) -> str:
        """The first place that the claim names; "": none."""
        return next((entity.text for entity in self.entities if entity.kind == "place"), "")

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
    withdrawn_by: int = 0
    withdrawn_for: str = ""
    # what it is, whichever way it is spelled (models.sameness)
    name: str = ""  # of the title
    gist: str = ""  # of the finding
    address: str = ""
    document: str = ""  # "": no file was given
    own: bool = False  # copies a notice of ours
    uncounted: str = ""  # why it does not count beside the other items of its case; "": it does

    @property
    def counts(self) -> bool:
        """Whether the item is 计入 for a verdict 不实 (RELIABILITY 3.2); else 只作旁证."""
        return (
            not self.adverse
            and self.withdrawn_at is None
            and self.nature not in ("no_record", "self_denial", "own_notice")
            and bool(self.sha256)
            and bool(self.refutes)
            and not self.uncounted
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
    review_on: datetime | None  # when a 不实 is looked at again; None: never
