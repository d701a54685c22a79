"""Where a sign-in comes from: a device that signed in to this account before, or an address.

A device carries a signed cookie for each account that signed in from it. It proves nobody's
identity: it only keeps the owner's tries apart from those of strangers (``models.people.sign_ins``)
and gives them a lane of their own. Without ``REMOTE_ADDR`` of a proxy's client all strangers behind
that proxy are one place; the server, and not a header anybody can write, decides what it is.
"""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from models.roles import Officer

AGE = 180 * 86_400  # seconds
_signer = signing.TimestampSigner(salt="piyao.known-device")


@dataclass(frozen=True)
class Place:
    key: str  # keyed, as the back-off counts it
    known: bool  # a device that signed in to this account before
    token: str = ""


def place(request: HttpRequest, officer: Officer | None) -> Place:
    """Where this request to sign in as ``officer`` (None: a name that nobody has) comes from."""
    if officer is not None and (token := _token(request, officer)):
        return Place(_key(f"device {token}"), True, token)
    return Place(_key(f"address {_address(request)}"), False)


def remember(request: HttpRequest, response: HttpResponse, officer: Officer) -> None:
    """Let this device be known to the account that just signed in from it."""
    token = _token(request, officer) or secrets.token_urlsafe(12)
    response.set_cookie(
        _name(officer),
        _signer.sign(f"{officer.id}.{token}"),
        max_age=AGE,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Strict",
        path="/login/",
    )


def _name(officer: Officer) -> str:
    return f"device-{officer.id}"


def _token(request: HttpRequest, officer: Officer) -> str:
    try:
        said = _signer.unsign(request.COOKIES.get(_name(officer), ""), max_age=AGE)
    except signing.BadSignature:
        return ""
    whose, _, token = said.partition(".")
    return token if whose == str(officer.id) else ""


def _address(request: HttpRequest) -> str:
    """The client's address; of IPv6 the network that one customer has whole."""
    said = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return said
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _key(said: str) -> str:
    return salted_hmac("piyao.sign-in-place", said, algorithm="sha256").hexdigest()
