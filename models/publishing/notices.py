"""Notices: drafts in numbered revisions, each with the hash that a review binds to.

An approval holds for the SHA-256 over text, verdict, evidence set, channels and revision. The hash
is computed from the store at each look, so that any change anywhere voids what was approved.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from models import audit
from models.casework import cases, evidence, workflow
from models.casework.records import Case, CaseState, Hazard, NoticeKind
from models.errors import Conflict, Forbidden, NotFound, RuleBroken
from models.outcome import Outcome
from models.people import officers
from models.publishing import revisions
from models.publishing.records import Notice, NoticeState
from models.publishing.revisions import Draft
from models.roles import Officer
from models.store import Store, dump, now, stamp, time

CHANNELS = ("site",)  # where an approval sends a notice


_NOTICE = """SELECT n.*, r.title, r.findings, r.quote, r.closing, r.basis, v.outcome,
    (SELECT edited_by FROM revisions f WHERE f.notice_id = n.id AND f.revision = 1) AS drafted_by
    FROM notices n JOIN revisions r ON r.notice_id = n.id AND r.revision = n.revision
    LEFT JOIN verdicts v ON v.id = n.verdict_id """


def _notice(db: Store, row: dict[str, Any]) -> Notice:
    return Notice(
        id=row["id"],
        case_id=row["case_id"],
        number=row["number"],
        kind=NoticeKind(row["kind"]),
        state=NoticeState(row["state"]),
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        revision=row["revision"],
        title=row["title"],
        findings=tuple(json.loads(row["findings"])),
        quote=row["quote"],
        closing=row["closing"],
        issued_on=time(row["issued_at"]),
        hash=row["approved_hash"] or approval_hash(db, row),
        drafted_by=row["drafted_by"] or 0,
        submitted_by=row["submitted_by"],
        updated_at=time(row["updated_at"]) or now(),
        basis=tuple(json.loads(row["basis"])),
        published_at=time(row["published_at"]),
        retracted_for=row["retracted_for"],
        verdict_id=row["verdict_id"],
    )


def approval_hash(db: Store, row: dict[str, Any]) -> str:
    """The hash an approval binds to, from the state of the store now."""
    verdict = db.row(
        "SELECT id, literal, hazard, outcome, ground FROM verdicts WHERE id = ?", row["verdict_id"]
    )
    text = [row["title"], row["findings"], row["quote"], row["closing"], row["basis"], row["kind"]]
    items = evidence.set_hash(evidence.of_case(db, row["case_id"]))
    topic = db.value("SELECT topic FROM cases WHERE id = ?", row["case_id"])  # who must agree
    body = dump([row["id"], row["revision"], text, verdict, items, CHANNELS, topic])
    return hashlib.sha256(body.encode()).hexdigest()


def _row(db: Store, notice_id: int) -> dict[str, Any]:
    row = db.row(_NOTICE + "WHERE n.id = ?", notice_id)
    if row is None:
        raise NotFound(f"没有 {notice_id} 号通告稿", mend="回到待审")
    return row


def get(db: Store, notice_id: int) -> Notice:
    return _notice(db, _row(db, notice_id))


def carries(db: Store, notice_id: int) -> bool:
    """Whether the case follows this notice: it rests on the verdict in force.

    A 正在核实 without a verdict, and a notice of a verdict since replaced, move nothing.
    """
    return bool(
        db.value(
            "SELECT verdict_id = (SELECT max(id) FROM verdicts v WHERE v.case_id = n.case_id)"
            " FROM notices n WHERE n.id = ?",
            notice_id,
        )
    )


def of_case(db: Store, case_id: int) -> list[Notice]:
    """All notices of a case, the newest first, void ones last."""
    return [
        _notice(db, row)
        for row in db.rows(
            _NOTICE + "WHERE n.case_id = ? ORDER BY n.state = 'void', n.id DESC", case_id
        )
    ]


def in_states(db: Store, *states: NoticeState, limit: int = 200) -> list[Notice]:
    """Notices in these states, the newest change first."""
    rows = db.rows(_NOTICE + _IN_STATES, dump(states), limit)
    return [_notice(db, row) for row in rows]


_IN_STATES = """WHERE n.state IN (SELECT value FROM json_each(?))
    ORDER BY n.updated_at DESC LIMIT ?"""


def start(db: Store, case_id: int, draft: Draft, *, by: Officer) -> Notice:
    """A new notice of a case, revision 1. Voids an older unpublished one of the same case.

    Raises ``RuleBroken`` where the verdict does not allow this kind (an unverified claim never
    becomes a debunk).
    """
    with db.atomic():
        officers.require(db, by, "draft")
        case = cases.get(db, case_id)
        verdict = db.row(
            "SELECT * FROM verdicts WHERE case_id = ? ORDER BY id DESC LIMIT 1", case_id
        )
        decided = case.state in (CaseState.DECIDED, CaseState.IN_REVIEW)
        _check_kind(case, draft.kind, verdict if decided else None)
        _check_free(db, case_id, verdict["id"] if decided and verdict else 0, by)
        cases.void_drafts(db, case_id, by)
        if case.state is CaseState.IN_REVIEW:  # what was in review is void now
            cases.write_state(db, case_id, CaseState.DECIDED)
        notice_id = db.insert(
            "notices",
            {
                "case_id": case_id,
                "kind": draft.kind.value,
                "state": "draft",
                "verdict_id": verdict["id"] if decided and verdict else None,
                "revision": 1,
                "updated_at": stamp(now()),
            },
        )
        revisions.add(db, case_id, notice_id, 1, draft, by)
        audit.append(
            db, by, "notice.draft", f"case:{case_id}", {"notice": notice_id, "kind": draft.kind}
        )
        return get(db, notice_id)


def _check_free(db: Store, case_id: int, verdict_id: int, by: Officer) -> None:
    """Raise ``RuleBroken`` where a new notice would stand beside one that is on its way out.

    The machine never replaces an officer's words. It drafts one notice a verdict, however many
    clocks ask at the same moment.
    """
    if db.value(
        "SELECT 1 FROM notices WHERE case_id = ? AND state = 'approved' AND verdict_id = ?",
        case_id,
        verdict_id,
    ):
        raise RuleBroken("notice-state", "本案的通告已批准，正在发出", "要停发就撤回它")
    if by.id == 0 and db.value(
        "SELECT 1 FROM notices n JOIN revisions r ON r.notice_id = n.id WHERE n.case_id = ?"
        " AND n.state IN ('draft', 'in_review') AND (r.edited_by <> 0 OR n.state = 'in_review')",
        case_id,
    ):
        raise RuleBroken("draft-in-hand", "本案已有人在写通告", "由起草人继续")
    if by.id == 0 and db.value(
        "SELECT 1 FROM notices WHERE case_id = ? AND state <> 'void' AND verdict_id IS ?",
        case_id,
        verdict_id or None,
    ):
        raise RuleBroken("draft-in-hand", "本案已有机器起草的通告", "由起草人继续")


def _check_kind(case: Case, kind: NoticeKind, verdict: dict[str, Any] | None) -> None:
    if verdict is None:
        if kind is not NoticeKind.VERIFYING:
            raise RuleBroken(
                "unverified-is-not-false",
                f"案件{case.number}还没有结论，只能起草“正在核实”",
                "先核定",
            )
        if not case.state.open:
            raise RuleBroken("closed", f"案件{case.number}是“{case.state.label}”", "先重新核查")
        return
    allowed = workflow.kind_for(Outcome(verdict["outcome"]), Hazard(verdict["hazard"]))
    if kind is not allowed:
        raise RuleBroken(
            "unverified-is-not-false" if kind is NoticeKind.DEBUNK else "kind",
            f"这个结论不能出“{kind.label}”",
            f"只能出“{allowed.label}”" if allowed else "这个结论不出通告",
        )


def edit(db: Store, notice_id: int, revision: int, draft: Draft, *, by: Officer) -> Notice:
    """Save an officer's wording as the next revision; a notice in review goes back to draft.

    ``revision`` is the one the officer was editing. Whoever edits never reviews or approves.
    """
    with db.atomic():
        officers.require(db, by, "draft")
        if by.id == 0:  # what it drafted is in officers' hands from then on
            raise Forbidden("机器只起草，不改稿", mend="请核查员或发布员改")
        notice = get(db, notice_id)
        if not notice.state.editable:
            raise RuleBroken(
                "notice-state", f"通告稿已是“{notice.state.label}”，不能再改", "另起一稿"
            )
        if notice.revision != revision:
            raise Conflict(f"别人刚存了第 {notice.revision} 稿", mend="对照后再存；你写的内容还在")
        revisions.add(db, notice.case_id, notice_id, revision + 1, draft, by)
        to_draft(db, notice, by, {"revision": revision + 1})
        audit.append(
            db,
            by,
            "notice.edit",
            f"case:{notice.case_id}",
            {"notice": notice_id, "revision": revision + 1},
        )
        return get(db, notice_id)


def to_draft(db: Store, notice: Notice, by: Officer, changed: dict[str, Any]) -> None:
    row = {"state": "draft", "submitted_by": 0, "updated_at": stamp(now()), **changed}
    db.update("notices", notice.id, row)
    case = cases.get(db, notice.case_id)
    if case.state is CaseState.IN_REVIEW and carries(db, notice.id):
        cases.write_state(db, case.id, CaseState.DECIDED)
