"""Stores of before: hands and topics are read from their tables and from the log of old acts."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from models import driver, store
from models.casework import acts, cases
from models.harm import Topic
from models.people import officers
from models.publishing import notices, reviews
from models.store import Store
from tests.where import DATA

STORES = DATA / "stores"
MONITOR, VERIFIER, SECOND = 2, 3, 4  # of the store of 2026-11
WHO = "SELECT id, role FROM officers WHERE id IN (2, 3, 4)"
OLD_ACTS = (
    (MONITOR, "case.topic", 4, '{"topic":"epidemic"}'),
    (VERIFIER, "case.topic", 4, '{"topic":"food"}'),
    (VERIFIER, "case.reword", 5, "{}"),
    (SECOND, "case.reword", 5, "{}"),
    (MONITOR, "case.sample", 4, '{"status":"已留样"}'),
    (MONITOR, "case.dismiss", 6, '{"reason":"known"}'),
    (SECOND, "case.restore", 6, "{}"),
    (SECOND, "case.claim", 7, "{}"),
    (SECOND, "case.release", 7, "{}"),
)


@pytest.fixture
def upgraded(tmp_path: Path) -> Store:
    """The store of November with more acts in its log, as the functions of then wrote them."""
    path = tmp_path / "piyao.db"
    path.write_bytes(gzip.decompress((STORES / "0.1.0-2026-11.db.gz").read_bytes()))
    shutil.copy(STORES / "0.1.0-2026-11.key", tmp_path / "piyao.key")
    old = driver.library.connect(str(path))
    roles = dict(old.execute(WHO).fetchall())
    assert roles[MONITOR] == "monitor" and roles[VERIFIER] == roles[SECOND] == "verifier"
    for by, action, case, detail in OLD_ACTS:
        old.execute(
            "INSERT INTO audit SELECT max(seq) + 1, max(at), ?, ?, ?, ?, '', hex(randomblob(32))"
            " FROM audit",
            [f"officer:{by}", action, f"case:{case}", detail],
        )
    old.execute("UPDATE cases SET topic_set = 1 WHERE id = 4")
    old.execute("UPDATE cases SET claim = '核查员写的说法', reworded = 1 WHERE id = 5")
    old.commit()
    old.close()
    return store.open(path)


def test_old_acts_are_hands(upgraded: Store) -> None:
    assert {MONITOR, VERIFIER} == set(acts.hands(upgraded, 4))
    assert {VERIFIER, SECOND} == set(acts.hands(upgraded, 5))
    assert {MONITOR, SECOND} == set(acts.hands(upgraded, 6))
    assert acts.hands(upgraded, 7) == {}  # a bare claim and release
    assert acts.hands(upgraded, 3) == {MONITOR: "转过预警线索"}
    for notice in notices.of_case(
        upgraded, 23
    ):  # and those of the tables: verdict, evidence, texts
        assert {7, 8, 10} <= set(reviews.hands(upgraded, notice))


def test_old_topics_are_still_asked_for(upgraded: Store) -> None:
    assert acts.fields(upgraded, 4) == (Topic.EPIDEMIC, Topic.FOOD)
    assert acts.fields(upgraded, 3) == (Topic.DISASTER,)
    assert acts.fields(upgraded, 5) == ()


def test_the_machines_hazard_is_asked_for_where_an_officer_named_another(tmp_path: Path) -> None:
    """The log holds what the officer chose; what the machine had said stands in the posts."""
    path = tmp_path / "piyao.db"
    path.write_bytes(gzip.decompress((STORES / "0.1.0-2026-11.db.gz").read_bytes()))
    shutil.copy(STORES / "0.1.0-2026-11.key", tmp_path / "piyao.key")
    old = driver.library.connect(str(path))
    old.execute("UPDATE cases SET topic = 'production', topic_set = 1 WHERE id = 2")
    old.commit()
    old.close()
    with store.using(path) as db:
        assert acts.fields(db, 2) == (Topic.EPIDEMIC, Topic.PRODUCTION)


def test_wordings_of_before_are_kept_as_far_as_anybody_knows_them(upgraded: Store) -> None:
    told = [(act.became, act.by) for act in acts.of_case(upgraded, 5, "claim")]
    assert told == [("", VERIFIER), ("核查员写的说法", SECOND)]
    (first,) = acts.of_case(upgraded, 1, "claim")
    assert (first.became, first.by) == (cases.get(upgraded, 1).claim, 0)


def test_an_upgraded_case_goes_on(upgraded: Store) -> None:
    by = officers.get(upgraded, VERIFIER)
    cases.reword(upgraded, 5, claim="又一句完整的话", by=by)
    cases.send_lead(upgraded, 4, to="市监局", by=by)
    assert acts.of_case(upgraded, 5, "claim")[-1].was == "核查员写的说法"
