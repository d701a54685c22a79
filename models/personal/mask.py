"""Personal data: what is masked before it is stored, and what is masked on the way out.

Phone, identity and card numbers, mail addresses and accounts are masked before anything is written
(GB/T 37964: direct identifiers that no rule of the desk needs; ``models.personal.admission``). Plates stay
readable to the officers of a case, who need them to verify, and are masked on every way out: notice,
public page, export. How each is found stands in ``personal_numbers``, ``names`` and ``plates``.
"""

from __future__ import annotations

from models.personal import addresses, names, personal_numbers, plates
from models.text import replaced

ROUNDS = 8  # a mask and what follows it may read as one more number


def phones_and_ids(text: str) -> str:
    """Text with phone, identity and card numbers masked, however they are spelt; official links stay.

    >>> phones_and_ids("打 138 1234 5678，身份证330102199003077758")
    '打 138****，身份证〔证件号已隐去〕'
    >>> phones_and_ids("见 https://www.nhc.gov.cn/t_13812345678.html")
    '见 https://www.nhc.gov.cn/t_13812345678.html'
    """
    return _settled(text, _numbers_and_links)


def direct(text: str, author: str = "") -> str:
    """Text without its direct identifiers: numbers, accounts, mail addresses. ``author``: the handle
    of whoever posted it, where it is known.

    >>> direct("Comment on 停水 by li.na：打138･1234･5678")
    'Comment on 停水 by 〔账号〕：打138****'
    """
    return _settled(text, lambda said: names.without(_numbers_and_links(said), author))


def outgoing(text: str) -> str:
    """What may leave the desk: direct identifiers and plates masked.

    >>> outgoing("车牌浙BL1234的车")
    '车牌浙BL****的车'
    """
    return _settled(text, lambda said: plates.masked(names.without(_numbers_and_links(said))))


def _settled(text: str, step: addresses.Strip) -> str:
    for _ in range(ROUNDS):
        masked = step(text)
        if masked == text:
            break
        text = masked
    return text


def _numbers_and_links(text: str) -> str:
    return addresses.in_text(text, numbers)


_MARKS = {"identity": names.PAPER, "card": "〔卡号已隐去〕"}


def numbers(text: str) -> str:
    """Text with its phone, identity and card numbers masked, whatever stands round them."""
    found = personal_numbers.find(text)
    return replaced(text, ((n.start, n.end, _MARKS.get(n.kind, n.head)) for n in found))
