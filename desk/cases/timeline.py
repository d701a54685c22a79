"""经过: what happened to a case, who did it and under which number of the audit log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.audit import AuditEntry
from models.casework.cases import DISMISS_REASONS
from models.casework.records import Evidence, NoticeKind
from models.harm import Topic
from models.outcome import Outcome

WORDS = {
    "case.open": "立案，理由见“传播”",
    "case.pick": "从线下帖文里立案",
    "case.claim": "领取",
    "case.release": "放回队列",
    "case.wait": "转待补证",
    "case.restore": "撤销不立案",
    "case.resurface": "不立案后又传开，回到队列",
    "case.reword": "改写说法",
    "case.decide": "核定",
    "case.close": "核定，不出通告",
    "case.refuse": "退回后回到已核定",
    "case.like": "发现与已知说法相似",
    "lesson.put_back": "放回样例",
    "notice.edit": "改稿",
    "notice.void": "旧稿作废",
    "notice.submit": "送审",
    "notice.review": "专业复核同意",
    "notice.approve": "批准",
    "outbox.sent": "发出",
    "outbox.rejected": "渠道拒收",
    "outbox.unknown": "发送结果不明",
    "outbox.requeue": "重新排队发送",
    "outbox.queued": "确认未发，重新排队",
    "outbox.void": "批准后有变化，没有发出",
}
HIDDEN = ("case.submit",)  # notice.submit says the same


@dataclass(frozen=True)
class Event:
    at: datetime
    who: str
    what: str
    seq: int


def events(
    entries: Sequence[AuditEntry], labels: Mapping[int, str], items: Sequence[Evidence]
) -> tuple[Event, ...]:
    """The entries in words, in the order given."""
    titles = {item.id: item.title for item in items}
    return tuple(
        Event(entry.at, who(entry.actor, labels), what(entry, titles), entry.seq)
        for entry in entries
        if entry.action not in HIDDEN
    )


def who(actor: str, labels: Mapping[int, str]) -> str:
    """核查 07, or 机器."""
    name, _, number = actor.partition(":")
    return labels.get(int(number), "已删账号") if name == "officer" else "机器"


def what(entry: AuditEntry, titles: Mapping[int, str]) -> str:
    """The verb and its object, in Chinese."""
    detail, action = entry.detail, entry.action
    reason = str(detail.get("reason", ""))
    said = {
        "case.dismiss": lambda: f"不立案：{DISMISS_REASONS.get(reason, reason)}",
        "case.reopen": lambda: f"重新核查：{reason}",
        "case.reword": lambda: _reworded(detail),
        "case.topic": lambda: _topic(detail),
        "case.field": lambda: f"帖子还说到{Topic(str(detail['new'])).label}，也要这一类复核",
        "case.propose_dismissal": lambda: (
            f"提议不立案：{DISMISS_REASONS.get(reason, reason)}，等另一位同事同意"
        ),
        "case.propose": lambda: f"提议按非事实主张结案：{reason}",
        "case.lead": lambda: f"预警线索转{detail.get('to', '主管部门')}",
        "case.sample": lambda: f"留样状态：{detail.get('status', '')}",
        "case.decide": lambda: f"核定，拟定结论{Outcome(detail['outcome']).label}",
        "case.close": lambda: f"核定为{Outcome(detail['outcome']).label}，不出通告",
        "evidence.add": lambda: f"添加证据：{titles.get(detail.get('evidence', 0), '')}",
        "evidence.read": lambda: f"看了原件：{titles.get(detail.get('evidence', 0), '')}",
        "evidence.withdraw": lambda: (
            f"撤下{'不利' if detail.get('adverse') else ''}证据："
            + titles.get(detail.get("evidence", 0), "")
            + (f"，理由：{reason}" if reason else "")
        ),
        "lesson.withdraw": lambda: f"撤下样例：{reason}",
        "notice.draft": lambda: f"起草{NoticeKind(detail['kind']).label}",
        "notice.edit": lambda: f"改稿，存为第 {detail.get('revision')} 稿",
        "notice.refuse": lambda: f"退回：{reason}",
        "notice.retract": lambda: f"撤回：{reason}",
        "outbox.sent": lambda: f"{_sent(str(detail.get('kind', '')))}：{channel(detail)}",
    }.get(action)
    return said() if said else WORDS.get(action, action)


def _reworded(detail: Mapping[str, object]) -> str:
    """The words before and after; the log of before did not keep them."""
    old, new = detail.get("old"), detail.get("new")
    return f"说法由“{old}”改为“{new}”" if new else WORDS["case.reword"]


def _topic(detail: Mapping[str, object]) -> str:
    new = Topic(str(detail.get("new") or detail["topic"])).label
    return (
        f"由{Topic(str(detail['old'])).label}类改为{new}类" if "old" in detail else f"改为{new}类"
    )


def _sent(kind: str) -> str:
    return {"publish": "发出", "retract": "撤回已送达", "supersede": "指向结果"}.get(kind, "发出")


def channel(detail: Mapping[str, object]) -> str:
    """公众网站, or the channel's own name."""
    return CHANNELS.get(str(detail.get("channel", "")), str(detail.get("channel", "")))


CHANNELS = {"site": "公众网站"}
