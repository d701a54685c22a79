"""Is this claim a known one? The published notices are the library. Likeness is never a verdict."""

from __future__ import annotations

from collections.abc import Sequence

from classifier import nearness


def best(wordings: Sequence[str], library: Sequence[tuple[int, str]]) -> tuple[int, float]:
    """The (id, likeness 0..1) of the library text nearest to any wording; (0, 0.0) where none is
    near enough to be called the same claim (``nearness.THRESHOLD``)."""
    found = max(
        (
            (nearness.same_claim(wording, text), known_id)
            for wording in wordings
            for known_id, text in library
        ),
        default=(0.0, 0),
    )
    return (found[1], found[0]) if found[0] >= nearness.THRESHOLD else (0, 0.0)
