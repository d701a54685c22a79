"""What the classifier answers to its two questions, in words. Neither answer is a verdict.

The questions: is this a checkable claim of public concern, and how much is it worded like claims
later judged not true? A question that the weights do not answer is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

CLARITY = ((0.70, "明确"), (0.40, "较明确"), (0.0, "不明确"))
LIKENESS = ((0.70, "高"), (0.40, "中"), (0.0, "低"))
NOTHING_LIKE_IT = "模型没见过这样的内容，别只凭分数"


class Rated(Protocol):
    """A case, or a claim without a case."""

    @property
    def checkable(self) -> float | None: ...
    @property
    def dubious(self) -> float | None: ...
    @property
    def unfamiliar(self) -> bool: ...


@dataclass(frozen=True)
class Line:
    label: str
    word: str
    due: bool = False  # amber: a caution


def lines(rated: Rated) -> tuple[Line, ...]:
    """The answers there are, and a caution where the model never saw anything like it."""
    found = []
    if rated.checkable is not None:
        found.append(Line("可核查的说法", word(rated.checkable, CLARITY)))
    if rated.dubious is not None:
        found.append(Line("写法与已判不实的信息相像", word(rated.dubious, LIKENESS)))
    if rated.unfamiliar:
        found.append(Line("像没见过的", NOTHING_LIKE_IT, due=True))
    return tuple(found)


def word(share: float, scale: Sequence[tuple[float, str]]) -> str:
    """A share (0..1) on a scale of (from, word), highest first.

    >>> word(0.55, LIKENESS)
    '中'
    """
    return next((word for line, word in scale if share >= line), scale[-1][1])
