"""核定: two answers, one outcome, and nothing that the evidence does not carry."""

from __future__ import annotations

import re
from typing import Any

import pytest

from models.casework import cases, evidence, verdicts
from models.casework.records import (
    Case,
    CaseState,
    Hazard,
    Literal,
    NoticeKind,
)
from models.harm import Topic
from models.outcome import Outcome
from models.publishing import notices
from tests import plate_case
from tests.desk.cases.test_case import RUMOR, item, words
from tests.django_desk import Desk


def ready(desk: Desk) -> Case:
    """The plate's case with all that a 不实 needs."""
    case = plate_case.plate_evidence(desk.db, desk.people)
    return cases.send_lead(desk.db, case.id, to="疾控值班", by=desk.people["monitor"])


def hidden(page: str) -> dict[str, str]:
    """The page's own hidden fields, as a browser would send them."""
    form = page.split('class="casebody verdictform"')[1]
    return {
        name: re.search(rf'name="{name}" value="([^"]*)"', form)[1]  # type: ignore[index]
        for name in ("version", "evidence_hash")
    }


def answers(desk: Desk, case: Case, **given: str) -> dict[str, str]:
    page = desk.client("verifier").get(f"/cases/{case.number}/verdict/").content.decode()
    return {
        "literal": "wrong",
        "hazard": "excluded",
        "outcome": "false",
        "ground": "登记和接诊点两项答复都不支持。",
        **hidden(page),
        **given,
    }


def decide(desk: Desk, case: Case, who: str = "verifier", **given: str) -> Any:
    return desk.client(who).post(f"/cases/{case.number}/verdict/", answers(desk, case, **given))


def test_nothing_is_preselected_and_every_answer_has_its_key(desk: Desk) -> None:
    case = ready(desk)
    page = desk.client("verifier").get(f"/cases/{case.number}/verdict/").content.decode()
    assert " checked" not in page
    assert "".join(re.findall(r'type="radio"[^>]*data-key="(\d)"', page)) == "123456789"
    assert "若换一种回答" in page and "先答两题" in page
    assert "镇口停过一辆外地牌照货车" in page  # the evidence against it


def test_a_verdict_is_given_and_the_machine_drafts_what_it_allows(desk: Desk) -> None:
    case = ready(desk)
    answer = decide(desk, case)
    assert answer.status_code == 302
    verdict = verdicts.current(desk.db, case.id)
    assert verdict is not None and verdict.outcome is Outcome.FALSE
    assert verdict.by == desk.people["verifier"].id
    notice = notices.of_case(desk.db, case.id)[0]
    assert (notice.kind, notice.drafted_by) == (NoticeKind.DEBUNK, 0)
    page = desk.client("verifier").get(f"/cases/{case.number}/")
    assert "拟定结论 不实" in page.content.decode()
    assert 'class="verdict false"' not in page.content.decode()
    assert RUMOR not in words(page)


def test_a_hazard_that_stands_allows_only_a_statement(desk: Desk) -> None:
    case = ready(desk)
    assert decide(desk, case, hazard="standing").status_code == 302
    assert notices.of_case(desk.db, case.id)[0].kind is NoticeKind.STATEMENT


def test_the_outcome_is_derived_where_the_answer_leaves_no_choice(desk: Desk) -> None:
    case = ready(desk)
    assert decide(desk, case, outcome="").status_code == 302
    verdict = verdicts.current(desk.db, case.id)
    assert verdict is not None and verdict.outcome is Outcome.FALSE


def test_two_possible_outcomes_are_asked_for_not_guessed(desk: Desk) -> None:
    case = ready(desk)
    answer = decide(desk, case, literal="partly", outcome="")
    assert answer.status_code == 422 and "请选“误导”或“旧闻”" in answer.content.decode()
    assert not desk.db.value("SELECT 1 FROM verdicts WHERE case_id = ?", case.id)


def test_without_evidence_a_claim_cannot_be_called_wrong(desk: Desk) -> None:
    case = plate_case.plate(desk.db)
    cases.claim(desk.db, case.id, by=desk.people["verifier"])
    answer = decide(desk, case)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "还不能核定为“不实”" in page and "证据至少 2 项" in page
    assert 'value="wrong" data-key="1" checked' in page  # what was answered is kept
    assert "登记和接诊点两项答复都不支持" in page
    assert cases.get(desk.db, case.id).state is CaseState.VERIFYING


def test_an_unverified_claim_can_only_say_verifying(desk: Desk) -> None:
    case = plate_case.plate(desk.db)
    cases.claim(desk.db, case.id, by=desk.people["verifier"])
    decide(desk, case, literal="unknown", hazard="unknown", outcome="unverified")
    assert notices.of_case(desk.db, case.id)[0].kind is NoticeKind.VERIFYING


def test_an_end_that_does_not_fit_is_dashed_and_explains_itself(desk: Desk) -> None:
    case = ready(desk)
    answer = decide(desk, case, literal="wrong", outcome="true")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“属实”与第一题的回答“不符合事实”不一致" in page
    misfits = re.findall(r'class="outcome misfit"[^>]*><input[^>]*value="(\w+)"', page)
    assert misfits == ["misleading", "outdated", "true", "unverified", "not_a_claim"]
    assert "disabled" not in page


def test_missing_answers_are_named_in_the_summary_and_at_the_field(desk: Desk) -> None:
    case = ready(desk)
    answer = decide(desk, case, literal="", hazard="", ground="", outcome="")
    page = answer.content.decode()
    assert answer.status_code == 422 and "还有 3 处没写好" in page
    for field, said in (
        ("literal", "第一题请选"),
        ("hazard", "第二题请选"),
        ("ground", "写明依据"),
    ):
        assert f'href="#q-{field}"' in page and f'id="{field}-wrong"' in page
        assert page.count(said) >= 2


def test_new_evidence_since_the_page_was_read_stops_the_verdict_and_keeps_the_answers(
    desk: Desk,
) -> None:
    case = ready(desk)
    given = answers(desk, case)
    client = desk.client("monitor")
    client.post(
        f"/cases/{case.number}/evidence/", item(adverse="on", refutes="", finding="新的反面证据。")
    )
    answer = desk.client("verifier").post(f"/cases/{case.number}/verdict/", given)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "证据刚有变化" in page and "新的反面证据" in page
    assert 'value="wrong" data-key="1" checked' in page
    assert hidden(page)["evidence_hash"] == evidence.set_hash(evidence.of_case(desk.db, case.id))
    assert not desk.db.value("SELECT 1 FROM verdicts WHERE case_id = ?", case.id)


def test_a_verdict_from_a_stale_page_is_refused(desk: Desk) -> None:
    case = ready(desk)
    given = answers(desk, case)
    cases.set_sample_status(desk.db, case.id, status="已留样", by=desk.people["monitor"])
    answer = desk.client("verifier").post(f"/cases/{case.number}/verdict/", given)
    assert answer.status_code == 409 and not desk.db.value(
        "SELECT 1 FROM verdicts WHERE case_id = ?", case.id
    )


def test_without_javascript_the_server_shows_what_the_answers_lead_to(desk: Desk) -> None:
    case = ready(desk)
    given = answers(desk, case, literal="partly", outcome="", look="1")
    answer = desk.client("verifier").post(f"/cases/{case.number}/verdict/", given)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert re.search(r"data-issues>\s*辟谣通告", page)
    assert re.search(r'value="misleading"[^>]*checked', page)
    assert not desk.db.value("SELECT 1 FROM verdicts WHERE case_id = ?", case.id)


def test_a_case_that_nobody_holds_is_not_decided(desk: Desk) -> None:
    case = plate_case.plate(desk.db)
    answer = desk.client("verifier").get(f"/cases/{case.number}/verdict/")
    assert answer.status_code == 422 and "不能核定" in answer.content.decode()


def test_the_page_names_every_field_that_has_to_review(desk: Desk) -> None:
    case = ready(desk)
    case = cases.set_topic(desk.db, case.id, None, topic=Topic.DISASTER, by=desk.people["verifier"])
    page = words(desk.client("verifier").get(f"/cases/{case.number}/verdict/"))
    assert "疫情、灾害专业的核查员" in page


@pytest.mark.parametrize("who", ["viewer", "monitor", "publisher", "admin"])
def test_only_verifiers_decide(desk: Desk, who: str) -> None:
    case = ready(desk)
    answer = decide(desk, case, who)
    assert answer.status_code == 403
    assert not desk.db.value("SELECT 1 FROM verdicts WHERE case_id = ?", case.id)


def test_every_pair_of_answers_does_what_the_table_says(desk: Desk) -> None:
    from desk.cases.verdict import ways

    said = dict(ways())
    assert said["1 且 5"] == "辟谣通告" and said["1 且 6、7"].startswith("情况说明")
    assert said["3"].startswith("属实通报") and said["4"] == "正在核实"
    assert len(Literal) == 4 and len(Hazard) == 3  # the keys 1–4 and 5–7
