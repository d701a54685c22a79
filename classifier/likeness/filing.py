"""How a wording is filed: keys that find candidates, and a digest for exact copies."""

from __future__ import annotations

from hashlib import blake2b
from itertools import combinations

from rensa import RMinHash

from classifier.likeness import wording
from classifier.likeness.same_claim import LEAST
from classifier.text.document import Document
from models.ranking.clusters import Fingerprint

BANDS = 8


ROWS = 3  # a band: two texts meet when three minima agree


RAREST = 5  # words whose pairs are keys


PLATES = 2


SEED = 20200126
_BANDS = range(0, BANDS * ROWS, ROWS)  # where each begins
_BETWEEN = "\x1f"  # the parts of what a key stands for: a normalised text has none


def fingerprint(text: str) -> Fingerprint:
    """How a post is filed: at most 30 keys, positive and of 47 bits; 18 on average.

    Same text, same fingerprint, on any machine and with any weights. A text without content (only
    signs, or a plea) has no keys: only its exact copies find it.
    """
    return filed(Document(text))


def filed(document: Document) -> Fingerprint:
    """``fingerprint`` of a text that is read already."""
    form, view = wording.made(document)
    digest = _key(f"whole{_BETWEEN}{view.content or document.plain}")
    if view.weight < LEAST and not view.plates:
        return Fingerprint((), digest, form)
    minhash = RMinHash(num_perm=BANDS * ROWS, seed=SEED)
    minhash.update(view.pairs or [""])
    minima = [*map(str, minhash.digest())]
    told = {_BETWEEN.join((f"band{i}", *minima[i : i + ROWS])) for i in _BANDS}
    for words in (view.general, view.literal)[: 1 if view.literal is view.general else 2]:
        telling = sorted(wording.rarest(words, RAREST))
        told |= {f"pair{_BETWEEN}{a}{_BETWEEN}{b}" for a, b in combinations(telling, 2)}
    told |= {f"plate{_BETWEEN}{plate}" for plate in sorted(view.plates)[:PLATES]}
    return Fingerprint(tuple(sorted(map(_key, told))), digest, form)


def _key(told: str) -> int:
    return int.from_bytes(blake2b(told.encode(), digest_size=6).digest()) >> 1
