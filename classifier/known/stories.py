"""Which of the open cases tell the same story in other words, and what differs.

A library of what the cases claim, kept by their ids, finds them as it finds known claims. What is found
is shown to an officer, who decides: nothing here is evidence, and nothing is joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from classifier.known import chance, relation
from classifier.known.library import Library
from classifier.likeness import same_claim, wording
from models.known.likeness import Relation

MOST = 5  # cases told beside one
LOOKED_AT = 8  # of the nearest; the case itself is among them
NEAR = 0.2  # cosine from which two claims may be of one story
ALIKE = 0.12  # and they are as like as this: a hashtag in common, which it leaves out, is no story


class Told(NamedTuple):
    """A case that tells the same story. ``near``: 0..1, for their order; no chance of anything."""

    case_id: int
    near: float
    relation: Relation


def alike(library: Library, case_id: int, wordings: Sequence[str]) -> list[Told]:
    """The cases of the library whose claims tell what one of these wordings of a case tells, the nearest
    first, at most ``MOST``; the case itself is left out."""
    found = []
    for near in library.nearest(wordings, LOOKED_AT):
        if near.claim_id == case_id or -near.far < NEAR:
            continue
        if same_claim.same_claim(near.said, near.claim) >= ALIKE:
            found.append(Told(near.claim_id, -near.far, between(near.said, near.claim)))
    return found[:MOST]


def plated(claim: str, others: Iterable[tuple[int, str]]) -> list[Told]:
    """Those of the other cases (id, claim) that name a plate that this claim names: however they are
    worded, an officer wants to see them together."""
    ours = wording.of_text(claim).plates
    return [
        Told(other_id, same_claim.same_claim(claim, other), between(claim, other))
        for other_id, other in others
        if ours & wording.of_text(other).plates
    ]


def between(one: str, other: str) -> Relation:
    """In what way two texts tell one story; the same whichever stands first.

    In doubt it is not the same claim: where each names a place or plate that the other has not, one
    denies what the other says, numbers or days are others, or only one says where it was.
    """
    ours, theirs = relation.read(one), relation.read(other)
    moved, opposite, changed = relation.differences(ours, theirs)
    if moved:
        return Relation.ELSEWHERE
    if opposite:
        return Relation.OPPOSITE
    if changed:
        return Relation.CHANGED
    likely = max(chance.of_pair(one, other), chance.of_pair(other, one))
    told = {relation.judge(x, y, likely, 1.0)[1] for x, y in ((one, other), (other, one))}
    return Relation.SAME if told == {Relation.SAME} else Relation.RELATED
