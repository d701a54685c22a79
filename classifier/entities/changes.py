"""What another wording of a claim changes, by kind: its plate, its place, its number."""

from __future__ import annotations

from dataclasses import dataclass

from classifier.entities import find

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
    return tuple(
        Change(kind, tuple(gone), tuple(come))
        for kind in KINDS
        if (gone := [value for value in left[kind] if value not in right[kind]])
        + (come := [value for value in right[kind] if value not in left[kind]])
    )


def _named(text: str) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for entity in find.entities_in(text):
        named[entity.kind].append(entity.value)
    return named
