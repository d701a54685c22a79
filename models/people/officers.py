"""Accounts of the desk: a role, a number, and the hazard fields a verifier may review in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from models import audit
from models.errors import Forbidden, NotFound, RuleBroken
from models.harm import Topic
from models.people import changes, freshness
from models.roles import MAY, Officer, Role
from models.store import Store, now, stamp, time

MACHINE = Officer(0, "", Role.MACHINE, 0)


def _officer(row: dict) -> Officer:
    return Officer(
        row["id"],
        row["username"],
        Role(row["role"]),
        row["number"],
        tuple(Topic(name) for name in json.loads(row["fields"])),
        bool(row["active"]),
        bool(row["owes"]),
        time(row["changed_at"]),
        row["epoch"],
    )


def get(db: Store, officer_id: int) -> Officer:
    row = db.row("SELECT * FROM accounts WHERE id = ?", officer_id)
    if row is None:
        raise NotFound(f"没有 {officer_id} 号账号")
    return _officer(row)


def by_username(db: Store, username: str) -> Officer | None:
    """The officer who signs in under this name; None where there is none."""
    row = db.row("SELECT * FROM accounts WHERE username = ? AND id <> 0", username)
    return _officer(row) if row else None


def all(db: Store) -> list[Officer]:
    return [
        _officer(row)
        for row in db.rows("SELECT * FROM accounts WHERE id <> 0 ORDER BY role, number")
    ]


def labels(db: Store) -> dict[int, str]:
    """Officer id -> what pages show for it (核查 07, 机器)."""
    return {
        row["id"]: _officer(row).label if row["id"] else "机器"
        for row in db.query("SELECT * FROM accounts")
    }


def may(officer: Officer, action: str) -> bool:
    """Whether the role of an active officer allows ``action`` (a word of ``models.roles.MAY``)."""
    return officer.active and action in MAY[officer.role]


def require(db: Store, by: Officer, action: str) -> Officer:
    """The officer as the store knows it now, allowed to ``action``; else raises ``Forbidden``.

    Read inside the transaction of the change: an account that was switched off a moment ago, a
    role claimed by a forged record, or an account that owes a password of its own, gets nowhere.
    """
    if by.id == 0:
        known = MACHINE
    else:
        row = db.row("SELECT * FROM accounts WHERE id = ?", by.id)
        known = _officer(row) if row else Officer(by.id, "", Role.VIEWER, 0, active=False)
    if not may(known, action):
        who = "、".join(role.label for role, allowed in MAY.items() if action in allowed)
        raise Forbidden(f"{known.label}没有这项权限", mend=f"请找{who}" if who else "")
    if known.owes:
        raise Forbidden(f"{known.label}还没有换成自己的密码", mend="用一次性口令登录，先换密码")
    return known


def add(
    db: Store,
    username: str,
    role: Role,
    number: int = 0,
    fields: Sequence[Topic] = (),
    *,
    by: Officer | None = None,
) -> Officer:
    """A new account. ``by`` is an administrator, or None at installation. Number 0: the next free.

    Raises ``RuleBroken`` where name or number are taken.
    """
    with db.atomic():
        actor = MACHINE if by is None else require(db, by, "accounts")
        if role is Role.MACHINE:
            raise RuleBroken("machine-account", "机器不能有账号")
        if not username or by_username(db, username):
            raise RuleBroken("username", f"登录名“{username}”已有人用", "换一个")
        number = number or 1 + (
            db.value("SELECT max(number) FROM officers WHERE role = ?", role.value) or 0
        )
        if db.value("SELECT 1 FROM officers WHERE role = ? AND number = ?", role.value, number):
            raise RuleBroken("number", f"{role.label} {number:02d} 已有人用", "换一个号")
        moment = now()
        row = {
            "username": username,
            "role": role.value,
            "number": number,
            "fields": json.dumps([topic.value for topic in fields]),
            "made_at": stamp(moment),
            "changed_at": None if _founding(db, moment) else stamp(moment),
        }
        officer_id = db.insert("officers", row)
        detail = {"role": role, "number": number, "fields": [topic.value for topic in fields]}
        changes.note(db, officer_id, "made", actor, moment)
        audit.append(db, actor, "officer.add", f"officer:{officer_id}", detail)
        return get(db, officer_id)


def _founding(db: Store, moment: datetime) -> bool:
    """Whether the desk is being founded: its first day, before anybody acted in a case.

    There is no order yet that a new account could get around; a day later, or a step later, there is.
    """
    return not db.value(
        "SELECT EXISTS (SELECT 1 FROM officers WHERE id <> 0"
        " AND abs(julianday(?) - julianday(made_at)) >= 1)"
        " OR EXISTS (SELECT 1 FROM audit WHERE object >= 'case:' AND object < 'case;'"
        " AND actor <> 'machine')",
        stamp(moment),
    )


def set_active(db: Store, officer_id: int, active: bool, *, by: Officer) -> Officer:
    """Switch an account off or on; its sessions end for good either way. Nobody switches off
    their own."""
    with db.atomic():
        require(db, by, "accounts")
        if officer_id in (0, by.id):
            raise RuleBroken("own-account", "不能停用自己的账号", "请另一名管理员来做")
        officer = get(db, officer_id)
        if officer.active == active:
            return officer
        changed = {"active": active, "epoch": officer.epoch + 1}
        db.update(
            "officers", officer_id, changed | (freshness.changed(officer, now()) if active else {})
        )
        changes.note(db, officer_id, "on" if active else "off", by, now())
        audit.append(db, by, "officer.on" if active else "officer.off", f"officer:{officer_id}", {})
    return get(db, officer_id)
