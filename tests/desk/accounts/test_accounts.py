"""Signing in: one answer for all failures, waiting after five, cut off when switched off."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desk.accounts import service
from models import audit
from models.people import officers
from models.roles import Role
from tests.django_desk import PASSWORD, Desk
from tests.where import ROOT


def sign_in(client, name: str, password: str, **more):
    return client.post("/login/", {"username": name, "password": password, **more})


def test_the_right_password_signs_in_and_the_session_key_changes(desk: Desk) -> None:
    client = desk.client()
    client.get("/login/")
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["sessionid"] = session.session_key
    answer = sign_in(client, "monitor", PASSWORD)
    assert answer.status_code == 302 and answer["Location"] == "/"
    assert client.cookies["sessionid"].value != session.session_key
    assert client.get("/queue/").status_code == 200
    assert audit.newest(desk.db, 1)[0].action == "officer.sign_in"
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"


def test_after_signing_in_only_our_own_pages_are_opened(desk: Desk) -> None:
    assert sign_in(desk.client(), "monitor", PASSWORD, next="/sources/")["Location"] == "/sources/"
    for target in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert sign_in(desk.client(), "monitor", PASSWORD, next=target)["Location"] == "/"


def test_wrong_password_unknown_name_and_switched_off_account_get_one_answer(desk: Desk) -> None:
    officers.set_active(desk.db, desk.people["verifier"].id, False, by=desk.people["admin"])
    answers = [
        sign_in(desk.client(), "monitor", "wrong"),
        sign_in(desk.client(), "nobody-here", "wrong"),
        sign_in(desk.client(), "verifier", PASSWORD),
    ]
    texts = {answer.content.decode().split("<h2>")[1].split("</ul>")[0] for answer in answers}
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert len(texts) == 1 and "登录名或密码不对" in texts.pop()


def test_after_five_failures_an_account_waits_and_others_do_not(desk: Desk) -> None:
    key = service.account_key("monitor")
    for _ in range(5):
        officers.sign_in_failed(desk.db, key)
    refused = sign_in(desk.client(), "MONITOR ", PASSWORD)
    assert refused.status_code == 429 and int(refused["Retry-After"]) > 0
    assert sign_in(desk.client(), "viewer", PASSWORD).status_code == 302
    desk.later(minutes=20)
    assert sign_in(desk.client(), "monitor", PASSWORD).status_code == 302
    assert officers.sign_in_wait(desk.db, key) == 0


def test_an_unknown_name_waits_as_well(desk: Desk) -> None:
    key = service.account_key("nobody-here")
    for _ in range(6):
        officers.sign_in_failed(desk.db, key)
    assert sign_in(desk.client(), "nobody-here", "x").status_code == 429


def test_a_switched_off_officer_is_out_at_the_next_request(desk: Desk) -> None:
    client = desk.client("monitor")
    assert client.get("/queue/").status_code == 200
    officers.set_active(desk.db, desk.people["monitor"].id, False, by=desk.people["admin"])
    assert client.get("/queue/")["Location"] == "/login/?next=%2Fqueue%2F"
    officers.set_active(desk.db, desk.people["monitor"].id, True, by=desk.people["admin"])
    assert client.get("/queue/").status_code == 302, "the old session must be dead"


def test_a_login_without_an_officer_gets_nowhere(desk: Desk) -> None:
    service.set_password("stranger", PASSWORD)
    assert sign_in(desk.client(), "stranger", PASSWORD).status_code == 401
    assert desk.client("stranger").get("/queue/").status_code == 302


def test_short_passwords_are_refused_and_a_change_ends_other_sessions(desk: Desk) -> None:
    client, elsewhere = desk.client("monitor"), desk.client("monitor")
    short = client.post("/password/", {"old": PASSWORD, "new": "abcd1234", "again": "abcd1234"})
    assert short.status_code == 422 and "15" in short.content.decode()
    new = "another night, another desk"
    done = client.post("/password/", {"old": PASSWORD, "new": new, "again": new})
    assert done.status_code == 302
    assert client.get("/queue/").status_code == 200
    assert elsewhere.get("/queue/").status_code == 302


def test_the_administrator_adds_an_account_whose_password_is_shown_once(desk: Desk) -> None:
    client = desk.client("admin")
    page = client.post("/accounts/", {"username": "new.one", "role": "verifier"}).content.decode()
    officer = officers.by_username(desk.db, "new.one")
    assert officer is not None and officer.role is Role.VERIFIER
    told = page.split('<b class="nb">')[1].split("</b>")[0]
    assert len(told) >= 15
    assert sign_in(desk.client(), "new.one", told).status_code == 302
    assert told not in client.get("/accounts/").content.decode()


def test_nobody_becomes_an_administrator_by_a_form_field(desk: Desk) -> None:
    client = desk.client("monitor")
    client.post("/password/", {"old": "x", "new": "y", "role": "admin", "is_superuser": "1"})
    assert officers.by_username(desk.db, "monitor").role is Role.MONITOR
    assert client.get("/accounts/").status_code == 403


def test_ensure_makes_an_account_once_and_sets_its_password(desk: Desk) -> None:
    first = service.ensure(desk.db, "demo", PASSWORD, Role.MONITOR, 40)
    assert service.ensure(desk.db, "demo", PASSWORD, Role.MONITOR, 40) == first
    assert len({service.passphrase() for _ in range(50)}) == 50
    assert all(len(service.passphrase()) >= 15 for _ in range(50))


def test_of_sixty_guesses_only_the_first_few_are_checked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = []
    monkeypatch.setattr(
        "django.contrib.auth.authenticate", lambda *args, **more: checked.append(more["username"])
    )
    statuses = [sign_in(desk.client(), "monitor", f"guess {n}").status_code for n in range(60)]
    assert len(checked) == 5 and statuses == [401] * 5 + [429] * 55


@pytest.mark.slow
def test_a_desk_that_no_test_started_hashes_passwords_at_full_cost(tmp_path: Path) -> None:
    (tmp_path / "piyao.toml").write_text('data_dir = "data"\n')
    program = (
        "import models.driver, sys; from pathlib import Path; from desk import serve;"
        "from models import config; serve.prepare(config.load(Path(sys.argv[1])));"
        "from django.contrib.auth.hashers import make_password; print(make_password('night'))"
    )
    bare = {name: value for name, value in os.environ.items() if "SETTINGS" not in name}
    argv = [sys.executable, "-c", program, str(tmp_path / "piyao.toml")]
    said = subprocess.run(argv, cwd=ROOT, env=bare, capture_output=True, text=True)
    algorithm, rounds, *_ = said.stdout.split("$")
    assert algorithm == "pbkdf2_sha256" and int(rounds) >= 1_000_000, said.stderr
