"""What the machine does to cases: opens them, keeps their numbers, and asks what waits for it.

It moves a case in one way only: a dismissed claim that grew comes back. The rest is for officers
(``models.casework.cases``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from models import audit
from models.casework import cases, priority
from models.casework.records import Case, CaseState
from models.harm import Topic
from models.people import officers
from models.ranking import clusters, scores
from models.ranking.records import Entity
from models.store import Store, dump, now, stamp, time

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
_FOREMOST = """SELECT s.checkable, s.dubious, s.unfamiliar, s.model
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
        foremost = db.row(_FOREMOST, cluster_id) or {}
        weight = priority.priority(
            topic,
            facts["risk"],
            facts["posts"],
            facts["accounts"],
            facts["replies"],
            foremost.get("checkable"),
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
            **foremost,
        }
        if old is None:
            return _open(db, cluster_id, row | {"claim": _claim(best["text"])}, tokens)
        if not old["reworded"] and old["state"] == CaseState.WAITING.value:
            row["claim"] = _claim(best["text"])
        if CaseState(old["state"]).open:
            due = time(old["opened_at"]) or now()
            due += priority.time_limit(priority.level(weight))
            row["due_at"] = min(stamp(due) or "", old["due_at"])  # a limit only ever shortens
        row["sampled"] = min(row["sampled"], old["sampled"])  # told by how it was opened
        back = old["state"] == CaseState.DISMISSED.value and _grown(old, row)
        if back:
            row |= {"state": CaseState.WAITING.value, "closed_at": None, "dismissed_for": ""}
            row["due_at"] = stamp(now() + priority.time_limit(priority.level(weight)))
        changed = {key: value for key, value in row.items() if old[key] != value}
        if changed:
            cases.write(db, old["id"], changed, counter="ticks")
            _index(db, old["id"], tokens)
        if back:
            detail = {"posts": row["posts"], "at_dismissal": old["dismissed_posts"]}
            audit.append(db, officers.MACHINE, "case.resurface", f"case:{old['id']}", detail)
        return cases.get(db, old["id"])


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
    return line if len(line) <= cases.CLAIM_CHARS else line[: cases.CLAIM_CHARS - 1] + "…"


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
    return cases.get(db, case_id or 0)


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


def unmatched(db: Store, library: int, limit: int = 200) -> list[Case]:
    """Open cases not yet compared with this edition of the known claims (``models.known.claims``)."""
    return [
        cases.of_row(row)
        for row in db.query(
            "SELECT * FROM cases WHERE state IN ('waiting', 'verifying', 'needs_evidence')"
            " AND known_checked <> ? ORDER BY priority DESC LIMIT ?",
            [str(library), limit],
        )
    ]


def undrafted(db: Store) -> list[Case]:
    """Cases that should have a draft and have none: decided, being verified, or like one of ours."""
    return [
        cases.of_row(row)
        for row in db.query(
            "SELECT * FROM cases c WHERE (state = 'decided'"
            " OR state IN ('verifying', 'needs_evidence')"
            " OR (state = 'waiting' AND EXISTS (SELECT 1 FROM case_claims l JOIN claims k"
            " ON k.id = l.claim_id WHERE l.case_id = c.id AND l.relation <> 'related'"
            " AND k.notice_id IS NOT NULL AND k.withdrawn_at IS NULL)))"
            " AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.case_id = c.id AND n.state <> 'void'"
            " AND (c.state <> 'decided' OR n.verdict_id ="
            " (SELECT max(id) FROM verdicts v WHERE v.case_id = c.id)))"
            " ORDER BY priority DESC LIMIT 100"
        )
    ]
