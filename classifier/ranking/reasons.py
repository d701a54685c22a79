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
    readable = _READABLE.__getitem__
    halves = described.cues[list(chosen)] * (weights[split:] / 2)  # a column is made of two cues
    of_cues = np.add.reduceat(np.hstack([halves, halves])[:, order], begins, axis=1)
    for cut, shares in zip(words, of_cues.tolist(), strict=True):
        totals: dict[str, float] = {}
        for term, value in zip(map(readable, cut), taken, strict=False):  # as many as words
            if term:
                totals[term] = totals.get(term, 0.0) + value
        found = [
            (-abs(value), term, value)
            for term, value in chain(totals.items(), zip(cues.NAMES, shares, strict=True))
            if not -LEAST < value < LEAST
        ]
        found.sort()
        yield tuple([Reason(term, round(value, 3)) for _, term, value in found[:MOST]])


def _readable(word: str) -> str:
    """A word as people read it; "" for a fragment, and for two characters that only the hidden Markov
    model takes for a word."""
    if not _TELLING.fullmatch(word):
        return ""
    if len(word) == 2 and not word.isascii() and not lexicon.is_word(word):
        return ""
    return marks.NAMES.get(word, word)


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
    matrix, points, entries = (
        described.characters,
        described.laid.starts,
        described.characters.indptr,
    )
    each = matrix.data * weights[matrix.indices] / described.times  # of one occurrence of a run
    runs = np.vstack(described.runs)
    lying = np.zeros(runs.shape)
    # what each column gives to the text in hand; a search in ``matrix.indices`` would cost five times that
    gives = np.zeros(matrix.shape[1] + 1)  # the last place is that of ``NONE``, and stays 0
    for text in chosen:
        own = slice(entries[text], entries[text + 1])
        gives[matrix.indices[own]] = each[own]
        at = slice(points[text], points[text + 1])
        lying[:, at] = gives[runs[:, at]]
    heat = np.zeros(runs.shape[1])
    for size, given in enumerate(lying, start=1):
        part = given / size
        for step in range(size):  # a run lies on all of its characters alike
            heat[step:] += part[: len(part) - step]
    return heat
