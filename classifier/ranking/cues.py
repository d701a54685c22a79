"""Surface cues: how a post is written, apart from its words.

Each cue is a number of about 0..1 with a Chinese name that an officer can read. They are the
largest single gain on streams of real posts (../docs/classifier.md). Length is left out on purpose
of everything but its own two cues, and no cue knows where a post came from: links, emoticons and the 【】
of news titles tell which platform a text was taken from and how it was cleaned, so they are none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import log1p

import numpy as np

from classifier.text import marks
from classifier.text.document import TYPED
from classifier.text.phrases import Found

PLEA = re.compile(
    "求?扩散|转发|转起|速转|帮转|帮忙转|请转|转给|转告|互相转告|告诉(?:身边|你|家人|亲)|让更多(?:的)?人|为了(?:家人|孩子)|人命关天|接力|奔走相告|扩出去|群发"
)
WARN = re.compile(
    "紧急|注意了?[!,:]|警惕|小心|当心|提醒|千万(?:别|不要|注意)|切记|速看|必看|危险|警告|震惊|可怕|太恐怖|惊人|不要再|别再|赶紧|火速"
)
SOURCE = re.compile(
    "据.{0,12}(?:报道|消息|透露|介绍)|央视|新华社|人民日报|记者|新闻|通讯员|报道|日前|近日|警方|官方|专家|研究|证实|曝光|爆料|网曝|内部消息|朋友说|听说|网传|刚接到|接到通知"
)
ASK = re.compile("求证|真的假的|真的[吗么嘛?]|真假|求辟谣|求真相|有没有人知道")
HARM = re.compile(
    "死|癌|毒|杀|爆炸|失踪|被抢|拐|感染|确诊|中毒|致命|遇难|伤亡|地震|辐射|传染|害死|丧命|身亡|抢救"
)
SELF = re.compile(
    "(?<!自)我(?!国|们国家|市|省|县|区|校|院)|俺|咱|宝宝|哈哈|嘻嘻|呜呜|嘿嘿|么么|晚安|早安"
)
SELL = re.compile(
    "微信|淘宝|包邮|优惠|秒杀|抽奖|代购|下单|折扣|加我|咨询|预约|红包|直播间|店铺|正品|扫码"
)
TOPIC = re.compile("#[^#]{1,40}#")
QUOTE = re.compile("//@|转发微博|回复@|分享自|分享.{0,8}的")
NAMES = (
    "篇幅（长）", "篇幅（短）", "逗号密度", "句号密度", "感叹号", "问号", "数字", "引号", "点名他人",
    "话题标签", "呼吁转发", "警告口吻", "引述来源", "求证口吻", "提到伤亡或危害", "说自己", "推销口吻", "转述",
    "写明车牌", "写明电话", "外文", "省略号", "顿号罗列",
)  # fmt: skip


_SAID = {
    "topic": TOPIC, "plea": PLEA, "warn": WARN, "source": SOURCE, "ask": ASK,
    "harm": HARM, "self": SELF, "sell": SELL, "quote": QUOTE,
}  # fmt: skip
TYPED.add(_SAID)
_LATIN = re.compile("[a-z]")


def rows(typed: Sequence[str], seen: Sequence[Found] | None = None) -> np.ndarray:
    """The cues (n_texts, 23) of typed texts (``marks.typed``), in the order of ``NAMES``.

    ``seen``: what ``TYPED`` found in them, where the caller has looked already.
    """
    seen = [*map(TYPED.look, typed)] if seen is None else seen
    counts = np.array([*map(_counts, seen)], dtype=float)
    return of_counts(counts.reshape(len(typed), COUNTED))


def _counts(found: Found) -> tuple[int, ...]:
    """The length, and how often each thing stands in a typed text that cues are made of."""
    text = found.text
    n = text.count
    return (
        len(text),
        n(",") + n(";"),
        n("。") + n("."),
        n("!"),
        n("?"),
        n(marks.NUMBER_MARK),
        n("“") + n("「") + n('"'),
        n(marks.USER_MARK),
        *map(found.count, _SAID),
        n(marks.PLATE_MARK),
        n(marks.PHONE_MARK),
        len(_LATIN.findall(text)),
        n("…") + n("..."),
        n("、"),
    )


COUNTED = len(_counts(Found("", {}, {})))  # not TYPED.look: all lists would be made ready here


def of_counts(counts: np.ndarray) -> np.ndarray:
    """Cues of about 0..1 (n_texts, 23) from counts (n_texts, ``COUNTED``)."""
    length = np.maximum(counts[:, 0], 1.0)
    (comma, stop, shout, ask, number, quote, user, topic, plea, warn,
     source, proof, harm, self_, sell, retold, plate, phone, latin, dots, listed) = counts.T[1:]  # fmt: skip

    def much(n: np.ndarray, most: float = 4.0) -> np.ndarray:
        return np.minimum(np.log1p(n) / log1p(most), 1.5)

    columns = [
        np.minimum(length / 140, 1.5),
        1.0 / (1.0 + length / 20),
        np.minimum(10 * comma / length, 1.5),
        np.minimum(10 * stop / length, 1.5),
        much(shout),
        much(ask),
        much(number, 8.0),
        much(quote),
        much(user),
        *(much(n, 3.0) for n in (topic, plea, warn, source, proof, harm, self_, sell)),
        much(retold, 3.0),
        plate > 0,
        phone > 0,
        np.minimum(latin / length, 1.0),
        much(dots),
        much(listed, 6.0),
    ]
    return np.column_stack(columns).astype(float)
