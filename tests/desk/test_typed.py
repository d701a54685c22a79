"""A form that is refused: what was written is shown, the way back is named, and what was taken is said."""

from __future__ import annotations

from typing import Any

import pytest

from models.casework import evidence
from tests import plate_case
from tests.django_desk import HOST, Desk

WORDS = "向接诊点和车辆登记处核实，两处都答复没有此事 <b>"
MARK = "0123456789abcdef"


def send(
    client: Any, address: str, page: str = "", origin: str = f"http://{HOST}", **data: Any
) -> Any:
    sent = {"HTTP_REFERER": f"http://{HOST}{page}"} if page else {}
    return client.post(address, data, HTTP_ORIGIN=origin, **sent)


def item(**more: Any) -> dict[str, Any]:
    return {
        "title": "登记答复",
        "finding": WORDS,
        "nature": "document",
        "url": "https://e.cn/a",
    } | more


def test_without_a_session_a_form_is_not_silently_dropped(desk: Desk) -> None:
    at = f"/cases/{plate_case.plate(desk.db).number}/"
    answer = send(desk.client(), f"{at}evidence/", at, **item())
    page = answer.content.decode()
    assert answer.status_code == 401 and "没有做" in page
    assert "两处都答复没有此事 &lt;b&gt;" in page
    assert f"/login/?next={at.replace('/', '%2F')}" in page
    assert desk.client().get(at)["Location"].startswith("/login/")  # a page only asks to sign in


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_what_another_site_sent_is_not_shown_as_one_s_own_words(desk: Desk, origin: str) -> None:
    at = f"/cases/{plate_case.plate(desk.db).number}/"
    page = send(desk.client(), f"{at}evidence/", at, origin, **item()).content.decode()
    assert "两处都答复" not in page


def test_a_password_is_never_shown_again(desk: Desk) -> None:
    data = {"old": "旧的口令是很长的一句话", "new": "新的口令也是很长的一句话", "again": "不一样"}
    page = send(
        desk.client(), "/accounts/password/", "/accounts/password/", **data
    ).content.decode()
    assert "口令是很长" not in page and "口令也是" not in page


def test_a_form_of_a_page_that_is_too_old_leads_back_to_it(desk: Desk) -> None:
    at = f"/cases/{plate_case.plate(desk.db).number}/"
    answer = send(desk.client("verifier", enforce_csrf_checks=True), f"{at}evidence/", at, **item())
    page = answer.content.decode()
    assert answer.status_code == 403 and "表单过期了" in page
    assert "两处都答复没有此事" in page and f'href="{at}"' in page


def test_the_way_back_is_on_this_desk(desk: Desk) -> None:
    at = f"/cases/{plate_case.plate(desk.db).number}/"
    client = desk.client("viewer")
    answer = client.post(f"{at}evidence/", item(), HTTP_REFERER="https://evil.example/x")
    assert answer.status_code == 403 and "evil.example" not in answer.content.decode()


def test_only_a_form_that_was_taken_is_said_to_be(desk: Desk) -> None:
    at = f"/cases/{plate_case.plate(desk.db).number}/"
    client = desk.client("verifier")
    answers = [
        send(desk.client(), f"{at}evidence/", at, typed=MARK, **item()),  # no session
        send(desk.client("viewer"), f"{at}evidence/", at, typed=MARK, **item()),  # no right
        send(client, f"{at}evidence/", at, typed=MARK, **item(title="")),  # a fault
        send(client, f"{at}evidence/", at, typed="<script>", **item(url="https://e.cn/b")),
    ]
    assert not any("taken" in answer.cookies for answer in answers)
    answer = send(client, f"{at}evidence/", at, typed=MARK, **item())
    assert answer.status_code == 302 and answer.cookies["taken"].value == MARK
    other = MARK[::-1]
    again = send(client, f"{at}evidence/", at, typed=other, **item(url="https://e.cn/c"))
    assert again.cookies["taken"].value == f"{MARK}.{other}"


def test_a_form_sent_again_after_a_lost_answer_is_done_once(desk: Desk) -> None:
    case = plate_case.plate(desk.db)
    client = desk.client("verifier")
    for _ in range(2):
        answer = send(client, f"/cases/{case.number}/evidence/", typed=MARK, **item())
        assert answer.status_code == 302 and "taken" in answer.cookies
    assert len(evidence.of_case(desk.db, case.id)) == 1
