"""Failed sign-ins: who waits how long, and what the log tells of them.

Counted by what was typed *and* where it came from (an address, or a device that signed in before),
both keyed by the caller: wrong passwords from elsewhere lock nobody out at the usual desk. The log
gets an entry at the 1st, 10th, 100th failure of an account in an hour and one line for all unknown
names together, so that no flood fills it; what was typed stands nowhere.
"""

from __future__ import annotations

from datetime import timedelta

from models import audit
from models.people import officers
from models.roles import Officer
from models.store import Store, now, stamp, time

FREE_TRIES = 5
LONGEST_WAIT = timedelta(minutes=15)
REMEMBERED = timedelta(hours=24)
MOST_PLACES = 20_000  # rows of the back-off; those quiet for longest leave first


def wait(db: Store, account: str, place: str) -> float:
    """Seconds until another try of this name from this place is checked: 0 up to 5 failures, then
    doubling, at most a quarter of an hour. Unknown names behave the same."""
    row = db.row("SELECT * FROM sign_ins WHERE account = ? AND place = ?", account, place)
    last = time(row["at"]) if row else None
    if row is None or last is None:
        return 0.0
    if last > now():  # the clock was set back: the wait begins now, not at that time to come
        last = now()
        db.execute("UPDATE sign_ins SET at = ? WHERE account = ? AND place = ?",
                   [stamp(last), account, place])  # fmt: skip
    if row["failures"] < FREE_TRIES:
        return 0.0
    length = min(timedelta(seconds=2 ** min(row["failures"] - FREE_TRIES + 3, 12)), LONGEST_WAIT)
    return max(0.0, (last + length - now()).total_seconds())


def failed(db: Store, account: str, place: str, officer: Officer | None, action: str) -> None:
    """Count a failure; ``officer`` is who has the name that was typed, None where nobody has, and
    ``action`` the log's word for it (officer.sign_in_failed, officer.password_failed)."""
    moment = now()
    with db.atomic():
        db.execute(
            "INSERT INTO sign_ins (account, place, at) VALUES (:account, :place, :at)"
            " ON CONFLICT (account, place) WHERE place <> '' DO UPDATE SET at = excluded.at,"
            " failures = CASE WHEN sign_ins.at > :old THEN sign_ins.failures + 1 ELSE 1 END",
            {"account": account, "place": place, "at": stamp(moment),
             "old": stamp(moment - REMEMBERED)},
        )  # fmt: skip
        db.execute(
            "DELETE FROM sign_ins WHERE rowid IN (SELECT rowid FROM sign_ins WHERE place <> ''"
            " ORDER BY at DESC LIMIT -1 OFFSET ?)",
            [MOST_PLACES],
        )
        _log(db, officer or officers.MACHINE, action)


def _log(db: Store, whose: Officer, action: str) -> None:
    key = {"officer": whose.id, "hour": (stamp(now()) or "")[:13]}
    db.execute(
        "INSERT INTO sign_in_hours VALUES (:officer, :hour, 1)"
        " ON CONFLICT DO UPDATE SET failures = failures + 1",
        key,
    )
    failures = db.value(
        "SELECT failures FROM sign_in_hours WHERE officer_id = ? AND hour = ?", *key.values()
    )
    if str(failures).rstrip("0") == "1":  # 1, 10, 100, …
        thing = f"officer:{whose.id}" if whose.id else "sign_in:unknown"
        audit.append(db, officers.MACHINE, action, thing, {"failures": failures})


def succeeded(db: Store, officer: Officer, account: str, place: str, known: bool) -> None:
    """Forget the failures of this name at this place, and note the sign-in. Failures elsewhere
    stay counted: the owner's sign-in gives a guesser no fresh tries."""
    with db.atomic():
        forget(db, account, place)
        detail = {} if known else {"device": "new"}
        audit.append(db, officer, "officer.sign_in", f"officer:{officer.id}", detail)


def forget(db: Store, account: str, place: str) -> None:
    db.execute("DELETE FROM sign_ins WHERE account = ? AND place = ?", [account, place])


def expire(db: Store, before: str | None) -> int:
    """Forget failures whose last is older than ``before``; returns how many rows went."""
    db.execute("DELETE FROM sign_in_hours WHERE hour < ?", [(before or "")[:13]])
    return int(db.execute("DELETE FROM sign_ins WHERE at < ?", [before]).rowcount)
