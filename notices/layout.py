"""Choosing sizes, height and pages of the notice image from what typst measured.

The rule (ui/README section 8): findings 40 -> 36 -> 32 px, then a taller step of 270 px, then the
next page. Never an ellipsis, never below 32 px. All numbers are px on a width of 1080.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MARGIN = 84
WIDTH = 1080 - 2 * MARGIN
STEP = 270
TALLEST = 2700
SQUARE_FINDINGS = 3
MODULE = 4  # px of one QR module: 116 for the 29 modules of an ordinary address
QUIET = 4  # modules of white around the code


@dataclass(frozen=True)
class Frame:
    """The fixed parts of a shape."""

    first: int  # its own height
    sizes: tuple[int, ...]  # of findings, the largest first
    body: int  # top of the head 辟谣通告
    signature: int  # height of office and date
    strip: int  # the white foot
    gap: int  # least space above the signature


FRAMES = {
    "long": Frame(1350, (40, 36, 32), 174, 108, 176, 40),
    "square": Frame(1080, (38, 36, 32), 164, 94, 148, 36),
}


def strip(data: dict[str, Any]) -> dict[str, int]:
    """Height of the white foot: room for the code and its quiet zone, however long the address."""
    code = (len(data["qr"]) + 2 * QUIET) * MODULE if data["qr"] else 0
    return {"module": MODULE, "strip_height": max(FRAMES[data["shape"]].strip, code)}


def plan(data: dict[str, Any], measured: dict[str, Any]) -> dict[str, Any]:
    """``height``, ``size`` and ``pages``: on each page the findings it carries and its ending.

    ``measured``: ``top`` (head, headline and rule), per size ``findings`` (height each) and
    ``quote`` with the space above it.
    """
    frame = FRAMES[data["shape"]]
    everything = list(range(len(data["findings"])))
    height = frame.first
    if data["shape"] == "square" and len(everything) > SQUARE_FINDINGS:
        height = FRAMES["long"].first
    while height <= TALLEST:
        room = _room(data, height) - measured["top"]
        square = height == FRAMES["square"].first
        for quoted in (True, False) if square else (True,):
            # a square may go without the claim, and rather does so than be set small
            for size in frame.sizes[:1] if square and quoted else frame.sizes:
                need = sum(measured["findings"][str(size)])
                need += measured["quote"] if quoted and data["quote"] else 0
                if need <= room:
                    page = {"findings": everything, "quote": quoted, "signed": True}
                    return {"height": height, "size": size, "pages": [page]}
        height = FRAMES["long"].first if square else height + STEP
    return _paged(frame, data, measured)


def _paged(frame: Frame, data: dict[str, Any], measured: dict[str, Any]) -> dict[str, Any]:
    """Several pages of the tallest height at the smallest size; the claim closes the last one."""
    size = frame.sizes[-1]
    heights = measured["findings"][str(size)]
    room = _room(data, TALLEST) - measured["top"]
    pages: list[list[int]] = [[]]
    used = 0.0
    for n, need in enumerate(heights):
        if pages[-1] and used + need > room:
            pages.append([])
            used = 0.0
        pages[-1].append(n)
        used += need
    if data["quote"] and used + measured["quote"] > room:
        pages.append([])
    last = len(pages) - 1
    return {
        "height": TALLEST,
        "size": size,
        "pages": [
            {"findings": page, "quote": n == last, "signed": n == last}
            for n, page in enumerate(pages)
        ],
    }


def _room(data: dict[str, Any], height: int) -> int:
    """From the top of the head down to the signature."""
    frame = FRAMES[data["shape"]]
    return height - data["strip_height"] - 30 - frame.signature - frame.gap - frame.body
