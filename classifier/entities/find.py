"""Things named in a claim that an officer can check: plates, places, times, phones, counts ..."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

from classifier.entities import (
    counts,
    places,
    plates,
    times,
)
from classifier.text.marks import PHONE
from classifier.text.phrases import Phrases
from models import text as intake
from models.ranking.records import Entity

KINDS = ("plate", "place", "time", "phone", "hospital", "school", "count")


def entities_in(
    text: str, published_at: datetime | None = None, gazetteer: Collection[str] = ()
) -> tuple[Entity, ...]:
    """The entities of a text in order of appearance, each value once per kind.

    Offsets are into ``models.text.clean(text)``, which is what the store keeps. ``published_at``
    resolves 昨天 and dates without a year; ``gazetteer`` adds the office's own place names.

    >>> [(e.kind, e.value) for e in entities_in("浙BL1234从武汉回到白兔潭")]
    [('plate', '浙BL1234'), ('place', '武汉'), ('place', '白兔潭')]
    """
    text = intake.clean(text)
    seen = _search().look(text)
    found = [
        Entity("plate", p.text, p.value, p.facts, p.start, p.end)
        for p in plates.plates_in(text, seen)
    ]
    found += [
        Entity("time", t.text, t.day or t.text, {"日期": t.day} if t.day else {}, t.start, t.end)
        for t in times.times_in(text, published_at, seen)
    ]
    found += [
        Entity("phone", m.group(), _digits(m.group()), {}, m.start(), m.end())
        for m in seen.all("phone")
    ]
    found += [
        Entity(p.kind, p.text, p.text, {"依据": p.source}, p.start, p.end)
        for p in places.places_in(text, gazetteer, seen=seen)
    ]
    others = [(each.start, each.end) for each in found if each.kind in ("plate", "time", "phone")]
    for c in counts.counts_in(text, seen, others):
        facts = {"数": c.number, "单位": c.unit, "对象": c.what}
        facts = {name: value for name, value in facts.items() if value}
        found.append(Entity("count", c.text, c.value, facts, c.start, c.end))
    return _tidy(found, len(text)) if found else ()


def _digits(phone: str) -> str:
    """A phone number in one spelling: 0574-87654321 is 057487654321."""
    return unicodedata.normalize("NFKC", phone).replace("-", "")


@lru_cache(maxsize=1)
def _search() -> Phrases:
    patterns = plates.PHRASES.patterns | times.PHRASES.patterns | counts.PHRASES.patterns
    return places.prepared(Phrases(patterns | {"phone": PHONE}))


def _tidy(found: list[Entity], length: int) -> tuple[Entity, ...]:
    """In order; what overlaps an earlier kind of ``KINDS`` order of finding goes; values once."""
    kept: list[Entity] = []
    taken = bytearray(length)
    for entity in found:  # found in order of trust: plates, times, phones, places, counts
        if taken.find(1, entity.start, entity.end) < 0:
            kept.append(entity)
            taken[entity.start : entity.end] = b"\1" * (entity.end - entity.start)
    seen: set[tuple[str, str]] = set()
    out = []
    for entity in sorted(kept, key=lambda e: e.start):
        if (entity.kind, entity.value) not in seen:
            seen.add((entity.kind, entity.value))
            out.append(entity)
    return tuple(out)
