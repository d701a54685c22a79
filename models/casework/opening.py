"""What the machine does to cases: opens them, keeps their numbers, and asks what waits for it.

It moves a case in one way only: a dismissed claim that grew comes back. The rest is for officers
(``models.casework.cases``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from models import audit, china_time
from models.casework import acts, cases, due, members, pressing, priority, workflow
from models.casework.members import Members
from models.casework.records import Case, CaseState
from models.harm import Topic
from models.known import likeness
from models.people import officers
from models.ranking import clusters
from models.ranking.line import Line
from models.store import Store, dump, now, stamp, time


def refresh(db: Store, cluster_id: int, tokens: str, line: Line) -> Case | None:
    """``refresh_many`` of one cluster; returns its case, None where none is due."""
    with db.atomic():
        refresh_many(db, [cluster_id], {cluster_id: tokens}, line)
        return cases.of_cluster(db, cluster_id)


def refresh_many(
    db: Store, cluster_ids: Collection[int], tokens: Mapping[int, str], line: Line
) -> None:
    """Open the cases of the clusters that are ``due.of``, and bring the numbers of those that have one
    up to date. All in one transaction, so few at a time: officers wait for it.

    ``tokens`` are the segmented words of each due cluster, for search. One that became due since
    they were made has none and stays stale, for the next round; one whose posts are all gone by now
    has nothing more to say, and its case stays as it is. The machine never changes an
    officer's wording, or a hazard topic back to an ordinary one, and of states only this: a
    dismissed claim that grew comes back.
    """
    with db.atomic():
        ready = due.over(db, cluster_ids, line)
        told = members.of_clusters(db, ready)
        later = {each.cluster_id for each in told} - tokens.keys()
        clusters.seen(db, [each for each in cluster_ids if each not in later])
        found = [each for each in told if each.cluster_id not in later]
        known = {
            row["cluster_id"]: row
            for row in db.query(
                "SELECT * FROM cases WHERE cluster_id IN (SELECT value FROM json_each(?))",
                [dump([each.cluster_id for each in found])],
            )
        }
        numbers = iter(_numbers(db, len(found) - len(known)))
        opened: list[dict[str, Any]] = []
        indexed: list[tuple[int, str]] = []
        entries: list[tuple[str, str, dict[str, object]]] = []
        last = db.value("SELECT coalesce(max(id), 0) FROM cases")
        rows = {
            each.cluster_id: _row(each, known.get(each.cluster_id), ready[each.cluster_id])
            for each in found
        }
        down = _rank(db, rows, known, line.cases)
        for each in found:
            old, row = known.get(each.cluster_id), rows[each.cluster_id]
            if old is None:
                case_id, number = last + len(opened) + 1, next(numbers)
                opened.append({"id": case_id, "number": number, **row, **_waiting(each, row)})
                said = {
                    "number": number,
                    "risk": round(each.risk, 4),
                    "sampled": bool(row["sampled"]),
                }
                entries.append(("case.open", f"case:{case_id}", said))
                indexed.append((case_id, tokens[each.cluster_id]))
            elif _update(db, each, row, old):
                indexed.append((old["id"], tokens[each.cluster_id]))
                for column, action in (("claim", "case.reword"), ("topic", "case.topic")):
                    if row.get(column, old[column]) != old[column]:
                        said = {"old": old[column], "new": row[column]}
                        entries.append((action, f"case:{old['id']}", said))
                if row.get("state"):
                    said = {"posts": each.posts, "at_dismissal": old["dismissed_posts"]}
                    entries.append(("case.resurface", f"case:{old['id']}", said))
        db.insert_many("cases", opened)
        for case_id, level in down.items():
            cases.write(db, case_id, {"level": level}, officers.MACHINE)
        _index(db, indexed)
        entries += _name_hazards(db, found)
        audit.append_many(db, officers.MACHINE, entries)


def _rank(
    db: Store,
    rows: Mapping[int, dict[str, Any]],
    known: Mapping[int, Mapping[str, Any]],
    cases_a_night: int,
) -> dict[int, int]:
    """Give each row, by its cluster, its level; returns the cases that go down for it."""
    fresh = {cluster_id: row["priority"] for cluster_id, row in rows.items()}
    waiting = {
        cluster_id
        for cluster_id in rows
        if cluster_id not in known or known[cluster_id]["state"] == CaseState.WAITING.value
    }
    levels, down = pressing.levels(db, fresh, waiting, cases_a_night)
    for cluster_id, row in rows.items():
        row["level"] = levels[cluster_id]
    return down


def _row(each: Members, old: Mapping[str, Any] | None, over: bool) -> dict[str, Any]:
    """What the members say of their case, new or ``old``, as it is stored."""
    topic = _topic(each.votes, old)
    return {
        "topic": topic.value,
        "hazard": int(topic.hazard),
        "risk": each.risk,
        "priority": priority.priority(
            topic,
            each.risk,
            each.posts,
            each.accounts,
            each.replies,
            each.foremost.get("checkable"),
        ),
        "posts": each.posts,
        "accounts": each.accounts,
        "replies": each.replies,
        "doubts": each.doubts,
        "first_at": each.first_at,
        "last_at": each.last_at,
        "sampled": int(each.sampled and not over),
        "reasons": each.reasons,
        "entities": dump([vars(entity) for entity in each.entities]),
        **each.foremost,
    }


def _waiting(each: Members, row: Mapping[str, Any]) -> dict[str, Any]:
    """What only a new case gets."""
    moment = now()
    return {
        "cluster_id": each.cluster_id,
        **cases.worded(_claim(each.text)),
        "state": CaseState.WAITING.value,
        "opened_at": stamp(moment),
        "updated_at": stamp(moment),
        "due_at": stamp(moment + priority.time_limit(row["level"])),
    }


def _update(db: Store, each: Members, row: dict[str, Any], old: Mapping[str, Any]) -> bool:
    """Bring a case up to date with ``row``; whether anything changed. Where the case comes back,
    ``row`` gets its new state."""
    if not old["reworded"] and old["state"] == CaseState.WAITING.value:
        row |= cases.worded(_claim(each.text))
    limit = priority.time_limit(row["level"])
    if CaseState(old["state"]).open:
        by = stamp((time(old["opened_at"]) or now()) + limit) or ""
        row["due_at"] = min(by, old["due_at"])  # a limit only ever shortens
    row["sampled"] = min(row["sampled"], old["sampled"])  # what opened a case does not change
    if old["state"] == CaseState.DISMISSED.value and _grown(old, row):
        row |= {"state": CaseState.WAITING.value, "closed_at": None, "dismissed_for": ""}
        row["due_at"] = stamp(now() + limit)
    changed = {key: value for key, value in row.items() if old[key] != value}
    if changed:
        cases.write(db, old["id"], changed, officers.MACHINE)
    return bool(changed)


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


def _topic(votes: Mapping[Topic, int], old: Mapping[str, Any] | None) -> Topic:
    """The most frequent topic of the members; a hazard named by a third of them is enough.

    A topic that an officer set, or that a verdict was given on, changes only from an ordinary one
    to a hazard; a hazard never becomes an ordinary one.
    """
    total = sum(votes.values())
    found = next((t for t, n in votes.items() if t.hazard and 3 * n >= total), next(iter(votes)))
    if old is None:
        return found
    before = Topic(old["topic"])
    settled = old["topic_set"] or CaseState(old["state"]) in workflow.DECIDED
    keep = before.hazard or not found.hazard if settled else before.hazard and not found.hazard
    return before if keep else found


def _name_hazards(db: Store, found: Sequence[Members]) -> list[tuple[str, str, dict[str, object]]]:
    """Keep each hazard that a third of the posts names and nobody named before, in the caller's
    transaction; returns the entries.

    A case shows one topic, and an officer may have set it; a review is needed in each field.
    """
    named = {
        (row["cluster_id"], row["topic"]): row["case_id"]
        for row in db.query(_NAMED, [dump([each.cluster_id for each in found])])
    }
    cases_of = {cluster: case for (cluster, _), case in named.items()}
    entries: list[tuple[str, str, dict[str, object]]] = []
    for each in found:
        total = sum(each.votes.values())
        for topic, votes in each.votes.items():
            case_id = cases_of.get(each.cluster_id)
            new = topic.hazard and (each.cluster_id, topic.value) not in named
            if case_id and new and 3 * votes >= total:
                acts.add(db, case_id, "topic", officers.MACHINE, "", topic.value)
                entries.append(("case.field", f"case:{case_id}", {"new": topic}))
    return entries


# every topic that was ever named for a case that is not over
_NAMED = f"""SELECT DISTINCT c.id AS case_id, c.cluster_id, a.became AS topic FROM cases c
    JOIN case_acts a ON a.case_id = c.id AND a.how = 'topic'
    WHERE c.cluster_id IN (SELECT value FROM json_each(?))
    AND c.state IN {workflow.in_sql((*workflow.UNDECIDED, CaseState.DECIDED, CaseState.IN_REVIEW))}"""  # noqa: S608


def _numbers(db: Store, count: int) -> list[str]:
    """The next numbers, as J-1125-014: month and day (China), then a count within the day."""
    if not count:
        return []
    day = china_time.day(now())
    last = db.conn.execute(
        "INSERT INTO case_numbers VALUES (?1, ?2)"
        " ON CONFLICT (day) DO UPDATE SET last = last + ?2 RETURNING last",
        [day, count],
    ).fetchone()[0]
    counts = range(last - count + 1, last + 1)
    numbers = {n: f"J-{day[5:7]}{day[8:]}-{n:03d}" for n in counts}
    taken = {  # the same day a year before
        number
        for (number,) in db.conn.execute(
            "SELECT number FROM cases WHERE number IN (SELECT value FROM json_each(?))",
            [dump(list(numbers.values()))],
        )
    }
    return [
        f"J{day[:4]}-{number[2:]}" if number in taken else number for number in numbers.values()
    ]


def _index(db: Store, words: Sequence[tuple[int, str]]) -> None:
    """Let cases be found by these words, and no longer by those of before."""
    db.conn.executemany("DELETE FROM case_search WHERE rowid = ?", [(case,) for case, _ in words])
    db.conn.executemany("INSERT INTO case_search (rowid, tokens) VALUES (?, ?)", words)


def forget_words(db: Store) -> None:
    """Write the search index anew, so that it holds no word of before; in the caller's transaction."""
    db.conn.execute("INSERT INTO case_search (case_search) VALUES ('optimize')")


def unmatched(db: Store, library: int, limit: int = 200) -> list[Case]:
    """Open cases not yet compared with this edition of the known claims (``models.known.claims``)."""
    return [cases.of_row(row) for row in db.query(_UNMATCHED, [likeness.compared(library), limit])]


_UNMATCHED = f"""SELECT * FROM cases WHERE state IN {workflow.in_sql(workflow.UNDECIDED)}
    AND known_checked <> ? ORDER BY priority DESC LIMIT ?"""  # noqa: S608  (states of ours)


def undrafted(db: Store) -> list[Case]:
    """Cases that should have a draft and have none: decided, being verified, or like one of ours."""
    return [cases.of_row(row) for row in db.query(_UNDRAFTED)]


_BEING_VERIFIED = workflow.TRANSITIONS["decide"].before
_UNDRAFTED = f"""SELECT * FROM cases c WHERE (state = 'decided'
    OR state IN {workflow.in_sql(_BEING_VERIFIED)}
    OR (state = 'waiting' AND EXISTS (SELECT 1 FROM case_claims l JOIN claims k
        ON k.id = l.claim_id WHERE l.case_id = c.id AND l.relation IN ('same', 'elsewhere', 'changed')
        AND k.notice_id IS NOT NULL AND k.withdrawn_at IS NULL)))
    AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.case_id = c.id AND n.state <> 'void'
        AND (c.state <> 'decided' OR n.verdict_id =
            (SELECT max(id) FROM verdicts v WHERE v.case_id = c.id)))
    ORDER BY priority DESC LIMIT 100"""  # noqa: S608  (states of ours)
