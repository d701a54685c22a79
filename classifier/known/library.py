"""Is this claim a known one? A library of claims that finds those a wording is most like.

Likeness is never a verdict: what stands beside a case is there for an officer to read.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from classifier.known import chance, index, index_files
from classifier.known import terms as known_terms
from classifier.known.index import Shelf
from models.known.likeness import Match

log = logging.getLogger("piyao.known")

READ_CLOSELY = 8  # of the nearest texts of one wording
GROWTH = 8  # what is added goes into a new shelf, and two are joined when no longer so far apart
KEPT_FROM = 20_000  # texts from which building takes seconds, so that the index is kept on disk


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
        """The known claims that any of the wordings is like, the likeliest first, each id once.

        At most ``most``; none below ``alike.LEAST``. Any text may be asked.
        """
        found: dict[int, Match] = {}
        for wording in dict.fromkeys(wordings):
            for match in self._like(wording):
                if match.claim_id not in found or found[match.claim_id].score < match.score:
                    found[match.claim_id] = match
        return sorted(found.values(), key=lambda match: (-match.score, match.claim_id))[:most]

    def _like(self, wording: str) -> Iterator[Match]:
        _, query = known_terms.terms_of([wording])
        whole = float(known_terms.rarity()[query].sum())
        near: list[tuple[float, int, str]] = []
        for each in self._shelves:
            rows, shared = each.nearest(query)
            likely = chance.chance(shared, each.weight[rows], whole)
            for i in np.lexsort((each.ids[rows], -likely))[:READ_CLOSELY]:
                near.append((float(likely[i]), int(each.ids[rows[i]]), each.text(rows[i])))
        near.sort(key=lambda one: (-one[0], *one[1:]))
        for likely_, claim_id, claim in near[:READ_CLOSELY]:
            score, relation = chance.judge(wording, claim, likely_)
            if score >= chance.LEAST:
                yield Match(claim_id, score, relation)
