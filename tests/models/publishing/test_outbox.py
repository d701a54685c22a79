"""The outbox: at most once without a person, and nothing that changed after its approval."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest

from models import audit, driver, store
from models.casework import (
    cases,
    evidence,
    opening,
    verdicts,
)
from models.casework.records import CaseState, NoticeKind
from models.errors import Forbidden, NotFound, RuleBroken
from models.harm import Topic
from models.publishing import notices, outbox, retractions
from models.publishing.records import Delivery, Notice, NoticeState
from models.store import Store
from tests import case_steps
from tests.conftest import People
from tests.waiting import HANG
from tests.where import ROOT


def state(db: Store, notice: Notice) -> list[Delivery]:
    return [row.state for row in outbox.of_notice(db, notice.id)]


def test_a_row_goes_from_queued_to_in_flight_to_sent(db: Store, people: People) -> None:
    notice = case_steps.approved(db, people)
    assert state(db, notice) == [Delivery.QUEUED]
    row = outbox.take(db, "me")
    assert row
    assert (row.state, row.fence, row.notice_id) == (Delivery.IN_FLIGHT, 1, notice.id)
    assert notices.get(db, notice.id).state is NoticeState.APPROVED
    assert outbox.settle(db, row.id, row.fence, Delivery.SENT, "site/1")
    assert outbox.get(db, row.id).receipt == "site/1"
    after = notices.get(db, notice.id)
    assert after.state is NoticeState.PUBLISHED
    assert after.published_at
    assert cases.get(db, notice.case_id).state is CaseState.PUBLISHED
    assert audit.newest(db, 1)[0].action == "outbox.sent"


def test_in_flight_is_committed_before_anything_leaves_the_house(db: Store, people: People) -> None:
    notice = case_steps.approved(db, people)
    outbox.take(db, "me")
    assert not db.conn.in_transaction
    other = store.open(db.path)
    assert state(other, notice) == [Delivery.IN_FLIGHT]
    other.close()


@pytest.mark.parametrize("outcome", [Delivery.REJECTED, Delivery.UNKNOWN])
def test_what_was_not_surely_sent_is_not_published(
    db: Store, people: People, outcome: Delivery
) -> None:
    notice = case_steps.approved(db, people)
    assert case_steps.send(db, outcome).state is outcome
    assert notices.get(db, notice.id).state is NoticeState.APPROVED
    assert outbox.take(db, "me") is None


def test_a_row_can_only_end_as_sent_rejected_or_unknown(db: Store, people: People) -> None:
    case_steps.approved(db, people)
    row = case_steps.take(db)
    for wrong in (Delivery.QUEUED, Delivery.IN_FLIGHT):
        with pytest.raises(ValueError, match=wrong):
            outbox.settle(db, row.id, row.fence, wrong)


ALLOWED = {
    ("queued", "in_flight"), ("queued", "rejected"), ("in_flight", "sent"),
    ("in_flight", "rejected"), ("in_flight", "unknown"), ("unknown", "sent"),
    ("unknown", "rejected"), ("unknown", "queued"),
}  # fmt: skip
WAY = {"queued": (), "in_flight": ("in_flight",), "sent": ("in_flight", "sent"),
       "rejected": ("rejected",), "unknown": ("in_flight", "unknown")}  # fmt: skip


@pytest.mark.parametrize("before", WAY)
def test_sql_moves_a_row_forward_only(db: Store, people: People, before: str) -> None:
    case_steps.approved(db, people)
    for step in WAY[before]:
        db.conn.execute("UPDATE outbox SET state = ?", [step])
    for after in WAY:
        if after == before:
            continue
        db.conn.execute("BEGIN")
        if (before, after) in ALLOWED:
            db.conn.execute("UPDATE outbox SET state = ?", [after])
        else:
            with pytest.raises(driver.library.IntegrityError, match="rule:at-most-once"):
                db.conn.execute("UPDATE outbox SET state = ?", [after])
        db.conn.execute("ROLLBACK")


def test_sql_neither_deletes_nor_doubles_nor_invents_a_row(db: Store, people: People) -> None:
    case_steps.published(db, people)
    for sql in (
        "DELETE FROM outbox",
        "INSERT INTO outbox (notice_id, revision, channel, kind, hash, queued_at)"
        " SELECT notice_id, revision, channel, kind, hash, queued_at FROM outbox",
        "INSERT OR REPLACE INTO outbox (notice_id, revision, channel, kind, hash, queued_at)"
        " SELECT notice_id, revision, channel, kind, hash, queued_at FROM outbox",
        "INSERT INTO outbox (notice_id, revision, channel, kind, hash, queued_at, state)"
        " SELECT notice_id, revision, 'weibo', kind, hash, queued_at, 'sent' FROM outbox",
    ):
        with pytest.raises(driver.library.IntegrityError):
            db.conn.execute(sql)


# ---- the fence ----------------------------------------------------------------------------------


def test_a_holder_who_comes_back_too_late_settles_nothing(db: Store, people: People) -> None:
    notice = case_steps.approved(db, people)
    row = case_steps.take(db, "slow")
    assert outbox.recover(db, alive="quick") == 1
    assert not outbox.settle(db, row.id, row.fence, Delivery.SENT, "late")
    assert state(db, notice) == [Delivery.UNKNOWN]
    outbox.resolve(db, row.id, sent=False, note="站点上没有", by=people.publisher)
    again = case_steps.take(db, "quick")
    assert again.fence > row.fence
    assert not outbox.settle(db, row.id, row.fence, Delivery.REJECTED)
    assert outbox.settle(db, again.id, again.fence, Delivery.SENT)


def test_a_row_is_settled_once(db: Store, people: People) -> None:
    case_steps.approved(db, people)
    row = case_steps.take(db)
    assert outbox.settle(db, row.id, row.fence, Delivery.SENT)
    assert not outbox.settle(db, row.id, row.fence, Delivery.REJECTED)
    assert outbox.get(db, row.id).state is Delivery.SENT


def test_of_many_senders_at_once_each_row_goes_to_one(db: Store, people: People) -> None:
    wanted = {case_steps.approved(db, people).id for _ in range(3)}
    taken: list[int] = []
    gate = threading.Barrier(6)

    def sender(n: int) -> None:
        own = store.open(db.path)
        gate.wait()
        while row := outbox.take(own, str(n)):
            taken.append(row.notice_id)
        own.close()

    threads = [threading.Thread(target=sender, args=[n]) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(wanted)


# ---- recovery -----------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_sender_that_is_killed_leaves_an_unknown_row_that_is_never_sent_again(
    db: Store, people: People
) -> None:
    notice = case_steps.approved(db, people)
    program = """
import os, signal, sys
import models.driver
from models import store
from models.publishing import outbox
db = store.open(sys.argv[1])
assert outbox.take(db, "dead")
os.kill(os.getpid(), signal.SIGKILL)
"""
    ended = subprocess.run([sys.executable, "-c", program, str(db.path)], cwd=ROOT, timeout=HANG)
    assert ended.returncode == -signal.SIGKILL
    assert state(db, notice) == [Delivery.IN_FLIGHT]
    assert outbox.recover(db, alive=f"alive-{os.getpid()}") == 1
    assert state(db, notice) == [Delivery.UNKNOWN]
    assert outbox.take(db, "alive") is None
    assert outbox.recover(db) == 0
    assert audit.newest(db, 1)[0].action == "outbox.unknown"


def test_the_rows_of_a_living_sender_are_left_alone_until_they_are_overdue(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = case_steps.approved(db, people)
    case_steps.take(db, "me")
    assert outbox.recover(db, alive="me") == 0
    late = store.now() + outbox.IN_FLIGHT_LIMIT + timedelta(seconds=1)
    monkeypatch.setattr(store, "clock", lambda: late)
    assert outbox.recover(db, alive="me") == 1
    assert state(db, notice) == [Delivery.UNKNOWN]


# ---- what changed after its approval ------------------------------------------------------------


def test_withdrawn_evidence_stops_an_approved_notice(db: Store, people: People) -> None:
    notice = case_steps.approved(db, people)
    evidence.withdraw(db, 1, by=people.verifier)
    assert outbox.take(db, "me") is None
    assert state(db, notice) == [Delivery.REJECTED]
    assert notices.get(db, notice.id).state is NoticeState.VOID
    assert cases.get(db, notice.case_id).state is CaseState.DECIDED
    assert audit.newest(db, 1)[0].action == "outbox.void"


def test_new_adverse_evidence_stops_an_approved_notice(db: Store, people: People) -> None:
    notice = case_steps.approved(db, people)
    case_steps.prove(
        db, cases.get(db, notice.case_id), people.monitor, title="有人见到", adverse=True
    )
    assert outbox.take(db, "me") is None
    assert notices.get(db, notice.id).state is NoticeState.VOID


def test_a_case_that_turns_out_to_be_a_hazard_stops_an_approved_notice(
    db: Store, people: People
) -> None:
    notice = case_steps.approved(db, people)
    case = cases.get(db, notice.case_id)
    case_steps.cluster_of(db, ["食堂的鱼"] * 4, Topic.FOOD, cluster_id=case.cluster_id)
    opening.refresh(db, case.cluster_id, "", case_steps.LINE)
    assert outbox.take(db, "me") is None
    assert notices.get(db, notice.id).state is NoticeState.VOID
    assert outbox.in_state(db, Delivery.SENT, Delivery.IN_FLIGHT) == []


def test_a_case_that_is_verified_again_stops_an_approved_notice(db: Store, people: People) -> None:
    notice = case_steps.approved(db, people)
    case = cases.reopen(db, notice.case_id, reason="新线索", by=people.second)
    assert outbox.take(db, "me") is None
    assert state(db, notice) == [Delivery.REJECTED]
    assert cases.get(db, case.id).state is CaseState.VERIFYING


def test_a_case_with_an_approved_notice_is_not_dismissed(db: Store, people: People) -> None:
    notice = verifying(db, people)
    with pytest.raises(RuleBroken, match="先撤回通告"):
        cases.dismiss(db, notice.case_id, reason="trivial", by=people.verifier)
    retractions.retract(db, notice.id, reason="不再需要", by=people.verifier)
    case_steps.dropped(db, notice.case_id, people.verifier, people.monitor)
    assert outbox.take(db, "me") is None
    assert state(db, notice) == [Delivery.REJECTED]


def test_one_stopped_notice_does_not_stop_the_next(db: Store, people: People) -> None:
    stopped, good = case_steps.approved(db, people), case_steps.approved(db, people)
    evidence.withdraw(db, 1, by=people.verifier)
    assert case_steps.take(db).notice_id == good.id
    assert notices.get(db, stopped.id).state is NoticeState.VOID


def test_what_was_unknown_and_has_changed_is_not_sent_again(db: Store, people: People) -> None:
    notice = case_steps.approved(db, people)
    row = case_steps.send(db, Delivery.UNKNOWN)
    evidence.withdraw(db, 1, by=people.verifier)
    outbox.resolve(db, row.id, sent=False, note="站点上没有", by=people.publisher)
    assert outbox.take(db, "me") is None
    assert state(db, notice) == [Delivery.REJECTED]


# ---- unknown ------------------------------------------------------------------------------------


def test_a_person_says_how_an_unknown_row_ended(db: Store, people: People) -> None:
    notice = case_steps.approved(db, people)
    row = case_steps.send(db, Delivery.UNKNOWN)
    with pytest.raises(RuleBroken):
        outbox.resolve(db, row.id, sent=True, note="", by=people.publisher)
    for who in (people.verifier, people.monitor, people.viewer, people.admin):
        with pytest.raises(Forbidden):
            outbox.resolve(db, row.id, sent=True, note="看到了", by=who)
    done = outbox.resolve(db, row.id, sent=True, note="站点上看到了", by=people.publisher)
    assert done.state is Delivery.SENT
    assert notices.get(db, notice.id).state is NoticeState.PUBLISHED
    assert audit.newest(db, 1)[0].actor == f"officer:{people.publisher.id}"
    with pytest.raises(RuleBroken) as caught:
        outbox.resolve(db, row.id, sent=False, note="再发一次", by=people.publisher)
    assert caught.value.rule == "at-most-once"


def test_found_in_the_channels_list_is_sent(db: Store, people: People) -> None:
    notice = case_steps.approved(db, people)
    row = case_steps.send(db, Delivery.UNKNOWN)
    outbox.found(db, row.id, "site/9")
    assert outbox.get(db, row.id).receipt == "site/9"
    assert notices.get(db, notice.id).state is NoticeState.PUBLISHED
    entries = db.value("SELECT count(*) FROM audit")
    outbox.found(db, row.id, "site/10")  # twice is once
    assert (outbox.get(db, row.id).receipt, db.value("SELECT count(*) FROM audit")) == (
        "site/9",
        entries,
    )


@pytest.mark.parametrize("outcome", [Delivery.SENT, Delivery.REJECTED])
def test_only_an_unknown_row_is_queued_again(db: Store, people: People, outcome: Delivery) -> None:
    case_steps.approved(db, people)
    row = case_steps.send(db, outcome)
    outbox.requeue(db, row.id)
    assert outbox.get(db, row.id).state is outcome


def test_looks_are_counted_from_the_first(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_steps.approved(db, people)
    row = case_steps.send(db, Delivery.UNKNOWN)
    assert outbox.looked(db, row.id)[0] == 1
    late = store.now() + timedelta(minutes=10)
    monkeypatch.setattr(store, "clock", lambda: late)
    looks, seconds = outbox.looked(db, row.id)
    assert looks == 2
    assert seconds >= 599


def test_a_publication_that_is_not_there_is_not_found(db: Store, people: People) -> None:
    with pytest.raises(NotFound):
        outbox.resolve(db, 9, sent=True, note="看到了", by=people.publisher)


# ---- 正在核实 -----------------------------------------------------------------------------------


def verifying(db: Store, people: People) -> Notice:
    """An approved 正在核实 of a case that is being verified."""
    case = case_steps.ready(db, people)
    notice = case_steps.submit(
        db, case_steps.draft(db, case, NoticeKind.VERIFYING), people.verifier
    )
    return case_steps.approve(db, notice, people.publisher)


def result(db: Store, people: People, case_id: int) -> Notice:
    case = cases.get(db, case_id)
    case_steps.decide(db, case, people.verifier)
    return case_steps.submit(db, case_steps.draft(db, case), people.verifier)


def test_a_verifying_page_points_to_the_result_once_it_is_out(db: Store, people: People) -> None:
    first = verifying(db, people)
    case_steps.send(db)
    assert cases.get(db, first.case_id).state is CaseState.VERIFYING
    final = result(db, people, first.case_id)
    assert outbox.superseded_by(db, first.id) == 0
    case_steps.approve(db, final, people.publisher)
    case_steps.send(db)
    assert outbox.superseded_by(db, first.id) == final.id
    assert [row.kind for row in outbox.of_notice(db, first.id)] == ["publish", "supersede"]
    assert case_steps.send(db).kind == "supersede"
    assert cases.get(db, first.case_id).state is CaseState.PUBLISHED


def test_a_verifying_notice_that_goes_out_late_does_not_close_the_case_of_its_result(
    db: Store, people: People
) -> None:
    first = verifying(db, people)
    final = result(db, people, first.case_id)
    case_steps.send(db)  # the 正在核实, while the result is in review
    assert cases.get(db, first.case_id).state is CaseState.IN_REVIEW
    case_steps.approve(db, final, people.publisher)
    case_steps.send(db)
    assert cases.get(db, first.case_id).state is CaseState.PUBLISHED


def test_a_verifying_notice_that_is_stopped_leaves_its_result_in_review(
    db: Store, people: People
) -> None:
    first = verifying(db, people)
    case_steps.prove(db, cases.get(db, first.case_id), people.monitor, title="第三份")
    final = result(db, people, first.case_id)
    assert outbox.take(db, "me") is None
    assert notices.get(db, first.id).state is NoticeState.VOID
    assert cases.get(db, first.case_id).state is CaseState.IN_REVIEW
    assert case_steps.approve(db, final, people.publisher).number


def test_the_notice_of_a_replaced_verdict_does_not_move_the_case(db: Store, people: People) -> None:
    old = case_steps.approved(db, people)
    row = case_steps.take(db)  # on its way while the case is verified again
    cases.reopen(db, old.case_id, reason="新线索", by=people.verifier)
    new = result(db, people, old.case_id)
    outbox.settle(db, row.id, row.fence, Delivery.SENT)
    assert notices.get(db, old.id).state is NoticeState.PUBLISHED  # it is out: that is a fact
    assert cases.get(db, old.case_id).state is CaseState.IN_REVIEW
    assert notices.get(db, new.id).state is NoticeState.IN_REVIEW


def test_a_notice_taken_back_on_its_way_leaves_the_claim_open_and_not_published(
    db: Store, people: People
) -> None:
    notice = case_steps.approved(db, people)
    row = case_steps.take(db)
    retractions.retract(db, notice.id, reason="检测结果写错了", by=people.verifier)
    assert outbox.take(db, "another") is None, "else it overtakes what it takes back"
    assert outbox.settle(db, row.id, row.fence, Delivery.SENT, "there")
    assert notices.get(db, notice.id).state is NoticeState.RETRACTED
    case = cases.get(db, notice.case_id)
    assert case.state is CaseState.VERIFYING and verdicts.current(db, case.id) is None
    assert case_steps.take(db).kind == "retract"
