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
    """Raise where nobody may dismiss this case now, or not ``by``, or not for this reason.

    What is in public is not dropped, nor a hazard that others work on. A hazard that was taken up is
    ended as 不是事实主张 by two people only, on the verdict's page.
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
    if reason == "not_a_claim" and (case.state is not CaseState.WAITING or takes_two(db, case, by)):
        raise RuleBroken(
            "two-people",
            f"{case.topic.label}类已经核查过，不能由一个人按“不是事实主张”不立案",
            "在核定页选“非事实主张”提议，由另一位核查员核定",
        )


def takes_two(db: Store, case: Case, by: Officer) -> bool:
    """Whether ``by`` may not drop this case alone: others found or decided something in it, or, in a
    hazard, anybody did. What was withdrawn counts: taking it away is how it would be dropped unseen.
    """
    return bool(
        db.value(
            "SELECT 1 FROM (SELECT added_by AS by FROM evidence WHERE case_id = ?1"
            " UNION ALL SELECT by FROM verdicts WHERE case_id = ?1) WHERE ?2 OR by <> ?3 LIMIT 1",
            case.id,
            int(case.hazard),
            by.id,
        )
    )


def seconded(db: Store, case: Case, reason: str, by: Officer) -> bool:
    """Whether a colleague's proposal to dismiss the case for this reason still holds."""
    return bool(
        db.value(
            "SELECT 1 FROM open_dismissals WHERE case_id = ? AND reason = ? AND by <> ?",
            case.id,
            reason,
            by.id,
        )
    )


def check_two(db: Store, case: Case, reason: str, by: Officer) -> None:
    """Raise ``RuleBroken`` where ``by`` would drop alone what others found, or a hazard's evidence."""
    if takes_two(db, case, by) and not seconded(db, case, reason, by):
        raise RuleBroken(
            "two-people",
            f"案件{case.number}已有证据或结论，不立案要两个人",
            "一位提议，另一位看过后以同样的理由同意",
        )
