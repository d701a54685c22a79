"""Evidence counts by what it is: each thing once, in Python and in SQL alike."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import driver
from models.casework import cases, counting, evidence, gates
from models.casework.records import Case
from models.errors import PiyaoError, RuleBroken
from models.harm import Topic
from models.outcome import Outcome
from models.roles import Officer
from models.store import Store
from tests import case_steps
from tests.conftest import People

PAGE = "https://gov.example/answers/7"


def found_at(db: Store, case: Case, by: Officer, url: str = PAGE, **changed: object) -> None:
    """What the officer read at an address, without a file."""
    case_steps.prove(db, case, by, **({"original": b"", "url": url} | changed))  # type: ignore[arg-type]


def short(db: Store, case: Case) -> list[str]:
    """Codes of the gates that 不实 lacks; that SQL says the same is asserted by the way."""
    fresh = cases.get(db, case.id)
    missing = gates.shortfall(fresh, evidence.of_case(db, case.id), Outcome.FALSE)
    carried = db.value("SELECT 1 FROM evidence_suffices WHERE case_id = ?", case.id)
    assert bool(carried) == (not missing)
    return [gate.code for gate in missing]


def why(db: Store, case: Case) -> str:
    """Why the newest item does not count."""
    return evidence.of_case(db, case.id)[-1].uncounted


# the second item of each pair is the first once more
TWINS: dict[str, dict[str, object]] = {
    "entered twice": {},
    "full-width and spaced": {"title": "登记 答复", "finding": "该号段登记为重型货车　１月以来无本市轨迹。"},
    "a copy": {"title": "登记答复（副本）2"},
    "the address spelled differently": {"url": "http://www.gov.example:80/answers/7/?utm_source=x#1",
                                        "title": "另一个题目", "finding": "换了一句话来说的同一页"},
    "the same finding at a second address": {"url": "https://mirror.example/7", "title": "转载"},
    "the same finding noted by hand": {"title": "又记一遍", "url": "", "original": "记录".encode()},
}  # fmt: skip


@pytest.mark.parametrize("twin", TWINS)
def test_the_same_thing_counts_once_whichever_way_it_is_spelled(
    db: Store, people: People, twin: str
) -> None:
    case = case_steps.claimed(db, people)
    found_at(db, case, people.verifier)
    found_at(db, case, people.monitor, **TWINS[twin])
    assert short(db, case) == ["two"]
    assert why(db, case) == "与证据 1 是同一件，只计一次"
    with pytest.raises(RuleBroken, match="证据至少 2 项"):
        case_steps.decide(db, case, people.verifier)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (b"same", b"same"),
        ("电话 03:10：没有这辆车".encode(), "电话　03：10 没有这辆车。\n".encode("gb18030")),
    ],
)
def test_the_same_file_counts_once_under_two_titles(
    db: Store, people: People, first: bytes, second: bytes
) -> None:
    case = case_steps.claimed(db, people)
    case_steps.prove(
        db, case, people.verifier, original=first, title="甲答复", finding="登记为货车"
    )
    case_steps.prove(
        db, case, people.monitor, original=second, title="乙答复", finding="没有这辆车"
    )
    assert short(db, case) == ["two"]


def test_two_documents_with_one_finding_are_two(db: Store, people: People) -> None:
    assert short(db, case_steps.ready(db, people)) == []


@pytest.mark.parametrize("refutes", ["，", "的", "了", "有", "有的"])
def test_marks_and_empty_words_refute_nothing(db: Store, people: People, refutes: str) -> None:
    case = case_steps.open_case(db, text="有的人说，江州的水有毒了，没有人管")
    cases.claim(db, case.id, by=people.verifier)
    case_steps.prove(db, case, people.verifier, title="水质检测", refutes=refutes)
    case_steps.prove(db, case, people.monitor, title="水厂记录", refutes=refutes)
    assert why(db, case) == f"“{refutes}”不是说法里有实义的字"
    assert short(db, case) == ["two", "primary", "independent", "refutes"]


def test_words_of_a_claim_that_was_reworded_stop_counting(db: Store, people: People) -> None:
    case = case_steps.ready(db, people)
    assert short(db, case) == []
    cases.reword(db, case.id, claim="有人在白兔潭见到一辆车", by=people.monitor)
    assert short(db, case) == ["two", "primary", "independent", "refutes"]
    assert why(db, case) == f"现在的说法里没有“{case_steps.WORDS}”"
    cases.reword(db, case.id, claim=f"车{case_steps.WORDS}了", by=people.monitor)
    assert short(db, case) == []


def test_other_marks_in_the_claim_take_nothing_away(db: Store, people: People) -> None:
    case = case_steps.ready(db, people)
    cases.reword(db, case.id, claim="该车刚从“武汉”回到了 白兔潭！", by=people.monitor)
    assert short(db, case) == []


def test_the_right_words_can_be_added_to_the_same_document(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    found_at(db, case, people.verifier, refutes="")
    found_at(db, case, people.verifier)
    assert [item.counts for item in evidence.of_case(db, case.id)] == [False, True]


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        ({"nature": "no_record"}, "“查无记录”不单独计入"),
        ({"nature": "self_denial"}, "当事方自己否认不单独计入"),
        ({"nature": "own_notice"}, "本中心以前的通告不单独计入"),
        ({"refutes": ""}, "没有写反驳说法里的哪几个字"),
    ],
)
def test_an_item_that_cannot_count_says_why_and_stands_in_no_others_way(
    db: Store, people: People, spoilt: dict[str, str], said: str
) -> None:
    case = case_steps.claimed(db, people)
    found_at(db, case, people.verifier, **spoilt)
    assert why(db, case) == said
    found_at(db, case, people.monitor)  # the same thing, as it should be
    assert [item.counts for item in evidence.of_case(db, case.id)] == [False, True]


@pytest.mark.parametrize("lacks", [{"gist": ""}, {"document": "", "address": ""}])
def test_what_says_nothing_or_stands_nowhere_does_not_count(
    db: Store, people: People, lacks: dict[str, str]
) -> None:
    """Stores of before hold such items; today ``evidence.add`` takes none."""
    case = case_steps.ready(db, people)
    (first, _) = evidence.of_case(db, case.id)
    (found,) = counting.counted(case.claim, [replace(first, **lacks)])  # type: ignore[arg-type]
    assert (found.counts, found.uncounted) == (False, "没有原件，也没有能查的出处")


def test_a_twin_counts_once_the_first_is_withdrawn(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    found_at(db, case, people.verifier)
    found_at(db, case, people.monitor)
    evidence.withdraw(db, 1, by=people.verifier)
    assert [item.counts for item in evidence.of_case(db, case.id)] == [False, True]


@pytest.mark.parametrize("url", ["https://", "电话", "见附件"])
def test_what_nobody_can_look_up_is_no_evidence(db: Store, people: People, url: str) -> None:
    case = case_steps.claimed(db, people)
    with pytest.raises(RuleBroken, match="不是能打开的地址") as caught:
        found_at(db, case, people.verifier, url=url)
    assert caught.value.rule == "evidence-original"


def test_in_a_hazard_the_independent_item_comes_from_another_person(
    db: Store, people: People
) -> None:
    case = case_steps.claimed(db, people, Topic.EPIDEMIC)
    cases.send_lead(db, case.id, to="市疾控中心", by=people.monitor)
    cases.set_sample_status(db, case.id, status="不涉及实物", by=people.monitor)
    case_steps.prove(db, case, people.verifier, title="甲答复")
    case_steps.prove(db, case, people.verifier, title="乙答复")
    assert short(db, case) == ["two_finders"]
    with pytest.raises(RuleBroken, match="由两个人取得"):
        case_steps.decide(db, case, people.verifier)
    case_steps.prove(db, case, people.monitor, title="丙答复", primary=False)
    assert short(db, case) == []


@pytest.mark.parametrize("first", ["lead", "sample"])
def test_sql_too_lets_no_hazard_out_without_its_lead_and_its_sample(
    db: Store, people: People, first: str
) -> None:
    case = case_steps.claimed(db, people, Topic.EPIDEMIC)
    for by in (people.verifier, people.monitor):
        case_steps.prove(db, case, by, title=f"{by.label}的答复")
    assert short(db, case) == ["lead", "sample"]
    if first == "lead":
        cases.send_lead(db, case.id, to="市疾控中心", by=people.monitor)
        assert short(db, case) == ["sample"]
    cases.set_sample_status(db, case.id, status="不涉及实物", by=people.monitor)
    if first == "sample":
        assert short(db, case) == ["lead"]
        cases.send_lead(db, case.id, to="市疾控中心", by=people.monitor)
    assert short(db, case) == []


def test_sql_takes_no_verdict_on_one_thing_entered_twice(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    found_at(db, case, people.verifier)
    found_at(db, case, people.monitor)
    with pytest.raises(driver.library.IntegrityError, match="rule:evidence-before-verdict"):
        db.conn.execute(
            "INSERT INTO verdicts (case_id, literal, hazard, outcome, ground, evidence_hash, by, at)"
            " VALUES (?, 'wrong', 'excluded', 'false', 'ground', '', ?, '2026-11-24T00:00:00Z')",
            [case.id, people.verifier.id],
        )


# columns of a row that went around ``evidence.add``: with any of these SQL counts it no more
SPOILED: dict[str, dict[str, object]] = {
    "a copy of our notice": {"own": 1},
    "no words of the claim": {"quoted": ""},
    "other words": {"quoted": "海啸来了"},
    "nothing found": {"gist": ""},
    "nowhere to look it up": {"document": "", "address": ""},
}


@pytest.mark.parametrize("spoiled", SPOILED)
def test_sql_counts_no_item_that_python_would_not(db: Store, people: People, spoiled: str) -> None:
    case = case_steps.claimed(db, people)
    found_at(db, case, people.verifier)
    (row,) = db.rows("SELECT * FROM evidence")
    for n, changed in enumerate(({}, SPOILED[spoiled]), start=2):
        copy = row | {"id": n} | changed
        del copy["counts"]  # SQL reckons it itself
        holes = ", ".join("?" * len(copy))
        db.conn.execute(
            f"INSERT INTO evidence ({', '.join(copy)}) VALUES ({holes})",
            list(copy.values()),
        )
    able = db.rows("SELECT id FROM able_evidence ORDER BY id")
    assert [item["id"] for item in able] == [1, 2]


def test_a_claim_changed_by_sql_alone_carries_nothing_more(db: Store, people: People) -> None:
    case = case_steps.ready(db, people)
    words = {"was": case.claim, "became": f"{case.claim}！"}
    act = {"case_id": case.id, "how": "claim", "by": people.verifier.id, "at": "2026-11-29"}
    db.insert("case_acts", act | words)
    db.conn.execute("UPDATE cases SET claim = claim || '！' WHERE id = ?", [case.id])
    assert not db.value("SELECT 1 FROM evidence_suffices WHERE case_id = ?", case.id)


ITEMS = st.fixed_dictionaries(
    {
        "title": st.sampled_from(("登记答复", "登记 答复", "接诊点答复", "登记答复2")),
        "finding": st.sampled_from(("没有这辆车", "没有，这辆车！", "没有收治过", "１月无轨迹")),
        "url": st.sampled_from(("", PAGE, f"{PAGE}/?utm_id=1", "www.gov.example/answers/8")),
        "original": st.sampled_from((b"", b"\0one", b"\0two", "甲 乙".encode(), "甲，乙".encode())),
        "refutes": st.sampled_from(("", "，", "的", "武汉", case_steps.WORDS, "确诊患者", "司机发烧")),
        "nature": st.sampled_from(("document", "report", "no_record", "own_notice")),
        "primary": st.booleans(),
        "independent": st.booleans(),
        "adverse": st.sampled_from((False, False, False, True)),
    }
)  # fmt: skip
WHO = st.sampled_from(("verifier", "monitor", "second"))
CLAIMS = (case_steps.CLAIM, "武汉来的车上，有确诊的患者", "有一辆大车")


@pytest.mark.slow
@settings(max_examples=150, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(
    items=st.lists(st.tuples(ITEMS, WHO, st.booleans()), max_size=7),
    topic=st.sampled_from((Topic.SAFETY, Topic.FOOD)),
    told=st.booleans(),
    claim=st.sampled_from(CLAIMS),
)
def test_python_and_sql_agree_on_every_set_of_evidence(
    db: Store,
    people: People,
    items: list[tuple[dict[str, object], str, bool]],
    topic: Topic,
    told: bool,
    claim: str,
) -> None:
    case = case_steps.claimed(db, people, topic)
    if told:
        cases.send_lead(db, case.id, to="市监局", by=people.monitor)
        cases.set_sample_status(db, case.id, status="已留样", by=people.monitor)
    for changed, who, gone in items:
        by = getattr(people, who)
        try:
            item = case_steps.prove(db, case, by, **changed)
        except PiyaoError:
            continue  # neither a file nor an address, or words that nobody said
        if gone:
            evidence.withdraw(db, item.id, by=by)
    cases.reword(db, case.id, claim=claim, by=people.monitor)
    kept = {item.id for item in evidence.of_case(db, case.id) if item.counts}
    rows = db.rows("SELECT id FROM counting_evidence WHERE case_id = ?", case.id)
    assert kept == {row["id"] for row in rows}
    short(db, case)
