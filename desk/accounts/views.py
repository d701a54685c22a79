"""Signing in and out, one's password, and the administrator's list of accounts."""

from __future__ import annotations

import math

from django.contrib import auth, messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from desk.accounts import service
from desk.accounts.forms import LoginForm, OfficerForm, PasswordForm
from desk.web import DeskRequest, allow, anyone, back
from models.harm import Topic
from models.people import officers
from models.roles import Role

REFUSED = "登录名或密码不对"


@anyone
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: DeskRequest) -> HttpResponse:
    """One answer for a wrong password, an unknown name and a switched-off account.

    After five failures an account has to wait, longer each time; other accounts do not.
    """
    if request.officer is not None:
        return redirect(back(request))
    form = LoginForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["username"]
        account = service.account_key(name)
        wait = officers.sign_in_wait(request.db, account)
        if wait > 0:
            form.add_error(None, f"试得太多了，{waiting(wait)}后再试")
            status = 429
        else:
            user = auth.authenticate(request, username=name, password=form.cleaned_data["password"])
            officer = officers.by_username(request.db, name) if user else None
            if user is not None and officer is not None and officer.active:
                auth.login(request, user)
                officers.signed_in(request.db, officer, account)
                return redirect(back(request))
            officers.sign_in_failed(request.db, account)
            form.add_error(None, REFUSED)
            status = 401
    response = render(
        request,
        "accounts/login.html",
        {"form": form, "next": request.GET.get("next", request.POST.get("next", ""))},
        status=status,
    )
    if status == 429:
        response["Retry-After"] = str(math.ceil(wait))
    return response


def waiting(seconds: float) -> str:
    """12 秒, 3 分钟"""
    return f"{math.ceil(seconds)} 秒" if seconds < 60 else f"{math.ceil(seconds / 60)} 分钟"


@anyone
@require_POST
def logout(request: DeskRequest) -> HttpResponse:
    auth.logout(request)
    return redirect("accounts:login")


@allow("see")
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: DeskRequest) -> HttpResponse:
    """Change one's own password; other sessions of the account end."""
    form = PasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        request.user.set_password(form.cleaned_data["new"])
        request.user.save(update_fields=["password"])
        auth.update_session_auth_hash(request, request.user)
        messages.success(request, "密码已改，别处的登录都已退出。")
        return redirect("accounts:password")
    return render(request, "accounts/password.html", {"form": form}, status=_status(form))


@allow("accounts")
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: DeskRequest) -> HttpResponse:
    """All accounts by role and number; a form for a new one."""
    form = OfficerForm(request.POST or None)
    told: tuple[str, str] | None = None
    if request.method == "POST" and form.is_valid():
        made = form.cleaned_data
        phrase = service.passphrase()
        service.add(
            request.db,
            made["username"],
            phrase,
            Role(made["role"]),
            made["number"] or 0,
            [Topic(name) for name in made["fields_"]],
            by=request.officer,
        )
        told, form = (made["username"], phrase), OfficerForm()
    return _listing(request, form, told)


def _listing(
    request: DeskRequest, form: OfficerForm, told: tuple[str, str] | None = None
) -> HttpResponse:
    context = {"form": form, "officers": officers.all(request.db), "told": told}
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
    """A new password for an officer, shown once."""
    officer = officers.get(request.db, officer_id)
    phrase = service.reset(request.db, officer, by=request.officer)
    return _listing(request, OfficerForm(), (officer.username, phrase))


def _status(form: LoginForm | PasswordForm | OfficerForm) -> int:
    return 422 if form.is_bound and form.errors else 200
