"""Learn weights from labelled posts, measure them honestly, write them with their card."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from scipy.special import expit
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from classifier import calibration, figures, model, streams
from classifier.estimator import RumorClassifier
from classifier.examples import (
    BEIJING,
    Example,
    one_a_cluster,
    one_event,
    read,
    weights,
    without,
)
from models.errors import InputError

FOLDS = 5
FEWEST = 20  # of each label
TERMS = {
    "ced": "thunlp/Chinese_Rumor_Dataset, CED (Song et al. 2018, arXiv 1811.04175): no licence file; asks for citation",
    "w16": "Weibo part of Ma et al., IJCAI 2016: research data, no licence stated",
    "jin17": "Jin et al., ACM MM 2017: research data, no licence stated",
    "weibo2018": "dengxiuqi/weibo2018: no licence stated",
    "smp2020": "SMP2020 sentiment task: no licence stated",
    "senti_sample": "a sentiment sample of Weibo: no licence stated",
    "weibo_ner": "weibo NER: no licence stated",
}
LIMITS = (
    "排的是先看哪一条，不是真假；模型没有作出结论的途径。",
    "标签来自平台与研究者的判定：模型可能把“不像官方口吻”学成“不实”。早期的真实预警与谣言写法相同，会一样排在前面，这正是要人核查的。",
    "数据是 2009 至 2020 年的微博：新事件、群聊语音、视频里的说法没有见过；50 字以下的短帖大多找不到。",
    "平静的事故与死亡报道、简短的食品说法、夹在推销里的转述最容易漏；没有主张的激烈议论与推销最容易误报。",
    "需核查度按一半值得核查、一半普通的混合校准；真实信息流里每百条约一条，同一数值下值得核查的比例低得多，见 streams。",
)


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
    """Train on labelled JSON lines (``examples.read``) and write model.npz, model.json, card.json.

    One row a cluster and label is learned; each source of negatives weighs the same, and one whose
    ordinary posts are about a single event is left out (``examples.one_event``). The risk is
    calibrated out of fold. With ``evaluate`` the card also gets scores on random folds and, where
    the shared sets are complete, on streams A and B; without it only the folds that calibrate are
    run. ``progress`` gets a line of Chinese at each step. About two minutes for 40,000 posts.
    Raises ``InputError`` for files that cannot be read or hold too few of either label.
    """
    tell = progress or (lambda words: None)
    files = [Path(path) for path in paths]
    tell(f"读取 {len(files)} 个文件")
    reading = read(files)
    events = one_event(reading.examples)
    for source, share in events.items():
        tell(f"{source} 不学：{share:.0%} 的普通帖说同一件事，不是日常的截面")
    learn = one_a_cluster(without(reading.examples, events))
    positives = sum(example.label for example in learn)
    if min(positives, len(learn) - positives) < FEWEST:
        raise InputError(
            f"{positives} posts labelled 1 and {len(learn) - positives} labelled 0",
            ", ".join(map(str, files)),
            f"at least {FEWEST} of each are needed",
        )
    typed = RumorClassifier()._features().typed([example.text for example in learn])
    tell(f"学习 {len(learn):,} 条（每簇每类一条，其中 {positives:,} 条标为 1）")
    labels = np.array([example.label for example in learn])
    margins = out_of_fold(learn, typed, _folds(learn), tell)
    mix = calibration.even(labels, weights(learn))
    slope, offset = calibration.platt(margins, labels, mix)
    scores: dict[str, Any] = {"cluster_folds": _scores(margins, learn)}
    if evaluate:
        scores["random_folds"] = _scores(
            out_of_fold(learn, typed, _random_folds(len(learn)), tell), learn
        )
        tested = stream_scores(reading.examples, events, tell)
        if tested:
            scores["streams"] = tested
    tell("用全部数据定型")
    final = RumorClassifier().fit_typed(typed, labels, weights(learn)).calibrate(slope, offset)
    version = _version(files)
    card = _card(reading.examples, learn, files, version, final)
    card["scores"] = scores
    risks = expit(slope * margins + offset)
    card["calibration"] = {
        "mix": "一半值得核查（标为 1），一半普通或属实；各来源的负例等权。折外边缘值上的 Platt 缩放。",
        "slope": round(slope, 4),
        "offset": round(offset, 4),
        "expected_calibration_error": round(calibration.error(risks, labels, mix), 4),
        "reliability": calibration.table(risks, labels, mix),
        "ordinary_posts_at_or_above": _ordinary(risks, learn),
    }
    card["rows_unreadable"] = len(reading.left_out)
    card["sources_left_out"] = {
        source: {
            "share_of_one_hazard": round(share, 3),
            "posts_at_or_above": _above(
                model.Model(final, version).risks(
                    [e.text for e in reading.examples if e.source == source and not e.labelled]
                )
            ),
        }
        for source, share in events.items()
    }
    model.save(model.Model(final, version), Path(out), card)
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
    folds = made.card["scores"]["cluster_folds"]
    console.print(f"按簇分折：ROC-AUC {folds['all_roc_auc']}，macro-F1 {folds['all_macro_f1']}")
    for name, found in made.card["scores"].get("streams", {}).items():
        told = "，".join(f"{k} {v['value']} [{v['low']}, {v['high']}]" for k, v in found.items())
        console.print(f"信息流 {name}：{told}", highlight=False, markup=False)


def out_of_fold(
    learn: Sequence[Example],
    typed: Sequence[str],
    folds: np.ndarray,
    tell: Callable[[str], None] = lambda words: None,
) -> np.ndarray:
    """Margins (n,) of each example by a model that did not see its fold."""
    margins = np.zeros(len(learn))
    each = np.array(weights(learn))
    labels = np.array([example.label for example in learn])
    for fold in np.unique(folds):
        tell(f"交叉验证 {fold + 1}/{len(np.unique(folds))}")
        seen, unseen = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        part = RumorClassifier().fit_typed([typed[int(i)] for i in seen], labels[seen], each[seen])
        matrix = part.features_.transform_typed([typed[int(i)] for i in unseen])
        margins[unseen] = part.margins(matrix)
    return margins


def stream_scores(
    examples: Sequence[Example],
    events: Collection[str] = (),
    tell: Callable[[str], None] = lambda words: None,
) -> dict[str, Any]:
    """Figures with 95 % intervals on streams A and B; empty when a shared set is missing.

    ``events``: sources whose ordinary posts are not learned from; they stay in what is judged.
    """
    out: dict[str, Any] = {}
    for stream in streams.cut(examples):
        learn = without(stream.learn, events)
        tell(f"信息流 {stream.name}：学 {len(learn):,} 条，判 {len(stream.judge):,} 条")
        labels = [example.label for example in learn]
        part = RumorClassifier().fit([example.text for example in learn], labels, weights(learn))
        scores = part.decision_function([example.text for example in stream.judge])
        truth = np.array([example.label for example in stream.judge])
        found = figures.intervals(figures.of(scores, truth), figures.draws(scores, truth))
        out[stream.name] = {
            name: {part: round(value, 3) for part, value in asdict(interval).items()}
            for name, interval in found.items()
        }
    return out


def _folds(learn: Sequence[Example]) -> np.ndarray:
    """The given folds; an example without one gets its cluster's, drawn by a hash."""
    return np.array(
        [
            e.fold
            if e.fold >= 0
            else int(hashlib.sha256(e.cluster.encode()).hexdigest()[:8], 16) % FOLDS
            for e in learn
        ]
    )


def _random_folds(n: int) -> np.ndarray:
    order = [i % FOLDS for i in range(n)]
    random.Random(1).shuffle(order)  # noqa: S311 - folds, no secret
    return np.array(order)


def _scores(margins: np.ndarray, learn: Sequence[Example]) -> dict[str, float]:
    """Scores on all examples, and on those that somebody judged (without ordinary posts)."""
    labels = np.array([example.label for example in learn])
    judged = np.array([example.labelled for example in learn])
    out = {}
    for name, rows in (("all", np.ones(len(learn), bool)), ("judged_only", judged)):
        if len(np.unique(labels[rows])) == 2:
            found = margins[rows]
            out[f"{name}_roc_auc"] = round(float(roc_auc_score(labels[rows], found)), 4)
            out[f"{name}_pr_auc"] = round(float(average_precision_score(labels[rows], found)), 4)
            out[f"{name}_macro_f1"] = round(
                float(f1_score(labels[rows], found > 0, average="macro")), 4
            )
    return out


def _ordinary(risks: np.ndarray, learn: Sequence[Example]) -> dict[str, float]:
    """Which share of ordinary posts (no label) reaches each word of the queue, out of fold."""
    plain = risks[[not example.labelled for example in learn]]
    return _above(plain)


def _above(risks: np.ndarray) -> dict[str, float]:
    steps = (0.15, 0.4, 0.7, 0.9) if len(risks) else ()
    return {f"{step:.2f}": round(float((risks >= step).mean()), 5) for step in steps}


def _version(files: Sequence[Path]) -> str:
    day = datetime.now(timezone(timedelta(hours=8))).strftime("%Y%m%d")
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return f"{day}-{digest.hexdigest()[:8]}"


def _card(
    examples: Sequence[Example],
    learn: Sequence[Example],
    files: Sequence[Path],
    version: str,
    final: RumorClassifier,
) -> dict[str, Any]:
    sources: dict[str, dict[str, Any]] = {}
    for example in examples:
        row = sources.setdefault(
            example.source, {"rows": 0, "labelled_1": 0, "terms": TERMS.get(example.source, "")}
        )
        row["rows"] += 1
        row["labelled_1"] += example.label
    return {
        "name": "piyao needs-a-check ranker",
        "version": version,
        "trained_at": datetime.now(BEIJING).isoformat(timespec="seconds"),
        "purpose": "给值班员排先后：一条公开信息有多需要人来核查（需核查度）。",
        "learned_from": {"rows": len(learn), "rule": "每簇每类一条；负例各来源等权"},
        "data": sources,
        "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
        "features": {
            "words": len(final.features_.words_),
            "characters": len(final.features_.characters_),
            "min_posts_a_feature": final.min_df,
            "author_features": 0,
        },
        "parameters": final.get_params(),
        "limits": list(LIMITS),
        "retrain": "piyao train <标注 .jsonl(.gz) …>",
    }
