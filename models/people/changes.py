"""What administrators did to accounts, told to the owner and to every administrator until seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.errors import NotFound
from models.roles import MAY, Officer
from models.store import Store, now, stamp, time

WORDS = {"made": "添加", "reset": "重设密码", "on": "启用", "off": "停用"}
SHOWN = 20


@dataclass(frozen=True)
class Change:
    id: int
    officer_id: int  # whose account
    change: str  # a key of WORDS
    by: int  # 0: a command on the host
    at: datetime

    @property
    def word(self) -> str:
        return WORDS[self.change]


def note(db: Store, officer_id: int, change: str, by: Officer, at: datetime) -> None:
    """Keep a change, in the transaction that makes it. Who made it has seen it."""
    row = {"officer_id": officer_id, "change": change, "by": by.id, "at": stamp(at)}
    note_id = db.insert("account_changes", row)
    if by.id:
        db.insert("account_changes_seen", {"change_id": note_id, "officer_id": by.id})


def unseen(db: Store, officer: Officer) -> list[Change]:
    """What this officer has not said to have seen, newest first: changes of the own account, and
    for an administrator of all accounts, since the own one was made."""
    return [
        _change(row)
        for row in db.query(
            "SELECT * FROM account_changes c WHERE (officer_id = :me AND change <> 'made' OR :all)"
            " AND id > (SELECT coalesce(min(id), 0) FROM account_changes"
            " WHERE officer_id = :me AND change = 'made')"
            " AND NOT EXISTS (SELECT 1 FROM account_changes_seen s"
            " WHERE s.change_id = c.id AND s.officer_id = :me) ORDER BY id DESC LIMIT :n",
            {"me": officer.id, "all": _all(officer), "n": SHOWN},
        )
    ]


def of_account(db: Store, officer_id: int, limit: int = 5) -> list[Change]:
    """The last changes of one account, seen or not, newest first."""
    return [
        _change(row)
        for row in db.query(
            "SELECT * FROM account_changes WHERE officer_id = ? ORDER BY id DESC LIMIT ?",
            [officer_id, limit],
        )
    ]


def see(db: Store, change_id: int, *, by: Officer) -> None:
    """看到了: this officer is told of the change no more. Others still are."""
    with db.atomic():
        row = db.row("SELECT * FROM account_changes WHERE id = ?", change_id)
        if row is None or not (row["officer_id"] == by.id or _all(by)):
            raise NotFound("没有这条账号变动")
        db.execute("INSERT OR IGNORE INTO account_changes_seen VALUES (?, ?)", [change_id, by.id])


def _all(officer: Officer) -> bool:
    return "accounts" in MAY[officer.role]


def _change(row: dict) -> Change:
    at = time(row["at"]) or now()
    return Change(row["id"], row["officer_id"], row["change"], row["by"], at)
