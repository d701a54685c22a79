"""The characters and pairs of characters of a text as numbers, and how telling each of them is.

A term is a hash of 22 bits. How telling it is was counted once over many posts and is shipped as a
table (``weights/known.npz``, terms of fewer than five posts left out), so that how alike two texts
are depends on those two alone, and not on what else is in a library (as an inverse document
frequency, Sparck Jones 1972, of the library itself would).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from classifier.likeness import wording
from classifier.text import marks

TABLE = Path(__file__).parents[1] / "weights" / "known.npz"
BITS = 22
STEPS = 16  # of the table, to one unit of rarity
UNIT = STEPS * STEPS
FEWEST = 5  # posts that a term must stand in to have an entry of its own
MOST = wording.MOST  # characters looked at
AT_ONCE = 4096  # texts counted together, so that memory stays bounded
_CONTENT = np.zeros(0x110000, dtype=bool)  # Han, Latin letters, digits, marks: as wording.CONTENT
for _first, _last in ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x61, 0x7A), (0x30, 0x39)):
    _CONTENT[_first : _last + 1] = True
_CONTENT[0xE000:0xE100] = True


def terms_of(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Begins (n_texts + 1,) and terms: those of text i, sorted, each once, are
    ``terms[begins[i]:begins[i + 1]]``. A text without letters has none."""
    typed = [typed[:MOST] for typed in marks.plain(texts)]
    points = np.frombuffer("\n".join([*typed, ""]).encode("utf-32-le"), np.uint32)
    text_of = np.repeat(np.arange(len(typed)), [len(text) + 1 for text in typed])
    content = _CONTENT[points]
    one, two = np.flatnonzero(content), np.flatnonzero(content[:-1] & content[1:])
    pairs = (points[two].astype(np.uint64) << np.uint64(21)) + points[two + 1]
    found = np.concatenate([_hashed(points[one]), _hashed(pairs)])
    keys = np.concatenate([text_of[one], text_of[two]]).astype(np.uint64) << np.uint64(32) | found
    keys = np.unique(keys)
    counts = np.bincount((keys >> np.uint64(32)).astype(np.intp), minlength=len(typed))
    return np.concatenate([[0], np.cumsum(counts)]), keys.astype(np.uint32)


def _hashed(points: np.ndarray) -> np.ndarray:
    """Multiply, shift and multiply again, the upper bits kept (Fibonacci hashing, Knuth 1973)."""
    mixed = points.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(32)
    return mixed * np.uint64(0xD6E8FEB86659FD93) >> np.uint64(64 - BITS)


@lru_cache(maxsize=1)
def rarity() -> np.ndarray:
    """How telling each term is (2 ** BITS,), squared, in parts of ``UNIT``: what it adds to a likeness.

    Whole numbers, so that sums are exact in any order. The shipped table.
    """
    with np.load(TABLE, allow_pickle=False) as arrays:
        table, unseen = arrays["rarity"].astype(np.int32), int(arrays["unseen"])
    return np.where(table, table, unseen) ** 2


def learn(texts: Sequence[str]) -> dict[str, np.ndarray]:
    """The table of ``rarity``, counted over many texts: 1 + log((n + 1) / (posts + 1)) a term."""
    counts = np.zeros(1 << BITS, np.int64)
    for start in range(0, len(texts), AT_ONCE):
        counts += np.bincount(terms_of(texts[start : start + AT_ONCE])[1], minlength=1 << BITS)
    rare = np.round(STEPS * (1 + np.log((len(texts) + 1) / (counts + 1))))
    unseen = np.round(STEPS * (1 + np.log((len(texts) + 1) / 2)))
    return {
        "rarity": np.where(counts >= FEWEST, np.clip(rare, 1, 255), 0).astype(np.uint8),
        "unseen": np.array(unseen, np.uint8),
    }
