"""What a text says is not so: 没有确诊病人, 不会致癌, 排不出毒, 系谣言.

Two kinds. Words that call the whole false (系谣言, 不属实), and words that deny what comes after them
in their clause (没有, 不会, 并未, 唔会). What forbids denies nothing (不能吃, 别转发), nor what asks
(会不会, 是谣言吗), nor what tells of silence (不承认, 没人管).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from operator import add

from classifier.text.spelling import HAN, normalise

MOST = 600  # characters looked at
LONG = 100  # characters from which a text is more than a claim
REACH = 6  # characters after the word that it denies
_FALSE = re.compile(
    "(?:系|是|属于?|为|又是|都是|全是|一[则条个])(?:[网络旧老]{1,2})?(?:谣[言传]|造谣|[误讹]传)|谣言(?=$|[^\\w]|已|纯)"
    "|(?:系|是|属|为|都是?|全是?)假(?:的|消息|新闻|信息)?(?=$|[^\\w]|的|请|大|不|别)|(?<![\\w])假的(?=$|[^\\w])|假(?:消息|新闻|信息)|虚假(?:信息|消息|内容)"
    "|辟谣|不属实|不实(?![行施时用际现之])|失实|纯属(?:虚构|捏造|编造|谣言|子虚)|子虚乌有|无中生有|查无此事"
    "|(?:并|绝)非(?:事实|如此|真[的实])|(?<!是)不是(?:真的|事实)|与事实不符|没有?(?:这回|这件|此|的)事"
    "|(?:没有|毫无|缺乏|无)(?:任何)?(?:科学|事实)?(?:依据|根据)(?=$|[^\\w]|的)|(?:说明|证明)不了|不(?:等于|代表)|(?:毫|都|并)无关系|[与和跟同][^，。,.]{1,12}无关|以讹传讹|(?:请|切|千万)?勿(?:轻信|相信|信谣)|不信谣"
)
_NOT_FALSE = re.compile(  # just before such a word
    "(?:不是|不算|并非|绝非|决非|是不是|是否|难道|还说|别说|当成?|当作|以为|真的|不|没|没有?人?|未|无需|求|等待?|谁来?|快来?|希望|怎么还?不|可能|不一定|是真|像|如)$"
)
_ASKED = re.compile("(?:吗|么|嘛|吧|呢|还是|与否|中心|平台|热线|[?])")
_WORD = re.compile(
    "(?P<stem>(?:并|绝|决|从|从来|根本|压根|完全|一点)?(?:不会|不可能|不能够?|不可以?|不得(?=[不死了])|不用|不必|不需要?|无需|无须|无法|难以"
    "|不存在|不再|不是|不含有?|没能|没有|没得|没|莫得|木有|冇得?|未曾|未能|未有|未见|未|唔会|唔系|唔|毫无|并无|均无|查无|绝无|全无|非(?<=[并绝决]非)|失去|丧失|缺乏|缺少|否认|无(?=[毒害关效用碍]|影响|风险|危[害险]|副作用|病例|人)|不))"
)
_NO_DENIAL = re.compile(  # what follows makes it none
    "[仅但光只止断过管论同少久明锈安满良法足料幸如妨免时惜错然对公知得敢肯愿想让许准说报听信舒适行禁等孕小要怕由经]"
    "|承认|公布|公开|告诉|通知|回应|意识|来得?及|好意思|可思|清楚|人[敢管说报信告]|有人[敢管说报信告]|办法|成年|婚|满|收|落|必|遂"
)
_FORBIDDEN = re.compile(  # after 不能: what people do
    "(?:再|随便|乱|多|直接|同时|空腹|马上|轻易)?[吃喝食饮用买去出碰靠接开打点扫转放混同一共再洗煮摸坐住进看给带存拆穿戴剪动加配和跟与忍做服朝拿倒晒生]|传(?!染)|上路"
)
_STEMS = {"会": "会", "能": "能", "法": "能", "有": "有", "没": "有", "无": "有", "冇": "有", "未": "有", "是": "是", "系": "是", "非": "是", "含": "含", "得": "有", "存在": "有", "见": "有", "用": "要", "需": "需", "可": "可", "以": "可"}  # fmt: skip
_COMPLEMENT = re.compile("[了出掉到死起动住上下来去成完清见着]")
_LIGHT = re.compile(
    "(?:发生|被|出现|发现|任何|什么|存在|进行|造成|所谓|这[种样个]|的|相关|过|了|一)+"
)
_BARE = frozenset(["不", "没", "没有", "未", "唔", "冇", "没得", "莫得", "木有"])
_THEN = re.compile(
    "[^，。；！？,.;!?]{1,10}?(?:就|则|便要|的话|的?一律|的(?:人|都|要|将))|[^。；！？.;!?]{1,12}[,，](?:就|否则|不然)"
)
_ENDS = "的就也都才便则"  # 不冒烟的可以装
_IF = re.compile("如果|若|要是|假如|除非|只要|万一")
_BUT = re.compile("就是|而是")
_SAID = re.compile(rf"[{HAN}a-z0-9]")
_RUN = re.compile(rf"[{HAN}a-z0-9]{{2,}}")


@dataclass(frozen=True)
class Denial:
    """``shown``: the words, with what they deny. ``heads``: pairs of characters that begin it; ``core``:
    those of what is left without words that say little; ``pairs``: all."""

    shown: str
    heads: frozenset[str]
    core: frozenset[str]
    pairs: frozenset[str]


@dataclass(frozen=True)
class Stance:
    """``false``: words that call the whole false; ``said``: the pairs that are not denied."""

    false: tuple[str, ...]
    denials: tuple[Denial, ...]
    said: frozenset[str]
    size: int

    @cached_property
    def denied(self) -> frozenset[str]:
        return frozenset().union(*(each.pairs for each in self.denials))


def opposed(base: str, other: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What ``base`` denies of what ``other`` says, and the other way round; of both nothing: they
    agree, or speak of different things.

    >>> opposed("车上有确诊病人", "车上没有确诊病人"), opposed("白酒能杀死病毒", "白酒能杀死病毒？系谣言")
    (((), ('没有确诊病人',)), ((), ('系谣言',)))
    """
    left, right = stance(normalise(base)), stance(normalise(other))
    return against(left, right), against(right, left)


def against(own: Stance, other: Stance) -> tuple[str, ...]:
    """What one denies of what the other says."""
    if other.false:
        return ()  # both call it false, or own denies what the other calls false
    if own.false:
        return () if _denied(other, own) else own.false[:1]
    return _denied(own, other)


def _denied(own: Stance, other: Stance) -> tuple[str, ...]:
    if own.size > LONG and own.size > 3 * other.size:
        return ()  # a long post denies much that is not the point
    open_ = other.said - own.said - other.denied
    return tuple(dict.fromkeys(each.shown for each in own.denials if _hit(each, open_)))


def _hit(denial: Denial, open_: frozenset[str]) -> bool:
    """Whether what is denied is said there: how it begins and nearly half of it, or half of it."""
    size, hits = len(denial.core), len(denial.core & open_)
    if denial.heads & open_ and 2 * hits >= size - 1:
        return True
    return hits >= min(2, max(1, size)) and 2 * hits >= size


def stance(plain: str) -> Stance:
    """What a normalised text calls false, what it denies, and what it says."""
    plain = plain[:MOST]
    false = [m for m in _FALSE.finditer(plain) if not _left_open(plain, m)]
    taken = bytearray(len(plain))
    for m in false:
        taken[m.start() : m.end()] = b"\1" * len(m[0])
    denied = [
        found
        for m in _WORD.finditer(plain)
        if not any(taken[m.start() : m.end()]) and (found := _denial(plain, m, taken))
    ]
    rest = "".join(" " if gone else letter for letter, gone in zip(plain, taken, strict=True))
    runs = _RUN.findall(rest)
    said = frozenset(pair for run in runs for pair in map(add, run, run[1:]))
    return Stance(tuple(m[0] for m in false), tuple(denied), said, len(plain))


def asserted(text: str) -> str:
    """A normalised text without the words that deny, to see what it is about.

    >>> asserted("白酒不能杀死病毒，系谣言")
    '白酒杀死病毒，'
    """
    return _WORD.sub("", _FALSE.sub("", text))


def _left_open(plain: str, word: re.Match[str]) -> bool:
    before = plain[max(0, word.start() - 5) : word.start()]
    return bool(_NOT_FALSE.search(before) or _ASKED.match(plain, word.end()))


def _denial(plain: str, word: re.Match[str], taken: bytearray) -> Denial | None:
    """What a word denies, and the place marked where that stands; None where it denies nothing."""
    end = start = word.end()
    while end < len(plain) and end - start < REACH and _SAID.match(plain, end):
        if end - start > 1 and (plain[end] in _ENDS or _WORD.match(plain, end)):
            break
        end += 1
    before, scope = plain[word.start() - 1 : word.start()], plain[start:end]
    if not scope or before in (scope[0], word[0][-1]):
        return None  # 致不致癌, 会不会
    if word[0] in _BARE and _NO_DENIAL.match(scope):
        return None  # 不仅, 没人管
    if word[0] in _BARE and _THEN.match(plain, start):
        taken[word.start() : end] = b"\1" * (end - word.start())
        return None  # 不登记就罚款 says neither
    if word[0] in ("不能", "不可", "不可以", "不得") and _FORBIDDEN.match(scope):
        return None
    if _IF.search(plain, max(0, word.start() - 3), word.start()) or _ASKED.match(plain, end):
        return None
    if word[0][-1] == "是" and _BUT.search(plain, start, end + REACH) or _ASKED.match(scope[-1]):
        return None
    shown, core = word[0] + scope, _LIGHT.sub("", scope)
    pairs = [*map(add, scope, scope[1:])]
    heads = [scope[:2], core[:2], _STEMS.get(word[0][-1], "") + scope[0]]
    if word[0] == "不" and _COMPLEMENT.match(scope) and _SAID.match(before):  # 排不出, 治不了癌
        heads, core = [before + scope[0], before + scope[1:2]], scope[1:]
        shown = before + shown
    heads = [head for head in heads if len(head) == 2]
    if not heads:
        return None
    taken[word.start() : end] = b"\1" * (end - word.start())
    inner = frozenset(map(add, core, core[1:]))
    return Denial(shown, frozenset(heads), inner, frozenset(heads + pairs))
