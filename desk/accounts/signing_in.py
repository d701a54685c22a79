"""One try of a password at the door: who must wait, whose turn it is, and what the log is told."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.contrib.auth.models import User

from desk.accounts import devices, lanes, service
from desk.lane import Busy
from desk.web import DeskRequest
from models.people import officers, sign_ins
from models.roles import Officer

REFUSED = "登录名或密码不对"
Found = TypeVar("Found")


@dataclass(frozen=True)
class No:
    """A try that came to nothing: what the page says, its status, and when to try again."""

    words: str
    status: int
    retry: int = 0  # seconds


def sign_in(request: DeskRequest, name: str, password: str) -> tuple[Officer, User] | No:
    """One answer for a wrong password, an unknown name, an account that is off and a dead code."""
    officer = officers.by_username(request.db, name)
    place = devices.place(request, officer)
    account = service.account_key(name)

    def check() -> tuple[Officer, User] | None:
        return service.identify(request.db, name, password)

    def failed() -> None:
        sign_ins.failed(request.db, account, place.key, officer, "officer.sign_in_failed")

    found = _tried(request, account, place, check, failed)
    if found is None:
        return No(REFUSED, 401)
    if not isinstance(found, No):
        sign_ins.succeeded(request.db, found[0], account, place.key, place.known)
    return found


def own_password(request: DeskRequest, old: str) -> No | None:
    """The old password, asked once more before a new one; None where it is right. Wrong ones have
    to wait as at the door, apart from it: a stranger at a screen left open guesses no further."""
    officer, account = request.officer, service.account_key(request.officer.username)
    place = devices.Place(f"own password {officer.id}", True)

    def failed() -> None:
        sign_ins.failed(request.db, account, place.key, officer, "officer.password_failed")

    def check() -> bool | None:
        return request.user.check_password(old) or None

    found = _tried(request, account, place, check, failed)
    if isinstance(found, No):
        return found
    if found is None:
        return No("现在的密码不对", 422)
    sign_ins.forget(request.db, account, place.key)
    return None


def _tried(
    request: DeskRequest,
    account: str,
    place: devices.Place,
    check: Callable[[], Found | None],
    failed: Callable[[], None],
) -> Found | No | None:
    """What ``check`` finds, when nobody has to wait; None after ``failed`` has counted.

    Both happen inside the lane, behind another look at the wait: a hundred tries at once would else
    all come before the first of them is counted.
    """
    if refused := _wait(request, account, place):
        return refused
    lane = lanes.KNOWN if place.known else lanes.STRANGERS
    try:
        with lane.enter(account if place.known else place.key):
            if refused := _wait(request, account, place):
                return refused
            found = check()
            if found is None:
                failed()
            return found
    except Busy:
        words = f"这会儿登录的人太多，请 {lanes.RETRY_SECONDS} 秒后再试一次；这一次不算输错"
        return No(words, 503, lanes.RETRY_SECONDS)


def _wait(request: DeskRequest, account: str, place: devices.Place) -> No | None:
    seconds = sign_ins.wait(request.db, account, place.key)
    if seconds <= 0:
        return None
    return No(f"试得太多了，{waiting(seconds)}后再试", 429, math.ceil(seconds))


def waiting(seconds: float) -> str:
    """12 秒, 3 分钟

    >>> waiting(12), waiting(61)
    ('12 秒', '2 分钟')
    """
    return f"{math.ceil(seconds)} 秒" if seconds < 60 else f"{math.ceil(seconds / 60)} 分钟"
