"""What every view stands on: who asks, the store, and errors as Chinese pages.

    from desk.web import DeskRequest, allow, anyone

    @allow("see")                      # or any action of models.people.officers.may; "a", "b": either
    def page(request: DeskRequest, number: str) -> HttpResponse:
        case = cases.by_number(request.db, number)     # NotFound becomes a 404 page
        cases.claim(request.db, case.id, version, by=request.officer)   # Conflict -> 409 page

For htmx requests an error is a banner put into ``#banner`` (HX-Retarget), so that no region with
focus or unsaved text is replaced. For JSON requests it is ``{"error": ..., "mend": ...}``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.core.exceptions import DisallowedHost, ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from desk import passes, typed
from models import errors, store
from models.people import officers
from models.roles import MAY, Officer, Role

log = logging.getLogger("piyao.desk")

View = Callable[..., HttpResponse]


class DeskRequest(HttpRequest):
    """What a view may rely on. ``now`` is the one clock of the house at the start of the request."""

    officer: Officer
    db: store.Store
    now: datetime
    htmx: Any
    through: bool  # to the view: nobody was sent elsewhere


EPOCH = "epoch"  # in a session: that of its account when it began


def allow(*actions: str, owing: bool = False) -> Callable[[View], View]:
    """Mark a view as open to officers who may do one of ``actions``; ``owing``: also to those who
    signed in with a one-time code and have not chosen a password yet."""

    def mark(view: View) -> View:
        view.actions = actions  # type: ignore[attr-defined]
        view.owing = owing  # type: ignore[attr-defined]
        return view

    return mark


def anyone(view: View) -> View:
    """Mark a view as open to everybody, signed in or not."""
    view.actions = ()  # type: ignore[attr-defined]
    return view


class DeskMiddleware:
    """Gives each request its store and officer, refuses whom the view does not allow."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: DeskRequest) -> HttpResponse:
        opened: list[store.Store] = []

        def open_store() -> store.Store:
            opened.append(store.open(settings.STORE))
            return opened[0]

        request.now = store.now()
        request.db = SimpleLazyObject(open_store)
        request.officer = None  # type: ignore[assignment]
        request.through = False
        try:
            response = self.get_response(request)
            if request.through:
                typed.acknowledge(request, response)
            if hasattr(response, "render") and callable(response.render):
                response.render()
            if request.officer is not None and "public" not in response.get("Cache-Control", ""):
                passes.renew(request, response, request.officer.id)
            return response
        finally:
            for db in opened:
                db.close()

    def process_view(
        self, request: DeskRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        actions = getattr(view, "actions", None)
        if actions is None:
            raise ImproperlyConfigured(f"{view} does not say who may call it: use desk.web.allow")
        try:
            refused = self._identify(request, required=bool(actions))
            if refused is None and actions:
                check(request.officer, actions)
                if request.officer.owes and not view.owing:  # type: ignore[attr-defined]
                    return to_password(request)
            request.through = refused is None
            return refused
        except errors.PiyaoError as error:
            return explain(request, error)

    def process_exception(self, request: DeskRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, errors.PiyaoError):
            return explain(request, error)
        if isinstance(error, OverflowError) and "SQLite" in str(error):
            return explain(request, errors.NotFound("没有这么大的编号"))
        return None

    def _identify(self, request: DeskRequest, required: bool) -> HttpResponse | None:
        """Read the officer of the session afresh; who was deactivated is out at once, and stays out
        when the account is switched on again: its epoch is another."""
        if request.user.is_authenticated:
            officer = officers.by_username(request.db, request.user.get_username())
            begun = request.session.get(EPOCH)
            if officer is not None and officer.active and officer.epoch == begun:
                request.officer = officer
                return None
            auth.logout(request)
        return to_login(request) if required else None


def begin_session(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    """Note in a new session which epoch of its account it belongs to (signal user_logged_in)."""
    with store.using(settings.STORE) as db:
        officer = officers.by_username(db, user.get_username())
    request.session[EPOCH] = officer.epoch if officer else -1


def check(officer: Officer, actions: tuple[str, ...]) -> None:
    """Raise ``Forbidden``, naming who can, unless the officer may do one of the actions."""
    if not any(officers.may(officer, action) for action in actions):
        who = "、".join(role.label for role in Role if role in MAY and MAY[role] & {*actions})
        raise errors.Forbidden(
            f"{officer.role.label}不能做这一步", mend=f"请找{who}" if who else ""
        )


def to_login(request: DeskRequest) -> HttpResponse:
    """Send to the login page, and back afterwards. htmx gets a full page change; who sent a form reads
    first that nothing was done."""
    here = request.get_full_path() if request.method == "GET" and not request.htmx else "/"
    before = typed.page_before(request)
    target = f"{reverse('accounts:login')}?{urlencode({'next': before or here})}"
    if request.htmx:
        return HttpResponseClientRedirect(target)
    if request.method != "POST" or _wants_json(request):
        return HttpResponseRedirect(target)
    return trouble(request, 401, *ENDED, way_in=target)


ENDED = ("登录已经结束", "刚才那一步没有做", "登录后回到那一页，写的字还在，再提交一次")


def to_password(request: DeskRequest) -> HttpResponse:
    """Send who owes a password of their own to choose one; whatever was asked for is not done."""
    target = reverse("accounts:password")
    if _wants_json(request):
        return trouble(
            request, 403, "先换密码", "用的是一次性口令，还没有换成自己的密码", "先换密码"
        )
    return HttpResponseClientRedirect(target) if request.htmx else HttpResponseRedirect(target)


KINDS: tuple[tuple[type[errors.PiyaoError], int, str], ...] = (
    (errors.Forbidden, 403, "没有这个权限"),
    (errors.NotFound, 404, "没有找到"),
    (errors.Conflict, 409, "别人先改了"),
    (errors.RuleBroken, 422, "规则不允许"),
    (errors.InputError, 422, "填写有误"),
    (errors.StoreError, 503, "存不进去"),
)


def explain(request: HttpRequest, error: errors.PiyaoError) -> HttpResponse:
    """The page, banner or JSON that says what happened, to what, and what to do."""
    status, title = next(
        ((code, word) for kind, code, word in KINDS if isinstance(error, kind)), (500, "出错了")
    )
    if status >= 500:
        log.error("%s", error)
    return trouble(request, status, title, error.what, error.mend)


def trouble(
    request: HttpRequest, status: int, title: str, what: str, mend: str, way_in: str = ""
) -> HttpResponse:
    """One error, in the form that the caller can show."""
    if _wants_json(request):
        return JsonResponse({"error": what or title, "mend": mend}, status=status)
    htmx = getattr(request, "htmx", None)
    context = {"status": status, "error_title": title, "what": what, "mend": mend, "way_in": way_in}
    if not htmx:
        context |= {"typed": typed.words(request), "before": typed.page_before(request)}
    response = render(request, "_trouble.html" if htmx else "error.html", context, status=status)
    if htmx:
        response["HX-Retarget"] = "#banner"
        response["HX-Reswap"] = "innerHTML"
    return response


def _wants_json(request: HttpRequest) -> bool:
    return request.GET.get("format") == "json" or request.path.endswith(".json")


def back(request: HttpRequest, otherwise: str = "/") -> str:
    """The address to return to after a form: its ``next`` field, if it is one of ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return str(target)
    return otherwise


@anyone
def home(request: DeskRequest) -> HttpResponse:
    """The desk opens on what the role works with first."""
    return redirect("queue:list")


@anyone
@require_POST
def theme(request: DeskRequest) -> HttpResponse:
    """Change between light and dark without JavaScript; keys.js does the same in the page."""
    response = redirect(back(request))
    now = request.COOKIES.get("theme")
    response.set_cookie(
        "theme",
        "light" if now == "dark" else "dark",
        max_age=31_536_000,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@anyone
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return trouble(
        request, 403, "表单过期了", "这一页的表单已失效，没有保存", "回到刚才那一页，再提交一次"
    )


@anyone
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, DisallowedHost):
        mend = "把这个名字写进 piyao.toml 的 [desk] hosts"
        return trouble(request, 400, "地址不对", "这里不认这个主机名", mend)
    return trouble(request, 400, "请求不完整", "服务器看不懂这个请求", "回到队列再试")


@anyone
def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return trouble(request, 403, "没有这个权限", "这一步不对你的角色开放", "找值班长或管理员")


@anyone
def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return trouble(request, 404, "没有这一页", "地址不对，或这一页已经不在", "回到队列")


def server_error(request: HttpRequest) -> HttpResponse:
    """Plain, because whatever failed may fail again: no store, no template context."""
    return HttpResponse(
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>出错了 · 辟谣</title>'
        "<h1>出错了</h1><p>这一步没有完成，已记入日志。刷新再试；仍不行就告诉管理员。</p>",
        status=500,
    )
