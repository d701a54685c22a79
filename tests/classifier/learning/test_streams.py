"""The four streams: cut by source and time, halves by cluster, no claim of a test learned."""

from __future__ import annotations

from dataclasses import replace

from classifier.learning import streams
from classifier.learning.examples import Example

SOURCES = sorted(streams.SOURCES["D"] | streams.SOURCES["C"])
JUDGED = ("ced", "w16", "jin17", "fawc")
RUMOR = "听说第{}号桥昨夜塌了，三辆车掉进河里，本地新闻一个字都不敢报，大家互相转告"


def _rows() -> list[Example]:
    """Of each source posts of many years, of the judged ones rumors too; each a cluster."""
    out = []
    for source in SOURCES:
        for n in range(40):
            label = int(source in JUDGED and (source == "fawc" or n % 2 == 0))
            words = f"{source}的{n}号{'线索' * (n % 3)}说{chr(0x4E00 + 61 * n)}{chr(0x5E00 + 37 * n)}{n * n}"
            when = f"{2012 + n % 10}-08-01"
            out.append(Example(words, label, source, f"{source}-{n}", n % 5, when, True))
    return out


def _named(rows: list[Example], half: str = streams.READ) -> dict[str, streams.Stream]:
    return {stream.name: stream for stream in streams.cut(rows, half)}


def test_a_stream_is_cut_where_its_sources_are() -> None:
    rows = _rows()
    assert set(_named(rows)) == {"A", "B", "C", "D"}
    assert set(_named([row for row in rows if row.source != "fawc"])) == {"A", "B"}
    assert _named([row for row in rows if row.source != "ced"]) == {}


def test_the_two_halves_share_no_cluster_and_make_up_the_whole() -> None:
    rows = _rows()
    read, sealed = _named(rows), _named(rows, streams.SEALED)
    for name, stream in read.items():
        here, there = ({e.cluster for e in each.judge} for each in (stream, sealed[name]))
        assert here and there and not here & there
        assert stream.learn == sealed[name].learn


def test_what_is_judged_is_later_than_what_was_learned_and_in_another_cluster() -> None:
    for stream in (*streams.cut(_rows()), *streams.cut(_rows(), streams.SEALED)):
        learned = {e.cluster for e in stream.learn}
        assert not learned & {e.cluster for e in stream.judge}
        start = {"A": "2014", "B": "2013-07", "C": "2018", "D": "2020"}[stream.name]
        assert all(e.when >= start for e in stream.judge if e.label)
        own = [e for e in stream.learn if e.source == "fawc"]
        assert all(e.when < start for e in own)


def test_a_claim_in_another_wording_of_another_cluster_is_not_judged() -> None:
    late = Example(RUMOR.format(3), 1, "fawc", "fawc-late", 0, "2021-02-02", True)
    early = replace(late, text=f"转：{RUMOR.format(4)}！", cluster="fawc-early", when="2016-02-02")

    def judged(rows: list[Example]) -> set[str]:
        return {
            e.cluster
            for half in (streams.READ, streams.SEALED)
            for s in streams.cut(rows, half)
            for e in s.judge
        }

    assert "fawc-late" in judged([*_rows(), late])
    assert "fawc-late" not in judged([*_rows(), late, early])


def test_the_night_of_the_event_has_learned_nothing_of_it() -> None:
    talk = [
        Example(f"{n}号小区有人确诊，口罩买不到", 0, source, f"talk-{source}-{n}", 0, "", False)
        for source in ("smp2020", "cold_comments", "toxicn_tieba_zhihu")
        for n in range(8)
    ]
    stream = _named([*_rows(), *talk])["D"]
    assert not [e for e in stream.learn if e.cluster.startswith("talk-")]
    both = [*stream.judge, *_named([*_rows(), *talk], streams.SEALED)["D"].judge]
    judged = {e.cluster for e in both if e.cluster.startswith("talk-")}
    assert judged == {f"talk-smp2020-{n}" for n in range(8)}
