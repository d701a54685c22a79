"""Is this claim a known one? A library of claims that finds those a wording is most like.

Likeness is never a verdict: what stands beside a case is there for an officer to read.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from classifier.known import chance, index, index_files, relation
from classifier.known import terms as known_terms
from classifier.known.index import Shelf
from models.known.likeness import Match

log = logging.getLogger("piyao.known")

FLOOR = 0.02  # a cosine below says nothing: any two texts share some characters
GROWTH = 8  # what is added goes into a new shelf, and two are joined when no longer so far apart
KEPT_FROM = 20_000  # texts from which building takes seconds, so that the index is kept on disk


class Near(NamedTuple):
    """A text of a known claim that is near a wording."""

    far: float  # less is nearer
    claim_id: int
    claim: str
    said: str
    likely: float

    @property
    def order(self) -> tuple[float, int, str, str]:
        return self[:4]


class Library:
    """Known claims, several texts to a claim if need be, to be found by their wordings.

    What is found depends on the claims alone, not on how they came in: up to ``shelf.READ`` entries
    to a query exactly, beyond by its rarest terms. Not for two threads at once.
    """

    def __init__(self, shelves: Iterable[Shelf] = ()) -> None:
        self._shelves = list(shelves)

    @classmethod
    def of(cls, claims: Iterable[tuple[int, str]]) -> Library:
        """The library of (id, text) pairs; one id may stand with several texts."""
        return cls([index.index_of([*claims])])

    @classmethod
    def kept(cls, claims: Iterable[tuple[int, str]], folder: Path) -> Library:
        """``of``, from the index in the folder if it is whole and of these very claims.

        Else it is built, and a large one is written there; a disk that takes nothing costs only the
        time the next start needs.
        """
        pairs = [*claims]
        if len(pairs) < KEPT_FROM:
            return cls.of(pairs)
        name = index_files.digest(pairs)
        found = index_files.load(folder, name)
        if found is None:
            found = index.index_of(pairs)
            try:
                index_files.save(found, folder, name)
            except OSError as error:
                log.warning("the index of known claims is not kept: %s", error)
        return cls([found])

    def __len__(self) -> int:
        """How many texts stand in it."""
        return sum(each.remaining for each in self._shelves)

    def add(self, claims: Iterable[tuple[int, str]]) -> None:
        """Put (id, text) pairs in, beside what their ids have already."""
        self._shelves.append(index.index_of([*claims]))
        while len(self._shelves) > 1 and len(self._shelves[-2]) < GROWTH * len(self._shelves[-1]):
            self._shelves[-2:] = [index.joined(self._shelves[-2:])]

    def remove(self, ids: Collection[int]) -> None:
        """Take out every text of these ids; one that is not there is no fault."""
        for i, each in enumerate(self._shelves):
            each.take_out(ids)
            if 2 * each.remaining < len(each):
                self._shelves[i] = index.joined([each])

    def find(self, wordings: Sequence[str], most: int = 5) -> list[Match]:
        """The known claims that any of the wordings is like, the nearest first, each id once.

        At most ``most``; none below ``FLOOR``. Any text may be asked. Nearest is by cosine: it finds
        the right claim more often than any chance that was learned from pairs does. The chance says
        what a match is worth, once it is found.
        """
        return [
            Match(near.claim_id, *relation.judge(near.said, near.claim, near.likely, -near.far))
            for near in self.nearest(wordings, most)
        ]

    def nearest(self, wordings: Sequence[str], most: int) -> list[Near]:
        """``find``, not judged yet."""
        nearest: dict[int, Near] = {}
        for wording in dict.fromkeys(wordings):
            for near in self._near(wording, most):
                held = nearest.get(near.claim_id)
                if held is None or near.order < held.order:
                    nearest[near.claim_id] = near
        return sorted(nearest.values(), key=lambda near: near.order)[:most]

    def _near(self, wording: str, most: int) -> Iterator[Near]:
        """The nearest text of each of the ``most`` nearest claims of each shelf."""
        _, query = known_terms.terms_of([wording])
        whole = float(known_terms.rarity()[query].sum())
        for each in self._shelves:
            rows, shared = each.nearest(query)
            measures = chance.measures(shared, each.weight[rows], whole)
            first: dict[int, int] = {}  # the nearest text of each claim
            for i in np.lexsort((each.ids[rows], -measures[:, 0])).tolist():
                if measures[i, 0] < FLOOR or len(first) == most:
                    break
                first.setdefault(int(each.ids[rows[i]]), i)
            held = measures[[*first.values()]]
            for (claim_id, i), likely in zip(first.items(), chance.of_measures(held), strict=True):
                yield Near(-measures[i, 0], claim_id, each.text(rows[i]), wording, float(likely))
