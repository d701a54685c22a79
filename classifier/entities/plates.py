"""Licence plates: what the grammar alone tells, and where a written one breaks it.

The grammar is GA 36 (plates of motor vehicles): province, office letter, five characters without I
and O; six for new-energy vehicles, whose letter stands first on small and last on large ones; four
and a final 挂 学 警 港 澳 on trailers, driving-school, police and cross-border vehicles. A number
series that an office has set aside for heavy vehicles is that office's knowledge: it is never
guessed here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from classifier.entities.plate_offices import OFFICES, PROVINCES
from classifier.text.phrases import Found, Phrases
from models.mask import EMBASSY, PLATE

_NOT_A_WORD = re.compile(r"[0-9*×]|X{3,}")
_PURE = "ABCDE"  # pure electric; FGHJK: other new energy (GA 36-2018, amendment of 2019)
_OTHER_ENERGY = "FGHJK"
_SUFFIX = {
    "挂": "挂车",
    "学": "教练汽车",
    "警": "警车",
    "港": "香港入出内地车辆",
    "澳": "澳门入出内地车辆",
    "领": "领事馆汽车",
}


@dataclass(frozen=True)
class Plate:
    """A plate as written. ``value`` is normalised (浙BL1234), ``facts`` are for officers."""

    text: str
    value: str
    start: int
    end: int
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """Whether the grammar finds nothing wrong with it."""
        return not self.facts.get("格式", "").startswith("不成立")


PHRASES: Phrases = Phrases({"plate": PLATE, "embassy": EMBASSY})


def plates_in(text: str, seen: Found | None = None) -> Iterator[Plate]:
    """The plates in a text, in order, also full-width, lower-case, spaced, dotted or masked; ``seen`` as
    in ``times.times_in``.

    >>> [plate.value for plate in plates_in("车牌浙b·L1234，还有 粤Ｚ１２３４港")]
    ['浙BL1234', '粤Z1234港']
    """
    seen = PHRASES.look(text) if seen is None else seen
    found = []
    for match in seen.all("plate"):
        plate = _civil(match)
        if plate is not None:
            found.append(plate)
    for match in seen.all("embassy"):
        serial = _plain(match["serial"]).replace("·", "").replace("•", "").replace(" ", "")
        facts = {"格式": "成立", "序号": serial, "车型": "使馆汽车"}
        found.append(Plate(match.group(), f"使{serial}", match.start(), match.end(), facts))
    return iter(sorted(found, key=lambda plate: plate.start))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper().replace("×", "*").replace("＊", "*")


def _civil(match: re.Match[str]) -> Plate | None:
    province, city = match["province"], _plain(match["city"])
    serial = _plain(match["serial"])
    suffix = serial[-1] if serial[-1] in _SUFFIX else ""
    body = serial.removesuffix(suffix)
    if not _NOT_A_WORD.search(body):
        return None  # 新A股大涨, 京Apple
    if re.fullmatch(r"\d{4}", body) and not suffix and re.fullmatch(r"(?:19|20)\d\d", body):
        return None  # 川A2012 is a year beside a letter more often than a plate cut short
    facts = {"省": PROVINCES[province]}
    office = OFFICES[province].get(city, "")
    if office:
        facts["发牌地"] = office
    trouble = _trouble(province, city, body, suffix)
    facts["格式"] = f"不成立：{trouble}" if trouble else _standing(body)
    facts["序号"] = body + suffix
    kind = "" if trouble else _kind(body, suffix)
    if kind:
        facts["车型"] = kind
    if not office and city not in "IO":
        facts["代号"] = f"公开对照表中没有“{province}{city}”"
    return Plate(
        match.group(), f"{province}{city}{body}{suffix}", match.start(), match.end(), facts
    )


def _masked(body: str) -> bool:
    return "*" in body or bool(re.search("X{3,}", body))


def _standing(body: str) -> str:
    return "成立（有遮盖，不能核对全号）" if _masked(body) else "成立"


def _trouble(province: str, city: str, body: str, suffix: str) -> str:
    """What breaks the grammar, naming the character; "" when nothing does."""
    if city == "I":
        return "发牌机关代号“I”不使用"
    want = (4,) if suffix else (5, 6)
    if len(body) not in want and not (_masked(body) and len(body) in (4, 5, 6)):
        return f"序号“{body}”是 {len(body)} 位，应为 {' 或 '.join(map(str, want))} 位"
    for place, character in enumerate(body, start=1):
        if character in "IO":
            return f"序号第 {place} 位“{character}”不使用（易与 1、0 混）"
    if suffix in ("港", "澳") and (province, city) != ("粤", "Z"):
        return f"“{suffix}”只用于粤Z"
    if not suffix and len(body) == 6 and not _masked(body) and not _energy(body):
        return "六位序号须是新能源格式：首位（小型）或末位（大型）为 A—K 中的能源字母，其余合规"
    return ""


def _energy(body: str) -> str:
    """New-energy class by the place of its letter; "" if it is none."""
    letters = _PURE + _OTHER_ENERGY
    if re.fullmatch(rf"[{letters}][A-HJ-NP-Z0-9]\d{{4}}", body):
        size, letter = "小型", body[0]
    elif re.fullmatch(rf"\d{{5}}[{letters}]", body):
        size, letter = "大型", body[-1]
    else:
        return ""
    power = "纯电动" if letter in _PURE else "非纯电动"
    return f"{size}新能源汽车（{power}）"


def _kind(body: str, suffix: str) -> str:
    if suffix:
        return _SUFFIX[suffix]
    return _energy(body) if len(body) == 6 and not _masked(body) else ""
