"""The two charts of 模型 as SVG coordinates written by the server; the page has them as tables too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

from models.learning.drift import ScoreCounts, Week

LEFT, RIGHT, TOP, BASE = 44, 560, 10, 150
LEAST = 0.0001  # of all scores: the floor of the logarithmic scale


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    height: float


@dataclass(frozen=True)
class Histogram:
    """Shares by tenth of risk, on a logarithmic scale: nearly all posts lie in the lowest."""

    before: tuple[Bar, ...]
    late: tuple[Bar, ...]
    grid: tuple[tuple[float, str], ...]  # y, word
    ticks: tuple[tuple[float, str], ...]  # x, word
    table: tuple[tuple[str, str, str], ...]  # band, before, late
    width: float


def histogram(before: ScoreCounts, late: ScoreCounts) -> Histogram:
    """Two spreads side by side."""
    step = (RIGHT - LEFT) / len(late.bands)
    width = round(step * 0.36, 1)
    old, new = shares(before), shares(late)
    return Histogram(
        before=tuple(_bar(LEFT + step * (n + 0.12), share) for n, share in enumerate(old)),
        late=tuple(_bar(LEFT + step * (n + 0.52), share) for n, share in enumerate(new)),
        grid=tuple((_y(10.0**-n), f"{10.0 ** (2 - n):g}%") for n in range(4)),
        ticks=tuple((round(LEFT + step * n, 1), f"{n / 10:.1f}") for n in range(11)),
        table=tuple(
            (f"{n / 10:.1f} – {(n + 1) / 10:.1f}", percent(old[n]), percent(new[n]))
            for n in range(len(new))
        ),
        width=width,
    )


def shares(counts: ScoreCounts) -> list[float]:
    return [n / max(counts.posts, 1) for n in counts.bands]


def percent(share: float) -> str:
    """A share in percent, small ones with two decimals.

    >>> percent(0.9512), percent(0.0004), percent(0)
    ('95.1%', '0.04%', '0%')
    """
    return "0%" if not share else f"{share:.1%}" if share >= 0.01 else f"{share:.2%}"


def _y(share: float) -> float:
    if share <= LEAST:
        return float(BASE)
    return round(BASE - (log10(share) - log10(LEAST)) / -log10(LEAST) * (BASE - TOP), 1)


def _bar(x: float, share: float) -> Bar:
    y = _y(share)
    return Bar(round(x, 1), y, round(BASE - y, 1))


@dataclass(frozen=True)
class Lines:
    """Told and found by week; a week without decided cases is a gap."""

    told: tuple[str, ...]  # points of polylines
    found: tuple[str, ...]
    dots: tuple[tuple[float, float, str], ...]  # x, y, class
    grid: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, str, str], ...]  # x, word, anchor


def lines(weeks: Sequence[Week]) -> Lines | None:
    """Two lines over the weeks; None where no week has a decided case."""
    if not any(week.found.cases for week in weeks):
        return None
    step = (RIGHT - LEFT) / max(len(weeks) - 1, 1)
    runs: list[list[tuple[float, float, float]]] = [[]]
    for n, week in enumerate(weeks):
        if week.found.cases:
            runs[-1].append(
                (round(LEFT + step * n, 1), _level(week.found.told), _level(week.found.found))
            )
        elif runs[-1]:
            runs.append([])
    return Lines(
        told=tuple(" ".join(f"{x:g},{told:g}" for x, told, _ in run) for run in runs if run),
        found=tuple(" ".join(f"{x:g},{found:g}" for x, _, found in run) for run in runs if run),
        dots=tuple(
            dot
            for run in runs
            for x, told, found in run
            for dot in ((x, told, "told"), (x, found, "found"))
        ),
        grid=tuple((_level(share), f"{share:.0%}") for share in (0.0, 0.5, 1.0)),
        ticks=tuple(
            (
                round(LEFT + step * n, 1),
                f"{week.scores.last.month}-{week.scores.last.day:02d}",
                "end" if n == len(weeks) - 1 else "middle",
            )
            for n, week in enumerate(weeks)
        ),
    )


def _level(share: float) -> float:
    return round(BASE - share * (BASE - TOP), 1)
