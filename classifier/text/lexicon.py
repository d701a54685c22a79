"""jieba's dictionary as a table: which strings are words, how common they are, which are places.

The dictionary lies beside this module (``jieba-words.license.txt`` says where it comes from): the package
jieba carries a neural model eight times its size. Only the slow engine needs the package itself.
jieba keeps a marshalled copy in the shared temporary folder and loads whatever lies there
(RELIABILITY 0.8), so ``tokenizer`` builds its prefix table afresh in each process.
"""

from __future__ import annotations

import gzip
import math
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from sys import intern
from typing import Any

from models.errors import PiyaoError

WORDS = resources.files("classifier") / "text" / "jieba-words.txt.gz"

# words younger than the dictionary, or too often cut up to get past a filter
NEWER = frozenset(
    [
        "新冠",
        "微信",
        "核酸",
        "密接",
        "方舱",
        "群主",
        "公安局",
        "疾控中心",
        "辟谣",
        "求扩散",
        "新冠肺炎",
    ]
)


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, int], dict[str, str], int]:
    counts: dict[str, int] = {}
    tags: dict[str, str] = {}
    with WORDS.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8") as lines:
        for line in lines:
            word, count, tag = line.split()
            counts[word] = int(count)
            tags[word] = intern(tag)
    return counts, tags, sum(counts.values())


def is_word(word: str) -> bool:
    """Whether jieba's dictionary (or ``NEWER``) holds the word."""
    return word in _table()[0] or word in NEWER


def words() -> Iterator[str]:
    """All words that ``is_word`` knows."""
    yield from _table()[0]
    yield from NEWER - _table()[0].keys()


def tag(word: str) -> str:
    """The part of speech the dictionary gives (ns place, nr person, v verb ...); "" if unknown."""
    return _table()[1].get(word, "")


def tagged(tag: str) -> Iterator[str]:
    """The words of the dictionary that are of one part of speech."""
    return (word for word, own in _table()[1].items() if own == tag)


def rarity(word: str) -> float:
    """How telling a word is: minus log10 of its share of the dictionary's corpus, 1.3 to 8.

    It does not depend on any model, so keys made with it stay valid when weights are renewed.
    """
    counts, _, total = _table()
    return math.log10(total / max(counts.get(word, 0), 1))


@lru_cache(maxsize=1)
def tokenizer() -> Any:
    """jieba's own tokenizer, its prefix table read from the dictionary file; no cache is touched."""
    try:
        import jieba
    except ImportError:
        raise PiyaoError(
            "rjieba does not work here, and jieba is not installed",
            "the words of a text",
            "pip install 'piyao[jieba]'",
        ) from None

    class Uncached(jieba.Tokenizer):
        def initialize(self, dictionary: str | None = None) -> None:
            if not getattr(self, "initialized", False):
                self.FREQ, self.total = self.gen_pfdict(self.get_dict_file())
                self.initialized = True

    return Uncached()
