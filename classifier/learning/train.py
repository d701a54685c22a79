"""Learn weights from labelled posts, measure them honestly, write them with their card."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from scipy.special import expit

from classifier.learning import (
    calibration,
    features,
    figures,
    folds,
    prior,
    streams,
)
from classifier.learning import card as measured
from classifier.learning import matrix as matrices
from classifier.learning import replies as reply_lessons
from classifier.learning.estimator import RumorClassifier
from classifier.learning.examples import (
    Example,
    one_a_cluster,
    read_examples,
    weights,
)
from classifier.ranking import model, replies
from classifier.ranking.features import Features
from classifier.ranking.linear import LinearClassifier
from models.china_time import CHINA
from models.errors import InputError

FEWEST = 20  # of each label


@dataclass(frozen=True)
class Trained:
    """What ``run`` made: the version, where it lies, and the card."""

    version: str
    folder: Path
    card: dict[str, Any]


def run(
    paths: Iterable[Path | str],
    out: Path | str,
    progress: Callable[[str], None] | None = None,
    evaluate: bool = True,
) -> Trained:
    """Train on labelled JSON lines (``examples.read_examples``) and write model.npz, model.json, card.json.

    One row a cluster and label is learned; each source of negatives weighs the same. The risk is
    calibrated out of fold. With ``evaluate`` the card also gets scores on random folds and, where
    the shared sets are there, on streams A to D; without it only the folds that calibrate are run. ``progress`` gets a line of Chinese at each step. About eight minutes for 40,000 posts.
    Raises ``InputError`` for files that cannot be read or hold too few of either label.
    """
    tell = progress or (lambda words: None)
    files = [Path(path) for path in paths]
    tell(f"读取 {len(files)} 个文件")
    reading = read_examples(files)
    learn = one_a_cluster(reading.examples)
    positives = sum(example.label for example in learn)
    if min(positives, len(learn) - positives) < FEWEST:
        raise InputError(
            f"{positives} posts labelled 1 and {len(learn) - positives} labelled 0",
            ", ".join(map(str, files)),
            f"at least {FEWEST} of each are needed",
        )
    typed = Features.typed([example.text for example in learn])
    described = features.learn(typed)
    rows = matrices.typed(described, typed)
    tell(f"学习 {len(learn):,} 条（每簇每类一条，其中 {positives:,} 条标为 1）")
    labels = np.array([example.label for example in learn])
    unseen = folds.out_of_fold(learn, rows, folds.given(learn), tell)
    margins = unseen.rank
    mix = calibration.even(labels, weights(learn))
    slope, offset = calibration.platt(margins, labels, mix)
    risks = expit(slope * margins + offset)
    scores: dict[str, Any] = {
        "cluster_folds": measured.scores(margins, learn, slope, offset),
        "by_source": measured.by_source(risks, learn),
        "by_topic": measured.by_topic(risks, learn),
        "by_length": measured.by_length(risks, learn),
    }
    if evaluate:
        shuffled = folds.out_of_fold(learn, rows, folds.at_random(len(learn)), tell).rank
        scores["random_folds"] = measured.scores(shuffled, learn, slope, offset)
        tested = stream_scores(reading.examples, tell)
        if tested:
            scores["streams"] = tested
    tell("用全部数据定型")
    learner = RumorClassifier().fit_rows(described, rows, labels, weights(learn))
    learner.calibrate(slope, offset)
    final = learner.learned_
    heads, card_heads = folds.heads(learn, rows, unseen)
    version = _version(files)
    card = _card(reading.examples, learn, files, version, final)
    card["scores"] = scores | {"questions": card_heads}
    card["calibration"] = {
        "mix": "一半值得核查（标为 1），一半普通或属实；各来源的负例等权。折外边缘值上的 Platt 缩放。",
        "slope": round(slope, 4),
        "offset": round(offset, 4),
        "expected_calibration_error": round(calibration.error(risks, labels, mix), 4),
        "reliability": calibration.table(risks, labels, mix),
        "tenths": calibration.table(risks, labels, mix, calibration.TENTHS),
        "ordinary_posts_at_or_above": measured.ordinary(risks, learn),
    }
    card["rows_unreadable"] = len(reading.left_out)
    own = dict(zip((e.text for e in learn), (slope * margins + offset).tolist(), strict=True))
    made = model.Model(final, version, heads, reply_lessons.train(files, own) or replies.shipped())
    model.save(made, Path(out), card)
    prior.save(prior.of(final, rows, labels, np.array(weights(learn))), Path(out))
    tell(f"已写入 {out}（版本 {version}）")
    return Trained(version, Path(out), card)


def command(paths: Iterable[Path | str], out: Path | str) -> None:
    """``piyao train``: ``run`` with its steps and a short table of the scores on the terminal."""
    console = Console()
    with console.status("") as status:

        def tell(words: str) -> None:
            console.print(words, highlight=False, markup=False)
            status.update(words)

        made = run(paths, out, tell)
    told = made.card["scores"]["cluster_folds"]
    console.print(f"按簇分折：ROC-AUC {told['all_roc_auc']}，macro-F1 {told['all_macro_f1']}")
    for name, found in made.card["scores"].get("streams", {}).items():
        line = "，".join(f"{k} {v['value']} [{v['low']}, {v['high']}]" for k, v in found.items())
        console.print(f"信息流 {name}：{line}", highlight=False, markup=False)


def stream_scores(
    examples: Sequence[Example], tell: Callable[[str], None] = lambda words: None
) -> dict[str, Any]:
    """Figures with 95 % intervals on streams A to D, of the half that may be read; a stream is
    missing where a set of it is."""
    out: dict[str, Any] = {}
    for stream in streams.cut(examples):
        tell(f"信息流 {stream.name}：学 {len(stream.learn):,} 条，判 {len(stream.judge):,} 条")
        scores = first_day(stream).decision_function([e.text for e in stream.judge])
        truth = np.array([example.label for example in stream.judge])
        found = figures.intervals(figures.figures_of(scores, truth), figures.draws(scores, truth))
        out[stream.name] = {
            name: {part: round(value, 3) for part, value in asdict(interval).items()}
            for name, interval in found.items()
        }
    return out


def first_day(stream: streams.Stream, calibrated: bool = False) -> RumorClassifier:
    """The recipe, learned from what the stream may be learned from: nothing of its test.

    ``calibrated``: out of fold, as the shipped weights are; five times the work.
    """
    typed = Features.typed([example.text for example in stream.learn])
    labels = np.array([example.label for example in stream.learn])
    described = features.learn(typed)
    rows = matrices.typed(described, typed)
    learner = RumorClassifier().fit_rows(described, rows, labels, weights(stream.learn))
    if calibrated:
        unseen = folds.out_of_fold(stream.learn, rows, folds.given(stream.learn)).rank
        mix = calibration.even(labels, weights(stream.learn))
        learner.calibrate(*calibration.platt(unseen, labels, mix))
    return learner


def _version(files: Sequence[Path]) -> str:
    day = datetime.now(CHINA).strftime("%Y%m%d")
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return f"{day}-{digest.hexdigest()[:8]}"


def _card(
    examples: Sequence[Example],
    learn: Sequence[Example],
    files: Sequence[Path],
    version: str,
    final: LinearClassifier,
) -> dict[str, Any]:
    sources: dict[str, dict[str, Any]] = {}
    for example in examples:
        row = sources.setdefault(
            example.source,
            {"rows": 0, "labelled_1": 0, "terms": measured.TERMS.get(example.source, "")},
        )
        row["rows"] += 1
        row["labelled_1"] += example.label
    return {
        "name": "piyao needs-a-check ranker",
        "version": version,
        "trained_at": datetime.now(CHINA).isoformat(timespec="seconds"),
        "purpose": "给值班员排先后：一条公开信息有多需要人来核查（需核查度）。",
        "learned_from": {
            "rows": len(learn),
            "rule": "每簇每类一条；负例各来源等权，每条按 30 条计",
        },
        "data": sources,
        "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
        "features": {
            "characters": len(final.features.characters),
            "cues": final.features.width - len(final.features.characters),
            "min_posts_a_feature": final.parameters.min_df,
            "author_features": 0,
        },
        "parameters": asdict(final.parameters),
        "limits": list(measured.LIMITS),
        "retrain": "piyao train <标注 .jsonl(.gz) …>",
    }
