"""What a notice says fits its verdict: unverified is not false, and nothing but 不实 is.

Words that call a claim false or true *decide*. A notice may say those that its verdict has given:
``FALSE`` words stand in a debunk of a 不实 claim alone, ``WRONG`` ones also where details are wrong
(误导, 旧闻, 情况说明), ``TRUE`` ones where something was found to be so. The claim's own words may be
quoted, and a clause that leaves it open (是否不实, 如属实, 尚未证实为假, 不等于是真的) decides nothing; but
what is pointed at is named, whatever the clause asks: 请勿转发该虚假信息 calls it false.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from models.casework.records import NoticeKind
from models.outcome import Outcome
from models.text import HIDDEN

FALSE = (
    "不[实實](?!之处|的地方|[行施时時名用际際现現])|失[实實]|[谣謠](?:言|[传傳](?!謠|谣))|(?<!不)(?<!信[谣謠])[造传傳][谣謠]"
    "|[虚虛]假|(?<![放请請休暑寒病婚产產长長])假(?:的|消息|新[闻聞]|信息|[话話])|[伪偽](?:造的|消息|信息)"
    "|系假|(?<!因)(?<!认)[为為]假(?![如期日若设設])|捏造|[编編]造|杜撰|[虚虛][构構]|子[虚虛][乌烏]有|[无無]中生有"
    "|[纯純][属屬]|[骗騙]人的|[证證][伪偽]|以讹传讹|(?:[系是属屬]|[属屬]于)[误誤][传傳]|胡编|胡说|一派胡言"
)
WRONG = (
    "不[属屬][实實]|(?<!是)不是[真事][的实實]|[并並]非(?:[真事][实實]|如此)|不符合?事[实實]|[与與]事[实實]不符"
    "|(?:没有|沒有|[并並查]无|[并並]無)(?:[这這]回事|[这這]件?事|此事)|[与與][实實][际際](?:情况)?不符"
    "|(?:不|非)真[实實]|(?:没有|毫无|缺乏)(?:任何)?(?:事实)?[根依]据|无(?:事实)?[根依]据|无稽之谈"
    "|(?:说法|消息|信息)不(?:能)?成立|(?:从未|没有)发生过?|绝无[此可]"
    "|辟[谣謠](?!中心|平台|热线|电话|网|办|专[栏线区]|小程序|联盟)"
)
MISSING = (
    "不存在"  # of the claim's matter; a notice of what is so may say what is not there beside it
)
TRUE = "(?<!不)(?:[属屬][实實])|是真的|[确確]有(?:其|此)事|千真[万萬][确確]"
ALWAYS = (
    "系不实",
    "系谣言",
    "系虚假",
    "纯属",
)  # asserted, whatever stands before; SQL has the same

NEAR = 40  # characters before a word that can leave it open

# removed before words are looked for: what hides inside a word
_BETWEEN = re.compile(rf"[\s{HIDDEN}\u0300-\u036f\u20d0-\u20ff.·•*_/|~\-]+")
_CLAUSES = re.compile(r"[。！？；，、：,;!?:]+")
_QUOTED = re.compile('“([^“”]*)”|‘([^‘’]*)’|「([^「」]*)」|『([^『』]*)』|"([^"]*)"')
_OPEN = re.compile(  # asks or doubts, anywhere before the word
    "是否|能否|是不是|是不$|不等于|不代表|不意味|不表示|尚[未不无無]|[还還][没未不]|(?:没有|未)(?:收到|发现|证据|结论)"
    "|没有人(?:能|确认|证实|认定)|未[见能经必]|(?:无法|不能|难以)(?:核实|确认|判断|证实|认定|确定|断定|说)"
    "|[不无]论|不管|有待|暂[不无未]|(?:如|若)(?:果|有|情况|[属屬]|[确確]|[经經]|[该該]|消息|说法|系|$)|倘|一旦|凡"
)
_AT_LARGE = re.compile(  # of such things in general, just before the word
    "(?:勿|不要|不得|举报|拒绝|抵制|打击|不信|避免|防止|以免|发现|任何人)[^是为為系属屬这這该該此已有称稱]{0,10}$"
    "|^(?:[和或并与及]?(?:编造|散布|散播|传播|转发|相信|轻信)){1,4}$"  # of a list: 请勿编造、传播虚假信息
)
_TURNED = re.compile(
    "所以|因此|但|[却卻]|而是|[实實]为|查明|[经已]查|可见"
)  # and decides after all
_POINTED = re.compile("(?:[这這该該此]|上述|[网網][传傳])[条條则則个個些类類种種一等的]{0,3}$")
_ASKED = re.compile("与否|[与與]不[实實]|[吗嗎么]")
_GENERAL = re.compile(  # and just after it
    "(?:不[实實]|[虚虛]假|假|[谣謠]言|造[谣謠])?(?:有害)?(?:信息|消息|言)?的?"
    "(?:[举舉][报報]|投诉|止于|必究|[要应將将須须][承负]担)"
)


def parts(title: str, findings: Iterable[str], closing: str) -> list[tuple[str, str]]:
    """What the office says in a notice, as (where, text)."""
    numbered = ((f"第{n}条", each) for n, each in enumerate(findings, start=1))
    return [("标题", title), *numbered, ("结束语", closing)]


def faults(
    kind: NoticeKind,
    outcome: Outcome | None,
    parts: Sequence[tuple[str, str]],
    quote: str,
    claim: str,
) -> list[str]:
    """One sentence for each word that this notice's verdict does not carry; [] = it fits.

    ``parts``: (where, text) of what the office itself says; ``quote``: the claim as the notice
    quotes it; ``claim``: the case's own words, which alone may bring such a word into the quote.
    """
    barred = _barred(kind, outcome)
    if not barred:
        return []
    said = [(where, word) for where, text in parts for word in _decided(text, quote, barred)]
    brought = re.compile(barred).findall(_plain(quote))
    said += [("网传的说法", word) for word in brought if word not in _plain(claim)]
    verdict = f"结论是“{outcome.label}”" if outcome else "还没有结论"
    return [f"{where}写了“{word}”，而本案{verdict}，请改写" for where, word in dict.fromkeys(said)]


def _barred(kind: NoticeKind, outcome: Outcome | None) -> str:
    """The words that this kind on this verdict may not say, as a pattern; "": it may say all."""
    if kind is NoticeKind.VERIFYING or outcome is None:
        return f"{FALSE}|{WRONG}|{MISSING}|{TRUE}"
    if kind is NoticeKind.CONFIRMATION:
        return f"{FALSE}|{WRONG}"
    if outcome is Outcome.FALSE and kind is NoticeKind.DEBUNK:
        return ""
    return FALSE


def _plain(text: str) -> str:
    return _BETWEEN.sub("", text)


def _decided(text: str, quote: str, barred: str) -> list[str]:
    """The words in ``text`` that decide, the claim's own in quotation marks left out."""
    held = _plain(quote)

    def quoted(found: re.Match[str]) -> str:
        inside = next(filter(None, found.groups()), "").rstrip("…")
        return "“”" if inside and inside in held else found[0]

    found: list[str] = []
    pattern = re.compile(barred)
    for clause in _CLAUSES.split(_QUOTED.sub(quoted, _plain(text))):
        asserted = any(each in clause and each not in held for each in ALWAYS)
        for word in pattern.finditer(clause):
            if asserted or not _left_open(clause, word):
                found.append(word[0])
    return found


def _left_open(clause: str, word: re.Match[str]) -> bool:
    """Whether the clause does not say that it is so: it asks, doubts, or speaks of such things in
    general. Looks at what stands near the word, so that a long text costs no more than its length."""
    before = clause[max(0, word.start() - NEAR) : word.start()]
    if _POINTED.search(before):
        return False
    if _ASKED.match(clause, word.end()) or _GENERAL.match(clause, word.start()):
        return True
    if _AT_LARGE.search(before):
        return True
    opened = list(_OPEN.finditer(before))
    return bool(opened) and not _TURNED.search(before, opened[-1].end())
