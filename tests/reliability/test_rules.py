"""The rules of the desk under any order of steps, by anybody, from stale pages (I2 to I5).

And the other way round: with a guard switched off, the checker must go red.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from models import audit, driver, roles, store
from models.casework import (
    cases,
    closings,
    evidence,
    holding,
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
from models.errors import Forbidden, PiyaoError
from models.harm import Topic
from models.outcome import Outcome
from models.people import officers
from models.publishing import (
    notices,
    outbox,
    retractions,
    reviews,
)
from models.publishing.records import (
    Delivery,
    Notice,
    NoticeState,
    Publication,
)
from models.roles import Officer, Role
from models.store import Store
from tests import case_steps
from tests.conftest import People, hire
from tests.reliability.rules_checker import Breach, Checker

TOPICS = (Topic.SAFETY, Topic.EPIDEMIC)
NAMES = (
    *("monitor", "verifier", "second", "third", "epidemic", "food"),
    *("publisher", "other", "viewer", "admin"),
)
REVIEWERS = ("second", "third", "epidemic", "food")
FIT = {
    "submit": "verifier",
    "review": "second",
    "approve": "publisher",
    "refuse": "publisher",
    "retract": "publisher",
}
whose = st.sampled_from((*NAMES, "machine", "verifier", "second", "publisher"))
CLAIMS = (f"有车{case_steps.WORDS}", f"{case_steps.WORDS}，说的是别的事", case_steps.CLAIM)
PLACES = ("登记处", "接诊点", "派出所", "疾控", "交警队", "村委会", "收费站", "货运站")
WHY = "看过原件，与本案说的不是一件事"
which = st.sampled_from((1, 2))
stale = st.sampled_from((False, False, False, True))


@pytest.fixture(scope="module", autouse=True)
def template() -> Iterator[None]:
    """A desk with its people and two cases, copied for each example: no migration each time."""
    with tempfile.TemporaryDirectory() as folder:
        db = store.open(Path(folder) / "piyao.db")
        hire(db)
        officers.add(db, "third", Role.VERIFIER, fields=[t for t in Topic if t.hazard])
        officers.add(db, "epidemic", Role.VERIFIER, fields=[Topic.EPIDEMIC])
        officers.add(db, "food", Role.VERIFIER, fields=[Topic.FOOD])
        for topic in TOPICS:
            case_steps.open_case(db, topic)
        db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        Desk.template = Path(folder)
        yield


class Desk(RuleBasedStateMachine):
    """A desk of ten people, a machine, a channel that may do anything, and the checker."""

    template: Path

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        for name in ("piyao.db", "piyao.key"):
            shutil.copy(self.template / name, self.folder.name)
        self.db = store.open(Path(self.folder.name) / "piyao.db")
        self.db.conn.execute("PRAGMA synchronous = OFF")  # this is no test of power cuts
        self.people = {officer.username: officer for officer in officers.all(self.db)}
        self.people["machine"] = officers.MACHINE
        self.checker = Checker(self.db)
        self.flying: list[Publication] = []
        self.old_versions: dict[int, int] = {1: 0, 2: 0}
        self.old_hashes: dict[int, str] = {}
        self.prepare()

    def prepare(self) -> None:
        """For desks with a guard switched off."""

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.db.close()
            self.folder.cleanup()

    # ---- one step, checked ----------------------------------------------------------------------

    def step(self, act: Callable[[], object]) -> bool:
        refused = False
        try:
            act()
        except PiyaoError:
            refused = True
        self.checker.after(refused)
        return not refused

    def case(self, number: int) -> Case:
        return cases.get(self.db, number)

    def version(self, case: Case, is_stale: bool) -> int:
        found = self.old_versions[case.id] if is_stale else case.version
        self.old_versions[case.id] = case.version
        return found

    def notice(self, case: int) -> Notice | None:
        """The notice that people have before them: one that lives, else the newest."""
        found = notices.of_case(self.db, case)
        return found[0] if found else None

    def seen(self, notice: Notice, is_stale: bool) -> str:
        found = self.old_hashes.get(notice.id, "") if is_stale else notice.hash
        self.old_hashes[notice.id] = notice.hash
        return found

    def approve(self, notice: Notice, seen: str, by: Officer) -> None:
        reviews.approve(self.db, notice.id, seen, by=by)
        self.checker.approved(notice.id, by.id)

    # ---- what should happen ---------------------------------------------------------------------

    @rule(number=which, outcome=st.sampled_from((Outcome.FALSE, Outcome.FALSE, Outcome.UNVERIFIED)))
    def next(self, number: int, outcome: Outcome) -> None:
        """The step that brings a case nearer to the public, by the person whose it is."""
        self.step(lambda: self.proper(self.case(number), outcome))

    @rule(number=which, count=st.sampled_from((3, 9)))
    def rush(self, number: int, count: int) -> None:
        """Several of them, up to an approval that nobody has sent yet."""
        for _ in range(count):
            notice = self.notice(number)
            if notice and notice.state is NoticeState.APPROVED:
                return
            self.next(number, Outcome.FALSE)

    @rule(number=which)
    def hasty(self, number: int) -> None:
        """An officer in a hurry: one item, and 不实 at once."""
        db, by = self.db, self.people["verifier"]
        self.step(lambda: cases.claim(db, number, by=by))
        self.step(lambda: case_steps.prove(db, self.case(number), by))
        self.step(lambda: case_steps.decide(db, self.case(number), by))

    def proper(self, case: Case, outcome: Outcome) -> None:
        db, people = self.db, self.people
        notice = self.notice(case.id)
        alive = notice is not None and notice.state not in (NoticeState.VOID, NoticeState.RETRACTED)
        if case.state is CaseState.WAITING:
            cases.claim(db, case.id, case.version, by=people["verifier"])
        elif case.state in (CaseState.VERIFYING, CaseState.NEEDS_EVIDENCE):
            self.verify(case, outcome)
        elif case.state is CaseState.DECIDED:
            if not alive:
                kind = self.kind(case)
                notices.start(db, case.id, case_steps.words(db, case, kind), by=officers.MACHINE)
            elif notice:
                reviews.submit(db, notice.id, notice.hash, by=people["verifier"])
        elif case.state is CaseState.IN_REVIEW and notice:
            if notice.state is NoticeState.APPROVED:
                self.take()
            elif not reviews.reviewed(db, notice):
                reviews.review(db, notice.id, notice.hash, by=self.free("review", notice))
            else:
                self.approve(notice, notice.hash, self.free("approve", notice))
        elif case.state is CaseState.DISMISSED:
            cases.restore(db, case.id, by=people["monitor"])
        elif case.state is CaseState.CLOSED:
            cases.reopen(db, case.id, reason="再查", by=people["verifier"])

    def free(self, step: str, notice: Notice) -> Officer:
        """Somebody who may take this step, if there is anybody."""
        names = REVIEWERS if step == "review" else ("publisher", "other")
        found = [officers.get(self.db, self.people[name].id) for name in names]
        return next(
            (o for o in found if not reviews.blockers(self.db, notice.id, o, step)), found[0]
        )

    def kind(self, case: Case) -> NoticeKind:
        verdict = verdicts.current(self.db, case.id)
        kind = workflow.kind_for(verdict.outcome, verdict.hazard) if verdict else None
        return kind or NoticeKind.VERIFYING

    def verify(self, case: Case, outcome: Outcome) -> None:
        db, people = self.db, self.people
        if outcome is Outcome.FALSE:
            missing = gating.gates(case, evidence.of_case(db, case.id))
            wanted = next((gate.code for gate in missing if not gate.ok), "")
            if wanted == "lead":
                cases.send_lead(db, case.id, to="市疾控", by=people["monitor"])
                return
            if wanted == "sample":
                cases.set_sample_status(db, case.id, status="已留样", by=people["monitor"])
                return
            if wanted:
                count = len(evidence.of_case(db, case.id))
                by = people["monitor" if count % 2 else "verifier"]
                case_steps.prove(db, case, by, title=f"{PLACES[count % 8]}的答复")
                return
            case_steps.decide(db, case, people["verifier"])
            return
        case_steps.unverified(db, case, people["verifier"])

    # ---- what anybody may try -------------------------------------------------------------------

    @rule(number=which, who=whose, is_stale=stale)
    def claim(self, number: int, who: str, is_stale: bool) -> None:
        version = self.version(self.case(number), is_stale)
        self.step(lambda: cases.claim(self.db, number, version, by=self.people[who]))

    @rule(
        number=which,
        who=whose,
        is_stale=stale,
        action=st.sampled_from(
            ("release", "wait", "dismiss", "restore", "reopen", "reword", "topic", "lead", "sample")
        ),
        topic=st.sampled_from((Topic.SAFETY, Topic.EPIDEMIC, Topic.FOOD)),
        words=st.sampled_from(CLAIMS),
    )
    def move(
        self, number: int, who: str, is_stale: bool, action: str, topic: Topic, words: str
    ) -> None:
        db, by = self.db, self.people[who]
        version = self.version(self.case(number), is_stale)
        acts: dict[str, Callable[[], object]] = {
            "release": lambda: cases.release(db, number, version, by=by),
            "wait": lambda: cases.wait_for_evidence(db, number, version, by=by),
            "dismiss": lambda: closings.dismiss(db, number, version, reason="known", by=by),
            "restore": lambda: cases.restore(db, number, version, by=by),
            "reopen": lambda: cases.reopen(db, number, version, reason="新线索", by=by),
            "reword": lambda: cases.reword(db, number, version, claim=words, by=by),
            "topic": lambda: cases.set_topic(db, number, version, topic=topic, by=by),
            "lead": lambda: cases.send_lead(db, number, version, to="市疾控", by=by),
            "sample": lambda: cases.set_sample_status(db, number, version, status="已留样", by=by),
        }
        self.step(acts[action])

    @rule(
        number=which,
        who=whose,
        changed=st.fixed_dictionaries(
            {
                "primary": st.booleans(),
                "independent": st.booleans(),
                "adverse": st.booleans(),
                "nature": st.sampled_from(("document", "no_record", "own_notice")),
                "refutes": st.sampled_from(("", case_steps.WORDS)),
                "title": st.sampled_from(("登记答复", "接诊点答复", "卡口记录")),
            }
        ),
    )
    def prove(self, number: int, who: str, changed: dict[str, object]) -> None:
        case, by = self.case(number), self.people[who]
        self.step(lambda: case_steps.prove(self.db, case, by, **changed))

    @rule(
        number=which, who=whose, last=st.booleans(), reason=st.sampled_from(("", "不是本案的材料"))
    )
    def withdraw(self, number: int, who: str, last: bool, reason: str) -> None:
        items = [item for item in evidence.of_case(self.db, number) if not item.withdrawn_at]
        if items:
            item = items[-1 if last else 0]
            by = self.people[who]
            self.step(lambda: evidence.withdraw(self.db, item.id, reason=reason, by=by))

    @rule(who=whose, on=st.sampled_from((True, True, False)))
    def switch(self, who: str, on: bool) -> None:
        """An administrator switches an account off, or on again: then it agrees to nothing today."""
        by, whom = self.people["admin"], self.people[who].id
        if not on or not officers.get(self.db, whom).active:
            self.step(lambda: officers.set_active(self.db, whom, on, by=by))

    @rule(
        number=which,
        who=whose,
        is_stale=stale,
        literal=st.sampled_from(Literal),
        hazard=st.sampled_from(Hazard),
        outcome=st.sampled_from(Outcome),
    )
    def decide(
        self,
        number: int,
        who: str,
        is_stale: bool,
        literal: Literal,
        hazard: Hazard,
        outcome: Outcome,
    ) -> None:
        version = self.version(self.case(number), is_stale)
        self.step(
            lambda: verdicts.decide(
                self.db, number, version, literal=literal, hazard=hazard, outcome=outcome,
                ground="登记与记录不支持", by=self.people[who],
            )
        )  # fmt: skip

    @rule(number=which, who=whose, kind=st.sampled_from(NoticeKind))
    def start(self, number: int, who: str, kind: NoticeKind) -> None:
        draft = case_steps.words(self.db, self.case(number), kind)
        self.step(lambda: notices.start(self.db, number, draft, by=self.people[who]))

    @rule(
        number=which, who=whose, is_stale=stale, title=st.sampled_from(("改过的题目", "又一个题目"))
    )
    def edit(self, number: int, who: str, is_stale: bool, title: str) -> None:
        notice = self.notice(number)
        if notice:
            draft = replace(case_steps.words(self.db, self.case(number), notice.kind), title=title)
            revision = notice.revision - is_stale
            by = self.people[who]
            self.step(lambda: notices.edit(self.db, notice.id, revision, draft, by=by))

    @rule(
        number=which,
        who=whose,
        is_stale=stale,
        action=st.sampled_from(("submit", "review", "approve", "approve", "refuse", "retract")),
        fit=st.booleans(),
    )
    def hand(self, number: int, who: str, is_stale: bool, action: str, fit: bool) -> None:
        db, notice = self.db, self.notice(number)
        by = self.people[FIT[action] if fit else who]
        if not notice:
            return
        seen = self.seen(notice, is_stale)
        acts: dict[str, Callable[[], object]] = {
            "submit": lambda: reviews.submit(db, notice.id, seen, by=by),
            "review": lambda: reviews.review(db, notice.id, seen, by=by),
            "approve": lambda: self.approve(notice, seen, by),
            "refuse": lambda: reviews.refuse(db, notice.id, seen, reason="没有依据", by=by),
            "retract": lambda: retractions.retract(db, notice.id, reason="结论有误", by=by),
        }
        self.step(acts[action])

    @rule(number=which, topic=st.sampled_from((Topic.SAFETY, Topic.FOOD, Topic.EPIDEMIC)))
    def crowd(self, number: int, topic: Topic) -> None:
        """More posts, and what the machine makes of them: numbers, words, a topic."""
        case = self.case(number)
        with self.db.atomic():
            texts = [f"听说有人{case_steps.WORDS}"] * 2
            case_steps.cluster_of(self.db, texts, topic, cluster_id=case.cluster_id)
            opening.refresh(self.db, case.cluster_id, "说法", case_steps.LINE)
        after = self.case(number)
        assert after.version == case.version
        resurfaced = (case.state, after.state) == (CaseState.DISMISSED, CaseState.WAITING)
        assert after.state is case.state or resurfaced
        if not resurfaced:  # numbers have no entry, a state has
            self.checker.ticked()
        self.checker.after()

    # ---- the channel ----------------------------------------------------------------------------

    def take(self) -> None:
        row = outbox.take(self.db, f"holder-{len(self.flying)}")
        if row:
            self.checker.sent(row)
            self.flying.append(row)

    @rule()
    def send(self) -> None:
        self.step(self.take)

    @rule(
        outcome=st.sampled_from(
            (Delivery.SENT, Delivery.SENT, Delivery.UNKNOWN, Delivery.REJECTED)
        ),
        first=st.booleans(),
    )
    def settle(self, outcome: Delivery, first: bool) -> None:
        """How a sending ended; also one that is over long since (a late answer)."""
        if self.flying:
            row = self.flying[0 if first else -1]
            self.step(lambda: outbox.settle(self.db, row.id, row.fence, outcome, "receipt"))

    @rule()
    def crash(self) -> None:
        self.step(lambda: outbox.recover(self.db, alive="the next one"))

    @rule(who=whose, sent=st.booleans())
    def resolve(self, who: str, sent: bool) -> None:
        rows = outbox.in_state(self.db, Delivery.UNKNOWN)
        if not rows:
            return

        def act() -> None:
            outbox.resolve(self.db, rows[0].id, sent=sent, note="看过渠道了", by=self.people[who])
            if not sent:
                self.checker.not_sent(rows[0])

        self.step(act)

    @rule()
    def look(self) -> None:
        """The channel's own list shows an unknown one."""
        for row in outbox.in_state(self.db, Delivery.UNKNOWN)[:1]:
            self.step(lambda row=row: outbox.found(self.db, row.id, "found"))  # type: ignore[misc]


QUICK = settings(
    max_examples=100,
    stateful_step_count=40,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


WHOLE = settings(QUICK, max_examples=500, stateful_step_count=50)


def test_no_order_of_steps_breaks_a_rule() -> None:
    run_state_machine_as_test(Desk, settings=WHOLE)


def test_the_desk_of_this_test_does_publish_and_its_rows_are_seen(
    db: Store, people: People
) -> None:
    """The machine above would be green as well if it never came to a publication."""
    desk = Desk()
    desk.open()
    for _ in range(14):
        desk.next(1, Outcome.FALSE)
        desk.next(2, Outcome.FALSE)
    for row in list(desk.flying):
        desk.step(lambda row=row: outbox.settle(desk.db, row.id, row.fence, Delivery.SENT))  # type: ignore[misc]
    assert [desk.case(n).state for n in (1, 2)] == [CaseState.PUBLISHED] * 2
    assert sum(desk.checker.sends.values()) == 2
    desk.teardown()


# ---- the meta-rule: each guard switched off, and the checker goes red ------------------------------

OUT = ("nothing_goes_out_unapproved", "nothing_is_sent_unapproved")
EYES = ("four_eyes", "submissions_need_a_verifier", *OUT)


def drop(db: Store, *triggers: str) -> None:
    for name in triggers:
        db.conn.execute(f"DROP TRIGGER {name}")


def anybody(_db: Store, by: Officer, _action: str) -> Officer:
    return by


def go(db: Store, checker: Checker, notice: Notice, by: Officer) -> None:
    """Approve and send, watched."""
    reviews.approve(db, notice.id, notices.get(db, notice.id).hash, by=by)
    checker.approved(notice.id, by.id)
    send(db, checker)


def send(db: Store, checker: Checker) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outbox, "_soundly", lambda *_: True)  # each guard is tried alone
        row = outbox.take(db, "meta")
    assert row, "the guard is still on"
    checker.sent(row)


@pytest.mark.parametrize("who", ["verifier", "second", "monitor"])
def test_without_four_eyes_the_checker_goes_red(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    notice = case_steps.submitted(db, people)
    monkeypatch.setattr(reviews, "blockers", lambda *_: [])
    monkeypatch.setattr(officers, "require", anybody)
    drop(db, *EYES)
    with pytest.raises(Breach, match="I3"):
        go(db, Checker(db), notice, getattr(people, who))


def test_without_the_third_person_the_checker_goes_red(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = case_steps.submitted(db, people, Topic.EPIDEMIC)
    monkeypatch.setattr(reviews, "blockers", lambda *_: [])
    drop(db, *OUT)
    with pytest.raises(Breach, match="a hazard without its reviewer"):
        go(db, Checker(db), notice, people.publisher)


def test_without_the_evidence_gates_the_checker_goes_red(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_steps.claimed(db, people)
    case_steps.prove(db, case, people.verifier)
    monkeypatch.setattr(gating, "shortfall", lambda *_: [])
    drop(db, "verdicts_need_evidence", *OUT)
    case_steps.decide(db, case, people.verifier)
    notice = case_steps.submit(db, case_steps.draft(db, case), people.verifier)
    with pytest.raises(Breach, match="fewer than two items"):
        go(db, Checker(db), notice, people.publisher)


def test_without_the_look_at_the_evidence_on_its_way_out_the_checker_goes_red(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = case_steps.drafted(db, people)
    monkeypatch.setattr(gating, "shortfall", lambda *_: [])
    draft = replace(case_steps.words(db, cases.get(db, notice.case_id)), basis=(1,))
    notices.edit(db, notice.id, 1, draft, by=people.verifier)
    evidence.withdraw(db, 2, reason=WHY, by=people.verifier)
    case_steps.submit(db, notice, people.verifier)
    drop(db, *OUT)
    with pytest.raises(Breach, match="fewer than two items"):
        go(db, Checker(db), notice, people.publisher)


def test_without_the_binding_to_one_content_the_checker_goes_red(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = case_steps.drafted(db, people)
    case_steps.prove(db, cases.get(db, notice.case_id), people.monitor, title="第三份")
    case_steps.submit(db, notice, people.verifier)
    checker = Checker(db)
    case_steps.approve(db, notice, people.publisher)
    checker.approved(notice.id, people.publisher.id)
    evidence.withdraw(db, 3, reason=WHY, by=people.monitor)
    monkeypatch.setattr(outbox, "_still_approved", lambda *_: True)
    with pytest.raises(Breach, match="this content was not approved"):
        send(db, checker)


def test_without_the_stop_of_a_case_verified_again_the_checker_goes_red(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    checker = Checker(db)
    notice = case_steps.submitted(db, people)
    case_steps.approve(db, notice, people.publisher)
    checker.approved(notice.id, people.publisher.id)
    cases.reopen(db, notice.case_id, reason="新线索", by=people.second)
    monkeypatch.setattr(outbox, "_still_approved", lambda *_: True)
    with pytest.raises(Breach, match="verified again"):
        send(db, checker)


def test_without_the_order_of_the_outbox_the_checker_goes_red(db: Store, people: People) -> None:
    notice = case_steps.submitted(db, people)
    checker = Checker(db)
    go(db, checker, notice, people.publisher)
    drop(db, "outbox_moves_forward")
    db.conn.execute("UPDATE outbox SET state = 'queued'")
    with pytest.raises(Breach, match="I2"):
        send(db, checker)


def test_without_the_unknown_state_the_checker_goes_red(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A recovery that queues again what was in flight: the usual at-least-once outbox."""
    notice = case_steps.submitted(db, people)
    checker = Checker(db)
    go(db, checker, notice, people.publisher)
    outbox.recover(db)
    outbox.requeue(db, 1)
    with pytest.raises(Breach, match="I2"):
        send(db, checker)


def test_without_the_table_of_moves_the_checker_goes_red(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_steps.open_case(db)
    checker = Checker(db)
    monkeypatch.setattr(workflow, "move", lambda _, action: workflow.TRANSITIONS[action].after)
    cases.wait_for_evidence(db, case.id, by=people.verifier)
    with pytest.raises(Breach, match="I4: .*no such move"):
        checker.after()


@pytest.mark.parametrize("who", ["monitor", "publisher", "admin"])
def test_without_the_right_to_decide_the_checker_goes_red(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    case = case_steps.ready(db, people)
    cases.release(db, case.id, by=people.verifier)
    cases.claim(db, case.id, by=people.monitor)  # a case is decided by whoever holds it
    db.update("cases", case.id, {"holder_id": getattr(people, who).id})
    checker = Checker(db)
    monkeypatch.setattr(officers, "require", anybody)
    drop(db, "verdicts_need_a_verifier")
    case_steps.decide(db, case, getattr(people, who))
    with pytest.raises(Breach, match="a verdict of no verifier"):
        checker.after()


def test_without_the_second_person_the_checker_goes_red(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_steps.ready(db, people, Topic.EPIDEMIC)
    checker = Checker(db)
    monkeypatch.setattr(holding, "takes_two", lambda *_: False)
    drop(db, "what_was_found_is_dropped_by_two")
    closings.dismiss(db, case.id, reason="known", by=people.verifier)
    with pytest.raises(Breach, match="dropped by one alone"):
        checker.after()


def test_a_state_written_without_a_verdict_turns_the_checker_red(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    checker = Checker(db)
    cases.write_state(db, case.id, CaseState.DECIDED)
    with pytest.raises(Breach, match="decided without a verdict"):
        checker.after()


def test_without_entries_in_the_log_the_checker_goes_red(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_steps.claimed(db, people)
    checker = Checker(db)
    monkeypatch.setattr(audit, "append", lambda *_: 0)
    cases.reword(db, case.id, claim="没有留痕的改写", by=people.verifier)
    with pytest.raises(Breach, match="I5: .*words not told"):
        checker.after()


@pytest.mark.parametrize(
    "sql", ["UPDATE audit SET actor = 'officer:9' WHERE seq = 3", "DELETE FROM audit WHERE seq = 3"]
)
def test_without_the_append_only_log_the_checker_goes_red(
    db: Store, people: People, sql: str
) -> None:
    checker = Checker(db)
    drop(db, "audit_never_changes", "audit_never_shrinks")
    db.conn.execute(sql)
    with pytest.raises(Breach, match="I5"):
        checker.after()


def test_a_refused_step_that_wrote_something_turns_the_checker_red(
    db: Store, people: People
) -> None:
    case = case_steps.claimed(db, people)
    checker = Checker(db)
    cases.reword(db, case.id, claim="写了一半的话", by=people.verifier)
    with pytest.raises(Breach, match="a refused step changed something"):
        checker.after(refused=True)


def any_person(_db: Store, by: Officer, action: str) -> Officer:
    if by.id == 0 and action not in roles.MAY[Role.MACHINE]:
        raise Forbidden("机器没有这项权限")
    return by


def no_eyes(monkeypatch: pytest.MonkeyPatch, db: Store | None) -> None:
    real = reviews.blockers
    monkeypatch.setattr(officers, "may", lambda *_: True)
    monkeypatch.setattr(officers, "require", any_person)
    monkeypatch.setattr(
        reviews,
        "blockers",
        lambda db, n, by, step: [w for w in real(db, n, by, step) if not w.startswith("你")],
    )
    monkeypatch.setattr(outbox, "_soundly", lambda *_: True)
    if db:
        drop(
            db,
            *EYES, "verdicts_need_a_verifier", "withdrawals_are_signed",
            "closings_are_of_those_who_may", "acts_are_of_those_who_may", "the_machine_does_nobodys_acts",
            "fresh_accounts_agree_to_nothing", "approvals_owe_no_password", "nothing_goes_out_by_a_fresh_account",
        )  # fmt: skip


def no_binding(monkeypatch: pytest.MonkeyPatch, db: Store | None) -> None:
    monkeypatch.setattr(outbox, "_still_approved", lambda *_: True)
    if db:
        drop(db, "nothing_is_sent_unapproved")


def no_evidence(monkeypatch: pytest.MonkeyPatch, db: Store | None) -> None:
    monkeypatch.setattr(gating, "shortfall", lambda *_: [])
    monkeypatch.setattr(outbox, "_soundly", lambda *_: True)
    if db:
        drop(
            db,
            "verdicts_need_evidence", "truths_need_evidence", "hazards_need_a_lead", *OUT,
        )  # fmt: skip


def held(act: Callable[[], object]) -> None:
    """Of a desk without one guard: what another of the store's rules stops is a refusal too."""
    try:
        act()
    except driver.library.IntegrityError as error:
        raise PiyaoError(str(error)) from error


@pytest.mark.parametrize("switch_off", [no_eyes, no_binding, no_evidence])
def test_with_a_guard_off_the_machine_finds_an_order_of_steps_that_breaks_it(
    monkeypatch: pytest.MonkeyPatch, switch_off: Callable[[pytest.MonkeyPatch, Store | None], None]
) -> None:
    class Unguarded(Desk):
        def prepare(self) -> None:
            with pytest.MonkeyPatch.context() as patch:  # the functions are patched below, once
                switch_off(patch, self.db)

        def step(self, act: Callable[[], object]) -> bool:
            return super().step(lambda: held(act))

    switch_off(monkeypatch, None)
    search = settings(
        QUICK,
        max_examples=3_000,  # it ends with the first that breaks a rule
        derandomize=True,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    with pytest.raises(Breach):
        run_state_machine_as_test(Unguarded, settings=search)
