"""A post reduced to what two wordings of one claim have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from classifier.entities import places, plates
from classifier.text import lexicon, marks
from classifier.text.spelling import HAN, normalise, segment

MOST = 600  # characters looked at: a claim stands early in a long post
LOCAL = 4.4  # rarity from which a place name is local: 武汉 and 北京 are below, 白兔潭 above
_MARKS = {
    marks.PLATE_MARK: 3.0,
    marks.PHONE_MARK: 1.0,
    marks.PLACE_MARK: 1.0,
    marks.NUMBER_MARK: 0.3,
    marks.LINK_MARK: 0.0,
    marks.USER_MARK: 0.0,
}
CONTENT = re.compile(rf"[{HAN}a-z0-9\ue000-\ue0ff]+")
_HASHTAG = re.compile("#[^#]{1,40}#|《心》")
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
    shingles: frozenset[str]  # pairs of characters of the content, kinds under marks
    plates: frozenset[str]
    places: frozenset[str]
    local: frozenset[str]  # places that few texts name
    weight: float  # of the general words


@lru_cache(maxsize=4096)
def of(text: str) -> Wording:
    """The wording of a post; hashtags count only where little else is written."""
    return read(form(text))


def form(text: str) -> str:
    """The wording of a post in the compact form that is stored: what ``read`` takes.

    Five lines, their parts parted by tabs, of which a normalised text has none: the words in order
    with kinds under marks; words that only the text with its names has; words that it has not;
    plates; places. Two posts are compared by their forms alone, so that nothing is cut up twice.
    """
    whole = normalise(text)[:MOST]
    body = _HASHTAG.sub(" ", whole)
    if body != whole and len("".join(CONTENT.findall(body))) >= 12:
        whole = body
    typed = marks.typed(whole)
    cut = segment(typed)
    found = places.find(typed, cut=cut)
    plain = _without_places(typed, found)
    general = _contents(cut if plain == typed else segment(plain))
    literal = general if plain == typed else _contents(cut)
    lines: tuple[Iterable[str], ...] = (
        general,
        sorted({*literal}.difference(general)),
        sorted({*general}.difference(literal)),
        sorted({plate.value for plate in plates.find(whole)}),
        sorted({place.text for place in found}),
    )
    return "\n".join(map("\t".join, lines))


@lru_cache(maxsize=4096)
def read(form: str) -> Wording:
    """The wording that a form stands for."""
    said, more, less, plated, placed = form.split("\n")
    words = said.split("\t")
    content = "".join(words)
    general = _weighted(words)
    literal = general
    if more or less:
        literal = {w: weight for w, weight in general.items() if w not in less.split("\t")}
        literal |= _weighted(more.split("\t"))
    names = frozenset(placed.split("\t")) if placed else frozenset()
    return Wording(
        content,
        general,
        literal,
        frozenset(map("".join, zip(content, content[1:], strict=False))) or frozenset([*content]),
        frozenset(plated.split("\t")) if plated else frozenset(),
        names,
        frozenset(name for name in names if lexicon.rarity(name) >= LOCAL),
        sum(general.values()),
    )


def _without_places(typed: str, found: list[places.Place]) -> str:
    out, at = [], 0
    for place in found:
        if place.kind == "place":
            out += [typed[at : place.start], marks.PLACE_MARK]
            at = place.end
    return "".join(out) + typed[at:]


def _contents(words: Sequence[str]) -> list[str]:
    return [said for word in words if (said := _content(word))]


@lru_cache(maxsize=1 << 16)
def _content(word: str) -> str:
    return "".join(CONTENT.findall(word))


def _weighted(words: Iterable[str]) -> dict[str, float]:
    return {word: weight for word in words if (weight := _weight(word))}


@lru_cache(maxsize=1 << 16)
def _weight(word: str) -> float:
    if word in _MARKS:
        return _MARKS[word]
    if not word or word in _PLEA:
        return 0.0
    return min(max(lexicon.rarity(word) - 2.7, 0.0), 3.0)


def rarest(words: dict[str, float], most: int) -> list[str]:
    """The weightiest words, ties in the order of their characters."""
    return sorted(words, key=lambda word: (-words[word], word))[:most]
