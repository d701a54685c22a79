"""Replies that ask or doubt: a crowd that writes 求证 or 假的吧 is evidence that a person is needed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from classifier.text.spelling import normalise
from models.intake.records import Reply

STEP, CAP = (
    0.5,
    1.5,
)  # log-odds; posts with one doubt were rumors 7 times as often (odds) as with none

_ASK = (
    r"求证|求真相|求辟谣|求确认|真的假的|真假|是真是假|真的[吗么嘛]|是真的?[吗么嘛]|是不是真的|有这[回种]?事[吗么嘛]?"
    r"|真有(?:这|其)事|真的[?]|属实[吗么嘛?]|是否属实|可靠[吗么嘛]|可信[吗么嘛]|靠谱[吗么嘛]|确定[吗么嘛]|确认了[吗么嘛]|消息来源|哪里来的消息|出处"
    r"|来源[?]|有(?:图|证据|出处|来源|链接)[吗么嘛?]|有没有(?:官方|证据|图|人知道)|官方(?:消息|通报|回应|说法|证实)"
    r"|有官方|等(?:官方|警方|通报)|警方(?:通报|证实|回应)了?[吗么嘛]|已(?:经)?报警|谁能证实|谁知道真相|别信|不信谣|听谁说"
)
_DOUBT = (
    r"谣言|造谣|传谣|辟谣|假的|假新闻|假消息|假图|不实|不是真的|骗人|骗子|骗局|忽悠|瞎说|瞎编|胡说|胡扯|扯淡|编的|编故事"
    r"|(?<!不)不可能吧|怎么可能|不可信|不太可能|没有的事|没这[回]?事|子虚乌有|老图|旧图|旧闻|老新闻|去年的|前年的|几年前的"
    r"|移花接木|ps的|p的[图吧]|摆拍|又来了.{0,4}谣|鬼才信|信你个鬼|呵呵.{0,3}谣|炒作|标题党"
)
_NOT = re.compile(r"(?:不|没|无|别|并非)(?:是)?(?:谣言|假的|造谣)")  # 这不是谣言
_ASKS, _DOUBTS = re.compile(_ASK), re.compile(_DOUBT)


def asks_or_doubts(reply: str) -> bool:
    """Whether one reply asks for proof or doubts the post.

    >>> asks_or_doubts("真的假的？有官方消息吗"), asks_or_doubts("转发微博")
    (True, False)
    """
    return any(kinds_of(normalise(reply)))


def kinds_of(normalised: str) -> tuple[bool, bool]:
    """Whether one normalised reply asks for proof, and whether it doubts the post."""
    text = _NOT.sub("", normalised)
    return bool(_ASKS.search(text)), bool(_DOUBTS.search(text))


def count(replies: Iterable[Reply | str]) -> int:
    """How many of the replies ask or doubt; 0 without replies."""
    return sum(asks_or_doubts(r if isinstance(r, str) else r.text) for r in replies)


def lift(asked: int) -> float:
    """Log-odds that replies add to a post's score: 0 for none, rising with each, at most ``CAP``.

    0.5 for one, 1 for three, 1.5 from seven on; well under what the research sets show, for a crowd
    can be bought. It never falls, so a missing or deleted reply cannot lower a post below its text.
    """
    return min(STEP * math.log2(1 + max(asked, 0)), CAP)
