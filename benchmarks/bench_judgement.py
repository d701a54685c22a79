"""What a judgement costs, stage by stage, beside the stock pipeline in the same run.

``python -m benchmarks.bench_judgement --before PATH`` sets beside it the judgement of another checkout
(the commit before, with its ``.venv``): two processes take the batches in turn, so that what else
the machine does weighs on both, and what they say is compared.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import models.driver  # noqa: F401  (first: one SQLite library)
from benchmarks import results, stock
from benchmarks.bench_throughput import texts
from classifier.entities import find
from classifier.likeness import filing
from classifier.ranking import (
    adverts,
    first_hand,
    judge,
    model,
    reasons,
    topics,
)
from classifier.text import marks, spelling
from classifier.text.document import PLAIN, TYPED, Document
from models import text as intake
from models.intake.records import Post

POSTS, BATCH, ROUNDS = 4_000, 200, 3
HERE = Path(__file__).parents[1]
EXACT = ("reasons", "topic", "entities", "fingerprint", "witness", "doubts", "unfamiliar")
NEAR = ("risk", "checkable", "dubious", "strange")


class Spans:
    """Processor time of each stage, a batch at a time; ``table`` has the medians."""

    def __init__(self) -> None:
        self.of: dict[str, list[float]] = {}

    def time(self, stage: str, work: Callable[[], Any]) -> Any:
        start = time.process_time()
        made = work()
        self.of.setdefault(stage, []).append(time.process_time() - start)
        return made

    def table(self, size: int, against: str) -> list[str]:
        micro = {stage: statistics.median(s) / size * 1e6 for stage, s in self.of.items()}
        return [
            "| stage | µs a post | share of stock |",
            "| --- | --- | --- |",
            *(f"| {stage} | {m:.1f} | {m / micro[against]:.2f} |" for stage, m in micro.items()),
        ]


def stages(bodies: Sequence[str], labels: Sequence[int]) -> list[str]:
    """Each stage over batches of ``BATCH``, in the order in which ``judge`` asks for them."""
    baseline = "stock: jieba, TfidfVectorizer, LogisticRegression"
    weights, theirs = model.load(), stock.pipeline().fit(bodies, labels)
    spans = Spans()
    judge.judge(weights, [Post("bench", "0", body) for body in bodies[:BATCH]])  # tables are made
    for start in range(0, len(bodies) - BATCH + 1, BATCH):
        batch = bodies[start : start + BATCH]
        posts = [Post("bench", str(i), body) for i, body in enumerate(batch)]
        spans.time(baseline, lambda b=batch: theirs.predict_proba(b))
        spans.time("judge: all of it", lambda p=posts: judge.judge(weights, p))
        _parts(spans, weights, batch)
    return spans.table(BATCH, baseline)


def _parts(spans: Spans, weights: model.Model, batch: Sequence[str]) -> None:
    learner = weights.classifier
    features = learner.features
    documents = [Document(body) for body in batch]
    spans.time("normalise", lambda: [spelling.normalise(body) for body in batch])
    plain = [document.plain for document in documents]
    spans.time("marks", lambda: [marks.typed(text) for text in plain])
    typed = [document.typed for document in documents]
    spans.time("words of marked text (rjieba)", lambda: [spelling.cut(text) for text in typed])
    spans.time("phrases in marked text", lambda: [TYPED.look(text) for text in typed])
    seen, words = [d.in_typed for d in documents], [d.words for d in documents]
    described = spans.time("TF-IDF and cues", lambda: features.describe(typed, seen))
    risk = learner.log_odds(described)
    high = [i for i in range(len(batch)) if risk[i] >= -1.73]  # 0.15
    coef = learner.slope * learner.coef
    asked = [words[i] for i in high]
    spans.time("reasons", lambda: [*reasons.explain(described, high, asked, coef, features)])
    named = spans.time("entities", lambda: [find.entities_in(body) for body in batch])
    spans.time("fingerprint", lambda: filing.all_filed(documents))
    spans.time("phrases in plain text", lambda: [PLAIN.look(text) for text in plain])
    spans.time(
        "topic", lambda: [document.in_plain and topics.topic_of(document) for document in documents]
    )
    spans.time("advert", lambda: [*map(adverts.selling, documents)])
    pairs = list(zip(documents, named, strict=True))
    spans.time("first-hand signs", lambda: [first_hand.signs_in(*pair) for pair in pairs])


@contextmanager
def judging(
    folder: Path,
) -> Iterator[Callable[[Sequence[str]], tuple[float, list[dict[str, Any]]]]]:
    """A process that judges with the piyao in a folder: texts -> seconds, what was said."""
    own = folder / ".venv" / "bin" / "python"
    order = [str(own if own.exists() else sys.executable), str(HERE / "benchmarks" / "judged.py")]
    about = {**os.environ, "PYTHONPATH": str(folder)}
    with subprocess.Popen(
        order, cwd=folder, env=about, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None and stdout is not None

        def ask(batch: Sequence[str]) -> tuple[float, list[dict[str, Any]]]:
            stdin.write(json.dumps(list(batch)) + "\n")
            stdin.flush()
            spent, said = json.loads(stdout.readline())
            return spent, said

        yield ask
        stdin.close()


def paired(bodies: Sequence[str], before: Path) -> list[str]:
    """The judgement of another checkout and ours, batch by batch in turn."""
    spent: dict[str, list[float]] = {"before": [], "now": []}
    apart, differ = 0.0, dict.fromkeys(EXACT, 0)
    with judging(before) as old, judging(HERE) as new:
        for start in range(0, len(bodies) - BATCH + 1, BATCH):
            batch = [intake.clean(body) for body in bodies[start : start + BATCH]]
            (a, was), (b, now) = old(batch), new(batch)
            spent["before"].append(a)
            spent["now"].append(b)
            for one, other in zip(was, now, strict=True):
                apart = max(apart, *(abs(one[name] - other[name]) for name in NEAR))
                for name in EXACT:
                    differ[name] += one[name] != other[name]
    ratios = sorted(a / b for a, b in zip(spent["before"], spent["now"], strict=True))
    low, high = ratios[len(ratios) // 10], ratios[-1 - len(ratios) // 10]
    was, now = (statistics.median(span) / BATCH * 1e6 for span in spent.values())
    return [
        "",
        f"Beside the commit before, {len(ratios) * BATCH:,} posts in turn: {was:.0f} µs a post before,"
        f" {now:.0f} now; {statistics.median(ratios):.2f} times as fast (a tenth of the batches below"
        f" {low:.2f}, a tenth above {high:.2f}).",
        f"Risks and chances apart by at most {apart:.0e}; posts that differ: "
        + ", ".join(f"{name} {n}" for name, n in differ.items())
        + ".",
    ]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--before", type=Path, help="a checkout of the commit to compare with")
    arguments.add_argument("--posts", type=int, default=POSTS)
    given = arguments.parse_args()
    bodies, labels, origin = texts(given.posts)
    mean = statistics.mean(map(len, bodies))
    lines = [f"{len(bodies):,} posts ({origin}), {mean:.0f} characters on average.", ""]
    lines += stages(bodies, labels)
    if given.before:
        lines += paired(bodies, given.before.resolve())
    results.append("benchmarks.bench_judgement", lines)


if __name__ == "__main__":
    main()
