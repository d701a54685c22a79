"""What is done to a case is written once, in old and new words, and signed: in Python and in the store."""

from __future__ import annotations

import pytest

from models import audit, driver
from models.casework import acts, cases, evidence, opening
from models.casework.acts import Act
from models.errors import Forbidden
from models.harm import Topic
from models.people import officers
from models.publishing import notices
from models.roles import Officer
from models.store import Store, now, stamp
from tests import case_steps
from tests.conftest import People

OTHER = "一辆外地货车从武汉回到白兔潭"


def told(db: Store, case_id: int, how: str) -> list[tuple[str, str, int]]:
    return [(act.was, act.became, act.by) for act in acts.of_case(db, case_id, how)]


def logged(db: Store, case_id: int, action: str) -> list[tuple[str, dict[str, object]]]:
    return [
        (entry.actor, dict(entry.detail))
        for entry in reversed(audit.of_object(db, f"case:{case_id}"))
        if entry.action == action
    ]


def copies(db: Store, cluster_id: int, text: str, count: int, topic: Topic = Topic.SAFETY) -> None:
    case_steps.cluster_of(db, [text] * count, topic, cluster_id=cluster_id)
    opening.refresh(db, cluster_id, "说法", case_steps.LINE)


def test_every_wording_of_a_claim_is_kept_and_logged_with_who_changed_it(
    db: Store, people: People
) -> None:
    case = case_steps.open_case(db)
    copies(db, case.cluster_id, OTHER, 29)  # the machine takes the words that outnumber the others
    assert cases.get(db, case.id).claim == OTHER
    cases.reword(db, case.id, claim="货车从外地回来", by=people.verifier)
    copies(db, case.cluster_id, "第三种说法，说的人更多", 60)  # and leaves an officer's alone
    assert told(db, case.id, "claim") == [
        ("", case.claim, 0),
        (case.claim, OTHER, 0),
        (OTHER, "货车从外地回来", people.verifier.id),
    ]
    assert logged(db, case.id, "case.reword") == [
        ("machine", {"old": case.claim, "new": OTHER}),
        (f"officer:{people.verifier.id}", {"old": OTHER, "new": "货车从外地回来"}),
    ]


def test_every_topic_of_a_case_is_kept_and_logged_with_who_named_it(
    db: Store, people: People
) -> None:
    case = case_steps.open_case(db)
    copies(db, case.cluster_id, OTHER, 3, Topic.FOOD)
    cases.set_topic(db, case.id, topic=Topic.MEDICINE, by=people.monitor)
    assert told(db, case.id, "topic") == [
        ("", "safety", 0),
        ("safety", "food", 0),
        ("food", "medicine", people.monitor.id),
    ]
    assert logged(db, case.id, "case.topic") == [
        ("machine", {"old": "safety", "new": "food"}),
        (f"officer:{people.monitor.id}", {"old": "food", "new": "medicine"}),
    ]


def test_leads_and_samples_are_told_with_what_stood_before(db: Store, people: People) -> None:
    case = case_steps.open_case(db, Topic.FOOD)
    for to in ("市监局", "市监局", "卫健委"):  # sent again to the same: an act as well
        cases.send_lead(db, case.id, to=to, by=people.monitor)
    cases.set_sample_status(db, case.id, status="未能留样", by=people.verifier)
    assert [(was, to) for was, to, _ in told(db, case.id, "lead")] == [
        ("", "市监局"), ("市监局", "市监局"), ("市监局", "卫健委")
    ]  # fmt: skip
    assert told(db, case.id, "sample") == [("", "未能留样", people.verifier.id)]
    assert logged(db, case.id, "case.lead")[-1][1] == {"old": "市监局", "to": "卫健委"}


# ---- around the functions -----------------------------------------------------------------------

UNSIGNED = "rule:act-unsigned"
CHANGES = {
    "claim": "claim = '稻草人'",
    "topic": "topic = 'food'",
    "lead": "lead_sent_at = '2026-11-29T00:00:00.000000Z', lead_sent_to = '无人'",
    "sample": "sample_status = '已留样'",
    "dismissal": "dismissed_for = 'known'",
}


def sign(db: Store, case_id: int, how: str, by: int, was: str = "", became: str = "") -> None:
    db.conn.execute(
        "INSERT INTO case_acts (case_id, how, was, became, by, at) VALUES (?, ?, ?, ?, ?, ?)",
        [case_id, how, was, became, by, stamp(now())],
    )


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_case_is_changed_by_sql_by_nobody_unnamed(db: Store, people: People, change: str) -> None:
    case = case_steps.open_case(db, Topic.EPIDEMIC)
    with pytest.raises(driver.library.IntegrityError, match=UNSIGNED):
        db.conn.execute(f"UPDATE cases SET {change} WHERE id = ?", [case.id])


def test_an_act_names_one_change_and_no_other(db: Store, people: People) -> None:
    case = case_steps.open_case(db, Topic.EPIDEMIC)
    change = "UPDATE cases SET claim = '稻草人' WHERE id = 1"
    for was, became in ((case.claim, "别的话"), ("别的话", "稻草人")):
        sign(db, case.id, "claim", people.verifier.id, was, became)
        with pytest.raises(driver.library.IntegrityError, match=UNSIGNED):
            db.conn.execute(change)
    sign(db, case.id, "claim", people.verifier.id, case.claim, "稻草人")
    db.conn.execute(change)
    assert people.verifier.id in acts.hands(db, case.id)


@pytest.mark.parametrize("who", ["publisher", "viewer", "admin", "off"])
def test_only_who_may_act_on_a_case_signs_for_it(db: Store, people: People, who: str) -> None:
    case = case_steps.open_case(db)
    officers.set_active(db, people.second.id, False, by=people.admin)
    by: Officer = people.second if who == "off" else getattr(people, who)
    with pytest.raises(driver.library.IntegrityError, match=UNSIGNED):
        sign(db, case.id, "lead", by.id, "", "市疾控")


def test_the_machine_signs_only_for_what_it_may_do(db: Store, people: People) -> None:
    case = case_steps.open_case(db, Topic.EPIDEMIC)
    for how in ("lead", "sample", "wait", "reopen", "pick", "dismissal"):
        with pytest.raises(driver.library.IntegrityError, match=UNSIGNED):
            sign(db, case.id, how, 0, "", "不是机器做的")
    sign(db, case.id, "claim", 0, case.claim, "机器的话")  # still waiting, nobody reworded it
    cases.reword(db, case.id, claim="另一句完整的话", by=people.verifier)
    cases.set_topic(db, case.id, topic=Topic.FOOD, by=people.verifier)
    for how, was in (("claim", "另一句完整的话"), ("topic", "food")):
        with pytest.raises(driver.library.IntegrityError, match=UNSIGNED):
            sign(db, case.id, how, 0, was, "medicine")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE case_acts SET by = 0",
        "UPDATE case_acts SET became = 'other'",
        "DELETE FROM case_acts",
        "INSERT OR REPLACE INTO case_acts SELECT id, case_id, how, was, became, 0, at FROM case_acts",
    ],
)
def test_acts_are_written_once(db: Store, people: People, sql: str) -> None:
    case = case_steps.open_case(db)
    cases.reword(db, case.id, claim="另一句完整的话", by=people.verifier)
    with pytest.raises(driver.library.IntegrityError, match="rule:act-"):
        db.conn.execute(sql)


def test_evidence_is_withdrawn_and_drafts_are_edited_by_somebody(db: Store, people: People) -> None:
    notice = case_steps.drafted(db, people)
    for who in (0, people.publisher.id, people.admin.id):
        with pytest.raises(driver.library.IntegrityError, match="rule:"):
            db.conn.execute(
                "UPDATE evidence SET withdrawn_at = added_at, withdrawn_for = '不再需要这一项了',"
                " withdrawn_by = ?",
                [who],
            )
    with pytest.raises(Forbidden, match="机器只起草，不改稿"):
        words = case_steps.words(db, cases.get(db, notice.case_id))
        notices.edit(db, notice.id, 1, words, by=officers.MACHINE)
    with pytest.raises(driver.library.IntegrityError, match=UNSIGNED):
        db.conn.execute(
            "INSERT INTO revisions SELECT notice_id, 2, title, findings, quote, closing, basis, 0,"
            " at FROM revisions WHERE notice_id = ?",
            [notice.id],
        )
    evidence.withdraw(db, 1, reason="登记答复已过期", by=people.second)
    assert acts.hands(db, notice.case_id)[people.second.id] == "撤下过证据"


def test_an_act_is_read_as_it_was_done(db: Store, people: People) -> None:
    case = case_steps.open_case(db)
    cases.claim(db, case.id, by=people.verifier)
    cases.wait_for_evidence(db, case.id, by=people.verifier)
    (act,) = acts.of_case(db, case.id, "wait")
    assert act == Act("wait", "", "", people.verifier.id, act.at)
