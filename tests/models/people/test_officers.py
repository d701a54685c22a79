"""Officers: what each role may do, asked inside the transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from models import store
from models.casework import cases
from models.casework.records import NoticeKind
from models.config import Source
from models.errors import Forbidden, NotFound, RuleBroken
from models.harm import Topic
from models.intake import sources
from models.people import officers
from models.publishing import (
    notices,
    outbox,
    retractions,
    reviews,
)
from models.publishing.records import Delivery
from models.roles import Officer, Role
from models.store import Store
from tests import case_steps
from tests.conftest import People

# written down once more, by hand: the table of models.casework.workflow must say the same
MATRIX = {
    "see": "viewer monitor verifier publisher admin machine",
    "open": "machine",
    "claim": "monitor verifier",
    "dismiss": "monitor verifier",
    "evidence": "monitor verifier",
    "lead": "monitor verifier",
    "reword": "monitor verifier",
    "decide": "verifier",
    "draft": "verifier publisher machine",
    "submit": "verifier",
    "review": "verifier",
    "approve": "publisher",
    "settle": "publisher",
    "refuse": "verifier publisher",
    "retract": "verifier publisher",
    "sources": "admin",
    "accounts": "admin",
}


@pytest.mark.parametrize("role", Role)
def test_each_role_may_exactly_what_the_matrix_says(role: Role) -> None:
    officer = Officer(1, "x", role, 1)
    allowed = {action for action in MATRIX if officers.may(officer, action)}
    assert allowed == {action for action, roles in MATRIX.items() if role.value in roles.split()}
    assert not officers.may(officer, "something else")
    assert not any(officers.may(replace(officer, active=False), action) for action in MATRIX)


def test_nobody_may_both_decide_and_approve() -> None:
    """Two of the three admin roles of 等保, and the publisher, are never one account."""
    from models.roles import MAY

    for actions in MAY.values():
        assert not {"decide", "approve"} <= actions
        assert not {"accounts", "approve"} <= actions
        assert not {"accounts", "decide"} <= actions


Action = Callable[[Store, Officer], object]


def case(db: Store, people: People) -> int:
    return case_steps.claimed(db, people).id


def in_review(db: Store, people: People) -> int:
    return case_steps.submitted(db, people, Topic.FOOD).id


def seen(db: Store, notice_id: int) -> str:
    return notices.get(db, notice_id).hash


def unknown(db: Store, people: People) -> int:
    case_steps.approved(db, people)
    return case_steps.send(db, Delivery.UNKNOWN).id


# permission: how to come there, and a function that asks for it
ASKS: dict[str, tuple[Callable[[Store, People], int], Callable[[Store, int, Officer], object]]] = {
    "claim": (
        lambda db, p: case_steps.open_case(db).id,
        lambda db, n, by: cases.claim(db, n, by=by),
    ),
    "dismiss": (case, lambda db, n, by: cases.dismiss(db, n, reason="known", by=by)),
    "lead": (case, lambda db, n, by: cases.send_lead(db, n, to="市疾控", by=by)),
    "reword": (case, lambda db, n, by: cases.reword(db, n, claim="另一句说法", by=by)),
    "evidence": (case, lambda db, n, by: case_steps.prove(db, cases.get(db, n), by)),
    "decide": (case, lambda db, n, by: case_steps.unverified(db, cases.get(db, n), by)),
    "draft": (
        case,
        lambda db, n, by: notices.start(
            db, n, case_steps.words(db, cases.get(db, n), NoticeKind.VERIFYING), by=by
        ),
    ),
    "submit": (
        lambda db, p: case_steps.drafted(db, p).id,
        lambda db, n, by: reviews.submit(db, n, seen(db, n), by=by),
    ),
    "review": (in_review, lambda db, n, by: reviews.review(db, n, seen(db, n), by=by)),
    "approve": (
        lambda db, p: case_steps.submitted(db, p).id,
        lambda db, n, by: reviews.approve(db, n, seen(db, n), by=by),
    ),
    "refuse": (
        in_review,
        lambda db, n, by: reviews.refuse(db, n, seen(db, n), reason="没有依据", by=by),
    ),
    "retract": (
        lambda db, p: case_steps.published(db, p).id,
        lambda db, n, by: retractions.retract(db, n, reason="结论有误", by=by),
    ),
    "settle": (unknown, lambda db, n, by: outbox.resolve(db, n, sent=True, note="看到了", by=by)),
    "accounts": (
        lambda db, p: 0,
        lambda db, n, by: officers.add(db, "new", Role.VIEWER, by=by),
    ),
    "sources": (
        lambda db, p: sources.sync(db, [Source("forum", "feed", "https://a", 300)]) or 0,
        lambda db, n, by: sources.set_paused(db, "forum", True, by=by),
    ),
}


def test_every_permission_is_asked_by_some_function() -> None:
    assert set(ASKS) == set(MATRIX) - {"see", "open"}


@pytest.mark.parametrize("action", ASKS)
def test_the_functions_ask_for_it(db: Store, people: People, action: str) -> None:
    prepare, act = ASKS[action]
    thing = prepare(db, people)
    before = db.value("SELECT count(*) FROM audit")
    for officer in (people.viewer, people.monitor, people.verifier, people.publisher, people.admin):
        if not officers.may(officer, action):
            with pytest.raises(Forbidden) as caught:
                act(db, thing, officer)
            assert officer.label in str(caught.value)
            with pytest.raises(Forbidden):  # nor by a record that says otherwise
                act(db, thing, replace(officer, role=Role.VERIFIER, active=True))
    assert db.value("SELECT count(*) FROM audit") == before
    allowed = {"approve": people.publisher, "settle": people.publisher, "review": people.second,
               "accounts": people.admin, "sources": people.admin}.get(action, people.verifier)  # fmt: skip
    act(db, thing, allowed)
    assert db.value("SELECT count(*) FROM audit") > before


@pytest.mark.parametrize("action", ASKS)
def test_who_was_switched_off_is_cut_off_inside_the_transaction(
    db: Store, people: People, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare, act = ASKS[action]
    thing = prepare(db, people)
    who = {"approve": people.publisher, "settle": people.publisher, "review": people.second,
           "accounts": people.admin, "sources": people.admin}.get(action, people.verifier)  # fmt: skip
    boss = officers.add(db, "boss", Role.ADMIN)
    officers.set_active(db, who.id, False, by=boss)
    assert who.active  # the record in the officer's session does not know yet
    with pytest.raises(Forbidden):
        act(db, thing, who)
    officers.set_active(db, who.id, True, by=boss)
    if action in ("review", "approve"):  # back again: fresh for a day
        with pytest.raises(RuleBroken, match="一天之内"):
            act(db, thing, who)
        tomorrow = store.now() + timedelta(hours=24, seconds=1)
        monkeypatch.setattr(store, "clock", lambda: tomorrow)
    act(db, thing, who)


def test_an_officer_who_is_not_in_the_store_may_nothing(db: Store) -> None:
    case_steps.open_case(db)
    with pytest.raises(Forbidden):
        cases.claim(db, 1, by=Officer(99, "ghost", Role.VERIFIER, 99))


def test_a_forged_machine_may_only_what_the_machine_may(db: Store, people: People) -> None:
    forged = replace(people.publisher, id=0)
    case_steps.submitted(db, people)
    with pytest.raises(Forbidden):
        reviews.approve(db, 1, seen(db, 1), by=forged)


# ---- accounts -----------------------------------------------------------------------------------


def test_an_account_has_a_number_within_its_role(db: Store) -> None:
    first = officers.add(db, "a", Role.VERIFIER, 7, [Topic.FOOD])
    assert first.label == "核查 07"
    assert first.fields == (Topic.FOOD,)
    assert officers.add(db, "b", Role.VERIFIER).number == 8
    assert officers.add(db, "c", Role.PUBLISHER).number == 1
    assert officers.by_username(db, "a") == first == officers.get(db, first.id)
    assert officers.by_username(db, "") is None
    with pytest.raises(NotFound):
        officers.get(db, 99)


def test_names_and_numbers_are_taken_once_and_the_machine_has_no_account(db: Store) -> None:
    officers.add(db, "a", Role.VERIFIER, 7)
    for name, role, number in (
        ("a", Role.VIEWER, 1),
        ("", Role.VIEWER, 1),
        ("b", Role.VERIFIER, 7),
        ("m", Role.MACHINE, 5),
    ):
        with pytest.raises(RuleBroken):
            officers.add(db, name, role, number)
    assert [officer.username for officer in officers.all(db)] == ["a"]


def test_nobody_switches_off_their_own_account_or_the_machine(db: Store, people: People) -> None:
    for officer_id in (people.admin.id, 0):
        with pytest.raises(RuleBroken):
            officers.set_active(db, officer_id, False, by=people.admin)
    with pytest.raises(NotFound):
        officers.set_active(db, 99, False, by=people.admin)


def test_pages_show_numbers_and_never_login_names(db: Store, people: People) -> None:
    labels = officers.labels(db)
    assert labels[0] == "机器"
    assert labels[people.second.id] == "核查 11"
    assert not set(labels.values()) & {officer.username for officer in officers.all(db)}
