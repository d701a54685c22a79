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

from collections.abc import Iterable

from classifier.likeness import wording
from classifier.likeness.wording import LEAST, Wording
from models.ranking.clusters import Fingerprint

THRESHOLD = 0.5  # same_claim from here on means: one case
STANDING = 0.5  # and this like, on average, the wordings that stand for a case of many
ENOUGH = 16.0  # weight of words from which a likeness counts in full
ELSEWHERE = 0.12  # off when each names places and none in common: a pattern, perhaps not a story


def same_claim(a: str, b: str) -> float:
    """How surely two posts make the same claim, 0..1; from ``THRESHOLD`` on they are one case.

    Symmetric; 1 for texts that are equal once normalised and their plates and places left out.
    Three ways to agree: the wording, a local name with the rare words around it, or one plate
    number together with a place.
    """
    return likeness(wording.of_text(a), wording.of_text(b))


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
    own = wording.of_form(print_.form)
    found = [likeness(own, wording.of_form(form)) for form in standing]
    return not found or sum(found) / len(found) >= STANDING
