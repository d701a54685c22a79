"""Whoever wrote a text: bylines, @names, accounts and mail addresses, taken out of the text itself.

The desk keeps what is claimed and never who says it. An office, a paper or a department is no
person: its name stays, because it says whom a claim appeals to.
"""

from __future__ import annotations

import re

USER = "@用户"
NOBODY = "〔账号〕"
MAIL = "〔邮箱已隐去〕"

_OFFICE = re.compile(
    "平安|公安|警|发布|發佈|新闻|新聞|日报|日報|晚报|早报|时报|周刊|电视|广播|政府|政务|卫健|疾控|消防|交通|应急|网信|法院"
    "|检察|气象|地震|人民|央视|新华|中国|官方|委员会|医院|大学|中学|小学|学校|协会|集团|公司|银行|热线|通讯社|联社|辟谣|较真"
    "|记者|本报|编辑部|中心|[市省区县局厅委办]$|News|Times|Daily|Reuters|AFP|Xinhua|Police|Agency"
)
_NAME = r"[\w.\-·•]{1,24}"
_HANDLE = r"[A-Za-z0-9_][A-Za-z0-9_.\-]{1,29}"
# what a name ends at: where nothing of it follows, the words may be the sentence itself
_STOP = r"(?=[\s,，。;；|/／·)）】\]\"'<]|$)"

_SAID = r"(?= (?:said|says|wrote|writes|posted|commented|replied|tweeted)\b)"
_ACTED = "posted|submitted|written|commented|shared|uploaded|reported|tweeted|published|said|sent"
_REMARK = "comments?|reply|replies|re|answers?|response|discussion|post|reviews?|feedback|notes?|remarks?|trackback|pingback"
_CHINESE_REMARK = ("评论", "評論", "留言", "回复", "回覆", "发表", "發表")
_PAGES = "(?:微博|博客|空间|主页|朋友圈|抖音|快手|动态|评论|说说)"

# (one of these stands in the text in lower case, the pattern): ``name`` goes, ``keep`` stays
_BYLINES: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = (
    # Comment by li.na on 停水通知: what follows the name is what it is about
    ((" by",), re.compile(
        rf"(?im)^(?P<keep>[^\w\n]{{0,40}}(?:new |latest )?(?:{_REMARK}) by[ :：]+)(?P<name>[^\n〔〕:：，,。]{{1,60}}?)(?= (?:on|to|about|re|regarding)\b|[:：])")),
    # Comment on 停水通知 by li.na, and what was said behind a colon: the titles of comment feeds
    ((" by",), re.compile(
        rf"(?im)^(?P<keep>[^\w\n]{{0,40}}(?:new |latest )?(?:{_REMARK}|评论|回复|留言)\b[^\n]{{0,300}}?\bby[ :：]+)"
        r"(?P<name>[^\n〔〕:：，,。]{1,60}?)(?P<after>[:：，,。][^\n]*|[ .]*)$")),
    (("by ", "by:", "by："), re.compile(r"(?i)(?P<keep>[(（\[【]\s?by[ :：]+)(?P<name>[^\n〔〕()（）\[\]【】]{1,40}?)(?=\s?[)）\]】])")),
    # 《停水通知》的评论，来自 li.na; 在〈停水通知〉中，li.na 的留言; li.na 发表在《停水通知》
    (_CHINESE_REMARK, re.compile(
        r"(?m)^(?P<keep>[^\w\n]{0,40}(?:对|對|关于|關於|在|评论|評論|回复|回覆|留言)?\s?[《〈【“「][^\n]{1,200}?[》〉】”」][^\n]{0,8}?"
        r"[，,·|（(\s—-]\s?(?:作者|来自|來自|评论者|評論者|评论人|留言者|留言人|回复者|回覆者|发表者|發表者)(?:是|为|為)?[:：\s]{0,3})"
        r"(?P<name>[^\n〔〕，。()（）]{1,40}?)(?=[)）\s.。]*$)")),
    (_CHINESE_REMARK, re.compile(
        r"(?m)^(?P<keep>[^\w\n]{0,40}在?[《〈“「][^\n]{1,200}?[》〉”」](?:中|上|里|裡|下)?(?:，|,|有|：|:)?\s?)(?P<name>[^\s，。：:《〈〔〕]{1,24})"
        r"(?=\s?(?:的(?:评论|評論|留言|回复|回覆)|(?:发表|發表)(?:了)?(?:评论|評論|留言)))")),
    (_CHINESE_REMARK, re.compile(
        r"(?m)^(?P<keep>[^\w\n]{0,40})(?P<name>[^\s，。：:《〈〔〕]{1,24})(?=\s?(?:发表在|發表在|发表于|發表於|评论了|評論了|评论|評論|回复了?|回覆了?|留言于)\s?[《〈“「])")),
    ((" commented on", " replied to", " replied on", " responded to", " posted on", " posted in"), re.compile(
        r"(?im)^(?P<keep>[^\w\n]{0,40})(?P<name>[^\n〔〕，。：:]{1,40}?)(?= (?:commented on|replied to|replied on|responded to|posted on|posted in) )")),
    ((" by",), re.compile(rf"(?i)(?P<keep>\b(?:{_ACTED}) by[ :：]+)(?P<name>(?:/?u/|@)?{_NAME})")),
    (("by @", "by u/", "by /u/", "by: @", "by：@"), re.compile(rf"(?i)(?P<keep>\bby[ :：]+)(?P<name>(?:/?u/|@){_NAME})")),
    (("by ", "by:", "by："), re.compile(r"(?im)^(?P<keep>[^\w\n]{0,40}by[ :：]+)(?P<name>[^\n〔〕]{1,40})$")),
    (("u/",), re.compile(rf"(?<![\w/.:])(?P<keep>/?u/)(?P<name>{_HANDLE})")),
    ((" sa", " wr", " po", " co", " re", " tw"), re.compile(rf"(?im)^(?P<keep>[^\w\n]{{0,40}})(?P<name>{_HANDLE}){_SAID}")),
    (("user ", "author ", "poster ", "account ", "user:"), re.compile(
        rf"(?i)(?P<keep>\b(?:user|author|poster|account)[ :：]+)(?P<name>@?{_HANDLE}){_SAID}")),
    (("作者", "发帖人", "發帖人", "发布者", "发布人", "昵称", "暱稱", "用户名", "网名", "账号", "帐号", "微博名"), re.compile(
        rf"(?P<keep>(?:作者|发帖人|發帖人|发布者|发布人|昵称|暱稱|用户名|网名|账号|帐号|微博名)\s?[:：]\s?)(?P<name>@?{_NAME}){_STOP}")),
    (("author", "username", "nickname", "screen_name"), re.compile(
        rf"(?i)(?P<keep>\b(?:author|username|nickname|screen_name)[\"']?\s?[:：=]\s?[\"']?)(?P<name>@?{_NAME}){_STOP}")),
    (tuple(f"的{page}" for page in _PAGES[3:-1].split("|")), re.compile(
        rf"(?m)^(?P<keep>[^\w\n]{{0,40}})(?P<name>[^\s，。：:、〔〕]{{1,20}})(?=的{_PAGES}\W*$)")),
    (("网友", "網友", "用户", "博主", "楼主"), re.compile(
        r"(?P<keep>(?:网友|網友|用户|博主|楼主)[“\"「『])(?P<name>[^\n”\"」』〔〕]{1,16})(?=[”\"」』])")),
)  # fmt: skip

_MENTION = re.compile(
    rf"(?<![A-Za-z0-9._%+\-])[@＠](?P<name>{_HANDLE}(?![\w])|(?<=[@＠])[\w\-]{{1,9}}(?=[\s，。：:、！？!?,;；)）】@＠/]|$))"
)
_HAN_BEFORE = re.compile(r"[\u4e00-\u9fff]$")
_NAMING = re.compile("[博自友户者发来据谢由问找和特转]$")
_EVERYBODY = re.compile("所有人|全体|大家|用户|everyone$|all$|here$")
_AT = r"\s?(?:[@＠]|[\[(（{]\s?(?:at|AT|艾特)\s?[\])）}]|#(?=(?:qq|163|126|gmail|sina|foxmail|outlook|hotmail|yahoo)\b))\s?"
_MAIL = re.compile(
    rf"(?<![\w.%+*\-])(?P<box>[\w.%+\-]{{1,64}}){_AT}(?P<host>(?:[\w\-]{{1,63}}\s?[.．。](?:\s?dot\s?)?\s?){{1,4}}[A-Za-z]{{2,12}})(?![\w])"
)
_PUBLIC_BOX = re.compile(r"(?i)(?:^|\.)gov\.cn$")

# 微.信, Ｖ❤, ➕薇: what people put into the word, and what they put for it, to get past a filter
_IN = r"[^\w\n，,。！!？?；;]{0,3}"
_ADD = "[加➕+＋]"
_WE = rf"[微薇威徽维]{_IN}(?:[信芯❤♥💚]|星号)"
_SERVICE = (
    rf"{_WE}|(?<![A-Za-zＡ-Ｚａ-ｚ])(?:[VvＶｖ]{_IN}[信芯❤♥]|[VvＶｖWwＷｗ]{_IN}[XxＸｘ]|[Ww]ei{_IN}[Xx]in|[Ww]e[Cc]hat|[QqＱｑ]{_IN}[QqＱｑ]|[Tt]elegram|[Ww]hats[Aa]pp|[Ll]ine)"
    rf"|(?:(?<={_ADD})|(?<={_ADD}我))(?:[VvＶｖ]|[微薇威徽])(?![A-Za-zＡ-Ｚａ-ｚ])|扣{_IN}扣|企鹅|🐧|抖音|快手|小红书|支付宝|旺旺|飞机|电报|钉钉|微博"
)
_BETWEEN = r"(?:是|为|為|[:：;；=➕+＋\s_\-~～.·|/❤♥️👉]|→){0,6}"
_HANDLE_SIGN = r"A-Za-z0-9_\-Ａ-Ｚａ-ｚ０-９＿－"
_CONTACT = re.compile(
    rf"(?P<keep>(?:{_SERVICE})群?(?:ID|id|号码|号|號|同号|同號)?{_BETWEEN})"
    rf"(?P<name>(?<![A-Za-z0-9])(?:(?=[\w\-－]*\d|[\w\-－]*[_＿])[A-Za-zＡ-Ｚａ-ｚ][{_HANDLE_SIGN}]{{4,19}}|[1-9](?:[ \-.·]?\d){{4,11}}))(?![{_HANDLE_SIGN}年月日%])"
)
_NAMED_CONTACT = re.compile(
    rf"(?P<keep>(?:{_ADD}(?:我)?(?:{_SERVICE})|(?:{_SERVICE})(?:ID|id|号码|号|號|同号|同號)){_BETWEEN})"
    rf"(?P<name>[A-Za-zＡ-Ｚａ-ｚ][{_HANDLE_SIGN}]{{4,19}})(?![{_HANDLE_SIGN}])"
)
_CONTACT_SIGNS = re.compile(
    rf"{_WE}|{_ADD}我?[vｖ微薇威徽]|[vｖ]{_IN}[信芯❤♥]|[vｖwｗ]{_IN}[xｘ]|weix|wei{_IN}x|wech|[qｑ]{_IN}[qｑ]|扣{_IN}扣|企鹅|🐧|抖音|快手|小红书|支付宝|旺旺|飞机|电报|钉钉|微博|telegr|whats|line"
)
_PASSPORT = re.compile(
    r"(?P<keep>(?:护照|護照|通行证|通行證|台胞证|回乡证|[Pp]assport)(?:号码|号|號|No\.?|编号)?[\s:：是为#]{0,4})(?P<name>[A-Za-z]{0,2}[\s\-]?\d(?:[\s\-]?\d){6,9})(?!\d)"
    r"|(?P<bare>(?<![A-Za-z0-9])E[A-HJ-NP-Z]?\d(?:[ \-]?\d){6,7}(?![A-Za-z0-9]))(?<=[A-Z]{2}.{7})"
)
_E = re.compile("E[A-HJ-NP-Z]?[0-9]")
PAPER = "〔证件号已隐去〕"


def without(text: str, author: str = "") -> str:
    """The text without the accounts and mail addresses it names; ``author``: the handle of whoever
    posted it, as the source gives it.

    >>> without("Comment on 三号桥 by li.na")
    'Comment on 三号桥 by 〔账号〕'
    >>> without("@张三 转：停水了，@平安宁波 核实一下")
    '@用户 转：停水了，@平安宁波 核实一下'
    """
    if author:
        text = _without_author(text, author.strip())
    low = text.lower()
    if any(sign in low for sign in ("@", "＠", "at)", "at]", "at）", "#", "艾特")):
        text = _MENTION.sub(_mention, _MAIL.sub(_mail, text))
    for signs, pattern in _BYLINES:
        if any(sign in low for sign in signs):
            text = pattern.sub(_named, text)
    if _CONTACT_SIGNS.search(low):
        text = _NAMED_CONTACT.sub(_contact, _CONTACT.sub(_contact, text))
    if any(
        sign in low for sign in ("护照", "護照", "通行", "台胞证", "回乡证", "passport")
    ) or _E.search(text):
        text = _PASSPORT.sub(_paper, text)
    return text


def _without_author(text: str, author: str) -> str:
    """Where the author's own handle stands as a name. A plain word of Chinese may be part of what is
    said, so it goes only where the text names somebody: whoever calls himself 三号桥 hides no claim."""
    name = author.lstrip("@＠/").removeprefix("u/")
    if len(name) < 2 or name.lower() not in text.lower() or _OFFICE.search(name):
        return text
    spelt = re.escape(name)
    text = re.sub(rf"(?i)[@＠]\s?{spelt}(?!\w)", USER, text)
    if re.fullmatch(r"[\w.\-]{4,}", name, re.ASCII) and re.search(r"[a-zA-Z]", name):
        return re.sub(rf"(?i)(?<![A-Za-z0-9_]){spelt}(?![A-Za-z0-9_])", NOBODY, text)
    text = re.sub(
        rf"(?m)^(\W*){spelt}(?=\s*[:：]|\s+(?:说|发布|在|转发|回复|on\b|said\b))",
        rf"\1{NOBODY}",
        text,
    )
    return re.sub(
        rf"(?i)(\bby\s+|[—–-]{{1,2}}\s?|作者\s?|网友\s?|楼主\s?|博主\s?|用户\s?|来自\s?|via\s+|[（(【])"
        rf"{spelt}(?=\s*(?:[)）】,，。.:：]|\s|$))",
        rf"\1{NOBODY}", text,
    )  # fmt: skip


def _mention(found: re.Match[str]) -> str:
    name, before = found["name"], found.string[: found.start()][-1:]
    if _EVERYBODY.match(name) or _OFFICE.search(name):
        return found[0]
    if _HAN_BEFORE.match(before) and not _NAMING.match(before) and not name.isascii():
        return found[0]  # 半夜被@醒三次
    return USER


def _mail(found: re.Match[str]) -> str:
    return found[0] if _PUBLIC_BOX.search(found["host"]) else MAIL


def _named(found: re.Match[str]) -> str:
    name = found["name"]
    if _OFFICE.search(name) or NOBODY in name or name.startswith("@用户") or MAIL in name:
        return found[0]
    return f"{found['keep']}{NOBODY}{found.groupdict().get('after') or ''}"


def _contact(found: re.Match[str]) -> str:
    return f"{found['keep']}****"


def _paper(found: re.Match[str]) -> str:
    return f"{found['keep'] or ''}{PAPER}"
