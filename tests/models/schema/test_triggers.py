"""Each trigger by itself: the statement that only it refuses, and what that statement does without it.

One row a trigger that raises a rule. Python stands before most of them, so the statements are raw SQL, as
a hand writes them that goes around the functions. A new trigger without a row here is a red test; the
triggers that do something (``DOING``) are tried by the tests that ``tests.guards`` names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from models import driver
from models.casework import cases, evidence
from models.casework.records import Hazard, NoticeKind
from models.harm import Topic
from models.people import codes, officers
from models.publishing import retractions
from models.publishing.records import Notice
from models.roles import Role
from models.store import Store
from tests import case_steps
from tests.conftest import People
from tests.guards import DOING

Given = Callable[[Store, People], dict[str, Any]]
AT, LATER = "2026-11-25T08:00:00.000000Z", "2099-01-01T00:00:00.000000Z"
WHY = "经核对不是本案的材料"
VERDICT = (
    "INSERT INTO verdicts (case_id, literal, hazard, outcome, ground, evidence_hash, by, at) VALUES"
    " (:case, '{}', 'unknown', '{}', '写一句理由', '', :{}, :at)"
)
NOTICE = (
    "INSERT INTO notices (case_id, kind, state, verdict_id, revision, updated_at, serial)"
    " VALUES (:case, '{}', 'draft', {}, 1, :at, {})"
)
REVISION = (
    "INSERT INTO revisions SELECT notice_id, 2, {}, findings, quote, closing, basis, {}, at"
    " FROM revisions WHERE notice_id = :notice AND revision = 1"
)
STEP = (
    "INSERT INTO approvals (notice_id, revision, hash, step, reason, by, at)"
    " VALUES (:notice, 1, :hash, '{}', '', :{}, :at)"
)
QUEUE = (
    "INSERT INTO outbox (notice_id, revision, channel, kind, hash, queued_at, state)"
    " VALUES (:notice, 1, 'wall', 'publish', :hash, :at, '{}')"
)
CLOSING = (
    "INSERT INTO closings (case_id, reason, claim, evidence_hash, ground, by, at)"
    " SELECT id, 'trivial', claim, '', '', :{}, :later FROM cases WHERE id = :case"
)
ACT = (
    "INSERT INTO case_acts (case_id, how, was, became, by, at)"
    " VALUES (:case, '{}', '{}', '{}', :{}, :at)"
)
WITHDRAW = (
    "UPDATE evidence SET withdrawn_at = :at, withdrawn_by = :{}, withdrawn_for = '{}'"
    " WHERE id = :item"
)


# ---- what stands in the store before the statement ------------------------------------------------


def nothing(db: Store, people: People) -> dict[str, Any]:
    return {}


def opened(db: Store, people: People) -> dict[str, Any]:
    return {"case": case_steps.open_case(db).id}


def hazard(db: Store, people: People) -> dict[str, Any]:
    return {"case": case_steps.open_case(db, Topic.EPIDEMIC).id}


def held(db: Store, people: People) -> dict[str, Any]:
    return {"case": case_steps.claimed(db, people).id}


def held_hazard(db: Store, people: People) -> dict[str, Any]:
    return {"case": case_steps.claimed(db, people, Topic.EPIDEMIC).id}


def found(db: Store, people: People) -> dict[str, Any]:
    """The verifier's item, whose case the verifier holds, and a colleague's."""
    case = case_steps.ready(db, people)
    return {"case": case.id, "item": evidence.of_case(db, case.id)[1].id}


def found_hazard(db: Store, people: People) -> dict[str, Any]:
    case = case_steps.claimed(db, people, Topic.EPIDEMIC)
    for by in (people.verifier, people.monitor):
        case_steps.prove(db, case, by, title=f"{by.label}的答复")
    return {"case": case.id}


def withdrawn(db: Store, people: People) -> dict[str, Any]:
    given = found(db, people)
    evidence.withdraw(db, given["item"], by=people.monitor)
    return given


def decided(db: Store, people: People, hazard: Hazard = Hazard.EXCLUDED) -> dict[str, Any]:
    case = case_steps.ready(db, people)
    verdict = case_steps.decide(db, case, people.verifier, hazard=hazard)
    return {"case": case.id, "verdict": verdict.id}


def standing(db: Store, people: People) -> dict[str, Any]:
    return decided(db, people, Hazard.NOT_EXCLUDED)


def of(notice: Notice) -> dict[str, Any]:
    return {"case": notice.case_id, "notice": notice.id, "hash": notice.hash}


def drafted(db: Store, people: People) -> dict[str, Any]:
    return of(case_steps.drafted(db, people))


def verifying(db: Store, people: People) -> dict[str, Any]:
    return of(case_steps.draft(db, case_steps.open_case(db), NoticeKind.VERIFYING))


def submitted(db: Store, people: People) -> dict[str, Any]:
    return of(case_steps.submitted(db, people))


def approved(db: Store, people: People) -> dict[str, Any]:
    return of(case_steps.approved(db, people))


def published(db: Store, people: People) -> dict[str, Any]:
    notice = case_steps.published(db, people)
    return of(notice) | {"item": evidence.of_case(db, notice.case_id)[0].id}


def retracted(db: Store, people: People) -> dict[str, Any]:
    given = published(db, people)
    retractions.retract(db, given["notice"], reason="登记答复有误", by=people.publisher)
    return given


def owed(db: Store, people: People) -> dict[str, Any]:
    given = published(db, people)
    cases.reopen(db, given["case"], reason="有人来电质疑", by=people.verifier)
    evidence.withdraw(db, given["item"], reason=WHY, by=people.monitor)
    return given


def added(db: Store, people: People) -> dict[str, Any]:
    """An account of a desk at work: fresh."""
    case_steps.claimed(db, people)
    return {"new": officers.add(db, "new", Role.VERIFIER, 77).id}


def owing(who: str, given: Given = nothing) -> Given:
    """``given``, and then an officer who signed in with a one-time code."""

    def made(db: Store, people: People) -> dict[str, Any]:
        names = given(db, people)
        codes.reset(db, getattr(people, who).id, "a hash", by=people.admin)
        return names

    return made


def after(given: Given, *statements: str) -> Given:
    """``given``, and then these statements, which no trigger refuses."""

    def made(db: Store, people: People) -> dict[str, Any]:
        names = given(db, people)
        for statement in statements:
            db.conn.execute(statement, everybody(people) | names)
        return names

    return made


def everybody(people: People) -> dict[str, Any]:
    by_name = {name: officer.id for name, officer in vars(people).items()}
    return by_name | {"machine": 0, "at": AT, "later": LATER}


ELSEWHERE = "INSERT INTO numbers_elsewhere VALUES ('site', 2026, 9, 'J-1', '', '', :at)"
EDITION = "INSERT INTO editions VALUES ('e1', 'b', :at, :at, 'd', 1, 1, 1, 1, 0.5)"
HERE = (
    "INSERT INTO editions VALUES ('h1', 'b', :at, :at, 'd', 0, 0, 0, 300, 0.5)",
    "INSERT INTO settled_editions VALUES ('h1', 2, :at, 400, '[]')",
)
USE = "INSERT INTO edition_uses (version, at, by, why) VALUES ('e1', :at, 0, 'w')"
DROP = "UPDATE cases SET state = 'dismissed', dismissed_by = :verifier, dismissed_for = '{}'"
FRESH = "UPDATE officers SET changed_at = :changed WHERE id = :publisher"


def fresh_since(db: Store, people: People) -> dict[str, Any]:
    """Approved, by an account that was changed an hour before."""
    given = approved(db, people)
    changed = db.value(
        "SELECT strftime('%Y-%m-%dT%H:%M:%S.000000Z', max(at), '-1 hour') FROM approvals"
    )
    db.conn.execute(FRESH, {"changed": changed, "publisher": people.publisher.id})
    return given


# ---- trigger: (its rule, what was there before, the statement that it alone refuses) --------------

ROWS: dict[str, tuple[str, Given, str]] = {
    # cases, and how they end
    "hazards_stay": (
        "hazard-stays",
        after(hazard, ACT.format("topic", "epidemic", "safety", "verifier")),
        "UPDATE cases SET topic = 'safety', hazard = 0",
    ),
    "cases_are_kept": ("hazard-stays", opened, "DELETE FROM cases"),
    "what_is_out_is_not_dropped": (
        "notice-out",
        after(
            published,
            CLOSING.format("monitor"),
            ACT.format("dismissal", "", "trivial", "verifier"),
        ),
        DROP.format("trivial"),
    ),
    "nothing_is_closed_unsaid": ("transition", opened, "UPDATE cases SET state = 'closed'"),
    "held_hazards_are_not_dismissed": (
        "not-holder",
        held_hazard,
        "UPDATE cases SET state = 'dismissed', dismissed_by = :second",
    ),
    "hazards_are_dismissed_as_claims": (
        "two-people",
        after(held_hazard, ACT.format("dismissal", "", "not_a_claim", "verifier")),
        DROP.format("not_a_claim"),
    ),
    "what_was_found_is_dropped_by_two": ("two-people", found, DROP.format("")),
    "cases_change_by_an_act": ("act-unsigned", opened, "UPDATE cases SET claim = '别的说法'"),
    "acts_never_change": ("act-immutable", opened, "UPDATE case_acts SET by = :viewer"),
    "acts_are_kept": ("act-immutable", opened, "DELETE FROM case_acts"),
    "acts_are_of_those_who_may": ("act-unsigned", opened, ACT.format("lead", "", "x", "publisher")),
    "the_machine_does_nobodys_acts": (
        "act-unsigned",
        opened,
        ACT.format("lead", "", "x", "machine"),
    ),
    "closings_are_of_those_who_may": ("only-verifiers-decide", opened, CLOSING.format("publisher")),
    "closings_never_change": (
        "two-people",
        after(opened, CLOSING.format("monitor")),
        "UPDATE closings SET by = :verifier",
    ),
    "closings_are_kept": (
        "two-people",
        after(opened, CLOSING.format("monitor")),
        "DELETE FROM closings",
    ),
    # evidence
    "evidence_is_only_withdrawn": ("evidence-immutable", found, "UPDATE evidence SET finding = ''"),
    "evidence_stays_withdrawn": (
        "evidence-immutable",
        withdrawn,
        "UPDATE evidence SET withdrawn_at = NULL, withdrawn_by = NULL WHERE id = :item",
    ),
    "evidence_is_kept": ("evidence-immutable", found, "DELETE FROM evidence"),
    "evidence_goes_with_a_reason": ("reason", found, WITHDRAW.format("verifier", "")),
    "evidence_of_what_is_out_stays": ("closed", published, WITHDRAW.format("verifier", WHY)),
    "withdrawals_are_signed": ("act-unsigned", found, WITHDRAW.format("publisher", WHY)),
    "evidence_owes_no_password": (
        "owes-password",
        owing("monitor", found),
        "INSERT INTO evidence (case_id, title, finding, url, is_primary, independent, adverse, nature,"
        " refutes, captured_at, sha256, media_type, original, added_by, added_at) VALUES (:case,"
        " '标题', '内容', '', 0, 0, 0, 'record', '', :at, '', '', x'00', :monitor, :at)",
    ),
    "upload_limits_are_kept": ("upload-quota", nothing, "DELETE FROM upload_limits"),
    "uploads_have_a_limit": (
        "upload-quota",
        after(found, "UPDATE upload_limits SET files = 1"),
        "INSERT INTO uploads (evidence_id, officer_id, day, bytes) SELECT 99, officer_id, day, 1"
        " FROM uploads WHERE officer_id = :monitor",
    ),
    "uploads_never_change": ("upload-quota", found, "UPDATE uploads SET bytes = 1"),
    "uploads_are_kept": ("upload-quota", found, "DELETE FROM uploads"),
    # verdicts
    "verdicts_need_a_verifier": (
        "only-verifiers-decide",
        opened,
        VERDICT.format("unknown", "unverified", "monitor"),
    ),
    "verdicts_need_evidence": (
        "evidence-before-verdict",
        opened,
        VERDICT.format("wrong", "false", "verifier"),
    ),
    "truths_need_evidence": (
        "evidence-before-verdict",
        opened,
        VERDICT.format("right", "true", "verifier"),
    ),
    "hazards_need_a_lead": (
        "evidence-before-verdict",
        found_hazard,
        VERDICT.format("wrong", "false", "verifier"),
    ),
    "hazards_are_closed_by_two": (
        "two-people",
        hazard,
        VERDICT.format("unknown", "not_a_claim", "verifier"),
    ),
    "the_holder_decides": ("not-holder", held, VERDICT.format("unknown", "unverified", "second")),
    "verdicts_owe_no_password": (
        "owes-password",
        owing("verifier", opened),
        VERDICT.format("unknown", "unverified", "verifier"),
    ),
    "verdicts_never_change": ("verdict-immutable", decided, "UPDATE verdicts SET ground = ''"),
    "verdicts_are_kept": ("verdict-immutable", decided, "DELETE FROM verdicts"),
    # notices and their texts
    "debunks_need_a_verdict": (
        "unverified-is-not-false",
        standing,
        NOTICE.format("debunk", ":verdict", "NULL"),
    ),
    "notices_say_what_the_verdict_says": (
        "unverified-is-not-false",
        decided,
        NOTICE.format("confirmation", ":verdict", "NULL"),
    ),
    "notices_keep_their_kind": (
        "notice-kind-immutable",
        drafted,
        "UPDATE notices SET kind = 'statement'",
    ),
    "notices_are_kept": ("notice-kind-immutable", drafted, "DELETE FROM notices"),
    "revisions_never_change": ("revision-immutable", drafted, "UPDATE revisions SET title = ''"),
    "revisions_are_kept": ("revision-immutable", drafted, "DELETE FROM revisions"),
    "revisions_owe_no_password": (
        "owes-password",
        owing("verifier", drafted),
        REVISION.format("title", ":verifier"),
    ),
    "agreed_words_stand": ("notice-state", approved, "UPDATE notices SET state = 'draft'"),
    "the_machine_only_drafts": ("act-unsigned", drafted, REVISION.format("title", ":machine")),
    "unverified_is_not_called_false": (
        "unverified-is-not-false",
        verifying,
        REVISION.format("'网传消息系谣言'", ":verifier"),
    ),
    "numbers_are_given_at_approval": (
        "number-given",
        opened,
        NOTICE.format("verifying", "NULL", 5),
    ),
    "numbers_only_grow": (
        "number-given",
        submitted,
        "UPDATE notices SET year = 2026, serial = 5, number = '〔2026〕7 号', issued_at = :at",
    ),
    "numbers_are_kept": ("number-given", approved, "UPDATE notices SET issued_at = :later"),
    "numbers_elsewhere_never_change": (
        "number-given",
        after(nothing, ELSEWHERE),
        "UPDATE numbers_elsewhere SET serial = 10",
    ),
    "numbers_elsewhere_are_kept": (
        "number-given",
        after(nothing, ELSEWHERE),
        "DELETE FROM numbers_elsewhere",
    ),
    # who agreed
    "four_eyes": ("four-eyes", submitted, STEP.format("approve", "monitor")),
    "submissions_need_a_verifier": ("four-eyes", drafted, STEP.format("submit", "publisher")),
    "approvals_owe_no_password": (
        "owes-password",
        owing("verifier", drafted),
        STEP.format("submit", "verifier"),
    ),
    "fresh_accounts_agree_to_nothing": (
        "fresh-account",
        after(submitted, "UPDATE officers SET changed_at = :at WHERE id = :publisher"),
        STEP.format("approve", "publisher"),
    ),
    "approvals_never_change": (
        "approval-immutable",
        submitted,
        "UPDATE approvals SET by = :second",
    ),
    "approvals_are_kept": ("approval-immutable", submitted, "DELETE FROM approvals"),
    # the outbox
    "nothing_goes_out_unapproved": ("four-eyes", submitted, QUEUE.format("queued")),
    "nothing_goes_out_by_a_fresh_account": ("fresh-account", fresh_since, QUEUE.format("queued")),
    "nothing_is_sent_unapproved": (
        "four-eyes",
        after(approved, "UPDATE officers SET active = 0, epoch = 1 WHERE id = :publisher"),
        "UPDATE outbox SET state = 'in_flight'",
    ),
    "outbox_begins_queued": ("at-most-once", approved, QUEUE.format("sent")),
    "outbox_keeps_what_it_sends": ("four-eyes", approved, "UPDATE outbox SET channel = 'wall'"),
    "outbox_keeps_its_place": ("four-eyes", approved, "UPDATE outbox SET place = '别处'"),
    "outbox_moves_forward": ("at-most-once", approved, "UPDATE outbox SET state = 'sent'"),
    "outbox_is_kept": ("at-most-once", approved, "DELETE FROM outbox"),
    # what is in public
    "owed_are_owed": ("correction-owed", owed, "UPDATE owed_corrections SET ended_at = :at"),
    "owed_are_kept": ("correction-owed", owed, "DELETE FROM owed_corrections"),
    "claims_are_kept": ("known-claims-are-kept", published, "DELETE FROM claims"),
    "retracted_is_not_known": (
        "retracted-is-not-known",
        retracted,
        "UPDATE claims SET withdrawn_at = NULL, gone = 0 WHERE origin = 'own'",
    ),
    "suspended_is_not_known": (
        "retracted-is-not-known",
        owed,
        "UPDATE claims SET withdrawn_at = NULL WHERE origin = 'own'",
    ),
    # accounts
    "officers_keep_their_role": (
        "role-immutable",
        nothing,
        "UPDATE officers SET role = 'publisher' WHERE id = :monitor",
    ),
    "officers_keep_their_name": (
        "role-immutable",
        nothing,
        "UPDATE officers SET username = 'x' WHERE id = :monitor",
    ),
    "officers_are_kept": ("role-immutable", nothing, "DELETE FROM officers WHERE id = :viewer"),
    "new_accounts_are_fresh": (
        "fresh-account",
        held,
        "INSERT INTO officers (username, role, number, fields, made_at)"
        " SELECT 'new', role, 77, fields, made_at FROM officers WHERE id = :publisher",
    ),
    "changed_accounts_are_fresh": (
        "fresh-account",
        nothing,
        """UPDATE officers SET fields = '["food"]', epoch = 1 WHERE id = :monitor""",
    ),
    "freshness_is_not_taken_back": (
        "fresh-account",
        added,
        "UPDATE officers SET changed_at = NULL WHERE id = :new",
    ),
    "sessions_end_with_a_change": (
        "sessions-end",
        nothing,
        "UPDATE officers SET active = 0 WHERE id = :monitor",
    ),
    "codes_make_fresh": (
        "fresh-account",
        nothing,
        "INSERT INTO codes (officer_id, hash, issued_at) VALUES (:viewer, 'h', :later)",
    ),
    "new_codes_make_fresh": (
        "fresh-account",
        owing("viewer"),
        "UPDATE codes SET hash = 'another', issued_at = :later",
    ),
    "codes_are_used_once": (
        "code-once",
        after(owing("viewer"), "UPDATE codes SET used_at = :at"),
        "UPDATE codes SET used_at = NULL",
    ),
    "codes_go_when_used": ("code-once", owing("viewer"), "DELETE FROM codes"),
    "account_changes_never_change": (
        "account-changes-kept",
        nothing,
        "UPDATE account_changes SET by = :viewer",
    ),
    "account_changes_are_kept": ("account-changes-kept", nothing, "DELETE FROM account_changes"),
    # the log, the models, the clock
    "audit_never_changes": ("audit-append-only", nothing, "UPDATE audit SET actor = 'machine'"),
    "audit_never_shrinks": ("audit-append-only", nothing, "DELETE FROM audit"),
    "editions_never_change": (
        "edition-immutable",
        after(nothing, EDITION),
        "UPDATE editions SET digest = 'x'",
    ),
    "editions_are_kept": ("edition-immutable", after(nothing, EDITION), "DELETE FROM editions"),
    "edition_uses_never_change": (
        "edition-immutable",
        after(nothing, EDITION, USE),
        "UPDATE edition_uses SET why = 'x'",
    ),
    "edition_uses_are_kept": (
        "edition-immutable",
        after(nothing, EDITION, USE),
        "DELETE FROM edition_uses",
    ),
    "settled_editions_have_no_lesson": (
        "settled-by-verdicts",
        after(nothing, EDITION),
        "INSERT INTO settled_editions VALUES ('e1', 2, :at, 400, '[]')",
    ),
    "settled_editions_never_change": (
        "edition-immutable",
        after(nothing, *HERE),
        "UPDATE settled_editions SET terms = '[1]'",
    ),
    "settled_editions_are_kept": (
        "edition-immutable",
        after(nothing, *HERE),
        "DELETE FROM settled_editions",
    ),
    "settling_overrules_nobody": (
        "settled-overrules",
        after(nothing, EDITION, *HERE, USE),
        "INSERT INTO edition_uses (version, at, by, why) VALUES ('h1', :at, 0, 'settled')",
    ),
    "nothing_is_forgotten_by_a_doubtful_clock": (
        "clock-in-doubt",
        after(
            opened,
            "INSERT INTO wall_clock (id, at, boot, boot_id, doubt) VALUES (1, :at, 0, '', 'ahead')",
        ),
        "DELETE FROM posts",
    ),
}


@pytest.mark.parametrize("trigger", ROWS)
def test_the_store_refuses_it_and_nothing_but_this_trigger_does(
    db: Store, people: People, trigger: str
) -> None:
    code, given, statement = ROWS[trigger]
    names = everybody(people) | given(db, people)
    db.conn.execute("PRAGMA foreign_keys=OFF")  # so that it is the trigger that refuses
    with pytest.raises(driver.library.IntegrityError, match=f"^rule:{code}$"):
        db.conn.execute(statement, names)
    db.conn.execute(f"DROP TRIGGER {trigger}")
    db.conn.execute(statement, names)


def test_every_trigger_of_the_store_has_its_row(db: Store) -> None:
    there = {
        row["name"]: row["sql"]
        for row in db.rows("SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger'")
    }
    raising = {name for name, sql in there.items() if "RAISE(ABORT" in sql}
    assert raising == ROWS.keys()
    assert there.keys() - raising == DOING.keys()


# ---- constraints of tables: what no trigger has to say --------------------------------------------

CONSTRAINTS: dict[str, tuple[str, Given, str]] = {
    "an unknown answer gives no 不实": (
        "CHECK",
        found,
        VERDICT.format("unknown", "false", "verifier"),
    ),
    "the machine gives no verdict": (
        "CHECK",
        after(opened, "DROP TRIGGER verdicts_need_a_verifier"),
        VERDICT.format("unknown", "unverified", "machine"),
    ),
    "only 正在核实 does without a verdict": (
        "CHECK",
        opened,
        NOTICE.format("statement", "NULL", "NULL"),
    ),
    "a number stands once in a year": (
        r"UNIQUE.*notices\.year",
        after(approved, "DROP TRIGGER numbers_are_given_at_approval"),
        "INSERT INTO notices (case_id, kind, state, revision, updated_at, year, serial)"
        " SELECT :case, 'verifying', 'draft', 1, :at, year, serial FROM notices",
    ),
    "a revision goes to a channel once": (
        r"UNIQUE.*outbox\.notice_id",
        approved,
        QUEUE.format("queued").replace("'wall'", "'site'"),
    ),
    "a correction is owed once": (
        "UNIQUE",
        owed,
        "INSERT INTO owed_corrections (notice_id, why, since) VALUES (:notice, 'evidence', :at)",
    ),
    "a cluster has one case": (
        r"UNIQUE.*cases\.cluster_id",
        opened,
        "INSERT INTO cases (number, cluster_id, claim, topic, hazard, state, risk, priority, posts,"
        " accounts, replies, doubts, first_at, last_at, opened_at, due_at, updated_at, sampled,"
        " reasons, entities) SELECT 'J-2', cluster_id, claim, topic, hazard, state, risk, priority,"
        " posts, accounts, replies, doubts, first_at, last_at, opened_at, due_at, updated_at, sampled,"
        " reasons, entities FROM cases",
    ),
    "hazard follows from the topic": ("CHECK", hazard, "UPDATE cases SET hazard = 5"),
    "two accounts of a role have two numbers": (
        r"UNIQUE.*officers\.role",
        nothing,
        "UPDATE officers SET number = 4 WHERE id = :publisher",
    ),
    "a source's post stands once": (
        r"UNIQUE.*posts\.source",
        opened,
        "INSERT INTO posts (source, native_id, url, title, text, published_at, collected_at,"
        " changed_at, author_key, likes, reposts) SELECT source, native_id, url, title, text,"
        " published_at, collected_at, changed_at, author_key, likes, reposts FROM posts",
    ),
}


@pytest.mark.parametrize("rule", CONSTRAINTS)
def test_the_tables_refuse_it(db: Store, people: People, rule: str) -> None:
    said, given, statement = CONSTRAINTS[rule]
    names = everybody(people) | given(db, people)
    with pytest.raises(driver.library.IntegrityError, match=said):
        db.conn.execute(statement, names)
