"""The workflow as tables, and its picture, which cannot lie."""

from __future__ import annotations

from itertools import product

import pytest

from models import roles
from models.casework import (
    cases,
    drawing,
    workflow,
)
from models.casework import (
    gates as gating,
)
from models.casework.records import (
    CaseState,
    Hazard,
    Literal,
    NoticeKind,
)
from models.errors import RuleBroken
from models.outcome import Outcome
from models.roles import Role
from models.store import Store
from tests import case_steps
from tests.conftest import People
from tests.where import ROOT

PAGE = ROOT / "docs" / "workflow.md"
ANSWERS = list(product(Literal, Hazard))


def test_the_picture_is_the_one_the_code_draws() -> None:
    assert PAGE.read_text(encoding="utf-8") == drawing.drawing(), "make docs"


def test_every_move_and_every_state_is_in_the_picture() -> None:
    picture = drawing.drawing()
    for move in workflow.TRANSITIONS.values():
        for before in move.before:
            assert f"{before.value} --> {move.after.value}: {move.action}" in picture
    for state in CaseState:
        assert f"    {state.value}: {state.label}" in picture


@pytest.mark.parametrize("action", workflow.TRANSITIONS)
def test_a_move_is_possible_from_its_states_and_no_other(
    db: Store, people: People, action: str
) -> None:
    from dataclasses import replace

    case = case_steps.open_case(db)
    move = workflow.TRANSITIONS[action]
    for state in CaseState:
        here = replace(case, state=state)
        if state in move.before:
            assert workflow.move(here, action) is move.after
            continue
        with pytest.raises(RuleBroken, match=state.label):
            workflow.move(here, action)


def test_every_state_can_be_reached_and_left() -> None:
    reached = {CaseState.WAITING} | {move.after for move in workflow.TRANSITIONS.values()}
    left = {state for move in workflow.TRANSITIONS.values() for state in move.before}
    assert reached == left == set(CaseState)


def test_the_machine_moves_nothing_but_a_dismissed_claim_back_into_the_queue() -> None:
    open_to_it = [
        move.action
        for move in workflow.TRANSITIONS.values()
        if move.needs in roles.MAY[Role.MACHINE]
    ]
    assert open_to_it == ["resurface"]
    assert workflow.TRANSITIONS["resurface"].after is CaseState.WAITING


def test_a_debunk_needs_a_wrong_claim_and_an_excluded_hazard() -> None:
    for literal, hazard in ANSWERS:
        for outcome in workflow.outcomes(literal):
            debunk = workflow.kind_for(outcome, hazard) is NoticeKind.DEBUNK
            wrong = literal in (Literal.WRONG, Literal.PARTLY)
            assert debunk is (wrong and hazard is Hazard.EXCLUDED)


def test_every_outcome_follows_from_exactly_one_answer() -> None:
    given = [outcome for literal in Literal for outcome in workflow.outcomes(literal)]
    assert sorted(given) == sorted(Outcome)


def test_the_panel_says_what_is_there_and_what_supplies_the_rest(db: Store, people: People) -> None:
    from models.casework import evidence

    case = case_steps.claimed(db, people)
    case_steps.prove(db, case, people.verifier)
    case_steps.prove(db, case, people.verifier, nature="no_record", primary=False)
    gates = {gate.code: gate for gate in gating.gates(case, evidence.of_case(db, case.id))}
    assert (gates["two"].ok, gates["two"].count, gates["two"].mend) == (
        False, "1 项计入", "添加证据",
    )  # fmt: skip
    assert (gates["refutes"].ok, gates["refutes"].count) == (True, "1 / 2")
    assert "lead" not in gates


def test_a_hazard_adds_its_two_gates(db: Store, people: People) -> None:
    case = case_steps.ready(db, people, case_steps.Topic.FOOD)
    gates = {gate.code: gate for gate in gating.gates(cases.get(db, case.id), [])}
    assert (gates["lead"].ok, gates["lead"].count) == (True, "已转市疾控中心")
    assert (gates["sample"].ok, gates["sample"].count) == (True, "不涉及实物")


def test_undecided_decided_and_dismissed_are_every_state_once() -> None:
    assert sorted([*workflow.UNDECIDED, *workflow.DECIDED, CaseState.DISMISSED]) == sorted(
        CaseState
    )


@pytest.mark.parametrize("action", workflow.TRANSITIONS)
def test_a_state_allows_an_action_where_the_table_has_the_move(action: str) -> None:
    allowing = [state for state in CaseState if workflow.allows(state, action)]
    assert sorted(allowing) == sorted(workflow.TRANSITIONS[action].before)
