"""The rules of the desk as tables: which state follows which, and what a verdict allows.

``docs/workflow.md`` is drawn from these tables (``make docs``), so the picture
cannot lie. RELIABILITY 3.1, 3.2 and 3.4 are the law here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.casework.records import (
    Case,
    CaseState,
    Hazard,
    Literal,
    NoticeKind,
)
from models.errors import RuleBroken
from models.outcome import Outcome


@dataclass(frozen=True)
class Transition:
    action: str  # as in the audit log: case.claim
    before: tuple[CaseState, ...]
    after: CaseState
    needs: str  # the permission, as in models.roles.MAY
    label: str


S = CaseState
TRANSITIONS: dict[str, Transition] = {
    move.action: move
    for move in (
        Transition("claim", (S.WAITING, S.NEEDS_EVIDENCE), S.VERIFYING, "claim", "领取"),
        Transition("release", (S.VERIFYING,), S.WAITING, "claim", "放回"),
        Transition("wait", (S.VERIFYING,), S.NEEDS_EVIDENCE, "claim", "待补证"),
        Transition(
            "dismiss", (S.WAITING, S.VERIFYING, S.NEEDS_EVIDENCE), S.DISMISSED, "dismiss", "不立案"
        ),
        Transition(
            "propose_dismissal",
            (S.WAITING, S.VERIFYING, S.NEEDS_EVIDENCE),
            S.WAITING,
            "dismiss",
            "提议不立案",
        ),
        Transition("restore", (S.DISMISSED,), S.WAITING, "dismiss", "撤销不立案"),
        Transition("resurface", (S.DISMISSED,), S.WAITING, "open", "不立案后又传开，回到队列"),
        Transition("decide", (S.VERIFYING, S.NEEDS_EVIDENCE), S.DECIDED, "decide", "核定"),
        Transition(
            "propose", (S.VERIFYING, S.NEEDS_EVIDENCE), S.WAITING, "decide", "提议按非事实主张结案"
        ),
        Transition("close", (S.VERIFYING, S.NEEDS_EVIDENCE), S.CLOSED, "decide", "核定，不出通告"),
        Transition("submit", (S.DECIDED,), S.IN_REVIEW, "submit", "送审"),
        Transition("refuse", (S.IN_REVIEW,), S.DECIDED, "refuse", "退回"),
        Transition("publish", (S.IN_REVIEW,), S.PUBLISHED, "approve", "发出"),
        Transition(
            "reopen",
            (S.DECIDED, S.IN_REVIEW, S.CLOSED, S.PUBLISHED),
            S.VERIFYING,
            "decide",
            "重新核查",
        ),
    )
}


UNDECIDED = TRANSITIONS["dismiss"].before  # officers work on it, or will
DECIDED = TRANSITIONS["reopen"].before  # a verdict holds


def allows(state: CaseState, action: str) -> bool:
    """Whether the table has a move of this name from ``state``; the role is asked elsewhere."""
    return state in TRANSITIONS[action].before


def in_sql(states: Iterable[CaseState]) -> str:
    """The states as the list of an SQL condition.

    >>> in_sql(UNDECIDED)
    "('waiting', 'verifying', 'needs_evidence')"
    """
    return "(" + ", ".join(f"'{state.value}'" for state in states) + ")"


def move(case: Case, action: str) -> CaseState:
    """The state after ``action``. Raises ``RuleBroken`` where the table has no such move."""
    step = TRANSITIONS[action]
    if not allows(case.state, action):
        raise RuleBroken(
            "transition",
            f"案件{case.number}现在是“{case.state.label}”，不能{step.label}",
            "刷新页面，看看别人做了什么",
        )
    return step.after


OUTCOMES: dict[Literal, tuple[Outcome, ...]] = {
    Literal.WRONG: (Outcome.FALSE,),
    Literal.PARTLY: (Outcome.MISLEADING, Outcome.OUTDATED),
    Literal.RIGHT: (Outcome.TRUE,),
    Literal.UNKNOWN: (Outcome.UNVERIFIED, Outcome.NOT_A_CLAIM),
}
DEBUNKABLE = (Outcome.FALSE, Outcome.MISLEADING, Outcome.OUTDATED)


def outcomes(literal: Literal) -> tuple[Outcome, ...]:
    """The verdict words that answer one leads to; the first is derived, the rest may be chosen."""
    return OUTCOMES[literal]


def kind_for(outcome: Outcome, hazard: Hazard) -> NoticeKind | None:
    """What may be issued on a verdict; None: nothing.

    A claim wrong in detail may still be right as a warning: unless the hazard is excluded only a
    clarification can issue. *Unverified is not false*: it allows 正在核实 and nothing else.
    """
    if outcome in DEBUNKABLE:
        return NoticeKind.DEBUNK if hazard is Hazard.EXCLUDED else NoticeKind.STATEMENT
    if outcome is Outcome.TRUE:
        return NoticeKind.CONFIRMATION
    return NoticeKind.VERIFYING if outcome is Outcome.UNVERIFIED else None


def people_needed(case: Case) -> int:
    """How many different people a debunk takes: 2, and 4 for a hazard topic, whose primary and
    independent evidence two people find, and which a third reviews. The machine counts as nobody."""
    return 4 if case.hazard else 2
