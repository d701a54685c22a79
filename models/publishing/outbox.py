"""The outbox: at most once without a person (RELIABILITY 3.3).

queued -> in_flight, committed *before* anything leaves the house -> sent | rejected | unknown.
A process that dies in between leaves an in_flight row, which becomes unknown: never sent again by
itself, but looked up in the channel's own list, and else decided by a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from models import audit
from models.casework import cases
from models.casework.records import CaseState, NoticeKind
from models.errors import NotFound, RuleBroken
from models.people import officers
from models.personal.admission import clean
from models.publishing import notices
from models.publishing.records import Delivery, Notice, NoticeState, Publication
from models.roles import Officer
from models.store import Store, dump, now, stamp, time

IN_FLIGHT_LIMIT = timedelta(minutes=5)
_OF_THESE = "SELECT * FROM outbox WHERE notice_id IN (SELECT value FROM json_each(?)) ORDER BY id"


def _publication(row: dict[str, Any]) -> Publication:
    return Publication(
        row["id"],
        row["notice_id"],
        row["revision"],
        row["channel"],
        row["kind"],
        Delivery(row["state"]),
        row["fence"],
        time(row["queued_at"]) or now(),
        time(row["settled_at"]),
        row["receipt"],
        row["message"],
        row["place"],
    )


def get(db: Store, publication_id: int) -> Publication:
    row = db.row("SELECT * FROM outbox WHERE id = ?", publication_id)
    if row is None:
        raise NotFound(f"没有 {publication_id} 号发送记录")
    return _publication(row)


def of_notice(db: Store, notice_id: int) -> list[Publication]:
    return of_notices(db, [notice_id])[notice_id]


def of_notices(db: Store, ids: Sequence[int]) -> dict[int, list[Publication]]:
    found: dict[int, list[Publication]] = {notice_id: [] for notice_id in ids}
    for row in db.rows(_OF_THESE, dump(ids)):
        found[row["notice_id"]].append(_publication(row))
    return found


def in_state(db: Store, *states: Delivery) -> list[Publication]:
    rows = db.rows(
        "SELECT * FROM outbox WHERE state IN (SELECT value FROM json_each(?)) ORDER BY id",
        dump(states),
    )
    return [_publication(row) for row in rows]


def queue(db: Store, notice: Notice, channel: str, kind: str, hash: str, at: datetime) -> None:
    """Let this revision of a notice wait for its way to a channel; in the caller's transaction.

    ``kind`` is publish, retract or supersede. ``hash`` is what was approved; of a supersede it is the id
    of the notice that gives the result. The store refuses a publish that was not approved, and the
    same row twice.
    """
    db.insert(
        "outbox",
        {
            "notice_id": notice.id,
            "revision": notice.revision,
            "channel": channel,
            "kind": kind,
            "hash": hash,
            "queued_at": stamp(at),
            "place": cases.get(db, notice.case_id).place,
        },
    )


def take(db: Store, holder: str) -> Publication | None:
    """Move the oldest queued row to in_flight, and commit, before any I/O. None: nothing waits.

    What changed after its approval is not sent: the row is rejected and the notice is a draft
    again. A retraction waits until its publication has an end.
    """
    while True:
        with db.atomic():
            row = db.row(
                "SELECT o.* FROM outbox o WHERE o.state = 'queued' AND NOT EXISTS ("
                " SELECT 1 FROM outbox p WHERE p.notice_id = o.notice_id AND p.channel = o.channel"
                " AND p.id < o.id AND p.state IN ('queued', 'in_flight')) ORDER BY o.id LIMIT 1"
            )
            if row is None:
                return None
            if row["kind"] == "publish" and not _still_approved(db, row):
                _void(db, row)
                continue
            taken = {"state": "in_flight", "holder": holder, "taken_at": stamp(now())}
            db.update("outbox", row["id"], taken | {"fence": row["fence"] + 1})
            return get(db, row["id"])


def _still_approved(db: Store, row: dict[str, Any]) -> bool:
    notice = db.row(notices._NOTICE + "WHERE n.id = ?", row["notice_id"])
    if (
        not notice
        or notice["state"] not in ("approved", "published")
        or notice["revision"] != row["revision"]
        or notices.approval_hash(db, notice) != row["hash"]
        or not _soundly(db, row)
    ):
        return False
    state = cases.get(db, notice["case_id"]).state
    if notice["verdict_id"] is None:  # 正在核实 may go out while the case is open
        return state.open
    # a case that somebody verifies again has no result to announce
    return notices.carries(db, notice["id"]) and state in (CaseState.IN_REVIEW, CaseState.PUBLISHED)


def _soundly(db: Store, row: dict[str, Any]) -> bool:
    """Whether those who agreed still count: nobody acted on the case since, nobody was switched off."""
    return bool(
        db.value(
            "SELECT 1 FROM sound_approvals WHERE notice_id = ? AND revision = ? AND hash = ?",
            row["notice_id"],
            row["revision"],
            row["hash"],
        )
    )


def _void(db: Store, row: dict[str, Any]) -> None:
    moment = stamp(now())
    why = "批准后案件、证据或结论有变化，批准作废，没有发出"
    db.update("outbox", row["id"], {"state": "rejected", "settled_at": moment, "message": why})
    void = {"state": "void", "updated_at": moment}
    db.update("notices", row["notice_id"], void, state="approved")
    notice = notices.get(db, row["notice_id"])
    case = cases.get(db, notice.case_id)
    if case.state is CaseState.IN_REVIEW and notices.carries(db, notice.id):
        cases.write_state(db, case.id, CaseState.DECIDED)
    audit.append(
        db, officers.MACHINE, "outbox.void", f"case:{notice.case_id}", {"notice": notice.id}
    )


def settle(
    db: Store,
    publication_id: int,
    fence: int,
    state: Delivery,
    receipt: str = "",
    message: str = "",
) -> bool:
    """Record how a sending ended. False where somebody else settled it meanwhile (a stale fence)."""
    if state not in (Delivery.SENT, Delivery.REJECTED, Delivery.UNKNOWN):
        raise ValueError(state)
    with db.atomic():
        row = {
            "state": state.value,
            "settled_at": stamp(now()),
            "receipt": clean(receipt, 500),
            "message": clean(message, 500),
        }
        ours = db.update("outbox", publication_id, row, state="in_flight", fence=fence)
        if ours:
            _settled(db, get(db, publication_id), officers.MACHINE)
        return ours


def _settled(db: Store, publication: Publication, by: Officer) -> None:
    notice = notices.get(db, publication.notice_id)
    if publication.state is Delivery.SENT and publication.kind == "publish":
        moment = now()
        first = stamp(notice.published_at or moment)
        out = {"state": "published", "published_at": first, "updated_at": stamp(moment)}
        db.update("notices", notice.id, out, state="approved")
        case = cases.get(db, notice.case_id)
        if case.state is CaseState.IN_REVIEW and notices.carries(db, notice.id):
            cases.write_state(db, case.id, CaseState.PUBLISHED)
        if notice.kind is not NoticeKind.VERIFYING and notice.state is not NoticeState.RETRACTED:
            _supersede(db, notice.case_id, notice.id)
    audit.append(
        db,
        by,
        f"outbox.{publication.state.value}",
        f"case:{notice.case_id}",
        {
            "notice": notice.id,
            "channel": publication.channel,
            "kind": publication.kind,
            "receipt": publication.receipt,
        },
    )


def _supersede(db: Store, case_id: int, final_id: int) -> None:
    """A published 正在核实 of the same case points to the result from now on."""
    for notice in notices.of_case(db, case_id):
        if notice.kind is NoticeKind.VERIFYING and notice.state is NoticeState.PUBLISHED:
            told = {row.channel for row in of_notice(db, notice.id) if row.kind == "supersede"}
            for channel in notices.CHANNELS:
                if channel not in told:
                    queue(db, notice, channel, "supersede", str(final_id), now())


def withhold(db: Store, publication_id: int) -> None:
    """A row that still waits is not sent: its notice was retracted. In the caller's transaction."""
    row = {"state": "rejected", "settled_at": stamp(now()), "message": "发出前已撤回"}
    db.update("outbox", publication_id, row, state="queued")


def superseded_by(db: Store, notice_id: int) -> int:
    """The id of the notice that gave the result of a 正在核实; 0: none."""
    found = db.value(
        "SELECT hash FROM outbox WHERE notice_id = ? AND kind = 'supersede' LIMIT 1", notice_id
    )
    return int(found or 0)


def recover(db: Store, alive: str = "") -> int:
    """Rows in flight of any holder but ``alive`` become unknown. At start, and when one is overdue."""
    with db.atomic():
        rows = db.rows(
            "SELECT * FROM outbox WHERE state = 'in_flight' AND (holder <> ? OR taken_at < ?)",
            alive,
            stamp(now() - IN_FLIGHT_LIMIT),
        )
        for row in rows:
            lost = {"state": "unknown", "settled_at": stamp(now()), "fence": row["fence"] + 1}
            lost["message"] = "发送途中进程中断，不知道对方收到没有"
            db.update("outbox", row["id"], lost)
            _settled(db, get(db, row["id"]), officers.MACHINE)
        return len(rows)


def looked(db: Store, publication_id: int) -> tuple[int, float]:
    """Note a look into the channel's list that did not find it.

    Returns (looks so far, seconds since the first look).
    """
    with db.atomic():
        row = db.row("SELECT looks, looked_at FROM outbox WHERE id = ?", publication_id) or {}
        looks, first = row["looks"] + 1, time(row["looked_at"]) or now()
        db.update("outbox", publication_id, {"looks": looks, "looked_at": stamp(first)})
        return looks, (now() - first).total_seconds()


def found(db: Store, publication_id: int, receipt: str) -> None:
    """The channel's own list shows it: unknown becomes sent."""
    with db.atomic():
        row = {"state": "sent", "settled_at": stamp(now()), "receipt": clean(receipt, 500)}
        if db.update("outbox", publication_id, row | {"message": ""}, state="unknown"):
            _settled(db, get(db, publication_id), officers.MACHINE)


def requeue(db: Store, publication_id: int) -> None:
    """Send an unknown row again: only where the channel itself drops a second copy."""
    with db.atomic():
        row = {"state": "queued", "settled_at": None, "message": ""}
        if db.update("outbox", publication_id, row, state="unknown"):
            notice = notices.get(db, get(db, publication_id).notice_id)
            audit.append(
                db,
                officers.MACHINE,
                "outbox.requeue",
                f"case:{notice.case_id}",
                {"publication": publication_id},
            )


def resolve(db: Store, publication_id: int, *, sent: bool, note: str, by: Officer) -> Publication:
    """A person says how an unknown sending ended: 已发 (sent) or 未发 (queue it again)."""
    note = clean(note, 500)
    if len(note) < 2:
        raise RuleBroken("reason", "没有写怎么确认的", "写明在哪里看到，或没看到")
    with db.atomic():
        officers.require(db, by, "settle")
        publication = get(db, publication_id)
        if publication.state is not Delivery.UNKNOWN:
            raise RuleBroken("at-most-once", f"这一条现在是“{publication.state.label}”，不用处理")
        state = "sent" if sent else "queued"
        row = {"state": state, "settled_at": stamp(now()) if sent else None, "message": note}
        db.update("outbox", publication_id, row)
        made = get(db, publication_id)
        _settled(db, made, by)
        return made
