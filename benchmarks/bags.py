"""Runs of tokens counted a document, in whole arrays: a million replies in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from scipy import sparse


class Numbers(dict[str, int]):
    """A number for each token, given when it is first met."""

    def __missing__(self, token: str) -> int:
        self[token] = number = len(self)
        return number


def count(
    texts: Sequence[Sequence[str]], homes: np.ndarray, n: int, sizes: Sequence[int]
) -> sparse.csr_matrix:
    """How often runs of ``sizes`` tokens stand in each of ``n`` documents.

    ``homes`` (n_texts,) is the document of each text; a run never spans two texts. Runs in a single
    document are left out. Raises ``ValueError`` where a run has no number of 64 bits.
    """
    numbers = Numbers()
    codes = np.fromiter(
        (numbers[token] for token in chain.from_iterable(texts)),
        dtype=np.uint64,
        count=sum(map(len, texts)),
    )
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    bits = np.uint64(max(len(numbers).bit_length(), 1))
    if int(bits) * max(sizes) > 64:
        raise ValueError(f"{len(numbers):,} different tokens are too many for runs of {max(sizes)}")
    blocks = []
    for size in sizes:
        last = max(len(codes) - size + 1, 0)
        runs = codes[:last].copy()
        for step in range(1, size):
            runs = (runs << bits) | codes[step : step + last]
        inside = owner[:last] == owner[size - 1 : size - 1 + last]
        found, column = np.unique(runs[inside], return_inverse=True)
        rows = homes[owner[:last][inside]]
        ones = np.ones(len(rows), dtype=np.float32)
        block = sparse.coo_matrix((ones, (rows, column)), shape=(n, len(found))).tocsr()
        blocks.append(block[:, np.bincount(block.indices, minlength=len(found)) > 1])
    return sparse.hstack(blocks, format="csr")


def tfidf(counts: sparse.csr_matrix, learned: np.ndarray) -> sparse.csr_matrix:
    """Rows of (1 + log tf) x idf of length one; frequencies are those of the rows ``learned``, and
    a run that fewer than two of them hold is nothing."""
    frequency = np.bincount(counts[learned].indices, minlength=counts.shape[1])
    idf = np.where(frequency > 1, np.log((1 + len(learned)) / (1 + frequency)) + 1, 0.0)
    out = counts.copy()
    out.data = ((1 + np.log(out.data)) * idf[out.indices]).astype(np.float32)
    length = np.sqrt(np.asarray(out.multiply(out).sum(axis=1)).ravel())
    length[length == 0] = 1.0
    out.data /= np.repeat(length, np.diff(out.indptr))
    return out
