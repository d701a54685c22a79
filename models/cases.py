"""Cases: one a claim. Opened and ranked by the machine, moved by officers.

Every move goes through ``workflow.TRANSITIONS``, checks the officer's role and the version the
officer was looking at, and leaves an audit entry in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from models import audit, clusters, officers, priority, scores, workflow
from models.errors import Conflict, NotFound, RuleBroken
from models.records import Case, CaseState, Entity, Officer, Topic
from models.store import Store, dump, now, stamp, time
from models.text import clean

DISMISS_REASONS = {
    "not_a_claim": "不是事实主张",
    "private": "私事，不涉公共利益",
    "known": "已有通告，无新情况",
    "elsewhere": "不在本地管辖",
    "advert": "广告或刷屏",
    "trivial": "影响很小",
}
UNDECIDED = (CaseState.WAITING, CaseState.VERIFYING, CaseState.NEEDS_EVIDENCE)
SAMPLE_STATUS = ("已留样", "未能留样", "不涉及实物")
CLAIM_CHARS = 120


def _case(row: Mapping[str, Any]) -> Case:
    return Case(
        id=row["id"],
        number=row["number"],
        cluster_id=row["cluster_id"],
        claim=row["claim"],
        topic=Topic(row["topic"]),
        state=CaseState(row["state"]),
        risk=row["risk"],
        priority=row["priority"],
        level=priority.level(row["priority"]),
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
        known_notice_id=row["known_notice_id"] or 0,
        known_similarity=row["known_similarity"],
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
        reader=row["reader"],
    )


def get(db: Store, case_id: int) -> Case:
    row = db.row("SELECT * FROM cases WHERE id = ?", case_id)
    if row is None:
        raise NotFound(f"没有 {case_id} 号案件", mend="回到队列")
    return _case(row)


def by_number(db: Store, number: str) -> Case:
    row = db.row("SELECT * FROM cases WHERE number = ?", number)
    if row is None:
        raise NotFound(f"没有案件{number}", mend="回到队列")
    return _case(row)


def of_cluster(db: Store, cluster_id: int) -> Case | None:
    row = db.row("SELECT * FROM cases WHERE cluster_id = ?", cluster_id)
    return _case(row) if row else None


# ---- the machine: open and update ---------------------------------------------------------------

_FACTS = """SELECT count(*) AS posts, count(DISTINCT nullif(p.author_key, '')) AS accounts,
    max(s.risk) AS risk, coalesce(sum(s.doubts), 0) AS doubts, max(s.sampled) AS sampled,
    sum((SELECT count(*) FROM replies r WHERE r.post_id = p.id)) AS replies,
    min(p.published_at) AS first_at, max(p.published_at) AS last_at
    FROM posts p JOIN scores s ON s.post_id = p.id WHERE p.cluster_id = ?"""

# each wording counted once: counted post by post, 20,000 copies held the write lock for a minute
_SPOKESMAN = """SELECT p.text, s.reasons, s.topic FROM posts p JOIN scores s ON s.post_id = p.id
    JOIN (SELECT text, count(*) AS copies FROM posts WHERE cluster_id = ?1 GROUP BY text) q
        ON q.text = p.text
    WHERE p.cluster_id = ?1 ORDER BY q.copies DESC, s.risk DESC, p.id LIMIT 1"""

# what is said of the post that the risk is from
_FOREMOST = """SELECT s.checkable, s.dubious, s.unfamiliar, s.model, s.reader
    FROM scores s JOIN posts p ON p.id = s.post_id
    WHERE p.cluster_id = ? ORDER BY s.risk DESC, p.id LIMIT 1"""


def refresh(db: Store, cluster_id: int, tokens: str, line: float) -> Case | None:
    """Open the case of a cluster, or bring its numbers up to date; None where none is due.

    A case is due when a member scores at or above ``line`` (0..1) or was drawn for the random
    sample. ``tokens`` are the segmented words of the cluster, for search. The machine never
    changes an officer's wording, or a hazard topic back to an ordinary one, and of states only
    this: a dismissed claim that grew comes back.
    """
    with db.atomic():
        clusters.seen(db, cluster_id)
        facts = db.row(_FACTS, cluster_id)
        best = db.row(_SPOKESMAN, cluster_id)
        if not facts or not best:
            return None
        old = db.row("SELECT * FROM cases WHERE cluster_id = ?", cluster_id)
        if old is None and facts["risk"] < line and not facts["sampled"]:
            return None
        topic = _topic(db, cluster_id, old)
        weight = priority.priority(
            topic, facts["risk"], facts["posts"], facts["accounts"], facts["replies"]
        )
        row = {
            "topic": topic.value,
            "hazard": int(topic.hazard),
            "risk": facts["risk"],
            "priority": weight,
            "posts": facts["posts"],
            "accounts": facts["accounts"],
            "replies": facts["replies"],
            "doubts": facts["doubts"],
            "first_at": facts["first_at"],
            "last_at": facts["last_at"],
            "sampled": int(bool(facts["sampled"]) and facts["risk"] < line),
            "reasons": best["reasons"],
            "entities": dump([asdict(entity) for entity in _entities(db, cluster_id)]),
            **(db.row(_FOREMOST, cluster_id) or {}),
        }
        if old is None:
            return _open(db, cluster_id, row | {"claim": _claim(best["text"])}, tokens)
        if not old["reworded"] and old["state"] == CaseState.WAITING.value:
            row["claim"] = _claim(best["text"])
        if CaseState(old["state"]).open:
            due = time(old["opened_at"]) or now()
            due += priority.time_limit(priority.level(weight))
            row["due_at"] = min(stamp(due) or "", old["due_at"])  # a limit only ever shortens
        back = old["state"] == CaseState.DISMISSED.value and _grown(old, row)
        if back:
            row |= {"state": CaseState.WAITING.value, "closed_at": None, "dismissed_for": ""}
            row["due_at"] = stamp(now() + priority.time_limit(priority.level(weight)))
        changed = {key: value for key, value in row.items() if old[key] != value}
        if changed:
            _write(db, old["id"], changed, counter="ticks")
            _index(db, old["id"], tokens)
        if back:
            detail = {"posts": row["posts"], "at_dismissal": old["dismissed_posts"]}
            audit.append(db, officers.MACHINE, "case.resurface", f"case:{old['id']}", detail)
        return get(db, old["id"])


GROWN_TIMES, GROWN_BY = 3, 5


def _grown(old: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether a dismissed claim is no longer what the officer looked at: it became a hazard topic,
    or spread to three times the posts and at least five more. An early true warning may start
    small (RELIABILITY 3.1)."""
    if row["hazard"] and not old["hazard"]:
        return True
    more = row["posts"] - old["dismissed_posts"]
    return more >= GROWN_BY and row["posts"] >= GROWN_TIMES * max(old["dismissed_posts"], 1)


def _claim(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= CLAIM_CHARS else line[: CLAIM_CHARS - 1] + "…"


def _topic(db: Store, cluster_id: int, old: Mapping[str, Any] | None) -> Topic:
    """The most frequent topic of the members; a hazard named by a third of them is enough.

    A topic that an officer set, or that a verdict was given on, changes only from an ordinary one
    to a hazard; a hazard never becomes an ordinary one.
    """
    votes = {
        Topic(row["topic"]): row["n"]
        for row in db.query(
            "SELECT s.topic, count(*) AS n FROM scores s JOIN posts p ON p.id = s.post_id"
            " WHERE p.cluster_id = ? GROUP BY s.topic ORDER BY n DESC, s.topic",
            [cluster_id],
        )
    }
    total = sum(votes.values())
    found = next((t for t, n in votes.items() if t.hazard and 3 * n >= total), next(iter(votes)))
    if old is None:
        return found
    before = Topic(old["topic"])
    settled = old["topic_set"] or CaseState(old["state"]) in _SETTLED
    keep = before.hazard or not found.hazard if settled else before.hazard and not found.hazard
    return before if keep else found


_SETTLED = (CaseState.DECIDED, CaseState.IN_REVIEW, CaseState.PUBLISHED, CaseState.CLOSED)


def _entities(db: Store, cluster_id: int) -> list[Entity]:
    """Distinct entities of the members, the most named first, at most 40."""
    seen: dict[tuple[str, str], tuple[int, Entity]] = {}
    for row in db.query(
        "SELECT s.entities FROM scores s JOIN posts p ON p.id = s.post_id"
        " WHERE p.cluster_id = ? ORDER BY p.id LIMIT 500",
        [cluster_id],
    ):
        for entity in scores.entities(row["entities"]):
            key = (entity.kind, entity.value)
            count, first = seen.get(key, (0, entity))
            seen[key] = (count + 1, first)
    return [entity for _, entity in sorted(seen.values(), key=lambda found: -found[0])][:40]


def _open(db: Store, cluster_id: int, row: dict[str, Any], tokens: str) -> Case:
    moment = now()
    row |= {
        "number": _number(db),
        "cluster_id": cluster_id,
        "state": CaseState.WAITING.value,
        "opened_at": stamp(moment),
        "updated_at": stamp(moment),
        "due_at": stamp(moment + priority.time_limit(priority.level(row["priority"]))),
    }
    case_id = db.conn.execute(
        f"INSERT INTO cases ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",  # noqa: S608
        list(row.values()),
    ).lastrowid
    _index(db, case_id or 0, tokens)
    audit.append(
        db,
        officers.MACHINE,
        "case.open",
        f"case:{case_id}",
        {"number": row["number"], "risk": round(row["risk"], 4), "sampled": bool(row["sampled"])},
    )
    return get(db, case_id or 0)


def _number(db: Store) -> str:
    """J-1125-014: month and day (China), then a count within the day."""
    day = (now() + timedelta(hours=8)).strftime("%Y-%m-%d")
    last = db.conn.execute(
        "INSERT INTO case_numbers VALUES (?, 1)"
        " ON CONFLICT (day) DO UPDATE SET last = last + 1 RETURNING last",
        [day],
    ).fetchone()[0]
    taken = f"J-{day[5:7]}{day[8:]}-{last:03d}"
    year_before = db.value("SELECT 1 FROM cases WHERE number = ?", taken)
    return f"J{day[:4]}-{day[5:7]}{day[8:]}-{last:03d}" if year_before else taken


def _index(db: Store, case_id: int, tokens: str) -> None:
    db.conn.execute("DELETE FROM case_search WHERE rowid = ?", [case_id])
    db.conn.execute("INSERT INTO case_search (rowid, tokens) VALUES (?, ?)", [case_id, tokens])


def _write(db: Store, case_id: int, changed: Mapping[str, Any], counter: str = "version") -> None:
    """``version`` counts what people did and guards against stale pages; ``ticks`` the machine's
    updates of numbers, which must never make an officer's step fail."""
    row = {**changed, "updated_at": stamp(now())}
    db.conn.execute(
        f"UPDATE cases SET {', '.join(f'{key} = ?' for key in row)}, {counter} = {counter} + 1"  # noqa: S608
        " WHERE id = ?",
        [*row.values(), case_id],
    )


def write_state(db: Store, case_id: int, state: CaseState) -> None:
    """Follow a notice into ``state``; the notice's own step has checked role and rules."""
    _write(db, case_id, {"state": state.value, "closed_at": None if state.open else stamp(now())})


def unmatched(db: Store, library: str, limit: int = 200) -> list[Case]:
    """Open cases not yet compared with this state of the published notices."""
    return [
        _case(row)
        for row in db.query(
            "SELECT * FROM cases WHERE state IN ('waiting', 'verifying', 'needs_evidence')"
            " AND known_checked <> ? ORDER BY priority DESC LIMIT ?",
            [library, limit],
        )
    ]


def link_known(db: Store, case_id: int, notice_id: int, likeness: float, library: str) -> None:
    """Note which published notice an open case is like (0: none), of which state of the library."""
    with db.atomic():
        old = get(db, case_id)
        if notice_id and old.known_notice_id != notice_id:
            like = {"known_notice_id": notice_id, "known_similarity": likeness}
            _write(db, case_id, like, counter="ticks")
            audit.append(
                db,
                officers.MACHINE,
                "case.like",
                f"case:{case_id}",
                {"notice": notice_id, "likeness": round(likeness, 4)},
            )
        db.conn.execute("UPDATE cases SET known_checked = ? WHERE id = ?", [library, case_id])


def undrafted(db: Store) -> list[Case]:
    """Cases that should have a draft and have none: decided, being verified, or like a known one."""
    return [
        _case(row)
        for row in db.query(
            "SELECT * FROM cases c WHERE (state = 'decided'"
            " OR state IN ('verifying', 'needs_evidence')"
            " OR (state = 'waiting' AND known_notice_id IS NOT NULL))"
            " AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.case_id = c.id AND n.state <> 'void'"
            " AND (c.state <> 'decided' OR n.verdict_id ="
            " (SELECT max(id) FROM verdicts v WHERE v.case_id = c.id)))"
            " ORDER BY priority DESC LIMIT 100"
        )
    ]


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
    """One move of the table, inside the caller's transaction if there is one."""
    with db.atomic():
        officers.require(db, by, workflow.TRANSITIONS[action].needs)
        case = fresh(db, case_id, version)
        after = workflow.move(case, action)
        row = {"state": after.value, **(changed or {})}
        row["closed_at"] = None if after.open else stamp(now())
        _write(db, case_id, row)
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
    """Put the case back. Only its holder, or anybody where nobody holds it."""
    with db.atomic():
        if get(db, case_id).holder_id not in (0, by.id):
            raise RuleBroken("not-holder", "只有领取人能放回", "请领取人放回")
        return step(db, case_id, version, "release", by, {"holder_id": 0})


def wait_for_evidence(db: Store, case_id: int, version: int | None = None, *, by: Officer) -> Case:
    return step(db, case_id, version, "wait", by)


def dismiss(
    db: Store, case_id: int, version: int | None = None, *, reason: str, by: Officer
) -> Case:
    """不立案, with one of ``DISMISS_REASONS``. Undone by ``restore``."""
    if reason not in DISMISS_REASONS:
        raise RuleBroken("dismiss-reason", "不立案要选一个理由", "在六个理由里选一个")
    from models import notices

    with db.atomic():
        left = {"dismissed_for": reason, "dismissed_posts": get(db, case_id).posts, "holder_id": 0}
        case = step(db, case_id, version, "dismiss", by, left, {"reason": reason})
        notices.void_open(db, case_id, by)
        return case


def restore(db: Store, case_id: int, version: int | None = None, *, by: Officer) -> Case:
    return step(db, case_id, version, "restore", by, {"dismissed_for": ""})


def reopen(
    db: Store, case_id: int, version: int | None = None, *, reason: str, by: Officer
) -> Case:
    """Verify again, on new evidence. Drafts that are not out yet become void with the verdict."""
    if len(reason.strip()) < 2:
        raise RuleBroken("reason", "没有写理由", "写明为什么重新核查")
    from models import notices

    with db.atomic():
        case = step(
            db, case_id, version, "reopen", by, {"holder_id": by.id}, {"reason": clean(reason, 500)}
        )
        notices.void_open(db, case_id, by)
        return case


def reword(db: Store, case_id: int, version: int | None = None, *, claim: str, by: Officer) -> Case:
    """改写说法: the claim in an officer's words; the machine leaves it alone from then on."""
    claim = clean(claim, CLAIM_CHARS)
    if len(claim) < 4:
        raise RuleBroken("claim", "说法太短", "写成一句完整的话")
    with db.atomic():
        officers.require(db, by, "reword")
        case = fresh(db, case_id, version)
        if case.state not in UNDECIDED:
            raise RuleBroken("closed", "已核定的案件不能改写说法", "先重新核查")
        _write(db, case_id, {"claim": claim, "reworded": 1})
        audit.append(db, by, "case.reword", f"case:{case_id}", {})
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
        _write(db, case_id, {"topic": topic.value, "hazard": int(topic.hazard), "topic_set": 1})
        audit.append(db, by, "case.topic", f"case:{case_id}", {"topic": topic.value})
        return get(db, case_id)


def _still_open(case: Case) -> None:
    if not case.state.open:
        raise RuleBroken("closed", f"案件{case.number}是“{case.state.label}”", "先重新核查")


def send_lead(db: Store, case_id: int, version: int | None = None, *, to: str, by: Officer) -> Case:
    """预警线索: the hazard was handed to the competent department ``to``."""
    to = clean(to, 60)
    if len(to) < 2:
        raise RuleBroken("lead", "没有写转给哪个部门", "写明主管部门")
    with db.atomic():
        officers.require(db, by, "lead")
        _still_open(fresh(db, case_id, version))
        _write(db, case_id, {"lead_sent_at": stamp(now()), "lead_sent_to": to})
        audit.append(db, by, "case.lead", f"case:{case_id}", {"to": to})
        return get(db, case_id)


def set_sample_status(
    db: Store, case_id: int, version: int | None = None, *, status: str, by: Officer
) -> Case:
    """Whether a physical sample of what the claim is about was kept (one of ``SAMPLE_STATUS``)."""
    if status not in SAMPLE_STATUS:
        raise RuleBroken("sample", "没有选留样状态", "选一项：" + "、".join(SAMPLE_STATUS))
    with db.atomic():
        officers.require(db, by, "lead")
        _still_open(fresh(db, case_id, version))
        _write(db, case_id, {"sample_status": status})
        audit.append(db, by, "case.sample", f"case:{case_id}", {"status": status})
        return get(db, case_id)
