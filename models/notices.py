"""Notices: drafts in numbered revisions, and the review that binds people to one exact text.

An approval holds for the SHA-256 over text, verdict, evidence set, channels and revision. The hash
is computed from the store at each look, so that any change anywhere voids what was approved.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from models import audit, cases, evidence, officers, workflow
from models.errors import Conflict, NotFound, RuleBroken
from models.records import (
    Approval,
    Case,
    CaseState,
    Hazard,
    Notice,
    NoticeKind,
    NoticeState,
    Officer,
    Outcome,
)
from models.store import Store, dump, now, stamp, time
from models.text import clean

CHANNELS = ("site",)  # one channel today; the outbox and the hash already take a list
OPEN = (NoticeState.DRAFT, NoticeState.IN_REVIEW)


@dataclass(frozen=True)
class Draft:
    """The words of a notice, as the machine or an officer wrote them."""

    kind: NoticeKind
    title: str
    findings: tuple[str, ...]
    quote: str
    closing: str
    basis: tuple[int, ...] = ()  # evidence ids named under 依据


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
        hash=row["approved_hash"] or fingerprint(db, row),
        drafted_by=row["drafted_by"] or 0,
        submitted_by=row["submitted_by"],
        updated_at=time(row["updated_at"]) or now(),
        basis=tuple(json.loads(row["basis"])),
        published_at=time(row["published_at"]),
        retracted_for=row["retracted_for"],
    )


def fingerprint(db: Store, row: dict[str, Any]) -> str:
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


def by_number(db: Store, number: str) -> Notice | None:
    row = db.row(_NOTICE + "WHERE n.number = ?", number)
    return _notice(db, row) if row else None


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
    marks = ", ".join("?" * len(states))
    return [
        _notice(db, row)
        for row in db.rows(
            _NOTICE + f"WHERE n.state IN ({marks}) ORDER BY n.updated_at DESC LIMIT ?",
            *[state.value for state in states],
            limit,
        )
    ]


@dataclass(frozen=True)
class Revision:
    revision: int
    draft: Draft
    edited_by: int
    at: Any


def revisions(db: Store, notice_id: int) -> list[Revision]:
    """Every revision, oldest first."""
    kind = get(db, notice_id).kind
    return [
        Revision(
            row["revision"],
            Draft(
                kind,
                row["title"],
                tuple(json.loads(row["findings"])),
                row["quote"],
                row["closing"],
                tuple(json.loads(row["basis"])),
            ),
            row["edited_by"],
            time(row["at"]),
        )
        for row in db.rows(
            "SELECT * FROM revisions WHERE notice_id = ? ORDER BY revision", notice_id
        )
    ]


# ---- drafting -----------------------------------------------------------------------------------


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
        void_open(db, case_id, by)
        if case.state is CaseState.IN_REVIEW:  # what was in review is void now
            cases.write_state(db, case_id, CaseState.DECIDED)
        notice_id = db.conn.execute(
            "INSERT INTO notices (case_id, kind, state, verdict_id, revision, updated_at)"
            " VALUES (?, ?, 'draft', ?, 1, ?)",
            [
                case_id,
                draft.kind.value,
                verdict["id"] if decided and verdict else None,
                stamp(now()),
            ],
        ).lastrowid
        _add_revision(db, case_id, notice_id or 0, 1, draft, by)
        audit.append(
            db, by, "notice.draft", f"case:{case_id}", {"notice": notice_id, "kind": draft.kind}
        )
        return get(db, notice_id or 0)


def _check_free(db: Store, case_id: int, verdict_id: int, by: Officer) -> None:
    """No second notice beside one on its way out; the machine never replaces an officer's words."""
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


def _add_revision(
    db: Store, case_id: int, notice_id: int, revision: int, draft: Draft, by: Officer
) -> None:
    if not set(draft.basis) <= {item.id for item in evidence.of_case(db, case_id)}:
        raise RuleBroken("notice-basis", "依据里有别案的证据", "只选本案的证据")
    title = clean(draft.title, 60)
    findings = [clean(item, 300) for item in draft.findings if clean(item, 300)]
    if len(title) < 4:
        raise RuleBroken("notice-title", "通告没有标题", "写一句说明真相的话")
    if len(findings) > 9:
        raise RuleBroken("notice-findings", "通告最多 9 条", "合并相近的几条")
    db.conn.execute(
        "INSERT INTO revisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            notice_id,
            revision,
            title,
            dump(findings),
            clean(draft.quote, 300),
            clean(draft.closing, 200),
            dump(list(draft.basis)),
            by.id,
            stamp(now()),
        ],
    )


def edit(db: Store, notice_id: int, revision: int, draft: Draft, *, by: Officer) -> Notice:
    """Save an officer's wording as the next revision; a notice in review goes back to draft.

    ``revision`` is the one the officer was editing. Whoever edits never reviews or approves.
    """
    with db.atomic():
        officers.require(db, by, "draft")
        notice = get(db, notice_id)
        if notice.state not in OPEN:
            raise RuleBroken(
                "notice-state", f"通告稿已是“{notice.state.label}”，不能再改", "另起一稿"
            )
        if notice.revision != revision:
            raise Conflict(f"别人刚存了第 {notice.revision} 稿", mend="对照后再存；你写的内容还在")
        _add_revision(db, notice.case_id, notice_id, revision + 1, draft, by)
        _to_draft(db, notice, by, {"revision": revision + 1})
        audit.append(
            db,
            by,
            "notice.edit",
            f"case:{notice.case_id}",
            {"notice": notice_id, "revision": revision + 1},
        )
        return get(db, notice_id)


def _to_draft(db: Store, notice: Notice, by: Officer, changed: dict[str, Any]) -> None:
    row = {"state": "draft", "submitted_by": 0, "updated_at": stamp(now()), **changed}
    db.conn.execute(
        f"UPDATE notices SET {', '.join(f'{key} = ?' for key in row)} WHERE id = ?",  # noqa: S608
        [*row.values(), notice.id],
    )
    case = cases.get(db, notice.case_id)
    if case.state is CaseState.IN_REVIEW and carries(db, notice.id):
        cases.write_state(db, case.id, CaseState.DECIDED)


def void_open(db: Store, case_id: int, by: Officer) -> None:
    """Drafts and notices in review of a case are replaced: they become void."""
    for notice in of_case(db, case_id):
        if notice.state in OPEN:
            db.conn.execute(
                "UPDATE notices SET state = 'void', updated_at = ? WHERE id = ?",
                [stamp(now()), notice.id],
            )
            audit.append(db, by, "notice.void", f"case:{case_id}", {"notice": notice.id})


# ---- review -------------------------------------------------------------------------------------


def approvals(db: Store, notice_id: int) -> list[Approval]:
    """Every step taken on a notice, oldest first."""
    return [
        Approval(
            row["id"],
            row["notice_id"],
            row["revision"],
            row["hash"],
            row["step"],
            row["reason"],
            row["by"],
            time(row["at"]) or now(),
        )
        for row in db.query("SELECT * FROM approvals WHERE notice_id = ? ORDER BY id", [notice_id])
    ]


def reviewed(db: Store, notice: Notice) -> bool:
    """Whether a colleague of the field has agreed to exactly this text, and nobody refused since.

    One who touched the case after reviewing (evidence added and taken back) no longer counts.
    """
    steps = approvals(db, notice.id)
    refused = max((step.id for step in steps if step.step == "refuse"), default=0)
    touched = hands(db, notice)
    return any(
        step.step == "review"
        and step.hash == notice.hash
        and step.id > refused
        and step.by not in touched
        for step in steps
    )


def hands(db: Store, notice: Notice) -> dict[int, str]:
    """Officer id -> how they touched this notice; none of them may review or approve it."""
    touched: dict[int, str] = {}
    for row in db.query(
        "SELECT by, '核定了本案' AS how FROM verdicts WHERE case_id = :c"
        " UNION ALL SELECT added_by, '添加了证据' FROM evidence WHERE case_id = :c"
        " UNION ALL SELECT edited_by, '改过本稿' FROM revisions WHERE notice_id = :n"
        " UNION ALL SELECT by, '送审了本稿' FROM approvals WHERE notice_id = :n AND step = 'submit'",
        {"c": notice.case_id, "n": notice.id},
    ):
        if row["by"]:
            touched.setdefault(row["by"], row["how"])
    return touched


def blockers(db: Store, notice_id: int, by: Officer, step: str) -> list[str]:
    """Why this officer may not ``submit``, ``review`` or ``approve`` the notice now; [] = may.

    One sentence each, Chinese, for the page. The acting functions ask here too.
    """
    notice = get(db, notice_id)
    case = cases.get(db, notice.case_id)
    found = []
    if not officers.may(by, step):
        who = {"submit": "核查员", "review": "核查员", "approve": "发布员"}[step]
        found.append(f"{by.role.label}不能{_STEP[step]}，请找{who}")
    wanted = NoticeState.DRAFT if step == "submit" else NoticeState.IN_REVIEW
    if notice.state is not wanted:
        found.append(f"本稿现在是“{notice.state.label}”")
    if step != "submit" and (how := hands(db, notice).get(by.id)):
        found.append(f"你{how}，不能{_STEP[step]}")
    if (
        step != "submit"
        and notice.state is NoticeState.IN_REVIEW
        and not any(s.step == "submit" and s.hash == notice.hash for s in approvals(db, notice.id))
    ):
        found.append("送审之后证据或危害类有变化，请退回，看过再送审")
    if step == "review":
        if not case.hazard:
            found.append("一般类说法不需要专业复核")
        elif case.topic not in by.fields:
            found.append(f"你没有登记“{case.topic.label}”专业，不能复核")
        elif reviewed(db, notice):
            found.append("本稿已有专业复核")
    if step == "approve":
        if case.hazard and not reviewed(db, notice):
            found.append(f"{case.topic.label}类要先有专业复核")
        if any(s.by == by.id and s.step == "review" for s in approvals(db, notice_id)):
            found.append("你复核过本稿，不能批准")
    if notice.kind is NoticeKind.DEBUNK and not notice.basis:
        found.append("通告没有写依据")
    items = evidence.of_case(db, notice.case_id)
    if any(item.withdrawn_at and item.id in notice.basis for item in items):
        found.append("依据里有已撤下的证据")
    if notice.outcome and (missing := workflow.shortfall(case, items, notice.outcome)):
        gates = "；".join(gate.label for gate in missing)
        found.append(f"证据撑不起“{notice.outcome.label}”了：{gates}")
    return found


_STEP = {"submit": "送审", "review": "复核", "approve": "批准"}


def _take_step(db: Store, notice_id: int, seen: str, step: str, by: Officer) -> Notice:
    officers.require(db, by, step)
    notice = get(db, notice_id)
    known = officers.get(db, by.id)
    if reasons := blockers(db, notice_id, known, step):
        raise RuleBroken("four-eyes", "；".join(reasons), "请另一位同事来做")
    if seen != notice.hash:
        raise Conflict("正文、证据、结论或渠道刚有变化，本稿指纹已变", mend="看过新稿再做一次")
    _note(db, notice, step, "", by)
    return notice


def _note(db: Store, notice: Notice, step: str, reason: str, by: Officer) -> None:
    db.conn.execute(
        "INSERT INTO approvals (notice_id, revision, hash, step, reason, by, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [notice.id, notice.revision, notice.hash, step, reason, by.id, stamp(now())],
    )
    audit.append(
        db,
        by,
        f"notice.{step}",
        f"case:{notice.case_id}",
        {"notice": notice.id, "revision": notice.revision, "hash": notice.hash}
        | ({"reason": reason} if reason else {}),
    )


def submit(db: Store, notice_id: int, seen: str, *, by: Officer) -> Notice:
    """送审. ``seen`` is the hash shown on the officer's page."""
    with db.atomic():
        notice = _take_step(db, notice_id, seen, "submit", by)
        db.conn.execute(
            "UPDATE notices SET state = 'in_review', submitted_by = ?, updated_at = ? WHERE id = ?",
            [by.id, stamp(now()), notice_id],
        )
        if notice.kind is not NoticeKind.VERIFYING or notice.outcome:
            cases.step(db, notice.case_id, None, "submit", by, {}, {"notice": notice_id})
        return get(db, notice_id)


def review(db: Store, notice_id: int, seen: str, *, by: Officer) -> Notice:
    """专业复核 of a hazard topic, by a verifier of that field who touched nothing of it."""
    with db.atomic():
        _take_step(db, notice_id, seen, "review", by)
        return get(db, notice_id)


def approve(db: Store, notice_id: int, seen: str, *, by: Officer) -> Notice:
    """批准: the last step. Gives the number and the date, and queues one row a channel."""
    with db.atomic():
        notice = _take_step(db, notice_id, seen, "approve", by)
        moment = now()
        year = (moment + timedelta(hours=8)).year
        serial = 1 + (db.value("SELECT max(serial) FROM notices WHERE year = ?", year) or 0)
        db.conn.execute(
            "UPDATE notices SET state = 'approved', approved_hash = ?, year = ?, serial = ?,"
            " number = ?, issued_at = ?, updated_at = ? WHERE id = ?",
            [
                notice.hash,
                year,
                serial,
                f"〔{year}〕{serial} 号",
                stamp(moment),
                stamp(moment),
                notice_id,
            ],
        )
        for channel in CHANNELS:
            db.conn.execute(
                "INSERT INTO outbox (notice_id, revision, channel, kind, hash, queued_at)"
                " VALUES (?, ?, ?, 'publish', ?, ?)",
                [notice_id, notice.revision, channel, notice.hash, stamp(moment)],
            )
        return get(db, notice_id)


def refuse(db: Store, notice_id: int, seen: str, *, reason: str, by: Officer) -> Notice:
    """退回, with a reason; always possible while in review, for reviewers and approvers alike."""
    reason = clean(reason, 500)
    if len(reason) < 2:
        raise RuleBroken("reason", "没有写退回理由", "写一句，让起草人知道改什么")
    with db.atomic():
        officers.require(db, by, "refuse")
        notice = get(db, notice_id)
        if notice.state is not NoticeState.IN_REVIEW:
            raise RuleBroken("notice-state", f"本稿现在是“{notice.state.label}”，没有可退回的")
        if seen != notice.hash:
            raise Conflict("本稿刚有变化", mend="看过新稿再做一次")
        _note(db, notice, "refuse", reason, by)
        _to_draft(db, notice, by, {})
        return get(db, notice_id)


def retract(db: Store, notice_id: int, *, reason: str, by: Officer) -> Notice:
    """撤回 a published notice: stopping takes one person. Fans out to every channel it reached."""
    reason = clean(reason, 500)
    if len(reason) < 4:
        raise RuleBroken("reason", "没有写撤回理由", "写明错在哪里，公众会看到")
    with db.atomic():
        officers.require(db, by, "retract")
        notice = get(db, notice_id)
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
        if carries(db, notice_id):
            _after_retraction(db, cases.get(db, notice.case_id), notice_id, by)
        return get(db, notice_id)


def _after_retraction(db: Store, case: Case, notice_id: int, by: Officer) -> None:
    """What was, or may have been, in public is verified again; else the verdict stands unsent."""
    if case.state not in (CaseState.PUBLISHED, CaseState.IN_REVIEW):
        return
    if db.value("SELECT 1 FROM outbox WHERE notice_id = ? AND kind = 'retract'", notice_id):
        cases.write_state(db, case.id, CaseState.VERIFYING)
        audit.append(db, by, "case.reopen", f"case:{case.id}", {"retracted": notice_id})
    else:
        cases.write_state(db, case.id, CaseState.DECIDED)
