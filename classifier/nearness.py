"""One claim in many wordings: keys to find candidates, and a closer look to decide.

Two looks, because rumors are short and get rewritten:

- **keys** (for an index): MinHash signatures over two-character shingles, cut into bands (Broder
  1997; Indyk and Motwani 1998), and pairs of the rarest words of the post, which survive a
  rewording that shares few shingles. Plates, phones, numbers and places stand as their kind, so
  that the same story about another town has the same keys.
- **same_claim** (for a pair): words weighted by rarity, shared shingles, and whether the things
  named agree.

Rarity comes from jieba's dictionary, not from the weights: keys outlive every renewed model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import combinations

from rensa import RMinHash

from classifier import entities, wording
from classifier.text import normalise, segment
from classifier.wording import Wording
from models import text as intake
from models.clusters import Fingerprint

BANDS = 8
ROWS = 3  # a band: two texts meet when three minima agree
RAREST = 5  # words whose pairs are keys
PLATES = 2
SEED = 20200126
THRESHOLD = 0.5  # same_claim from here on means: one case
STANDING = 0.5  # and this like, on average, the wordings that stand for a case of many
LEAST = 6.0  # weight of words below which only near-copies are the same
ENOUGH = 16.0  # weight of words from which a likeness counts in full
ELSEWHERE = 0.12  # off when each names places and none in common: a pattern, perhaps not a story


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


def same_claim(a: str, b: str) -> float:
    """How surely two posts make the same claim, 0..1; from ``THRESHOLD`` on they are one case.

    Symmetric; 1 for texts that are equal once normalised and their plates and places left out.
    Three ways to agree: the wording, a local name with the rare words around it, or one plate
    number together with a place.
    """
    return likeness(wording.of(a), wording.of(b))


def likeness(x: Wording, y: Wording) -> float:
    """``same_claim`` of two wordings."""
    if x.shingles == y.shingles and x.general == y.general:
        return 1.0
    if not x.shingles or not y.shingles:
        return 0.0
    common = len(x.shingles & y.shingles)
    letters = common / (len(x.shingles) + len(y.shingles) - common)
    lightest = min(x.weight, y.weight)
    if lightest < LEAST and not x.plates & y.plates:
        return letters if letters >= 0.7 else 0.0
    shorter = min(len(x.shingles), len(y.shingles))
    inside = common / shorter * min(1.0, shorter / 12)
    worded = _worded(x, y) + 0.5 * letters + 0.2 * inside
    score = max(worded, _local(x, y, letters)) * (0.6 + 0.4 * min(1.0, lightest / ENOUGH))
    if x.places and y.places and not x.places & y.places:
        score -= ELSEWHERE
    return max(0.0, min(1.0, score + _plated(x, y)))


def _overlap(a: dict[str, float], b: dict[str, float]) -> tuple[float, float, float]:
    """Shared weight, its share of the union, and of the smaller side (little if that is short)."""
    shared = sum(min(a[word], b[word]) for word in a.keys() & b.keys())
    small, large = sorted((sum(a.values()), sum(b.values())))
    if not small:
        return 0.0, 0.0, 0.0
    return shared, shared / (small + large - shared), shared / small * min(1.0, small / 8)


def _worded(x: Wording, y: Wording) -> float:
    _, union, within = _overlap(x.general, y.general)
    return 0.35 * union + 0.35 * within


def _local(x: Wording, y: Wording, letters: float) -> float:
    """Rare words in common count double where both name one local place."""
    if not x.local & y.local:
        return 0.0
    shared, union, within = _overlap(x.literal, y.literal)
    return 0.3 * union + 0.55 * within + 0.0125 * min(shared, 20) + 0.2 * letters


def _plated(x: Wording, y: Wording) -> float:
    """One plate is one story nearly always, with a place in common surely; two plates prove nothing."""
    if not x.plates & y.plates:
        return 0.0
    return 0.45 if x.places & y.places else 0.1


def belongs(print_: Fingerprint, standing: Iterable[str]) -> bool:
    """Whether a post whose nearest wording is in a case belongs there, by those that stand for it.

    ``standing``: the forms of the first wordings of a case of many (none for a case of few). Without
    it a case grows by chains: each like the last, and the hundredth nothing like the first. On
    average, as in average linkage (Sokal and Michener 1958), and not with each.
    """
    own = wording.read(print_.form)
    found = [likeness(own, wording.read(form)) for form in standing]
    return not found or sum(found) / len(found) >= STANDING


def differing(base: str, other: str) -> list[tuple[str, bool]]:
    """``other`` in spans, each with whether it differs from ``base``; joined they give ``other``.

    >>> differing("车从武汉回来", "车从宁波回来")
    [('车从', False), ('宁波', True), ('回来', False)]
    """
    other = intake.clean(other)[:4000]
    left, right = _pieces(intake.clean(base)[:4000]), _pieces(other)
    spans: list[tuple[str, bool]] = []
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for code, _, _, start, end in matcher.get_opcodes():
        piece = "".join(right[start:end])
        if not piece:
            continue
        differs = code != "equal"
        if spans and spans[-1][1] == differs:
            piece = spans.pop()[0] + piece
        spans.append((piece, differs))
    return spans


def _pieces(text: str) -> list[str]:
    """Words and the white space between them, nothing lost; a plate or a place is one piece."""
    pieces, at = [], 0
    for start, end in [(e.start, e.end) for e in entities.find(text)]:
        pieces += [*_words(text[at:start]), text[start:end]]
        at = end
    return [*pieces, *_words(text[at:])]


def _words(text: str) -> list[str]:
    pieces, at = [], 0
    for word in segment(text):
        start = text.find(word, at)
        if start > at:
            pieces.append(text[at:start])
        pieces.append(word)
        at = start + len(word)
    return [*pieces, text[at:]] if at < len(text) else pieces


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
