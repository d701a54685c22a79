"""Licence plates: what the grammar alone tells, and where a written one breaks it.

Which characters of a text are a plate is said by ``models.personal.plates``, for this and for the mask.

The grammar is GA 36 (plates of motor vehicles): province, office letter, five characters without I
and O; six for new-energy vehicles, whose letter stands first on small and last on large ones; four
and a final 挂 学 警 港 澳 on trailers, driving-school, police and cross-border vehicles. A number
series that an office has set aside for heavy vehicles is that office's knowledge: it is never
guessed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from classifier.entities.plate_offices import OFFICES, PROVINCES
from classifier.text.phrases import Found, Phrases
from models.personal import plates

_PURE = "ABCDE"  # pure electric; FGHJK: other new energy (GA 36-2018, amendment of 2019)
_OTHER_ENERGY = "FGHJK"
_SUFFIX = {
    "挂": "挂车",
    "学": "教练汽车",
    "警": "警车",
    "港": "香港入出内地车辆",
    "澳": "澳门入出内地车辆",
    "领": "领事馆汽车",
    "使": "使馆汽车",
    "试": "试验用机动车",
    "超": "特型机动车",
    "临": "临时行驶车",
    "应急": "应急救援专用车",
}
_OTHERS = {
    "embassy": "使馆汽车",
    "police": "武警车辆",
    "aviation": "民航机场内车辆",
    "rescue": "应急救援专用车",
    "military": "军队车辆",
    "consulate": "领事馆汽车",
    "abroad": "港澳台车辆",
    "farm": "农业机械",
    "local": "没有写省，不能核对全号",
    "chassis": "车架号",
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


PHRASES: Phrases = Phrases({"plate": plates.CIVIL})


def plates_in(text: str, seen: Found | None = None) -> Iterator[Plate]:
    """The plates in a text, in order, also full-width, lower-case, spaced, dotted or masked; ``seen`` as
    in ``times.times_in``.

    >>> [plate.value for plate in plates_in("车牌浙b·L1234，还有 粤Ｚ１２３４港")]
    ['浙BL1234', '粤Z1234港']
    """
    found = plates.find(text, None if seen is None else seen.all("plate"))
    return iter([_read(text, plate) for plate in found])


def _read(text: str, plate: plates.Plate) -> Plate:
    facts = _civil(plate) if plate.kind == "civil" else _other(plate)
    return Plate(text[plate.start : plate.end], plate.value, plate.start, plate.end, facts)


def _other(plate: plates.Plate) -> dict[str, str]:
    facts = {"省": PROVINCES[plate.province]} if plate.province else {}
    return facts | {"格式": "成立", "序号": plate.body, "车型": _OTHERS[plate.kind]}


def _civil(plate: plates.Plate) -> dict[str, str]:
    province, city, body, suffix = plate.province, plate.office, plate.body, plate.tail
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
    if not office and city not in "IO" and suffix != "应急":
        facts["代号"] = f"公开对照表中没有“{province}{city}”"
    return facts


def _masked(body: str) -> bool:
    return "*" in body or bool(re.search("X{3,}", body))


def _standing(body: str) -> str:
    return "成立（有遮盖，不能核对全号）" if _masked(body) else "成立"


def _trouble(province: str, city: str, body: str, suffix: str) -> str:
    """What breaks the grammar, naming the character; "" when nothing does."""
    if city == "I":
        return "发牌机关代号“I”不使用"
    want = (4, 5) if suffix == "临" else (4,) if suffix else (5, 6)
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
