"""Web addresses in texts and beside them: what of them is personal, and what must stay to open them.

An address of an office or of the press keeps its path, digits and all: masked as a phone it would
not open. In every other address a number that reads as a phone goes, and so does an account.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from models.personal.names import NOBODY

LINK = re.compile(r"(?:https?://|www\.)[A-Za-z0-9\-._/?=&%#~:+@]+", re.IGNORECASE)
_OFFICIAL = re.compile(
    r"(?i)(?:^|\.)(?:gov\.cn|edu\.cn|mil\.cn|piyao\.org\.cn|12377\.cn|12321\.cn|people\.com\.cn|people\.cn|xinhuanet\.com|news\.cn"
    r"|cctv\.com|cctv\.cn|cnr\.cn|chinanews\.com\.cn|china\.com\.cn|chinacdc\.cn|who\.int|un\.org)$"
)
_QUERY = re.compile(r"[?#]")
_HOST = re.compile(r"(?i)(?:https?://)?[^/]*")
_PARTS = re.compile(r"([/?&=#;]+)")
# the page of an account: its name is all that the address says
_ACCOUNT = re.compile(
    r"(?i)(?<=/)(?:@[^/?#]+|(?P<keep>(?:u|user|users|people|profile|space|member|uid|home/uid|author)/)[^/?#]+(?=[/?#]?$))"
)
_WHO = re.compile(
    r"(?i)([?&#](?:uid|user|username|nick|nickname|screen_name|author|qq|wx|weixin|wechat)=)[^&#]+"
)
_ALONE = re.compile(
    r"\W*\w{3,4}[)）]?-?\*{4}\W*|〔\w+已隐去〕"
)  # a part that was nothing but a number
Strip = Callable[[str], str]


def official(address: str) -> bool:
    """Whether the address leads to an office or to the press.

    >>> official("https://www.nhc.gov.cn/1"), official("https://gov.cn.example/1")
    (True, False)
    """
    try:
        host = urlsplit(address if "://" in address else f"http://{address}").hostname
    except ValueError:
        return False
    return bool(host and _OFFICIAL.search(host))


def stripped(address: str, strip: Strip, *, trusted: bool = False) -> str:
    """The address with what ``strip`` takes out of a text taken out of its parts.

    ``trusted``: an officer wrote it down as a place of evidence; it is treated as an official one,
    whose path stays but for a part that is nothing but a number.
    """
    keeps = trusted or official(address)
    begin = _QUERY.search(address)
    cut = begin.start() if begin else len(address)
    path = _by_part(address[:cut], strip, bare=keeps)
    if not keeps:  # the marks of an address part the digits of one number as well
        host = _HOST.match(path)
        path = (
            path[: host.end()] + _meant(path[host.end() :], strip) if host else _meant(path, strip)
        )
    return path + _meant(_by_part(address[cut:], strip), strip)


def _by_part(address: str, strip: Strip, *, bare: bool = False) -> str:
    """Each part of it stripped; ``bare``: only where the part is nothing but a number."""
    parts = _PARTS.split(address)
    for n, part in enumerate(parts):
        kept = part if n % 2 else _meant(part, strip)
        if not bare or _ALONE.fullmatch(kept):
            parts[n] = kept
    return "".join(parts)


def _meant(part: str, strip: Strip) -> str:
    meant = unquote(part, errors="replace")
    kept = strip(meant)
    return part if kept == meant else kept


def in_text(text: str, strip: Strip) -> str:
    """A text of which ``strip`` reads all but the addresses, which are ``stripped``."""
    if "://" not in text and "www." not in text.lower():
        return strip(text)
    out, at = [], 0
    for link in LINK.finditer(text):
        out += [strip(text[at : link.start()]), stripped(link[0], strip)]
        at = link.end()
    return "".join([*out, strip(text[at:])])


def without_account(address: str, author: str = "") -> str:
    """The address of a post without the account it may name; ``author``: the handle, where known.

    >>> without_account("https://weibo.example/u/12345"), without_account("https://a.example/li_na/7", "li_na")
    ('https://weibo.example/u/〔账号〕', 'https://a.example/〔账号〕/7')
    """
    address = _ACCOUNT.sub(lambda found: f"{found['keep'] or ''}{NOBODY}", address)
    address = _WHO.sub(rf"\1{NOBODY}", address)
    name = author.strip().lstrip("@")
    if len(name) > 1 and not official(address):
        parts = _PARTS.split(address)
        for n, part in enumerate(parts):
            if n > 2 and unquote(part, errors="replace").lstrip("@~").lower() == name.lower():
                parts[n] = NOBODY
        address = "".join(parts)
    return address
