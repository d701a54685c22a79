"""The model card: what the weights learned from, how well they do, and what they must not be used
for (Mitchell et al. 2019). ``piyao train`` measures it; ``make docs`` writes it out
as docs/model-card.md, with its reliability diagram.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from classifier.learning import figures
from classifier.learning.examples import Example
from classifier.ranking import topics
from classifier.ranking.model import WEIGHTS
from classifier.text.document import Document

TERMS = {
    "ced": "thunlp/Chinese_Rumor_Dataset, CED (Song et al. 2018, arXiv 1811.04175): no licence file; asks for citation",
    "w16": "Weibo part of Ma et al., IJCAI 2016: research data, no licence stated",
    "jin17": "Jin et al., ACM MM 2017: research data, no licence stated",
    "weibo2018": "dengxiuqi/weibo2018: no licence stated",
    "smp2020": "SMP2020 sentiment task: no licence stated",
    "senti_sample": "a sentiment sample of Weibo: no licence stated",
    "weibo_ner": "weibo NER: no licence stated",
    "fawc": "FAWC438/Weibo-Fake-Information-Analysis: MIT",
    "zhihu_hot2021_25": "lonnyzhang423/zhihu-hot-hub: MIT",
    "weibo_feeds2018": "MineSelf2016/SummerResearch: MIT",
    "covid_weibo_topics2020": "lunarwhite/covid-social-analysis: MIT",
    "cctv_news2020": "minyongx/WeiboData: no licence stated",
    "nlpcc_stance2016": "NLPCC 2016 stance task: no licence stated",
    "weibo_hot_titles": "justjavac/weibo-trending-hot-search: MIT",
    "cold_comments": "thu-coai/COLDataset: Apache-2.0",
    "toxicn_tieba_zhihu": "DUT-lujunyu/ToxiCN: no licence stated",
}
LIMITS = (
    "排的是先看哪一条，不是真假；模型没有作出结论的途径。",
    "标签来自平台与研究者的判定：模型可能把“不像官方口吻”学成“不实”。早期的真实预警与谣言写法相同，会一样排在前面，这正是要人核查的。",
    "谣言是 2009 至 2021 年的微博，普通帖到 2025 年：新事件、群聊语音、视频里的说法没有见过；50 字以下的短帖大多找不到。",
    "平静的事故与死亡报道、简短的食品说法、夹在推销里的转述最容易漏；没有主张的激烈议论与推销最容易误报。",
    "需核查度按一半值得核查、一半普通的混合校准；真实信息流里每百条约一条，同一数值下值得核查的比例低得多，见 streams。",
)
NEVER = (
    "判定真假，或作为核定、处罚、删帖的依据：它没有看过任何证据。",
    "评价、追踪或画像发帖的人：没有作者特征，也不要加。",
    "把低分当作可以不看：低分里有真实的早期预警，靠随机抽样与“现场与预警”补看。",
    "中文以外的文字；图片、语音、视频里的说法。",
)


def scores(
    margins: np.ndarray, learn: Sequence[Example], slope: float, offset: float
) -> dict[str, float]:
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
                float(f1_score(labels[rows], slope * found + offset > 0, average="macro")), 4
            )
    return out


def ordinary(risks: np.ndarray, learn: Sequence[Example]) -> dict[str, float]:
    """Which share of ordinary posts (no label) reaches each word of the queue, out of fold."""
    plain = risks[[not example.labelled for example in learn]]
    return above(plain)


def above(risks: np.ndarray) -> dict[str, float]:
    """The share of risks (n,) at or above each word of the queue."""
    steps = (0.15, 0.4, 0.7, 0.9) if len(risks) else ()
    return {f"{step:.2f}": round(float((risks >= step).mean()), 5) for step in steps}


def groups(
    risks: np.ndarray, learn: Sequence[Example], key: Callable[[Example], str]
) -> dict[str, dict[str, float]]:
    """Out-of-fold figures of each group of examples that holds both labels, largest first."""
    names = np.array([key(example) for example in learn])
    labels = np.array([example.label for example in learn])
    out = {}
    for name in sorted(set(names), key=lambda n: -np.sum(names == n)):
        own = names == name
        hits = own & (labels == 1)
        if min(hits.sum(), own.sum() - hits.sum()) >= 20:
            out[str(name)] = {
                "posts": int(own.sum()),
                "labelled_1": int(hits.sum()),
                "roc_auc": round(float(roc_auc_score(labels[own], risks[own])), 3),
                "of_1_at_or_above_0.40": round(float(np.mean(risks[hits] >= 0.4)), 3),
                "of_0_at_or_above_0.40": round(
                    float(np.mean(risks[own & (labels == 0)] >= 0.4)), 3
                ),
            }
    return out


def by_source(risks: np.ndarray, learn: Sequence[Example]) -> dict[str, dict[str, float]]:
    """Figures of each set that was judged."""
    return groups(risks, learn, lambda example: example.source if example.labelled else "")


def by_topic(risks: np.ndarray, learn: Sequence[Example]) -> dict[str, dict[str, float]]:
    """Figures of each kind of harm."""
    return groups(risks, learn, lambda example: topics.topic_of(Document(example.text)).label)


def by_length(risks: np.ndarray, learn: Sequence[Example]) -> dict[str, dict[str, float]]:
    """Short posts are the hard ones."""

    def size(example: Example) -> str:
        n = len(example.text)
        return "50 字以下" if n < 50 else "50 至 99 字" if n < 100 else "100 字以上"

    return groups(risks, learn, size)


GROUP = ("posts", "labelled_1", "roc_auc", "of_1_at_or_above_0.40", "of_0_at_or_above_0.40")
QUESTION = ("put_to", "answered_yes", "roc_auc", "expected_calibration_error")


def markdown(card: dict[str, Any]) -> str:
    """The card as a page of Markdown, Chinese with the figures' English names."""
    told, found = card["calibration"], card["scores"]
    lines = [
        "# 模型卡 · Model card",
        "",
        "<!-- made by `make docs` from classifier/weights/card.json; edit classifier/learning/card.py -->",
        "",
        f"**{card['name']}**，版本 `{card['version']}`，{card['trained_at'][:10]} 训练。{card['purpose']}",
        "",
        f"线性模型，{card['features']['characters']:,} 个字串（1 至 3 字，至少见于"
        f" {card['features']['min_posts_a_feature']} 条帖子，不带回任何原文）与"
        f" {card['features']['cues']} 个写法特征；没有作者特征。",
        "",
        "## 不得用于 · Not for",
        "",
        *(f"- {line}" for line in NEVER),
        "",
        "## 局限 · Limits",
        "",
        *(f"- {line}" for line in card["limits"]),
        "",
        "## 数据 · Data",
        "",
        f"学习 {card['learned_from']['rows']:,} 条：{card['learned_from']['rule']}。",
        "",
        "| 数据集 | 条数 | 标为 1 | 来源与许可 |",
        "| --- | --- | --- | --- |",
        *(
            f"| {name} | {row['rows']:,} | {row['labelled_1']:,} | {row['terms']} |"
            for name, row in card["data"].items()
        ),
        "",
    ]
    if "streams" in found:
        lines += [
            "## 信息流 · Streams (1 % rumors, another source, a later time)",
            "",
            "每条流只看可以看的一半，每簇一条；D 是一件没有学过的事发生的那一夜。另一半封存，只看一次（docs/classifier.md）。",
            "",
            "| 信息流 | PR-AUC | P@100 | R@2 % |",
            "| --- | --- | --- | --- |",
            *(
                f"| {name} | "
                + " | ".join(
                    f"{each[k]['value']} [{each[k]['low']}, {each[k]['high']}]"
                    for k in figures.NAMES
                )
                + " |"
                for name, each in found["streams"].items()
            ),
            "",
        ]
    lines += [
        "## 折外成绩 · Out of fold",
        "",
        "按簇分折（近重复的帖子总在同一折）与随机分折。",
        "",
        "| | 按簇 cluster folds | 随机 random folds |",
        "| --- | --- | --- |",
        *(
            f"| {name} | {value} | {found.get('random_folds', {}).get(name, '')} |"
            for name, value in found["cluster_folds"].items()
        ),
        "",
    ]
    for title, key in (("数据集", "by_source"), ("主题", "by_topic"), ("篇幅", "by_length")):
        lines += [
            f"| {title} | 条数 | 标为 1 | ROC-AUC | 标为 1 的 ≥ 0.40 | 标为 0 的 ≥ 0.40 |",
            "| --- | --- | --- | --- | --- | --- |",
            *(
                f"| {name} | " + " | ".join(str(row[k]) for k in GROUP) + " |"
                for name, row in sorted(found[key].items(), key=lambda each: -each[1]["posts"])
            ),
            "",
        ]
    lines += [
        "## 两个问题 · Two questions kept apart",
        "",
        "排序不用它们。可核查：有没有可核查的公共说法；相像：写法与后来判为不实的有多像（只在有人判过的帖子上学）。",
        "",
        "| 问题 | 问到 | 答“是” | ROC-AUC | 校准误差 |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {name} | " + " | ".join(str(row[k]) for k in QUESTION) + " |"
            for name, row in found["questions"].items()
        ),
        "",
        "## 校准 · Calibration",
        "",
        f"{told['mix']} 期望校准误差 {told['expected_calibration_error']}。",
        "",
        "![可靠性图：横为所示的需核查度，纵为实际值得核查的比例](images/reliability.svg)",
        "",
        "| 需核查度 | 所示 told | 实际 found | ± | 条数 |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {row['from']:.1f}–{row['to']:.1f} | {row['told']} | {row['found']} | {row['give']} | {row['posts']} |"
            for row in told["tenths"]
        ),
        "",
        "普通帖（没有人判过）达到："
        + "，".join(
            f"{step} {share:.2%}" for step, share in told["ordinary_posts_at_or_above"].items()
        )
        + "。",
        "",
        f"重训：`{card['retrain']}`",
        "",
    ]
    return "\n".join(lines)


SIZE, EDGE = 320, 36


def diagram(card: dict[str, Any]) -> str:
    """The reliability diagram as SVG: told against found, each point with its 95 % interval."""

    def place(told: float, found: float) -> tuple[float, float]:
        span = SIZE - 2 * EDGE
        return EDGE + told * span, SIZE - EDGE - found * span

    marks = []
    for row in card["calibration"]["tenths"]:
        x, y = place(row["told"], row["found"])
        low, high = (place(0, min(max(row["found"] + s * row["give"], 0), 1))[1] for s in (-1, 1))
        marks.append(f'<path d="M{x:.1f} {low:.1f}V{high:.1f}" stroke="#1f4e9e"/>')
        marks.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#1f4e9e"/>')
    (left, bottom), (right, top) = place(0, 0), place(1, 1)
    words = 'font-family="sans-serif" font-size="12" fill="#444"'
    ticks = "".join(
        f'<text x="{place(v, 0)[0]:.1f}" y="{bottom + 16:.1f}" text-anchor="middle" {words}>{v}</text>'
        f'<text x="{left - 6:.1f}" y="{place(0, v)[1] + 4:.1f}" text-anchor="end" {words}>{v}</text>'
        for v in (0, 0.5, 1)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}">'
        f'<rect width="{SIZE}" height="{SIZE}" fill="#fff"/>'
        f'<rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" fill="none" stroke="#bbb"/>'
        f'<path d="M{left} {bottom}L{right} {top}" stroke="#bbb" stroke-dasharray="4"/>'
        f'{ticks}<text x="{SIZE / 2}" y="{SIZE - 4}" text-anchor="middle" {words}>所示 told</text>'
        f'<text x="12" y="{SIZE / 2}" text-anchor="middle" transform="rotate(-90 12 {SIZE / 2})" {words}>实际 found</text>'
        f"{''.join(marks)}</svg>\n"
    )


def write(folder: Path) -> None:
    """Write model-card.md and images/reliability.svg into the folder."""
    card = json.loads((WEIGHTS / "card.json").read_text(encoding="utf-8"))
    (folder / "model-card.md").write_text(markdown(card), encoding="utf-8")
    (folder / "images" / "reliability.svg").write_text(diagram(card), encoding="utf-8")
