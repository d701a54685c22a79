"""How far a case is on its way: 待核查 → 核查中 → 核定 → 起草 → 待审 → 发布."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.casework.records import Case, CaseState
from models.publishing.records import Notice, NoticeState

WAY = ("待核查", "核查中", "核定", "起草", "待审", "发布")
AT = {
    CaseState.WAITING: 0,
    CaseState.VERIFYING: 1,
    CaseState.NEEDS_EVIDENCE: 1,
    CaseState.DECIDED: 2,
    CaseState.IN_REVIEW: 4,
    CaseState.PUBLISHED: 5,
}


@dataclass(frozen=True)
class Step:
    word: str
    state: str  # done, now, later


def steps(case: Case, notices: Sequence[Notice]) -> tuple[Step, ...]:
    """The way with the present step marked; empty where the case left it (不立案, 已结)."""
    if case.state not in AT:
        return ()
    at = AT[case.state]
    if case.state is CaseState.DECIDED and any(n.state is NoticeState.DRAFT for n in notices):
        at = 3
    words = list(WAY)
    if case.state is CaseState.NEEDS_EVIDENCE:
        words[1] = "待补证"
    return tuple(
        Step(word, "done" if n < at else "now" if n == at else "later")
        for n, word in enumerate(words)
    )
