"""What an administrator did to an account, in words: for its owner, and for every administrator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.china_time import in_china
from models.people import changes, officers
from models.people.changes import Change
from models.roles import Officer, Role
from models.store import Store

OWN = {
    "made": "添加了你的账号",
    "reset": "重设了你的密码，旧密码和所有登录当时就失效了。不是你要求的，马上告诉另一名管理员",
    "on": "重新启用了你的账号",
    "off": "停用了你的账号",
}


@dataclass(frozen=True)
class Line:
    id: int
    words: str
    own: bool  # about the reader's account


def unseen(db: Store, reader: Officer) -> list[Line]:
    """What the reader has not said to have seen, newest first."""
    return lines(db, changes.unseen(db, reader), reader)


def lines(db: Store, found: Sequence[Change], reader: Officer) -> list[Line]:
    """Each change as a sentence to ``reader``."""
    names = {each.id: _name(each) for each in officers.all(db)} if found else {}
    told = []
    for each in found:
        own = each.officer_id == reader.id
        who = names.get(each.by, "主机上的命令")
        what = OWN[each.change] if own else f"{each.word}：{names[each.officer_id]}"
        told.append(Line(each.id, f"{in_china(each.at):%m-%d %H:%M} {who} {what}", own))
    return told


def _name(officer: Officer) -> str:
    """An administrator with the number too: two of them must be told apart here."""
    return f"管理员 {officer.number:02d}" if officer.role is Role.ADMIN else officer.label
