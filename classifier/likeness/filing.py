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


def fingerprint(text: str) -> Fingerprint:
    """How a post is filed: at most 30 keys, positive and of 47 bits; 18 on average.

    Same text, same fingerprint, on any machine and with any weights. A text without content (only
    signs, or a plea) has no keys: only its exact copies find it.
    """
    return filed(Document(text))


def filed(document: Document) -> Fingerprint:
    """``fingerprint`` of a text that is read already."""
    form, view = wording.made(document)
    digest = _key("whole", view.content or document.plain)
    if view.weight < LEAST and not view.plates:
        return Fingerprint((), digest, form)
    minhash = RMinHash(num_perm=BANDS * ROWS, seed=SEED)
    minhash.update(view.pairs or [""])
    minima = [*map(str, minhash.digest())]
    parts = [(f"band{i}", *minima[i : i + ROWS]) for i in range(0, BANDS * ROWS, ROWS)]
    for words in (view.general, view.literal)[: 1 if view.literal is view.general else 2]:
        telling = sorted(wording.rarest(words, RAREST))
        parts += [("pair", *pair) for pair in combinations(telling, 2)]
    parts += [("plate", plate) for plate in sorted(view.plates)[:PLATES]]
    keys = {_key(*part) for part in dict.fromkeys(parts)}  # most pairs stand in both
    return Fingerprint(tuple(sorted(keys)), digest, form)


def _key(*parts: str) -> int:
    digest = blake2b("\x1f".join(parts).encode(), digest_size=6).digest()
    return int.from_bytes(digest) >> 1
