"""Why a text scored as it did, in words a person can read.

The score is a sum over features: a feature's share is its value times its weight, in calibrated
log-odds. The share of a run of characters is spread over the characters it covers, and each word
takes what lies on its characters, so that the reasons name words and never fragments. Cues come
under their own Chinese names; a pair of cues is shared by the two.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from itertools import accumulate

from classifier.ranking import cues
from classifier.ranking.features import Features
from classifier.text import lexicon, marks
from classifier.text.spelling import HAN, segment
from models.ranking.records import Reason

MOST = 6
LEAST = 0.05  # log-odds below which a reason is not worth a line
# a word that says something by itself: two characters, a mark, or a word in Latin letters
_TELLING = re.compile(rf"[{HAN}]{{2,}}|[a-z]{{2,}}|[\ue002\ue003]")


def explain(
    typed: str, shares: Mapping[int, float], features: Features, engine: str = "rjieba"
) -> tuple[Reason, ...]:
    """The strongest reasons of one typed text, at most ``MOST``, strongest first.

    ``shares`` maps each non-zero column of its row to its log-odds.
    """
    heat = _heat(typed, shares, features)
    totals: dict[str, float] = {}
    at = 0
    for word in segment(typed, engine):
        start = typed.find(word, at)
        at = start + len(word)
        totals[word] = totals.get(word, 0.0) + sum(heat[start:at])
    found = [(marks.readable(w), v) for w, v in totals.items() if _readable(w)]
    found += zip(cues.NAMES, _of_cues(shares, features), strict=True)
    found = [(term, value) for term, value in found if abs(value) >= LEAST]
    found.sort(key=lambda pair: (-abs(pair[1]), pair[0]))
    return tuple(Reason(term, round(value, 3)) for term, value in found[:MOST])


def _readable(word: str) -> bool:
    """No fragment, and no two characters that only the hidden Markov model takes for a word."""
    if not _TELLING.fullmatch(word):
        return False
    return len(word) != 2 or word.isascii() or lexicon.is_word(word)


def _of_cues(shares: Mapping[int, float], features: Features) -> list[float]:
    """The share of each cue, alone and in its steps and pairs."""
    out = [0.0] * len(cues.NAMES)
    first = len(features.characters_)
    for column, share in shares.items():
        if column >= first:
            for cue in features.cues_of_column(column):
                out[cue] += share / 2
    return out


def _heat(typed: str, shares: Mapping[int, float], features: Features) -> list[float]:
    """Log-odds lying on each character of the text."""
    change = [0.0] * (len(typed) + 1)  # from each character to the next
    column = features.characters_.get
    for size in range(1, features.longest + 1):
        columns = [column(typed[i : i + size]) for i in range(len(typed) - size + 1)]
        times = Counter(columns)
        for i, found in enumerate(columns):
            if found is not None:
                part = shares.get(found, 0.0) / (size * times[found])
                change[i] += part
                change[i + size] -= part
    return list(accumulate(change[:-1]))
