"""What a notice says fits its verdict: unverified is not false, and nothing but 不实 is.

Words that call a claim false or true *decide*. A notice may say those that its verdict has given:
``FALSE`` words stand in a debunk of a 不实 claim alone, ``WRONG`` ones also where details are wrong
(误导, 旧闻, 情况说明), ``TRUE`` ones where something was found to be so. The claim's own words may be
quoted, and a clause that leaves it open (是否不实, 如属实, 尚未证实为假, 不等于是真的) decides nothing, nor
does general talk of the law (``law_talk``); but what is pointed at is named, whatever the clause asks:
请勿转发该虚假信息 calls it false.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from models.casework.records import NoticeKind
from models.outcome import Outcome
from models.publishing import law_talk
from models.text import HIDDEN

_SAID = "(?:(?:网|網|所)[传傳][的]?|情[况況]|信息|[消讯訊]息|[内內]容|[说說]法|[传傳][言闻聞]|描述|表述|所[称稱述]|[说說]的)"
FALSE = (
    "不[实實](?!之处|的地方|[行施时時名用际際现現])|失[实實]|[谣謠](?:言|[传傳](?!謠|谣))|(?<!不)(?<!信[谣謠])[造传傳][谣謠]"
    "|[虚虛]假|(?<![放请請休暑寒病婚产產长長])假(?:的|消息|新[闻聞]|信息|[话話])|[伪偽](?:造的|消息|信息)"
    "|系假|(?<!因)(?<!认)[为為]假(?![如期日若设設])|捏造|[编編]造|杜撰|[虚虛][构構]|子[虚虛]|[无無]中生有"
    "|[纯純][属屬]|[骗騙]人的|[证證][伪偽]|[以系是]?讹[传傳]|(?:[系是属屬]|[属屬]于)[误誤][传傳]|[胡瞎乱亂][编編说說扯诌謅传傳]|一派胡言"
    "|[凭憑]空(?:捏|[编編]|想象|杜|[虚虛]|而[来來]|臆|猜|[产產]生)|空穴[来來][风風]|莫[须須]有|臆造|[编編]出[来來]的|(?<!是真)(?<!不)是假(?![期日若如设設])|[没沒]影的?事"
    "|fake|hoax|bogus|fabricat|rumou?r|(?:mis|dis)information|madeup|false(?!positive|negative)|untrue|not(?:at|really)?(?:all)?true"
)
WRONG = (
    "不[属屬][实實]|(?<!是)不是[真事][的实實]|[并並]非(?:[真事][实實]|如此)|不符合?事[实實]|[与與]事[实實]不符"
    "|(?:没有|沒有|[并並查]无|[并並]無)(?:[这這]回事|[这這]件?事|此事)|[与與][实實][际際](?:情况)?不符"
    "|(?:不|非)真[实實]|(?:没有|毫无|缺乏)(?:任何)?(?:事实)?[根依]据|无(?:事实)?[根依]据|无稽之谈"
    "|(?:说法|消息|信息)不(?:能)?成立|(?:从未|没有)发生过?|绝无[此可]|[无無](?:其|此)事|[没沒]有的事|查[无無][实實][据據]|(?:根本|完全|[压壓]根)[没沒](?:有)?(?:[这這]回?|此)事"
    "|不(?:可|足|足为|足為|能|值得?)(?:[采採]|相)?信(?![息号號口用任])|信不得|靠不住|站不住[脚腳]|不(?:靠[谱譜]|可靠)"
    f"|有[误誤](?!差)|{_SAID}{{1,2}}(?:存在|[确確][实實]?|[均都]|[严嚴]重)?(?:[错錯][误誤](?!率)|不准[确確]|失准)"
    "|[摆擺]拍|(?<![A-Z])P(?:[图圖]|[过過]的|的(?:[图圖照]|$))|[是系被经經]P(?:[的过過上成]|$)|(?<![A-Z])PS(?:[过過的图圖合]|$)|合成的?[图圖照视視]"
    "|[是为為系]AI(?:生成|合成|制作|[换換][脸臉]|[伪偽]造|拼接)|移花接木|[张張]冠李戴|[断斷]章取[义義]|自[导導编編]自演|拼接(?:而成|的)|[恶惡]意剪[辑輯]"
    "|[误誤][导導]|[夸誇]大(?:其[词詞]|事[实實])|偷[换換]概念|[旧舊](?:[闻聞图圖照]|[视視][频頻])"
    "|photoshop|doctored|staged|inaccurate|incorrect|mislead|debunk|baseless|unfounded|outofcontext"
    "|辟[谣謠](?!中心|平台|热线|电话|网|办|专[栏线区]|小程序|联盟)"
)
MISSING = (
    "不存在"  # of the claim's matter; a notice of what is so may say what is not there beside it
)
TRUE = (
    "(?<!不)(?:[属屬][实實])|是真的|[确確]有(?:其|此)事|千真[万萬][确確]|(?<!不)(?:是|[确確]系|[确確]是|系)事[实實](?!上|情|[与與])"
    "|(?:is|was|are|were)(?:infact|indeed)?true|confirmedtrue|verifiedastrue"
)
ALWAYS = (
    "系不实",
    "系谣言",
    "系虚假",
    "纯属",
)  # asserted, whatever stands before; SQL has the same

NEAR = 40  # characters before a word that can leave it open

# removed before words are looked for: what hides inside a word
_WIDE = {ord("Ａ") + n: chr(65 + n) for n in range(26)} | {
    ord("ａ") + n: chr(97 + n) for n in range(26)
}
_BETWEEN = re.compile(rf"[\s{HIDDEN}\u0300-\u036f\u20d0-\u20ff.·•*_/|~\-]+")
_SENTENCES = re.compile(r"[。！？；;!?]+")
_CLAUSES = re.compile(r"[^，、：,:]+")
_QUOTED = re.compile('“([^“”]*)”|‘([^‘’]*)’|「([^「」]*)」|『([^『』]*)』|"([^"]*)"')
_OPEN = re.compile(  # asks or doubts, anywhere before the word
    "是否|能否|是不是|是不$|不等于|不代表|不意味|不表示|尚[未不无無]|[还還][没未不]|(?:没有|未)(?:收到|发现|证据|结论)"
    "|没有人(?:能|确认|证实|认定)|未[见能经必]|(?:无法|不能|难以)(?:核实|确认|判断|证实|认定|确定|断定|说)"
    "|[不无]论|不管|有待|暂[不无未]|(?:如|若)(?:果|有|情况|[属屬]|[确確]|[经經]|[该該]|[消信]息|内容|数据|通[报告]|说法|系|$)|倘|一旦|凡|有[没沒]有|有[无無]|[会會]不[会會]"
    "|whether|notyet|unclear|unconfirmed|cannot|notknown|noevidence|(?:此前|之前|先前|原|上一?[版次]的?)(?:通告|[发發][布佈]|公布|通[报報])",
    re.IGNORECASE,
)
_AT_LARGE = re.compile(  # of such things in general, just before the word
    "(?:勿|不要|不得|举报|拒绝|抵制|打击|不信|避免|防止|以免|发现|任何人)[^是为為系属屬这這该該此已有称稱]{0,10}$"
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
    pattern = re.compile(barred, re.IGNORECASE)
    said = [(where, word) for where, text in parts for word in _decided(text, quote, kind, pattern)]
    held = _plain(claim).lower()
    brought = pattern.findall(_plain(quote))
    said += [("网传的说法", word) for word in brought if word.lower() not in held]
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
    return _BETWEEN.sub("", text.translate(_WIDE))


def _decided(text: str, quote: str, kind: NoticeKind, pattern: re.Pattern[str]) -> list[str]:
    """The words in ``text`` that decide, the claim's own in quotation marks left out."""
    held = _plain(quote)

    def quoted(found: re.Match[str]) -> str:
        inside = next(filter(None, found.groups()), "").rstrip("…")
        return "“”" if inside and inside in held else found[0]

    found: list[str] = []
    for sentence in _SENTENCES.split(_QUOTED.sub(quoted, _plain(text))):
        for clause in _CLAUSES.finditer(sentence):
            said, at = clause[0], clause.start()
            asserted = any(each in said and each not in held for each in ALWAYS)
            found += [
                word[0]
                for word in pattern.finditer(said)
                if asserted
                or not (
                    _left_open(said, word)
                    or law_talk.is_general(sentence, at + word.start(), at + word.end())
                    or (
                        kind is NoticeKind.CONFIRMATION
                        and _DENIED.search(said[max(0, word.start() - 8) : word.start()])
                    )
                )
            ]
    return found


_DENIED = re.compile(
    "(?:不[是系]|[并並绝絕]非|不[属屬]于)(?:什么|任何)?$|not(?:an?|true)?$", re.IGNORECASE
)  # 并非谣言, of what is so


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
