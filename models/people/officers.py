"""Accounts of the desk: a role, a number, and the hazard fields a verifier may review in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

from models import audit
from models.errors import Forbidden, NotFound, RuleBroken
from models.harm import Topic
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
    )


def get(db: Store, officer_id: int) -> Officer:
    row = db.row("SELECT * FROM officers WHERE id = ?", officer_id)
    if row is None:
        raise NotFound(f"没有 {officer_id} 号账号")
    return _officer(row)


def by_username(db: Store, username: str) -> Officer | None:
    """The officer who signs in under this name; None where there is none."""
    row = db.row("SELECT * FROM officers WHERE username = ? AND id <> 0", username)
    return _officer(row) if row else None


def all(db: Store) -> list[Officer]:
    return [
        _officer(row)
        for row in db.rows("SELECT * FROM officers WHERE id <> 0 ORDER BY role, number")
    ]


def labels(db: Store) -> dict[int, str]:
    """Officer id -> what pages show for it (核查 07, 机器)."""
    return {
        row["id"]: _officer(row).label if row["id"] else "机器"
        for row in db.query("SELECT * FROM officers")
    }


def may(officer: Officer, action: str) -> bool:
    """Whether the role of an active officer allows ``action`` (a word of ``models.roles.MAY``)."""
    return officer.active and action in MAY[officer.role]


def require(db: Store, by: Officer, action: str) -> Officer:
    """The officer as the store knows it now, allowed to ``action``; else raises ``Forbidden``.

    Read inside the transaction of the change: an account that was switched off a moment ago, or a
    role claimed by a forged record, gets nowhere.
    """
    if by.id == 0:
        known = MACHINE
    else:
        row = db.row("SELECT * FROM officers WHERE id = ?", by.id)
        known = _officer(row) if row else Officer(by.id, "", Role.VIEWER, 0, active=False)
    if not may(known, action):
        who = "、".join(role.label for role, allowed in MAY.items() if action in allowed)
        raise Forbidden(f"{known.label}没有这项权限", mend=f"请找{who}" if who else "")
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
        row = {
            "username": username,
            "role": role.value,
            "number": number,
            "fields": json.dumps([topic.value for topic in fields]),
        }
        officer_id = db.insert("officers", row)
        audit.append(
            db, actor, "officer.add", f"officer:{officer_id}", {"role": role, "number": number}
        )
        return get(db, officer_id)


def set_active(db: Store, officer_id: int, active: bool, *, by: Officer) -> Officer:
    """Switch an account off or on. Nobody switches off their own."""
    with db.atomic():
        require(db, by, "accounts")
        if officer_id in (0, by.id):
            raise RuleBroken("own-account", "不能停用自己的账号", "请另一名管理员来做")
        get(db, officer_id)
        db.update("officers", officer_id, {"active": active})
        audit.append(db, by, "officer.on" if active else "officer.off", f"officer:{officer_id}", {})
    return get(db, officer_id)


FREE_TRIES = 5
LONGEST_WAIT = timedelta(minutes=15)


def sign_in_wait(db: Store, account: str) -> float:
    """Seconds until another sign-in to this account is checked: 0 up to 5 failures, then doubling.

    ``account`` is what was typed, hashed by the caller, so that unknown names behave the same.
    """
    row = db.row(
        "SELECT count(*) AS failures, max(at) AS last FROM sign_ins WHERE account = ? AND at > ?",
        account,
        stamp(now() - timedelta(hours=24)),
    )
    if row is None or row["failures"] < FREE_TRIES:
        return 0.0
    last = time(row["last"]) or now()
    wait = min(timedelta(seconds=2 ** min(row["failures"] - FREE_TRIES + 3, 12)), LONGEST_WAIT)
    return max(0.0, (last + wait - now()).total_seconds())


def sign_in_failed(db: Store, account: str) -> None:
    with db.atomic():
        db.insert("sign_ins", {"account": account, "at": stamp(now())})


def signed_in(db: Store, officer: Officer, account: str) -> None:
    """Forget the failures of this account and note the sign-in."""
    with db.atomic():
        db.execute("DELETE FROM sign_ins WHERE account = ?", [account])
        audit.append(db, officer, "officer.sign_in", f"officer:{officer.id}", {})
