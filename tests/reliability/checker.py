"""One checker for every fault test: what clients were promised, what the channel got, what is stored.

It reads the file by itself and computes what it can by itself: a checker that asked the code under
test would share its errors. Invariants (RELIABILITY 5): I1 every acknowledged thing is there, once;
I2 at most one send a (notice, revision, channel, kind), as the channel counts; I3 nothing went out
without a valid approval of that very text by different people; I4 legal states only; I5 the audit
chain is whole and 1:1 with the changes, and the file is sound; I6 after a retraction no channel
that has the notice lacks the correction.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models import driver
from models.casework.workflow import TRANSITIONS

Line = Mapping[str, Any]
TABLES = ("posts", "scores", "clusters", "cases", "officers", "evidence", "verdicts", "notices")
TABLES += ("revisions", "approvals", "outbox", "audit")
DEBUNKABLE = ("false", "misleading", "outdated")
HAZARDS = ("epidemic", "food", "disaster", "medicine", "production")


@dataclass(frozen=True)
class Breach:
    invariant: str
    what: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.what}"


@dataclass
class Books:
    """The three books that must agree. ``settled``: nothing is under way any more."""

    path: Path
    acks: Sequence[Line] = ()
    sends: Sequence[Line] = ()
    settled: bool = True
    rows_of: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    sound: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        db = driver.library.connect(str(self.path), timeout=30)
        try:
            for table in TABLES:
                self.rows_of[table] = self._read(db, f"SELECT * FROM {table} ORDER BY 1, 2")
            for pragma in ("integrity_check", "foreign_key_check"):
                for row in self._read(db, f"PRAGMA {pragma}"):
                    if row != {"integrity_check": "ok"}:
                        self.sound.append(f"{pragma}: {row}")
        finally:
            db.close()

    def _read(self, db: Any, sql: str) -> list[dict[str, Any]]:
        try:
            found = db.execute(sql)
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found]
        except driver.library.DatabaseError as error:
            self.sound.append(f"cannot be read ({error}): {sql}")
            return []

    def rows(self, table: str, **where: Any) -> list[dict[str, Any]]:
        return [
            row
            for row in self.rows_of[table]
            if all(row[key] == value for key, value in where.items())
        ]

    def audited(self, *actions: str) -> list[dict[str, Any]]:
        return [row for row in self.rows_of["audit"] if row["action"] in actions]


def breaches(
    path: Path, acks: Sequence[Line] = (), sends: Sequence[Line] = (), *, settled: bool = True
) -> list[Breach]:
    """Every breach found; an empty list is the promise kept."""
    books = Books(path, acks, sends, settled)
    laws = {"I1": _acked, "I2": _sent_once, "I3": _approved, "I4": _legal, "I5": _chained}
    laws["I6"] = _corrected
    return [Breach(law, what) for law, look in laws.items() for what in look(books)]


# ---- I1: what was acknowledged is there, once ---------------------------------------------------


def _acked(books: Books) -> Iterator[str]:
    for ack in books.acks:
        if (found := len(_found(books, ack))) != 1:
            yield f"acknowledged, but in the store {found} times: {dict(ack)}"
    for table, keys in (
        ("posts", ("source", "native_id")),
        ("scores", ("post_id",)),
        ("cases", ("cluster_id",)),
        ("cases", ("number",)),
        ("outbox", ("notice_id", "revision", "channel", "kind")),
    ):
        counted = Counter(tuple(row[key] for key in keys) for row in books.rows(table))
        yield from (f"{table} {key}: {n} times" for key, n in counted.items() if n > 1)
    if books.settled:
        scored = {row["post_id"] for row in books.rows("scores")}
        for post in books.rows("posts"):
            if post["id"] not in scored or post["cluster_id"] is None:
                yield f"post {post['id']} was never scored"


def _found(books: Books, ack: Line) -> list[dict[str, Any]]:
    match ack["what"]:
        case "post":
            found = books.rows("posts", source=ack["source"], native_id=ack["native_id"])
            return [row for row in found if row["text"] == ack.get("text", row["text"])]
        case "case":
            return books.rows("cases", id=ack["id"], number=ack["number"])
        case "evidence":
            return books.rows("evidence", id=ack["id"], case_id=ack["case"], sha256=ack["sha256"])
        case "verdict":
            keys = {"case_id": ack["case"], "outcome": ack["outcome"], "by": ack["by"]}
            return books.rows("verdicts", id=ack["id"], **keys)
        case "step":
            keys = {key: ack[key] for key in ("revision", "hash", "step", "by")}
            return books.rows("approvals", notice_id=ack["notice"], **keys)
        case "sent":
            return books.rows("outbox", id=ack["id"], state="sent")
    raise ValueError(ack["what"])


# ---- I2: at most one send -----------------------------------------------------------------------


def _key(row: Line) -> tuple[Any, ...]:
    return row.get("notice", row.get("notice_id")), row["revision"], row["channel"], row["kind"]


def _sent_once(books: Books) -> Iterator[str]:
    counted = Counter(_key(send) for send in books.sends)
    yield from (f"sent {n} times: {key}" for key, n in counted.items() if n > 1)
    for row in books.rows("outbox"):
        key = _key(row)
        later = [key, (*key[:3], "retract")]  # what a channel holds covers what came before it
        idle = row["kind"] == "retract" and not counted[(*key[:3], "publish")]  # nothing to correct
        if row["state"] == "sent" and not idle and not any(counted[each] for each in later):
            yield f"recorded as sent, but the channel has nothing of {key}"
        if row["state"] == "queued" and row["fence"] == 0 and counted[key]:
            yield f"the channel has {key}, which was never taken"
    known = {_key(row) for row in books.rows("outbox")}
    yield from (f"the channel has {key}, the store does not" for key in counted.keys() - known)


# ---- I3: nothing unapproved ---------------------------------------------------------------------


def _approved(books: Books) -> Iterator[str]:
    for send in books.sends:
        notice = next(iter(books.rows("notices", id=send["notice"])), None)
        if notice is None:
            yield f"sent a notice that does not exist: {send['notice']}"
        elif send["kind"] == "publish":
            for why in _unsound(books, notice, send):
                yield f"notice {notice['id']} went out, but {why}"


def _unsound(books: Books, notice: dict[str, Any], send: Line) -> Iterator[str]:
    text = next(
        iter(books.rows("revisions", notice_id=notice["id"], revision=send["revision"])), None
    )
    if text is None or send["title"] != text["title"]:
        yield "its words are not those of the revision"
    elif list(send["findings"]) != json.loads(text["findings"]):
        yield "its findings are not those of the revision"
    steps = books.rows("approvals", notice_id=notice["id"], revision=send["revision"])
    refused = max((step["id"] for step in steps if step["step"] == "refuse"), default=0)
    by = {
        name: {
            step["by"]
            for step in steps
            if step["step"] == name and step["hash"] == send["hash"] and step["id"] > refused
        }
        for name in ("submit", "review", "approve")
    }
    case = books.rows("cases", id=notice["case_id"])[0]
    items = books.rows("evidence", case_id=case["id"])
    makers = {row["by"] for row in books.rows("verdicts", case_id=case["id"])}
    makers |= {row["added_by"] for row in items}
    makers |= {row["edited_by"] for row in books.rows("revisions", notice_id=notice["id"])}
    publishers = {row["id"] for row in books.rows("officers", role="publisher")}
    if not by["approve"]:
        yield "nobody approved that hash"
    elif not (by["approve"] & publishers) - makers - by["submit"] - by["review"]:
        yield "whoever approved it had a hand in it, or is no publisher"
    if not by["submit"]:
        yield "nobody submitted that hash"
    if case["hazard"] and not by["review"] - by["approve"] - by["submit"] - makers:
        yield "nobody of the field reviewed that hash"
    verdict = next(iter(books.rows("verdicts", id=notice["verdict_id"])), None)
    if notice["kind"] == "debunk":
        counting = [item for item in items if not item["adverse"] and item["refutes"]
                    and item["nature"] not in ("no_record", "self_denial", "own_notice")]  # fmt: skip
        if verdict is None or verdict["outcome"] not in DEBUNKABLE:
            yield "it debunks without a verdict"
        if len(counting) < 2 or not any(item["is_primary"] for item in counting):
            yield "the evidence does not carry it"
        elif not any(item["independent"] for item in counting):
            yield "its evidence is the subject's own"


# ---- I4: legal states ---------------------------------------------------------------------------

BACK = ("notice.edit", "notice.refuse", "notice.draft", "notice.void", "notice.retract")
BACK += ("outbox.void",)  # what was in review is not any more


def _legal(books: Books) -> Iterator[str]:
    log: dict[int, list[dict[str, Any]]] = {}
    for entry in books.rows("audit"):
        kind, _, number = entry["object"].partition(":")
        if kind == "case":
            log.setdefault(int(number), []).append(entry)
    verifiers = {f"officer:{row['id']}" for row in books.rows("officers", role="verifier")}
    for case in books.rows("cases"):
        yield from _replayed(case, log.get(case["id"], []), verifiers)
        if case["state"] in ("decided", "in_review", "published", "closed") and not books.rows(
            "verdicts", case_id=case["id"]
        ):
            yield f"case {case['id']} is {case['state']} without a verdict"
        if bool(case["hazard"]) != (case["topic"] in HAZARDS):
            yield f"case {case['id']} hides its hazard"
    for notice in books.rows("notices"):
        rows = books.rows("outbox", notice_id=notice["id"])
        if notice["state"] == "published" and not any(row["state"] == "sent" for row in rows):
            yield f"notice {notice['id']} is published, and nothing of it was sent"
        if notice["state"] in ("draft", "in_review") and rows:
            yield f"notice {notice['id']} is {notice['state']} and in the outbox"
        if notice["state"] in ("approved", "published", "retracted") and not notice["number"]:
            yield f"notice {notice['id']} has no number"
    if books.settled:
        for row in books.rows("outbox"):
            if row["state"] in ("queued", "in_flight", "unknown"):
                yield f"publication {row['id']} is still {row['state']}"


def _replayed(
    case: dict[str, Any], entries: Sequence[dict[str, Any]], verifiers: set[str]
) -> Iterator[str]:
    """Walk the table of moves along the audit log; the state it may be in must be the one it is."""
    possible: set[str] = set()
    for entry in entries:
        action = entry["action"]
        verb = action.removeprefix("case.")
        if action == "case.open":
            possible = {"waiting"}
        elif action.startswith("case.") and verb in TRANSITIONS:
            move = TRANSITIONS[verb]
            if not possible & {state.value for state in move.before}:
                yield f"case {case['id']}: {verb} out of {sorted(possible)}, entry #{entry['seq']}"
            possible = {move.after.value}
            if verb in ("decide", "close") and entry["actor"] not in verifiers:
                yield f"case {case['id']}: a verdict by {entry['actor']}, entry #{entry['seq']}"
        elif action in BACK and "in_review" in possible:
            possible |= {"decided"}
        elif action == "outbox.sent" and "in_review" in possible:
            possible |= {"published"}
    if case["state"] not in possible:
        yield f"case {case['id']} is {case['state']}, its log allows {sorted(possible)}"


# ---- I5: the log and the file -------------------------------------------------------------------


def _chained(books: Books) -> Iterator[str]:
    yield from books.sound
    prev = "0" * 64
    for seq, row in enumerate(books.rows("audit"), start=1):
        body = {key: row[key] for key in ("seq", "at", "actor", "action", "object", "detail")}
        body |= {"bound": row["bound"]} if row["bound"] else {}
        text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256((prev + text).encode()).hexdigest()
        if row["seq"] != seq or row["prev"] != prev or row["hash"] != digest:
            yield f"the chain breaks at entry #{row['seq']}"
            break
        prev = digest
    details = [(row, json.loads(row["detail"])) for row in books.rows("audit")]
    for table, key, actions in (
        ("verdicts", "verdict", ("case.decide", "case.close")),
        ("evidence", "evidence", ("evidence.add",)),
        ("notices", "notice", ("notice.draft",)),
    ):
        noted = Counter(detail.get(key) for row, detail in details if row["action"] in actions)
        stored = Counter(row["id"] for row in books.rows(table))
        yield from (f"{table} {which}: not 1:1 with the log" for which in _differ(noted, stored))
    opened = Counter(row["object"] for row in books.audited("case.open"))
    cases = Counter(f"case:{row['id']}" for row in books.rows("cases"))
    yield from (f"{which}: not 1:1 with the log" for which in _differ(opened, cases))
    steps = Counter(
        (detail["notice"], detail["revision"], detail["hash"], row["action"])
        for row, detail in details
        if row["action"].startswith("notice.") and "hash" in detail
    )
    kept = Counter(
        (row["notice_id"], row["revision"], row["hash"], f"notice.{row['step']}")
        for row in books.rows("approvals")
    )
    yield from (f"approval {which[:2]}: not 1:1 with the log" for which in _differ(steps, kept))


def _differ(one: Counter[Any], other: Counter[Any]) -> list[Any]:
    return [key for key in {**one, **other} if one[key] != other[key] or one[key] > 1]


# ---- I6: corrections arrive ---------------------------------------------------------------------


def _corrected(books: Books) -> Iterator[str]:
    has = {_key(send) for send in books.sends}
    for notice in books.rows("notices", state="retracted"):
        for row in books.rows("outbox", notice_id=notice["id"], kind="publish"):
            key = _key(row)
            if key not in has:
                continue
            correction = (*key[:3], "retract")
            ordered = books.rows(
                "outbox", notice_id=notice["id"], channel=row["channel"], kind="retract"
            )
            if not ordered:
                yield f"{key} is out and was retracted, and no correction is on its way"
            elif ordered[0]["state"] == "rejected":
                yield f"{key} is out, and its correction was given up"
            elif correction not in has and (books.settled or ordered[0]["state"] == "sent"):
                yield f"{key} is out, and the channel lacks the correction"
