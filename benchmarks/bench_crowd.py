"""What replies add to a stream: the learned lift beside the hand-made one and the text alone.

Rumors of ced and w16 among ordinary posts, by the shared folds, with as many replies of the first
hour as a desk may have. Ordinary posts came without replies; *silent* leaves them so, *answered*
lends each those of a post labelled 0 of the same fold, so that having replies tells nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from sklearn.svm import LinearSVC

import models.driver  # noqa: F401  (first: one SQLite library)
from benchmarks import bags, research, results
from classifier.learning import calibration, examples, figures
from classifier.learning import replies as reply_lessons
from classifier.learning.examples import Example
from classifier.learning.replies import Answered
from classifier.ranking import (
    asking_replies,
    cues,
    replies,
)
from classifier.ranking.replies import Crowd
from classifier.text import marks
from models.intake.records import Reply

SIZES = (0, 1, 3, 10, 30)


def log_odds(rows: Sequence[Example]) -> np.ndarray:
    """Calibrated log-odds (n,) of bare texts, each by a model that did not see its fold."""
    typed = marks.plain(row.text for row in rows)
    counts = bags.count(typed, np.arange(len(rows)), len(rows), (1, 2, 3))
    surface = sparse.csr_matrix(cues.rows(typed) * 0.2)
    labels, folds = np.array([r.label for r in rows]), np.array([r.fold for r in rows])
    out = np.zeros(len(rows))
    for fold in np.unique(folds):
        learned, judged = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        matrix = sparse.hstack([bags.tfidf(counts, learned), surface], format="csr")
        learner = LinearSVC(C=0.3, tol=1e-2, random_state=0).fit(matrix[learned], labels[learned])
        out[judged] = learner.decision_function(matrix[judged])
    mix = calibration.even(labels, [1.0] * len(rows))
    slope, offset = calibration.platt(out, labels, mix)
    return slope * out + offset


def first(post: Answered, size: int) -> tuple[Reply, ...]:
    """At most ``size`` replies of the post's first hour."""
    early = (r for r in post.replies if r.at is None or r.at - post.posted_at <= replies.HOUR)
    return tuple(early)[:size]


def lifts(posts: Sequence[Answered], size: int, crowds: Sequence[Crowd | None]) -> np.ndarray:
    """Log-odds (n_posts,) that ``size`` replies add; by hand where a post's crowd is None."""
    return np.array(
        [
            replies.lift(first(post, size), heard)[0]
            if heard
            else asking_replies.lift(asking_replies.count(first(post, size)))
            for post, heard in zip(posts, crowds, strict=True)
        ]
    )


def main() -> None:
    found = research.paths()
    if not found:
        print("skipped: the research sets are not in ../shared/data (or set PIYAO_DATA)")
        return
    every = examples.read_examples(found).examples
    rows = examples.one_a_cluster(every)
    odds = log_odds(rows)
    told = dict(zip((row.text for row in rows), odds.tolist(), strict=True))
    home = {row.text: row.fold for row in rows}
    answered = reply_lessons.read_answered(found[:2], told)
    folds = np.array([home[post.text] for post in answered])
    labels = np.array([post.label for post in answered])
    own = np.array([post.log_odds for post in answered])
    held: dict[int, Crowd] = {
        int(k): reply_lessons.learn([p for p, f in zip(answered, folds, strict=True) if f != k])
        for k in np.unique(folds)
    }
    ordinary = np.array([i for i, row in enumerate(rows) if not row.labelled])
    draw = np.random.default_rng(1)
    calm = np.flatnonzero(labels == 0)
    lent = np.array([draw.choice(calm[folds[calm] == rows[i].fold]) for i in ordinary])
    news = draw.choice(calm, min(len(calm), len(ordinary) // 5), replace=False)
    rumors = np.flatnonzero(labels == 1)
    truth = np.r_[np.ones(len(rumors)), np.zeros(len(ordinary) + len(news))].astype(int)
    lines = [
        f"{len(rumors):,} rumors among {len(ordinary):,} ordinary posts and {len(news):,} true news, "
        "weighted to 1 %; held-out folds; 400 bootstrap draws.",
        "",
        "| replies in the first hour | lift | PR-AUC, silent | PR-AUC, answered | R@2 %, answered | gain over text (PR-AUC, answered) |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    text = np.r_[own[rumors], odds[ordinary], own[news]]
    alone = figures.draws(text, truth)
    for size in SIZES:
        for name, crowds in (
            ("by hand", [None] * len(answered)),
            ("learned", [held[int(fold)] for fold in folds]),
        ):
            up = lifts(answered, size, crowds)
            silent = text + np.r_[up[rumors], np.zeros(len(ordinary)), up[news]]
            spoken = text + np.r_[up[rumors], up[lent], up[news]]
            drawn = figures.draws(spoken, truth)
            at = figures.intervals(figures.figures_of(spoken, truth), drawn)
            low, high = np.quantile((drawn - alone)[:, 0], [0.025, 0.975])
            gain = at["pr_auc"].value - figures.figures_of(text, truth).pr_auc
            cells = " | ".join(
                f"{at[k].value:.3f} [{at[k].low:.3f}, {at[k].high:.3f}]"
                for k in ("pr_auc", "r_at_2")
            )
            lines.append(
                f"| {size} | {name} | {figures.figures_of(silent, truth).pr_auc:.3f} | {cells} "
                f"| {gain:+.3f} [{low:+.3f}, {high:+.3f}] |"
            )
    results.append("benchmarks.bench_crowd", lines)


if __name__ == "__main__":
    main()
