"""What is worked out for a word once and then looked up, as every post uses the same few words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

MOST = 1 << 17  # words kept; beyond, all are forgotten and the usual ones soon come back
Value = TypeVar("Value")


class Remembered(dict[str, Value], Generic[Value]):
    """A dict that makes what it lacks, in bounded memory.

    Where ``functools.lru_cache`` keeps an order of use at each look, this is a plain look-up, and
    a post asks for hundreds.

    >>> lengths = Remembered(len)
    >>> lengths["疫情"], dict(lengths)
    (2, {'疫情': 2})
    """

    def __init__(self, make: Callable[[str], Value]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> Value:
        if len(self) >= MOST:
            self.clear()
        value = self[word] = self._make(word)
        return value
