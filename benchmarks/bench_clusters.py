"""Clusters: time, size and memory with up to a million wordings in the window, and how true they are.

Baseline is the index of 0.1 (``every_post``), in the same run and the same kind of file. The window
is filled with recombined posts, in bulk; what is timed goes through the desk's own functions. Files
lie in the temporary folder while it runs, and are removed.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

import models.driver  # noqa: F401  (first: one SQLite library)
from benchmarks import cluster_truth, every_post, filled_window, research, results
from benchmarks.bench_throughput import texts as some_texts
from classifier.learning import examples
from classifier.likeness import filing, same_claim, wording
from classifier.ranking import new_posts
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
        told = filled_window.stream(
            bodies, seed, ["\t".join(segment(normalise(row[0]))) for row in before]
        )
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
                apart(filled_window.fill, path, bodies, size - full, f"fill {size}", old)
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wordings", type=int, default=MILLION, help="the largest window")
    most = parser.parse_args().wordings
    found = research.paths(research.OLD)
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
        lines += cluster_truth.truth(examples.read_examples(found).examples)
    else:
        print("quality skipped: the research sets are not in ../shared/data (or set PIYAO_DATA)")
    results.append("benchmarks.bench_clusters", lines)


if __name__ == "__main__":
    main()
