"""Many texts at once, grouped by claim."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from classifier.likeness.filing import fingerprint
from classifier.likeness.same_claim import THRESHOLD, same_claim


def clusters(texts: Sequence[str], threshold: float = THRESHOLD) -> list[int]:
    """A cluster number for each text: connected pairs of the same claim, whatever their order.

    Numbers are the smallest index in the cluster. Candidates are texts that share a key; a key
    shared by more than 200 different texts is no evidence and is skipped.
    """
    shelves: dict[int, list[int]] = {}
    first: dict[int, int] = {}
    parent = []
    for i, text in enumerate(texts):
        print_ = fingerprint(text)
        parent.append(first.setdefault(print_.digest, i))
        for key in print_.keys if parent[i] == i else ():
            shelves.setdefault(key, []).append(i)

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    pairs = {
        pair for shelf in shelves.values() if len(shelf) <= 200 for pair in combinations(shelf, 2)
    }
    for i, j in sorted(pairs):
        a, b = root(i), root(j)
        if a != b and same_claim(texts[i], texts[j]) >= threshold:
            parent[max(a, b)] = min(a, b)
    return [root(i) for i in range(len(texts))]
