"""Known claims: is the right one found, how often is a match the same claim, and how fast at a million.

``python -m benchmarks.bench_known``; ``--learn`` counts the table of rarity and learns the chances
anew, into the shipped weights. Messages as they circulated are looked up in a library of the claims
they made; near-duplicates of posts in a library of posts; ordinary posts, which make none, in both
spirits. Chances are out of fold, all that is of one claim or cluster in one fold. Baselines: exact
TF-IDF cosine of the same terms over everything, and scikit-learn's over characters and words.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

import models.driver  # noqa: F401  (first: one SQLite library)
from benchmarks import claim_sets, known_words, research, results
from benchmarks.claim_sets import Sets
from classifier.known import chance, index, index_files
from classifier.known import library as known
from classifier.known import terms as known_terms
from classifier.learning import chance as known_lessons
from classifier.likeness import same_claim
from classifier.text.spelling import normalise, segment

MILLION = 1_000_000
TIMED = 500
FOLDS = 5
EDGES = (0.0, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
PAIRS, POSTS, ORDINARY = "messages and their claims", "posts told twice", "ordinary posts"


# ---- what a match is worth ----------------------------------------------------------------------


@dataclass(frozen=True)
class Judged:
    """Candidates of many queries: what they share, whether they are the same claim, of which set."""

    rows: np.ndarray
    same: np.ndarray
    group: np.ndarray  # one claim or cluster of posts
    query: np.ndarray
    kind: np.ndarray


def near(stock: index.Shelf, text: str, most: int) -> list[tuple[int, np.ndarray]]:
    """(id, measures) of the nearest by cosine."""
    _, query = known_terms.terms_of([text])
    rows, shared = stock.nearest(query)
    if not len(rows):
        return []
    found = chance.measures(shared, stock.weight[rows], float(known_terms.rarity()[query].sum()))
    return [(int(stock.ids[rows[i]]), found[i]) for i in np.argsort(-found[:, 0])[:most]]


def judged(sets: Sets) -> Judged:
    out: list[tuple[np.ndarray, bool, str, int, str]] = []
    texts = [row["claim"] for row in sets.claims]
    stock = index.index_of([*enumerate(texts)])
    for i, row in enumerate(sets.claims):
        for j, found in near(stock, row.get("quoted_message") or "", 10):
            if j == i or same_claim.same_claim(texts[i], texts[j]) < known_words.CLOSE:
                out.append((found, j == i, f"claim {i}", i, PAIRS))
    for i, text in enumerate(sets.ordinary, start=MILLION):
        out += [(found, False, f"post {i}", i, ORDINARY) for _, found in near(stock, text, 3)]
    told, again = claim_sets.twice(sets.posts)
    stock = index.index_of([(i, sets.posts[i]["text"]) for i in told])
    for i in again:
        for j, found in near(stock, sets.posts[i]["text"], 5):
            same = sets.posts[i]["cluster"] == sets.posts[j]["cluster"]
            if sets.posts[i]["text"] != sets.posts[j]["text"]:
                out.append((found, same, f"cluster {sets.posts[i]['cluster']}", -i, POSTS))
    rows, same_, group, query, kind = zip(*out, strict=True)
    return Judged(*map(np.array, (rows, same_, group, query, kind)))


def out_of_fold(given: Judged) -> np.ndarray:
    names, group = np.unique(given.group, return_inverse=True)
    fold = np.random.default_rng(1).integers(FOLDS, size=len(names))[group]
    chances = np.zeros(len(fold))
    for each in range(FOLDS):
        figures = known_lessons.learn(given.rows[fold != each], given.same[fold != each])
        chances[fold == each] = chance.expected(given.rows[fold == each], figures)
    return chances


def worth(given: Judged, chances: np.ndarray, ordinary: int) -> list[str]:
    kinds = (PAIRS, POSTS, ORDINARY)
    lines = ["| told from | to | told | found | matches | " + " | ".join(kinds) + " |"]
    lines.append("| --- " * (5 + len(kinds)) + "|")
    for low, high in zip(EDGES, EDGES[1:], strict=False):
        inside = (chances >= low) & ((chances < high) | (high == 1.0))
        each = [inside & (given.kind == kind) for kind in kinds]
        shares = [f"{given.same[at].mean():.2f} of {at.sum():,}" if at.any() else "" for at in each]
        lines.append(
            f"| {low} | {high} | {chances[inside].mean():.3f} | {given.same[inside].mean():.3f} |"
            f" {inside.sum():,} | " + " | ".join(shares) + " |"
        )
    sure = chances >= chance.SURE
    alarms = len(set(given.query[sure & (given.kind == ORDINARY)].tolist()))
    lines += ["", "| at the line of “same claim” | precision | recall of what was near |"]
    lines += ["| --- | --- | --- |"]
    for kind in kinds[:2]:
        at = given.kind == kind
        found, true = sure & at, at & given.same
        share = (found & true).sum() / true.sum()
        lines.append(f"| {kind} | {given.same[found].mean():.3f} | {share:.3f} |")
    rate = 10_000 * alarms / ordinary
    return [
        *lines,
        "",
        f"Ordinary posts said to make a known claim: {alarms} of {ordinary:,},"
        f" {rate:.0f} in 10,000 (some do make one: they are not judged).",
    ]


# ---- whether the right claim is found -----------------------------------------------------------


def recall(sets: Sets) -> list[str]:
    """Rank of the right claim among all, by the library and by two baselines."""
    claims = [normalise(row["claim"]) for row in sets.claims]
    asked = [i for i, row in enumerate(sets.claims) if row.get("quoted_message")]
    said = [normalise(sets.claims[i]["quoted_message"]) for i in asked]
    right = np.array(asked)
    lines = ["| ranked by | recall@1 | recall@5 | recall@20 |", "| --- | --- | --- | --- |"]

    def row(name: str, ranks: np.ndarray) -> None:
        at = [f"{(ranks < k).mean():.3f}" for k in (1, 5, 20)]
        lines.append(f"| {name} | " + " | ".join(at) + " |")

    for name, learner in (
        ("scikit-learn, characters 1-2", TfidfVectorizer(analyzer="char", ngram_range=(1, 2))),
        ("scikit-learn, words of rjieba", TfidfVectorizer(analyzer=segment)),
    ):
        matrix = learner.fit(claims).transform(claims)
        scores = (learner.transform(said) @ matrix.T).toarray()
        row(name, (scores > scores[np.arange(len(right)), right][:, None]).sum(1))
    stock = index.index_of([*enumerate(claims)])
    by: dict[str, list[int]] = {"the library, cosine": [], "the library, chance": []}
    for i, text in zip(asked, said, strict=True):
        _, query = known_terms.terms_of([text])
        whole = float(known_terms.rarity()[query].sum())
        rows, shared = stock.nearest(query)
        own = stock.ids[rows] == i
        cosine = shared / np.sqrt(stock.weight[rows] * whole)
        chances = chance.chance(shared, stock.weight[rows], whole)
        for ranks, scores in zip(by.values(), (cosine, chances), strict=True):
            ranks.append(int((scores > scores[own].max()).sum()) if own.any() else MILLION)
    for name, ranks in by.items():
        row(name, np.array(ranks))
    return lines


# ---- a million ----------------------------------------------------------------------------------


def speed(sets: Sets, size: int) -> list[str]:
    texts = claim_sets.million(sets, size)
    pairs = [*enumerate(texts)]
    said = [row["quoted_message"] for row in sets.claims if row.get("quoted_message")]
    said = random.Random(1).sample(said, min(TIMED, len(said)))
    begin = time.perf_counter()
    stock = index.index_of(pairs)
    built = time.perf_counter() - begin
    with tempfile.TemporaryDirectory() as folder:
        name = index_files.digest(pairs)
        index_files.save(stock, Path(folder) / "known", name)
        megabytes = sum(p.stat().st_size for p in (Path(folder) / "known").iterdir()) / 1e6
        begin = time.perf_counter()
        library = known.Library.kept(pairs, Path(folder) / "known")
        opened = time.perf_counter() - begin
        exact, slow, _ = nearest_five(stock, said, len(stock.rows) + 1)
        found, quick, wall = nearest_five(stock, said, index.READ)
        kept = float(np.mean([len(a & b) / len(b) for a, b in zip(found, exact, strict=True)]))
        whole = []
        for text in said:
            begin = time.thread_time()
            library.find([text])
            whole.append(1000 * (time.thread_time() - begin))
    lines = [
        f"{size:,} texts of {sum(map(len, texts)) / size:.0f} characters on average;"
        f" {len(said)} messages asked. Built in {built:.0f} s, opened from disk in {opened:.1f} s,"
        f" {megabytes:.0f} MB. Milliseconds are of this thread's processor time; "
        f"by the clock the pruned search took {quantiles(wall)} (p50 / p95 / p99) on this machine.",
        "",
        "| | p50 ms | p95 ms | p99 ms | recall@5 of the exact |",
        "| --- | --- | --- | --- | --- |",
    ]
    for title, spans, share in (
        ("exact cosine over all (baseline)", slow, 1.0),
        ("pruned, compared in full", quick, kept),
        ("with chance and relation (Library.find)", whole, kept),
    ):
        lines.append(f"| {title} | {quantiles(spans, ' | ')} | {share:.3f} |")
    return lines


def quantiles(spans: Sequence[float], between: str = " / ") -> str:
    return between.join(f"{value:.1f}" for value in np.percentile(spans, [50, 95, 99]))


def nearest_five(
    stock: index.Shelf, said: Sequence[str], read: int
) -> tuple[list[set[int]], list[float], list[float]]:
    """The five nearest of each by cosine; milliseconds of the processor and of the clock."""
    found, spans, wall = [], [], []
    for text in said:
        began, clock = time.thread_time(), time.perf_counter()
        _, query = known_terms.terms_of([text])
        rows, shared = stock.nearest(query, read)
        cosine = shared / np.sqrt(stock.weight[rows])
        found.append(set(stock.ids[rows[np.argsort(-cosine, kind="stable")[:5]]].tolist()))
        spans.append(1000 * (time.thread_time() - began))
        wall.append(1000 * (time.perf_counter() - clock))
    return found, spans, wall


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learn", action="store_true", help="into the shipped weights")
    parser.add_argument("--claims", type=int, default=MILLION, help="size of the large library")
    chosen = parser.parse_args()
    paths = research.paths(research.OLD)
    if not paths or not paths[0].with_name("claims.jsonl.gz").is_file():
        results.append("benchmarks.bench_known", ["Skipped: the shared sets are not here."])
        return
    sets = claim_sets.read(paths)
    if chosen.learn:
        table = known_terms.learn([row["text"] for row in sets.posts] + sets.ordinary)
        np.savez_compressed(known_terms.TABLE, allow_pickle=False, **table)
        known_terms.rarity.cache_clear()
    given = judged(sets)
    if chosen.learn:
        figures = known_lessons.learn(given.rows, given.same)
        about = {"matches": len(given.same), "same": int(given.same.sum())}
        text = json.dumps(figures | {"learned_from": about}, indent=1)
        chance.FIGURES.write_text(text + "\n", encoding="utf-8")
    lines = [*recall(sets), "", *known_words.lines(sets)]
    lines += ["", "Chance told against found, out of fold:", ""]
    lines += worth(given, out_of_fold(given), len(sets.ordinary))
    lines += ["", *speed(sets, chosen.claims)] if chosen.claims else []
    results.append("benchmarks.bench_known", lines)


if __name__ == "__main__":
    main()
