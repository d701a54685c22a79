"""Whose a case is, and what only its holder, or nobody alone, may do with it."""

from __future__ import annotations

from datetime import timedelta

from models.casework.records import Case, CaseState
from models.errors import Conflict, RuleBroken
from models.people import officers
from models.roles import Officer, Role
from models.store import Store, now, time

SHIFT = timedelta(hours=8)  # a holder who did nothing in the case for so long has gone home


def holder(db: Store, case: Case) -> Officer | None:
    """Who holds the case; None: nobody, or an account that was switched off since."""
    found = officers.get(db, case.holder_id) if case.holder_id else None
    return found if found and found.active else None


def check_decision(db: Store, case: Case, by: Officer) -> None:
    """Raise ``Conflict`` where a colleague holds the case: a verifier decides what is theirs or free."""
    held = holder(db, case)
    if held and held.id != by.id:
        raise Conflict(
            f"案件{case.number}由{held.label}领取，你不能核定",
            mend=f"请{held.label}核定，或请对方放回后你来领取",
        )


def check_hands(db: Store, case: Case, by: Officer) -> None:
    """Raise ``RuleBroken`` where a colleague holds the case and is at work on it."""
    held = holder(db, case)
    if held and held.id != by.id and not _absent(db, case, held):
        raise RuleBroken("not-holder", f"只有领取人{held.label}能放回", "请领取人放回")


def may_release(db: Store, case: Case, by: Officer) -> bool:
    """Whether ``by`` may put the case back: holds it, nobody does, or its holder is gone."""
    held = holder(db, case)
    return held is None or held.id == by.id or _absent(db, case, held)


def _absent(db: Store, case: Case, held: Officer) -> bool:
    """Whether the holder did nothing in the case for a whole shift."""
    last = time(
        db.value(
            "SELECT max(at) FROM audit WHERE object = ? AND actor = ?",
            f"case:{case.id}",
            f"officer:{held.id}",
        )
    )
    return last is not None and now() - last >= SHIFT


def check_nothing_out(db: Store, case: Case, what: str) -> None:
    """Raise ``RuleBroken`` while a notice of the case is, or may be, in public."""
    number = db.value(
        "SELECT n.number FROM notices_out o JOIN notices n ON n.id = o.id WHERE o.case_id = ?",
        case.id,
    )
    if number is not None:
        raise RuleBroken(
            "notice-out",
            f"案件{case.number}的通告{number}已发出或在发，不能{what}",
            "先撤回通告，或重新核定后发新通告",
        )


def check_dismissal(db: Store, case: Case, reason: str, by: Officer) -> None:
    """Raise where a dismissal would drop what is in public, or a hazard that others work on.

    A hazard that was taken up is ended as 不是事实主张 by two people only, on the verdict's page.
    """
    check_nothing_out(db, case, "不立案")
    if not case.hazard:
        return
    held = holder(db, case)
    over = by.role is Role.VERIFIER and held is not None and held.role is not Role.VERIFIER
    if held and held.id != by.id and not over:
        raise Conflict(
            f"{case.topic.label}类案件{case.number}由{held.label}领取，你不能不立案",
            mend=f"请{held.label}处理，或请对方放回",
        )
    if reason == "not_a_claim" and _taken_up(db, case):
        raise RuleBroken(
            "two-people",
            f"{case.topic.label}类已经核查过，不能由一个人按“不是事实主张”不立案",
            "在核定页选“非事实主张”提议，由另一位核查员核定",
        )


def _taken_up(db: Store, case: Case) -> bool:
    return case.state is not CaseState.WAITING or bool(
        db.value(
            "SELECT 1 FROM evidence WHERE case_id = ?1 UNION ALL"
            " SELECT 1 FROM verdicts WHERE case_id = ?1 LIMIT 1",
            case.id,
        )
    )
