"""Is one story one case, or are its cases named beside one another? Filing, and what it leaves.

Sixty stories of ours in five wordings each (``tests/data/stories.jsonl``), in two halves by the hash of
the story: the bounds were set looking at the first half alone. Each post comes through the filing of the
desk; each cluster stands for a case, claimed by its first post; then each is looked for among the others.
Pairs are pairs of posts. Beside it pairs of posts of one marked cluster in the research sets, and how many
cases are named beside one of them and beside one of ordinary posts.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import models.driver  # noqa: F401  (first: one SQLite library)
from benchmarks import claim_sets, research, results
from benchmarks.cluster_truth import homes
from classifier.known import stories
from classifier.known.library import Library
from models.casework.cases import CLAIM_CHARS
from models.known.likeness import Relation

STORIES = Path(__file__).parents[1] / "tests" / "data" / "stories.jsonl"
MARKED, ORDINARY = 3_000, 3_000
Links = dict[frozenset[int], Relation]


def linked(texts: Sequence[str], found: Sequence[int]) -> tuple[Links, float]:
    """What is named beside what, by pairs of clusters, and the milliseconds that a case takes."""
    said: dict[int, list[str]] = {}
    for text, home in zip(texts, found, strict=True):
        said.setdefault(home, []).append(text)
    claims = {home: " ".join(own[0].split())[:CLAIM_CHARS] for home, own in said.items()}
    library = Library.of(claims.items())
    links: Links = {}
    begin = time.process_time()
    for home, own in said.items():
        wordings = [claims[home], *dict.fromkeys(own)][:3]
        for told in stories.alike(library, home, wordings):
            links[frozenset((home, told.case_id))] = told.relation
    return links, 1000 * (time.process_time() - begin) / max(len(said), 1)


def told(texts: Sequence[str], marks: Sequence[object], name: str) -> str:
    """A row: pairs of one mark that are found, and how many of the pairs found have one mark."""
    found = homes(texts, False)
    links, _ = linked(texts, found)
    pairs = right = filed = met = named = 0
    wrong: Counter[bool] = Counter()
    for i, j in combinations(range(len(texts)), 2):
        one, together = marks[i] == marks[j], found[i] == found[j]
        beside = frozenset((found[i], found[j])) in links
        pairs += one
        filed += one and together
        met += one and beside
        named += together or beside
        right += one and (together or beside)
        wrong[together] += not one and (together or beside)
    return (
        f"| {name} | {pairs:,} | {filed / pairs:.3f} | {(filed + met) / pairs:.3f} |"
        f" {right / named:.3f} | {wrong[True]} | {wrong[False]} |"
    )


def marked(rows: Sequence[dict[str, object]]) -> list[str]:
    """Two posts of each marked cluster, and posts that are alone in theirs."""
    members: dict[object, list[str]] = defaultdict(list)
    for row in rows:
        members[row["cluster"]].append(str(row["text"]))
    draw = random.Random(0)
    kept = [draw.sample(each, min(2, len(each))) for each in members.values()]
    kept = draw.sample(kept, min(MARKED, len(kept)))
    texts = [text for each in kept for text in each]
    found = homes(texts, False)
    links, spent = linked(texts, found)
    pairs = filed = met = at = 0
    for each in kept:
        if len(each) == 2:
            one, other = found[at], found[at + 1]
            pairs, filed = pairs + 1, filed + (one == other)
            met += one != other and frozenset((one, other)) in links
        at += len(each)
    beside = Counter(home for pair in links for home in pair)
    words = Counter(relation.value for relation in links.values())
    return [
        f"Marked clusters, {len(set(found)):,} cases: of {pairs:,} pairs {filed / pairs:.3f} filed together,"
        f" {(filed + met) / pairs:.3f} with those named. Others are named beside"
        f" {len(beside) / len(set(found)):.2f} of the cases; {dict(words.most_common())};"
        f" {spent:.1f} ms a case.",
    ]


def ordinary(texts: Sequence[str]) -> str:
    some = random.Random(0).sample(list(texts), min(ORDINARY, len(texts)))
    found = homes(some, False)
    links, spent = linked(some, found)
    beside = {home for pair in links for home in pair}
    return (
        f"Ordinary posts, {len(set(found)):,} clusters: others are named beside"
        f" {len(beside) / len(set(found)):.2f} of them, {len(links):,} pairs; {spent:.1f} ms each."
    )


def halves() -> dict[str, list[tuple[int, str]]]:
    """(story, post) of the half that was looked at, and of the other."""
    found: dict[str, list[tuple[int, str]]] = {"looked at": [], "unseen": []}
    for line in STORIES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        odd = hashlib.blake2b(row["said"][0].encode(), digest_size=1).digest()[0] % 2
        found["unseen" if odd else "looked at"] += [(row["story"], said) for said in row["said"]]
    for each in found.values():
        random.Random(0).shuffle(each)
    return found


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    lines = [
        "| stories | pairs | filed together | filed or named | of those found one story |"
        " wrongly filed | wrongly named |",
        "| --- " * 7 + "|",
    ]
    for name, rows in halves().items():
        lines.append(told([said for _, said in rows], [story for story, _ in rows], name))
    if paths := research.paths():
        sets = claim_sets.read(paths)
        rumors = [row for row in sets.posts if row.get("label") == 1]
        lines += ["", *marked(rumors), "", ordinary(sets.ordinary)]
    else:
        print("marked pairs skipped: no research sets in ../shared/data (or set PIYAO_DATA)")
    results.append("benchmarks.bench_stories", lines)


if __name__ == "__main__":
    main()
