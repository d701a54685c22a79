"""One-time codes: how an account gets, or gets back, a password that only its owner knows.

An administrator hands over a code; it signs in once, within a day, and lets its owner do nothing
but choose a password. Here only its hash is kept; ``desk.accounts.service`` makes and compares it.
"""

from __future__ import annotations

from datetime import timedelta

from models import audit
from models.errors import Conflict, RuleBroken
from models.people import changes, freshness, officers
from models.roles import Officer
from models.store import Store, now, stamp, time

VALID = timedelta(hours=24)


def give_first(db: Store, officer: Officer, code_hash: str) -> None:
    """The first code of an account, in the transaction that makes it."""
    made = db.value("SELECT made_at FROM officers WHERE id = ?", officer.id)
    row = {"officer_id": officer.id, "hash": code_hash, "issued_at": made}
    db.insert("codes", row)


def reset(db: Store, officer_id: int, code_hash: str, *, by: Officer | None = None) -> Officer:
    """A new code for an account, whose password and sessions end at once. ``by`` is an
    administrator, or None for a command on the host. Owner and administrators are told.

    Raises ``RuleBroken`` where it is the administrator's own: 改密码 asks for the old password, and
    who found a signed-in screen does not get around that here.
    """
    with db.atomic():
        actor = officers.MACHINE if by is None else officers.require(db, by, "accounts")
        if officer_id in (0, actor.id):
            raise RuleBroken(
                "own-account", "不能重设自己的密码", "用“改密码”，或请另一名管理员来做"
            )
        officer = officers.get(db, officer_id)
        moment = now()  # one for both: a code is never younger than the change it stands for
        fresh = freshness.changed(officer, moment) | {"epoch": officer.epoch + 1}  # sessions end
        db.update("officers", officer_id, fresh)
        row = {"officer_id": officer_id, "hash": code_hash, "issued_at": stamp(moment)}
        db.upsert("codes", row | {"used_at": None}, "officer_id")
        changes.note(db, officer_id, "reset", actor, moment)
        audit.append(db, actor, "officer.password", f"officer:{officer_id}", {})
        return officers.get(db, officer_id)


def standing(db: Store, officer_id: int) -> str:
    """The hash of the code that signs this account in now; "" where it is used or out of date."""
    row = db.row("SELECT * FROM codes WHERE officer_id = ? AND used_at IS NULL", officer_id)
    issued = time(row["issued_at"]) if row else None
    # not before it was issued, but for a clock set back; and never longer than that
    return row["hash"] if row and issued and abs(now() - issued) < VALID else ""


def use(db: Store, officer: Officer, code_hash: str) -> bool:
    """Use the code up; False where another sign-in was first, or another code came meanwhile."""
    with db.atomic():
        changed = db.execute(
            "UPDATE codes SET used_at = ? WHERE officer_id = ? AND hash = ? AND used_at IS NULL",
            [stamp(now()), officer.id, code_hash],
        )
        if changed.rowcount != 1:
            return False
        audit.append(db, officer, "officer.code", f"officer:{officer.id}", {})
        return True


def chosen(db: Store, officer: Officer) -> int:
    """The owner has chosen a password, which the desk keeps: every other session ends, no code
    is owed any more. Returns the account's new epoch.

    Raises ``Conflict`` where the account was changed since ``officer`` was read: a reset that came
    a moment ago is not undone by the session that it ended.
    """
    with db.atomic():
        known = officers.get(db, officer.id)
        if known.epoch != officer.epoch or not known.active:
            raise Conflict("管理员刚刚动过这个账号，新密码没有存下", mend="找管理员要一次性口令")
        db.execute("DELETE FROM codes WHERE officer_id = ?", [officer.id])
        db.update("officers", officer.id, {"epoch": known.epoch + 1})
        audit.append(db, officer, "officer.own_password", f"officer:{officer.id}", {})
        return known.epoch + 1
