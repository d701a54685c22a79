"""What one wording changes of another, in the words of the desk: 车牌 浙BL1234 → 浙BL1284."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from classifier.entities import changes

LABELS = {
    "plate": "车牌",
    "place": "地名",
    "hospital": "医院",
    "school": "学校",
    "time": "时间",
    "count": "数字",
    "phone": "电话",
    "number": "数字",
    "denial": "否认",
}
TELLING = ("plate", "place", "hospital", "school", "denial")  # where only one says it, too


@dataclass(frozen=True)
class Changed:
    """浙BL1234 → 浙BL1284, labelled 车牌; a side is "" where something only went or only came."""

    label: str
    gone: str
    come: str


def between(base: str, text: str) -> tuple[Changed, ...]:
    """The changes from one wording to another; what stays is left out."""
    return _worded(changes.between(base, text))


def from_known(known: str, text: str) -> tuple[Changed, ...]:
    """The same from a known claim to a case. What only one of them tells counts where it makes another
    story of it: any two texts differ in what else they tell."""
    found = changes.between(known, text)
    return _worded(each for each in found if each.kind in TELLING or each.gone and each.come)


def _worded(found: Iterable[changes.Change]) -> tuple[Changed, ...]:
    return tuple(
        Changed(LABELS[each.kind], "、".join(each.gone), "、".join(each.come)) for each in found
    )
