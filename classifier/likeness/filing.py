"""How a wording is filed: keys that find candidates, and a digest for exact copies."""

from __future__ import annotations

from hashlib import blake2b
from itertools import combinations

from rensa import RMinHash

from classifier.likeness import wording
from classifier.likeness.same_claim import LEAST
from classifier.likeness.wording import Wording
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
    digest = _key(f"whole\x1f{view.content or document.plain}")
    if view.weight < LEAST and not view.plates:
        return Fingerprint((), digest, form)
    minhash = RMinHash(num_perm=BANDS * ROWS, seed=SEED)
    minhash.update(view.pairs or [""])
    minima = [*map(str, minhash.digest())]
    told = {"\x1f".join((f"band{i}", *minima[i : i + ROWS])) for i in range(0, len(minima), ROWS)}
    telling = {tuple(sorted(wording.rarest(words, RAREST))) for words in _both(view)}
    for words in telling:
        told.update([f"pair\x1f{a}\x1f{b}" for a, b in combinations(words, 2)])
    told.update([f"plate\x1f{plate}" for plate in sorted(view.plates)[:PLATES]])
    return Fingerprint(tuple(sorted(map(_key, told))), digest, form)


def _both(view: Wording) -> tuple[dict[str, float], ...]:
    """The words with places as kinds, and with their names; one where they are the same."""
    return (view.general,) if view.literal is view.general else (view.general, view.literal)


def _key(told: str) -> int:
    """The number of what a key stands for: its kind and its parts, parted by U+001F."""
    return int.from_bytes(blake2b(told.encode(), digest_size=6).digest()) >> 1
