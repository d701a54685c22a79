"""Taking a notice back: one person is enough, and every channel that may have it gets the word (RELIABILITY 3.5)."""

from __future__ import annotations

from models import audit
from models.casework import cases
from models.casework.records import Case, CaseState
from models.errors import RuleBroken
from models.people import officers
from models.publishing import notices
from models.publishing.records import Notice, NoticeState
from models.publishing.reviews import _note
from models.roles import Officer
from models.store import Store, now, stamp
from models.text import clean


def retract(db: Store, notice_id: int, *, reason: str, by: Officer) -> Notice:
    """撤回 a published notice: stopping takes one person. Fans out to every channel it reached."""
    reason = clean(reason, 500)
    if len(reason) < 4:
        raise RuleBroken("reason", "没有写撤回理由", "写明错在哪里，公众会看到")
    with db.atomic():
        officers.require(db, by, "retract")
        notice = notices.get(db, notice_id)
        if notice.state not in (NoticeState.APPROVED, NoticeState.PUBLISHED):
            raise RuleBroken("notice-state", f"通告是“{notice.state.label}”，没有可撤回的")
        db.conn.execute(
            "UPDATE notices SET state = 'retracted', retracted_at = ?, retracted_for = ?,"
            " updated_at = ? WHERE id = ?",
            [stamp(now()), reason, stamp(now()), notice_id],
        )
        db.conn.execute(
            "UPDATE outbox SET state = 'rejected', settled_at = ?, message = '发出前已撤回'"
            " WHERE notice_id = ? AND kind = 'publish' AND state = 'queued'",
            [stamp(now()), notice_id],
        )
        _note(db, notice, "retract", reason, by)
        db.conn.execute(  # wherever it went, or may have gone
            "INSERT INTO outbox (notice_id, revision, channel, kind, hash, queued_at)"
            " SELECT notice_id, revision, channel, 'retract', hash, ? FROM outbox WHERE"
            " notice_id = ? AND kind = 'publish' AND state IN ('in_flight', 'sent', 'unknown')",
            [stamp(now()), notice_id],
        )
        if notices.carries(db, notice_id):
            _after_retraction(db, cases.get(db, notice.case_id), notice_id, by)
        return notices.get(db, notice_id)


def _after_retraction(db: Store, case: Case, notice_id: int, by: Officer) -> None:
    """What was, or may have been, in public is verified again; else the verdict stands unsent."""
    if case.state not in (CaseState.PUBLISHED, CaseState.IN_REVIEW):
        return
    if db.value("SELECT 1 FROM outbox WHERE notice_id = ? AND kind = 'retract'", notice_id):
        cases.write_state(db, case.id, CaseState.VERIFYING)
        audit.append(db, by, "case.reopen", f"case:{case.id}", {"retracted": notice_id})
    else:
        cases.write_state(db, case.id, CaseState.DECIDED)
