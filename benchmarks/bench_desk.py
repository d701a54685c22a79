"""Real posts through the whole desk: an HTTP feed, the real spider, scores, clusters, the queue.

``python -m benchmarks.bench_desk``. A stream of one fold of the shared sets, 1 % of it rumors (ced and
w16) and the rest ordinary posts, served as RSS by a local server. The weights are trained on the
other folds, so that nothing in the stream was seen. Prints the labels of the queue's top 50, never
a post's words.
"""

from __future__ import annotations

from jobs import open_cases, rank
from jobs.shared import Desk

from models import driver  # noqa: F401  # isort: skip  (first: one SQLite library)

import gzip
import json
import random
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import research, results
from classifier.learning import train
from classifier.ranking import model as weights
from crawler import run
from models import config, store
from models.casework import queue
from models.config import Source
from models.intake import posts, runs, sources
from tests.http_server import Answer, Server
from tests.running_desk import rss

SETS = ("ced", "w16", "jin17", "ordinary")
FOLD = 0
SEED = 20261124


def rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def held_out(folder: Path, out: Path) -> weights.Model:
    """A model that has seen nothing of the stream's fold."""
    files = []
    for name in SETS:
        files.append(out / f"{name}.jsonl")
        with files[-1].open("w", encoding="utf-8") as lines:
            for row in rows(folder, name):
                if row["fold"] != FOLD:
                    lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    train.run(files, out / "weights", evaluate=False)
    return weights.load(out / "weights")


def stream(folder: Path) -> list[tuple[str, str, str]]:
    """(id, author, text): one fold of ordinary posts and so many rumors that they are 1 %."""
    draw = random.Random(SEED)
    ordinary = [row for row in rows(folder, "ordinary") if row["fold"] == FOLD]
    rumors = [
        row
        for name in ("ced", "w16")
        for row in rows(folder, name)
        if row["fold"] == FOLD and row["label"] == 1
    ]
    mixed = ordinary + draw.sample(rumors, round(len(ordinary) / 99))
    draw.shuffle(mixed)
    return [
        (f"{row.get('label') or 0}-{row['id']}", f"a{n}", row["text"])
        for n, row in enumerate(mixed)
    ]


def main() -> None:
    paths = research.paths(research.OLD)
    if not paths:
        print("bench_desk: skipped, the shared sets are not here (PIYAO_DATA names their folder)")
        return
    data = paths[0].parent
    items = stream(data)
    rumors = sum(native_id.startswith("1-") for native_id, _, _ in items)
    with tempfile.TemporaryDirectory(prefix="piyao-bench-") as name, Server() as forum:
        folder = Path(name)
        desk = Desk(config.Config(folder, folder), model=held_out(data, folder))
        forum.answers["/feed.xml"] = Answer(rss(items))
        with store.using(desk.config.store) as db:
            feed = Source("feed", "feed", forum.url + "/feed.xml", 60, allow_private=True)
            sources.sync(db, [feed])
            crawl = timed(lambda: crawled(desk))
            first, stored = runs.last(db, "feed"), posts.count(db)
            scoring = timed(lambda: rank.score(desk, db))
            open_cases.open_cases(desk, db)
            before = queue.version(db)
            crawled(desk)
            rank.score(desk, db)
            open_cases.open_cases(desk, db)
            second, after = runs.last(db, "feed"), queue.version(db)
            assert first is not None and second is not None
            top = queue.cases(db, "todo", limit=50)
            everything = queue.cases(db, "todo", limit=100_000)
            labels = {case.id: labelled(db, case.cluster_id) for case in everything}
            flagged = [case for case in everything if not case.sampled]
            again = posts.count(db)
    hits = sum(labels[case.id] for case in top)
    caught = sum(labels[case.id] for case in flagged)
    marks = " ".join("●" if labels[case.id] else "○" for case in top)
    results.append(
        "benchmarks.bench_desk",
        [
            f"Stream: {len(items):,} posts, {rumors} rumors; model of the other folds.",
            "",
            "| what | figure |",
            "| --- | --- |",
            f"| stored after the first crawl | {stored:,} of {len(items):,} ({first.new:,} new) |",
            f"| second crawl | {second.new} new, {second.updated} updated, {again - stored} more"
            f" posts; the queue {'stays as it was' if before == after else 'CHANGED'} |",
            f"| one crawl, process start to end | {crawl:.1f} s |",
            f"| scoring, clustering and storing | {len(items) / scoring:,.0f} posts/s |",
            f"| cases over the line / by the random sample | {len(flagged)} /"
            f" {len(everything) - len(flagged)} |",
            f"| rumors in the queue's top 50 cases | {hits} |",
            f"| cases over the line that hold a rumor | {caught} |",
            "",
            f"Top 50 in order (● rumor, ○ ordinary): {marks}",
        ],
    )


def timed(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def crawled(desk: Desk) -> None:
    subprocess.run(run.command(None, desk.config.store, "feed"), check=True)  # says how it went


def labelled(db: store.Store, cluster_id: int) -> bool:
    """Whether a member of the cluster is a rumor by its set's label, carried in the native id."""
    return any(post.native_id.startswith("1-") for post in posts.of_cluster(db, cluster_id))


if __name__ == "__main__":
    main()
