"""What is shown beside a notice: what to see before approving, where it goes, who touched it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.cases.timeline import CHANNELS
from models.casework.records import Evidence, Verdict
from models.harm import Topic
from models.publishing import notices, outbox
from models.publishing.records import (
    Approval,
    Delivery,
    Notice,
    NoticeState,
    Publication,
)
from models.roles import Officer
from models.store import Store

STEPS = {
    "submit": "送审",
    "review": "专业复核同意",
    "approve": "批准",
    "refuse": "退回",
    "retract": "撤回",
}


@dataclass(frozen=True)
class MustSee:
    """A part of the page that an approver has to have had on the screen."""

    anchor: str
    word: str


def must_see(revision: int, adverse: int, changed: str) -> tuple[MustSee, ...]:
    """The parts, in the order of the page. ``changed``: what was taken away or changed, in words."""
    found = [MustSee("changed", "撤下的、改过的")] if changed else []
    found.append(MustSee("sentences", "每句话的依据"))
    if revision > 1:
        found.append(MustSee("diff", "与上一稿的不同"))
    found.append(MustSee("adverse", "对结论最不利的证据" if adverse else "没有不利证据的说明"))
    found.append(MustSee("spread", "传得最多的原话"))
    found.append(MustSee("faces", "各渠道的图片和文字"))
    return tuple(found)


@dataclass(frozen=True)
class Sending:
    """One row of the outbox in words."""

    row: Publication
    channel: str
    kind: str

    @property
    def unknown(self) -> bool:
        return self.row.state is Delivery.UNKNOWN


KINDS = {"publish": "发布", "retract": "撤回", "supersede": "指向结果"}


def sending(row: Publication) -> Sending:
    return Sending(row, CHANNELS.get(row.channel, row.channel), KINDS.get(row.kind, row.kind))


def sendings(db: Store, notice: Notice) -> tuple[Sending, ...]:
    """Receipts, oldest first."""
    return tuple(sending(row) for row in outbox.of_notice(db, notice.id))


def channels() -> tuple[str, ...]:
    """Where an approval will send it."""
    return tuple(CHANNELS.get(name, name) for name in notices.CHANNELS)


@dataclass(frozen=True)
class Taken:
    """A step of review that was taken."""

    word: str
    who: str
    at: datetime
    reason: str
    current: bool  # on the text as it stands now
    revision: int


def taken(
    steps: Sequence[Approval], notice: Notice, labels: Mapping[int, str]
) -> tuple[Taken, ...]:
    """Every step, newest first."""
    return tuple(
        Taken(
            STEPS.get(step.step, step.step),
            labels.get(step.by, ""),
            step.at,
            step.reason,
            step.hash == notice.hash,
            step.revision,
        )
        for step in reversed(steps)
    )


def hands(
    notice: Notice,
    verdict: Verdict | None,
    items: Sequence[Evidence],
    editors: Sequence[int],
    touched: Collection[int],
    labels: Mapping[int, str],
) -> str:
    """起草 机器、核查 11 · 核定 核查 07 · 证据 值班 03 · 其他经手 值班 05"""

    def names(ids: Sequence[int]) -> str:
        return "、".join(labels.get(each, "") for each in dict.fromkeys(ids))

    words = [f"起草 {names(editors)}"]
    if verdict is not None:
        words.append(f"核定 {names([verdict.by])}")
    if items:
        words.append(f"证据 {names([item.added_by for item in items])}")
    named = {*editors, *(item.added_by for item in items), verdict.by if verdict else 0}
    if others := sorted(set(touched) - named):
        words.append(f"其他经手 {names(others)}")
    return " · ".join(words)


@dataclass(frozen=True)
class Seat:
    """One line of 审核: a step, and who took it or has to take it."""

    word: str
    who: str


def seats(
    notice: Notice,
    steps: Sequence[Approval],
    officer: Officer,
    labels: Mapping[int, str],
    *,
    fields: Sequence[Topic],
    agreed: Mapping[Topic, int],
    may_approve: bool,
    may_review: bool,
) -> tuple[Seat, ...]:
    """Who submitted, reviewed and approved this exact text, or who still has to; one line for each
    of the ``fields`` in which it has to be reviewed."""
    here = {step.step: step.by for step in steps if step.hash == notice.hash}
    out = notice.state in (NoticeState.APPROVED, NoticeState.PUBLISHED, NoticeState.RETRACTED)

    def name(by: int | None, wanted: str, mine: bool) -> str:
        if by:
            return f"{labels.get(by, '')}{'（你）' if by == officer.id else ''} 已同意"
        return f"{officer.label}（你）" if mine else wanted

    found = [
        Seat(
            "送审", labels.get(here.get("submit", 0), "") if "submit" in here else "核查员，还没送"
        )
    ]
    for field in fields:
        mine = may_review and field in officer.fields
        by = name(agreed.get(field), f"待定，{field.label}专业", mine)
        found.append(Seat("专业复核" if len(fields) == 1 else f"复核 {field.label}", by))
    approve = name(here.get("approve"), "待定，发布员", may_approve and not out)
    return (*found, Seat("批准", approve))


def unfit(notice: Notice) -> int:
    """How often the stored text says 谣言 where the notice may not say it (yet)."""
    from notices.words import RUMOR, may_say_rumor

    if may_say_rumor(notice):
        return 0
    parts = (notice.title, *notice.findings, notice.quote, notice.closing)
    return sum(len(RUMOR.findall(part)) for part in parts)
