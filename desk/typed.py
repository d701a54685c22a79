"""What officers type is kept in their browser until the desk says that it took it (static typed.js)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

COOKIE = "taken"
MARK = re.compile(r"[0-9a-f]{16}")
FEW = 8  # marks that may wait for the next page
OURS = ("csrfmiddlewaretoken", "next", "typed")


def acknowledge(request: HttpRequest, response: HttpResponse) -> None:
    """Tell the browser that a form it sent was taken: a step that is done leads to another page."""
    if request.method != "POST" or response.status_code not in (302, 303):
        return
    mark = request.POST.get("typed", "")
    if not MARK.fullmatch(mark):
        return
    waiting = [each for each in request.COOKIES.get(COOKIE, "").split(".") if MARK.fullmatch(each)]
    response.set_cookie(
        COOKIE,
        ".".join([*waiting, mark][-FEW:]),
        max_age=600,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def words(request: HttpRequest) -> list[str]:
    """What a person wrote in a form that was refused, to be shown again; nothing of what another site
    sent, and no password."""
    match = request.resolver_match
    if request.method != "POST" or not _of_own_page(request):
        return []
    if match is None or match.app_name == "accounts":
        return []
    return [
        value
        for name, value in request.POST.items()
        if name not in OURS and isinstance(value, str) and not value.isascii()
    ]


def page_before(request: HttpRequest) -> str:
    """The address on this desk of the page that a form was sent from; "": not known."""
    if request.method != "POST":
        return ""
    found = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(found, {request.get_host()}):
        return ""
    parts = urlsplit(found)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _of_own_page(request: HttpRequest) -> bool:
    told = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(told).netloc == request.get_host()
