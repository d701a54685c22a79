"""Posts a second on one core: our scoring against the stock pipeline, in the same run."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import rjieba

import models.driver  # noqa: F401  (first: one SQLite library)
from benchmarks import research, results, stock
from classifier.learning import examples
from classifier.likeness import filing
from classifier.ranking import judge, model
from classifier.text import marks
from models.intake.records import Post

POSTS, ROUNDS = 3000, 3
MANY = 12_000  # posts for what takes microseconds
SAMPLE = Path(__file__).parents[1] / "crawler" / "sample" / "posts.jsonl"


def texts(most: int = POSTS) -> tuple[list[str], list[int], str]:
    """Texts, labels and where they are from: the research sets, or our sample posts repeated."""
    found = research.paths(research.OLD)
    if found:
        rows = examples.read_examples(found).examples
        kept = rows[:: max(1, len(rows) // most)][:most]
        return [e.text for e in kept], [e.label for e in kept], "research sets"
    written = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    many = [written[i % len(written)] for i in range(most)]
    told = [f"{row['text']} {i}" for i, row in enumerate(many)]
    return told, [int(row["kind"] == "rumor") for row in many], "sample posts repeated"


def rate(work: Callable[[Sequence[Any]], Any], items: Sequence[Any]) -> float:
    """Items a second of processor time, the median of ``ROUNDS``; other work beside it matters little."""
    spans = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work(items)
        spans.append(time.process_time() - start)
    return len(items) / statistics.median(spans)


def fingerprints(bodies: Sequence[str]) -> None:
    from classifier.likeness import wording

    wording.of_text.cache_clear()
    for body in bodies:
        filing.fingerprint(body)


def main() -> None:
    bodies, labels, origin = texts()
    many = texts(MANY)[0]
    ours = model.load()
    theirs = stock.pipeline().fit(bodies, labels)
    swifter = stock.pipeline(rjieba.cut).fit(bodies, labels)
    posts = [Post("bench", str(i), body) for i, body in enumerate(bodies)]
    jieba_rate = rate(theirs.predict_proba, bodies)
    rows = [
        ("stock: jieba + TfidfVectorizer + LogisticRegression", jieba_rate),
        ("the same with rjieba", rate(swifter.predict_proba, bodies)),
        ("rjieba alone, cutting", rate(_each(rjieba.cut), bodies)),
    ]
    rows += [
        ("ours: normalise, features, calibrated risk", rate(ours.risks, many)),
        ("of which normalising and typing", rate(marks.plain, many)),
        ("ours, with reasons from 0.15 up", rate(ours.score, posts)),
        ("fingerprint alone", rate(fingerprints, bodies)),
        ("judge: risk, reasons, topic, entities, doubts, fingerprint", rate(_judge(ours), posts)),
    ]
    mean = statistics.mean(map(len, bodies))
    lines = [
        f"{len(bodies):,} posts ({origin}; {len(many):,} for risks), {mean:.0f} characters on average.",
        "",
        "| what | posts/s | against stock |",
        "| --- | --- | --- |",
        *(f"| {name} | {found:,.0f} | {found / jieba_rate:.1f}x |" for name, found in rows),
    ]
    results.append("benchmarks.bench_throughput", lines)


def _each(work: Callable[[str], Any]) -> Callable[[Sequence[str]], Any]:
    return lambda items: [work(item) for item in items]


def _judge(ours: model.Model) -> Callable[[Sequence[Post]], Any]:
    from classifier.likeness import wording

    def work(posts: Sequence[Post]) -> Any:
        wording.of_text.cache_clear()
        return judge.judge(ours, posts)

    return work


if __name__ == "__main__":
    main()
