"""Which words a notice may carry, and how names, numbers and times are written for the public.

The word 谣言 has one law (RELIABILITY 3.1): it may stand only where the verdict is 不实 *and* the
notice is approved. Our templates never write it; it can come in by an officer's sentence, by the
claim itself, or by the office's own name. This module is the one place that decides.
"""

from __future__ import annotations

import re
from datetime import datetime

from markupsafe import Markup, escape

from models.casework.records import NoticeKind
from models.china_time import in_china
from models.config import OfficeConfig
from models.errors import InputError
from models.outcome import Outcome
from models.personal.mask import outgoing
from models.publishing.records import Notice
from models.text import clean, shown

_BETWEEN = r"[\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff.·•*_\-]*"
RUMOR = re.compile(f"[谣謠]{_BETWEEN}言")

TAGS: dict[Outcome, str] = {
    Outcome.FALSE: "网传不实",
    Outcome.MISLEADING: "网传误导",
    Outcome.OUTDATED: "网传旧闻",
    Outcome.TRUE: "网传属实",
}
NUMERALS = "一二三四五六七八九十"

# Short entities that must not break over a line: plates, dates, times, number + unit.
ENTITY = re.compile(
    r"[\u4e00-\u9fff][A-Z][A-Z]?\*{4}[挂学警港澳领使]?"
    r"|\d{4} ?年(?: ?\d{1,2} ?月(?: ?\d{1,2} ?日)?)?"
    r"|\d{1,2} ?月(?: ?\d{1,2} ?日)?"
    r"|\d{1,2}:\d{2}"
    r"|(?<![\d.])\d{1,12}(?:\.\d{1,6})? ?[人份例辆台个条家件次户吨元号时点岁天年月日%％]"
)


def may_say_rumor(notice: Notice) -> bool:
    """Whether 谣言 may render: verdict 不实, a debunk, and approved (not retracted since)."""
    return (
        notice.kind is NoticeKind.DEBUNK and notice.outcome is Outcome.FALSE and notice.state.issued
    )


def neutral(text: str) -> str:
    """The text with 谣言 said as the house says it: 说法.

    >>> neutral("这条谣 言说")
    '这条说法说'
    """
    return RUMOR.sub("说法", text)


def neutral_quote(text: str) -> str:
    """As ``neutral``, for the words of others: 谣言 is masked and no other word put in its place.

    >>> neutral_quote("都说是谣言")
    '都说是××'
    """
    return RUMOR.sub("××", text)


def outward(text: str) -> str:
    """Text from outside on its way out: storable, nothing hidden in it, plates and phones masked."""
    return shown(outgoing(clean(text)))  # masked first: what is hidden may part two numbers


def said(notice: Notice, text: str) -> str:
    """One of the notice's own sentences on its way out, under the law of the word."""
    text = outward(text)
    return text if may_say_rumor(notice) else neutral(text)


def quoted(notice: Notice, text: str) -> str:
    """The claim's words on their way out, under the law of the word."""
    text = outward(text)
    return text if may_say_rumor(notice) else neutral_quote(text)


def faults(notice: Notice) -> list[str]:
    """Where a notice uses 谣言 and never may: sentences for the desk, before anybody approves.

    A debunk of a 不实 claim has no faults: the word appears once it is approved.
    """
    if notice.kind is NoticeKind.DEBUNK and notice.outcome is Outcome.FALSE:
        return []
    parts = [("标题", notice.title), ("网传的说法", notice.quote), ("结束语", notice.closing)]
    parts += [(f"第{numeral(n)}条", text) for n, text in enumerate(notice.findings)]
    return [
        f"{where}写了“谣言”：只有结论为不实、且已经批准的辟谣通告才能用这个词，请改写"
        for where, text in parts
        if RUMOR.search(shown(text))
    ]


def numeral(index: int) -> str:
    """The hanging numeral of the finding at ``index`` (from 0): 一 … 十, 十一 …

    >>> numeral(0), numeral(10), numeral(20)
    ('一', '十一', '二十一')
    """
    tens, ones = divmod(index + 1, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{NUMERALS[tens - 1]}十"
    return head + (NUMERALS[ones - 1] if ones else "")


def slug(number: str) -> str:
    """A notice number as it stands in an address.

    >>> slug("〔2026〕87 号")
    '2026-87'
    """
    found = re.search(r"(\d{4})\D+(\d{1,6})", number)
    if found is None:
        raise InputError(f"“{number}”不是通告号", "notices.words.slug", "形如〔2026〕87 号")
    return f"{found[1]}-{int(found[2])}"


def serial(number: str) -> str:
    """The short form on lists: 87 号."""
    return f"{slug(number).split('-')[1]} 号"


def short_name(office: OfficeConfig) -> str:
    """The office's short name, which stands on everything about an open claim."""
    return neutral(office.short)


def office_name(notice: Notice, office: OfficeConfig) -> str:
    """The name to sign with where no ``data-office-name`` element can mark it (text, image, feed).

    The full name may itself hold the word; then it signs only what may say the word.
    """
    if notice.kind in (NoticeKind.VERIFYING, NoticeKind.STATEMENT):
        return short_name(office)
    if RUMOR.search(office.name) and not may_say_rumor(notice):
        return short_name(office)
    return office.name


def name_markup(office: OfficeConfig, *, about_open_claim: bool = False) -> Markup:
    """The name on a page: the full one inside ``data-office-name``, or the short one."""
    if about_open_claim:
        return escape(short_name(office))
    return Markup("<span data-office-name>{}</span>").format(office.name)


def nb(text: str) -> Markup:
    """Escaped text with short entities (plates, dates, number + unit) kept on one line."""
    parts, at = [], 0
    for found in ENTITY.finditer(text):
        parts.append(escape(text[at : found.start()]))
        parts.append(Markup('<span class="nb">{}</span>').format(found.group()))
        at = found.end()
    return Markup("").join([*parts, escape(text[at:])])


def date(at: datetime) -> str:
    """2026 年 11 月 25 日"""
    at = in_china(at)
    return f"{at.year} 年 {at.month} 月 {at.day} 日"


def day(at: datetime) -> str:
    """11 月 25 日"""
    at = in_china(at)
    return f"{at.month} 月 {at.day} 日"


def moment(at: datetime) -> str:
    """11 月 25 日 03:58"""
    return f"{day(at)} {in_china(at):%H:%M}"


def stamp(at: datetime) -> str:
    """2026-11-25 03:58"""
    return f"{in_china(at):%Y-%m-%d %H:%M}"


def short_hash(digest: str, *, long: bool = False) -> str:
    """The hash as people compare it: 7be4 09c1, or 7be4 09c1 … f20a."""
    head = f"{digest[:4]} {digest[4:8]}"
    return f"{head} … {digest[-4:]}" if long else head
