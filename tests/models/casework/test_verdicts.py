"""Verdicts: two answers and the word that follows; a false debunk is the worst fault there is."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from models import driver
from models.casework import (
    cases,
    evidence,
    opening,
    verdicts,
    workflow,
)
from models.casework import (
    gates as gating,
)
from models.casework.records import (
    Case,
    CaseState,
    Hazard,
    Literal,
    NoticeKind,
)
from models.errors import Conflict, Forbidden, RuleBroken
from models.harm import Topic
from models.outcome import Outcome
from models.people import officers
from models.publishing import notices
from models.ranking.line import Line
from models.store import Store
from tests import case_steps
from tests.conftest import People

DEBUNKABLE = ((Literal.WRONG, Outcome.FALSE), (Literal.PARTLY, Outcome.MISLEADING), (Literal.PARTLY, Outcome.OUTDATED))  # fmt: skip


def refused(db: Store, case: Case, people: People, outcome: Outcome, literal: Literal) -> str:
    with pytest.raises(RuleBroken) as caught:
        case_steps.decide(db, case, people.verifier, outcome, literal)
    assert not db.value("SELECT 1 FROM verdicts WHERE case_id = ?", case.id)
    assert cases.get(db, case.id).state is CaseState.VERIFYING
    return f"{caught.value.rule}: {caught.value}"


def insert(db: Store, case: Case, by: int, literal: str, hazard: str, outcome: str) -> None:
    """A verdict by a caller who goes around the functions."""
    db.conn.execute(
        "INSERT INTO verdicts (case_id, literal, hazard, outcome, ground, evidence_hash, by, at)"
        " VALUES (?, ?, ?, ?, 'ground', '', ?, '2026-11-24T00:00:00.000000Z')",
        [case.id, literal, hazard, outcome, by],
    )


def refused_by_sql(db: Store, *arguments: object) -> None:
    with pytest.raises(driver.library.IntegrityError):
        insert(db, *arguments)  # type: ignore[arg-type]
    assert db.value("SELECT count(*) FROM verdicts") == 0


def test_with_enough_evidence_false_can_be_given(db: Store, people: People) -> None:
    case = case_steps.ready(db, people)
    verdict = case_steps.decide(db, case, people.verifier)
    assert (verdict.outcome, verdict.by) == (Outcome.FALSE, people.verifier.id)
    assert verdict.evidence_hash == evidence.set_hash(evidence.of_case(db, case.id))
    assert verdict.review_on and verdict.review_on > verdict.at
    assert cases.get(db, case.id).state is CaseState.DECIDED
    assert verdicts.current(db, case.id) == verdict


# each of these sets of evidence misses exactly one gate
SHORT: dict[str, list[dict[str, object]]] = {
    "至少 2 项": [{}],
    "至少 1 项一手": [{"primary": False}, {"primary": False}],
    "至少 1 项来自非当事方": [{"independent": False}, {"independent": False}],
}


@pytest.mark.parametrize("gate", SHORT)
@pytest.mark.parametrize(("literal", "outcome"), DEBUNKABLE)
def test_each_gate_alone_stops_a_debunk(
    db: Store, people: People, gate: str, literal: Literal, outcome: Outcome
) -> None:
    case = case_steps.claimed(db, people)
    for n, changed in enumerate(SHORT[gate]):
        case_steps.prove(db, case, people.verifier, title=f"{'甲乙'[n]}答复", **changed)
    said = refused(db, case, people, outcome, literal)
    assert said.startswith("evidence-before-verdict")
    assert gate in said
    missing = [
        each.label for each in gating.gates(case, evidence.of_case(db, case.id)) if not each.ok
    ]
    assert len(missing) == 1
    refused_by_sql(db, case, people.verifier.id, literal.value, "excluded", outcome.value)


@pytest.mark.parametrize("spoil", [{"nature": "no_record"}, {"adverse": True}, {"refutes": ""}])
def test_what_does_not_count_carries_no_debunk(
    db: Store, people: People, spoil: dict[str, object]
) -> None:
    case = case_steps.claimed(db, people)
    case_steps.prove(db, case, people.verifier)
    for _ in range(3):
        case_steps.prove(db, case, people.verifier, **spoil)
    refused(db, case, people, Outcome.FALSE, Literal.WRONG)
    refused_by_sql(db, case, people.verifier.id, "wrong", "excluded", "false")


def test_withdrawn_evidence_carries_no_debunk(db: Store, people: People) -> None:
    case = case_steps.ready(db, people)
    evidence.withdraw(db, evidence.of_case(db, case.id)[0].id, by=people.verifier)
    refused(db, case, people, Outcome.FALSE, Literal.WRONG)
    refused_by_sql(db, case, people.verifier.id, "wrong", "excluded", "false")


def test_evidence_of_another_case_carries_no_debunk(db: Store, people: People) -> None:
    case_steps.ready(db, people)
    case = case_steps.claimed(db, people)
    refused(db, case, people, Outcome.FALSE, Literal.WRONG)
    refused_by_sql(db, case, people.verifier.id, "wrong", "excluded", "false")


@pytest.mark.parametrize(
    ("missing", "gate"), [("lead", "预警线索转主管部门"), ("sample", "写明留样状态")]
)
def test_a_hazard_also_needs_its_lead_sent_and_its_sample_noted(
    db: Store, people: People, missing: str, gate: str
) -> None:
    case = case_steps.claimed(db, people, Topic.FOOD)
    case_steps.prove(db, case, people.verifier)
    case_steps.prove(db, case, people.monitor, title="市场监管局的答复")
    if missing == "sample":
        cases.send_lead(db, case.id, to="市场监管局", by=people.monitor)
    else:
        cases.set_sample_status(db, case.id, status="已留样", by=people.monitor)
    said = refused(db, case, people, Outcome.FALSE, Literal.WRONG)
    assert f"食品类：{gate}" in said and "；" not in said.partition("。")[0].partition("：")[2]
    refused_by_sql(db, case, people.verifier.id, "wrong", "excluded", "false")


def test_true_needs_one_primary_item(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    case_steps.prove(db, case, people.verifier, primary=False)
    case_steps.prove(db, case, people.verifier, adverse=True)
    refused(db, case, people, Outcome.TRUE, Literal.RIGHT)
    refused_by_sql(db, case, people.verifier.id, "right", "standing", "true")
    case_steps.prove(db, case, people.verifier, refutes="")
    case_steps.decide(db, case, people.verifier, Outcome.TRUE, Literal.RIGHT, Hazard.NOT_EXCLUDED)


@pytest.mark.parametrize(("literal", "outcome"), list(product(Literal, Outcome)))
def test_the_word_must_follow_from_the_first_answer(
    db: Store, people: People, literal: Literal, outcome: Outcome
) -> None:
    case = case_steps.ready(db, people)
    if outcome in workflow.outcomes(literal):
        assert case_steps.decide(db, case, people.verifier, outcome, literal).outcome is outcome
        return
    assert "answers-and-outcome" in refused(db, case, people, outcome, literal)
    refused_by_sql(db, case, people.verifier.id, literal.value, "excluded", outcome.value)


def test_a_verdict_needs_its_ground(db: Store, people: People) -> None:
    case = case_steps.ready(db, people)
    for ground in ("", "  \n ", "假的", "\u0000\u0000\u0000\u0000"):
        with pytest.raises(RuleBroken) as caught:
            verdicts.decide(
                db, case.id, None, literal=Literal.WRONG, hazard=Hazard.EXCLUDED,
                outcome=Outcome.FALSE, ground=ground, by=people.verifier,
            )  # fmt: skip
        assert caught.value.rule == "ground"


@pytest.mark.parametrize(
    ("outcome", "hazard", "kind"),
    [
        (Outcome.FALSE, Hazard.EXCLUDED, NoticeKind.DEBUNK),
        (Outcome.FALSE, Hazard.NOT_EXCLUDED, NoticeKind.STATEMENT),
        (Outcome.FALSE, Hazard.UNKNOWN, NoticeKind.STATEMENT),
        (Outcome.MISLEADING, Hazard.EXCLUDED, NoticeKind.DEBUNK),
        (Outcome.MISLEADING, Hazard.UNKNOWN, NoticeKind.STATEMENT),
        (Outcome.OUTDATED, Hazard.EXCLUDED, NoticeKind.DEBUNK),
        (Outcome.OUTDATED, Hazard.NOT_EXCLUDED, NoticeKind.STATEMENT),
        *((Outcome.TRUE, hazard, NoticeKind.CONFIRMATION) for hazard in Hazard),
        *((Outcome.UNVERIFIED, hazard, NoticeKind.VERIFYING) for hazard in Hazard),
        *((Outcome.NOT_A_CLAIM, hazard, None) for hazard in Hazard),
    ],
)
def test_both_answers_together_say_what_may_be_issued(
    db: Store, people: People, outcome: Outcome, hazard: Hazard, kind: NoticeKind | None
) -> None:
    case = case_steps.ready(db, people)
    literal = next(answer for answer in Literal if outcome in workflow.outcomes(answer))
    verdict = case_steps.decide(db, case, people.verifier, outcome, literal, hazard)
    assert workflow.kind_for(outcome, hazard) is kind
    state = cases.get(db, case.id).state
    assert state is (CaseState.DECIDED if kind else CaseState.CLOSED)
    for other in NoticeKind:
        if other is kind:
            assert case_steps.draft(db, case, other).kind is kind
            continue
        with pytest.raises(RuleBroken):
            case_steps.draft(db, case, other)
        if other in (NoticeKind.DEBUNK, NoticeKind.CONFIRMATION):
            with pytest.raises(driver.library.IntegrityError, match="rule:unverified-is-not-false"):
                notice_by_sql(db, case, other, verdict.id)


def notice_by_sql(db: Store, case: Case, kind: NoticeKind, verdict_id: int | None) -> None:
    db.conn.execute(
        "INSERT INTO notices (case_id, kind, state, verdict_id, revision, updated_at)"
        " VALUES (?, ?, 'draft', ?, 1, '2026-11-24T00:00:00.000000Z')",
        [case.id, kind.value, verdict_id],
    )


def test_an_unverified_claim_cannot_become_a_debunk(db: Store, people: People) -> None:
    case = case_steps.ready(db, people)
    verdict = case_steps.unverified(db, case, people.verifier)
    with pytest.raises(RuleBroken) as caught:
        case_steps.draft(db, case, NoticeKind.DEBUNK)
    assert caught.value.rule == "unverified-is-not-false"
    for verdict_id in (verdict.id, None):
        with pytest.raises(driver.library.IntegrityError):
            notice_by_sql(db, case, NoticeKind.DEBUNK, verdict_id)
    notice = case_steps.draft(db, case, NoticeKind.VERIFYING)
    with pytest.raises(driver.library.IntegrityError, match="rule:notice-kind-immutable"):
        db.conn.execute("UPDATE notices SET kind = 'debunk' WHERE id = ?", [notice.id])


def test_the_verdict_of_another_case_cannot_carry_a_debunk(db: Store, people: People) -> None:
    verdict = case_steps.decide(db, case_steps.ready(db, people), people.verifier)
    with pytest.raises(driver.library.IntegrityError, match="rule:unverified-is-not-false"):
        notice_by_sql(db, case_steps.claimed(db, people), NoticeKind.DEBUNK, verdict.id)


def test_time_and_the_machine_give_no_verdict(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from models import store

    case = case_steps.ready(db, people)
    later = store.now() + timedelta(days=400)
    monkeypatch.setattr(store, "clock", lambda: later)
    case_steps.cluster_of(db, [f"说法{n}" for n in range(30)], risk=1.0, cluster_id=case.cluster_id)
    opening.refresh(db, case.cluster_id, "", Line.at(0.0))
    assert cases.get(db, case.id).state is CaseState.VERIFYING
    with pytest.raises(Forbidden):
        case_steps.decide(db, case, officers.MACHINE)
    refused_by_sql(db, case, 0, "wrong", "excluded", "false")


@pytest.mark.parametrize("who", ["monitor", "publisher", "viewer", "admin"])
def test_only_verifiers_decide(db: Store, people: People, who: str) -> None:
    case = case_steps.ready(db, people)
    officer = getattr(people, who)
    with pytest.raises(Forbidden):
        case_steps.decide(db, case, officer)
    with pytest.raises(Forbidden):  # nor one who merely says to be one
        case_steps.decide(db, case, replace(officer, role=people.verifier.role))
    refused_by_sql(db, case, officer.id, "wrong", "excluded", "false")


def test_a_verifier_who_was_switched_off_does_not_decide(db: Store, people: People) -> None:
    case = case_steps.ready(db, people)
    officers.set_active(db, people.verifier.id, False, by=people.admin)
    with pytest.raises(Forbidden):
        case_steps.decide(db, case, people.verifier)
    refused_by_sql(db, case, people.verifier.id, "wrong", "excluded", "false")


def test_evidence_that_changed_under_the_officers_eyes_is_a_conflict(
    db: Store, people: People
) -> None:
    case = case_steps.ready(db, people)
    seen = evidence.set_hash(evidence.of_case(db, case.id))
    case_steps.prove(db, case, people.monitor, title="不利的一份", adverse=True)

    def give(found: str) -> verdicts.Verdict:
        return verdicts.decide(
            db, case.id, case.version, literal=Literal.WRONG, hazard=Hazard.EXCLUDED,
            outcome=Outcome.FALSE, ground="登记与记录都不支持", by=people.verifier,
            evidence_hash=found,
        )  # fmt: skip

    with pytest.raises(Conflict, match="证据刚有变化"):
        give(seen)
    assert give(evidence.set_hash(evidence.of_case(db, case.id))).outcome is Outcome.FALSE


@pytest.mark.parametrize("action", ["waiting", "dismissed", "decided"])
def test_a_case_that_nobody_verifies_gets_no_verdict(
    db: Store, people: People, action: str
) -> None:
    case = case_steps.ready(db, people)
    if action == "waiting":
        cases.release(db, case.id, by=people.verifier)
    elif action == "dismissed":
        case_steps.dropped(db, case.id, people.verifier, people.monitor)
    else:
        case_steps.decide(db, case, people.verifier)
    with pytest.raises(RuleBroken) as caught:
        case_steps.decide(db, case, people.second)
    assert caught.value.rule == "transition"


def test_a_new_verdict_voids_the_drafts_of_the_old_one(db: Store, people: People) -> None:
    old = case_steps.drafted(db, people)
    cases.reopen(db, old.case_id, reason="新线索", by=people.verifier)
    case_steps.decide(
        db, cases.get(db, old.case_id), people.verifier, Outcome.MISLEADING, Literal.PARTLY
    )
    assert notices.get(db, old.id).state == "void"
    given = db.rows("SELECT outcome FROM verdicts WHERE case_id = ? ORDER BY id", old.case_id)
    assert [row["outcome"] for row in given] == [Outcome.FALSE, Outcome.MISLEADING]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE verdicts SET outcome = 'true'",
        "UPDATE verdicts SET by = 3",
        "DELETE FROM verdicts",
        "INSERT OR REPLACE INTO verdicts SELECT id, case_id, literal, hazard, outcome, 'other',"
        " evidence_hash, by, at, review_on FROM verdicts",
    ],
)
def test_sql_cannot_change_a_verdict(db: Store, people: People, sql: str) -> None:
    case_steps.decide(db, case_steps.ready(db, people), people.verifier)
    with pytest.raises(driver.library.IntegrityError, match="rule:verdict-immutable"):
        db.conn.execute(sql)
