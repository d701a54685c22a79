"""The pass: it puts an officer's request into the officers' lane, and opens nothing."""

from __future__ import annotations

from desk import passes
from tests.django_desk import Desk


def test_who_is_signed_in_has_a_pass_that_names_the_account(desk: Desk) -> None:
    client = desk.client("verifier")
    client.get("/queue/")
    held = client.cookies["pass"]
    assert held["httponly"] and held["samesite"] == "Lax"
    account = str(desk.people["verifier"].id)
    assert passes.officer({"COOKIE": f"theme=dark; pass={held.value}; a=b"}) == account
    assert "pass" not in client.get("/queue/").cookies  # it is signed once an hour


def test_a_pass_that_is_forged_or_old_is_none(desk: Desk) -> None:
    client = desk.client("verifier")
    client.get("/queue/")
    value = client.cookies["pass"].value
    for forged in (value[:-1], "1" + value, "1", "1:2:3", "", "💥", "\udcff", ";", "pass=" + value):
        assert passes.officer({"COOKIE": f"pass={forged}"}) == ""
    assert passes.officer({}) == passes.read(value, -1) == ""


def test_a_stranger_gets_no_pass_and_a_pass_opens_no_page(desk: Desk) -> None:
    stranger = desk.client()
    assert "pass" not in stranger.get("/login/").cookies
    officer = desk.client("verifier")
    officer.get("/queue/")
    stranger.cookies["pass"] = officer.cookies["pass"].value
    assert stranger.get("/queue/").status_code == 302


def test_a_public_page_that_others_may_keep_carries_no_pass(desk: Desk) -> None:
    (desk.config.public.dir).mkdir(parents=True, exist_ok=True)
    (desk.config.public.dir / "index.html").write_text("公众页", encoding="utf-8")
    assert "pass" not in desk.client("verifier").get("/site/").cookies
