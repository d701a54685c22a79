"""A post reduced to what two wordings of one claim have in common."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import accumulate
from operator import add
from typing import NamedTuple

from classifier.entities import places, plates
from classifier.text import lexicon, marks
from classifier.text.document import TYPED, Document
from classifier.text.phrases import Found
from classifier.text.remembered import Remembered
from classifier.text.spelling import HAN, cut

HEAVIEST = 3.0  # weight of a word that is hardly ever said, and of a plate
LEAST = 6.0  # weight of words below which only near-copies are the same
SILENT = 2.0  # and below this they say nothing: 看这个, 电话
MOST = 600  # characters looked at: a claim stands early in a long post
LOCAL = 4.4  # rarity from which a place name is local: 武汉 and 北京 are below, 白兔潭 above
_MARKS = {
    marks.PLATE_MARK: HEAVIEST,
    marks.PHONE_MARK: 1.0,
    marks.PLACE_MARK: 1.0,
    marks.NUMBER_MARK: 0.3,
    marks.LINK_MARK: 0.0,
    marks.USER_MARK: 0.0,
}
CONTENT = re.compile(rf"[{HAN}a-z0-9\ue000-\ue0ff]+")
# #…# as Weibo writes it; #… before a blank, as others do
_HASHTAG = re.compile(r"#[^#\s]{1,40}#|#[^#\s]{1,20}(?=\s|$)|《心》")
# asking whether it is true says nothing of what is asked about
_ASKED = re.compile(
    "(?:(?:大家|各位|朋友们?)(?:都|快)?(?:来|帮忙)?看看)?(?:这个|这条|该)?(?:消息|新闻|信息|事|事情)?(?:到底)?(?:是不是真的|是真的?还是假的?|是真是假|真的?假的?)[啊呀吗呢吧]?"
    "|有(?:没有)?(?:知道|了解)(?:情况|内情)?的(?:朋友|网友|人)?(?:们)?(?:吗|没)?|(?:请|麻烦|帮忙)?(?:回复|告诉|告知|说|解释|证实|核实)一下(?:情况)?"
)
# what is no part of the claim: one of these signs stands in it, how it is found, and the characters that
# have to be left without it
_WRAPPINGS = ((("#", "《心》"), _HASHTAG, 12), (("真", "一下", "知道", "了解"), _ASKED, 8))
_SHOWN = frozenset((marks.LINK_MARK, marks.NUMBER_MARK, marks.PHONE_MARK, marks.USER_MARK))
# words of the plea, not of the claim: any rumor may carry them
_PLEA_WORDS = """紧急 扩散 转发 求 请 大家 看到 看见 速转 转 通知 提醒 注意 朋友 朋友圈 群里 快 马上
立即 一定 千万 刚刚 最新 消息 速度 帮忙 帮转 求转 求证 真的 微博 网友 曝 分享 图片 视频 全文 网页 链接
加油 平安 致敬 希望 支持 辛苦 平平安安 健健康康 健康 哈哈 哈哈哈 哈哈哈哈 晚安 早安
我们 一起 打赢 防疫 防疫战 防御战 战斗 前线 一线 医护 医护人员 工作者 白衣天使 英雄 保护 保护好 做好 防护 措施 感谢
愿 祝福 众志成城 共渡难关 渡过 难关 在一起"""
_PLEA = frozenset(_PLEA_WORDS.split())


@dataclass(frozen=True)
class Wording:
    """``general``: weighted words with places and plates as kinds; ``literal``: with their names."""

    content: str  # the words that say something, in a row
    general: dict[str, float]
    literal: dict[str, float]
    plates: frozenset[str]
    places: frozenset[str]
    weight: float  # of the general words

    @cached_property
    def shingles(self) -> frozenset[str]:
        """Pairs of characters of the content, kinds under marks; of a single character that one."""
        return frozenset(map(add, self.content, self.content[1:])) or frozenset(self.content)

    @cached_property
    def local(self) -> frozenset[str]:
        """Places that few texts name."""
        return frozenset(name for name in self.places if lexicon.rarity(name) >= LOCAL)


class Lines(NamedTuple):
    """What a form holds: the words in order with kinds under marks; words that only the text with its
    names has; words that it has not; plates; places."""

    words: Sequence[str]
    more: Sequence[str]
    less: Sequence[str]
    plates: Sequence[str]
    places: Sequence[str]

    def written(self) -> str:
        """The compact form that is stored, which ``read`` takes: parts are parted by tabs, of which a
        normalised text has none. Two posts are compared by their forms alone, so that nothing is cut
        up twice."""
        return "\n".join(map("\t".join, self))


@lru_cache(maxsize=4096)
def of_text(text: str) -> Wording:
    """The wording of a post; hashtags count only where little else is written."""
    return of_document(Document(text))


def of_document(document: Document) -> Wording:
    """``of_text`` of a text that is read already."""
    return _wording(lines(document))


def form(text: str) -> str:
    """The wording of a post in the compact form that is stored."""
    return lines(Document(text)).written()


def lines(document: Document) -> Lines:
    """What the form of a post holds."""
    whole, typed, words, seen = _claim(document)
    found = places.places_in(typed, seen=seen)
    said = _contents(words)
    general = literal = [*filter(None, said)]
    more: list[str] = []
    less: list[str] = []
    if any(place.kind == "place" for place in found):
        general = [*filter(None, _without_places(typed, words, said, found))]
        more = sorted({*literal}.difference(general))
        less = sorted({*general}.difference(literal))
    plated = marks.PLATE_MARK in typed or "使" in whole  # 使014578 is under no mark
    if (
        not plated
        and not _SHOWN.isdisjoint(literal)
        and not weighs({*literal} - _MARKS.keys(), SILENT)
    ):
        # its link or number is what it says: two of them are two messages
        general, more, less = [_digest(document.text)], [], []
    numbers = sorted({plate.value for plate in plates.plates_in(whole)}) if plated else []
    return Lines(general, more, less, numbers, sorted({place.text for place in found}))


def _digest(text: str) -> str:
    """What stands for a text that says nothing but its link or number."""
    said = "".join(CONTENT.findall(unicodedata.normalize("NFKC", text[:MOST]).lower()))
    return blake2b(said.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _claim(document: Document) -> tuple[str, str, list[str], Found]:
    """What is looked at of a post, normalised, under marks, cut up and searched: its beginning, without
    its hashtags and without asking whether it is true, where enough is left."""
    whole = document.plain[:MOST]
    for signs, pattern, left in _WRAPPINGS:
        if any(sign in whole for sign in signs):
            body = pattern.sub(" ", whole)
            if body != whole and len("".join(CONTENT.findall(body))) >= left:
                whole = body
    if whole == document.plain:
        return whole, document.typed, document.words, document.in_typed
    typed = marks.typed(whole)
    return whole, typed, cut(typed), TYPED.look(typed)


@lru_cache(maxsize=4096)
def of_form(form: str) -> Wording:
    """The wording that a form stands for."""
    return _wording(Lines(*(line.split("\t") if line else [] for line in form.split("\n"))))


def _wording(held: Lines) -> Wording:
    content = "".join(held.words)
    general = _weighted(held.words)
    literal = general
    if held.more or held.less:
        literal = general | _weighted(held.more)
        for word in held.less:
            literal.pop(word, None)
    return Wording(
        content,
        general,
        literal,
        frozenset(held.plates),
        frozenset(held.places),
        sum(general.values()),
    )


def _without_places(
    typed: str, words: list[str], said: list[str], found: list[places.Place]
) -> list[str]:
    """What the words of a typed text say (``said``) with each place under its mark; only the clauses
    that name one are cut up anew."""
    ends = [0, *accumulate(map(len, words))]
    out: list[str] = []
    done = at = end = 0  # words taken over; how far the text is written out; where its clause ends
    written: list[str] = []
    for place in (each for each in found if each.kind == "place"):
        if place.start >= end:
            out += _recut(written, typed[at:end])
            start, end = places.clause(typed, place.start)
            out += said[done : bisect_left(ends, start)]
            done, at, written = bisect_left(ends, end), start, []
        written += [typed[at : place.start], marks.PLACE_MARK]
        at = place.end
    return [*out, *_recut(written, typed[at:end]), *said[done:]]


def _recut(written: list[str], rest: str) -> list[str]:
    return _contents(cut("".join([*written, rest]))) if written else []


def _contents(words: Sequence[str]) -> list[str]:
    """What each word says without its signs, "" if nothing."""
    return [*map(_CONTENTS.__getitem__, words)]


def _weighted(words: Iterable[str]) -> dict[str, float]:
    return {word: weight for word in words if (weight := _WEIGHTS[word])}


def _weight(word: str) -> float:
    if word in _MARKS:
        return _MARKS[word]
    if not word or word in _PLEA:
        return 0.0
    return min(max(lexicon.rarity(word) - 2.7, 0.0), HEAVIEST)


places.prepared(TYPED)
_CONTENTS = Remembered(lambda word: "".join(CONTENT.findall(word)))
_WEIGHTS = Remembered(_weight)
weight = _WEIGHTS.__getitem__
_HEAVIEST = Remembered(lambda word: _WEIGHTS[word] == HEAVIEST)


def weighs(words: Iterable[str], least: float) -> bool:
    """Whether different words weigh so much together."""
    return any(total >= least for total in accumulate(map(_WEIGHTS.__getitem__, words)))


def rarest(words: Collection[str], most: int) -> list[str]:
    """The weightiest of different words, ties in the order of their characters; none without weight."""
    heaviest = sorted(filter(_HEAVIEST.__getitem__, words))
    if len(heaviest) >= most:  # two of three posts: it costs a third of what follows
        return heaviest[:most]
    weights = [*map(_WEIGHTS.__getitem__, words)]
    least = min(sorted(weights)[-most:], default=0.0)
    weighed = zip(weights, words, strict=True)
    likely = sorted([(-weight, word) for weight, word in weighed if weight >= least and weight])
    return [word for _, word in likely[:most]]
