"""What a claim warns of: a thing, and beside it what goes wrong with it.

A list of scares is always one scare short: 大蒜退烧 stood in none. So most hazards here are two classes
of words within a few characters of one another, in either order: a food and what spoils it, a plant and
how it fails, a home remedy and what it is said to cure.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from classifier.ranking.hazard_words import CLASSES, FICTION, IDIOMS
from classifier.text.document import PLAIN
from classifier.text.phrases import Found
from models.harm import Topic

Span = tuple[int, int]


class Pair(NamedTuple):
    """Two classes that make a hazard within ``reach`` characters of one another."""

    topic: Topic
    one: str
    other: str
    reach: int
    sure: bool  # otherwise it may be one: it counts, and is told as a doubt


PAIRS = (
    Pair(Topic.EPIDEMIC, "patient", "infected", 4, True),
    Pair(Topic.EPIDEMIC, "patient", "loose", 12, False),
    Pair(Topic.EPIDEMIC, "infected", "crowd", 10, False),
    Pair(Topic.EPIDEMIC, "infected", "isolated", 12, False),
    Pair(Topic.EPIDEMIC, "symptom", "many", 12, False),
    Pair(Topic.EPIDEMIC, "symptom", "isolated", 12, False),
    Pair(Topic.EPIDEMIC, "symptom", "arrived", 12, False),
    Pair(Topic.EPIDEMIC, "symptom", "overrun", 14, False),
    Pair(Topic.EPIDEMIC, "symptom", "taken", 12, False),
    Pair(Topic.EPIDEMIC, "many", "overrun", 8, False),
    Pair(Topic.EPIDEMIC, "taken", "isolated", 14, False),
    Pair(Topic.EPIDEMIC, "taken", "many", 8, False),
    Pair(Topic.EPIDEMIC, "shut", "isolated", 14, False),
    Pair(Topic.EPIDEMIC, "shut", "arrived", 14, False),
    Pair(Topic.EPIDEMIC, "shut", "infected", 14, False),
    Pair(Topic.EPIDEMIC, "arrived", "loose", 14, False),
    Pair(Topic.EPIDEMIC, "arrived", "isolated", 14, False),
    Pair(Topic.EPIDEMIC, "beast", "dying", 6, False),
    Pair(Topic.FOOD, "food", "tainted", 10, True),
    Pair(Topic.FOOD, "food", "rotten", 10, True),
    Pair(Topic.FOOD, "food", "sickened", 12, True),
    Pair(Topic.FOOD, "eaten", "sickened", 12, True),
    Pair(Topic.FOOD, "eaten", "tainted", 10, True),
    Pair(Topic.FOOD, "food", "shunned", 10, False),
    Pair(Topic.DISASTER, "water", "breaks", 8, True),
    Pair(Topic.DISASTER, "water", "flee", 12, True),
    Pair(Topic.DISASTER, "land", "breaks", 8, False),
    Pair(Topic.DISASTER, "sky", "flee", 14, True),
    Pair(Topic.DISASTER, "sky", "breaks", 10, True),
    Pair(Topic.DISASTER, "justnow", "shaking", 6, False),
    Pair(Topic.DISASTER, "indoors", "shaking", 8, False),
    Pair(Topic.DISASTER, "omen", "strange", 8, False),
    Pair(Topic.MEDICINE, "remedy", "cures", 14, True),
    Pair(Topic.MEDICINE, "food", "cures", 8, False),
    Pair(Topic.MEDICINE, "acute", "aid", 12, True),
    Pair(Topic.MEDICINE, "goods", "ruins", 10, False),
    Pair(Topic.MEDICINE, "goods", "tainted", 10, False),
    Pair(Topic.MEDICINE, "causes", "illness", 4, False),
    Pair(Topic.MEDICINE, "cures", "illness", 6, False),
    Pair(Topic.MEDICINE, "drug", "ruins", 10, True),
    Pair(Topic.PRODUCTION, "works", "fails", 14, True),
    Pair(Topic.EPIDEMIC, "medics", "symptom", 10, False),
    Pair(Topic.EPIDEMIC, "medics", "infected", 10, False),
    Pair(Topic.EPIDEMIC, "crowd", "ill", 8, False),
    Pair(Topic.EPIDEMIC, "arrived", "ill", 10, False),
    Pair(Topic.EPIDEMIC, "loose", "ill", 8, False),
    Pair(Topic.EPIDEMIC, "beast", "infected", 6, False),
    Pair(Topic.FOOD, "food", "harm", 8, False),
    Pair(Topic.FOOD, "eaten", "harm", 8, False),
    Pair(Topic.DISASTER, "land", "flee", 8, False),
    Pair(Topic.DISASTER, "land", "harm", 6, False),
    Pair(Topic.DISASTER, "water", "harm", 8, False),
    Pair(Topic.DISASTER, "sky", "harm", 8, False),
    Pair(Topic.MEDICINE, "drug", "harm", 8, False),
    Pair(Topic.MEDICINE, "goods", "harm", 8, False),
    Pair(Topic.PRODUCTION, "works", "harm", 10, False),
    Pair(Topic.PRODUCTION, "bang", "alarmed", 12, False),
    Pair(Topic.PRODUCTION, "smell", "choking", 14, False),
)
POINTS = 2.0  # of a pair: as much as a strong word
TOLD = 2.0  # points that a made-up story must have on top

_CLASS = {f"class {name}": re.compile(words) for name, words in CLASSES.items()}
_BESIDE: dict[str, list[tuple[str, Pair]]] = {}  # which classes a class makes a hazard with
for each in PAIRS:
    _BESIDE.setdefault(f"class {each.one}", []).append((f"class {each.other}", each))
PLAIN.add(_CLASS)
PLAIN.add({"idiom": re.compile(IDIOMS), "fiction": re.compile(FICTION)})


class Sign(NamedTuple):
    """How much speaks for a hazard, and whether any of it is plain."""

    points: float
    sure: bool


def pairs_in(seen: Found) -> dict[Topic, Sign]:
    """The hazards that pairs of classes make in a text, with ``POINTS`` for each pair.

    >>> from classifier.text.document import Document
    >>> pairs_in(Document("喝点白酒能杀死病毒").in_plain)[Topic.MEDICINE]
    Sign(points=4.0, sure=True)
    """
    held = set(seen.among(_CLASS))
    where: dict[str, list[Span]] = {}
    found: dict[Topic, Sign] = {}
    for one in held & _BESIDE.keys():
        for other, pair in _BESIDE[one]:
            if other not in held:
                continue
            for name in (one, other):
                if name not in where:
                    where[name] = spans(seen, name)
            if _near(where[one], where[other], pair.reach):
                before = found.get(pair.topic, Sign(0.0, False))
                found[pair.topic] = Sign(before.points + POINTS, before.sure or pair.sure)
    return found


def spans(seen: Found, name: str) -> list[Span]:
    """Where the matches of a pattern lie in a text, in order, but for those inside an idiom."""
    matches = [found.span() for found in seen.all(name)]
    if not matches or not (idioms := seen.all("idiom")):
        return matches
    starts = [idiom.start() for idiom in idioms]
    ends = [0, *(idiom.end() for idiom in idioms)]  # of the last idiom that begins at or before
    return [span for span in matches if span[0] >= ends[bisect_right(starts, span[0])]]


def _near(ones: Sequence[Span], others: Sequence[Span], reach: int) -> bool:
    """Whether two spans that share no character lie within ``reach`` of one another."""
    starts = [start for start, _ in others]
    for start, end in ones:
        after = bisect_left(starts, end)
        if after < len(starts) and starts[after] - end <= reach:
            return True
        before = bisect_left(starts, start) - 1
        if before >= 0 and 0 <= start - others[before][1] <= reach:
            return True
    return False
