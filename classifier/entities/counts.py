"""Counts of people, cases and things: 12人, 三例确诊, 死了两个."""

from __future__ import annotations

import re
from dataclasses import dataclass

from classifier.text.phrases import Found, Phrases

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
# of bounded length: a post of 20,000 times 一 took half a minute
_NUMBER = (
    r"(?:\d{1,12}(?:[.,]\d{1,6}){0,4}[万千百]?|[零一二两三四五六七八九十百千万]{1,20}"
    r"|数[十百千]|几[十百千])"
)
_COUNT = re.compile(
    rf"(?P<n>{_NUMBER})(?P<about>多|余|几)?(?P<unit>名|例|人(?!民|家|们|生|类|间|口|心|物|群)|位|具|条人命|头|户|辆|起|个(?:人|孩子|小孩|学生|病人|病例|村|确诊))"
    rf"(?P<what>确诊|疑似|死亡|遇难|受伤|失踪|感染|学生|孩子|儿童|病人|病例|患者|小孩|老人|女孩|男孩|警察|村民|工人)?"
)
_AFTER = re.compile(
    rf"(?P<what>死亡|遇难|受伤|失踪|感染|确诊|死|伤|抓|丢)了?(?:至少|已有|约|近|超过)?(?P<n>{_NUMBER})(?P<about>多|余|几)?(?P<unit>个|人|名|例|位)?"
)
PHRASES: Phrases = Phrases({"counted before": _COUNT, "counted after": _AFTER})
_VAGUE = frozenset("一")  # 一个人, 一位: an article, not a count


@dataclass(frozen=True)
class Count:
    """``number`` as digits ("" when it is only 几十), what is counted, and the unit."""

    text: str
    number: str
    unit: str
    what: str
    start: int
    end: int


def counts_in(text: str, seen: Found | None = None) -> list[Count]:
    """Counts in order of appearance, none overlapping; ``seen`` as in ``times.times_in``.

    >>> [(c.text, c.number) for c in find("死了两个，三例确诊，12人")]
    [('死了两个', '2'), ('三例确诊', '3'), ('12人', '12')]
    """
    found: list[Count] = []
    taken = bytearray(len(text))
    seen = PHRASES.look(text) if seen is None else seen
    if not (seen.starts("counted after") or seen.starts("counted before")):
        return []
    for order in ("counted after", "counted before"):
        for m in seen.all(order):
            before = order == "counted before"
            if before and m["n"] in _VAGUE and m["unit"] not in ("例", "起", "具"):
                continue
            if not before and not m["unit"] and not m["n"].isdigit():
                continue
            if taken.find(1, *m.span()) >= 0:
                continue
            taken[m.start() : m.end()] = b"\1" * (m.end() - m.start())
            about = m["about"] or ""
            found.append(
                Count(
                    m.group(),
                    _value(m["n"]) + ("+" if about else ""),
                    m["unit"] or "",
                    m["what"] or "",
                    *m.span(),
                )
            )
    return sorted(found, key=lambda count: count.start)


def _value(word: str) -> str:
    if word[0] in "数几":
        return ""
    head = re.match(r"[\d.,]+", word)
    if head:
        number = float(head.group().replace(",", "") or 0) if head.group().count(".") < 2 else 0.0
        for unit in word[head.end() :]:
            number *= _UNITS[unit]
        return f"{number:g}" if number < 1e6 else f"{number:.0f}"
    total = section = digit = 0
    for character in word:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character == "万":
            total, section, digit = (total + section + digit) * 10_000, 0, 0
        else:
            section, digit = section + max(digit, 1) * _UNITS[character], 0
    return str(total + section + digit)
