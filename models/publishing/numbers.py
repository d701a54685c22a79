"""The numbers of notices: given at approval, one after another, and never twice.

The store counts; yet a store that was set back (restored, copied) does not know what it gave since.
So the numbers that a channel holds and the store does not are noted here, and count as given.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from models import audit
from models.errors import RuleBroken
from models.people import officers
from models.personal.admission import clean
from models.store import Store, dump, now, stamp, time

MOST = 999_999  # six digits, in addresses and on paper


@dataclass(frozen=True)
class Elsewhere:
    """A notice that a channel holds under a number, and this store does not know."""

    channel: str
    year: int
    serial: int
    identity: str = ""  # "": the channel does not tell
    hash: str = ""  # of the text that was approved
    title: str = ""
    seen_at: datetime | None = None

    @property
    def number(self) -> str:
        return written(self.year, self.serial)


def written(year: int, serial: int) -> str:
    """A number as notices carry it.

    >>> written(2026, 87)
    '〔2026〕87 号'
    """
    return f"〔{year}〕{serial} 号"


def next_serial(db: Store, year: int, hash: str) -> int:
    """The number that the text with this hash is to get; in the caller's transaction.

    Raises ``RuleBroken`` where a channel holds this very text already, or the year has no number left.
    """
    if twin := db.row("SELECT * FROM numbers_elsewhere WHERE hash = ? AND hash <> ''", hash):
        raise RuleBroken(
            "number-given",
            f"这一稿已经以{written(twin['year'], twin['serial'])}发出（本库是恢复的旧状态）",
            "按已发出的那一条处理；要再发，先改写本稿",
        )
    serial = 1 + highest(db).get(year, 0)
    if serial > MOST:
        raise RuleBroken(
            "number-given", f"{year} 年的编号用完了（已知最大 {serial - 1} 号）", "找管理员"
        )
    return serial


def highest(db: Store) -> dict[int, int]:
    """The highest number of each year that the store, or any channel it looked into, knows."""
    rows = db.rows("SELECT year, max(serial) AS serial FROM numbers_given GROUP BY year")
    return {row["year"]: row["serial"] for row in rows}


def unknown(db: Store, channel: str, found: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Which of these (year, serial) neither stand in the store nor were noted for the channel."""
    pairs = sorted(set(found))
    rows = db.rows(
        "SELECT value ->> 0 AS year, value ->> 1 AS serial FROM json_each(?) f"
        " WHERE NOT EXISTS (SELECT 1 FROM notices n"
        "  WHERE n.year = f.value ->> 0 AND n.serial = f.value ->> 1)"
        " AND NOT EXISTS (SELECT 1 FROM numbers_elsewhere e WHERE e.channel = ?"
        "  AND e.year = f.value ->> 0 AND e.serial = f.value ->> 1) ORDER BY 1, 2",
        dump([list(pair) for pair in pairs]),
        channel,
    )
    return [(row["year"], row["serial"]) for row in rows]


def note(db: Store, found: Iterable[Elsewhere]) -> list[Elsewhere]:
    """Take numbers into account that are used up elsewhere; returns those that were new."""
    fresh = []
    with db.atomic():
        for each in found:
            if not unknown(db, each.channel, [(each.year, each.serial)]):
                continue
            row = {"channel": each.channel, "year": each.year, "serial": each.serial}
            row |= {"identity": each.identity, "hash": each.hash, "title": clean(each.title, 60)}
            db.insert("numbers_elsewhere", row | {"seen_at": stamp(now())})
            audit.append(
                db,
                officers.MACHINE,
                "number.elsewhere",
                f"channel:{each.channel}",
                {"number": each.number, "identity": each.identity},
            )
            fresh.append(each)
    return fresh


def elsewhere(db: Store) -> list[Elsewhere]:
    """Every notice that a channel holds and this store does not, the newest number first."""
    rows = db.rows("SELECT * FROM numbers_elsewhere ORDER BY year DESC, serial DESC, channel")
    return [Elsewhere(**{**row, "seen_at": time(row["seen_at"])}) for row in rows]
