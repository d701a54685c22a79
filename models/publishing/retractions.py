"""Taking a notice back: one person is enough, and every channel that may have it gets the word (RELIABILITY 3.5)."""

from __future__ import annotations

from models import audit
from models.casework import cases
from models.casework.records import CaseState
from models.errors import RuleBroken
from models.people import officers
from models.personal.admission import clean
from models.publishing import notices, outbox, reviews
from models.publishing.records import Delivery, Notice
from models.roles import Officer
from models.store import Store, now, stamp


def retract(db: Store, notice_id: int, *, reason: str, by: Officer) -> Notice:
    """撤回 a published notice: stopping takes one person. Fans out to every channel it reached."""
    reason = clean(reason, 500)
    if len(reason) < 4:
        raise RuleBroken("reason", "没有写撤回理由", "写明错在哪里，公众会看到")
    with db.atomic():
        officers.require(db, by, "retract")
        notice = notices.get(db, notice_id)
        if not notice.state.issued:
            raise RuleBroken("notice-state", f"通告是“{notice.state.label}”，没有可撤回的")
        moment = now()
        row = {"state": "retracted", "retracted_at": stamp(moment), "retracted_for": reason}
        db.update("notices", notice_id, row | {"updated_at": stamp(moment)})
        reviews.keep_step(db, notice, "retract", reason, by)
        for way in outbox.of_notice(db, notice_id):
            if way.kind != "publish":
                continue
            if way.state is Delivery.QUEUED:
                outbox.withhold(db, way.id)
            elif way.state is not Delivery.REJECTED:  # it went there, or may have gone
                outbox.queue(db, notice, way.channel, "retract", notice.hash, moment)
        again = notices.carries(db, notice_id) and _after_retraction(db, notice)
        reviews.say_step(db, notice, "retract", reason, by)
        if again:
            what = {"retracted": notice_id}
            audit.append(db, by, "case.reopen", f"case:{notice.case_id}", what)
        return notices.get(db, notice_id)


def _after_retraction(db: Store, notice: Notice) -> bool:
    """What was, or may have been, in public is verified again, which is said; else the verdict stands
    unsent."""
    case = cases.get(db, notice.case_id)
    if case.state not in (CaseState.PUBLISHED, CaseState.IN_REVIEW):
        return False
    out = db.value("SELECT 1 FROM outbox WHERE notice_id = ? AND kind = 'retract'", notice.id)
    cases.write_state(db, case.id, CaseState.VERIFYING if out else CaseState.DECIDED)
    return bool(out)
