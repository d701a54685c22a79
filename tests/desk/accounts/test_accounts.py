"""Signing in: one answer for all failures, waits by name and place, codes, and who is cut off."""

from __future__ import annotations

import os
import re
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


def fail(desk: Desk, name: str, times: int) -> None:
    for n in range(times):
        assert sign_in(desk.client(), name, f"wrong {n}").status_code == 401


def test_after_five_failures_a_name_waits_at_that_address_and_others_do_not(desk: Desk) -> None:
    fail(desk, "monitor", 5)
    refused = sign_in(desk.client(), "MONITOR ", PASSWORD)
    assert refused.status_code == 429 and int(refused["Retry-After"]) > 0
    assert sign_in(desk.client(), "viewer", PASSWORD).status_code == 302
    desk.later(minutes=20)
    assert sign_in(desk.client(), "monitor", PASSWORD).status_code == 302
    assert sign_in(desk.client(), "monitor", "wrong").status_code == 401


def test_an_unknown_name_waits_as_well(desk: Desk) -> None:
    fail(desk, "nobody-here", 5)
    assert sign_in(desk.client(), "nobody-here", "x").status_code == 429


def test_wrong_passwords_from_elsewhere_lock_no_owner_out(desk: Desk) -> None:
    """58 in 12 hours; at the usual device, and at an address that never failed."""
    usual = desk.client()
    assert sign_in(usual, "monitor", PASSWORD).status_code == 302
    usual.post("/logout/")
    for n in range(58):
        sign_in(desk.client(REMOTE_ADDR="203.0.113.9"), "monitor", f"guess {n}")
        sign_in(desk.client(), "monitor", f"guess {n}")  # the same address as the usual device
        desk.later(seconds=12 * 3600 / 58)
    assert sign_in(desk.client(), "monitor", PASSWORD).status_code == 429
    assert sign_in(usual, "monitor", PASSWORD).status_code == 302
    assert sign_in(desk.client(REMOTE_ADDR="198.51.100.7"), "monitor", PASSWORD).status_code == 302


def test_of_an_ipv6_customer_all_addresses_are_one_place(desk: Desk) -> None:
    for n in range(5):
        sign_in(desk.client(REMOTE_ADDR=f"2001:db8:1:1::{n}"), "monitor", "wrong")
    there = desk.client(REMOTE_ADDR="2001:db8:1:1:ffff::9")
    assert sign_in(there, "monitor", PASSWORD).status_code == 429
    there = desk.client(REMOTE_ADDR="2001:db8:1:2::9")
    assert sign_in(there, "monitor", PASSWORD).status_code == 302


def test_a_header_that_anybody_can_write_is_no_other_address(desk: Desk) -> None:
    for n in range(5):
        sign_in(desk.client(HTTP_X_FORWARDED_FOR=f"192.0.2.{n}"), "monitor", "wrong")
    forged = desk.client(HTTP_X_FORWARDED_FOR="192.0.2.99")
    assert sign_in(forged, "monitor", PASSWORD).status_code == 429


def test_the_cookie_of_a_device_is_kept_apart_and_is_no_way_in(desk: Desk) -> None:
    client = desk.client()
    sign_in(client, "monitor", PASSWORD)
    name = f"device-{desk.people['monitor'].id}"
    cookie = client.cookies[name]
    assert cookie["httponly"] and cookie["samesite"] == "Strict" and cookie["max-age"] > 86_400
    bare = desk.client()
    bare.cookies[name] = cookie.value
    assert bare.get("/queue/").status_code == 302, "the cookie signs nobody in"
    for n in range(5):
        assert sign_in(bare, "monitor", f"wrong {n}").status_code == 401
    assert sign_in(bare, "monitor", PASSWORD).status_code == 429, "a known device waits too"
    fail(desk, "publisher", 5)
    theirs = desk.client()  # one officer's cookie is no other's, under whatever name
    theirs.cookies[f"device-{desk.people['publisher'].id}"] = cookie.value
    assert sign_in(theirs, "publisher", PASSWORD).status_code == 429
    # nor is one that we did not sign, else each cookie a guesser makes up were five fresh tries
    theirs.cookies[f"device-{desk.people['publisher'].id}"] = (
        f"{desk.people['publisher'].id}.made-up:{cookie.value.split(':', 1)[1]}"
    )
    assert sign_in(theirs, "publisher", PASSWORD).status_code == 429


def test_the_old_password_backs_off_as_the_door_does(desk: Desk) -> None:
    client = desk.client("monitor")
    new = "another night, another desk"

    def change(old: str):
        return client.post("/password/", {"old": old, "new": new, "again": new})

    for n in range(5):
        answer = change(f"guess {n}")
        assert answer.status_code == 422 and "现在的密码不对" in answer.content.decode()
    refused = change(PASSWORD)
    assert refused.status_code == 429 and int(refused["Retry-After"]) > 0
    assert sign_in(desk.client(), "monitor", PASSWORD).status_code == 302, "the door is another"
    desk.later(minutes=16)
    assert change(PASSWORD).status_code == 302
    told = [entry.action for entry in audit.newest(desk.db, 9)]
    assert "officer.password_failed" in told and "officer.own_password" in told


def test_what_was_typed_stands_nowhere(desk: Desk) -> None:
    sign_in(desk.client(), "my-secret-password-as-a-name", "another-secret")
    sign_in(desk.client(), "monitor", "a-third-secret")
    assert [e.detail for e in audit.newest(desk.db, 2)] == [{"failures": 1}, {"failures": 1}]
    desk.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"-secret" not in desk.config.store.read_bytes()
    shown = desk.client("admin").get("/audit/").content.decode()
    assert "登录失败" in shown and "没有这样的登录名" in shown


def test_a_switched_off_officer_is_out_at_the_next_request(desk: Desk) -> None:
    client, asleep = desk.client("monitor"), desk.client("monitor")
    assert client.get("/queue/").status_code == 200
    officers.set_active(desk.db, desk.people["monitor"].id, False, by=desk.people["admin"])
    login = "/login/?next=%2Fqueue%2F"
    assert client.get("/queue/")["Location"] == login
    # who was let in a moment before has a session of this very epoch
    assert desk.client("monitor").get("/queue/")["Location"] == login
    officers.set_active(desk.db, desk.people["monitor"].id, True, by=desk.people["admin"])
    for old in (client, asleep):
        assert old.get("/queue/")["Location"] == login, "the old session must be dead"


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


def code_in(page: str) -> str:
    return page.split('<b class="nb">')[1].split("</b>")[0]


NEW = "another night, another desk"


def test_the_administrator_adds_an_account_whose_code_is_shown_once(desk: Desk) -> None:
    client = desk.client("admin")
    page = client.post("/accounts/", {"username": "new.one", "role": "verifier"}).content.decode()
    officer = officers.by_username(desk.db, "new.one")
    assert officer is not None and officer.role is Role.VERIFIER and officer.owes
    code = code_in(page)
    assert len(code) >= 15
    assert code not in client.get("/accounts/").content.decode()
    theirs = desk.client()
    assert sign_in(theirs, "new.one", code)["Location"] == "/password/"
    assert sign_in(desk.client(), "new.one", code).status_code == 401, "a code signs in once"
    assert theirs.post("/password/", {"new": NEW, "again": NEW}).status_code == 302
    assert theirs.get("/queue/").status_code == 200
    assert sign_in(desk.client(), "new.one", NEW).status_code == 302
    assert code.encode() not in desk.config.store.read_bytes()


def reset(desk: Desk, name: str) -> str:
    answer = desk.client("admin").post(f"/accounts/{desk.people[name].id}/reset/")
    return code_in(answer.content.decode())


def test_a_reset_ends_password_and_sessions_and_its_code_opens_one_page(desk: Desk) -> None:
    before = desk.client("monitor")
    code = reset(desk, "monitor")
    assert before.get("/queue/")["Location"] == "/login/?next=%2Fqueue%2F"
    assert sign_in(desk.client(), "monitor", PASSWORD).status_code == 401, "the old one is dead"
    client = desk.client()
    assert sign_in(client, "monitor", code, next="/sources/")["Location"] == "/password/"
    page = client.get("/password/").content.decode()
    assert "重设了你的密码" in page and "现在的密码" not in page
    assert client.get("/queue/")["Location"] == "/password/"
    for word, why in (("night", "太短"), ("monitor", "太像"), ("password", "太常见")):
        weak = client.post("/password/", {"new": word, "again": word})
        assert weak.status_code == 422
        said = "".join(re.findall(r'class="wrongs"[^>]*>([^<]*)<', weak.content.decode()))
        assert "太短" in weak.content.decode() and why in weak.content.decode()
        assert said and not re.search("[A-Za-z]", said), "in the language of the page"
    weak = client.post("/password/", {"new": "monitor", "again": "monitor"})
    assert weak.status_code == 422
    assert client.post("/password/", {"new": NEW, "again": NEW}).status_code == 302
    assert "重设了你的密码" in client.get("/queue/").content.decode(), "until it was seen"
    told = [e.action for e in audit.newest(desk.db, 5) if e.action != "officer.sign_in_failed"]
    assert told == ["officer.own_password", "officer.sign_in", "officer.code", "officer.password"]


def test_a_code_is_dead_after_a_day(desk: Desk) -> None:
    code = reset(desk, "monitor")
    desk.later(hours=24)
    assert sign_in(desk.client(), "monitor", code).status_code == 401


def test_the_code_of_an_account_that_is_off_opens_nothing_and_is_not_used_up(desk: Desk) -> None:
    code = reset(desk, "monitor")
    who, admin = desk.people["monitor"].id, desk.people["admin"]
    officers.set_active(desk.db, who, False, by=admin)
    assert sign_in(desk.client(), "monitor", code).status_code == 401
    officers.set_active(desk.db, who, True, by=admin)
    assert sign_in(desk.client(), "monitor", code).status_code == 302


def test_owner_and_administrators_read_of_a_reset_until_they_saw_it(desk: Desk) -> None:
    from models.people import changes, codes

    second = service.add(desk.db, "boss", PASSWORD, Role.ADMIN)
    desk.later(hours=1)
    codes.reset(desk.db, desk.people["monitor"].id, "hash", by=second)
    admin = desk.client("admin")
    assert "管理员 02 重设密码：值班 03" in admin.get("/today/").content.decode()
    page = admin.get("/accounts/").content.decode()
    assert "管理员 02 重设密码：值班 03" in page and "等本人换密码" in page
    assert "重设密码：值班" not in desk.client("boss").get("/accounts/").content.decode()
    assert "重设密码：值班" not in desk.client("viewer").get("/today/").content.decode()
    for change in changes.unseen(desk.db, desk.people["admin"]):
        seen = admin.post(f"/accounts/changes/{change.id}/seen/", {"next": "/accounts/"})
        assert seen["Location"] == "/accounts/"
    assert "重设密码：值班" not in admin.get("/accounts/").content.decode()
    assert desk.client("viewer").post(f"/accounts/changes/{change.id}/seen/").status_code == 404


def test_an_administrator_at_a_screen_left_open_does_not_reset_the_own_password(
    desk: Desk,
) -> None:
    client = desk.client("admin")
    answer = client.post(f"/accounts/{desk.people['admin'].id}/reset/")
    assert answer.status_code == 422 and "改密码" in answer.content.decode()
    assert client.get("/queue/").status_code == 200


def test_nobody_becomes_an_administrator_by_a_form_field(desk: Desk) -> None:
    client = desk.client("monitor")
    client.post("/password/", {"old": "x", "new": "y", "role": "admin", "is_superuser": "1"})
    assert officers.by_username(desk.db, "monitor").role is Role.MONITOR
    assert client.get("/accounts/").status_code == 403


def test_codes_are_long_and_none_comes_twice() -> None:
    assert len({service.passphrase() for _ in range(50)}) == 50
    assert all(len(service.passphrase()) >= 15 for _ in range(50))


def test_of_sixty_guesses_only_the_first_few_are_checked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = []
    monkeypatch.setattr(
        service, "identify", lambda db, username, password: checked.append(username)
    )
    statuses = [sign_in(desk.client(), "monitor", f"guess {n}").status_code for n in range(60)]
    assert len(checked) == 5 and statuses == [401] * 5 + [429] * 55


def test_an_unknown_name_takes_as_long_as_a_wrong_password(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks for names at the door learns none from the clock: one hash is made for each."""
    made: list[str] = []

    def counted(function):
        return lambda *given: [made.append(function.__name__), function(*given)][1]

    for name in ("make_password", "check_password"):
        monkeypatch.setattr(service, name, counted(getattr(service, name)))
    officers.set_active(desk.db, desk.people["verifier"].id, False, by=desk.people["admin"])
    for name in ("monitor", "nobody-here", "verifier"):
        made.clear()
        assert sign_in(desk.client(), name, "wrong").status_code == 401
        assert len(made) == 1, name


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
