"""A text as numbers: words, characters and cues.

Three blocks side by side. Words (one and two) carry what a person can read in the reasons;
characters (one to three) survive wrong cuts, spellings and young words; cues say how it is written.
Each of the first two is TF-IDF with sublinear counts, brought to length one on its own (Salton and
Buckley 1988), so that neither drowns the other.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin

from classifier import cues, kinds
from classifier.text import normalise, segment


def words_of(typed: str, engine: str = "rjieba") -> list[str]:
    """Words and pairs of neighbouring words; a pair is joined by a blank."""
    words = segment(typed, engine)
    return words + [f"{a} {b}" for a, b in zip(words, words[1:], strict=False)]


def characters_of(typed: str, longest: int = 3) -> list[str]:
    """All runs of 1 to ``longest`` characters."""
    out = list(typed)
    for size in range(2, longest + 1):
        out += [typed[i : i + size] for i in range(len(typed) - size + 1)]
    return out


class Features(TransformerMixin, BaseEstimator):
    """Texts to a sparse matrix (n_texts, n_words + n_characters + n_cues).

    Parameters
    ----------
    engine : {"rjieba", "jieba"}
    longest : int, longest run of characters
    min_df : int, a term must stand in at least this many texts
    word_scale, cue_scale : float, weight of the blocks of words and of cues

    Attributes
    ----------
    words_, characters_ : dict of str to int, column of each term within its block
    idf_ : ndarray of float, one a term, words first
    """

    def __init__(
        self,
        engine: str = "rjieba",
        longest: int = 3,
        min_df: int = 5,
        word_scale: float = 0.25,
        cue_scale: float = 0.2,
    ) -> None:
        self.engine = engine
        self.longest = longest
        self.min_df = min_df
        self.word_scale = word_scale
        self.cue_scale = cue_scale

    def typed(self, texts: Iterable[str]) -> list[str]:
        """The texts as the terms are read from: normalised, kinds under marks."""
        return [kinds.typed(normalise(text)) for text in texts]

    def fit(self, X: Iterable[str], y: Any = None) -> Features:
        """Learn vocabulary and inverse document frequencies from texts."""
        self.fit_typed(self.typed(X))
        return self

    def fit_typed(self, typed: Sequence[str]) -> Features:
        """``fit`` on texts that are typed already."""
        blocks = []
        for terms in (self._words(typed), self._characters(typed)):
            found: dict[str, int] = {}
            for each in terms:
                for term in set(each):
                    found[term] = found.get(term, 0) + 1
            kept = sorted(term for term, n in found.items() if n >= self.min_df)
            blocks.append(({term: i for i, term in enumerate(kept)}, [found[t] for t in kept]))
        (self.words_, in_words), (self.characters_, in_characters) = blocks
        frequency = np.array(in_words + in_characters, dtype=float)
        self.idf_ = np.log((1 + len(typed)) / (1 + frequency)) + 1
        self.n_texts_ = len(typed)
        return self

    def transform(self, X: Iterable[str]) -> sparse.csr_matrix:
        """Texts to the sparse matrix; any iterable of str, empty ones too."""
        return self.transform_typed(self.typed(X))

    def transform_typed(self, typed: Sequence[str]) -> sparse.csr_matrix:
        """``transform`` on texts that are typed already."""
        split = len(self.words_)
        blocks = [
            _tfidf(self._words(typed), self.words_, self.idf_[:split]) * self.word_scale,
            _tfidf(self._characters(typed), self.characters_, self.idf_[split:]),
        ]
        rows = np.array([cues.cues(text) for text in typed], dtype=float)
        rows = rows.reshape(len(typed), len(cues.NAMES)) * self.cue_scale
        return sparse.hstack([*blocks, sparse.csr_matrix(rows)], format="csr")

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Readable names: 词:…, 字:…, 写法:… in column order."""
        names = chain(
            (f"词:{kinds.readable(term)}" for term in self.words_),
            (f"字:{kinds.readable(term)}" for term in self.characters_),
            (f"写法:{name}" for name in cues.NAMES),
        )
        return np.array(list(names), dtype=object)

    def _words(self, typed: Iterable[str]) -> Iterator[list[str]]:
        return (words_of(text, self.engine) for text in typed)

    def _characters(self, typed: Iterable[str]) -> Iterator[list[str]]:
        return (characters_of(text, self.longest) for text in typed)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "idf_")


def _tfidf(
    texts: Iterable[list[str]], vocabulary: dict[str, int], idf: np.ndarray
) -> sparse.csr_matrix:
    """Rows of (1 + log tf) x idf of length one; a row depends on its own text only."""
    indices, ends = array("i"), array("i", [0])
    column = vocabulary.get
    for terms in texts:
        indices.extend([i for i in map(column, terms) if i is not None])
        ends.append(len(indices))
    shape = (len(ends) - 1, len(vocabulary))
    columns = np.frombuffer(indices, dtype=np.int32) if indices else np.zeros(0, np.int32)
    matrix = sparse.csr_matrix(
        (np.ones(len(columns)), columns.copy(), np.frombuffer(ends, dtype=np.int32).copy()), shape
    )
    matrix.sum_duplicates()
    matrix.data = (1.0 + np.log(matrix.data)) * idf[matrix.indices]
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1.0
    matrix.data /= np.repeat(lengths, np.diff(matrix.indptr))
    return matrix
