"""Counts of people, cases and things: 12人, 三例确诊, 死了两个, 3死5伤.

A number belongs to a word beside it: to the one after it (3死5伤, 3人死亡) or, where a word comes
first and a number last, to the one before it (死3伤5, 死亡3人). So numbers and words that stand side
by side are taken as one chain, and the chain decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classifier.entities import numerals, plates, times
from classifier.text.marks import PHONE
from classifier.text.phrases import Found, Phrases

_B = r"[ \t\u3000]?"
_MORE = "超过|超過|不止|至少|多于|超|逾"
_ABOUT = "将近|將近|接近|差不多|大约|大約|不到|不足|近|约|約"
_UNIT = (
    "条人命|條人命|人次|人(?!民|家|们|們|生|类|類|间|間|口|心|物|群|士|工智)|名(?!字|单|單|称|稱|次)|例(?!如|外|子)"
    "|位(?!置|于|於|数|數)|具(?![体體有备備])|头(?![部发條条痛疼])|户(?![口外籍型])|辆|輛|起(?![来來床飞飛码])"
    "|[个個](?:人(?!民|们)|村)|[个個](?![月半]|多?小?[时時]|星期)"
)
_WHO = "学生|學生|孩子|儿童|兒童|病人|病例|患者|小孩|老人|女孩|男孩|警察|村民|工人|医生|護士|护士|乘客|司机"
_EVENT = (
    "死亡|遇难|遇難|身亡|丧生|喪生|罹难|罹難|死伤|死傷|伤亡|傷亡|受伤|受傷|负伤|負傷|重伤|重傷|轻伤|輕傷|失踪|失蹤|失联|失聯"
    "|感染|确诊|確診|疑似|被困|被抓|中毒|死(?![机機党黨角磕循命锁鎖活心罪刑鱼神灰气氣板路定穴])(?!一生)"
    "|[伤傷](?![心害感口势勢痛寒脑腦风神])|抓(?![紧緊住狂拍手取])|丢(?![人脸])"
)
_NUMBER = re.compile(
    rf"(?<![A-Za-z0-9０-９Ａ-Ｚａ-ｚ*＊第])(?<![^此之以目日先年天月周]前)(?<!\A前)(?<!\d[.．:：,])"
    rf"(?P<before>(?:{_MORE}|{_ABOUT})(?<!附近)(?<!最近)(?<!靠近)|上(?=[百千万萬亿億]))?{_B}"
    rf"(?P<n>{numerals.NUMBER})(?:{_B}(?:[-~～—–－至到或]|(?<=[一二三四五六七八])、){_B}(?P<to>{numerals.NUMBER}))?"
    rf"(?P<after>多|余|餘|几|幾|来|來|[+＋])?(?P<times>(?<=[多余餘几幾来來])[千万萬亿億]{{1,2}})?{_B}(?:(?P<unit>{_UNIT})(?P<end>以上|左右|上下)?)?{_B}(?P<who>{_WHO})?"
)
_WORD = re.compile(
    rf"(?P<event>{_EVENT})(?:者|[员員](?![工])|人[数數]|人[员員]|病例|患者|学生|學生|孩子)?"
)
_TO_WORD = re.compile(
    rf"(?:{_B}(?:当场|當場|不幸|先后|先後|已经|已經|已|被|均|都|全部|不同程度|不治|抢救无效|搶救無效|经|經|因|遭|因公))"
    rf"{{0,3}}{_B}"
)
_TO_NUMBER = re.compile(
    rf"(?:{_B}(?:了|过|過|已有|已达|已達|已|达到|達到|达|達|高达|有|为|為|是|共|累计|累計|新增|增加|升至|增至|上升[到至]"
    rf"|增加[到至]|[:：]))"
    rf"{{0,3}}{_B}"
)
_FAR = 24
_PART = re.compile(r"(?:[0-9０-９]\s?[/／∕⁄]|[分份]之|[0-9０-９]\s?[、,])\s?$")
_LISTED = re.compile(
    rf"(?:^(?=1\D)|[。；;！!？?\n]\s?|(?:{_EVENT})(?:[了人有]|人[数數])?)[0-9０-９]{{1,9}}\s?[、,]\s?$"
)
_ENDED = re.compile(rf"{_B}(?:$|[^\w+＋]|{_EVENT})")
_BARE = re.compile("[百千万萬亿億佰仟]+|(?:19|20)[0-9]{2}")  # 万死不辞, 2020死亡: no counts of dead
_OCCASION = re.compile(r"[\u4e00-\u9fff]{0,6}?(?:案|事故|车祸|火灾|爆炸|聚集|疫情|事件)")
_SIMPLE = str.maketrans("個學傷難喪輕確診蹤聯輛兒護條", "个学伤难丧轻确诊踪联辆儿护条")
_ALIKE = {
    **dict.fromkeys(("死", "身亡", "丧生", "遇难", "罹难"), "死亡"),
    **dict.fromkeys(("伤", "负伤"), "受伤"),
    **dict.fromkeys(("", "名", "位", "条人命", "个人", "个"), "人"),
    "伤亡": "死伤",
}
PHRASES: Phrases = Phrases({"count number": _NUMBER, "count word": _WORD})


@dataclass(frozen=True)
class Count:
    """``number`` as digits ("" when it is only 几十), what is counted, and the unit.

    ``what`` is what happened to them (死亡), else who they are (学生); ``value`` the same for every
    spelling of one count.
    """

    text: str
    number: str
    unit: str
    what: str
    start: int
    end: int
    value: str = ""


def counts_in(
    text: str, seen: Found | None = None, without: Sequence[tuple[int, int]] | None = None
) -> list[Count]:
    """Counts in order of appearance, none overlapping; ``seen`` as in ``times.times_in``.

    ``without``: where plates, times and phone numbers stand, whose digits count nothing; they are
    looked for where the caller does not say.

    >>> [(c.text, c.number, c.what) for c in counts_in("死了两个，三例确诊，12人；3死5伤")]
    [('死了两个', '2', '死'), ('三例确诊', '3', '确诊'), ('12人', '12', ''), ('3死', '3', '死'), ('5伤', '5', '伤')]
    """
    seen = PHRASES.look(text) if seen is None else seen
    if not seen.starts("count number"):
        return []
    numbers = seen.all("count number")
    if numbers:
        taken = bytearray(len(text))
        for start, end in _others(text) if without is None else without:
            taken[start:end] = b"\1" * (end - start)
        numbers = [
            m
            for m in numbers
            if taken.find(1, m.start("n"), m.end("n")) < 0 and not _is_part(text, m.start("n"))
        ]
    found: list[Count] = []
    for chain in _chains(text, sorted([*numbers, *seen.all("count word")], key=re.Match.start)):
        found += _bound(chain)
    return found


def _is_part(text: str, at: int) -> bool:
    """Whether the number at ``at`` is the end of a fraction, or of two numbers of which nobody can tell
    what they count: 1/3人, 3、5人. A number of a list in front (1、5人受伤) is none of them."""
    before = text[max(0, at - _FAR) : at]
    return bool(_PART.search(before)) and not _LISTED.search(before)


def _others(text: str) -> list[tuple[int, int]]:
    found = [(each.start, each.end) for each in plates.plates_in(text)]
    found += [(each.start, each.end) for each in times.times_in(text)]
    return found + [each.span() for each in PHONE.finditer(text)]


def _chains(text: str, tokens: Sequence[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    """Numbers and words that stand side by side, in turns."""
    chain: list[re.Match[str]] = []
    for token in tokens:
        if chain and token.start() < chain[-1].end():
            continue  # a word inside the number before it: 个确诊
        if chain:
            gap = _TO_NUMBER if token.re is _NUMBER else _TO_WORD
            if token.re is chain[-1].re or not gap.fullmatch(text, chain[-1].end(), token.start()):
                yield chain
                chain = []
        chain.append(token)
    if chain:
        yield chain


def _bound(chain: list[re.Match[str]]) -> Iterator[Count]:
    """The counts of a chain: the words come after their numbers, or all of them before."""
    word_first = chain[0].re is _WORD and chain[-1].re is _NUMBER
    if [each.re for each in chain] == [_NUMBER, _WORD, _NUMBER]:
        between = chain[0].string[chain[1].end() : chain[2].start()]
        if between.strip():  # 5个人死了3个
            yield from _bound(chain[:1])
            chain, word_first = chain[1:], True
    if not word_first and chain[0].re is _WORD:
        chain = chain[1:]
    for at in range(0, len(chain), 2):
        pair = chain[at : at + 2]
        number = pair[-1] if word_first else pair[0]
        word = None if len(pair) < 2 else pair[0] if word_first else pair[1]
        if _counts(number, word, word_first, len(chain)):
            yield _count(number, word)
        elif number["unit"] and _counts(number, None, False, 1):
            yield _count(number, None)


def _counts(
    number: re.Match[str], word: re.Match[str] | None, word_first: bool, links: int
) -> bool:
    n, unit, text = number["n"], number["unit"] or "", number.string
    if word is None:
        if n == "一" and unit not in ("例", "具"):  # 一个人, 一位: an article, not a count
            return unit == "起" and bool(_OCCASION.match(text, number.end()))
        return unit not in ("", "个", "個") or bool(unit and number["who"])
    if not word_first:
        direct = text[number.end() : word.start()].strip() == ""
        return word["event"] not in ("抓", "丢") and bool(
            unit or (direct and not _BARE.fullmatch(n) and not number["who"])
        )
    if unit:
        return True
    if number["who"] or not _ENDED.match(text, number.end()):
        return False  # 死亡5小时后
    return n[0].isdigit() or links > 2


def _count(number: re.Match[str], word: re.Match[str] | None) -> Count:
    start, end = number.start(), number.end()
    if word is not None:
        start, end = min(start, word.start()), max(end, word.end())
    text = number.string[start:end]
    lead = len(text) - len(text.lstrip())
    event, who = "" if word is None else word["event"], number["who"] or ""
    times = number["times"] or ""  # 30余万: the unit of 30 stands behind the word for more
    unit, written = number["unit"] or "", number["n"] + times
    said = numerals.read(written)
    if number["to"]:
        said = numerals.span(number["n"], number["to"] + times)
    before, after, tail = number["before"] or "", number["after"] or "", number["end"] or ""
    more = (
        before == "上"
        or re.fullmatch(_MORE, before)
        or after not in ("", "来", "來")
        or tail == "以上"
    )
    about = "约" if not more and (before or after or tail) else ""
    digits = said + ("+" if said and more else "")
    counted, fate = (
        _ALIKE.get(each, each) for each in (unit.translate(_SIMPLE), event.translate(_SIMPLE))
    )
    if fate and counted == "例":
        counted = "人"
    value = about + (digits or numerals.plain(written)) + counted
    value += who.translate(_SIMPLE) + (fate if event else "")
    text = text.strip()
    return Count(text, digits, unit, event or who, start + lead, start + lead + len(text), value)
