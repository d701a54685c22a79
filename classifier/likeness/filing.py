"""How a wording is filed: keys that find candidates, and a digest for exact copies."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from itertools import combinations

import numpy as np
from rensa import RMinHash

from classifier.likeness import token_hashes, wording
from classifier.likeness.wording import LEAST, Lines
from classifier.text.document import Document
from models.ranking.clusters import Fingerprint

BANDS = 8
ROWS = 3  # a band: two texts meet when three minima agree
RAREST = 5  # words whose pairs are keys
PLATES = 2
SEED = 20200126
_BAND = "\x1f%d" * ROWS
_BANDS = "\n".join(f"band{i}{_BAND}" for i in range(0, BANDS * ROWS, ROWS))


def fingerprint(text: str) -> Fingerprint:
    """How a post is filed: at most 30 keys, positive and of 47 bits; 18 on average.

    Same text, same fingerprint, on any machine and with any weights. A text without content (only
    signs, or a plea) has no keys: only its exact copies find it.
    """
    return filed(Document(text))


def filed(document: Document) -> Fingerprint:
    """``fingerprint`` of a text that is read already."""
    return all_filed([document])[0]


def all_filed(documents: Sequence[Document]) -> list[Fingerprint]:
    """``filed`` of each; together they cost less."""
    if not documents:
        return []
    held = [*map(wording.lines, documents)]
    contents = ["".join(each.words) for each in held]
    return [
        Fingerprint(
            _keys(lines, minima),
            _key(f"whole\x1f{content or document.plain}"),
            lines.written(),
        )
        for document, lines, content, minima in zip(
            documents, held, contents, _minima(contents), strict=True
        )
    ]


def _keys(held: Lines, minima: Sequence[int]) -> tuple[int, ...]:
    general = dict.fromkeys(held.words)
    if not held.plates and not wording.weighs(general, LEAST):
        return ()
    told = set((_BANDS % tuple(minima)).split("\n"))
    telling = {tuple(sorted(wording.rarest(general, RAREST)))}
    if held.more or held.less:  # the words with places as kinds, and with their names
        literal = (general.keys() | held.more).difference(held.less)
        telling.add(tuple(sorted(wording.rarest(literal, RAREST))))
    for words in telling:
        told.update([f"pair\x1f{a}\x1f{b}" for a, b in combinations(words, 2)])
    told.update([f"plate\x1f{plate}" for plate in held.plates[:PLATES]])
    # all encoded at once, which is quicker than each
    return tuple(sorted(map(_number, "\n".join(told).encode().split(b"\n"))))


def _minima(contents: Sequence[str]) -> list[list[int]]:
    """MinHash of the pairs of characters of each content; of a single character that one."""
    sizes = np.array([*map(len, contents)])
    starts = np.cumsum(sizes + 1) - sizes - 1  # a blank is behind each content
    hashed = token_hashes.of_pairs(" ".join([*contents, "", ""]))
    counts = np.maximum(sizes - 1, 1)
    ends = np.cumsum(counts)
    own = np.repeat(starts - ends + counts, counts) + np.arange(ends[-1])
    lone = [*map(token_hashes.of_one, (content for content in contents if len(content) < 2))]
    flat = hashed[own]
    flat[(ends - counts)[sizes < 2]] = lone
    offsets = np.concatenate([[0], ends]).astype(np.uint64)
    return RMinHash.digest_matrix_from_flat_token_hashes(
        flat, offsets, BANDS * ROWS, SEED
    ).to_rows()


def _key(told: str) -> int:
    """The number of what a key stands for: its kind and its parts, parted by U+001F."""
    return _number(told.encode())


def _number(told: bytes) -> int:
    return int.from_bytes(blake2b(told, digest_size=6).digest()) >> 1
