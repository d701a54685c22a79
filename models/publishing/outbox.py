"""The outbox: at most once without a person (RELIABILITY 3.3).

queued -> in_flight, committed *before* anything leaves the house -> sent | rejected | unknown.
A process that dies in between leaves an in_flight row, which becomes unknown: never sent again by
itself, but looked up in the channel's own list, and else decided by a person.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models import audit
from models.casework import cases
from models.casework.records import CaseState, NoticeKind
from models.errors import NotFound, RuleBroken
from models.people import officers
from models.publishing import notices
from models.publishing.records import Delivery, NoticeState, Publication
from models.roles import Officer
from models.store import Store, now, stamp, time
from models.text import clean

IN_FLIGHT_LIMIT = timedelta(minutes=5)


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
    )


def get(db: Store, publication_id: int) -> Publication:
    row = db.row("SELECT * FROM outbox WHERE id = ?", publication_id)
    if row is None:
        raise NotFound(f"没有 {publication_id} 号发送记录")
    return _publication(row)


def of_notice(db: Store, notice_id: int) -> list[Publication]:
    return [
        _publication(row)
        for row in db.query("SELECT * FROM outbox WHERE notice_id = ? ORDER BY id", [notice_id])
    ]


def in_state(db: Store, *states: Delivery) -> list[Publication]:
    marks = ", ".join("?" * len(states))
    return [
        _publication(row)
        for row in db.query(
            f"SELECT * FROM outbox WHERE state IN ({marks}) ORDER BY id",  # noqa: S608
            [state.value for state in states],
        )
    ]


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
            db.conn.execute(
                "UPDATE outbox SET state = 'in_flight', fence = fence + 1, holder = ?, taken_at = ?"
                " WHERE id = ?",
                [holder, stamp(now()), row["id"]],
            )
            return get(db, row["id"])


def _still_approved(db: Store, row: dict[str, Any]) -> bool:
    notice = db.row(notices._NOTICE + "WHERE n.id = ?", row["notice_id"])
    if (
        not notice
        or notice["state"] not in ("approved", "published")
        or notice["revision"] != row["revision"]
        or notices.fingerprint(db, notice) != row["hash"]
    ):
        return False
    state = cases.get(db, notice["case_id"]).state
    if notice["verdict_id"] is None:  # 正在核实: as long as that is true
        return state.open
    # a case that somebody verifies again has no result to announce
    return notices.carries(db, notice["id"]) and state in (CaseState.IN_REVIEW, CaseState.PUBLISHED)


def _void(db: Store, row: dict[str, Any]) -> None:
    moment = stamp(now())
    db.conn.execute(
        "UPDATE outbox SET state = 'rejected', settled_at = ?, message = ? WHERE id = ?",
        [moment, "批准后案件、证据或结论有变化，批准作废，没有发出", row["id"]],
    )
    db.conn.execute(
        "UPDATE notices SET state = 'void', updated_at = ? WHERE id = ? AND state = 'approved'",
        [moment, row["notice_id"]],
    )
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
        found = db.conn.execute(
            "UPDATE outbox SET state = ?, settled_at = ?, receipt = ?, message = ?"
            " WHERE id = ? AND state = 'in_flight' AND fence = ?",
            [
                state.value,
                stamp(now()),
                clean(receipt, 500),
                clean(message, 500),
                publication_id,
                fence,
            ],
        ).rowcount
        if found:
            _settled(db, get(db, publication_id), officers.MACHINE)
        return bool(found)


def _settled(db: Store, publication: Publication, by: Officer) -> None:
    notice = notices.get(db, publication.notice_id)
    if publication.state is Delivery.SENT and publication.kind == "publish":
        moment = stamp(now())
        db.conn.execute(
            "UPDATE notices SET state = 'published', published_at = coalesce(published_at, ?),"
            " updated_at = ? WHERE id = ? AND state = 'approved'",
            [moment, moment, notice.id],
        )
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
            for channel in notices.CHANNELS:
                db.conn.execute(
                    "INSERT INTO outbox (notice_id, revision, channel, kind, hash, queued_at)"
                    " VALUES (?, ?, ?, 'supersede', ?, ?) ON CONFLICT DO NOTHING",
                    [notice.id, notice.revision, channel, str(final_id), stamp(now())],
                )


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
            "SELECT id FROM outbox WHERE state = 'in_flight' AND (holder <> ? OR taken_at < ?)",
            alive,
            stamp(now() - IN_FLIGHT_LIMIT),
        )
        for row in rows:
            db.conn.execute(
                "UPDATE outbox SET state = 'unknown', settled_at = ?, fence = fence + 1,"
                " message = '发送途中进程中断，不知道对方收到没有' WHERE id = ?",
                [stamp(now()), row["id"]],
            )
            _settled(db, get(db, row["id"]), officers.MACHINE)
        return len(rows)


def looked(db: Store, publication_id: int) -> tuple[int, float]:
    """Note a look into the channel's list that did not find it.

    Returns (looks so far, seconds since the first look).
    """
    with db.atomic():
        db.conn.execute(
            "UPDATE outbox SET looks = looks + 1, looked_at = coalesce(looked_at, ?) WHERE id = ?",
            [stamp(now()), publication_id],
        )
        row = db.row("SELECT looks, looked_at FROM outbox WHERE id = ?", publication_id) or {}
        first = time(row["looked_at"]) or now()
        return row["looks"], (now() - first).total_seconds()


def found(db: Store, publication_id: int, receipt: str) -> None:
    """The channel's own list shows it: unknown becomes sent."""
    with db.atomic():
        changed = db.conn.execute(
            "UPDATE outbox SET state = 'sent', settled_at = ?, receipt = ?, message = ''"
            " WHERE id = ? AND state = 'unknown'",
            [stamp(now()), clean(receipt, 500), publication_id],
        ).rowcount
        if changed:
            _settled(db, get(db, publication_id), officers.MACHINE)


def requeue(db: Store, publication_id: int) -> None:
    """Send an unknown row again: only where the channel itself drops a second copy."""
    with db.atomic():
        changed = db.conn.execute(
            "UPDATE outbox SET state = 'queued', settled_at = NULL, message = ''"
            " WHERE id = ? AND state = 'unknown'",
            [publication_id],
        ).rowcount
        if changed:
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
        db.conn.execute(
            "UPDATE outbox SET state = ?, settled_at = ?, message = ? WHERE id = ?",
            [state, stamp(now()) if sent else None, note, publication_id],
        )
        made = get(db, publication_id)
        _settled(db, made, by)
        return made
