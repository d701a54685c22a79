"""In what way a wording is like a known claim: the same, the opposite, the same story elsewhere.

The chance says how alike two texts are; what they name decides whether they may be the same. Nothing is
the same claim whose plate, place, school, date or number is another, or that says the opposite. In
doubt it is not the same: a debunk that is held to the wrong claim is worse than one more look.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from operator import eq
from typing import NamedTuple

from classifier.entities import denials, numerals, places, quantities
from classifier.entities.denials import Stance
from classifier.known import chance
from classifier.likeness import same_claim, wording
from classifier.likeness.wording import Wording
from classifier.text import lexicon
from classifier.text.document import Document
from classifier.text.spelling import HAN
from models.known.likeness import Relation

# after a name of two characters at least: 镇江 and 沙市 begin or end with a unit and are none without
_UNITS = re.compile("(..+?)(?:特别行政区|自治区|自治州|自治县|街道|[省市县区镇乡村])")
_DOUBTFUL = re.compile("|".join(sorted(places.DOUBTFUL)))
_TOWNS = frozenset("镇乡村县")
_PROPER = frozenset(("", "ns", "nr", "nz"))
_DIGITS = "[一二两三四五六七八九十百]"
_COUNTED = re.compile(f"{_DIGITS}.")
_ORDINAL = re.compile(
    rf"第?(\d{{1,3}}|{_DIGITS}{{1,3}})(人民医院|医院|中学|小学|幼儿园|附中|高中|中(?![心国央]))"
)
_SLOT = re.compile(
    "农贸市场|菜市场|菜场|批发市场|购物中心|火车站|汽车站|高铁站|地铁站|加油站|收费站|服务区|化肥厂|水泥厂|酒店|宾馆|饭店|养老院|敬老院|福利院|大厦"
    "|家园|公寓|街道|法院|公安局|隧道|工地|人民医院|医院|卫生院|诊所|幼儿园|小学|中学|大学|学院|学校|技校|派出所|小区|社区|花园|公园|景区|广场|商场|市场|超市|大桥|水库|大道|车站"
    "|农商行|信用社|银行|水厂|化工园|工业园|开发区|新区|[镇乡村县寺庙]"
)
_NO_NAME = re.compile(  # 这个小区, 在X镇
    "[的了在到去从往是有].|路过|经过|来到|进入|返回|抵达|途经|位于|发生|[昨今明前后去][天日晚年]|[早晚][上间]|[上中下]午|凌晨|刚[才刚]|目前|现在|[最附]近|近日|.[的了在到去从往我们你他她个这那该本各某一两几家所全多些每是有和与及或等让被把就也还来大老整]"
).fullmatch
_NO_NAMES = frozenset(["f", "d", "r", "m", "q", "c", "p"])  # 附近, 全部: parts of speech
_NAME = re.compile(f"[{HAN}]{{2}}").fullmatch
_UNNAMED = re.compile("学校|校园|食堂|幼儿园|医院|小区|[本外当]地|[本全]市|全城|某|镇上|村里|车")
NEAR = 0.12  # a cosine below is nobody's story
STORY = 0.25  # from here on the same story, where what it names or denies is another
THING = 1.5  # weight of a word from which it is what a claim is about
MOST_WORDS = 100  # compared one by one
SHORT = 60  # characters of a post that has no room for what is beside the point

Kinds = Mapping[str, Collection[str]]  # what is named, by its kind


@dataclass(frozen=True)
class Read:
    """What a text names that may be another thing in another text, what it says and what it denies."""

    plain: str
    wording: Wording
    words: tuple[str, ...]
    stance: Stance
    plates: frozenset[str]
    names: frozenset[str]  # of places, hospitals and schools, and what may be one
    local: frozenset[str]  # those of them that few texts name
    unnamed: bool  # whether it speaks of a school, a car, a place, and not of which
    slots: Kinds  # before 小区, 镇, 中学: what stands there
    numbers: Kinds
    days: Kinds


def judge(said: str, claim: str, likely: float, cosine: float) -> tuple[float, Relation]:
    """How surely a wording makes a claim, and in what way it is like it.

    ``likely``: their ``chance``. 1 where they are equal once normalised. It is the same claim where the
    chance says so, or where two posts like these would be one case. Where they differ in what they name
    or in what they deny, how sure it is is said of the story, with the names left out.
    """
    if cosine < NEAR:
        return likely, Relation.RELATED
    ours, theirs = read(said), read(claim)
    if ours.plain == theirs.plain:
        return 1.0, Relation.SAME
    one_case = same_claim.likeness(ours.wording, theirs.wording)
    moved, opposite, changed = differences(ours, theirs)
    elsewhere = moved or _unsaid(ours, theirs)
    if not (elsewhere or opposite or changed):
        sure = likely >= chance.SURE or one_case >= same_claim.THRESHOLD
        if not sure or _another_thing(ours.words, theirs.words):
            return likely, Relation.RELATED
        return max(likely, one_case), Relation.SAME
    names = {*ours.names, *theirs.names, *ours.plates, *theirs.plates}
    story = max(likely, one_case, without(ours.plain, theirs.plain, names, opposite))
    if story < STORY or opposite and moved:
        return story, Relation.RELATED
    if opposite:
        return story, Relation.OPPOSITE
    return story, Relation.ELSEWHERE if elsewhere else Relation.CHANGED


class Differences(NamedTuple):
    """What makes two stories of two texts, whichever of them is held against the other."""

    moved: bool  # each names a plate or a place that the other does not
    opposite: bool  # one denies what the other says
    changed: bool  # other numbers, other days


def differences(ours: Read, theirs: Read) -> Differences:
    """In what two texts differ; what only one of them names is no difference here."""
    opposite = denials.against(ours.stance, theirs.stance) or denials.against(
        theirs.stance, ours.stance
    )
    changed = _apart(ours.numbers, theirs.numbers) or _apart(ours.days, theirs.days)
    return Differences(_moved(ours, theirs), bool(opposite), changed)


def _another_thing(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether in the same sentence another thing stands: 吃大蒜能预防流感, 吃洋葱能预防流感."""
    for code, i, i_end, j, j_end in SequenceMatcher(None, ours, theirs, False).get_opcodes():
        if code == "replace" and max(i_end - i, j_end - j) <= 3:
            one = [word for word in ours[i:i_end] if word not in theirs and _thing(word)]
            other = [word for word in theirs[j:j_end] if word not in ours and _thing(word)]
            if one and other:
                return True
            if i_end - i == j_end - j == 1 and _turned(ours[i], theirs[j]):
                return True
    return False


def _thing(word: str) -> bool:
    return lexicon.tag(word)[:1] == "n" and wording.weight(word) >= THING


def _turned(one: str, other: str) -> bool:
    """停水 and 停电, 涨价 and 降价; 一半 and 三成."""
    if _COUNTED.match(one) and _COUNTED.match(other):
        return True
    verbs = lexicon.tag(one)[:1] == lexicon.tag(other)[:1] == "v"
    weighs = min(wording.weight(one), wording.weight(other)) >= THING
    return verbs and weighs and len(one) == len(other) == 2 and sum(map(eq, one, other)) == 1


@lru_cache(maxsize=1024)
def read(text: str) -> Read:
    """What a text names, says and denies."""
    document = Document(text)
    plain, found = document.plain, wording.of_document(document)
    begin = plain[: wording.MOST]
    slots = _slots(begin)
    return Read(
        plain,
        found,
        (*filter(wording.CONTENT.match, document.words[:MOST_WORDS]),),
        denials.stance(plain),
        found.plates,
        found.places.union(_DOUBTFUL.findall(begin), _units(slots)),
        found.local,
        bool(_UNNAMED.search(begin)),
        slots,
        quantities.numbers_in(begin),
        quantities.days_in(begin),
    )


def _slots(plain: str) -> Kinds:
    found: dict[str, set[str]] = {}
    for m in _SLOT.finditer(plain):
        before = plain[max(0, m.start() - 2) : m.start()]
        if _NAME(before) and not _NO_NAME(before) and lexicon.tag(before) not in _NO_NAMES:
            found.setdefault(m[0], set()).add(before)
    for m in _ORDINAL.finditer(plain):
        found.setdefault("第" + m[2], set()).add(numerals.read(m[1]))
    return found


def _units(slots: Kinds) -> Iterator[str]:
    """Towns and villages that no list has: 白沙镇."""
    for unit in _TOWNS & slots.keys():
        named = (name + unit for name in slots[unit])
        yield from (each for each in named if lexicon.tag(each) in _PROPER)


def _apart(ours: Kinds, theirs: Kinds) -> bool:
    """Whether of some kind both name some and none in common."""
    return any(not {*ours[kind]} & {*theirs[kind]} for kind in ours.keys() & theirs.keys())


def _moved(ours: Read, theirs: Read) -> bool:
    """Whether each side names a plate or a place that the other does not."""
    return (
        both_miss(ours.plates, theirs.plates)
        or both_miss(ours.names, theirs.names)
        or _apart(ours.slots, theirs.slots)
    )


def _unsaid(ours: Read, theirs: Read) -> bool:
    """Whether only one side is of a certain plate or place, and the story hangs on it.

    A claim that names its place does. A post may name places on the way (a paper says, a doctor in X),
    so there it does where the post is short, or where the claim leaves the place open: 学校, 本地.
    """
    if ours.plates & theirs.plates or len(_missing(ours.names, theirs.names)) < len(ours.names):
        return False
    if theirs.names or theirs.plates:
        return True
    return bool(ours.local or ours.plates) and (theirs.unnamed or len(ours.plain) <= SHORT)


def both_miss(ours: Collection[str], theirs: Collection[str]) -> bool:
    """Whether each side has a name that the other has not."""
    return bool(_missing(ours, theirs) and _missing(theirs, ours))


def _missing(names: Iterable[str], among: Iterable[str]) -> list[str]:
    theirs = [_bare(name) for name in among]
    ours = ((name, _bare(name)) for name in names)
    return [name for name, own in ours if not any(own in o or o in own for o in theirs)]


def _bare(name: str) -> str:
    """武汉市中心医院 as 武汉中心医院."""
    return _UNITS.sub(r"\1", name)


def without(said: str, claim: str, names: Collection[str], opposite: bool) -> float:
    """The chance of two normalised texts with these names left out, and the words that deny."""
    texts = [said, claim]
    if opposite:
        texts = [denials.asserted(each) for each in texts]
    if names:
        pattern = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
        texts = [re.sub(pattern, " ", each) for each in texts]
    return chance.of_pair(*texts)
