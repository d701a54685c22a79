"""Cases: one a claim. Opened and ranked by ``models.casework.opening``, moved by officers.

Every move goes through ``workflow.TRANSITIONS``, checks the officer's role and the version the
officer was looking at, and leaves an audit entry in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models import audit, sameness
from models.casework import acts, holding, workflow
from models.casework.records import Case, CaseState
from models.errors import Conflict, NotFound, RuleBroken
from models.harm import Topic
from models.people import officers
from models.personal.admission import clean
from models.ranking import scores
from models.roles import Officer
from models.store import Store, now, stamp, time

DISMISS_REASONS = {
    "not_a_claim": "不是事实主张",
    "private": "私事，不涉公共利益",
    "known": "已有通告，无新情况",
    "elsewhere": "不在本地管辖",
    "advert": "广告或刷屏",
    "trivial": "影响很小",
}
SAMPLE_STATUS = ("已留样", "未能留样", "不涉及实物")
CLAIM_CHARS = 120


def of_row(row: Mapping[str, Any]) -> Case:
    return Case(
        id=row["id"],
        number=row["number"],
        cluster_id=row["cluster_id"],
        claim=row["claim"],
        topic=Topic(row["topic"]),
        state=CaseState(row["state"]),
        risk=row["risk"],
        priority=row["priority"],
        level=row["level"],
        posts=row["posts"],
        accounts=row["accounts"],
        replies=row["replies"],
        doubts=row["doubts"],
        first_at=time(row["first_at"]) or now(),
        last_at=time(row["last_at"]) or now(),
        opened_at=time(row["opened_at"]) or now(),
        due_at=time(row["due_at"]) or now(),
        holder_id=row["holder_id"],
        sampled=bool(row["sampled"]),
        reasons=scores.reasons(row["reasons"]),
        entities=scores.entities(row["entities"]),
        version=row["version"],
        dismissed_for=row["dismissed_for"],
        lead_sent_at=time(row["lead_sent_at"]),
        lead_sent_to=row["lead_sent_to"],
        sample_status=row["sample_status"],
        picked=bool(row["picked"]),
        checkable=row["checkable"],
        dubious=row["dubious"],
        unfamiliar=bool(row["unfamiliar"]),
        model=row["model"],
    )


def get(db: Store, case_id: int) -> Case:
    row = db.row("SELECT * FROM cases WHERE id = ?", case_id)
    if row is None:
        raise NotFound(f"没有 {case_id} 号案件", mend="回到队列")
    return of_row(row)


def by_number(db: Store, number: str) -> Case:
    row = db.row("SELECT * FROM cases WHERE number = ?", number)
    if row is None:
        raise NotFound(f"没有案件{number}", mend="回到队列")
    return of_row(row)


def of_cluster(db: Store, cluster_id: int) -> Case | None:
    row = db.row("SELECT * FROM cases WHERE cluster_id = ?", cluster_id)
    return of_row(row) if row else None


def write(db: Store, case_id: int, changed: Mapping[str, Any], by: Officer | None = None) -> None:
    """Change columns of a case inside the caller's transaction, and count the change. ``by`` signs
    for it (``acts.SIGNED``).

    ``version`` counts what people did: a page drawn before is stale. ``ticks`` counts the machine's
    updates of numbers, which must never make an officer's step fail.
    """
    if by is not None:
        acts.sign(db, case_id, changed, by)
    counter = "ticks" if by == officers.MACHINE else "version"
    db.update("cases", case_id, {**changed, "updated_at": stamp(now())}, counter)


def worded(claim: str) -> dict[str, str]:
    """The columns of a claim: its words, and those that a quotation of evidence is looked up in."""
    return {"claim": claim, "quotable": sameness.quoted(claim), "quotable_of": claim}


def write_state(db: Store, case_id: int, state: CaseState) -> None:
    """Move the case because its notice moved. The step on the notice has checked role and rules."""
    write(db, case_id, {"state": state.value, "closed_at": None if state.open else stamp(now())})


def void_drafts(db: Store, case_id: int, by: Officer) -> None:
    """The case moved on: its drafts and what is in review become void, what was approved stays."""
    for row in db.rows(
        "SELECT id FROM notices WHERE case_id = ? AND state IN ('draft', 'in_review')"
        " ORDER BY id DESC",
        case_id,
    ):
        db.update("notices", row["id"], {"state": "void", "updated_at": stamp(now())})
        audit.append(db, by, "notice.void", f"case:{case_id}", {"notice": row["id"]})


# ---- officers -----------------------------------------------------------------------------------


def fresh(db: Store, case_id: int, version: int | None) -> Case:
    """The case, unless its state moved since ``version`` was read (None: do not ask)."""
    case = get(db, case_id)
    if version is not None and case.version != version:
        last = next(
            (e for e in audit.of_object(db, f"case:{case_id}", 1) if e.actor != "machine"), None
        )
        who = officers.labels(db).get(int(last.actor.split(":")[1]), "") if last else "机器"
        raise Conflict(
            f"案件{case.number}刚被{who}改过，现在是“{case.state.label}”",
            mend="看过新情况再做一次；你写的内容还在",
        )
    return case


def step(
    db: Store,
    case_id: int,
    version: int | None,
    action: str,
    by: Officer,
    changed: Mapping[str, Any] | None = None,
    detail: Mapping[str, object] | None = None,
) -> Case:
    """Move a case by ``action`` of the workflow's table, and log it; all or nothing.

    ``changed``: other columns that change with it. ``detail`` goes into the audit entry.
    """
    with db.atomic():
        officers.require(db, by, workflow.TRANSITIONS[action].needs)
        case = fresh(db, case_id, version)
        after = workflow.move(case, action)
        row = {"state": after.value, **(changed or {})}
        row["closed_at"] = None if after.open else stamp(now())
        write(db, case_id, row, by)
        if action in acts.MOVES:
            acts.add(db, case_id, action, by)
        audit.append(db, by, f"case.{action}", f"case:{case_id}", detail)
        return get(db, case_id)


def claim(db: Store, case_id: int, version: int | None = None, *, by: Officer) -> Case:
    """Take the case. The first of two officers wins; the other gets ``Conflict``."""
    with db.atomic():
        case = get(db, case_id)
        if case.holder_id == by.id and case.state is CaseState.VERIFYING:
            return case
        if case.holder_id and case.state is CaseState.VERIFYING:
            who = officers.get(db, case.holder_id).label
            raise Conflict(f"案件{case.number}已由{who}领取", mend="选下一条，或请对方放回")
        return step(db, case_id, None, "claim", by, {"holder_id": by.id})


def release(db: Store, case_id: int, version: int | None = None, *, by: Officer) -> Case:
    """Put the case back. Only its holder, or anybody where nobody holds it or the holder is gone."""
    with db.atomic():
        holding.check_hands(db, get(db, case_id), by)
        return step(db, case_id, version, "release", by, {"holder_id": 0})


def wait_for_evidence(db: Store, case_id: int, version: int | None = None, *, by: Officer) -> Case:
    """待补证, by the holder: whoever takes it then may decide it."""
    with db.atomic():
        officers.require(db, by, "claim")
        holding.check_hands(db, fresh(db, case_id, version), by)
        return step(db, case_id, version, "wait", by)


def dismiss(
    db: Store, case_id: int, version: int | None = None, *, reason: str, by: Officer
) -> Case:
    """不立案, with one of ``DISMISS_REASONS``; undone by ``restore``. Raises as ``holding`` says."""
    if reason not in DISMISS_REASONS:
        raise RuleBroken("dismiss-reason", "不立案要选一个理由", "在六个理由里选一个")
    with db.atomic():
        officers.require(db, by, "dismiss")
        case = fresh(db, case_id, version)
        holding.check_dismissal(db, case, reason, by)
        holding.check_two(db, case, reason, by)
        left = {"dismissed_for": reason, "dismissed_by": by.id, "dismissed_posts": case.posts}
        left["holder_id"] = 0
        case = step(db, case_id, version, "dismiss", by, left, {"reason": reason})
        void_drafts(db, case_id, by)
        return case


def restore(db: Store, case_id: int, version: int | None = None, *, by: Officer) -> Case:
    return step(db, case_id, version, "restore", by, {"dismissed_for": ""})


def reopen(
    db: Store, case_id: int, version: int | None = None, *, reason: str, by: Officer
) -> Case:
    """Verify again, on new evidence. Drafts that are not out yet become void with the verdict."""
    if len(reason.strip()) < 2:
        raise RuleBroken("reason", "没有写理由", "写明为什么重新核查")
    with db.atomic():
        case = step(
            db, case_id, version, "reopen", by, {"holder_id": by.id}, {"reason": clean(reason, 500)}
        )
        void_drafts(db, case_id, by)
        return case


def reword(db: Store, case_id: int, version: int | None = None, *, claim: str, by: Officer) -> Case:
    """改写说法: the claim in an officer's words; the machine leaves it alone from then on."""
    claim = clean(claim, CLAIM_CHARS)
    if len(claim) < 4:
        raise RuleBroken("claim", "说法太短", "写成一句完整的话")
    with db.atomic():
        officers.require(db, by, "reword")
        case = fresh(db, case_id, version)
        if case.state not in workflow.UNDECIDED:
            raise RuleBroken("closed", "已核定的案件不能改写说法", "先重新核查")
        write(db, case_id, worded(claim) | {"reworded": 1}, by)
        audit.append(db, by, "case.reword", f"case:{case_id}", {"old": case.claim, "new": claim})
        return get(db, case_id)


def set_topic(
    db: Store, case_id: int, version: int | None = None, *, topic: Topic, by: Officer
) -> Case:
    """Set the kind of harm. A hazard topic never becomes an ordinary one: that would drop a person."""
    with db.atomic():
        officers.require(db, by, "lead")
        case = fresh(db, case_id, version)
        if case.hazard and not topic.hazard:
            raise RuleBroken("hazard-stays", f"“{case.topic.label}”不能改成一般类", "按危害类办理")
        row = {"topic": topic.value, "hazard": int(topic.hazard), "topic_set": 1}
        write(db, case_id, row, by)
        audit.append(db, by, "case.topic", f"case:{case_id}", {"old": case.topic, "new": topic})
        return get(db, case_id)


def _still_open(case: Case) -> Case:
    if not case.state.open:
        raise RuleBroken("closed", f"案件{case.number}是“{case.state.label}”", "先重新核查")
    return case


def send_lead(db: Store, case_id: int, version: int | None = None, *, to: str, by: Officer) -> Case:
    """预警线索: the hazard was handed to the competent department ``to``."""
    to = clean(to, 60)
    if len(to) < 2:
        raise RuleBroken("lead", "没有写转给哪个部门", "写明主管部门")
    with db.atomic():
        officers.require(db, by, "lead")
        old = _still_open(fresh(db, case_id, version)).lead_sent_to
        write(db, case_id, {"lead_sent_at": stamp(now()), "lead_sent_to": to}, by)
        audit.append(db, by, "case.lead", f"case:{case_id}", {"old": old, "to": to})
        return get(db, case_id)


def set_sample_status(
    db: Store, case_id: int, version: int | None = None, *, status: str, by: Officer
) -> Case:
    """Whether a physical sample of what the claim is about was kept (one of ``SAMPLE_STATUS``)."""
    if status not in SAMPLE_STATUS:
        raise RuleBroken("sample", "没有选留样状态", "选一项：" + "、".join(SAMPLE_STATUS))
    with db.atomic():
        officers.require(db, by, "lead")
        old = _still_open(fresh(db, case_id, version)).sample_status
        write(db, case_id, {"sample_status": status}, by)
        audit.append(db, by, "case.sample", f"case:{case_id}", {"old": old, "status": status})
        return get(db, case_id)
