"""Two streams that a desk could have met, cut by source and by time from the shared research sets.

A: learn from ced and w16 before 2014 and ordinary posts; judge jin17's rumors from 2014 among
weibo2018. B: learn from jin17 and ced before July 2013; judge w16's rumors from then among smp2020.
To each test come true news, a fifth as many as the ordinary posts. No cluster of a test is learned.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from classifier.learning.examples import Example, one_a_cluster

SOURCES = frozenset({"ced", "w16", "jin17", "weibo2018", "smp2020", "senti_sample", "weibo_ner"})


@dataclass(frozen=True)
class Stream:
    name: str
    learn: tuple[Example, ...]
    judge: tuple[Example, ...]


def cut(examples: Sequence[Example]) -> list[Stream]:
    """Streams A and B; none when a source is missing."""
    if not {example.source for example in examples} >= SOURCES:
        return []
    return [_a(examples), _b(examples)]


def _a(examples: Sequence[Example]) -> Stream:
    learn = [
        e
        for e in examples
        if (e.source in ("ced", "w16") and (not e.label or e.when < "2014-01-01"))
        or e.source in ("smp2020", "senti_sample", "weibo_ner")
    ]
    rumors = [e for e in examples if e.source == "jin17" and e.label and e.when >= "2014-01-01"]
    news = [e for e in examples if e.source == "jin17" and not e.label]
    return _stream("A", learn, rumors, [e for e in examples if e.source == "weibo2018"], news)


def _b(examples: Sequence[Example]) -> Stream:
    start = "2013-07-01"
    learn = [
        e
        for e in examples
        if (e.source == "jin17" and (not e.label or e.when < start))
        or (e.source == "ced" and e.when < start)
        or e.source in ("weibo2018", "senti_sample", "weibo_ner")
    ]
    late = [e for e in examples if e.source == "w16" and e.when >= start]
    rumors, news = [e for e in late if e.label], [e for e in late if not e.label]
    return _stream("B", learn, rumors, [e for e in examples if e.source == "smp2020"], news)


def _stream(
    name: str,
    learn: list[Example],
    rumors: list[Example],
    ordinary: list[Example],
    news: list[Example],
) -> Stream:
    draw = random.Random(0)  # noqa: S311 - a sample, no secret
    news = draw.sample(sorted(news, key=lambda e: e.cluster), min(len(news), len(ordinary) // 5))
    judge = [*rumors, *ordinary, *news]
    tested = {example.cluster for example in judge}
    kept = one_a_cluster(e for e in learn if e.cluster not in tested)
    return Stream(name, tuple(kept), tuple(judge))
