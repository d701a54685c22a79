"""The numbers that MinHash takes for pairs of characters, for a batch of texts at once.

They are those of rensa (Rust's ``rustc-hash`` 2 over UTF-8), which stored keys were made with: a test
holds both together. Cutting a text into pairs and having each hashed costs five times as much.
"""

from __future__ import annotations

import numpy as np
from rensa import RMinHash

_FIRST, _SECOND = np.uint64(0x243F6A8885A308D3), np.uint64(0x13198A2E03707344)
_TIMES = np.uint64(0xF1357AEA2E62A9C5)
_TURN = np.uint64(26)
_LOW, _HALF, _BYTE = np.uint64(0xFFFFFFFF), np.uint64(32), np.uint64(8)


def of_one(token: str) -> int:
    """The number of a single token."""
    return int(RMinHash.hash_token_sets([[token]])[0][0])


def of_pairs(text: str) -> np.ndarray:
    """The numbers of the pairs of neighbouring characters (n_characters - 1,), which must lie below
    U+10000 and not between U+0080 and U+07FF: one byte each, or three."""
    points = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64)
    sizes = np.where(points < 0x80, np.uint64(1), np.uint64(3))
    three = (
        (points >> np.uint64(12) | np.uint64(0xE0))
        | (points >> np.uint64(6) & np.uint64(0x3F) | np.uint64(0x80)) << _BYTE
        | (points & np.uint64(0x3F) | np.uint64(0x80)) << np.uint64(16)
    )
    written = np.where(points < 0x80, points, three)
    both = written[:-1] | written[1:] << _BYTE * sizes[:-1]
    length = sizes[:-1] + sizes[1:]
    short = length == 2  # then the second byte is in the middle and the last one too
    head = np.where(short, both & np.uint64(0xFF), both & _LOW)
    second = both >> _BYTE
    tail = np.where(short, second << _BYTE | second, both >> _BYTE * (np.maximum(length, 4) - 4))
    mixed = _folded(head ^ _FIRST, tail & _LOW ^ _SECOND) ^ length
    hashed = mixed * _TIMES
    return hashed << _TURN | hashed >> np.uint64(64) - _TURN


def _folded(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The two halves of the product of 128 bits, one laid over the other."""
    a_low, a_high, b_low, b_high = a & _LOW, a >> _HALF, b & _LOW, b >> _HALF
    crossed = a_high * b_low + (a_low * b_low >> _HALF)
    other = a_low * b_high + (crossed & _LOW)
    return a * b ^ a_high * b_high + (crossed >> _HALF) + (other >> _HALF)
