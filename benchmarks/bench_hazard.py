"""Which claims are hazards: recall and precision on texts of our own, and what ordinary posts cost.

Claims and harmless texts were written, and each kind of ten halved by a hash, before a rule for them
was made. The rules were widened on the half "read"; the half "unread" was looked at once, at the end, as
two figures. One person wrote both halves and the rules, so a stranger's claims may do worse. Baseline: the
rules of the release before, in the same run.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from time import process_time

import models.driver  # noqa: F401  (first: one SQLite library)
from benchmarks import hazards_before, research, results
from classifier.ranking.topics import topic_of, weigh
from classifier.text.document import Document
from models.harm import HAZARDS

DATA = Path(__file__).parents[1] / "tests" / "data"
CLAIMS, HARMLESS = "hazard_claims.jsonl", "harmless_texts.jsonl"
ORDINARY = ("ordinary.jsonl.gz", "ordinary2.jsonl.gz")
POSTS = 5_000  # ordinary posts of each file
Rule = Callable[[str], bool]


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a file of tests/data: topic, style, half, text."""
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def hazard(text: str) -> bool:
    """Whether our rules call a text a hazard, plainly or as a doubt."""
    return topic_of(Document(text)).hazard


RULES: dict[str, Rule] = {"release before": hazards_before.hazard, "now": hazard}


def figures(rule: Rule, half: str) -> tuple[float, float]:
    """Recall on the claims of a half, and precision among them and its harmless texts."""
    claims = [rule(row["text"]) for row in rows(CLAIMS) if row["half"] == half]
    others = [rule(row["text"]) for row in rows(HARMLESS) if row["half"] == half]
    called = sum(claims) + sum(others)
    return sum(claims) / len(claims), sum(claims) / called if called else 0.0


def table() -> list[str]:
    """Both halves under both rules."""
    lines = ["| half | rules | recall | precision |", "| --- | --- | --- | --- |"]
    for half in ("read", "unread"):
        for name, rule in RULES.items():
            recall, precision = figures(rule, half)
            lines.append(f"| {half} | {name} | {recall:.3f} | {precision:.3f} |")
    return lines


def by_topic() -> list[str]:
    """Of the claims of each hazard: found, and found under its own topic; and the true warnings."""
    lines = ["", "| hazard | found | own topic | told as a doubt |", "| --- | --- | --- | --- |"]
    claims = rows(CLAIMS)
    for topic in sorted(HAZARDS, key=lambda each: each.value):
        found = [weigh(Document(row["text"])) for row in claims if row["topic"] == topic.value]
        hits = [harm for harm in found if harm.topic.hazard]
        own = sum(harm.topic is topic for harm in found)
        doubts = sum(not harm.sure for harm in hits)
        lines.append(
            f"| {topic.value} | {len(hits) / len(found):.2f} | {own / len(found):.2f} |"
            f" {doubts / len(found):.2f} |"
        )
    warnings = [row["text"] for row in rows("warnings.jsonl") if row["topic"] in HAZARDS]
    shares = [
        f"{name} {sum(map(rule, warnings)) / len(warnings):.2f}" for name, rule in RULES.items()
    ]
    return [*lines, "", f"Of {len(warnings)} calm true warnings of hazards: {', '.join(shares)}."]


def ordinary(folder: Path) -> list[str]:
    """The share of ordinary posts called a hazard, by source, and what a post costs."""
    lines = ["", "| ordinary posts | n | release before | now |", "| --- | --- | --- | --- |"]
    for name in ORDINARY:
        if not (folder / name).is_file():
            continue
        with gzip.open(folder / name, "rt", encoding="utf-8") as file:
            posts = [json.loads(line) for line in file]
        random.Random(7).shuffle(posts)
        lines += _shares(name, list(islice(posts, POSTS)))
    return lines


def _shares(name: str, posts: Sequence[dict[str, str]]) -> list[str]:
    sources = {"all": [post["text"] for post in posts]}
    for post in posts:
        sources.setdefault(post["source"], []).append(post["text"])
    lines = [
        f"| {name}, {source} | {len(texts)} | "
        + " | ".join(f"{sum(map(rule, texts)) / len(texts):.3f}" for rule in RULES.values())
        + " |"
        for source, texts in sources.items()
    ]
    documents = [Document(text) for text in sources["all"]]
    for document in documents:
        assert document.in_plain is not None  # looked up once for all who ask, not by the topic
    start = process_time()
    for document in documents:
        topic_of(document)
    micro = (process_time() - start) / len(documents) * 1e6
    return [*lines, f"| {name}, µs a post for the topic | {len(documents)} | | {micro:.0f} |"]


def main() -> None:
    lines = [*table(), *by_topic()]
    if paths := research.paths():
        lines += ordinary(paths[0].parent)
    else:
        lines.append("Ordinary posts: skipped, the shared sets are not here.")
    results.append("benchmarks.bench_hazard", lines)


if __name__ == "__main__":
    main()
