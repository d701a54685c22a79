"""The line: from which 需核查度 on a claim becomes a case by itself.

It follows how many cases a desk reads a night, and is no constant. ``estimate`` says where it should
stand for the claims of the last night (24 hours); ``toward`` moves it there, slowly, so that no
flood pushes it up within an hour. What one source can do to it is bounded from both sides: a source
that floods the desk has a line of its own above the others', at once, and the best claims of every
source stay over theirs, whatever the others bring. Hazards have a quarter of the night for themselves.

What is under the line stays in the store and in reach (``models.casework.unopened``); a case that is
open stays open. Why so: docs/decisions/0025-the-line.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, inf, log, nextafter

CASES = 200  # a night, where nobody says otherwise
HIGHEST = 0.99  # on a stream likelier than not worth a check: the number alone never keeps it out
OF_HAZARDS = 0.3  # their lowest line, as a share of the lowest of all
STEP = 0.5  # log-odds an hour: .80 to .87 to .92


@dataclass(frozen=True)
class Line:
    """Where the line stands, for what is ordinary and for hazards (each 0..1).

    ``own``: the two lines of a source that differs. They may be above 1: nothing more of it.
    """

    common: float
    hazard: float
    own: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    cases: int = CASES  # that the desk reads a night

    @classmethod
    def at(cls, risk: float, cases: int = CASES) -> Line:
        """One line for all."""
        return cls(risk, risk, {}, cases)

    def of(self, source: str, hazard: bool) -> float:
        """The line of a source's claims."""
        return self.own.get(source, (self.common, self.hazard))[hazard]

    @property
    def least(self) -> float:
        """Nothing below it is over the line of any source."""
        return min(self.common, self.hazard, *(min(lines) for lines in self.own.values()))

    @property
    def flooded(self) -> tuple[str, ...]:
        """The sources that bring more than their share, and have a higher line for it."""
        return tuple(sorted(name for name, lines in self.own.items() if lines[0] > self.common))


@dataclass(frozen=True)
class Arrival:
    """A claim that came in this night from a source, however many posts of it tell the claim."""

    source: str
    risk: float  # 0..1
    hazard: bool
    again: bool = False  # another source tells it too, and is the one that it is counted for


@dataclass(frozen=True)
class Estimate:
    """Where the common line should stand, and between what the line of each source must stay."""

    common: float
    most: Mapping[str, float]  # at most so high: under it are the best claims of the source
    least: Mapping[str, float]  # at least so high: over it is all that the source may bring

    def of(self, source: str, common: float) -> float:
        """The line of a source where the common one stands at ``common``."""
        return max(self.least.get(source, 0.0), min(common, self.most.get(source, inf)))


def estimate(arrivals: Iterable[Arrival], cases: int, lowest: float) -> Estimate:
    """The line over which about ``cases`` of the claims are, never below ``lowest``.

    One source of many counts for half of the cases, or for what the others leave. The best claims of each
    source, a quarter of the cases among all of them, are over its line in any case, whoever else tells
    them; a claim that several tell takes one place.

    >>> flood = [Arrival("a", 0.9 + n / 1000, False) for n in range(90)]
    >>> found = estimate([*flood, Arrival("b", 0.6, False)], 10, 0.5)
    >>> found.of("b", found.common), round(found.of("a", found.common), 3)
    (0.5, 0.98)
    """
    by_source: dict[str, list[float]] = {}
    counted: dict[str, list[float]] = {}
    for each in arrivals:
        if each.risk >= lowest:
            by_source.setdefault(each.source, []).append(each.risk)
            counted.setdefault(each.source, []).extend([] if each.again else [each.risk])
    everything = sum(map(len, counted.values()))
    assured = max(cases // (4 * max(len(by_source), 1)), 1)
    pool: list[float] = []
    most, least = {}, {}
    for source, risks in by_source.items():
        risks.sort(reverse=True)
        own = sorted(counted[source], reverse=True)
        may = max(cases // 2, cases - (everything - len(own)), 1)
        pool += own[:may] if len(by_source) > 1 else own
        least[source] = _above(risks, may, lowest)
        most[source] = risks[assured - 1] if len(risks) >= assured else lowest
    pool.sort(reverse=True)
    return Estimate(min(_above(pool, cases, lowest), max(HIGHEST, lowest)), most, least)


def _above(risks: Sequence[float], count: int, lowest: float) -> float:
    """The line over which at most ``count`` of these are, highest first. Among equals it takes none
    rather than all: a flood of one template scores the same 20,000 times."""
    return nextafter(risks[count], 2.0) if len(risks) > count else lowest


def toward(held: float, wanted: float, hours: float) -> float:
    """The line moved from ``held`` to ``wanted``, in ``hours`` by so many ``STEP`` at most."""
    room = STEP * max(hours, 0.0)
    way = _odds(wanted) - _odds(held)
    if abs(way) <= room:
        return wanted
    moved = _odds(held) + (room if way > 0 else -room)
    return 1 / (1 + exp(-moved))


def _odds(risk: float) -> float:
    bounded = min(max(risk, 1e-9), 1 - 1e-9)
    return log(bounded / (1 - bounded))


def drawn(
    arrivals: Sequence[Arrival],
    cases: int,
    lowest: float,
    held: Line | None = None,
    hours: float = 0.0,
) -> Line:
    """The line for the claims of a night, moved from where it was ``held`` that many hours ago; where
    it was not, it stands at once where it should.

    ``lowest``: the line of a night on which everything can be read.
    """
    of_hazards = max(cases // 4, 1)
    everyone = estimate(arrivals, max(cases - of_hazards, 1), lowest)
    common = toward(held.common, everyone.common, hours) if held else everyone.common
    # hazards over the line of everybody take nothing from their own quarter
    under = [
        each for each in arrivals if each.hazard and each.risk < everyone.of(each.source, common)
    ]
    hazards = estimate(under, of_hazards, lowest * OF_HAZARDS)
    hazard = toward(held.hazard, hazards.common, hours) if held else hazards.common
    hazard = min(hazard, common)
    own = {}
    for source in everyone.most.keys() | hazards.most.keys():
        ordinary = everyone.of(source, common)
        lines = ordinary, min(ordinary, hazards.of(source, hazard))
        if lines != (common, hazard):
            own[source] = lines
    return Line(common, hazard, dict(sorted(own.items())), cases)
