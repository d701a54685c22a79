"""Four streams that a desk could have met, cut by source and by time from the shared research sets.

A: learn from ced and w16 before 2014 and ordinary posts; judge jin17's rumors from 2014 among weibo2018.
B: learn from jin17 and ced before July 2013; judge w16's rumors from then among smp2020. To both come
true news, a fifth as many as the ordinary posts. C, later years and other places: learn from all the old
sets and from rumors first seen before 2018; judge those of 2018 and 2019 among questions of a forum,
posts and official news. D, an event that nobody has seen: learn nothing about the epidemic; judge rumors
first seen in 2020 and 2021 among posts about it. No claim of a test is learned, in no wording.

Every stream is in two halves by a hash of the cluster. What is chosen is chosen on ``READ``; ``SEALED``
is looked at once, when nothing more is to be chosen.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from classifier.learning.examples import Example, one_a_cluster

READ, SEALED = "read", "sealed"
OLD = ("ced", "w16", "jin17")
ORDINARY = ("weibo2018", "smp2020", "senti_sample", "weibo_ner")
NEWER = ("nlpcc_stance2016", "toxicn_tieba_zhihu", "cold_comments")
LATER = ("zhihu_hot2021_25", "weibo_feeds2018", "cctv_news2020", "covid_weibo_topics2020")
SOURCES = {
    "A": frozenset({*OLD, *ORDINARY}),
    "B": frozenset({*OLD, *ORDINARY}),
    "C": frozenset({*OLD, *ORDINARY, *NEWER, *LATER[:3], "fawc"}),
    "D": frozenset({*OLD, *ORDINARY, *NEWER, *LATER, "fawc"}),
}
# what is said of the epidemic by ordinary posts of sets that were gathered during it
_EPIDEMIC = re.compile(
    "疫情|肺炎|冠状|新冠|确诊|病例|病毒|感染|隔离|口罩|抗疫|防控|封城|方舱|医护|武汉|湖北|钟南山|火神山"
)
_DURING = ("smp2020", "toxicn_tieba_zhihu", "cold_comments")
RUN = 4  # characters
ALIKE = 0.5  # of the runs of the shorter text: from there a claim was learned


@dataclass(frozen=True)
class Stream:
    """``judge`` holds one example a cluster and label."""

    name: str
    learn: tuple[Example, ...]
    judge: tuple[Example, ...]


def cut(examples: Sequence[Example], half: str = READ) -> list[Stream]:
    """Streams A to D as far as their sources are here, with that half of what is judged."""
    have = {example.source for example in examples}
    made = (make(examples) for name, make in _MAKE.items() if have >= SOURCES[name])
    return [
        Stream(each.name, each.learn, tuple(e for e in each.judge if half_of(e.cluster) == half))
        for each in made
    ]


def half_of(cluster: str) -> str:
    """Which half of a test stream a cluster is in."""
    return SEALED if hashlib.sha256(f"half {cluster}".encode()).digest()[0] & 1 else READ


def _a(examples: Sequence[Example]) -> Stream:
    learn = [
        e
        for e in examples
        if (e.source in ("ced", "w16") and (not e.label or e.when < "2014-01-01"))
        or e.source in ("smp2020", "senti_sample", "weibo_ner")
    ]
    rumors = [e for e in examples if e.source == "jin17" and e.label and e.when >= "2014-01-01"]
    ordinary = [e for e in examples if e.source == "weibo2018"]
    news = [e for e in examples if e.source == "jin17" and not e.label]
    return _stream("A", learn, [*rumors, *ordinary, *_some(news, len(ordinary) // 5)])


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
    ordinary = [e for e in examples if e.source == "smp2020"]
    news = _some([e for e in late if not e.label], len(ordinary) // 5)
    return _stream("B", learn, [*(e for e in late if e.label), *ordinary, *news])


def _c(examples: Sequence[Example]) -> Stream:
    first = _first_seen(examples)
    learn = [
        e
        for e in examples
        if e.source in (*OLD, *ORDINARY, *NEWER)
        or (e.source == "fawc" and first[e.cluster] < "2018")
    ]
    rumors = [e for e in examples if e.source == "fawc" and "2018" <= first[e.cluster] < "2020"]
    return _stream("C", learn, [*rumors, *_of(examples, LATER[:3])])


def _d(examples: Sequence[Example]) -> Stream:
    first = _first_seen(examples)
    kept = (*OLD, *ORDINARY, *NEWER, "weibo_feeds2018")
    learn = [
        e
        for e in examples
        if (e.source in kept and not (e.source in _DURING and _EPIDEMIC.search(e.text)))
        or (e.source == "fawc" and first[e.cluster] < "2020")
    ]
    rumors = [e for e in examples if e.source == "fawc" and first[e.cluster] >= "2020"]
    talk = [e for e in examples if e.source == "smp2020" and _EPIDEMIC.search(e.text)]
    ordinary = _of(examples, ("covid_weibo_topics2020", "zhihu_hot2021_25"))
    return _stream("D", learn, [*rumors, *talk, *ordinary])


_MAKE = {"A": _a, "B": _b, "C": _c, "D": _d}


def _of(examples: Iterable[Example], sources: Sequence[str]) -> list[Example]:
    return [e for e in examples if e.source in sources]


def _some(examples: Sequence[Example], most: int) -> list[Example]:
    draw = random.Random(0)  # noqa: S311 - a sample, no secret
    return draw.sample(sorted(examples, key=lambda e: e.cluster), min(len(examples), most))


def _first_seen(examples: Iterable[Example]) -> dict[str, str]:
    """The day on which each cluster of fawc was first seen."""
    first: dict[str, str] = {}
    for e in examples:
        if e.source == "fawc":
            first[e.cluster] = min(e.when, first.get(e.cluster, e.when))
    return first


def _stream(name: str, learn: Iterable[Example], judge: Iterable[Example]) -> Stream:
    tested = one_a_cluster(sorted(judge, key=lambda e: e.when))
    clusters = {example.cluster for example in tested}
    kept = one_a_cluster(e for e in learn if e.cluster not in clusters)
    told = _learned([e.text for e in kept if e.label], [e.text for e in tested if e.label])
    known = iter(told)
    return Stream(name, tuple(kept), tuple(e for e in tested if not (e.label and next(known))))


def _learned(learn: Sequence[str], judge: Sequence[str]) -> list[bool]:
    """Whether a text of ``learn`` shares ``ALIKE`` of the runs of ``RUN`` characters, each time."""
    held = [_runs(text) for text in learn]
    where: dict[str, list[int]] = {}
    for i, runs in enumerate(held):
        for run in runs:
            where.setdefault(run, []).append(i)
    out = []
    for runs in map(_runs, judge):
        shared = Counter(chain.from_iterable(where.get(run, ()) for run in runs))
        out.append(any(n >= ALIKE * min(len(runs), len(held[i])) for i, n in shared.items()))
    return out


def _runs(text: str) -> set[str]:
    plain = "".join(filter(str.isalnum, text))
    return {plain[i : i + RUN] for i in range(max(len(plain) - RUN + 1, 1))}
