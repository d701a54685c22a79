"""How a wording is filed: keys that find candidates, and a digest for exact copies."""

from __future__ import annotations

import hashlib
from itertools import combinations

from rensa import RMinHash

from classifier.likeness import wording
from classifier.likeness.same_claim import LEAST
from classifier.text.spelling import normalise
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
    form = wording.form(text)
    return filed(form, "" if wording.read(form).content else normalise(text))


def filed(form: str, plain: str = "") -> Fingerprint:
    """The fingerprint of a wording; ``plain`` is what it goes by if it has no content."""
    view = wording.read(form)
    digest = _key("whole", view.content or plain)
    if view.weight < LEAST and not view.plates:
        return Fingerprint((), digest, form)
    minhash = RMinHash(num_perm=BANDS * ROWS, seed=SEED)
    minhash.update(list(view.shingles) or [""])
    minima = [str(least) for least in minhash.digest()]
    keys = {_key(f"band{i}", *minima[i : i + ROWS]) for i in range(0, len(minima), ROWS)}
    for words in (view.general, view.literal):
        telling = sorted(wording.rarest(words, RAREST))
        keys |= {_key("pair", *pair) for pair in combinations(telling, 2)}
    keys |= {_key("plate", plate) for plate in sorted(view.plates)[:PLATES]}
    return Fingerprint(tuple(sorted(keys)), digest, form)


def _key(*parts: str) -> int:
    digest = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big") >> 1
