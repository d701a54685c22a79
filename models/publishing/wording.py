"""What a notice says fits its verdict: unverified is not false, and nothing but 不实 is.

Words that call a claim false or true *decide*. A notice may say those that its verdict has given:
``FALSE`` words stand in a debunk of a 不实 claim alone, ``WRONG`` ones also where details are wrong
(误导, 旧闻, 情况说明), ``TRUE`` ones where something was found to be so. The claim's own words may be
quoted, and a clause that leaves it open (是否不实, 尚未证实为假, 不等于是真的, 未发现不实) decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.casework.records import NoticeKind
from models.outcome import Outcome

FALSE = (
    "不[实實](?!之处|的地方)|[谣謠]言|(?<!不)[造传傳][谣謠]|[虚虛]假|假(?:的|消息|新[闻聞]|信息|[话話])"
    "|系假|[为為]假(?!如)|捏造|[编編]造|杜撰|子[虚虛][乌烏]有|[无無]中生有|[纯純][属屬]|[骗騙]人的"
)
WRONG = (
    "不[属屬][实實]|不是[真事][的实實]|[并並]非(?:[真事][实實]|如此)|不符合?事[实實]|[与與]事[实實]不符"
    "|(?:没有|沒有|[并並查]无|[并並]無)(?:[这這]回事|[这這]件?事|此事)|不存在"
)
TRUE = "(?<!不)(?:[属屬][实實])|是真的|[确確]有(?:其|此)事|千真[万萬][确確]"
ALWAYS = (
    "系不实",
    "系谣言",
    "系虚假",
    "纯属",
)  # asserted, whatever stands before; SQL has the same

# removed before words are looked for: what hides inside a word
_BETWEEN = re.compile(r"[ \t\u00a0\u00ad\u200b-\u200f\u2060-\u2064\u3000\ufeff.·•*_\-]+")
_CLAUSES = re.compile(r"[。！？；，、：,;!?:\n]+")
_QUOTED = re.compile('“([^“”]*)”|‘([^‘’]*)’|「([^「」]*)」|『([^『』]*)』|"([^"]*)"')
_OPEN = re.compile(  # leaves it open, before the word; or speaks of such things in general
    "是否|能否|不等于|不代表|不意味|不表示|尚[未不无無]|[还還][没未不]|没有(?:发现|证据|结论)|未(?:发现|[见能经必])"
    "|(?:无法|不能|难以)(?:核实|确认|判断|证实|认定|确定|说)|有待|暂[不无未]|如果|倘若|一旦"
    "|请勿|不要|切勿|举报|拒绝|抵制|打击|不信"
)
_GENERAL = re.compile(
    "(?:不[实實]|[虚虛]假|假|[谣謠]言)?(?:有害)?(?:信息|消息|言)?(?:的)?(?:[举舉][报報]|投诉)"
)


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
        return f"{FALSE}|{WRONG}|{TRUE}"
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
        opened = _OPEN.search(clause)
        for word in pattern.finditer(clause):
            left_open = opened is not None and opened.end() <= word.start()
            if asserted or not (left_open or _GENERAL.match(clause, word.start())):
                found.append(word[0])
    return found
