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
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations

import numpy as np
from rensa import RMinHash

from classifier import kinds, lexicon, places
from classifier.text import HAN, normalise, segment
from models import text as intake

PERMUTATIONS = 64
ROWS = 4  # a band: two texts meet when four minima agree
RAREST = 7  # words whose pairs are keys
SEED = 20200126
THRESHOLD = 0.5  # same_claim from here on means: one case
MOST = 600  # characters looked at: a claim stands early in a long post
_MARKS = {
    kinds.PLATE_MARK: 3.0,
    kinds.PHONE_MARK: 1.0,
    kinds.PLACE_MARK: 1.0,
    kinds.NUMBER_MARK: 0.3,
    kinds.LINK_MARK: 0.0,
    kinds.USER_MARK: 0.0,
}
_CONTENT = re.compile(rf"[{HAN}a-z0-9\ue000-\ue0ff]+")
# words of the plea, not of the claim: any rumor may carry them
_PLEA = frozenset(
    ["紧急", "扩散", "转发", "求", "请", "大家", "看到", "看见", "速转", "转", "通知", "提醒", "注意", "朋友", "朋友圈", "群里", "快", "马上", "立即", "一定", "千万", "刚刚", "最新", "消息", "速度", "帮忙", "帮转", "求转", "求证", "真的", "微博", "网友", "曝", "分享", "图片", "视频", "全文", "网页", "链接"]
)


@dataclass(frozen=True)
class Fingerprint:
    """``keys``: positive 63-bit integers (fit SQLite INTEGER); ``signature``: 64 uint32 as bytes."""

    keys: list[int]
    signature: bytes


@dataclass(frozen=True)
class _View:
    words: dict[str, float]
    shingles: frozenset[str]
    weight: float


def generic(text: str) -> str:
    """The normalised text with plates, phones, numbers and places as marks of their kind."""
    text = kinds.typed(normalise(text))[:MOST]
    out, at = [], 0
    for place in places.find(text):
        if place.kind == "place":
            out += [text[at : place.start], kinds.PLACE_MARK]
            at = place.end
    return "".join(out) + text[at:]


@lru_cache(maxsize=4096)
def _view(text: str) -> _View:
    plain = generic(text)
    words: dict[str, float] = {}
    for word in segment(plain):
        weight = _weight(word)
        if weight > 0:
            words[word] = weight
    joined = "".join(_CONTENT.findall(plain))
    shingles = (
        frozenset(joined[i : i + 2] for i in range(max(len(joined) - 1, 1)))
        if joined
        else frozenset()
    )
    return _View(words, shingles, sum(words.values()))


def _weight(word: str) -> float:
    if word in _MARKS:
        return _MARKS[word]
    if word in _PLEA or not _CONTENT.fullmatch(word):
        return 0.0
    return min(max(lexicon.rarity(word) - 2.7, 0.0), 3.0)


def fingerprint(text: str) -> Fingerprint:
    """Keys under which a post is filed, and its signature. Same text, same keys, on any machine.

    A text without content (only signs, or a plea) gets one key: its own hash.
    """
    view = _view(text)
    minhash = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    minhash.update(sorted(view.shingles) or [""])
    signature = np.asarray(minhash.digest(), dtype="<u4").tobytes()
    if view.weight < 4.0:
        return Fingerprint([_key("whole", generic(text))], signature)
    step = 4 * ROWS
    keys = {_key(f"band{i}", signature[i : i + step].hex()) for i in range(0, len(signature), step)}
    rarest = sorted(view.words, key=lambda word: (-view.words[word], word))[:RAREST]
    keys |= {_key("pair", *pair) for pair in combinations(sorted(rarest), 2)}
    return Fingerprint(sorted(keys), signature)


def _key(*parts: str) -> int:
    digest = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def likeness(a: bytes, b: bytes) -> float:
    """Estimated Jaccard likeness, 0..1, of the shingles behind two signatures."""
    left, right = np.frombuffer(a, "<u4"), np.frombuffer(b, "<u4")
    return float(np.mean(left == right)) if left.size and left.size == right.size else 0.0


def same_claim(a: str, b: str) -> float:
    """How surely two posts make the same claim, 0..1; from ``THRESHOLD`` on they are one case.

    Symmetric; 1 for texts that are equal once normalised and typed.
    """
    x, y = _view(a), _view(b)
    if x.shingles == y.shingles and x.words == y.words:
        return 1.0
    if not x.words or not y.words or not x.shingles or not y.shingles:
        return 0.0
    shared = sum(min(x.words[word], y.words[word]) for word in x.words.keys() & y.words.keys())
    small, large = sorted((x.weight, y.weight))
    words = shared / (small + large - shared)
    within = shared / small if small >= 8.0 else 0.0  # a copy wrapped in other text
    common = len(x.shingles & y.shingles)
    letters = common / (len(x.shingles) + len(y.shingles) - common)
    inside = common / min(len(x.shingles), len(y.shingles))
    return _combine(words, within, letters, inside)


def _combine(words: float, within: float, letters: float, inside: float) -> float:
    return min(1.0, 0.35 * words + 0.35 * within + 0.5 * letters + 0.2 * inside)


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
    """Words and the white space between them, nothing lost."""
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
    shared by more than 200 texts is no evidence and is skipped.
    """
    shelves: dict[int, list[int]] = {}
    for i, text in enumerate(texts):
        for key in fingerprint(text).keys:
            shelves.setdefault(key, []).append(i)
    parent = list(range(len(texts)))

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
