"""Why a text scored as it did, in words a person can read.

The score is a sum over features: a feature's share is its value times its weight, in calibrated
log-odds. The share of a run of characters is spread over the characters it covers, and each word
takes what lies on its characters, so that the reasons name words and never fragments. Cues come
under their own Chinese names; a pair of cues is shared by the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from classifier.ranking import cues
from classifier.ranking.features import Described, Features
from classifier.ranking.runs import NONE
from classifier.text import lexicon, marks
from classifier.text.remembered import Remembered
from classifier.text.spelling import HAN
from models.ranking.records import Reason

MOST = 6
LEAST = 0.05  # log-odds below which a reason is not worth a line
# a word that says something by itself: two characters, a mark, or a word in Latin letters
_TELLING = re.compile(rf"[{HAN}]{{2,}}|[a-z]{{2,}}|[\ue002\ue003]")


def explain(
    described: Described,
    chosen: Sequence[int],
    words: Sequence[Sequence[str]],
    weights: np.ndarray,
    features: Features,
) -> Iterator[tuple[Reason, ...]]:
    """The strongest reasons of the ``chosen`` of the described texts, strongest first.

    ``words``: those of each chosen text, blanks too (``spelling.cut``); ``weights`` (n_columns,): log-odds
    a unit of each column. At most ``MOST`` reasons a text.
    """
    taken = iter(_taken(described, chosen, words, weights).tolist())
    split, pairs = described.characters.shape[1], features.cues_of_columns
    order = np.argsort(np.concatenate(pairs), kind="stable")
    begins = np.searchsorted(np.concatenate(pairs)[order], np.arange(len(cues.NAMES)))
    halves = described.cues[list(chosen)] * (weights[split:] / 2)  # a column is made of two cues
    of_cues = np.add.reduceat(np.hstack([halves, halves])[:, order], begins, axis=1)
    for cut, shares in zip(words, of_cues.tolist(), strict=True):
        totals: dict[str, float] = {}
        for word, value in zip(cut, taken, strict=False):  # as many as there are words
            if term := _READABLE[word]:
                totals[term] = totals.get(term, 0.0) + value
        found = [(-abs(v), term, v) for term, v in totals.items() if abs(v) >= LEAST]
        shown = zip(cues.NAMES, shares, strict=True)
        found += [(-abs(v), term, v) for term, v in shown if abs(v) >= LEAST]
        yield tuple([Reason(term, round(value, 3)) for _, term, value in sorted(found)[:MOST]])


def _readable(word: str) -> str:
    """A word as people read it; "" for a fragment, and for two characters that only the hidden Markov
    model takes for a word."""
    if not _TELLING.fullmatch(word):
        return ""
    if len(word) == 2 and not word.isascii() and not lexicon.is_word(word):
        return ""
    return marks.readable(word)


_READABLE = Remembered(_readable)


def _taken(
    described: Described,
    chosen: Sequence[int],
    words: Sequence[Sequence[str]],
    weights: np.ndarray,
) -> np.ndarray:
    """What each word of the chosen texts takes, in a row: the log-odds that lie on its characters."""
    sizes = np.fromiter(map(len, chain.from_iterable(words)), np.int64)
    counts = np.fromiter(map(len, words), np.int64, len(words))
    before = np.cumsum(sizes) - sizes
    firsts = described.laid.starts[list(chosen)]
    moved = firsts - (
        np.cumsum(described.laid.lengths[list(chosen)]) - described.laid.lengths[list(chosen)]
    )
    at = before + np.repeat(moved, counts)
    return np.add.reduceat(_heat(described, chosen, weights), at) if len(at) else np.zeros(0)


def _heat(described: Described, chosen: Sequence[int], weights: np.ndarray) -> np.ndarray:
    """Log-odds lying on each point of the chosen texts (n_points,), nothing on the others."""
    matrix, laid = described.characters, described.laid
    width = matrix.shape[1]
    wanted = np.zeros(len(laid.starts) - 1, dtype=bool)
    wanted[list(chosen)] = True
    text_of = laid.text_of
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    entries = rows * width + matrix.indices
    each = matrix.data * weights[matrix.indices] / described.times  # of one occurrence of a run
    heat = np.zeros(len(laid.points))
    for size, columns in enumerate(described.runs, start=1):
        at = np.flatnonzero((columns != NONE) & wanted[text_of])
        part = each[np.searchsorted(entries, text_of[at] * width + columns[at])] / size
        for step in range(size):  # a run lies on all of its characters alike
            heat[at + step] += part
    return heat
