"""Every route x every role, from the URL table: an unknown route, or a wrong door, fails."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from models.roles import MAY, Role
from tests.django_desk import Desk

pytestmark = pytest.mark.slow

# route -> what it takes (a word of models.roles.MAY, several: any of them; "": open to all),
# and its methods. This table is the promise; desk.web.allow on the view must say the same.
ROUTES: dict[str, tuple[str, str]] = {
    "home": ("", "GET"),
    "theme": ("", "POST"),
    "alarm": ("see", "GET"),
    "accounts:login": ("", "GET POST"),
    "accounts:logout": ("", "POST"),
    "accounts:password": ("see", "GET POST"),
    "accounts:list": ("accounts", "GET POST"),
    "accounts:seen": ("see", "POST"),
    "accounts:switch": ("accounts", "POST"),
    "accounts:reset": ("accounts", "POST"),
    "queue:list": ("see", "GET"),
    "queue:pulse": ("see", "GET"),
    "queue:preview": ("see", "GET"),
    "queue:unopened": ("see", "GET"),
    "queue:unopened_claim": ("see", "GET"),
    "queue:open_case": ("claim", "POST"),
    "queue:claim": ("claim", "POST"),
    "queue:release": ("claim", "POST"),
    "queue:dismiss": ("dismiss", "GET POST"),
    "queue:undo": ("claim dismiss", "POST"),
    "cases:page": ("see", "GET"),
    "cases:pulse": ("see", "GET"),
    "cases:posts": ("see", "GET"),
    "cases:log": ("see", "GET"),
    "cases:original": ("evidence approve", "GET"),
    "cases:verdict": ("decide", "GET POST"),
    "cases:claim": ("claim", "POST"),
    "cases:release": ("claim", "POST"),
    "cases:wait": ("claim", "POST"),
    "cases:dismiss": ("dismiss", "POST"),
    "cases:restore": ("dismiss", "POST"),
    "cases:reopen": ("decide", "POST"),
    "cases:reword": ("reword", "POST"),
    "cases:topic": ("lead", "POST"),
    "cases:lead": ("lead", "POST"),
    "cases:sample": ("lead", "POST"),
    "cases:unteach": ("decide", "POST"),
    "cases:put_back": ("decide", "POST"),
    "cases:draft": ("draft", "POST"),
    "cases:evidence": ("evidence", "GET POST"),
    "cases:withdraw": ("evidence", "POST"),
    "review:list": ("see", "GET"),
    "review:published": ("see", "GET"),
    "review:notice": ("see", "GET"),
    "review:image": ("see", "GET"),
    "review:edit": ("draft", "POST"),
    "review:submit": ("submit", "POST"),
    "review:review": ("review", "POST"),
    "review:approve": ("approve", "POST"),
    "review:refuse": ("refuse", "POST"),
    "review:retract": ("retract", "POST"),
    "review:resolve": ("settle", "POST"),
    "today:page": ("see", "GET"),
    "model:page": ("see", "GET"),
    "library:list": ("see", "GET"),
    "library:withdraw": ("library", "POST"),
    "sources:list": ("see", "GET"),
    "sources:detail": ("see", "GET"),
    "sources:pause": ("sources", "POST"),
    "audit:log": ("see", "GET"),
    "public:home": ("", "GET"),
    "public:file": ("", "GET"),
}
ROLES = [role for role in Role if role is not Role.MACHINE]
NAMES = {
    Role.VIEWER: "viewer",
    Role.MONITOR: "monitor",
    Role.VERIFIER: "verifier",
    Role.PUBLISHER: "publisher",
    Role.ADMIN: "admin",
}
VALUES = {
    "number": "1",
    "case_id": "3",
    "cluster_id": "3",
    "officer_id": "2",
    "change_id": "1",
    "name": "forum",
    "path": "index.html",
}


def routes() -> Iterator[tuple[str, str]]:
    """Each route of the URL table with an address that fits it."""
    yield from _walk(get_resolver(), "", "/")


def _walk(resolver: URLResolver, space: str, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, f"{entry.namespace}:" if entry.namespace else space, route)
        elif isinstance(entry, URLPattern):
            filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: VALUES.get(m[1], "1"), route)
            yield f"{space}{entry.name}", filled


def may(role: Role, needs: str) -> bool:
    return not needs or bool(MAY[role] & set(needs.split()))


def test_every_route_is_in_the_table_and_every_line_of_the_table_is_a_route() -> None:
    assert {name for name, _ in routes()} == set(ROUTES)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_through_its_doors_and_no_others(desk: Desk, role: Role) -> None:
    wrong = []
    for name, address in routes():
        needs, methods = ROUTES[name]
        if name == "accounts:logout":
            continue
        for method in methods.split():
            client = desk.client(NAMES[role])
            status = client.generic(method, address).status_code
            if status >= 500 or (status == 403) == may(role, needs):
                wrong.append((method, name, status))
    assert not wrong, f"{role.label}: {wrong}"


@pytest.mark.parametrize("role", ROLES)
def test_who_owes_a_password_gets_the_page_for_it_and_nothing_else(desk: Desk, role: Role) -> None:
    name = NAMES[role]
    desk.db.insert("codes", owed(desk, name))
    client = desk.client(name)
    before = desk.db.value("SELECT count(*) FROM audit")
    wrong = []
    for route, address in routes():
        needs, methods = ROUTES[route]
        if not needs or route == "accounts:password":
            continue
        for method in methods.split():
            answer = client.generic(method, address)
            sent = answer.status_code == 302 and answer["Location"] == "/password/"
            if not (sent if may(role, needs) else answer.status_code == 403):
                wrong.append((method, route, answer.status_code))
    assert not wrong, f"{role.label}: {wrong}"
    assert client.get("/queue/?format=json").status_code == 403
    assert "HX-Redirect" in client.get("/queue/", headers={"HX-Request": "true"})
    assert desk.db.value("SELECT count(*) FROM audit") == before
    page = client.get("/password/")
    assert page.status_code == 200 and "先换成自己的密码" in page.content.decode()
    assert "data-tab" not in page.content.decode(), "the frame tells how much waits where"


def owed(desk: Desk, name: str) -> dict[str, object]:
    """A code of this account that was used, as its row in the store."""
    who = desk.people[name].id
    made = desk.db.value("SELECT coalesce(changed_at, made_at) FROM officers WHERE id = ?", who)
    return {"officer_id": who, "hash": "used", "issued_at": made, "used_at": made}


def test_who_is_not_signed_in_is_sent_to_the_login_page(desk: Desk) -> None:
    for name, address in routes():
        needs, methods = ROUTES[name]
        for method in methods.split():
            answer = desk.client().generic(method, address)
            sent = answer.status_code == 302 and answer["Location"].startswith("/login/")
            if method == "POST" and needs:  # told first that nothing was done
                sent = answer.status_code == 401 and b'href="/login/?next=' in answer.content
            assert sent == bool(needs) or name == "accounts:logout", (method, name, answer)


def test_wrong_methods_are_refused(desk: Desk) -> None:
    for name, address in routes():
        needs, methods = ROUTES[name]
        client = desk.client("verifier" if may(Role.VERIFIER, needs) else "admin")
        if not may(Role.VERIFIER, needs) and not may(Role.ADMIN, needs):
            client = desk.client("publisher")
        for method in {"GET", "POST", "DELETE"} - set(methods.split()):
            if name == "home":
                continue
            assert client.generic(method, address).status_code == 405, (method, name)


@pytest.mark.parametrize("token", ["no token", "another officer's token"])
def test_every_post_needs_the_token_of_its_own_session(desk: Desk, token: str) -> None:
    def fresh(name: str):
        return desk.client(name, enforce_csrf_checks=True)

    other = fresh("colleague")
    page = other.get("/queue/").content.decode()
    theirs = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)
    assert theirs is not None
    data = {} if token == "no token" else {"csrfmiddlewaretoken": theirs[1]}
    for name, address in routes():
        needs, methods = ROUTES[name]
        if "POST" not in methods:
            continue
        who = next(role for role in (Role.VERIFIER, Role.PUBLISHER, Role.ADMIN) if may(role, needs))
        answer = fresh(NAMES[who]).post(address, data)
        assert answer.status_code == 403 and "表单过期了" in answer.content.decode(), name


def test_a_view_that_says_not_who_may_call_it_is_refused(desk: Desk) -> None:
    from django.core.exceptions import ImproperlyConfigured
    from django.test import RequestFactory

    from desk.web import DeskMiddleware

    with pytest.raises(ImproperlyConfigured):
        DeskMiddleware(lambda r: r).process_view(RequestFactory().get("/"), lambda r: r, (), {})


def test_buttons_a_role_may_not_use_are_absent_and_the_page_says_who_can(desk: Desk) -> None:
    viewer = desk.client("viewer").get("/queue/").content.decode()
    assert 'data-key="c"' not in viewer and 'data-key="d"' not in viewer
    assert "认领和不立案：值班员、核查员" in viewer
    assert 'data-key="c"' in desk.client("monitor").get("/queue/").content.decode()
    assert ">暂停<" not in desk.client("monitor").get("/sources/").content.decode()
    assert ">暂停<" in desk.client("admin").get("/sources/").content.decode()
