"""Many texts at once, a hundred times as fast: the same typed texts, cues and margins as the plain way.

``text``, ``kinds``, ``cues`` and ``features`` say what is right, in plain Python; from them tables are
made here for the compiled loops of ``kernels``. A text that the tables cannot do for certain
(traditional characters, combining marks, planes nobody writes, or a text of ten thousand
characters) goes the plain way: about one post in a hundred. Without numba everything does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from scipy import sparse

from classifier import kernels, programs
from classifier.kernels import POINTS
from classifier.quick import BATCH, plain
from classifier.ranking import cues
from classifier.text import lexicon, marks, spelling
from models import text as intake

if TYPE_CHECKING:
    from classifier.ranking.features import Features

# where OpenCC changes characters that it leaves alone one by one; such a text goes the plain way
_BOUND = re.compile(
    "[深消暗昏浮墨黑釜戟耳沈]沈|沈[思湎溺默醉重香睡甸砂筒冤厚吟寂迷船落浸浮降陷痛痼下沙河]"
    "|[捏毛土打陶拉一]坏|坏[土子布]|[滑狐素茵凌]藉|藉[口故此手方槁助寇卉喻端着代以甚由]|[英海]哩"
    "|[回答批拜重反函示明申]覆|覆[墓按文校信呈命]|衹得|[明不]瞭|瞭[然解如若]|甦[生醒]"
)
_RULES = (
    (_BOUND, ""),
    (spelling._LINK, spelling.LINK),
    (spelling._USER, spelling.USER),
    *spelling._DISGUISES,
)
_KINDS = (
    (re.compile(re.escape(spelling.LINK)), marks.LINK_MARK),
    (re.compile(re.escape(spelling.USER)), marks.USER_MARK),
    (marks.PLATE, marks.PLATE_MARK),
    (marks.PHONE, marks.PHONE_MARK),
    (marks._NUMBER, marks.NUMBER_MARK),
)


@dataclass(frozen=True)
class _Tables:
    letters: Any  # what becomes of each code point: starts, pool, traits
    programs: Any
    rules: np.ndarray  # (POINTS,) uint32: which rules can begin with a code point
    fresh: np.ndarray  # what each rule puts: length, code points
    words: np.ndarray  # words of 2 to 4 characters, open table
    cues: Any  # programs of cues.COUNTED


@lru_cache(maxsize=1)
def tables() -> _Tables:
    rules = (*_RULES, *_KINDS)
    made = programs.compiled([pattern for pattern, _ in rules])
    begins = made.begins != -1
    bits = (begins * (1 << np.arange(len(rules)))).sum(axis=1).astype(np.uint32)
    fresh = np.zeros((len(rules), 9), dtype=np.int64)
    for row, (_, put) in zip(fresh, rules, strict=True):
        row[0], row[1 : 1 + len(put)] = len(put), [ord(c) for c in put]
    return _Tables(
        _letters(),
        _arrays(made),
        bits[made.entry],
        fresh,
        _words(),
        _arrays(programs.compiled(cues.COUNTED)),
    )


def _arrays(made: Any) -> Any:
    return made.steps, made.classes, made.entry, made.begins


def _letters() -> Any:
    """What ``text`` makes of each code point by itself, and where its neighbours have a say."""
    every = [chr(point) for point in range(POINTS)]
    traits = np.zeros(POINTS, dtype=np.uint8)
    space, word = programs.category("SPACE"), programs.category("WORD")
    traits[space] |= kernels.BLANK | kernels.EDGE
    traits[~(space | word)] |= kernels.ECHO
    traits[ord("*")] &= ~np.uint8(kernels.ECHO)
    traits[programs.compiled([re.compile(f"[{spelling.HAN}]")]).entry != 0] |= kernels.HAN
    traits[[ord(c) for c in spelling.SEPARATORS]] |= kernels.GAP
    joining = _joining()
    alone = [_alone(c) for c in every]
    simple = spelling._converters()[0]("\n".join(c if c.isprintable() else "" for c in every))
    pool: list[int] = []
    starts = np.zeros(POINTS + 1, dtype=np.int32)
    for point, (c, simpler) in enumerate(zip(every, simple.split("\n"), strict=True)):
        composed = unicodedata.normalize("NFKC", c)
        out = alone[point]
        slow = composed[0] in joining or "Σ" in composed or (simpler and simpler != c)
        if slow or (out != c and "".join(alone[ord(each)] for each in out) != out):
            traits[point] |= kernels.SLOW
            out = c
        if point < 0xA0 and not intake._CONTROLS.sub("", c):
            traits[point] |= kernels.EDGE
        pool += map(ord, out)
        starts[point + 1] = len(pool)
    return starts, np.array(pool, dtype=np.uint32), traits


def _alone(c: str) -> str:
    """What ``text._pass`` makes of a character before its rules."""
    c = "\n" if c == "\r" else "\ufffd" if "\ud800" <= c <= "\udfff" else c
    if c < "\xa0":
        return intake._CONTROLS.sub("", c).lower()
    return spelling._INVISIBLE.sub("", unicodedata.normalize("NFKC", c).lower())


@lru_cache(maxsize=1)
def _joining() -> frozenset[str]:
    """Characters that may join or change places with the one before them under NFKC."""
    found = {chr(point) for point in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))}
    for point in range(POINTS):
        told = unicodedata.decomposition(chr(point))
        if told and not told.startswith("<"):
            found.update(chr(int(part, 16)) for part in told.split()[1:])
        if unicodedata.combining(chr(point)):
            found.add(chr(point))
    return frozenset(found)


def _words() -> np.ndarray:
    """The words that ``text._spans_word`` asks for, packed 16 bits a character, as an open table."""
    parts = []
    han = re.compile(f"[{spelling.HAN}]{{2,4}}").fullmatch
    known = [word for word in lexicon.words() if han(word)]
    for size in (2, 3, 4):
        words = [word for word in known if len(word) == size]
        points = np.frombuffer("".join(words).encode("utf-16-le"), np.uint16).reshape(-1, size)
        keys = np.zeros(len(points), dtype=np.uint64)
        for column in points.T:
            keys = keys << np.uint64(16) | column.astype(np.uint64)
        parts.append(keys)
    keys = np.concatenate(parts)
    table = _open(len(keys))
    kernels.insert(table, keys)
    return table


def _open(n: int) -> np.ndarray:
    return np.zeros(1 << max(4, int(1.5 * n).bit_length()), dtype=np.uint64)


def _laid(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Texts one behind the other as code points, and where each ends."""
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32).copy()
    return points, np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))


def warm() -> None:
    """Run every loop once: what numba can neither compile nor keep shows here, and not later."""
    points, ends, _ = _typed(["新.冠"])
    grams, one = _grams({"新冠": 0}), np.ones(1)
    _counts(points, ends)
    kernels.rows(points, ends, grams, one, 2)
    kernels.weighed(points, ends, grams, one, one, 2, np.empty(1))
    kernels.add_dots(np.ones((1, 1)), one, np.empty(1))


def _typed(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    made = tables()
    return kernels.typed(
        *_laid(texts),
        made.letters,
        made.programs,
        made.rules,
        made.fresh,
        len(_RULES),
        made.words,
    )


def typed(texts: Sequence[str]) -> list[str]:
    """``kinds.typed(text.normalise(each))`` for each text."""
    out: list[str] = []
    for start in range(0, len(texts), BATCH):
        part = texts[start : start + BATCH]
        points, ends, done = _typed(part)
        found = zip(part, _texts(points, ends), done.tolist(), strict=True)
        out += [now if fine else plain([each])[0] for each, now, fine in found]
    return out


def _texts(points: np.ndarray, ends: np.ndarray) -> list[str]:
    whole, at, out = points.tobytes().decode("utf-32-le"), 0, []
    for end in ends.tolist():
        out.append(whole[at:end])
        at = end
    return out


def blocks(typed: Sequence[str], features: Features) -> tuple[sparse.csr_matrix, np.ndarray] | None:
    """The block of characters and the cues of typed texts; None: the plain way, please."""
    points, ends = _laid(typed)
    if points.size and points.max() >= POINTS:
        return None
    counts = _counts(points, ends)
    if counts is None:
        return None
    grams = _grams_of(features)
    columns, values, begins = kernels.rows(points, ends, grams, features.idf_, features.longest)
    shape = (len(typed), len(features.characters_))
    return sparse.csr_matrix((values, columns, begins), shape), cues.of_counts(counts)


def _counts(points: np.ndarray, ends: np.ndarray) -> np.ndarray | None:
    counts = np.empty((len(ends), 1 + len(cues.COUNTED)), dtype=np.int32)
    done = kernels.counted(points, ends, tables().cues, counts)
    return counts.astype(float) if done else None


def margins(texts: Sequence[str], features: Features, coef: np.ndarray) -> np.ndarray:
    """``features.transform(texts) @ coef`` (n_texts,) to 1e-9, without the matrix.

    A text gets the same margin, bit for bit, whatever stands beside it.
    """
    parts = [_margins(texts[i : i + BATCH], features, coef) for i in range(0, len(texts), BATCH)]
    return np.concatenate(parts) if parts else np.zeros(0)


def _margins(texts: Sequence[str], features: Features, coef: np.ndarray) -> np.ndarray:
    points, ends, done = _typed(texts)
    out = _of_points(points, ends, features, coef)
    late = {i: plain([texts[i]])[0] for i in np.flatnonzero(~done).tolist()}
    high = [i for i, told in late.items() if max(map(ord, told), default=0) >= POINTS]
    low = [i for i in late if i not in high]
    if low:
        out[low] = _of_points(*_laid([late[i] for i in low]), features, coef)
    for i in high:  # one by one, or what stands beside it would go another way too
        out[i] = (features.transform_typed([late[i]]) @ coef)[0]
    return out


def _of_points(
    points: np.ndarray, ends: np.ndarray, features: Features, coef: np.ndarray
) -> np.ndarray:
    split, out = len(features.characters_), np.empty(len(ends))
    counts = _counts(points, ends)
    if counts is None:
        return features.transform_typed(_texts(points, ends)) @ coef
    grams = _grams_of(features)
    kernels.weighed(points, ends, grams, features.idf_, coef[:split], features.longest, out)
    block = features.cue_block(cues.of_counts(counts))
    kernels.add_dots(np.ascontiguousarray(block), coef[split:], out)
    return out


_trees: WeakKeyDictionary[Features, tuple[dict[str, int], Any]] = WeakKeyDictionary()


def _grams_of(features: Features) -> Any:
    known = _trees.get(features)
    if known is None or known[0] is not features.characters_:
        known = _trees[features] = features.characters_, _grams(features.characters_)
    return known[1]


def _grams(vocabulary: dict[str, int]) -> Any:
    """The vocabulary as a tree: node of each first character, children by (node, character)."""
    nodes: dict[str, int] = {}
    for run in vocabulary:
        for size in range(1, len(run) + 1):
            nodes.setdefault(run[:size], len(nodes) + 1)
    first = np.zeros(POINTS, dtype=np.int32)
    columns = np.full(len(nodes) + 1, -1, dtype=np.int32)
    keys, values = [], []
    for run, node in nodes.items():
        columns[node] = vocabulary.get(run, -1)
        if len(run) > 1:
            keys.append(nodes[run[:-1]] << 21 | ord(run[-1]))
            values.append(node)
        elif ord(run) < POINTS:
            first[ord(run)] = node
    table = _open(len(keys))
    child = np.zeros(len(table), dtype=np.int32)
    child[kernels.insert(table, np.array(keys, dtype=np.uint64))] = values
    return first, table, child, columns
