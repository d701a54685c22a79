"""Whether what comes in still looks like what came before, in figures with stated bounds.

The population stability index (Siddiqi 2006, Credit Risk Scorecards) compares two histograms;
by custom 0.1 is worth a look. Ours alarms at 0.2. Where nothing changed, its mean is about
(bands - 1) x (1/n + 1/m), so that below ``FEWEST`` scores on a side nothing is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log

LOOK, ALARM = 0.1, 0.2  # of the index
FEWEST = 500  # scores a side
STRANGER = 1.5  # times as many unknown character pairs as before: alarm


def stability(before: Sequence[int], late: Sequence[int]) -> float | None:
    """The index of two histograms with the same bands, 0 upwards; None where too few are counted.

    >>> stability([900, 100], [900, 100])
    0.0
    >>> stability([900, 100], [500, 500]) > ALARM
    True
    >>> stability([9, 1], [5, 5]) is None
    True
    """
    if min(sum(before), sum(late)) < FEWEST:
        return None
    half = 0.5 * len(before)  # half a post in each band, so that an empty one has a logarithm
    old = [(n + 0.5) / (sum(before) + half) for n in before]
    new = [(n + 0.5) / (sum(late) + half) for n in late]
    return sum((p - q) * log(p / q) for p, q in zip(new, old, strict=True))


def interval(found: int, of: int) -> tuple[float, float]:
    """The 95 % interval (Clopper and Pearson 1934) of a share of which ``found`` of ``of`` was seen.

    >>> [round(end, 3) for end in interval(0, 60)]
    [0.0, 0.06]
    """
    from scipy.special import betaincinv  # the page of the model alone asks for it

    low = float(betaincinv(found, of - found + 1, 0.025)) if found else 0.0
    high = float(betaincinv(found + 1, of - found, 0.975)) if found < of else 1.0
    return low, high
