"""What the classifier answers to its two questions, in words. Neither answer is a verdict.

The questions: is this a checkable claim of public concern, and how much is it worded like claims
later judged not true? A question that the weights do not answer is left out. Beside them stands a
caution where the claim counts as a hazard and its own words do not plainly say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from classifier.ranking import topics
from classifier.text.document import Document
from models.harm import Topic

CLARITY = ((0.70, "明确"), (0.40, "较明确"), (0.0, "不明确"))
LIKENESS = ((0.70, "高"), (0.40, "中"), (0.0, "低"))
NOTHING_LIKE_IT = "模型没见过这样的内容，别只凭分数"
ONLY_MAY_BE = "字面没有明说，存疑也按危害类办"


class Rated(Protocol):
    """A case, or a claim without a case."""

    @property
    def topic(self) -> Topic: ...
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


def lines(rated: Rated, words: str) -> tuple[Line, ...]:
    """The answers there are, and cautions: where the model never saw anything like it, and where
    ``words``, the claim's own, only may be about the hazard that it counts as."""
    found = []
    if rated.checkable is not None:
        found.append(Line("可核查的说法", word(rated.checkable, CLARITY)))
    if rated.dubious is not None:
        found.append(Line("写法与已判不实的信息相像", word(rated.dubious, LIKENESS)))
    if rated.unfamiliar:
        found.append(Line("像没见过的", NOTHING_LIKE_IT, due=True))
    if rated.topic.hazard and topics.weigh(Document(words)) != topics.Harm(rated.topic):
        found.append(Line(f"可能涉及{rated.topic.label}", ONLY_MAY_BE, due=True))
    return tuple(found)


def word(share: float, scale: Sequence[tuple[float, str]]) -> str:
    """A share (0..1) on a scale of (from, word), highest first.

    >>> word(0.55, LIKENESS)
    '中'
    """
    return next((word for line, word in scale if share >= line), scale[-1][1])
