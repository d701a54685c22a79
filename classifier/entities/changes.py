"""What another wording of a claim changes, by kind: its plate, its place, its number."""

from __future__ import annotations

from dataclasses import dataclass

from classifier.entities import find, same_time
from classifier.text.spelling import normalise
from models.ranking.records import Entity

KINDS = ("plate", "place", "hospital", "school", "time", "count", "phone")


@dataclass(frozen=True)
class Change:
    """Things of one kind that only the base names (``gone``) and only the other (``come``)."""

    kind: str  # one of ``KINDS``
    gone: tuple[str, ...]
    come: tuple[str, ...]


def between(base: str, other: str) -> tuple[Change, ...]:
    """The changes from one wording to another, in the order of ``KINDS``; what stays is left out.

    >>> between("浙BL1234从武汉回来，12人发热", "浙BL1284从武汉回来")
    (Change(kind='plate', gone=('浙BL1234',), come=('浙BL1284',)), Change(kind='count', gone=('12人',), come=()))
    """
    left, right = _named(base), _named(other)
    for one, text in ((left, other), (right, base)):  # 晚上8点 is 20:00, which alone is no time yet
        if one["time"]:
            for same in same_time.alone(text) & one["time"].keys():
                del one["time"][same]
    return tuple(
        Change(kind, tuple(gone), tuple(come))
        for kind in KINDS
        if (gone := [value for same, value in left[kind].items() if same not in right[kind]])
        + (come := [value for same, value in right[kind].items() if same not in left[kind]])
    )


def _named(text: str) -> dict[str, dict[str, str]]:
    """What a text names, by kind: each as it reads in one spelling, and as it is shown."""
    named: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    for entity in find.entities_in(text):
        named[entity.kind].setdefault(_one_spelling(entity), entity.value)
    return named


def _one_spelling(entity: Entity) -> str:
    if entity.kind == "time":
        return same_time.one_spelling(entity.value)
    return normalise(entity.value)
