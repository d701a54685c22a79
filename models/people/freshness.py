"""How lately an administrator had an account in hand: a fresh one reviews and approves nothing.

Who resets three passwords, adds three accounts or switches an old one on again could sign in as all
of them. A day leaves its owner and the other administrators time to see it and speak up. A trigger
on approvals says the same (``models.schema.m0008_accounts``).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from models.china_time import in_china
from models.roles import Officer
from models.store import now, stamp

FRESH = timedelta(hours=24)


def why_not(officer: Officer, step: str) -> str:
    """Why this account may not ``step`` (复核, 批准) now, as a sentence for the page; "" = it may."""
    if officer.owes:
        return f"你还没有换成自己的密码，不能{step}"
    if officer.changed_at is None or not is_fresh(officer.changed_at, now()):
        return ""
    until = in_china(officer.changed_at + FRESH)
    return f"你的账号一天之内刚由管理员添加、启用或重设，{until:%m-%d %H:%M} 以后才能{step}"


def is_fresh(at: datetime, moment: datetime) -> bool:
    """Whether a change is less than a day away; on either side, for a clock may be set back, and
    nobody waits a year for that."""
    return abs(moment - at) < FRESH


def changed(officer: Officer, moment: datetime) -> dict[str, str | None]:
    """The column that says an account was changed at ``moment``. A change that lies a little ahead, by a clock that was
    set back since, keeps its time: setting the clock back makes no account older."""
    last = officer.changed_at
    ahead = last is not None and timedelta(0) < last - moment < FRESH
    return {"changed_at": stamp(last if ahead else moment)}
