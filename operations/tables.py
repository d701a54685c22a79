"""The queue as a table on a terminal. Text from outside is shown inert: no escapes, nothing hidden."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from models.casework.records import Case
from models.china_time import in_china
from models.known.claims import Known
from models.learning.editions import Edition, Trial
from models.personal.mask import outgoing
from models.ranking import need
from models.text import terminal

if TYPE_CHECKING:
    from classifier.learning.night import Night

CLAIM_CHARS = 60


def empty() -> Table:
    """A table without columns yet, in the one style of the house."""
    return Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)


def need_cell(risk: float) -> str:
    """需核查度 as a word and as so many of a hundred."""
    return f"{need.word(risk)} {need.figure(risk)}/100"


def claims(found: Sequence[Known]) -> Table:
    """Known claims with what their source found. Plates are masked."""
    table = empty()
    for column in ("id", "结论", "来自"):
        table.add_column(column, no_wrap=True)
    table.add_column("说法", ratio=1)
    table.add_column("来源")
    for each in found:
        source = " ".join(part for part in (each.source, each.dated) if part)
        table.add_row(
            str(each.id),
            each.standing.label,
            Text(terminal(each.origin)),
            Text(terminal(outgoing(each.claim))),
            Text(terminal(source), style="dim"),
        )
    return table


def queue(cases: Sequence[Case]) -> Table:
    """Claims in the order given, with why they stand there. Plates are masked."""
    table = empty()
    table.add_column("优先", no_wrap=True)
    table.add_column("需核查度", no_wrap=True)
    table.add_column("类", no_wrap=True)
    table.add_column("帖", justify="right")
    table.add_column("说法", ratio=1)
    table.add_column("理由")
    for case in cases:
        claim = terminal(outgoing(case.claim))
        claim = claim if len(claim) <= CLAIM_CHARS else claim[: CLAIM_CHARS - 1] + "…"
        reasons = "、".join(terminal(reason.term) for reason in case.reasons[:3])
        table.add_row(
            case.level_word,
            need_cell(case.risk),
            case.topic.label,
            str(case.posts),
            Text(claim),
            Text(reasons, style="dim"),
        )
    return table


def editions(found: Sequence[Edition], current: str, shipped: str) -> Table:
    """Editions of the model, newest first, the shipped one last."""
    table = empty()
    for heading in (
        "版本",
        "生成",
        "出自",
        "样例（值得核查）",
        "核定账号",
        "与当时在用的比",
        "在用",
    ):
        table.add_column(heading, no_wrap=heading == "版本")
    for edition in found:
        table.add_row(
            edition.version,
            f"{in_china(edition.made_at):%Y-%m-%d %H:%M}",
            edition.base,
            f"{edition.lessons}（{edition.positives}）",
            str(edition.accounts),
            ground(edition) if edition.ground else trial(edition.trial),
            "●" if edition.version == current else "",
        )
    table.add_row(shipped, "随软件", "", "", "", "", "●" if shipped == current else "")
    return table


def ground(edition: Edition) -> str:
    """What an edition that learned with no verdict stands on, in words; "" for another."""
    if not (found := edition.ground):
        return ""
    terms = "、".join(found.terms[:5])
    return f"只学日常帖：{edition.ordinary} 条，{found.sources} 个来源；降得最多：{terms}"


def trial(found: Trial | None) -> str:
    """How an edition stood its trial on later verdicts, in words."""
    if found is None:
        return "等够后来的核定"
    word = "不差，已启用" if found.not_worse else "可能更差，不用"
    return (
        f"{found.running:.3f} → {found.candidate:.3f}"
        f"（差 {found.low:+.3f} 至 {found.high:+.3f}，{found.lessons} 条）：{word}"
    )


def night(done: Night) -> str:
    """What one renewal did, in two sentences."""
    if done.trial is None:
        tried = "没有等待比较的版本。"
    else:
        tried = f"{done.trial.version}：{trial(done.trial)}。"
    if done.made is None:
        return tried + "没有新的核定可学。"
    return tried + f"生成 {done.made.version}：学 {done.made.lessons} 条样例，等后来的核定来比较。"
