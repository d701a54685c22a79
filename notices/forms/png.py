"""PNG small and without transparency: typst writes RGBA, a notice has a palette of opaque colours.

Row filters make each pixel depend on its left, upper and upper-left neighbours, so numpy undoes
them along anti-diagonals: all pixels of one diagonal at a time.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np

COMMON = 160  # palette places for the commonest colours
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def opaque(content: bytes) -> bytes:
    """The same picture with a palette. Raises ``ValueError`` where a pixel is not fully opaque."""
    pixels = decode(content)
    if pixels.shape[2] == 4 and int(pixels[:, :, 3].min()) != 255:
        raise ValueError("the picture has transparent pixels")
    return encode(pixels[:, :, :3])


def decode(content: bytes) -> np.ndarray:
    """Pixels, shape (height, width, channels), of an 8-bit RGB or RGBA PNG without interlacing."""
    if content[:8] != SIGNATURE:
        raise ValueError("not a PNG")
    at, data = 8, b""
    width = height = channels = 0
    while at < len(content):
        (size,) = struct.unpack(">I", content[at : at + 4])
        kind, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", body)
            if depth != 8 or colour not in (2, 6) or interlaced:
                raise ValueError("only 8-bit RGB and RGBA")
            channels = 3 if colour == 2 else 4
        elif kind == b"IDAT":
            data += body
        at += 12 + size
    raw = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, 1 + width * channels)
    return _unfilter(raw[:, 0], raw[:, 1:].reshape(height, width, channels))


def encode(pixels: np.ndarray) -> bytes:
    """An 8-bit PNG with a palette of at most 256 colours (``_palette``)."""
    height, width, _ = pixels.shape
    packed = pixels.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    colours, where, counts = np.unique(packed, return_inverse=True, return_counts=True)
    chosen, nearest = _palette(colours, counts)
    rows = np.zeros((height, 1 + width), np.uint8)  # filter 0: palette indexes are no gradient
    rows[:, 1:] = nearest[where].reshape(height, width)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    data = zlib.compress(rows.tobytes(), 9)
    return (
        SIGNATURE
        + _chunk(b"IHDR", header)
        + _chunk(b"PLTE", chosen.astype(np.uint8).tobytes())
        + _chunk(b"IDAT", data)
        + _chunk(b"IEND", b"")
    )


def _palette(packed: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """At most 256 of the colours, and for every colour the index of the nearest of them.

    The commonest stay exact (the ground, flat areas); the rest of the places go, one by one, to the
    colour that is still farthest from all chosen ones (the edges of letters).
    """
    colours = np.stack([packed >> 16, packed >> 8 & 255, packed & 255], axis=1).astype(np.int32)
    chosen = list(np.argsort(-counts, kind="stable")[:COMMON])
    nearest = np.zeros(len(colours), np.int64)
    distance = np.full(len(colours), np.iinfo(np.int64).max)
    for index in range(min(256, len(colours))):
        if index >= len(chosen):
            chosen.append(int(distance.argmax()))
        to_this = ((colours - colours[chosen[index]]) ** 2).sum(axis=1)
        closer = to_this < distance
        nearest[closer], distance[closer] = index, to_this[closer]
    return colours[chosen], nearest


def _unfilter(filters: np.ndarray, rows: np.ndarray) -> np.ndarray:
    height, width, channels = rows.shape
    done = np.zeros((height + 1, width + 1, channels), np.int16)  # a border of zeros, top and left
    for diagonal in range(height + width - 1):
        y = np.arange(max(0, diagonal - width + 1), min(height, diagonal + 1))
        x = diagonal - y
        left, up, corner = done[y + 1, x], done[y, x + 1], done[y, x]
        kind = filters[y][:, None]
        guess = np.where(kind == 1, left, np.where(kind == 2, up, 0))
        if (kind == 3).any():
            guess = np.where(kind == 3, (left + up) // 2, guess)
        if (kind == 4).any():
            centre = left + up - corner
            by_left, by_up = abs(centre - left), abs(centre - up)
            by_corner = abs(centre - corner)
            paeth = np.where(
                (by_left <= by_up) & (by_left <= by_corner),
                left,
                np.where(by_up <= by_corner, up, corner),
            )
            guess = np.where(kind == 4, paeth, guess)
        done[y + 1, x + 1] = (rows[y, x] + guess) & 255
    return done[1:, 1:].astype(np.uint8)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
