"""Every function of ``models`` in which somebody acts asks the store whether this role may.

The pages ask as well, and the store's own rules hold the gravest acts; here neither stands in front.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

import pytest

from models.casework import cases, closings, evidence, unopened, verdicts
from models.casework.records import Hazard, Literal
from models.errors import Forbidden
from models.harm import Topic
from models.intake import sources
from models.known import claims
from models.learning import withdrawals
from models.outcome import Outcome
from models.people import codes, officers
from models.publishing import notices, outbox, retractions, reviews
from models.publishing.records import Notice
from models.roles import MAY, Officer, Role
from models.store import Store
from tests import case_steps
from tests.conftest import People
from tests.where import ROOT

Act = Callable[[Store, Notice, Officer], object]


def words(db: Store, notice: Notice) -> notices.Draft:
    return case_steps.words(db, cases.get(db, notice.case_id))


def decide(db: Store, notice: Notice, by: Officer) -> object:
    answers = {"literal": Literal.WRONG, "hazard": Hazard.EXCLUDED, "outcome": Outcome.FALSE}
    return verdicts.decide(db, notice.case_id, None, **answers, ground="登记不支持", by=by)


# by the function that asks: the word of ``MAY``, and the act on a notice in review
ACTS: dict[str, tuple[str, Act]] = {
    "casework.cases.step": ("decide", lambda db, n, by: cases.reopen(db, n.case_id, reason="再查", by=by)),
    "casework.cases.wait_for_evidence": ("claim", lambda db, n, by: cases.wait_for_evidence(db, n.case_id, by=by)),
    "casework.cases.dismiss": ("dismiss", lambda db, n, by: cases.dismiss(db, n.case_id, reason="trivial", by=by)),
    "casework.cases.reword": ("reword", lambda db, n, by: cases.reword(db, n.case_id, claim="另一句说法", by=by)),
    "casework.cases.set_topic": ("lead", lambda db, n, by: cases.set_topic(db, n.case_id, topic=Topic.FOOD, by=by)),
    "casework.cases.send_lead": ("lead", lambda db, n, by: cases.send_lead(db, n.case_id, to="江州市疾控", by=by)),
    "casework.cases.set_sample_status": ("lead", lambda db, n, by: cases.set_sample_status(db, n.case_id, status="已留样", by=by)),
    "casework.closings.propose": ("decide", lambda db, n, by: closings.propose(db, n.case_id, None, ground="不是事实主张", by=by)),
    "casework.closings.dismiss": ("dismiss", lambda db, n, by: closings.dismiss(db, n.case_id, reason="trivial", by=by)),
    "casework.evidence.add": ("evidence", lambda db, n, by: case_steps.prove(db, cases.get(db, n.case_id), by, title="第三份")),
    "casework.evidence.withdraw": ("evidence", lambda db, n, by: evidence.withdraw(db, 1, reason="抄错了车牌", by=by)),
    "casework.unopened.open_case": ("claim", lambda db, n, by: unopened.open_case(db, cases.get(db, n.case_id).cluster_id, "", by=by)),
    "casework.verdicts.decide": ("decide", decide),
    "intake.sources.set_paused": ("sources", lambda db, n, by: sources.set_paused(db, "a", True, by=by)),
    "known.claims._withdrawn": ("library", lambda db, n, by: claims.withdraw(db, 1, by=by)),
    "learning.withdrawals.withdraw": ("decide", lambda db, n, by: withdrawals.withdraw(db, n.case_id, reason="写错了", by=by)),
    "learning.withdrawals.put_back": ("decide", lambda db, n, by: withdrawals.put_back(db, n.case_id, by=by)),
    "people.codes.reset": ("accounts", lambda db, n, by: codes.reset(db, 1, "hash", by=by)),
    "people.officers.add": ("accounts", lambda db, n, by: officers.add(db, "new", Role.VIEWER, by=by)),
    "people.officers.set_active": ("accounts", lambda db, n, by: officers.set_active(db, 1, False, by=by)),
    "publishing.notices.start": ("draft", lambda db, n, by: notices.start(db, n.case_id, words(db, n), by=by)),
    "publishing.notices.edit": ("draft", lambda db, n, by: notices.edit(db, n.id, 1, words(db, n), by=by)),
    "publishing.outbox.resolve": ("settle", lambda db, n, by: outbox.resolve(db, 1, sent=True, note="看到了", by=by)),
    "publishing.retractions.retract": ("retract", lambda db, n, by: retractions.retract(db, n.id, reason="写错了地点", by=by)),
    "publishing.reviews._take_step": ("approve", lambda db, n, by: reviews.approve(db, n.id, n.hash, by=by)),
    "publishing.reviews.refuse": ("refuse", lambda db, n, by: reviews.refuse(db, n.id, n.hash, reason="缺时间", by=by)),
}  # fmt: skip


ASK = r"(?<!def )\brequire\("


def asking() -> Iterator[str]:
    """The functions that ask ``officers.require``."""
    for path in sorted((ROOT / "models").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and re.search(ASK, ast.unparse(node)):
                place = path.relative_to(ROOT / "models").with_suffix("")
                yield ".".join([*place.parts, node.name])


def test_every_function_that_asks_is_tried_here() -> None:
    assert sorted(asking()) == sorted(ACTS)


@pytest.mark.parametrize("name", ACTS)
def test_who_may_not_is_told_so_whatever_else_stands_in_the_way(
    db: Store, people: People, name: str
) -> None:
    action, act = ACTS[name]
    notice = case_steps.submitted(db, people)
    everybody = (people.viewer, people.monitor, people.verifier, people.publisher, people.admin)
    refused = [by for by in (*everybody, officers.MACHINE) if action not in MAY[by.role]]
    before = db.value("SELECT count(*) FROM audit")
    for by in refused:
        with pytest.raises(Forbidden, match="没有这项权限"):
            act(db, notice, by)
    assert len(refused) > 1 and db.value("SELECT count(*) FROM audit") == before
