"""How true clusters are: against marked clusters, against brute force, and on ordinary posts."""

from __future__ import annotations

import collections
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

import models.driver  # noqa: F401  (first: one SQLite library)
from benchmarks import every_post
from classifier.learning.examples import Example
from classifier.likeness import filing, wording
from classifier.ranking import new_posts
from models import store
from models.intake import posts
from models.intake.records import Post

ORDINARY = 10_000
ALIKE = 0.5  # exact Jaccard of two-character shingles from which brute force calls a pair near


def homes(texts: Sequence[str], old: bool) -> list[int]:
    """The cluster of each text, come one by one through a store."""
    with tempfile.TemporaryDirectory() as folder, store.using(Path(folder) / "piyao.db") as db:
        db.conn.execute("PRAGMA synchronous=OFF")
        for table in every_post.TABLES:
            db.conn.execute(table)
        found = []
        for start in range(0, len(texts), new_posts.BATCH):
            chunk = texts[start : start + new_posts.BATCH]
            with db.atomic():
                posts.add_many(db, [Post("b", str(start + n), t) for n, t in enumerate(chunk)])
                for post in posts.unscored(db, new_posts.BATCH):
                    if old:
                        each = every_post.keys(wording.form(post.text))
                        found.append(every_post.join(db, post.id, post.text, *each))
                    else:
                        found += new_posts.join(db, [post], [filing.fingerprint(post.text)])
                db.conn.execute("UPDATE posts SET scored_at = changed_at WHERE scored_at IS NULL")
        return found


def brute(texts: Sequence[str]) -> np.ndarray:
    """All pairs (n, 2) of different content with exact Jaccard of shingles from ``ALIKE``."""
    views = [wording.of_text(text) for text in texts]
    numbers: dict[str, int] = {}
    indices = [
        numbers.setdefault(each, len(numbers)) for view in views for each in sorted(view.shingles)
    ]
    sizes = np.array([len(view.shingles) for view in views])
    starts = np.concatenate([[0], np.cumsum(sizes)])
    table = csr_matrix(
        (np.ones(len(indices), np.float32), indices, starts), (len(views), len(numbers))
    )
    found = []
    for start in range(0, len(views), 500):
        both = (table[start : start + 500] @ table.T).tocoo()
        rows, columns = both.row + start, both.col
        near = both.data / (sizes[rows] + sizes[columns] - both.data) >= ALIKE
        found += [
            (i, j)
            for i, j in zip(rows[near].tolist(), columns[near].tolist(), strict=True)
            if i < j and views[i].content != views[j].content
        ]
    return np.array(found).reshape(-1, 2)


def interval(hits: np.ndarray, totals: np.ndarray) -> str:
    """A ratio of sums with its 95 % bootstrap interval, drawn over rows (clusters, posts)."""
    draw = np.random.default_rng(0).integers(len(hits), size=(400, len(hits)))
    low, high = np.quantile(hits[draw].sum(1) / np.maximum(totals[draw].sum(1), 1), [0.025, 0.975])
    return f"{hits.sum() / totals.sum():.3f} [{low:.3f}, {high:.3f}]"


def by_group(values: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    _, place = np.unique(groups, return_inverse=True)
    return np.bincount(place, values), np.bincount(place)


def truth(rows: Sequence[Example]) -> list[str]:
    """Completeness on marked and on brute-force pairs, purity; what ordinary posts join."""
    draw = random.Random(0)
    told = [row for row in rows if row.labelled]
    draw.shuffle(told)
    texts, marks = [row.text for row in told], [row.cluster for row in told]
    _, marked = np.unique(marks, return_inverse=True)
    members: dict[int, dict[str, int]] = {}
    for i, mark in enumerate(marked.tolist()):
        members.setdefault(mark, {}).setdefault(texts[i], i)
    pairs = np.array([draw.sample(sorted(m.values()), 2) for m in members.values() if len(m) > 1])
    near = brute(texts)
    lines = [
        f"{len(pairs):,} pairs, one of each marked cluster; {len(near):,} pairs of different content that "
        f"share half of their shingles, by brute force over {len(texts):,} posts (drawn by marked cluster).",
        "",
        "| index | marked pairs together | brute-force pairs together | purity by marked cluster | "
        "largest |",
        "| --- | --- | --- | --- | --- |",
    ]
    ordinary = [
        "",
        f"Of {ORDINARY:,} ordinary posts:",
        "",
        "| source | index | join another | of them without ten characters in common | largest |",
        "| --- | --- | --- | --- | --- |",
    ]
    for old in (True, False):
        name = "every post (0.1)" if old else "wordings"
        found = np.array(homes(texts, old))
        met = (found[pairs[:, 0]] == found[pairs[:, 1]]).astype(float)
        close = (found[near[:, 0]] == found[near[:, 1]]).astype(float)
        pure, posts_of = purity(found, marked)
        lines.append(
            f"| {name} | {interval(met, np.ones(len(met)))} |"
            f" {interval(*by_group(close, marked[near[:, 0]]))} | {interval(pure, posts_of)} |"
            f" {np.bincount(found).max()} |"
        )
        for source in ("weibo2018", "smp2020"):
            bodies = [row.text for row in rows if row.source == source]
            bodies = random.Random(0).sample(bodies, min(ORDINARY, len(bodies)))
            ordinary.append(f"| {source} | {name} | {joined(bodies, homes(bodies, old))} |")
    return lines + ordinary


def purity(found: np.ndarray, marked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each cluster of two posts or more: posts of its commonest marked cluster, and all."""
    groups: dict[int, list[int]] = {}
    for home, mark in zip(found.tolist(), marked.tolist(), strict=True):
        groups.setdefault(home, []).append(mark)
    several = [group for group in groups.values() if len(group) > 1]
    most = [collections.Counter(group).most_common(1)[0][1] for group in several]
    return np.array(most, float), np.array([len(group) for group in several], float)


def joined(texts: Sequence[str], found: Sequence[int]) -> str:
    groups: dict[int, list[str]] = {}
    for text, home in zip(texts, found, strict=True):
        groups.setdefault(home, []).append(text)
    n = ORDINARY / len(texts)
    strange = sum(
        not _copies(text, group[:i] + group[i + 1 :])
        for group in groups.values()
        for i, text in enumerate(group)
        if i
    )
    more = len(texts) - len(groups)
    return f"{more * n:.0f} | {strange * n:.0f} | {max(map(len, groups.values()))}"


def _copies(text: str, others: Sequence[str]) -> bool:
    runs = {text[i : i + 10] for i in range(max(len(text) - 9, 1))}
    return any(run in other for other in others[:50] for run in runs)
