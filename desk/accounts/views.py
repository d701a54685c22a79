"""Signing in and out, one's password, and the administrator's list of accounts."""

from __future__ import annotations

from typing import Any

from django.contrib import auth, messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from desk import passes
from desk.accounts import devices, service, told
from desk.accounts.forms import LoginForm, NewPasswordForm, OfficerForm, PasswordForm
from desk.accounts.signing_in import No, own_password, sign_in
from desk.web import EPOCH, DeskRequest, allow, anyone, back
from models.harm import Topic
from models.people import changes, freshness, officers
from models.roles import Role

Told = tuple[str, str]  # login name and one-time code, for the one page that shows them


@anyone
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: DeskRequest) -> HttpResponse:
    """One answer for a wrong password, an unknown name, a switched-off account and a dead code."""
    if request.officer is not None:
        return redirect(back(request))
    form = LoginForm(request.POST or None)
    no: No | None = None
    if request.method == "POST" and form.is_valid():
        found = sign_in(request, form.cleaned_data["username"], form.cleaned_data["password"])
        if not isinstance(found, No):
            officer, user = found
            auth.login(request, user)
            response = redirect("accounts:password" if officer.owes else back(request))
            devices.remember(request, response, officer)
            passes.renew(request, response, officer.id)  # the next page is an officer's already
            return response
        no = found
        form.add_error(None, no.words)
    context = {"form": form, "next": request.GET.get("next", request.POST.get("next", ""))}
    return _answer(request, "accounts/login.html", context, no, 200)


@anyone
@require_POST
def logout(request: DeskRequest) -> HttpResponse:
    auth.logout(request)
    return redirect("accounts:login")


@allow("see", owing=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: DeskRequest) -> HttpResponse:
    """One's own password; other sessions of the account end. Who signed in with a one-time code
    gets no other page before this one."""
    kind = NewPasswordForm if request.officer.owes else PasswordForm
    form = kind(request.user, request.POST or None)
    no: No | None = None
    if request.method == "POST" and form.is_valid():
        if not request.officer.owes:
            no = own_password(request, form.cleaned_data["old"])
        if no is None:
            user, epoch = service.choose(request.db, request.officer, form.cleaned_data["new"])
            request.session[EPOCH] = epoch
            auth.update_session_auth_hash(request, user)
            messages.success(request, "密码已改，别处的登录都已退出。")
            return redirect("home" if request.officer.owes else "accounts:password")
        form.add_error("old", no.words)
    context = {
        "form": form,
        "owes": request.officer.owes,
        "changes": told.lines(
            request.db, changes.of_account(request.db, request.officer.id), request.officer
        ),
    }
    return _answer(request, "accounts/password.html", context, no, _status(form))


@allow("see")
@require_POST
def seen(request: DeskRequest, change_id: int) -> HttpResponse:
    """看到了: a change of an account is told to this officer no more."""
    changes.see(request.db, change_id, by=request.officer)
    return redirect(back(request))


def _answer(
    request: DeskRequest, template: str, context: dict[str, Any], no: No | None, status: int
) -> HttpResponse:
    response = render(request, template, context, status=no.status if no else status)
    if no and no.retry:
        response["Retry-After"] = str(no.retry)
    return response


@allow("accounts")
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: DeskRequest) -> HttpResponse:
    """All accounts by role and number; a form for a new one."""
    form = OfficerForm(request.POST or None)
    code: Told | None = None
    if request.method == "POST" and form.is_valid():
        made = form.cleaned_data
        officer, phrase = service.invite(
            request.db,
            made["username"],
            Role(made["role"]),
            made["number"] or 0,
            [Topic(name) for name in made["fields_"]],
            by=request.officer,
        )
        code, form = (officer.username, phrase), OfficerForm()
    return _listing(request, form, code)


def _listing(request: DeskRequest, form: OfficerForm, code: Told | None = None) -> HttpResponse:
    found = officers.all(request.db)
    context = {
        "form": form,
        "officers": found,
        "fresh": [
            each.id
            for each in found
            if each.changed_at and freshness.is_fresh(each.changed_at, request.now)
        ],
        "told": code,
        "changes": [line for line in told.unseen(request.db, request.officer) if not line.own],
    }
    return render(request, "accounts/list.html", context, status=_status(form))


@allow("accounts")
@require_POST
def switch(request: DeskRequest, officer_id: int) -> HttpResponse:
    """Switch an account off or on; who is switched off is out at the next request."""
    officer = officers.set_active(
        request.db, officer_id, request.POST.get("active") == "1", by=request.officer
    )
    messages.success(request, f"{officer.label} 已{'启用' if officer.active else '停用'}。")
    return redirect("accounts:list")


@allow("accounts")
@require_POST
def reset(request: DeskRequest, officer_id: int) -> HttpResponse:
    """A one-time code for an officer, shown once."""
    officer = officers.get(request.db, officer_id)
    officer, code = service.reset(request.db, officer, by=request.officer)
    return _listing(request, OfficerForm(), (officer.username, code))


def _status(form: NewPasswordForm | OfficerForm) -> int:
    return 422 if form.is_bound and form.errors else 200
