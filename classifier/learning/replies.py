"""Learning what replies tell of a post."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import expit

from classifier.ranking.replies import HOUR, Crowd, _own, said
from classifier.text import lexicon
from models import text as intake
from models.files.opened import opened
from models.files.rows import rows as rows_of
from models.intake.records import Reply

SIZES = (1, 3, 10, 30)  # each post teaches as a desk may meet it: so many replies, all in an hour


FEWEST = 15  # posts that must hold a word


RIDGE = 5.0


_NAMES = ("nr", "ns", "nt", "nz")


@dataclass(frozen=True)
class Answered:
    """A labelled post to learn from: its replies, and the log-odds that its text has on its own,
    told by a model that did not see it."""

    text: str
    replies: tuple[Reply, ...]
    posted_at: datetime
    label: int
    log_odds: float


def learn(posts: Sequence[Answered], ridge: float = RIDGE, fewest: int = FEWEST) -> Crowd:
    """Terms and their log-odds from answered posts, each cut to ``SIZES`` replies of its first hour.

    Both labels weigh the same. The regression is ridged; ``start`` is kept from rising above 0, so
    that having replies at all never lifts. Terms in fewer than ``fewest`` posts, and names of
    people, places and bodies, are not learned.
    """
    early = [[r for r in p.replies if r.at is None or r.at - p.posted_at <= HOUR] for p in posts]
    cuts = [[said(_own(replies[:size])) for size in SIZES] for replies in early]
    holds = Counter(term for each in cuts for term in set().union(*each))
    kept = sorted(t for t, n in holds.items() if n >= fewest and not _name(t))
    column = {term: i for i, term in enumerate(kept)}
    rows = [(bag, post) for each, post in zip(cuts, posts, strict=True) for bag in each if bag]
    matrix = _matrix([bag for bag, _ in rows], column)
    labels = np.array([post.label for _, post in rows])
    weights = np.where(labels == 1, 0.5 / labels.mean(), 0.5 / (1 - labels.mean())) / len(SIZES)
    offsets = np.array([post.log_odds for _, post in rows])
    coef, start = _regress(matrix, labels, offsets, weights, ridge)
    return Crowd({t: round(float(c), 3) for t, c in zip(kept, coef, strict=True)}, round(start, 3))


def _name(term: str) -> bool:
    return lexicon.tag(term).startswith(_NAMES)


def _matrix(bags: Sequence[Mapping[str, float]], column: Mapping[str, int]) -> sparse.csr_matrix:
    held = [(i, column[t], n) for i, bag in enumerate(bags) for t, n in bag.items() if t in column]
    rows, columns, values = zip(*held, strict=True) if held else ((), (), ())
    return sparse.csr_matrix((values, (rows, columns)), shape=(len(bags), len(column)))


def _regress(
    matrix: sparse.csr_matrix,
    labels: np.ndarray,
    offsets: np.ndarray,
    weights: np.ndarray,
    ridge: float,
) -> tuple[np.ndarray, float]:
    """Ridged logistic regression with an offset a row; the intercept is at most 0."""
    sides, n = 2.0 * labels - 1, matrix.shape[1]

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        coef, start = point[:n], point[n]
        margin = sides * (matrix @ coef + start + offsets)
        slope = -weights * sides * expit(-margin)
        value = weights @ np.logaddexp(0, -margin) + ridge / 2 * coef @ coef
        return float(value), np.r_[matrix.T @ slope + ridge * coef, slope.sum()]

    bounds = [(None, None)] * n + [(None, 0.0)]
    found = minimize(loss, np.zeros(n + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    return found[:n], float(found[n])


def read_answered(paths: Iterable[Path], log_odds: Mapping[str, float]) -> list[Answered]:
    """Answered posts of labelled JSON lines: ``text``, ``label``, ``t``, ``replies`` [{dt, text}].

    ``log_odds`` gives the text's own, by its clean text, out of fold; posts that it does not name
    (copies within a cluster) and posts without replies are passed over.
    """
    out: list[Answered] = []
    for path in paths:
        with opened(path) as file:
            for found in rows_of(file, is_json=True):
                try:
                    row = found.value
                    text, label, told = intake.clean(row["text"]), row["label"], row["replies"]
                    at = datetime.fromtimestamp(row["t"], UTC)
                    replies = tuple(
                        Reply(intake.clean(r["text"]), _at(at, r.get("dt"))) for r in told
                    )
                except (ValueError, KeyError, TypeError, OverflowError):
                    continue  # without replies or time; the reader of posts tells of bad lines
                if replies and label in (0, 1) and text in log_odds:
                    out.append(Answered(text, replies, at, label, log_odds[text]))
    return out


def _at(posted: datetime, seconds: Any) -> datetime | None:
    return None if seconds is None else posted + timedelta(seconds=max(float(seconds), 0.0))


def train(paths: Iterable[Path], log_odds: Mapping[str, float]) -> Crowd | None:
    """``learn`` from what ``read`` finds; None where no post of some label has replies."""
    posts = read_answered(paths, log_odds)
    return learn(posts) if len({post.label for post in posts}) == 2 else None
