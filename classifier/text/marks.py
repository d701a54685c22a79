"""Things of one kind under one mark: a plate is a plate, whatever its number.

The marks are single characters of the private use area, which ``text.normalise`` removes from
everything that comes from outside, so no post can write one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from classifier.text.spelling import LINK, USER, normalise
from models.personal.plates import PLATE

LINK_MARK, USER_MARK, PLATE_MARK, PHONE_MARK, NUMBER_MARK, PLACE_MARK = (
    "\ue000\ue001\ue002\ue003\ue004\ue005"
)
NAMES = {
    LINK_MARK: "〔链接〕",
    USER_MARK: "@用户",
    PLATE_MARK: "〔车牌〕",
    PHONE_MARK: "〔电话〕",
    NUMBER_MARK: "〔数字〕",
    PLACE_MARK: "〔地名〕",
}

PHONE = re.compile(
    r"(?<!\d)(?:1[3-9]\d(?:[\d*x]{8}|\*{4,8})|0\d{2,3}-?(?:\d{7,8}|\*{4,8})|400-?\d{3}-?\d{4})(?![\d*])"
)
_SERIAL = re.compile("[0-9a-zA-Z*×０-９ａ-ｚＡ-Ｚ＊]{4}")  # every plate has it
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def typed(normalised: str) -> str:
    """A normalised text with links, @names, plates, phones and numbers as one mark each."""
    text = normalised.replace(LINK, LINK_MARK).replace(USER, USER_MARK)
    if _SERIAL.search(text):
        text = PLATE.sub(PLATE_MARK, text)
    if _DIGIT.search(text):
        text = _NUMBER.sub(NUMBER_MARK, PHONE.sub(PHONE_MARK, text))
    return text


def plain(texts: Iterable[str]) -> list[str]:
    """Texts as the ranking reads them: normalised, then ``typed``."""
    return [typed(normalise(text)) for text in texts]


def readable(term: str) -> str:
    """A term with its marks written out, for people."""
    return "".join(NAMES.get(character, character) for character in term)
