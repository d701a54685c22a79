"""Clusters: time, size and memory with up to a million wordings in the window, and how true they are.

Baseline is the index of 0.1 (``every_post``), in the same run and the same kind of file. The window
is filled with recombined posts, in bulk; what is timed goes through the desk's own functions. Files
lie in the temporary folder while it runs, and are removed.
"""

from __future__ import annotations

import argparse
import collections
import itertools
import multiprocessing
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np
from scipy.sparse import csr_matrix

import models.driver  # noqa: F401  (first: one SQLite library)
from benchmarks import every_post, research, results
from benchmarks.bench_throughput import texts as some_texts
from classifier.learning import examples
from classifier.learning.examples import Example
from classifier.likeness import filing, same_claim, wording
from classifier.ranking import new_posts
from classifier.text import lexicon, marks
from classifier.text.spelling import normalise, segment
from models import store
from models.config import WindowConfig
from models.intake import posts
from models.intake.records import Post
from models.ranking import clusters

T = TypeVar("T")
MILLION = 1_000_000
OLD_MOST = 100_000  # at a million the baseline alone would take half an hour to fill
TIMED = 2_000
ORDINARY = 10_000
ALIKE = 0.5  # exact Jaccard of two-character shingles from which brute force calls a pair near


# ---- a stream that never was --------------------------------------------------------------------


def stream(
    bodies: Sequence[str], seed: str, window: Sequence[str] = ()
) -> Iterator[tuple[str, str]]:
    """Posts made of pieces of real ones, words parted by tabs, each with what it retells ("": it is
    new, as half are) in one to three other words: one of the last 500, or as often one of ``window``."""
    draw = random.Random(seed)
    told: collections.deque[str] = collections.deque(maxlen=500)
    while True:
        source = ""
        if told and draw.random() < 0.5:
            source = draw.choice(window if window and draw.random() < 0.5 else told)
            words = source.split("\t")
            for _ in range(draw.randint(1, 3)):
                words[draw.randrange(len(words))] = draw.choice(draw.choice(bodies).split("\t"))
        else:
            first, second = (draw.choice(bodies).split("\t") for _ in range(2))
            words = first[: draw.randint(1, len(first))] + second[-draw.randint(1, len(second)) :]
        told.append("\t".join(words[:120]))
        yield told[-1], source


def fill(path: Path, bodies: Sequence[str], size: int, seed: str, old: bool) -> None:
    """``size`` more wordings, each with its post and cluster, in one go; keys last, and in order."""
    with store.using(path) as db:
        for pragma in ("synchronous=OFF", "cache_size=-1500000", "wal_autocheckpoint=100000"):
            db.conn.execute(f"PRAGMA {pragma}")
        at, day = store.stamp(store.now()), store.now().toordinal()
        begin = int(db.value("SELECT coalesce(max(id), 0) FROM posts"))
        filed = int(db.value("SELECT coalesce(max(id), 0) FROM wordings"))
        trigger = db.value("SELECT sql FROM sqlite_master WHERE name = 'wordings_are_filed'")
        with db.atomic():
            db.conn.execute("DROP TRIGGER wordings_are_filed")
            for n, (told, _) in enumerate(itertools.islice(stream(bodies, seed), size), begin + 1):
                words = told.split("\t")
                form = "\t".join(filter(None, map(said, words))) + "\n\n\n\n"
                db.conn.execute("INSERT INTO clusters VALUES (?, ?, ?, 0)", [n, at, at])
                db.conn.execute(
                    "INSERT INTO posts VALUES (?, 'bench', ?, '', '', ?, NULL, ?, ?, ?, '', 0,"
                    " 0, ?, ?)",
                    [n, str(n), "".join(words), at, at, at, n, at],
                )
                if old:
                    every_post.file(db, n, *every_post.keys(form))
                    continue
                print_ = filing.filed(form, str(n))
                db.conn.execute(
                    "INSERT INTO wordings (digest, cluster_id, post_id, seen, keys, form)"
                    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    [print_.digest, n, n, day, store.dump(print_.keys), form],
                )
            db.conn.execute(
                "INSERT INTO bands SELECT k.value, w.id FROM wordings w, json_each(w.keys) k"
                " WHERE w.id > ? ORDER BY 1, 2",
                [filed],
            )
            db.conn.execute("UPDATE filed_wordings SET filed = (SELECT count(*) FROM wordings)")
            db.conn.execute(trigger)
        db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@lru_cache(maxsize=1 << 17)
def said(word: str) -> str:
    """A word as a form has it: names, numbers and plates under marks, signs left out."""
    if lexicon.tag(word) == "ns":
        return marks.PLACE_MARK
    return "".join(wording.CONTENT.findall(marks.typed(word)))


def apart(work: Callable[..., T], *arguments: object) -> T:
    """In a process of its own: what filling takes is not the memory of what is measured."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        return pool.submit(work, *arguments).result()


@dataclass(frozen=True)
class Timing:
    spans: np.ndarray  # (n,) ms of each assignment, its share of the batch's commit included
    leaving: float  # ms for each wording that leaves, commit included
    fingerprint: float  # ms, before it
    resident: int  # MB, afterwards
    met: float  # of retellings that are the same claim: in a cluster with a wording as like, or liker


def timed(path: Path, bodies: Sequence[str], seed: str, old: bool) -> Timing:
    """``TIMED`` posts through the desk's own functions, in a window that is full and slides."""
    spans, prints, leaving, sources, waited = [], 0.0, 0.0, [], []
    with store.using(path) as db:
        window = WindowConfig(wordings=db.value("SELECT filed FROM filed_wordings"))
        every = 1 + int(db.value("SELECT max(id) FROM posts")) // TIMED
        before = db.conn.execute(  # of the newer half: the oldest leave meanwhile
            "SELECT text FROM posts WHERE id % ? = 0 ORDER BY id DESC LIMIT ?", [every, TIMED // 2]
        )
        told = stream(bodies, seed, ["\t".join(segment(normalise(row[0]))) for row in before])
        for start in range(0, TIMED, new_posts.BATCH):
            texts, retold = zip(*itertools.islice(told, new_posts.BATCH), strict=True)
            sources += [source.replace("\t", "") for source in retold]
            batch = [
                Post("new", f"{seed}-{start + n}", text.replace("\t", ""))
                for n, text in enumerate(texts)
            ]
            posts.add_many(db, batch)
            waiting = posts.unscored(db, new_posts.BATCH)
            waited += waiting
            begin = time.perf_counter()
            if old:
                ready = [every_post.keys(wording.form(post.text)) for post in waiting]
            else:
                ready = [filing.fingerprint(post.text) for post in waiting]
            prints += time.perf_counter() - begin
            each = []
            begin = time.perf_counter()
            with db.atomic():
                for post, print_ in zip(waiting, ready, strict=True):
                    since = time.perf_counter()
                    if old:
                        every_post.join(db, post.id, post.text, *print_)
                    else:
                        new_posts.join(db, [post], [print_])
                    each.append(time.perf_counter() - since)
                db.conn.execute("UPDATE posts SET scored_at = changed_at WHERE scored_at IS NULL")
            rest = (time.perf_counter() - begin - sum(each)) / len(each)
            spans += [1000 * (span + rest) for span in each]
            begin = time.perf_counter()
            if not old:
                clusters.slide(db, window)
            leaving += time.perf_counter() - begin
        resident = _resident()
        met = [
            likest(db, post) >= least
            for post, source in zip(waited, sources, strict=True)
            if source
            and (least := same_claim.same_claim(post.text, source)) >= same_claim.THRESHOLD
        ]
    return Timing(
        np.array(spans),
        1000 * leaving / TIMED,
        1000 * prints / TIMED,
        resident,
        float(np.mean(met)),
    )


def likest(db: store.Store, post: Post) -> float:
    """How like a post is the likest of its cluster that came before it; 0 without one."""
    earlier = db.conn.execute(
        "SELECT b.text FROM posts a JOIN posts b ON b.cluster_id = a.cluster_id AND b.id < a.id"
        " WHERE a.id = ?",
        [post.id],
    )
    return max((same_claim.same_claim(post.text, row[0]) for row in earlier), default=0.0)


def _resident() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


def speed(bodies: Sequence[str], most: int) -> list[str]:
    """One row a size and index; ratios are to the baseline's median, at its largest size at most."""
    lines = [
        "| index | wordings | p50 ms | p95 | p99 | p50 to 0.1 | leaving, ms | fingerprint, ms |"
        " retellings met | file MB | resident MB |",
        "| --- " * 11 + "|",
    ]
    sizes = sorted({size for size in (10_000, 100_000, most) if size <= most})
    medians: dict[int, float] = {}
    for old in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            path, full = Path(folder) / "piyao.db", 0
            with store.using(path) as db:
                for table in every_post.TABLES:
                    db.conn.execute(table)
            for size in sizes if not old else [size for size in sizes if size <= OLD_MOST]:
                apart(fill, path, bodies, size - full, f"fill {size}", old)
                found = apart(timed, path, bodies, f"timed {size}", old)
                full = size + TIMED
                p50, p95, p99 = np.quantile(found.spans, [0.5, 0.95, 0.99])
                if old:
                    medians[size] = p50
                ratio = p50 / medians[max(each for each in medians if each <= size)]
                leaving = "none leave" if old else f"{found.leaving:.2f}"
                lines.append(
                    f"| {'every post (0.1)' if old else 'wordings'} | {size:,} | {p50:.2f} |"
                    f" {p95:.2f} | {p99:.2f} | {ratio:.2f} | {leaving} |"
                    f" {found.fingerprint:.2f} | {found.met:.3f} |"
                    f" {path.stat().st_size >> 20:,} | {found.resident} |"
                )
                print(lines[-1], flush=True)
    return lines


# ---- how true -----------------------------------------------------------------------------------


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
    views = [wording.of(text) for text in texts]
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wordings", type=int, default=MILLION, help="the largest window")
    most = parser.parse_args().wordings
    found = research.paths()
    bodies = ["\t".join(segment(normalise(text))) for text in some_texts()[0] if text.strip()]
    lines = [
        f"Time of an assignment: look-up, comparison, writing, and its share of the batch's commit; "
        f"{TIMED:,} posts in batches of {new_posts.BATCH}, after the fingerprint. Leaving: to let go of one wording. "
        "Retellings met: in one cluster with a wording as like as what they retell, or liker.",
        "",
        *speed([body for body in bodies if body], most),
        "",
    ]
    if found:
        lines += truth(examples.read(found).examples)
    else:
        print("quality skipped: the research sets are not in ../shared/data (or set PIYAO_DATA)")
    results.append("benchmarks.bench_clusters", lines)


if __name__ == "__main__":
    main()
