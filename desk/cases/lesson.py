"""One line on a case: whether the model learns from its decision, and if not, why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.casework.cases import DISMISS_REASONS
from models.learning import lessons, withdrawals
from models.learning.withdrawals import Withdrawal
from models.store import Store

TEACHES = {1: "这样的说法值得核查", 0: "这样的说法不用核查"}


@dataclass(frozen=True)
class LessonLine:
    words: str
    teaches: bool
    withdrawn: Withdrawal | None
    who: str  # who took it out of the lessons: 核查 07

    @property
    def movable(self) -> bool:
        """Whether an officer can take it out of the lessons, or put it back."""
        return self.teaches or self.withdrawn is not None


def lesson_line(db: Store, case_id: int, labels: Mapping[int, str]) -> LessonLine | None:
    """The line of a decided or dismissed case; None while it is open."""
    decided, out = lessons.decision(db, case_id), withdrawals.of_case(db, case_id)
    if decided is None:
        return None
    if out:
        return LessonLine("不作样例", False, out, labels.get(out.by, ""))
    if decided.label is None:
        why = DISMISS_REASONS.get(decided.why, decided.why)
        return LessonLine(f"不作样例：{why}，与说法值不值得核查无关", False, None, "")
    return LessonLine(f"这条结论是模型的样例：{TEACHES[decided.label]}", True, None, "")
