"""What another wording of a claim changes, by kind: its plate, its place, its number, and whether it
says the opposite."""

from __future__ import annotations

from dataclasses import dataclass

from classifier.entities import denials, find, places, quantities, same_time
from classifier.text.spelling import normalise
from models.ranking.records import Entity

KINDS = ("plate", "place", "hospital", "school", "time", "count", "phone", "number", "denial")
_Named = dict[str, dict[str, str]]  # by kind: in one spelling, and as it is shown


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
    return (*_things(left, right), *_numbers(base, other), *_denials(base, other))


def _things(left: _Named, right: _Named) -> tuple[Change, ...]:
    return tuple(
        Change(kind, tuple(gone), tuple(come))
        for kind in KINDS
        if (gone := _only(kind, left[kind], right[kind]))
        + (come := _only(kind, right[kind], left[kind]))
    )


def _only(kind: str, ours: dict[str, str], theirs: dict[str, str]) -> list[str]:
    """Those of ours that the others do not name. 白兔潭 is 白兔潭镇; 东渡镇 is not 东渡村."""
    known = {*theirs}
    if kind in ("place", "hospital", "school"):
        known.update(map(places.bare, theirs))
        known.update(same for same in ours if places.bare(same) in theirs)
    return [value for same, value in ours.items() if same not in known]


def _numbers(base: str, other: str) -> tuple[Change, ...]:
    """Numbers of one unit that both name, and none in common: 五百元 and 五千元."""
    left, right = (quantities.numbers_in(normalise(each)) for each in (base, other))
    apart = [unit for unit in left if unit in right and not left[unit].keys() & right[unit].keys()]
    return tuple(
        Change("number", (*left[unit].values(),), (*right[unit].values(),))
        for unit in apart
        if unit in quantities.MEASURES
    )


def _denials(base: str, other: str) -> tuple[Change, ...]:
    gone, come = denials.opposed(base, other)
    return (Change("denial", gone, come),) if gone or come else ()


def _named(text: str) -> _Named:
    """What a text names, by kind: each as it reads in one spelling, and as it is shown."""
    named: _Named = {kind: {} for kind in KINDS}
    for entity in find.entities_in(text):
        named[entity.kind].setdefault(_one_spelling(entity), entity.value)
    return named


def _one_spelling(entity: Entity) -> str:
    if entity.kind == "time":
        return same_time.one_spelling(entity.value)
    return normalise(entity.value)
