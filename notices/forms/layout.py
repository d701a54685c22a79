"""Choosing sizes, height and pages of the notice image from what typst measured.

The rule (ui/README section 8): findings 40 -> 36 -> 32 px, then a taller step of 270 px, then the
next page. Never an ellipsis, never below 32 px. All numbers are px on a width of 1080.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MARGIN = 84
WIDTH = 1080 - 2 * MARGIN
STEPS = tuple(range(1350, 2701, 270))  # heights of a long image; above the last come pages
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
    """``size`` of the findings and ``pages``: height, findings, and whether the claim and the
    signature stand on it.

    ``measured``: ``top`` (head, headline and rule), per size ``findings`` (height each) and
    ``quote`` with the space above it. A square may go without the claim, and rather does so than
    be set small; with more than 3 findings, or too long a text, it grows like the long one.
    """
    frame = FRAMES[data["shape"]]
    everything = list(range(len(data["findings"])))
    quote = measured["quote"] if data["quote"] else 0.0
    if data["shape"] == "square" and len(everything) <= SQUARE_FINDINGS:
        tries = [(frame.sizes[0], True), *((size, False) for size in frame.sizes)]
        for size, quoted in tries:
            need = sum(measured["findings"][str(size)]) + (quote if quoted else 0)
            if need <= _room(data, measured, frame.first):
                return {"size": size, "pages": [_page(frame.first, everything, True, quoted)]}
    for height in STEPS:
        for size in frame.sizes:
            if sum(measured["findings"][str(size)]) + quote <= _room(data, measured, height):
                return {"size": size, "pages": [_page(height, everything, True)]}
    return _paged(data, measured, quote)


def _paged(data: dict[str, Any], measured: dict[str, Any], quote: float) -> dict[str, Any]:
    """Several pages at the smallest size, each as tall as it needs; the claim closes the last."""
    size = FRAMES[data["shape"]].sizes[-1]
    heights = measured["findings"][str(size)]
    room = _room(data, measured, STEPS[-1])
    pages: list[list[int]] = [[]]
    used = 0.0
    for n, need in enumerate(heights):
        if pages[-1] and used + need > room:
            pages.append([])
            used = 0.0
        pages[-1].append(n)
        used += need
    if used + quote > room:  # the last finding goes along, so that the claim does not stand alone
        pages.append([pages[-1].pop()])
    made = []
    for n, page in enumerate(pages):
        last = n == len(pages) - 1
        need = sum(heights[at] for at in page) + (quote if last else 0)
        height = next((h for h in STEPS if need <= _room(data, measured, h)), STEPS[-1])
        made.append(_page(height, page, last))
    return {"size": size, "pages": made}


def _page(height: int, findings: list[int], last: bool, quoted: bool = True) -> dict[str, Any]:
    return {"height": height, "findings": findings, "quote": last and quoted, "signed": last}


def _room(data: dict[str, Any], measured: dict[str, Any], height: int) -> float:
    """From below the rule down to the signature."""
    frame = FRAMES[data["shape"]]
    used = frame.body + measured["top"] + frame.gap + frame.signature + 30 + data["strip_height"]
    return height - used
