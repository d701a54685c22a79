"""Review: who agreed to which exact text of a notice, and what that sets in motion.

Submit, review, approve, refuse, retract. Each step names the hash that the officer saw, and is
refused where text, verdict, evidence or channels have moved on; nobody who acted on the case reviews
or approves a notice of it (RELIABILITY 3.4). Starting takes two people or three; stopping takes one.
"""

from __future__ import annotations

from collections.abc import Sequence

from models import audit, china_time
from models.casework import acts, cases, evidence
from models.casework import gates as gating
from models.casework.records import NoticeKind
from models.errors import Conflict, RuleBroken
from models.harm import Topic
from models.people import freshness, officers
from models.personal.admission import clean
from models.publishing import notices, numbers, outbox, wording
from models.publishing.records import Approval, Notice, NoticeState
from models.roles import Officer
from models.store import Store, now, stamp, time


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


def agreed(db: Store, notice: Notice) -> dict[Topic, int]:
    """The fields in which a colleague has agreed to exactly this text, each with that officer's id.

    A review no longer counts where somebody refused since, or where its officer acted on the case
    since (evidence added and taken back) or was switched off.
    """
    steps = approvals(db, notice.id)
    refused = max((step.id for step in steps if step.step == "refuse"), default=0)
    touched = hands(db, notice)
    found: dict[Topic, int] = {}
    for step in steps:
        if step.step == "review" and step.hash == notice.hash and step.id > refused:
            by = officers.get(db, step.by)
            if officers.may(by, "review") and by.id not in touched:
                found.update(dict.fromkeys(by.fields, by.id))
    return found


def unreviewed(db: Store, notice: Notice) -> tuple[Topic, ...]:
    """The fields that nobody has agreed in yet, of all hazards ever named for the case of a notice.

    Colleagues may cover them together (docs/decisions/0015-hands-and-fields.md).
    """
    covered = agreed(db, notice)
    return tuple(topic for topic in acts.fields(db, notice.case_id) if topic not in covered)


def reviewed(db: Store, notice: Notice) -> bool:
    """Whether colleagues of all fields of its case have agreed to exactly this text."""
    return not unreviewed(db, notice)


def stuck(db: Store, notice: Notice) -> list[str]:
    """Why nobody at this desk can take the steps that are left, and what to do; [] = somebody can.

    An honest desk may use up its colleagues: each of them acted on the case. The way out is a new
    one, never a hand that does not count.
    """
    if notice.state not in (NoticeState.DRAFT, NoticeState.IN_REVIEW):
        return []
    touched = hands(db, notice)
    left = [each for each in officers.all(db) if each.active and each.id not in touched]
    found = [
        f"没有人能复核“{topic.label}”了：登记这个专业的核查员都经手过本案，或没有登记、已停用。"
        f"请管理员添加一名登记{topic.label}专业的核查员，新账号 24 小时后才能复核"
        for topic in unreviewed(db, notice)
        if not any(officers.may(each, "review") and topic in each.fields for each in left)
    ]
    if not any(officers.may(each, "approve") for each in left):
        found.append(
            "没有人能批准了：发布员都经手过本案，或已停用。"
            "请管理员添加一名发布员，新账号 24 小时后才能批准"
        )
    return found


def hands(db: Store, notice: Notice) -> dict[int, str]:
    """Officer id -> how they acted on the case; none of them may review or approve a notice of it."""
    return acts.hands(db, notice.case_id, notice.id)


def blockers(db: Store, notice_id: int, by: Officer, step: str) -> list[str]:
    """Why this officer may not ``submit``, ``review`` or ``approve`` the notice now; [] = may.

    One sentence each, Chinese, for the page. The acting functions ask here too.
    """
    notice = notices.get(db, notice_id)
    case = cases.get(db, notice.case_id)
    steps = approvals(db, notice_id)
    found = []
    if not officers.may(by, step):
        who = {"submit": "核查员", "review": "核查员", "approve": "发布员"}[step]
        found.append(f"{by.role.label}不能{_STEP[step]}，请找{who}")
    wanted = NoticeState.DRAFT if step == "submit" else NoticeState.IN_REVIEW
    if notice.state is not wanted:
        found.append(f"本稿现在是“{notice.state.label}”")
    if step != "submit" and (how := hands(db, notice).get(by.id)):
        found.append(f"你{how}，不能{_STEP[step]}")
    items = evidence.of_case(db, notice.case_id)
    if step != "submit" and notice.state is NoticeState.IN_REVIEW:
        sent = [s.at for s in steps if s.step == "submit" and s.hash == notice.hash]
        gone = [item.withdrawn_at for item in items if item.adverse and item.withdrawn_at]
        if not sent or max(sent) < max(gone, default=max(sent)):
            found.append("送审之后证据或危害类有变化，请退回，看过再送审")
    if step != "submit" and (fresh := freshness.why_not(by, _STEP[step])):
        found.append(fresh)
    open_fields = () if step == "submit" else unreviewed(db, notice)
    if step == "review":
        named = acts.fields(db, case.id)
        if not named:
            found.append("一般类说法不需要专业复核")
        elif not set(named) & set(by.fields):
            found.append(f"你没有登记{_quoted(named)}专业，不能复核")
        elif not open_fields:
            found.append("本稿已有专业复核")
        elif not set(open_fields) & set(by.fields):
            found.append(f"还缺{_quoted(open_fields)}专业的复核，你没有登记")
    if step == "approve":
        if open_fields:
            found.append(f"{'、'.join(each.label for each in open_fields)}类要先有专业复核")
        if any(s.by == by.id and s.step == "review" for s in steps):
            found.append("你复核过本稿，不能批准")
    found += unfit(db, notice)
    if notice.kind is NoticeKind.DEBUNK and not notice.basis:
        found.append("通告没有写依据")
    if any(item.withdrawn_at and item.id in notice.basis for item in items):
        found.append("依据里有已撤下的证据")
    if notice.outcome and (missing := gating.shortfall(case, items, notice.outcome)):
        gates = "；".join(gate.label for gate in missing)
        found.append(f"证据撑不起“{notice.outcome.label}”了：{gates}")
    return found


def unfit(db: Store, notice: Notice) -> list[str]:
    """What the notice says beyond its verdict (``wording``), titles under 依据 included."""
    parts = wording.parts(notice.title, notice.findings, notice.closing)
    items = evidence.of_case(db, notice.case_id)
    parts += [("依据", item.title) for item in items if item.id in notice.basis]
    claim = cases.get(db, notice.case_id).claim
    return wording.faults(notice.kind, notice.outcome, parts, notice.quote, claim)


def _quoted(topics: Sequence[Topic]) -> str:
    return "、".join(f"“{topic.label}”" for topic in topics)


_STEP = {"submit": "送审", "review": "复核", "approve": "批准"}


def _take_step(db: Store, notice_id: int, seen: str, step: str, by: Officer) -> Notice:
    officers.require(db, by, step)
    notice = notices.get(db, notice_id)
    known = officers.get(db, by.id)
    if reasons := blockers(db, notice_id, known, step):
        raise RuleBroken("four-eyes", "；".join(reasons), "请另一位同事来做")
    if seen != notice.hash:
        raise Conflict("正文、证据、结论或渠道刚有变化，本稿指纹已变", mend="看过新稿再做一次")
    keep_step(db, notice, step, "", by)
    return notice


def keep_step(db: Store, notice: Notice, step: str, reason: str, by: Officer) -> None:
    """Keep a step on this text of a notice, in the caller's transaction; ``say_step`` ends it."""
    taken = {"notice_id": notice.id, "revision": notice.revision, "hash": notice.hash}
    taken |= {"step": step, "reason": reason, "by": by.id, "at": stamp(now())}
    db.insert("approvals", taken)


def say_step(db: Store, notice: Notice, step: str, reason: str, by: Officer) -> None:
    """The audit entry of a step, once all that it sets in motion is written: it vouches for that."""
    agreed = {"notice": notice.id, "revision": notice.revision, "hash": notice.hash}
    detail = agreed | ({"reason": reason} if reason else {})
    audit.append(db, by, f"notice.{step}", f"case:{notice.case_id}", detail)


def submit(db: Store, notice_id: int, seen: str, *, by: Officer) -> Notice:
    """送审. ``seen`` is the hash shown on the officer's page."""
    with db.atomic():
        notice = _take_step(db, notice_id, seen, "submit", by)
        sent = {"state": "in_review", "submitted_by": by.id, "updated_at": stamp(now())}
        db.update("notices", notice_id, sent)
        say_step(db, notice, "submit", "", by)
        if notice.kind is not NoticeKind.VERIFYING or notice.outcome:
            cases.step(db, notice.case_id, None, "submit", by, {}, {"notice": notice_id})
        return notices.get(db, notice_id)


def review(db: Store, notice_id: int, seen: str, *, by: Officer) -> Notice:
    """专业复核 of a hazard topic, by a verifier of that field who touched nothing of it."""
    with db.atomic():
        say_step(db, _take_step(db, notice_id, seen, "review", by), "review", "", by)
        return notices.get(db, notice_id)


def approve(db: Store, notice_id: int, seen: str, *, by: Officer) -> Notice:
    """批准: the last step. Gives the number and the date, and queues one row a channel."""
    with db.atomic():
        notice = _take_step(db, notice_id, seen, "approve", by)
        moment = now()
        year = china_time.year(moment)
        serial = numbers.next_serial(db, year, notice.hash)
        db.update(
            "notices",
            notice_id,
            {
                "state": "approved",
                "approved_hash": notice.hash,
                "year": year,
                "serial": serial,
                "number": numbers.written(year, serial),
                "issued_at": stamp(moment),
                "updated_at": stamp(moment),
            },
        )
        for channel in notices.CHANNELS:
            outbox.queue(db, notice, channel, "publish", notice.hash, moment)
        say_step(db, notice, "approve", "", by)
        return notices.get(db, notice_id)


def refuse(db: Store, notice_id: int, seen: str, *, reason: str, by: Officer) -> Notice:
    """退回, with a reason; always possible while in review, for reviewers and approvers alike."""
    reason = clean(reason, 500)
    if len(reason) < 2:
        raise RuleBroken("reason", "没有写退回理由", "写一句，让起草人知道改什么")
    with db.atomic():
        officers.require(db, by, "refuse")
        notice = notices.get(db, notice_id)
        if notice.state is not NoticeState.IN_REVIEW:
            raise RuleBroken("notice-state", f"本稿现在是“{notice.state.label}”，没有可退回的")
        if seen != notice.hash:
            raise Conflict("本稿刚有变化", mend="看过新稿再做一次")
        keep_step(db, notice, "refuse", reason, by)
        notices.to_draft(db, notice, by, {})
        say_step(db, notice, "refuse", reason, by)
        return notices.get(db, notice_id)
