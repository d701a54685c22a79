"""The pass of who is signed in: a signed cookie by which the doors know an officer's request.

The doors look at a request before Django does, so they can ask no session. A pass opens nothing: it
only puts a request into the officers' lane (``desk.doors.lanes``), for one shift.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

SALT = "desk.passes"
RENEW = 3600.0  # seconds; a pass of a shift is not signed anew at every page


def officer(headers: Mapping[str, str]) -> str:
    """The account that a request's pass names (``headers`` as waitress keeps them), else ""."""
    cookie = headers.get("COOKIE", "")
    start = f"{settings.PASS_COOKIE_NAME}="
    held = (part.strip() for part in cookie.split(";"))
    value = next((part[len(start) :] for part in held if part.startswith(start)), "")
    return read(value, settings.SESSION_COOKIE_AGE)


def read(value: str, seconds: float) -> str:
    """The account of a pass that is signed by this desk and no older than ``seconds``, else ""."""
    try:
        return signing.TimestampSigner(salt=SALT).unsign(value, max_age=seconds) if value else ""
    except signing.BadSignature:
        return ""


def renew(request: HttpRequest, response: HttpResponse, account: int) -> None:
    """Give the account that is signed in a pass, unless it has a fresh one."""
    held = request.COOKIES.get(settings.PASS_COOKIE_NAME, "")
    if read(held, RENEW) != str(account):
        response.set_cookie(
            settings.PASS_COOKIE_NAME,
            signing.TimestampSigner(salt=SALT).sign(account),
            max_age=settings.SESSION_COOKIE_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
