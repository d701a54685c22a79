"""Evidence: what counts, kept as it came, withdrawn and never deleted."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from models import audit, driver, store
from models.casework import cases, evidence
from models.casework.records import CaseState
from models.errors import Forbidden, NotFound, RuleBroken, StoreError
from models.people import officers
from models.publishing import notices
from models.publishing.records import NoticeState
from models.store import Store
from tests import case_steps
from tests.conftest import People


def test_an_item_that_refutes_words_of_the_claim_counts(db: Store, people: People) -> None:
    item = case_steps.prove(db, case_steps.claimed(db, people), people.verifier)
    assert item.counts
    assert db.value("SELECT counts FROM evidence") == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"nature": "no_record"},
        {"nature": "self_denial"},
        {"nature": "own_notice"},
        {"adverse": True},
        {"refutes": ""},
    ],
)
def test_what_cannot_refute_does_not_count_neither_here_nor_in_sql(
    db: Store, people: People, changed: dict[str, object]
) -> None:
    item = case_steps.prove(db, case_steps.claimed(db, people), people.verifier, **changed)
    assert not item.counts
    assert db.value("SELECT counts FROM evidence") == 0


@pytest.mark.parametrize("nature", ["document", "record", "measurement", "report", "witness"])
def test_every_other_nature_counts(db: Store, people: People, nature: str) -> None:
    assert case_steps.prove(
        db, case_steps.claimed(db, people), people.verifier, nature=nature
    ).counts


def test_python_and_sql_agree_on_what_counts(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    for nature in evidence.NATURES:
        for adverse in (False, True):
            for refutes in ("", case_steps.WORDS):
                case_steps.prove(
                    db, case, people.verifier, title=f"{nature}{adverse}{refutes}",
                    nature=nature, adverse=adverse, refutes=refutes,
                )  # fmt: skip
    evidence.withdraw(db, 2, by=people.verifier)
    stored = {row["id"] for row in db.query("SELECT id FROM counting_evidence")}
    assert stored == {item.id for item in evidence.of_case(db, case.id) if item.counts}
    assert len(stored) == 4  # five natures can, one of them was withdrawn


def test_the_refuted_words_are_in_the_claim_or_beside_it_in_its_posts(
    db: Store, people: People
) -> None:
    case = case_steps.claimed(db, people)
    with pytest.raises(RuleBroken) as caught:
        case_steps.prove(db, case, people.verifier, refutes="这几个字谁也没说过")
    assert caught.value.rule == "refutes"
    case_steps.cluster_of(db, ["另一种说法：司机发烧"], cluster_id=case.cluster_id)
    beside = case_steps.prove(db, case, people.verifier, refutes="司机发烧")
    assert (beside.counts, beside.uncounted) == (False, "现在的说法里没有“司机发烧”")
    with pytest.raises(RuleBroken):  # another case's words do not do
        case_steps.prove(
            db, case_steps.open_case(db, text="自来水有毒"), people.verifier, refutes="司机发烧"
        )


def test_adverse_evidence_needs_no_words_of_the_claim(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    assert case_steps.prove(db, case, people.verifier, adverse=True, refutes="").adverse


def test_the_original_is_kept_byte_for_byte_with_its_hash(db: Store, people: People) -> None:
    original = bytes(range(256)) * 40
    item = case_steps.prove(
        db,
        case_steps.claimed(db, people),
        people.verifier,
        original=original,
        media_type="image/png",
    )
    assert item.sha256 == hashlib.sha256(original).hexdigest()
    assert item.size == len(original)
    assert evidence.original(db, item.id, by=officers.MACHINE) == (original, "image/png")


def test_an_original_that_no_longer_fits_its_hash_is_loud(db: Store, people: People) -> None:
    item = case_steps.prove(db, case_steps.claimed(db, people), people.verifier)
    db.conn.execute("DROP TRIGGER evidence_is_only_withdrawn")
    db.conn.execute("UPDATE evidence SET original = x'00'")
    with pytest.raises(StoreError, match="指纹不符"):
        evidence.original(db, item.id, by=officers.MACHINE)


def test_what_was_read_at_an_address_is_kept_as_written(db: Store, people: People) -> None:
    item = case_steps.prove(
        db,
        case_steps.claimed(db, people),
        people.verifier,
        original=b"",
        url="https://gov.example/1",
    )
    body, kind = evidence.original(db, item.id, by=officers.MACHINE)
    assert "https://gov.example/1" in body.decode()
    assert kind == "text/plain"


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"original": b"", "url": ""}, "evidence-original"),
        ({"title": " "}, "evidence-words"),
        ({"finding": "查过"}, "evidence-words"),
        ({"nature": "feeling"}, "evidence-nature"),
        ({"original": b"x" * (evidence.MAX_BYTES + 1)}, "evidence-size"),
    ],
)
def test_what_is_missing_or_too_much_is_said(
    db: Store, people: People, changed: dict[str, object], rule: str
) -> None:
    case = case_steps.claimed(db, people)
    with pytest.raises(RuleBroken) as caught:
        case_steps.prove(db, case, people.verifier, **changed)
    assert caught.value.rule == rule
    assert evidence.of_case(db, case.id) == []


@pytest.mark.parametrize("who", ["viewer", "publisher", "admin"])
def test_only_who_works_on_cases_adds_or_withdraws(db: Store, people: People, who: str) -> None:
    case = case_steps.claimed(db, people)
    item = case_steps.prove(db, case, people.verifier)
    with pytest.raises(Forbidden):
        case_steps.prove(db, case, getattr(people, who))
    with pytest.raises(Forbidden):
        evidence.withdraw(db, item.id, by=getattr(people, who))


def test_the_machine_adds_none(db: Store, people: People) -> None:
    from models.people import officers

    with pytest.raises(Forbidden):
        case_steps.prove(db, case_steps.claimed(db, people), officers.MACHINE)


def test_a_withdrawn_item_stays_readable_and_no_longer_counts(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    item = case_steps.prove(db, case, people.verifier)
    before = evidence.set_hash(evidence.of_case(db, case.id))
    gone = evidence.withdraw(db, item.id, reason="抄错了车牌", by=people.monitor)
    assert (gone.withdrawn_by, gone.withdrawn_for) == (people.monitor.id, "抄错了车牌")
    assert gone.withdrawn_at
    assert not gone.counts
    assert evidence.original(db, item.id, by=officers.MACHINE)[0]
    assert evidence.set_hash(evidence.of_case(db, case.id)) != before
    assert evidence.withdraw(db, item.id, by=people.monitor) == gone


def test_what_another_took_away_stays_in_the_hash_and_what_its_author_took_back_does_not(
    db: Store, people: People
) -> None:
    """Who agreed before it was there, and looks after it went, has not agreed to that."""
    case = case_steps.claimed(db, people)
    case_steps.prove(db, case, people.verifier)
    before = evidence.set_hash(evidence.of_case(db, case.id))
    for by, same in ((people.verifier, True), (people.monitor, False)):
        item = case_steps.prove(
            db, case, people.verifier, title=f"{by.label}撤下的目击", adverse=True
        )
        evidence.withdraw(db, item.id, reason="来电人说他记错了日子", by=by)
        assert (evidence.set_hash(evidence.of_case(db, case.id)) == before) is same


def test_evidence_of_what_is_out_is_not_withdrawn_unsaid(db: Store, people: People) -> None:
    notice = case_steps.published(db, people)
    item = evidence.of_case(db, notice.case_id)[0]
    with pytest.raises(RuleBroken, match="证据不能悄悄撤下") as caught:
        evidence.withdraw(db, item.id, reason="抄错了车牌", by=people.verifier)
    assert caught.value.rule == "closed"


@pytest.mark.parametrize(
    "sql",
    [
        *(
            f"UPDATE evidence SET {column} = {column}"
            for column in (
                "title", "finding", "url", "is_primary", "independent", "adverse", "nature",
                "refutes", "captured_at", "sha256", "original", "media_type", "added_by", "case_id",
                "name", "gist", "address", "document", "quoted", "own",
            )
        ),
        "UPDATE evidence SET withdrawn_at = NULL",
        "UPDATE evidence SET withdrawn_by = 3",
        "UPDATE evidence SET withdrawn_for = ''",
        "DELETE FROM evidence",
        "INSERT OR REPLACE INTO evidence (id, case_id, title, finding, url, is_primary, independent,"
        " adverse, nature, refutes, captured_at, sha256, media_type, original, added_by, added_at)"
        " SELECT id, case_id, 'other', finding, url, 1, 1, 0, nature, refutes, captured_at, sha256,"
        " media_type, original, added_by, added_at FROM evidence",
    ],
)  # fmt: skip
def test_sql_cannot_change_an_item_nor_bring_it_back(db: Store, people: People, sql: str) -> None:
    item = case_steps.prove(db, case_steps.claimed(db, people), people.verifier)
    evidence.withdraw(db, item.id, by=people.verifier)
    with pytest.raises(driver.library.IntegrityError, match="rule:evidence-immutable"):
        db.conn.execute(sql)


@pytest.mark.parametrize("state", ["dismissed", "published", "closed"])
def test_a_case_that_is_over_takes_no_more_evidence(db: Store, people: People, state: str) -> None:
    if state == "published":
        case = cases.get(db, case_steps.published(db, people).case_id)
    else:
        case = case_steps.claimed(db, people)
        if state == "dismissed":
            cases.dismiss(db, case.id, reason="advert", by=people.monitor)
        else:
            outcome = case_steps.Outcome.NOT_A_CLAIM
            case_steps.decide(
                db,
                case,
                people.verifier,
                outcome,
                case_steps.Literal.UNKNOWN,
                case_steps.Hazard.UNKNOWN,
            )
    assert cases.get(db, case.id).state is CaseState(state)
    with pytest.raises(RuleBroken) as caught:
        case_steps.prove(db, case, people.verifier)
    assert caught.value.rule == "closed"


def test_new_evidence_changes_the_hash_of_a_notice_in_review(db: Store, people: People) -> None:
    notice = case_steps.submitted(db, people)
    case_steps.prove(db, cases.get(db, notice.case_id), people.monitor, title="又一份答复")
    after = notices.get(db, notice.id)
    assert after.hash != notice.hash
    assert after.state is NoticeState.IN_REVIEW


def test_an_item_that_is_not_there_is_not_found(db: Store, people: People) -> None:
    for look in (
        lambda: evidence.get(db, 9),
        lambda: evidence.original(db, 9, by=officers.MACHINE),
        lambda: evidence.withdraw(db, 9, by=people.verifier),
    ):
        with pytest.raises(NotFound):
            look()


def test_reading_an_original_is_logged(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    item = case_steps.prove(db, case, people.verifier)
    evidence.original(db, item.id, by=people.second)
    last = audit.of_object(db, f"case:{case.id}", 1)[0]
    assert (last.action, last.actor) == ("evidence.read", f"officer:{people.second.id}")


def test_what_was_just_added_to_the_letter_is_not_added_a_second_time(
    db: Store, people: People
) -> None:
    case = case_steps.claimed(db, people)
    item = case_steps.prove(db, case, people.verifier)
    assert case_steps.prove(db, case, people.verifier).id == item.id
    assert [each.id for each in evidence.of_case(db, case.id)] == [item.id]
    assert db.value("SELECT count(*) FROM audit WHERE action = 'evidence.add'") == 1


def test_other_words_another_hand_a_later_hour_or_a_withdrawal_make_it_another_item(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_steps.claimed(db, people)
    first = case_steps.prove(db, case, people.verifier)
    found = {
        first.id,
        case_steps.prove(db, case, people.verifier, finding="另一句话，说的是另一件事。").id,
        case_steps.prove(db, case, people.verifier, adverse=True).id,
        case_steps.prove(db, case, people.monitor).id,
    }
    evidence.withdraw(db, first.id, by=people.verifier)
    found.add(case_steps.prove(db, case, people.verifier).id)
    later = store.now() + evidence.AGAIN + timedelta(seconds=1)
    monkeypatch.setattr(store, "clock", lambda: later)
    found.add(case_steps.prove(db, case, people.verifier).id)
    assert len(found) == 6
