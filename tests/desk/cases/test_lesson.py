"""Whether a decision teaches the model: said on its case, taken out and put back by who may."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from desk.model import views
from models import audit
from models.casework import cases, queue
from models.casework.records import Case, Hazard, Literal
from models.casework.verdicts import decide
from models.learning import withdrawals
from models.outcome import Outcome
from models.people import officers
from tests.django_desk import Desk

WHY = "写错了，不该学"


def words(answer: Any) -> str:
    return unescape(re.sub(r"<[^>]*>", "", answer.content.decode()))


def read(desk: Desk, address: str, name: str = "verifier") -> str:
    answer = desk.client(name).get(address)
    assert answer.status_code == 200
    return words(answer)


def waiting(desk: Desk) -> Case:
    return queue.cases(desk.db, "todo")[0]


def dismissed(desk: Desk, reason: str = "advert", n: int = 0) -> Case:
    free = [case for case in queue.cases(desk.db, "todo") if not case.holder_id]
    case = free[n]
    return cases.dismiss(desk.db, case.id, reason=reason, by=desk.people["monitor"])


def withdraw(desk: Desk, case: Case, name: str = "verifier", **data: Any) -> Any:
    sent = {"version": case.version, "lesson_reason": WHY} | data
    return desk.client(name).post(f"/cases/{case.number}/lesson/withdraw/", sent)


def put_back(desk: Desk, case: Case, name: str = "verifier", **data: Any) -> Any:
    return desk.client(name).post(f"/cases/{case.number}/lesson/put-back/", data)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("advert", "这条结论是模型的样例：这样的说法不用核查"),
        ("known", "这条结论是模型的样例：这样的说法值得核查"),
        ("elsewhere", "不作样例：不在本地管辖，与说法值不值得核查无关"),
    ],
)
def test_a_dismissed_case_says_what_it_teaches(desk: Desk, reason: str, said: str) -> None:
    case = dismissed(desk, reason)
    page = read(desk, f"/cases/{case.number}/")
    assert said in page
    assert ("撤下样例" in page) is (reason != "elsewhere")


def test_an_open_case_says_nothing_and_a_verdict_teaches(desk: Desk) -> None:
    case = waiting(desk)
    assert "样例" not in read(desk, f"/cases/{case.number}/")
    verifier = desk.people["verifier"]
    cases.claim(desk.db, case.id, by=verifier)
    decide(
        desk.db, case.id, None, literal=Literal.UNKNOWN, hazard=Hazard.UNKNOWN,
        outcome=Outcome.UNVERIFIED, ground="查了两处，都没有记录。", by=verifier,
    )  # fmt: skip
    assert "这条结论是模型的样例：这样的说法值得核查" in read(desk, f"/cases/{case.number}/")


def test_taken_out_with_a_reason_listed_and_put_back(desk: Desk) -> None:
    case = dismissed(desk)
    assert "没有撤下的样例" in read(desk, "/model/")
    assert withdraw(desk, case)["Location"] == f"/cases/{case.number}/"
    page = read(desk, f"/cases/{case.number}/")
    assert f"不作样例：核查 07 撤下，03:12；理由：{WHY}" in page
    assert f"核查 07 撤下样例：{WHY}" in page and "这条结论是模型的样例" not in page
    listed = read(desk, "/model/").partition("撤下的样例")[2]
    assert all(word in listed for word in (case.number, "核查 07", "03:12", WHY, "放回"))
    found = withdrawals.of_case(desk.db, case.id)
    assert found is not None
    answer = put_back(desk, case, "colleague", version=found.version, next="/model/#withdrawn")
    assert answer["Location"] == "/model/#withdrawn"
    assert "没有撤下的样例" in read(desk, "/model/")
    page = read(desk, f"/cases/{case.number}/")
    assert "放回样例" in page and "这条结论是模型的样例" in page
    assert WHY in read(desk, "/audit/") and audit.verify(desk.db).ok
    assert cases.get(desk.db, case.id).dismissed_for == "advert", "the decision stands"


@pytest.mark.parametrize("reason", ["", " ", "x", "长" * 201])
def test_a_faulty_reason_comes_back_named_and_nothing_is_taken_out(desk: Desk, reason: str) -> None:
    case = dismissed(desk)
    answer = withdraw(desk, case, lesson_reason=reason)
    assert answer.status_code == 422 and "wrongsummary" in answer.content.decode()
    assert "理由" in words(answer) or "200" in words(answer)
    assert withdrawals.of_case(desk.db, case.id) is None


def test_a_stale_page_is_told_and_keeps_what_was_typed(desk: Desk) -> None:
    case = dismissed(desk)
    withdraw(desk, case, "colleague")
    answer = withdraw(desk, case, lesson_reason="我也觉得不算")
    label = officers.labels(desk.db)[desk.people["colleague"].id]
    assert answer.status_code == 409
    assert f"刚被{label}改过" in words(answer) and "你写的理由：我也觉得不算" in words(answer)
    assert put_back(desk, case, version=case.version).status_code == 409
    found = withdrawals.of_case(desk.db, case.id)
    assert found is not None and found.reason == WHY


def test_a_case_taken_up_again_meanwhile_says_so_with_the_words_kept(desk: Desk) -> None:
    case = dismissed(desk)
    cases.restore(desk.db, case.id, by=desk.people["monitor"])
    answer = withdraw(desk, case)
    assert answer.status_code == 409 and f"你写的理由：{WHY}" in words(answer)
    answer = withdraw(desk, cases.get(desk.db, case.id))
    assert answer.status_code == 422 and "现在不是样例" in words(answer)


@pytest.mark.parametrize("name", ["viewer", "monitor", "publisher", "admin"])
def test_who_may_not_sees_the_words_and_no_button(desk: Desk, name: str) -> None:
    case, other = dismissed(desk), dismissed(desk, n=1)
    withdraw(desk, other)
    for address in (f"/cases/{case.number}/", f"/cases/{other.number}/"):
        page = desk.client(name).get(address).content.decode()
        assert "/lesson/" not in page and "撤下、放回：核查员" in page
    listed = desk.client(name).get("/model/").content.decode()
    assert other.number in listed and "/lesson/" not in listed and "放回：核查员" in listed
    assert withdraw(desk, case, name).status_code == 403
    assert put_back(desk, other, name).status_code == 403


def test_a_bound_on_the_lessons_of_others_is_said_on_the_page(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawals, "OTHERS_A_DAY", 1)
    first, second = dismissed(desk), dismissed(desk)
    withdraw(desk, first)
    answer = withdraw(desk, second)
    assert answer.status_code == 422 and "一天内最多撤下他人的 1 条样例" in words(answer)


def test_a_long_list_says_how_many_there_are(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "WITHDRAWN", 1)
    first = dismissed(desk)
    withdraw(desk, first)
    desk.later(minutes=1)
    withdraw(desk, dismissed(desk))
    page = read(desk, "/model/")
    assert "共 2 条，列最近 1 条" in page and first.number not in page


def test_reasons_are_inert_masked_for_viewers_and_the_word_is_hidden(desk: Desk) -> None:
    case = dismissed(desk)
    rumor = "谣" + "言"
    withdraw(desk, case, lesson_reason=f"<b>浙BL1234</b>是{rumor}\u202e")
    for address in (f"/cases/{case.number}/", "/model/"):
        page = desk.client("viewer").get(address).content.decode()
        assert "<b>浙" not in page and "浙BL1234</b>" not in page and "\u202e" not in page
        assert f"是{rumor}" not in page
        assert (
            "L1234" not in page[page.index('id="lesson"' if "cases" in address else "withdrawn") :]
        )
