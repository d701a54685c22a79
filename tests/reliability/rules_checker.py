"""The checker of the desk's rules: reads the tables by itself, and trusts no function of models.

I2 at most one send of (notice, revision, channel, kind) without a person in between.
I3 nothing sent without an approval of that very content by different people, with enough evidence:
   none of them acted on the case, all are still at work, and the reviewers cover every hazard that
   was ever named for it; nothing that speaks against it was taken away since it was submitted.
I4 only moves of the table, and none into a verdict but by a verifier.
I14 nobody drops alone what others found or decided, or a hazard in which anybody did.
I5 the audit chain is whole, nothing changed without an entry, and a claim or topic with both words.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

from models.casework import workflow
from models.publishing.records import Publication
from models.store import Store

HAZARDS = ("epidemic", "food", "disaster", "medicine", "production")
WATCHED = (
    "cases",
    "evidence",
    "verdicts",
    "notices",
    "revisions",
    "approvals",
    "outbox",
    "officers",
)
# what an officer may do about a case and still be a stranger to it; any other entry is a hand
NO_HAND = ("case.claim", "case.release", "evidence.read", "notice.review", "notice.approve",
           "notice.refuse", "outbox.sent", "outbox.queued")  # fmt: skip
CHANNELS_KINDS = ("publish", "retract", "supersede")
MOVES = {
    (before.value, move.after.value)
    for move in workflow.TRANSITIONS.values()
    for before in move.before
}
# who follows what: a notice in review that changes hands, and one that never went out
ALSO = {("in_review", "decided"), ("decided", "in_review"), ("in_review", "published")}


class Breach(AssertionError):
    """A rule of the desk was broken."""


def must(rule: str, holds: object, *what: object) -> None:
    if not holds:
        raise Breach(f"{rule}: {what}")


class Checker:
    """Watches one store. Tell it of each approval and each send; ask ``after`` every step."""

    def __init__(self, db: Store) -> None:
        self.db = db
        self.sends: Counter[tuple[int, int, str, str]] = Counter()
        self.allowed: Counter[tuple[int, int, str, str]] = Counter()  # a person said: not sent
        self.agreed: dict[tuple[int, int], list[tuple[int, Any]]] = {}
        self.state = self.everything()
        self.entries = self.log()
        self.named: dict[int, set[str]] = {}  # the topics that a case ever had
        self.note_topics()

    # ---- what is in the tables ------------------------------------------------------------------

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        cursor = self.db.conn.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        return {table: self.rows(f"SELECT * FROM {table}") for table in WATCHED}

    def log(self) -> list[dict[str, Any]]:
        return self.rows("SELECT * FROM audit ORDER BY seq")

    def content(self, notice_id: int) -> Any:
        """All that people agree to when they approve, as it stands now."""
        (notice,) = self.rows("SELECT * FROM notices WHERE id = ?", notice_id)
        case = notice["case_id"]
        return (
            notice["kind"],
            self.rows(
                "SELECT title, findings, quote, closing, basis FROM revisions"
                " WHERE notice_id = ? AND revision = ?",
                notice_id,
                notice["revision"],
            ),
            self.rows(
                "SELECT id, literal, hazard, outcome, ground FROM verdicts WHERE id = ?",
                notice["verdict_id"],
            ),
            self.rows(
                "SELECT id, sha256, finding, adverse, refutes FROM evidence"
                " WHERE case_id = ? AND withdrawn_at IS NULL ORDER BY id",
                case,
            ),
            self.rows("SELECT topic FROM cases WHERE id = ?", case),
        )

    def note_topics(self) -> None:
        for case in self.state["cases"]:
            self.named.setdefault(case["id"], set()).add(case["topic"])

    def hands(self, case: int) -> set[int]:
        """Everybody who acted on a case, as the log tells it."""
        return {
            int(entry["actor"].split(":")[1])
            for entry in self.log()
            if entry["object"] == f"case:{case}"
            and entry["actor"] != "machine"
            and entry["action"] not in NO_HAND
        }

    # ---- what the desk does ---------------------------------------------------------------------

    def approved(self, notice_id: int, by: int) -> None:
        (notice,) = self.rows("SELECT revision FROM notices WHERE id = ?", notice_id)
        key = (notice_id, notice["revision"])
        self.agreed.setdefault(key, []).append((by, self.content(notice_id)))

    def not_sent(self, row: Publication) -> None:
        """A person looked, and says that it did not go out."""
        self.allowed[(row.notice_id, row.revision, row.channel, row.kind)] += 1

    def sent(self, row: Publication) -> None:
        """``row`` leaves the house now."""
        key = (row.notice_id, row.revision, row.channel, row.kind)
        self.sends[key] += 1
        must("I2", self.sends[key] <= 1 + self.allowed[key], "sent again", key)
        must("I2", row.kind in CHANNELS_KINDS, "a kind nobody knows", key)
        if row.kind == "publish":
            self.check_people(row)
            self.check_evidence(row)

    def check_people(self, row: Publication) -> None:
        (notice,) = self.rows("SELECT * FROM notices WHERE id = ?", row.notice_id)
        (case,) = self.rows("SELECT * FROM cases WHERE id = ?", notice["case_id"])
        must("I3", notice["revision"] == row.revision, "another revision", row)
        must("I3", case["state"] not in ("dismissed", "closed"), "case is over", case["state"])
        roles = {each["id"]: each for each in self.rows("SELECT * FROM officers")}
        refused = self.rows(
            "SELECT max(id) AS id FROM approvals WHERE notice_id = ? AND step = 'refuse'",
            row.notice_id,
        )[0]["id"]
        steps = self.rows(
            "SELECT * FROM approvals WHERE notice_id = ? AND revision = ? AND id > ? ORDER BY id",
            row.notice_id,
            row.revision,
            refused or 0,
        )
        who = {
            name: [s for s in steps if s["step"] == name]
            for name in ("submit", "review", "approve")
        }
        must("I3", who["submit"] and who["approve"], "without submission or approval", row)
        approver = who["approve"][-1]["by"]
        now = self.content(row.notice_id)
        agreed = self.agreed.get((row.notice_id, row.revision), [])
        must("I3", (approver, now) in agreed, "this content was not approved", row)
        must("I3", roles[approver]["role"] == "publisher", "not a publisher", approver)
        self.check_hands(row, case, roles, who)
        people = {each["by"] for name in who for each in who[name]}
        must("I3", 0 not in people, "the machine is nobody", people)

    def check_hands(
        self,
        row: Publication,
        case: dict[str, Any],
        roles: dict[int, dict[str, Any]],
        who: dict[str, list[dict[str, Any]]],
    ) -> None:
        """Those who agreed are strangers to the case and still at work, one for each field of it."""
        touched = self.hands(case["id"])
        approval = who["approve"][-1]
        submission = [each for each in who["submit"] if each["id"] < approval["id"]][-1]
        must("I3", approval["by"] not in touched, "the approver touched it", approval)
        must("I3", roles[approval["by"]]["active"], "the approver was switched off", approval)
        must("I3", approval["by"] != submission["by"], "too few people", approval)
        named = self.named.get(case["id"], set()) | {case["topic"]}
        for field in named & set(HAZARDS):
            fit = [
                each["by"]
                for each in who["review"]
                if roles[each["by"]]["role"] == "verifier"
                and roles[each["by"]]["active"]
                and field in json.loads(roles[each["by"]]["fields"])
                and each["by"] not in touched | {approval["by"]}
                and each["hash"] == approval["hash"]
                and each["id"] < approval["id"]
            ]
            must("I3", fit, "a hazard without its reviewer", field, row)
        for gone in self.rows(
            "SELECT withdrawn_at FROM evidence WHERE case_id = ? AND adverse = 1"
            " AND withdrawn_at IS NOT NULL",
            case["id"],
        ):
            must("I3", gone["withdrawn_at"] <= submission["at"], "taken away unseen", gone)

    def check_evidence(self, row: Publication) -> None:
        (notice,) = self.rows("SELECT * FROM notices WHERE id = ?", row.notice_id)
        if notice["kind"] == "verifying":
            return
        (case,) = self.rows("SELECT * FROM cases WHERE id = ?", notice["case_id"])
        verdict = self.rows(
            "SELECT * FROM verdicts WHERE case_id = ? ORDER BY id DESC LIMIT 1", case["id"]
        )[0]
        must("I3", verdict["id"] == notice["verdict_id"], "a verdict since replaced", row)
        must("I3", case["state"] in ("in_review", "published"), "verified again", case["state"])
        items = self.rows(
            "SELECT * FROM evidence WHERE case_id = ? AND withdrawn_at IS NULL", case["id"]
        )
        if notice["kind"] == "confirmation":
            must("I3", verdict["outcome"] == "true", "confirms what is not true", verdict)
            must("I3", any(e["is_primary"] and not e["adverse"] for e in items), "no evidence", row)
            return
        must("I3", verdict["literal"] in ("wrong", "partly"), "unverified is not false", verdict)
        if notice["kind"] == "debunk":
            must("I3", verdict["hazard"] == "excluded", "the hazard is not excluded", verdict)
        counting = [
            e
            for e in items
            if not e["adverse"]
            and e["refutes"]
            and e["nature"] not in ("no_record", "self_denial", "own_notice")
            and hashlib.sha256(e["original"]).hexdigest() == e["sha256"]
        ]
        must("I3", len(counting) >= 2, "fewer than two items", len(counting))
        must("I3", any(e["is_primary"] for e in counting), "nothing primary", row)
        must("I3", any(e["independent"] for e in counting), "nothing independent", row)
        if case["topic"] in HAZARDS and case["id"] not in self.late_hazards():
            must("I3", case["lead_sent_at"] and case["sample_status"], "no lead or sample", case)

    def late_hazards(self) -> set[int]:
        return set()

    # ---- after every step -----------------------------------------------------------------------

    def after(self, refused: bool = False) -> None:
        """Compare with the step before. ``refused``: the step raised, so nothing may have moved."""
        before, entries = self.state, self.entries
        self.state, self.entries = self.everything(), self.log()
        self.note_topics()
        if refused:
            must("I4", self.state == before, "a refused step changed something")
            must("I5", self.entries == entries, "a refused step was logged")
        self.check_moves(before["cases"])
        self.check_verdicts(before["verdicts"])
        self.check_log(before, entries)
        self.check_words(before["cases"], entries)

    def ticked(self) -> None:
        """The machine counted anew: numbers have no entry, words and topics have."""
        before = self.state
        self.check_words(before["cases"], self.entries, self.everything()["cases"])
        self.state = before | {"cases": self.everything()["cases"]}

    def check_words(
        self,
        before: list[dict[str, Any]],
        entries: list[dict[str, Any]],
        after: list[dict[str, Any]] | None = None,
    ) -> None:
        """What a case says changed only with an entry that holds the words before and after."""
        old = {case["id"]: case for case in before}
        new = self.log()[len(entries) :]
        for case in after or self.state["cases"]:
            was = old.get(case["id"], case)
            for column, action in (("claim", "case.reword"), ("topic", "case.topic")):
                told = [
                    json.loads(entry["detail"])
                    for entry in new
                    if (entry["action"], entry["object"]) == (action, f"case:{case['id']}")
                ]
                words = [{"old": was[column], "new": case[column]}]
                must(
                    "I5", was[column] == case[column] or told == words, "words not told", case, told
                )

    def check_moves(self, before: list[dict[str, Any]]) -> None:
        old = {case["id"]: case for case in before}
        verdicts = Counter(each["case_id"] for each in self.state["verdicts"])
        for case in self.state["cases"]:
            was = old.get(case["id"])
            if was is None:
                must("I4", case["state"] == "waiting", "a case begins waiting", case)
                continue
            move = (was["state"], case["state"])
            must("I4", move[0] == move[1] or move in MOVES | ALSO, "no such move", move)
            must("I4", case["hazard"] >= was["hazard"], "a hazard was downgraded", case["id"])
            if case["state"] in ("decided", "in_review", "published", "closed"):
                must("I4", verdicts[case["id"]], "decided without a verdict", case["id"])
            if move[1] == "dismissed" != move[0]:
                self.check_dropped(case)

    def check_dropped(self, case: dict[str, Any]) -> None:
        """What somebody found or decided was dropped by two people, for one reason."""
        told = [each for each in self.log() if each["object"] == f"case:{case['id']}"]
        mine = {each["action"]: each["actor"] for each in told}["case.dismiss"]
        found = {
            each["actor"]
            for each in told
            if each["action"] in ("evidence.add", "case.decide", "case.close")
        }
        proposed = {
            each["actor"]
            for each in told
            if each["action"] == "case.propose_dismissal"
            and json.loads(each["detail"])["reason"] == case["dismissed_for"]
        }
        two = found if case["hazard"] else found - {mine}
        must("I14", not two or proposed - {mine}, "dropped by one alone", case["id"])

    def check_verdicts(self, before: list[dict[str, Any]]) -> None:
        roles = {each["id"]: each["role"] for each in self.state["officers"]}
        must("I4", self.state["verdicts"][: len(before)] == before, "a verdict was changed")
        for verdict in self.state["verdicts"]:
            must("I4", roles[verdict["by"]] == "verifier", "a verdict of no verifier", verdict)

    def check_log(self, before: dict[str, Any], entries: list[dict[str, Any]]) -> None:
        must("I5", self.entries[: len(entries)] == entries, "an entry was changed or is gone")
        prev = entries[-1]["hash"] if entries else "0" * 64
        for seq, entry in enumerate(self.entries[len(entries) :], start=len(entries) + 1):
            body = {k: entry[k] for k in ("seq", "at", "actor", "action", "object", "detail")}
            body |= {"bound": entry["bound"]} if entry["bound"] else {}
            text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            digest = hashlib.sha256((prev + text).encode()).hexdigest()
            must("I5", entry["seq"] == seq, "a gap", seq)
            must("I5", (entry["prev"], entry["hash"]) == (prev, digest), "a broken link", seq)
            prev = digest
        if self.without_flight(self.state) != self.without_flight(before):
            must("I5", len(self.entries) > len(entries), "a change without an entry")

    def without_flight(self, state: dict[str, Any]) -> dict[str, Any]:
        """queued and in_flight are one: taking a row is a step of delivery, its end is logged."""
        same = {"in_flight": "queued"}
        outbox = [
            {k: same.get(v, v) if k == "state" else v for k, v in row.items()
             if k not in ("fence", "holder", "taken_at")}
            for row in state["outbox"]
        ]  # fmt: skip
        return {**state, "outbox": outbox}
