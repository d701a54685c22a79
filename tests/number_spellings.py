"""Phones, identity numbers and plates as people, and those who evade a filter, write them.

Every number is invented. A ``Planted`` holds what was written and what must not be read again.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from hypothesis import strategies as st

from models.personal import plates
from models.personal.separators import plain

# the dots, dashes, blanks and words that people type, hidden characters, and what stands in markup
SEPARATORS = (
    "", " ", "  ", "\u3000", "\xa0", "\u2009", "\t", "\n", "-", "－", "‐", "‑", "‒", "–", "—", "―", "−", "﹣", "⁃", "﹘",
    "·", "･", "・", "‧", "∙", "•", "⋅", "˙", ".", "．", "。", "｡", "、", "､", "/", "／", "\\", "|", "｜", ":", "：", ";", "；",
    "_", "＿", "~", "～", "*", "+", "=", "#", "'", "’", "\"", "^", "⁄", "∕", "⸺", "ㆍ", "ꞏ"[:0] + "・", "…", "→", "★", "📱", "❤",
    "\u200b", "\u200c", "\u200d", "\ufeff", "\u2060", "\u00ad", "\u202e", "\u2066", "\u2069", "\u200b" * 9, "\u0301", "\u20e3", "\ufe0f",
    "点", "杠", "空格", "全角空格", "横杠", "（空格）", " - ", " · ", "--", "——", "⟨U+200B⟩", "&nbsp;", "&middot;", "<br>", "%20",
    ")(", "】【", "，", ",", "！", "?",
)  # fmt: skip
CIRCLED, HAN, BANK = "⓪①②③④⑤⑥⑦⑧⑨", "零一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"
DIGITS = (
    "0123456789", "0123456789", "0123456789", "０１２３４５６７８９", CIRCLED, HAN, "〇一二三四五六七八九", "零幺二三四五六七八九", BANK,
    "⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "𝟘𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠𝟡", "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "⓿❶❷❸❹❺❻❼❽❾", "🄀⒈⒉⒊⒋⒌⒍⒎⒏⒐",
    "O123456789", "0l23456789", "OI23456789",
)  # fmt: skip
LETTERS = ("ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghjklmnpqrstuvwxyz", "ＡＢＣＤＥＦＧＨＪＫＬＭＮＰＱＲＳＴＵＶＷＸＹＺ", "ⒶⒷⒸⒹⒺⒻⒼⒽⒿⓀⓁⓂⓃⓅⓆⓇⓈⓉⓊⓋⓌⓍⓎⓏ",
           "АВСDЕFGНJКLМNРQRSТUVWХУZ", "𝐀𝐁𝐂𝐃𝐄𝐅𝐆𝐇𝐉𝐊𝐋𝐌𝐍𝐏𝐐𝐑𝐒𝐓𝐔𝐕𝐖𝐗𝐘𝐙", "🄰🄱🄲🄳🄴🄵🄶🄷🄹🄺🄻🄼🄽🄿🅀🅁🅂🅃🅄🅅🅆🅇🅈🅉")  # fmt: skip
BEFORE = (
    "",
    "电话",
    "请打 ",
    "他的手机是",
    "联系人王先生，",
    "（",
    "tel:",
    "手机/微信：",
    "举报到",
    "车牌",
    "看到",
    "在三号桥，",
)
AFTER = ("", "，有事找他", " 求扩散", "）", "。", "是真的吗", "转", "\n速看", "！！！", "的车")
GROUPS = {
    11: ((3, 4, 4), (11,), (3, 8), (4, 4, 3), (3, 3, 5), (5, 6), (7, 4), (1,) * 11, (2, 2, 2, 2, 3), (3, 2, 2, 2, 2), (6, 5), (1, 2, 4, 4)),
    18: ((18,), (6, 8, 4), (6, 4, 4, 4), (3, 3, 4, 4, 4), (1,) * 18, (6, 12), (14, 4), (6, 4, 2, 2, 4)),
    12: ((4, 8), (4, 4, 4), (12,), (4, 3, 5)),
}  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """``written`` in a text; ``meant``: its digits and letters; ``kind``: phone, landline, identity, plate."""

    kind: str
    written: str
    meant: str

    def within(self, text: str) -> str:
        return f"{text}{self.written}"


def _joined(
    chance: random.Random, signs: str, groups: tuple[int, ...], separators: tuple[str, ...]
) -> str:
    parts, at = [], 0
    for size in groups:
        parts.append(signs[at : at + size])
        at += size
    if chance.random() < 0.15:  # several separators in one number
        out = parts[0]
        for part in parts[1:]:
            out += chance.choice(separators) + part
        return out
    return chance.choice(separators).join(parts)


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def _styled(chance: random.Random, digits: str) -> str:
    if chance.random() < 0.1:  # each digit in a style of its own
        return "".join(chance.choice(DIGITS[:8])[int(d)] if d.isdigit() else d for d in digits)
    if chance.random() < 0.05:
        return "".join(f"{d}\ufe0f\u20e3" if d.isdigit() else d for d in digits)
    style = chance.choice(DIGITS)
    return "".join(style[int(d)] if d.isdigit() else d for d in digits)


def number(chance: random.Random) -> Planted:
    """One phone, landline or identity number in some spelling."""
    kind = chance.choice(("phone", "phone", "identity", "identity", "landline"))
    if kind == "phone":
        meant = "1" + chance.choice("3456789") + _digits(chance, 9)
    elif kind == "landline":
        meant = (
            chance.choice(("0571", "0731", "0755", "0991"))
            + chance.choice("2345678")
            + _digits(chance, 7)
        )
    else:
        day = f"{chance.randint(1935, 2021)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
        meant = (
            chance.choice("123456")
            + _digits(chance, 5)
            + day
            + _digits(chance, 3)
            + chance.choice("0123456789Xx")
        )
    while True:
        styled = _styled(chance, meant)
        if sum(c in "OIl" for c in styled) <= 7:
            break
    units, at = [], 0
    while at < len(styled):  # a key cap is three characters
        size = 3 if styled[at + 1 : at + 3] == "\ufe0f\u20e3" else 1
        units.append(styled[at : at + size])
        at += size
    groups, parts, at = chance.choice(GROUPS[len(meant)]), [], 0
    for size in groups:
        parts.append("".join(units[at : at + size]))
        at += size
    if chance.random() < 0.15:
        written = parts[0] + "".join(chance.choice(SEPARATORS) + part for part in parts[1:])
    else:
        written = chance.choice(SEPARATORS).join(parts)
    if kind == "phone" and chance.random() < 0.2:
        written = chance.choice(("+86", "86-", "0086 ", "+86 ", "(+86)")) + written
    return Planted(kind, written, meant)


TAILS = ("挂", "学", "警", "领", "试", "超", "应急", "挂")
_PLATE_SEPARATORS = tuple(s for s in SEPARATORS if s not in ("*", "，", ",", "！", "?", "\n", "…"))


def plate(chance: random.Random) -> Planted:
    """One plate of some kind in some spelling."""
    provinces = plates.PROVINCES + "滬遼雲魯蘇贛陝貴粵寧瓊"
    province, office = chance.choice(provinces), chance.choice(LETTERS[0])
    form = chance.choice(
        (
            "civil",
            "civil",
            "civil",
            "energy",
            "tail",
            "embassy",
            "consulate",
            "military",
            "police",
            "aviation",
        )
    )
    separator = chance.choice(_PLATE_SEPARATORS) if chance.random() < 0.7 else ""
    digits = lambda count: _digits(chance, count)  # noqa: E731
    if form == "civil":
        serial = chance.choice(
            (
                chance.choice(LETTERS[0]) + digits(4),
                digits(5),
                digits(4) + chance.choice(LETTERS[0]),
                digits(2) + chance.choice(LETTERS[0]) + digits(2),
            )
        )
        parts = chance.choice(
            (
                [province, office + serial],
                [province + office, serial],
                [province + office, serial[:3], serial[3:]],
                [province, office, *serial],
                [province + office + serial],
            )
        )
        meant = office + serial
    elif form == "energy":
        serial = chance.choice(("D", "F", "A", "K")) + digits(5)
        parts, meant = (
            chance.choice(([province + office, serial], [province + office + serial])),
            office + serial,
        )
    elif form == "tail":
        serial = chance.choice((digits(4), chance.choice("ABCDEF") + digits(3)))
        parts, meant = [province + office, serial + chance.choice(TAILS)], office + serial
    elif form == "embassy":
        serial = digits(6)
        parts = chance.choice(
            (
                ["使" + serial],
                ["使", serial[:3], serial[3:]],
                [serial + "使"],
                [serial[:3], serial[3:] + "使"],
            )
        )
        meant = serial
    elif form == "consulate":
        serial, tail = digits(6), chance.choice("领領")
        parts = chance.choice(
            ([f"{province}{serial}{tail}"], [province, serial[:3], serial[3:] + tail])
        )
        meant = serial
    elif form == "military":
        serial = digits(5)
        head = chance.choice(("军", "海", "空", "北", "沈", "V", "K"))
        parts, meant = [head + office, serial], office + serial
    elif form == "police":
        serial = digits(4) + chance.choice("ABX1")
        parts, meant = ["WJ" + chance.choice((province, digits(2))), serial], serial
    else:
        serial = digits(4)
        parts, meant = ["民航" + office, serial], office + serial
    written = separator.join(parts)
    style, letters = (
        chance.choice(DIGITS[:5] if form != "civil" else DIGITS[:4] + DIGITS[9:14]),
        chance.choice(LETTERS),
    )
    table = {d: style[int(d)] for d in "0123456789"} | dict(zip(LETTERS[0], letters, strict=True))
    if chance.random() < 0.4:
        styled = "".join(table.get(c, c) for c in written)
        written = (
            styled
            if "U+" not in written
            and "&" not in written
            and "%" not in written
            and "<" not in written
            else written
        )
    return Planted("plate", written, meant)


def anything(chance: random.Random) -> Planted:
    return plate(chance) if chance.random() < 0.35 else number(chance)


def sentence(chance: random.Random, planted: Planted) -> str:
    """What was planted, in some sentence. A plate or number never begins inside another number."""
    return chance.choice(BEFORE) + planted.written + chance.choice(AFTER)


def left(planted: Planted, text: str) -> bool:
    """Whether the number can still be read in the text, whatever stands between its characters."""
    read = (
        plain(text).upper().replace("O", "0").replace("I", "1").replace("L", "1")
        if planted.kind != "plate"
        else plain(text).upper()
    )
    meant = planted.meant.upper()
    if planted.kind != "plate":
        return meant[-6:].replace("X", "") in read or meant[3:10] in read
    return meant in read


# a seed each: to draw each character by itself would take a minute
spellings: st.SearchStrategy[random.Random] = st.integers(0, 2**48).map(random.Random)
