"""What an audit entry says in Chinese: the words of a case's 经过, and those of everything else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from desk.cases import timeline
from models.audit import AuditEntry
from models.casework.cases import DISMISS_REASONS
from models.casework.records import Hazard, Literal, NoticeKind
from models.harm import Topic
from models.outcome import Outcome
from models.ranking import need
from models.roles import Role

ACTIONS = {
    **timeline.WORDS,
    "case.open": "立案",
    "case.dismiss": "不立案",
    "case.submit": "送审",
    "case.publish": "发出通告",
    "case.reopen": "重新核查",
    "case.propose": "提议按非事实主张结案",
    "case.topic": "改危害类",
    "case.field": "帖子还说到别的危害类",
    "case.lead": "转主管部门",
    "case.sample": "写明留样状态",
    "evidence.add": "添加证据",
    "evidence.withdraw": "撤下证据",
    "evidence.read": "看了证据原件",
    "notice.draft": "起草",
    "number.elsewhere": "渠道上有本库没有的编号",
    "store.restore": "从备份恢复",
    "notice.refuse": "退回",
    "notice.retract": "撤回",
    "officer.add": "添加账号",
    "officer.on": "启用账号",
    "officer.off": "停用账号",
    "officer.password": "重设密码",
    "officer.code": "用一次性口令登录",
    "officer.own_password": "改自己的密码",
    "officer.password_failed": "改密码时旧密码不对",
    "officer.sign_in": "登录",
    "officer.sign_in_failed": "登录失败",
    "settings.change": "改了设置",
    "claims.import": "收进已知说法",
    "claims.withdraw": "撤下已知说法",
    "claims.restore": "放回已知说法",
    "lesson.withdraw": "撤下样例",
    "model.renew": "生成新版模型",
    "model.settle": "按本台日常帖生成模型",
    "model.use": "改用模型",
    "line.move": "移动立案线",
    "record.bound": "开始逐行核对",
    "record.rows": "存下改动",
    "source.pause": "暂停来源",
    "source.resume": "恢复来源",
    "clock.accept": "确认系统时钟无误",
}
CODES: dict[str, str] = {
    "ahead": "快了",
    "back": "倒退了",
    "behind": "比库里早",
    "gap": "停机很久",
    **timeline.CHANNELS,
    "publish": "发布",
    "retract": "撤回",
    "supersede": "指向结果",
    **{each.value: each.label for kind in (Topic, Role, Outcome, NoticeKind) for each in kind},
    **DISMISS_REASONS,
}
KINDS = {
    "case": "案件",
    "claims": "导入",
    "claim": "已知说法",
    "model": "模型",
    "queue": "队列",
    "notice": "通告",
    "officer": "账号",
    "settings": "设置",
    "sign_in": "登录",
    "source": "来源",
    "store": "数据库",
    "channel": "渠道",
    "evidence": "证据",
}
ANSWERS: dict[str, type[Literal] | type[Hazard]] = {"literal": Literal, "hazard": Hazard}
QUESTIONS = {"literal": "照字面", "hazard": "隐患"}
NAMES = {"unknown": "没有这样的登录名", "line": "立案线"}
LINES = {"line": "立案线", "hazard_line": "危害类的线"}


@dataclass(frozen=True)
class Line:
    """One entry as pages show it."""

    seq: int
    at: datetime
    who: str
    verb: str
    thing: str
    href: str
    detail: str


def line(entry: AuditEntry, labels: Mapping[int, str]) -> Line:
    """The entry in words; ``labels`` is ``models.people.officers.labels(db)``."""
    kind, _, name = entry.object.partition(":")
    return Line(
        seq=entry.seq,
        at=entry.at,
        who=who(entry.actor, labels),
        verb=ACTIONS.get(entry.action, entry.action),
        thing=_thing(kind, name, labels),
        href=f"/cases/{name}/" if kind == "case" else "",
        detail=told(entry.detail),
    )


def _thing(kind: str, name: str, labels: Mapping[int, str]) -> str:
    """What an entry is about: an account by role and number, as everywhere on the pages."""
    if kind == "officer" and name.isdigit() and int(name) in labels:
        return labels[int(name)]
    return f"{KINDS.get(kind, kind)} {NAMES.get(name, name)}"


def told(detail: Mapping[str, object]) -> str:
    """What a detail says: of a change the words before and after, else its words one by one."""
    if detail.get("old") and detail.get("new"):
        return f"“{said(str(detail['old']))}”改为“{said(str(detail['new']))}”"
    return "，".join(filter(None, (_item(*pair) for pair in detail.items())))


def _item(key: str, value: object) -> str:
    """One item of a detail; "" where it says nothing to a reader.

    >>> _item("failures", 10)
    '这一小时第 10 次'
    >>> _item("line", 0.9), _item("a_night", 200), _item("flooded", [])
    ('立案线每百 8.3 条', '每晚约 200 案', '')
    >>> _item("literal", "unknown"), _item("hazard", "standing")
    ('照字面无法判断', '隐患没有排除')
    """
    if key == "failures":
        return f"这一小时第 {value} 次"
    if key in LINES and isinstance(value, int | float):
        return f"{LINES[key]}每百 {need.figure(value)} 条"
    if key == "a_night":
        return f"每晚约 {value} 案"
    if key == "flooded" and isinstance(value, list) and value:
        return f"来帖太多、单独抬高的来源：{'、'.join(map(str, value))}"
    if key == "device":
        return "新设备"
    if key in ANSWERS and value in set(ANSWERS[key]):
        return f"{QUESTIONS[key]}{ANSWERS[key](str(value)).label}"
    if key == "fields" and isinstance(value, list):
        return "、".join(said(str(each)) for each in value)
    return said(value) if isinstance(value, str) else ""


def said(value: str) -> str:
    """A value of an entry's detail: codes in words, fingerprints cut to what the eye compares."""
    if re.fullmatch("[0-9a-f]{64}", value):
        return f"{value[:4]}…{value[-2:]}"
    return CODES.get(value, value)


def who(actor: str, labels: Mapping[int, str]) -> str:
    """机器, or an officer by role and number."""
    kind, _, number = actor.partition(":")
    return labels.get(int(number), "") if kind == "officer" and number.isdigit() else "机器"
