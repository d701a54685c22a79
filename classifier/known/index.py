"""An inverted index over short texts in plain arrays: the nearest by TF-IDF cosine, in bounded time.

Each term knows the texts it stands in. A query follows its rarest terms until a hundred thousand
entries were read (as in the quit strategy of Moffat and Zobel 1996), and the best few hundred by what
they share of those are then compared in full. Up to that many entries the answer is exact.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from classifier.known import terms as known_terms

READ = 100_000  # entries read for one query
COMPARED = 300  # texts compared in full
AT_ONCE = 20_000  # texts cut up together: bounds the memory


@dataclass(frozen=True)
class Shelf:
    """Texts, their terms and the way back. Arrays only, so that it lies on disk as it stands.

    Text i belongs to claim ``ids[i]``, is ``letters[spans[i]:spans[i + 1]]`` in UTF-8, and has
    ``terms[begins[i]:begins[i + 1]]``. Term ``vocabulary[j]`` stands in texts
    ``rows[starts[j]:starts[j + 1]]``. ``weight[i]`` is the sum of the rarities of its terms; 0 for
    what was taken out.
    """

    ids: np.ndarray
    letters: np.ndarray
    spans: np.ndarray
    terms: np.ndarray
    begins: np.ndarray
    vocabulary: np.ndarray
    starts: np.ndarray
    rows: np.ndarray
    weight: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def remaining(self) -> int:
        """Texts that were not taken out."""
        return int(np.count_nonzero(self.weight))

    def text(self, row: int) -> str:
        return bytes(self.letters[self.spans[row] : self.spans[row + 1]]).decode()

    def take_out(self, ids: Collection[int]) -> None:
        self.weight[np.isin(self.ids, np.fromiter(ids, np.int64))] = 0

    def nearest(self, query: np.ndarray, most: int = READ) -> tuple[np.ndarray, np.ndarray]:
        """Rows that share terms with the query, and the rarity that they share, none sorted.

        ``query``: terms of one text, each once; ``most``: entries read. ``COMPARED`` rows, and more
        only where they are as near as the last.
        """
        rarity = known_terms.rarity()
        if not len(self.vocabulary):
            return np.zeros(0, np.intp), np.zeros(0, np.int32)
        place = np.minimum(np.searchsorted(self.vocabulary, query), len(self.vocabulary) - 1)
        known = self.vocabulary[place] == query
        query, place = query[known], place[known]
        if not len(query):
            return np.zeros(0, np.intp), np.zeros(0, np.int32)
        lengths = self.starts[place + 1] - self.starts[place]
        order = np.lexsort((query, lengths))
        read = max(1, int(np.searchsorted(np.cumsum(lengths[order]), most, "right")))
        order = order[:read]
        met = np.concatenate([self.rows[self.starts[j] : self.starts[j + 1]] for j in place[order]])
        shared = np.bincount(met, np.repeat(rarity[query[order]], lengths[order]), len(self))
        rows = np.flatnonzero(shared)
        rows = rows[self.weight[rows] > 0]
        if len(rows) > COMPARED:
            nearness = shared[rows] ** 2 / self.weight[rows]
            least = len(rows) - COMPARED
            rows = rows[nearness >= np.partition(nearness, least)[least]]
        return rows, self._shared(rows, query)

    def _shared(self, rows: np.ndarray, query: np.ndarray) -> np.ndarray:
        """The rarity of all the terms that each row shares with the query."""
        lengths = self.begins[rows + 1] - self.begins[rows]
        ends = np.cumsum(lengths)
        if not len(ends):
            return np.zeros(0, np.int32)
        at = np.arange(ends[-1]) + np.repeat(self.begins[rows] - ends + lengths, lengths)
        terms = self.terms[at]
        place = np.minimum(np.searchsorted(query, terms), len(query) - 1)
        worth = np.where(query[place] == terms, known_terms.rarity()[terms], 0)
        return np.add.reduceat(worth, ends - lengths)


def index_of(claims: Sequence[tuple[int, str]]) -> Shelf:
    """A shelf of (id, text) pairs; texts without letters are left out."""
    parts = [_cut_up(claims[start : start + AT_ONCE]) for start in range(0, len(claims), AT_ONCE)]
    return _inverted(*_chained(parts))


def joined(shelves: Sequence[Shelf]) -> Shelf:
    """One shelf of what still stands on several."""
    return _inverted(*_chained([_standing(shelf) for shelf in shelves]))


Parts = tuple[
    np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray
]  # texts without the way back


def _cut_up(claims: Sequence[tuple[int, str]]) -> Parts:
    texts = [text[: 4 * known_terms.MOST] for _, text in claims]
    begins, terms = known_terms.terms_of(texts)
    letters = [text.encode("utf-8", "replace") for text in texts]
    ids = np.array([claim_id for claim_id, _ in claims], np.int64)
    whole = np.frombuffer(b"".join(letters), np.uint8)
    return _only(begins[1:] > begins[:-1], ids, whole, _ends(map(len, letters)), terms, begins)


def _standing(shelf: Shelf) -> Parts:
    parts = shelf.ids, shelf.letters, shelf.spans, shelf.terms, shelf.begins
    return _only(shelf.weight > 0, *parts)


def _only(kept: np.ndarray, *parts: *Parts) -> Parts:
    ids, letters, spans, terms, begins = parts
    if kept.all():
        return parts
    sizes, counts = np.diff(spans), np.diff(begins)
    return (
        ids[kept],
        letters[np.repeat(kept, sizes)],
        _ends(sizes[kept]),
        terms[np.repeat(kept, counts)],
        _ends(counts[kept]),
    )


def _chained(parts: Sequence[Parts]) -> Parts:
    nothing = np.zeros(0, np.int64), np.zeros(0, np.uint8), [0], np.zeros(0, np.uint32), [0]
    ids, letters, spans, terms, begins = zip(nothing, *parts, strict=True)
    return (
        np.concatenate(ids),
        np.concatenate(letters),
        _ends(np.concatenate([*map(np.diff, spans)])),
        np.concatenate(terms),
        _ends(np.concatenate([*map(np.diff, begins)])),
    )


def _ends(lengths: Iterable[int] | np.ndarray) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(np.fromiter(lengths, np.int64))])


def _inverted(
    ids: np.ndarray, letters: np.ndarray, spans: np.ndarray, terms: np.ndarray, begins: np.ndarray
) -> Shelf:
    total = _ends(known_terms.rarity()[terms])
    weight = (total[begins[1:]] - total[begins[:-1]]).astype(np.int32)
    order = np.argsort(terms, kind="stable")
    rows = np.repeat(np.arange(len(ids), dtype=np.int32), np.diff(begins))[order]
    vocabulary, starts = np.unique(terms[order], return_index=True)
    starts = np.append(starts, len(terms))
    return Shelf(ids, letters, spans, terms, begins, vocabulary, starts, rows, weight)
