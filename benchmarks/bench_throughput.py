"""Posts a second on one core: our scoring against the stock pipeline, in the same run."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import models.driver  # noqa: F401  (first: one SQLite library)
from benchmarks import research, results, stock
from classifier import examples, judge, model, nearness
from models.records import Post

POSTS, ROUNDS = 3000, 3
SAMPLE = Path(__file__).parents[1] / "crawler" / "sample" / "posts.jsonl"


def texts() -> tuple[list[str], list[int], str]:
    """Texts, labels and where they are from: the research sets, or our sample posts repeated."""
    found = research.paths()
    if found:
        rows = examples.read(found).examples
        step = len(rows) // POSTS
        kept = rows[::step][:POSTS]
        return [e.text for e in kept], [e.label for e in kept], "research sets"
    written = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    many = [written[i % len(written)] for i in range(POSTS)]
    told = [f"{row['text']} {i}" for i, row in enumerate(many)]
    return told, [int(row["kind"] == "rumor") for row in many], "sample posts repeated"


def rate(work: Callable[[Sequence[Any]], Any], items: Sequence[Any]) -> float:
    """Items a second, the median of ``ROUNDS``."""
    spans = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work(items)
        spans.append(time.perf_counter() - start)
    return len(items) / statistics.median(spans)


def fingerprints(bodies: Sequence[str]) -> None:
    from classifier import wording

    wording.of.cache_clear()
    for body in bodies:
        nearness.fingerprint(body)


def main() -> None:
    bodies, labels, origin = texts()
    ours = model.load()
    theirs = stock.pipeline().fit(bodies, labels)
    posts = [Post("bench", str(i), body) for i, body in enumerate(bodies)]
    ours.risks(bodies[:50])
    jieba_rate = rate(theirs.predict_proba, bodies)
    rows = [
        ("stock: jieba + TfidfVectorizer + LogisticRegression", jieba_rate),
        ("ours: normalise, 3 blocks, calibrated risk", rate(ours.risks, bodies)),
        ("ours, with reasons from 0.15 up", rate(ours.score, posts)),
        ("fingerprint alone", rate(fingerprints, bodies)),
        ("judge: risk, reasons, topic, entities, doubts, fingerprint", rate(_judge(ours), posts)),
    ]
    mean = statistics.mean(map(len, bodies))
    lines = [
        f"{len(bodies):,} posts ({origin}), {mean:.0f} characters on average.",
        "",
        "| what | posts/s | against stock |",
        "| --- | --- | --- |",
        *(f"| {name} | {found:,.0f} | {found / jieba_rate:.1f}x |" for name, found in rows),
    ]
    results.append("benchmarks.bench_throughput", lines)


def _judge(ours: model.Model) -> Callable[[Sequence[Post]], Any]:
    from classifier import wording

    def work(posts: Sequence[Post]) -> Any:
        wording.of.cache_clear()
        return judge.judge(ours, posts)

    return work


if __name__ == "__main__":
    main()
