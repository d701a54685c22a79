"""Whether the wall clock is believed, kept in the store; what must not happen while it is not.

``begin`` judges it when the clock of the desk starts, ``tick`` at every heartbeat. In doubt the time
of the house goes on by the seconds counted (``models.wall``), nothing is forgotten by age (retention,
the window of wordings; for posts a trigger holds it too), and every page says so. The doubt ends by
itself where the wall clock agrees again, and by ``accept``, an operator's word, in the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models import audit, wall
from models.errors import PiyaoError
from models.people import officers
from models.store import Store, stamp, time

LONGEST_GAP = timedelta(
    days=2
)  # switched off for so long is believed; beyond, the clock may be wrong


@dataclass(frozen=True)
class Doubt:
    """Why the wall clock is not believed: it went ``ahead`` or ``back`` of what was counted, or at the
    start of the machine it was ``behind`` the store, or there was a long ``gap``."""

    kind: str
    by: timedelta  # between what it said when the doubt began and what was believed

    @property
    def word(self) -> str:
        """What happened, for people."""
        span = _span(self.by)
        return {
            "ahead": f"突然快了 {span}",
            "back": f"倒退了 {span}",
            "behind": f"比库里最后的记录早 {span}",
            "gap": f"比上次运行晚了 {span}",
        }[self.kind]


def doubt(db: Store) -> Doubt | None:
    """Whether nothing may be forgotten by age now, and why."""
    row = _row(db)
    if row is None or not row["doubt"]:
        return None
    return Doubt(row["doubt"], abs(_time(row["said"]) - _time(row["at"])))


def begin(db: Store, house: wall.Wall = wall.HOUSE, boot_id: str = wall.BOOT_ID) -> Doubt | None:
    """Judge the wall clock as the desk starts; the doubt, if there is one.

    The same run of the machine: by its count. Another one: by when the store was last at work. A
    clock behind that was set back, and the house goes on from where it was; one far ahead is right
    where the desk was switched off for long, and nobody but a person can know it.
    """
    with db.atomic():
        row, said, boot = _row(db), house.wall(), house.boot()
        if row is None:
            last = time(_newest(db))
            if last is None or _follows(last, said):
                house.believe(said, boot)
                _put(db, said, boot, boot_id)
                return None
            row = {"at": stamp(last), "boot_id": "", "doubt": ""}
        elif boot_id and row["boot_id"] == boot_id:
            house.believe(_time(row["at"]), row["boot"])
            return tick(db, house, boot_id)
        last = _time(row["at"])
        if _follows(last, said):
            house.believe(said, boot)
            _put(db, said, boot, boot_id)
        elif said < last:
            house.believe(last, boot)
            _put(db, last, boot, boot_id, "behind", said)
        else:
            house.believe(said, boot)  # the run is left out: the next start asks this again
            _put(db, last, boot, "", "gap", said)
        return doubt(db)


def tick(db: Store, house: wall.Wall = wall.HOUSE, boot_id: str = wall.BOOT_ID) -> Doubt | None:
    """Judge the wall clock once more; the doubt, if there is one."""
    with db.atomic():
        row = _row(db)
        if row is None:
            return None
        off, said, boot = house.off(), house.wall(), house.boot()
        if row["doubt"] in (
            "gap",
            "behind",
        ):  # since another run of the machine: nothing was counted
            agrees = _follows(_time(row["at"]), said)
        else:
            agrees = abs(off) <= wall.REASON
        if agrees:
            house.believe(said, boot)  # small steps add up, so what is believed follows them
            _put(db, said, boot, boot_id)
        elif not row["doubt"]:
            kind = "ahead" if off > timedelta(0) else "back"
            _put(db, said - off, boot, boot_id, kind, said)
        return doubt(db)


def accept(db: Store, house: wall.Wall = wall.HOUSE, boot_id: str = wall.BOOT_ID) -> Doubt:
    """An operator says that the wall clock is right: it is believed from here on; the doubt that
    ended. Raises ``PiyaoError`` where nobody doubts it."""
    with db.atomic():
        ended = doubt(db)
        if ended is None:
            raise PiyaoError("nobody doubts the clock", mend="there is nothing to accept")
        said, boot = house.wall(), house.boot()
        before = _row(db)
        house.believe(said, boot)
        _put(db, said, boot, boot_id)
        audit.append(
            db,
            officers.MACHINE,
            "clock.accept",
            "store",
            {"doubt": ended.kind, "before": before["at"] if before else "", "now": stamp(said)},
        )
        return ended


def _follows(last: datetime, said: datetime) -> bool:
    """Whether a moment may well be the next one of a desk that was at work at ``last``."""
    return last - wall.REASON <= said <= last + LONGEST_GAP


def _row(db: Store) -> dict[str, Any] | None:
    return db.row("SELECT * FROM wall_clock")


def _put(
    db: Store,
    at: datetime,
    boot: float,
    boot_id: str,
    doubt: str = "",
    said: datetime | None = None,
) -> None:
    row = {"id": 1, "at": stamp(at), "boot": boot, "boot_id": boot_id}
    db.upsert("wall_clock", row | {"doubt": doubt, "said": stamp(said) or ""}, key="id")


def _newest(db: Store) -> str | None:
    """When this store was last at work, where no clock has written it down yet."""
    found = db.value("SELECT at FROM audit ORDER BY seq DESC LIMIT 1")
    return found if found is None else str(found)


def _span(length: timedelta) -> str:
    if length >= timedelta(days=2):
        return f"{length.days} 天"
    minutes = int(length.total_seconds() // 60)
    return f"{minutes} 分钟" if minutes < 120 else f"{minutes // 60} 小时"


def _time(text: object) -> datetime:
    return datetime.fromisoformat(str(text))
