"""Renewing the model from the desk's own lessons: the shipped weights as the prior, then what this
desk learned.

No row of the research sets is shipped, so that learning goes on from the weights themselves: a
linear model under a Gaussian prior centred at them,

    min over b   sum_i w_i loss(y_i, x_i b)  +  1/2 sum_j precision_j (b_j - base_j)^2

(the mode of a Laplace approximation, Chapelle and Li 2011; for domains Chelba and Acero 2006). What
the desk never met stays as shipped. Posts that nobody was shown enter as weak negatives. Nothing of
who posted or who decided is a feature; who decided only bounds what one account can move.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

from classifier.learning import calibration
from classifier.learning import matrix as matrices
from classifier.likeness import grouping
from classifier.ranking.model import Model
from models.learning.lessons import Lesson

Loss = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def squared_hinge(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Loss and slope of signed margins z (n,)."""
    short = np.maximum(1 - z, 0)
    return short**2, -2 * short


def logistic(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Loss and slope of signed margins z (n,)."""
    return np.logaddexp(0, -z), -np.exp(-np.logaddexp(0, z))


@dataclass(frozen=True)
class Recipe:
    """How much what counts, chosen on the first weeks of streams A and B. Held ten times more
    loosely the figures gain 0.01, and one account can move three times as much."""

    loss: Loss = squared_hinge
    precision: float = 100.0  # how firmly weights are held to the shipped ones
    hit: float = 50.0  # a lesson worth a check
    miss: float = 20.0  # a lesson that was not
    ordinary: float = 1.0  # a post that nobody was shown
    drawn: float = 4.0  # at most so many times more for one of the random sample
    share: float = 0.2  # of the weight of all lessons, the most that one account's make up,
    floor: float = 400.0  # but where few accounts decide, each may weigh so much,
    ceiling: float = 20_000.0  # and none ever more than that


RECIPE = Recipe()
FOLDS = 3
LATER, EACH, ACCOUNTS = 30, 5, 3  # a trial needs so many lessons, of each label, from so many
MARGIN = 0.03  # of rank: what a renewed model may lose and still be called not worse
DRAWS = 400


@dataclass(frozen=True)
class Comparison:
    """Rank figures (0..1) of two models on the same lessons, and the 90 % interval of the gain."""

    running: float
    candidate: float
    low: float
    high: float


def influence(lessons: Sequence[Lesson], recipe: Recipe = RECIPE) -> np.ndarray:
    """The weight (n,) of each lesson, bounded by account.

    A claim decided twice counts once, however many clusters it fell into; one of the random sample
    weighs 1 / chance, capped. The lessons of one account together weigh at most ``share`` of all,
    or ``floor`` where that is more, and never more than ``ceiling``. Where fewer than 1 / share
    accounts decide no weights keep to the share (some account always makes up more), so that each
    account weighs at most ``floor`` there, and with a floor of 0 nothing weighs anything.
    """
    if not lessons:
        return np.zeros(0)
    homes = grouping.clusters([lesson.texts[0] for lesson in lessons])
    keys = [(home, lesson.label) for home, lesson in zip(homes, lessons, strict=True)]
    told = Counter(keys)
    weights = np.array(
        [
            (recipe.hit if lesson.label else recipe.miss)
            * min(1 / max(lesson.chance, 1e-6), recipe.drawn)
            / told[key]
            for key, lesson in zip(keys, lessons, strict=True)
        ]
    )
    _, place = np.unique([lesson.by for lesson in lessons], return_inverse=True)
    each = np.bincount(place, weights)
    most = np.clip(_fair(each, recipe.share), recipe.floor, recipe.ceiling)
    return weights * (np.minimum(each, most) / each)[place]


def _fair(each: np.ndarray, share: float) -> float:
    """The largest bound that is ``share`` of what accounts of weights ``each`` (n,) make up once
    all are cut to it; 0 where they are too few.

    What they make up grows ever slower with the bound, so that the accounts that stay whole are the
    lightest ones, up to the last at whose own weight the bound is kept. Above it the sum is linear.
    """
    rising = np.sort(each)
    lighter = rising.cumsum()  # up to and with each account
    heavier = np.arange(len(rising))[::-1]  # how many come after it
    kept = share * (lighter + heavier * rising) >= rising * (1 - 1e-12)
    if not kept.any():
        return 0.0
    last = np.flatnonzero(kept)[-1]
    return float(share * lighter[last] / (1 - share * heavier[last]))


def renew(
    base: Model, lessons: Sequence[Lesson], ordinary: Sequence[str], recipe: Recipe = RECIPE
) -> Model:
    """``base`` moved by lessons and by posts that nobody was shown (texts), calibrated anew.

    The same input gives the same weights. The vocabulary stays that of ``base``: terms of the
    desk's own did not pay. The version stays for the caller to name.
    """
    rows = _rows(lessons, ordinary, recipe)
    if not len(rows.labels):
        return base
    shipped, features = base.classifier, base.classifier.features
    matrix = matrices.typed(features, features.typed(rows.texts))
    start = shipped.coef, shipped.intercept
    margins = np.zeros(len(rows.labels))
    for fold in range(FOLDS):
        rest, own = np.flatnonzero(rows.folds != fold), np.flatnonzero(rows.folds == fold)
        coef, intercept = _moved(
            matrix[rest], rows.labels[rest], rows.weights[rest], *start, recipe
        )
        margins[own] = matrix[own] @ coef + intercept
    coef, intercept = _moved(matrix, rows.labels, rows.weights, *start, recipe)
    slope, offset = _calibrated(margins, rows, shipped.slope, shipped.offset)
    moved = replace(shipped, coef=coef, intercept=intercept, slope=slope, offset=offset)
    return replace(base, classifier=moved)


@dataclass(frozen=True)
class _Rows:
    """Each wording of a lesson, then the ordinary posts; arrays (n,)."""

    texts: list[str]
    labels: np.ndarray  # -1 or 1
    weights: np.ndarray  # in learning
    stands_for: np.ndarray  # claims of the stream, each account bounded here too
    folds: np.ndarray


def _rows(lessons: Sequence[Lesson], ordinary: Sequence[str], recipe: Recipe) -> _Rows:
    told = [
        (text, lesson.label, weight / len(lesson.texts), n % FOLDS)
        for n, (lesson, weight) in enumerate(zip(lessons, influence(lessons, recipe), strict=True))
        for text in lesson.texts
    ]
    told += [(text, 0, recipe.ordinary, n % FOLDS) for n, text in enumerate(ordinary)]
    hits = np.array([label for _, label, _, _ in told], bool)
    weights = np.array([weight for _, _, weight, _ in told], float)
    each = np.where(hits, recipe.hit, recipe.miss)
    each[len(told) - len(ordinary) :] = recipe.ordinary
    return _Rows(
        [text for text, _, _, _ in told],
        np.where(hits, 1.0, -1.0),
        weights,
        weights / each,
        np.array([fold for _, _, _, fold in told], int),
    )


def _moved(
    matrix: sparse.csr_matrix,
    labels: np.ndarray,
    weights: np.ndarray,
    coef: np.ndarray,
    intercept: float,
    recipe: Recipe,
) -> tuple[np.ndarray, float]:
    """Coefficients (n_features,) and intercept at the minimum; only columns that occur move."""
    columns = np.unique(matrix.indices)
    part = matrix[:, columns].tocsr()
    turned = part.T.tocsr()
    start = matrix @ coef + intercept
    # a shift of all posts alike is nearly free
    precision = np.append(np.full(len(columns), recipe.precision), recipe.precision / 100)

    def objective(step: np.ndarray) -> tuple[float, np.ndarray]:
        loss, slope = recipe.loss(labels * (start + part @ step[:-1] + step[-1]))
        pull = weights * labels * slope
        value = float(weights @ loss) + float(precision @ step**2) / 2
        return value, np.append(turned @ pull, pull.sum()) + precision * step

    found = minimize(objective, np.zeros(len(columns) + 1), jac=True, method="L-BFGS-B")
    out = coef.copy()
    out[columns] += found.x[:-1]
    return out, intercept + float(found.x[-1])


def _calibrated(
    margins: np.ndarray, rows: _Rows, slope: float, offset: float
) -> tuple[float, float]:
    """Platt's scaling on margins (n,) out of fold, on the even mix of this desk's own stream.

    It weighs no more than the lessons worth a check, so that a handful of them leaves the shipped
    scaling nearly as it was.
    """
    hits = rows.labels > 0
    if not hits.any() or hits.all():
        return slope, offset
    mix = calibration.even(hits, rows.stands_for.tolist())
    mix *= 2 * rows.stands_for[hits].sum() / mix.sum()
    prior = Recipe(loss=logistic, precision=2.0)
    told = sparse.csr_matrix(margins[:, None])
    coef, offset = _moved(told, rows.labels, mix, np.array([slope]), offset, prior)
    return float(np.clip(coef[0], slope / 2, slope * 2)), offset  # never flat, never turned round


def enough(later: Sequence[Lesson]) -> bool:
    """Whether so many lessons can tell two models apart: 30, 5 of each label, 3 accounts. With
    fewer the interval is wider than any gain, and one account could be most of what is asked."""
    hits = sum(lesson.label for lesson in later)
    accounts = len({lesson.by for lesson in later})
    return len(later) >= LATER and min(hits, len(later) - hits) >= EACH and accounts >= ACCOUNTS


def compare(
    candidate: Model, running: Model, later: Sequence[Lesson], recipe: Recipe = RECIPE
) -> Comparison:
    """Two models on lessons of both labels that neither has seen.

    The figure is the probability that a claim worth a check stands above one that is not, each
    account bounded as in learning; the interval is a paired bootstrap over lessons.
    """
    hits = np.array([lesson.label for lesson in later], bool)
    weights = influence(later, replace(recipe, hit=recipe.miss))
    texts = [lesson.texts[0] for lesson in later]
    draw = np.random.default_rng(0)
    times = draw.multinomial(len(later), np.full(len(later), 1 / len(later)), size=DRAWS)
    times = times[(times[:, hits].sum(axis=1) > 0) & (times[:, ~hits].sum(axis=1) > 0)]
    drawn = np.vstack([np.ones(len(later)), times]) * weights  # first as they are
    old, new = (_ranks(model.risks(texts), hits, drawn) for model in (running, candidate))
    low, high = np.quantile((new - old)[1:], [0.05, 0.95])
    return Comparison(float(old[0]), float(new[0]), float(low), float(high))


def _ranks(scores: np.ndarray, hits: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The area under the ROC curve of scores (n,) for each row of weights (n_draws, n)."""
    _, place = np.unique(scores, return_inverse=True)
    out = []
    for each in weights:
        up, down = np.bincount(place, each * hits), np.bincount(place, each * ~hits)
        out.append(up @ (down.cumsum() - down / 2) / (up.sum() * down.sum()))
    return np.array(out)
