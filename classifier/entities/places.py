"""Places, hospitals and schools named in a text: precise rather than greedy.

Three sources: names that jieba's dictionary tags as places or that issue plates, names built with an administrative or
street suffix (…镇, …街道, …小区), and, after a verb of motion or being somewhere, a short name that
ends as village and town names do (白兔潭). An office adds its own names with ``gazetteer``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from classifier.entities.place_words import (
    NAME_WORDS,
    NOT_PLACES,
    STOP_TAGS,
    STOP_WORDS,
)
from classifier.entities.plate_offices import OFFICES
from classifier.text import lexicon
from classifier.text.phrases import Found, Phrases
from classifier.text.spelling import HAN, cut

_SUFFIX = re.compile(
    "街道办事处|街道|开发区|工业园|风景区|自治区|自治州|自治县|居委会|村委会|派出所|火车站|高铁站|汽车站|地铁站|机场|服务区|收费站|"
    "小区|花园|家园|新村|社区|广场|大厦|商场|市场|公园|大桥|水库|大道|胡同|公路|高速|超市|工业区|"
    "省|市|县|区|镇|乡|村|屯|庄|寨|路|街|巷|桥|湾|港|码头"
)
_VERBS = "回到|来到|去到|去了|到了|返回|返乡到|途经|路过|经过|住在|抵达|逃到|躲在|流入|开往|送往|运到|赶到|发生在|位于|在|到|往|从|回"
_ENDS = "潭坪冲坝湾岗沟庄屯寨铺店塘堰洲集岭坡畈圩垸滩泉溪岛营堡关墩浜埠嘴窝垭坳垅塬峪崮圪渡口村镇乡"
_ON = "[来去]?到|[来去]了"  # 回来到东渡: how it went on, and no name begins so
_AFTER = re.compile(
    rf"(?:{_VERBS})(?P<name>(?!{_ON})[{HAN}]{{1,3}}[{_ENDS}])(?=$|[^{HAN}]|的|了|人|有|出现|发现|车上|这边|那边)"
)
# after a name of two characters at least: 镇江 and 沙市 begin or end with a unit and are none without
_UNITS = re.compile("(..+?)(?:特别行政区|自治区|自治州|自治县|街道|[省市县区镇乡村])")
_HOSPITAL = re.compile("医院|卫生院|诊所|卫生室|妇幼保健院|疾控中心|急救中心|卫生服务中心")
_SCHOOL = re.compile(
    "幼儿园|小学|中学|高中|大学|学院|职校|技校|一中|二中|三中|实验学校|附中|附小|学校"
)

_ENDINGS: Phrases = Phrases({"hospital": _HOSPITAL, "school": _SCHOOL, "suffix": _SUFFIX})

# jieba takes 石家庄 and 张家口 for people and 合肥 for a thing
_CITIES = {city for row in OFFICES.values() for city in row.values()}
DOUBTFUL = frozenset(_CITIES & NOT_PLACES)  # 日照, 白银: cities and common words

_HAN_ONLY = re.compile(f"[{HAN}]+").fullmatch
_NAME = re.compile(f"[{HAN}0-9]+").fullmatch
_LEAD = re.compile("[刚从到在去往至由被把将]+(?!家)")
SHORT = 80  # characters of a clause that is remembered
_SUSPECT = ("name", "hospital", "school", "suffix")
# what ends a clause; the cutter takes the characters before it by themselves
_INSIDE = "_+#&.%-"
_BREAK = re.compile(r"[^\w+#&.%\-]")
Token = tuple[str, int, int]  # a word, where it begins and ends
Named = tuple[str, str, int, str]  # kind, name, where it begins in its clause, how it was found


@dataclass(frozen=True)
class Place:
    """A name and where it stands. ``kind``: place, hospital or school; ``source``: how it was found."""

    kind: str
    text: str
    start: int
    end: int
    source: str


def places_in(text: str, gazetteer: Collection[str] = (), seen: Found | None = None) -> list[Place]:
    """Places, hospitals and schools of a clean text in order of appearance, none inside another.

    Only the clauses in which a name may stand are cut up. ``seen``: what a search ``prepared`` for
    places found in the text, where the caller has made one already.

    >>> [p.text for p in places_in("车刚从武汉回到白兔潭，送往湘雅医院")]
    ['武汉', '白兔潭', '湘雅医院']
    """
    seen = _own().look(text) if seen is None else seen
    found: list[Place] = []
    end = 0
    for at in sorted({start for kind in _SUSPECT for start in seen.starts(kind)}):
        if at >= end:
            start, end = clause(text, at)
            named = _in_clause if end - start <= SHORT else _in_clause.__wrapped__
            for kind, name, first, source in named(text[start:end]):
                first += start
                found.append(Place(kind, name, first, first + len(name), source))
    if gazetteer:
        found += _from_gazetteer(text, gazetteer)
    found += [
        Place("place", m["name"], m.start("name"), m.end("name"), "语境")
        for m in seen.all("context")
        if not lexicon.is_word(m["name"]) or lexicon.tag(m["name"]) == "ns"
    ]
    return _outermost(found) if found else found


def bare(name: str) -> str:
    """A name without the units in it.

    >>> bare("武汉市中心医院"), bare("白兔潭镇"), bare("沙市")
    ('武汉中心医院', '白兔潭', '沙市')
    """
    return _UNITS.sub(r"\1", name)


@lru_cache(maxsize=1 << 14)
def _in_clause(said: str) -> tuple[Named, ...]:
    """What a clause names by itself.

    Remembered, because a post is asked as it was typed and again as it was normalised, and most
    of its clauses are the same.
    """
    seen = _ENDINGS.look(said)
    words = cut(said)
    ends = [*accumulate(map(len, words))]
    tokens = [*zip(words, [0, *ends], ends, strict=False)]
    return (
        *_named("hospital", seen.all("hospital"), tokens),
        *_named("school", seen.all("school"), tokens),
        *_from_dictionary(tokens),
        *_by_suffix(seen.all("suffix"), tokens),
    )


@lru_cache(maxsize=1)
def _own() -> Phrases:
    return prepared(Phrases())


def prepared(phrases: Phrases) -> Phrases:
    """A search that also looks for all that ``find`` needs."""
    phrases.add(_ENDINGS.patterns | {"context": _AFTER})
    phrases.add_words("name", _names)
    return phrases


def clause(text: str, at: int) -> tuple[int, int]:
    """Where the clause begins and ends in which an offset lies; no word reaches beyond it."""
    start = at
    while start and (text[start - 1].isalnum() or text[start - 1] in _INSIDE):
        start -= 1
    end = _BREAK.search(text, at)
    return start, end.start() if end else len(text)


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    """Every word that stands for a place by itself."""
    told = {*lexicon.tagged("ns"), *_CITIES} - NOT_PLACES
    return frozenset(name for name in told if len(name) >= 2)


def _from_dictionary(tokens: list[Token]) -> list[Named]:
    names = _names()
    return [("place", word, start, "词典") for word, start, _ in tokens if word in names]


def _from_gazetteer(text: str, names: Collection[str]) -> Iterator[Place]:
    longest = sorted(names, key=len, reverse=True)
    for match in re.finditer("|".join(map(re.escape, longest)), text):
        yield Place("place", match.group(), match.start(), match.end(), "地名表")


def _left(tokens: list[Token], index: int, most: int) -> int:
    """How far a proper name reaches to the left of token ``index``: the start offset."""
    first = index
    while first:
        word, begin, end = tokens[first - 1]
        if end != tokens[first][1] or tokens[index][1] - begin > most or not _HAN_ONLY(word):
            break
        stop = word in STOP_WORDS or (lexicon.tag(word) in STOP_TAGS and word not in NAME_WORDS)
        if stop and word not in _names() and word not in _CITIES:  # 大同 before 火车站 is the city
            break
        first -= 1
    text = "".join(word for word, _, _ in tokens[first : index + 1])
    lead = _LEAD.match(text)  # 刚到 is one word to the cutter, and no name begins so
    start = tokens[first][1]
    return start + len(lead.group()) if lead and len(text) - len(lead.group()) >= 3 else start


def _named(kind: str, found: list[re.Match[str]], tokens: list[Token]) -> Iterator[Named]:
    begins = [begin for _, begin, _ in tokens] if found else []
    for match in found:
        index = bisect_right(begins, match.start()) - 1
        if index < 0 or match.start() >= tokens[index][2]:
            continue
        start = min(_left(tokens, index, 12), tokens[index][1])
        name = match.string[start : match.end()]
        if (
            len(name) > len(match.group())
            and not lexicon.is_word(name)
            or lexicon.tag(name) in ("nt", "ns")
        ):
            yield kind, name, start, "名称"


def _by_suffix(found: list[re.Match[str]], tokens: list[Token]) -> Iterator[Named]:
    if not found:
        return
    starts = {begin: i for i, (_, begin, _) in enumerate(tokens)}
    ends = {end: i for i, (_, _, end) in enumerate(tokens)}
    for match in found:
        last = ends.get(match.end())
        if last is None:
            continue
        first = starts.get(match.start())
        if first is not None:  # the suffix is a word of its own: 白兔潭 | 镇
            begin = _left(tokens, first, 6)
            name = match.string[begin : match.end()]
            sound = 2 <= match.start() - begin <= 6
        else:  # it ends a word that the dictionary does not know: 青云镇; or a city's: 广州火车站
            name, begin, _ = tokens[last]
            sound = len(name) >= 3 and (
                not lexicon.is_word(name) or not _CITIES.isdisjoint((name[:2], name[:3]))
            )
        if sound and _NAME(name):
            yield "place", name, begin, "后缀"


def _outermost(found: list[Place]) -> list[Place]:
    kept: list[Place] = []
    for place in sorted(found, key=lambda p: (p.start, -p.end)):
        if not kept or place.start >= kept[-1].end:
            kept.append(place)
    return kept
