"""The library of known claims: what enters, what leaves, and that likeness moves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from jobs import recognise
from models import audit, driver, store
from models.casework import (
    cases,
    evidence,
    opening,
    verdicts,
)
from models.casework.records import (
    CaseState,
    Hazard,
    Literal,
    NoticeKind,
)
from models.errors import Forbidden, InputError, NotFound, RuleBroken
from models.known import claims, imports, likeness
from models.known.claims import Standing
from models.known.imports import Given, Tally
from models.known.likeness import Match, Relation
from models.outcome import Outcome
from models.publishing import retractions
from models.publishing.revisions import Draft
from models.store import Store
from notices.drafting import drafts, first_draft
from tests import case_steps
from tests.conftest import People
from tests.notice_records import OFFICE

RICE = Given("市场上有用塑料做的大米", Standing.FALSE, "s1", ("塑料大米又来了",), source="科普")
OTHER = Given("紫菜是塑料袋做的", Standing.FALSE, "s2")


def only(db: Store, origin: str) -> claims.Known:
    (found,) = claims.search(db, origin=origin)
    return found


# ---- imports ------------------------------------------------------------------------------------


def test_what_is_imported_twice_is_there_once_and_what_vanished_stays(db: Store) -> None:
    assert imports.put(db, "邻市", [RICE, OTHER]) == Tally(new=2)
    before = claims.edition(db)
    assert imports.put(db, "邻市", [RICE]) == Tally(same=1)
    assert claims.edition(db) == before
    assert len(claims.search(db)) == 2


def test_a_claim_found_true_later_says_what_was_said_before(db: Store) -> None:
    imports.put(db, "邻市", [RICE])
    changed = Given(RICE.claim, Standing.TRUE, "s1")
    assert imports.put(db, "邻市", [changed]) == Tally(changed=1)
    found = only(db, "邻市")
    assert (found.standing, found.before) == (Standing.TRUE, Standing.FALSE)


def test_two_origins_may_say_the_same_and_one_without_ids_is_known_by_its_words(db: Store) -> None:
    nameless = Given("同一句话", Standing.FALSE)
    imports.put(db, "甲", [nameless, nameless])
    imports.put(db, "乙", [nameless])
    assert [each.origin for each in claims.search(db)] == ["乙", "甲"]


def test_what_the_source_took_back_and_what_an_officer_withdrew_stay_out(
    db: Store, people: People
) -> None:
    imports.put(db, "甲", [RICE, Given("另一条说法", Standing.FALSE, "s2")])
    gone = Given("已撤回", Standing.UNCLEAR, "s1", gone=True)
    assert imports.put(db, "甲", [gone, gone]) == Tally(gone=1, same=1)
    claims.withdraw(db, only(db, "甲").id, by=people.admin)
    imports.put(db, "甲", [RICE, Given("另一条说法", Standing.MISLEADING, "s2")])
    assert claims.search(db) == [] and list(claims.texts(db)) == []
    assert len(claims.search(db, withdrawn=True)) == 2


def test_numbers_of_people_and_addresses_that_are_no_web_page_are_not_kept(db: Store) -> None:
    hostile = Given(
        "打13812345678报警\x00\ud800", Standing.FALSE, "h", ("身份证330102199003077758",),
        truth="假" * 5000, source="来\n源", url="javascript:alert(1)", dated="2020",
    )  # fmt: skip
    imports.put(db, "坏", [hostile])
    found = only(db, "坏")
    assert found.claim == "打138****报警\ufffd" and "3301" not in found.wordings[0]
    assert found.url == "" and found.source == "来 源"
    assert len(found.truth) == imports.TRUTH_CHARS


@pytest.mark.parametrize("name", ["", " ", "own", "长" * 41, "a\x00b"])
def test_an_import_has_a_name_of_its_own(db: Store, name: str) -> None:
    with pytest.raises(InputError):
        imports.put(db, name, [RICE])


def test_the_starter_set_enters_once_for_each_version(db: Store) -> None:
    recognise.enter_starter_claims(db)
    first, edition = len(claims.search(db, limit=9999)), claims.edition(db)
    recognise.enter_starter_claims(db)
    assert first >= 150 and claims.edition(db) == edition
    assert imports.put_starter(db, "next version", [RICE]) == Tally(new=1)
    assert len(claims.search(db, limit=9999)) == first + 1


# ---- who may ------------------------------------------------------------------------------------


def test_verifiers_and_administrators_withdraw_and_put_back_and_it_is_logged(
    db: Store, people: People
) -> None:
    imports.put(db, "甲", [RICE])
    claim = only(db, "甲")
    for officer in (people.viewer, people.monitor, people.publisher):
        with pytest.raises(Forbidden):
            claims.withdraw(db, claim.id, by=officer)
    assert claims.withdraw(db, claim.id, by=people.verifier).withdrawn_by == people.verifier.id
    assert claims.restore(db, claim.id, by=people.admin).withdrawn_at is None
    told = [entry.action for entry in audit.of_object(db, f"claim:{claim.id}")]
    assert told == ["claims.restore", "claims.withdraw"]
    with pytest.raises(NotFound):
        claims.withdraw(db, 99, by=people.admin)


def test_the_store_deletes_no_known_claim(db: Store) -> None:
    imports.put(db, "甲", [RICE])
    with pytest.raises(driver.library.IntegrityError, match="known-claims-are-kept"):
        db.execute("DELETE FROM claims")


# ---- the edition --------------------------------------------------------------------------------


def test_an_index_can_follow_the_library_by_what_changed(db: Store, people: People) -> None:
    imports.put(db, "甲", [RICE, Given("另一条说法", Standing.FALSE, "s2")])
    held, edition = dict(claims.texts(db)), claims.edition(db)
    assert claims.changed(db, edition) == ([], [])
    first = claims.search(db, "塑料")[0].id
    claims.withdraw(db, first, by=people.admin)
    imports.put(
        db, "甲", [Given("另一条，改了", Standing.FALSE, "s2"), Given("新的一条", Standing.TRUE)]
    )
    out, new = claims.changed(db, edition)
    for claim_id in out:
        held.pop(claim_id, None)
    assert held | dict(new) == dict(claims.texts(db))
    assert first in out


# ---- our own ------------------------------------------------------------------------------------


def test_a_published_notice_is_known_and_a_retracted_one_never_again(
    db: Store, people: People
) -> None:
    notice = case_steps.published(db, people)
    own = only(db, claims.OWN)
    assert (own.notice_id, own.standing) == (notice.id, Standing.FALSE)
    assert own.wordings == (cases.get(db, notice.case_id).claim,) and own.source == notice.number
    other = case_steps.open_case(db, text="同一个故事又来了")
    likeness.link(db, other.id, [Match(own.id, 0.9, Relation.SAME)], 7)
    retractions.retract(db, notice.id, reason="证据有误，撤回", by=people.publisher)
    assert claims.search(db) == [] and likeness.of_case(db, other.id) == []
    assert other.id not in [case.id for case in opening.undrafted(db)]
    with pytest.raises(RuleBroken, match="不能放回"):
        claims.restore(db, own.id, by=people.admin)
    with pytest.raises(driver.library.IntegrityError, match="retracted-is-not-known"):
        db.execute("UPDATE claims SET withdrawn_at = NULL, gone = 0 WHERE id = ?", [own.id])


def test_a_claim_that_we_find_true_later_is_no_longer_said_to_be_false(
    db: Store, people: People
) -> None:
    notice = case_steps.published(db, people)
    cases.reopen(db, notice.case_id, reason="有新证据", by=people.verifier)
    verdicts.decide(
        db, notice.case_id, None, literal=Literal.RIGHT, hazard=Hazard.NOT_EXCLUDED,
        outcome=Outcome.TRUE, ground="新证据表明属实", by=people.verifier,
    )  # fmt: skip
    own = only(db, claims.OWN)
    assert (own.standing, own.before) == (Standing.TRUE, Standing.FALSE)


def test_a_notice_without_a_conclusion_is_no_known_claim(db: Store, people: People) -> None:
    case = case_steps.open_case(db)
    notice = case_steps.draft(db, case, NoticeKind.VERIFYING)
    assert notice.kind is NoticeKind.VERIFYING
    db.execute("UPDATE notices SET state = 'published', published_at = updated_at")
    assert claims.search(db) == []


# ---- cases --------------------------------------------------------------------------------------


def test_likeness_moves_no_case_and_names_the_same_claim_first(db: Store) -> None:
    imports.put(db, "甲", [Given(f"第{n}条说法", Standing.FALSE, str(n)) for n in range(5)])
    known = [each.id for each in claims.search(db)]
    case = case_steps.open_case(db)
    relations = (
        Relation.RELATED,
        Relation.ELSEWHERE,
        Relation.SAME,
        Relation.SAME,
        Relation.OPPOSITE,
    )
    found = [
        Match(claim_id, 0.5 + 0.1 * n, relation)
        for n, (claim_id, relation) in enumerate(zip(known, relations, strict=False))
    ]
    likeness.link(db, case.id, [*found, Match(999, 1.0, Relation.SAME)], 3)
    shown = likeness.of_case(db, case.id)
    assert [like.known.id for like in shown] == [known[n] for n in (3, 2, 1, 4, 0)]
    after = cases.get(db, case.id)
    assert after == case and after.state is CaseState.WAITING
    told = audit.of_object(db, f"case:{case.id}", 1)[0]
    assert (told.action, told.detail["claim"]) == ("case.like", known[3])
    likeness.link(db, case.id, found, 4)
    assert audit.of_object(db, f"case:{case.id}", 1)[0].seq == told.seq  # nothing new to say
    likeness.link(db, case.id, [], 5)
    assert likeness.of_case(db, case.id) == []


def test_what_is_merely_related_is_kept_and_not_told_to_the_log(db: Store) -> None:
    imports.put(db, "甲", [Given("一条说法", Standing.FALSE, "1")])
    case = case_steps.open_case(db)
    before = audit.of_object(db, f"case:{case.id}", 1)[0].seq
    likeness.link(db, case.id, [Match(only(db, "甲").id, 0.02, Relation.RELATED)], 3)
    assert len(likeness.of_case(db, case.id)) == 1
    assert audit.of_object(db, f"case:{case.id}", 1)[0].seq == before


def test_a_case_that_was_compared_in_another_way_is_compared_anew(
    db: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_steps.open_case(db)
    likeness.link(db, case.id, [], 3)
    assert opening.unmatched(db, 3) == []
    monkeypatch.setattr(likeness, "WAY", likeness.WAY + 1)
    assert [each.id for each in opening.unmatched(db, 3)] == [case.id]


def test_a_case_is_not_like_its_own_notice(db: Store, people: People) -> None:
    notice = case_steps.published(db, people)
    own = only(db, claims.OWN)
    likeness.link(db, notice.case_id, [Match(own.id, 1.0, Relation.SAME)], 2)
    assert likeness.of_case(db, notice.case_id) == []


def test_a_claim_of_others_has_no_draft_made_while_nobody_verifies(db: Store) -> None:
    imports.put(db, "甲", [RICE])
    case = case_steps.open_case(db)
    likeness.link(db, case.id, [Match(only(db, "甲").id, 0.99, Relation.SAME)], 2)
    assert opening.undrafted(db) == []


# ---- looking up ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("塑料", 1),
        ("塑料 又来", 1),
        ("塑料 紫菜", 0),
        ("100%", 0),
        ("%", 0),
        ("_", 0),
        ("\\", 0),
        ("' OR 1=1 --", 0),
        ("科普", 1),
    ],
)
def test_words_are_looked_for_as_they_are(db: Store, words: str, found: int) -> None:
    imports.put(db, "甲", [RICE])
    assert len(claims.search(db, words)) == found


def test_pages_go_on_from_the_last_id(db: Store) -> None:
    imports.put(db, "甲", [Given(f"第{n}条说法", Standing.FALSE, str(n)) for n in range(7)])
    first = claims.search(db, limit=4)
    rest = claims.search(db, limit=4, before=first[-1].id)
    assert len({each.id for each in (*first, *rest)}) == 7
    assert claims.origins(db) == [("甲", 7)]


# ---- stores from before -------------------------------------------------------------------------


def test_what_was_published_before_the_library_is_in_it(db: Store, people: People) -> None:
    from models.schema import migrations

    notice = case_steps.published(db, people)
    case = case_steps.open_case(db, text="同一个故事又来了")
    for (name,) in db.conn.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%UPDATE claims%'"
    ).fetchall():
        db.conn.execute(f"DROP TRIGGER {name}")
    for name in ("case_claims", "claim_edition", "claims"):
        db.conn.execute("PRAGMA foreign_keys = OFF")
        db.conn.execute("DROP TRIGGER IF EXISTS claims_are_kept")
        db.conn.execute(f"DROP TABLE {name}")
    for kind, name in db.conn.execute(
        "SELECT type, name FROM sqlite_master WHERE name IN ('published_is_known', 'retracted_goes',"
        " 'verdicts_are_followed', 'own_claims', 'verdict_standings') ORDER BY type"
    ).fetchall():
        db.conn.execute(f"DROP {kind} {name}")
    db.conn.execute("ALTER TABLE cases ADD COLUMN known_notice_id INTEGER REFERENCES notices(id)")
    db.conn.execute("ALTER TABLE cases ADD COLUMN known_similarity REAL NOT NULL DEFAULT 0")
    db.conn.execute(
        "UPDATE cases SET known_notice_id = ?, known_similarity = 0.8 WHERE id = ?",
        [notice.id, case.id],
    )
    migrations.claims(db)
    db.conn.execute("ALTER TABLE claims ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0")
    (like,) = likeness.of_case(db, case.id)
    assert (like.known.notice_id, like.score) == (notice.id, 0.8)


# ---- the first draft ----------------------------------------------------------------------------


def test_our_own_notice_lends_its_number_and_others_only_their_name(
    db: Store, people: People
) -> None:
    notice = case_steps.published(db, people)
    case = case_steps.open_case(db, text="同一个故事又来了")
    imports.put(db, "甲", [replace(RICE, source="某地谣言核查", dated="2020-01-26"), OTHER])
    foreign, nameless = (
        next(each for each in claims.search(db, origin="甲") if each.claim == claim)
        for claim in (RICE.claim, OTHER.claim)
    )
    own = only(db, claims.OWN)

    def draft(*matches: Match) -> Draft:
        likeness.link(db, case.id, matches, 3)
        return first_draft.write(db, case, OFFICE, store.now())

    plain = draft()
    ours = draft(Match(foreign.id, 0.9, Relation.RELATED), Match(own.id, 0.6, Relation.ELSEWHERE))
    theirs = draft(Match(foreign.id, 0.9, Relation.SAME))
    assert notice.number in ours.findings[-1] and "不能用在这里" in ours.findings[-1]
    assert "（2020-01-26）说过一条相似的说法" in theirs.findings[-1]
    assert draft(Match(nameless.id, 1.0, Relation.SAME)) == plain
    assert draft(Match(foreign.id, 1.0, Relation.RELATED)) == plain
    assert draft(Match(own.id, 1.0, Relation.OPPOSITE)) == plain
    assert draft(Match(own.id, 0.6, Relation.CHANGED)) == ours
    for made in (plain, ours, theirs):
        assert made.kind is NoticeKind.VERIFYING and not made.basis
        said = "".join((made.title, *made.findings, made.quote, made.closing))
        assert "谣言" not in said and "不实" not in said
    retractions.retract(db, notice.id, reason="证据有误，撤回", by=people.publisher)
    assert first_draft.write(db, case, OFFICE, store.now()) == plain


def test_with_a_verdict_the_draft_rests_on_our_own_evidence(db: Store, people: People) -> None:
    imports.put(db, "甲", [replace(RICE, source="某地")])
    case = case_steps.ready(db, people)
    likeness.link(db, case.id, [Match(only(db, "甲").id, 1.0, Relation.SAME)], 3)
    verdict = case_steps.decide(db, case, people.verifier)
    case = cases.get(db, case.id)
    made = first_draft.write(db, case, OFFICE, store.now())
    assert made == drafts.draft(case, verdict, evidence.of_case(db, case.id), OFFICE, store.now())


# ---- half an import -----------------------------------------------------------------------------


def test_an_import_that_breaks_off_is_finished_by_the_next(
    db: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 10)
    given = [Given(f"第{n}条说法", Standing.FALSE, str(n)) for n in range(35)]

    def breaking() -> Iterator[Given]:
        yield from given[:25]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports.put(db, "甲", breaking())
    assert claims.origins(db) == [("甲", 20)]  # whole transactions, each with its entry
    assert imports.put(db, "甲", given) == Tally(new=15, same=20)
    assert audit.verify(db).ok and len(audit.of_object(db, "claims:甲")) == 4
