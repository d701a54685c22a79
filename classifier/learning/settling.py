"""Learning what is ordinary here, from posts that nobody judged: no verdict, no label, one step.

The weights are moved until such posts lie on the far side, as far as ``prior`` lets them:

    min over d   sum_i w (max(0, 1 + x_i (b + d)))^2  +  1/2 d' H d,      |d_j| <= most of runs

H is the bowl of training, so that what made rumors stand out goes on to. The posts together weigh a small
share of what the negatives of training do, a little on each and nothing for how many there are. No
run of characters may move further than ``most``, whoever writes it however often; how a text is
written is held by the bowl alone, which is steep there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from classifier.learning import matrix as matrices
from classifier.learning.prior import Prior
from classifier.ranking.model import Model


@dataclass(frozen=True)
class Settling:
    """How much ordinary posts may do; chosen on the read halves of streams A to D (docs/classifier.md)."""

    share: float = 0.02  # of the weight of the negatives of training: that of ``full`` posts
    full: int = 4_000  # fewer weigh less, each as much as it would among so many
    most: float = 0.02  # how far the weight of a run of characters may move
    steps: int = 60  # of the search; more bring nothing


SETTLING = Settling()
RUN = 4  # characters
RETOLD = 8  # others with the same run
EXAMPLES = 12  # terms told
READ = 500  # characters of a post: what a story is known by


def unlike(texts: Sequence[str]) -> list[str]:
    """The texts that are told once: of which at most half the runs stand in more than ``RETOLD`` others.

    A flood of one story in many wordings is no cross-section of what is ordinary, and a story that
    many tell is what a desk is there for. Linear in the characters of all texts.
    """
    runs = [_runs(text) for text in texts]
    told = Counter(run for each in runs for run in each)
    return [
        text
        for text, each in zip(texts, runs, strict=True)
        if 2 * sum(told[run] > RETOLD for run in each) < len(each)
    ]


def _runs(text: str) -> set[str]:
    plain = "".join(filter(str.isalnum, text[:READ]))
    return {plain[i : i + RUN] for i in range(max(len(plain) - RUN + 1, 1))}


def settle(base: Model, prior: Prior, texts: Sequence[str], settling: Settling = SETTLING) -> Model:
    """``base`` moved by ordinary posts. The same input gives the same weights; the version stays for
    the caller to name.

    What the mean rumor of training is told to need (its log-odds) stays: ordinary posts say nothing
    about it.
    """
    if not texts:
        return base
    shipped, features = base.classifier, base.classifier.features
    rows = matrices.typed(features, features.typed(texts))
    columns = np.unique(rows.indices)
    part = rows[:, columns].tocsr()
    turned = part.T.tocsr()
    start = rows @ shipped.coef + shipped.intercept
    places = np.append(columns, features.width)  # the last is the intercept
    held, means = prior.diagonal[places], prior.means[:, places]
    weight = settling.share * prior.masses[0] / 2 / max(len(texts), settling.full)

    def objective(step: np.ndarray) -> tuple[float, np.ndarray]:
        over = np.maximum(1 + start + part @ step[:-1] + step[-1], 0)
        pull, along = 2 * weight * over, prior.masses * (means @ step)
        value = weight * float(over @ over) + float(held @ step**2 + along @ (means @ step)) / 2
        return value, np.append(turned @ pull, pull.sum()) + held * step + means.T @ along

    runs = int(np.searchsorted(columns, len(features.characters)))
    free = (None, None)
    found = minimize(
        objective,
        np.zeros(len(places)),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-settling.most, settling.most)] * runs + [free] * (len(places) - runs),
        options={"maxiter": settling.steps},
    ).x
    coef = shipped.coef.copy()
    coef[columns] += found[:-1]
    rumor = float(prior.means[1][places] @ found)
    moved = replace(
        shipped,
        coef=coef,
        intercept=shipped.intercept + float(found[-1]),
        offset=shipped.offset - shipped.slope * rumor,
    )
    return replace(base, classifier=moved)


def terms(before: Model, after: Model, count: int = EXAMPLES) -> tuple[str, ...]:
    """Examples of what became ordinary: the runs of two and three characters that sank furthest,
    none within another."""
    features = before.classifier.features
    fell = before.classifier.coef - after.classifier.coef
    names = list(features.characters)
    out: list[str] = []
    for place in np.argsort(-fell[: len(names)], kind="stable"):
        name = names[place]
        if fell[place] <= 0 or len(out) == count:
            break
        if len(name) > 1 and name.isalpha() and not any(name in o or o in name for o in out):
            out.append(name)
    return tuple(out)
