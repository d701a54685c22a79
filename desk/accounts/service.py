"""Accounts: Django keeps name and password, ``models.people.officers`` keeps what the person may do.

The two halves are written one after the other, the officer first: an officer without a login can do
nothing and is completed by the next ``ensure`` or password reset; a login without an officer is
refused by ``desk.web``.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

from models import audit
from models.harm import Topic
from models.people import officers
from models.roles import Officer, Role
from models.store import Store

_SYLLABLES = (
    "an bai cao chun dong fan gang guo hai he hua jiang jin ke lan lin lu mei ming nan ning pei ping"
    " qiao qing qiu ru shan shi shu song tan tao tian tong wan wei wen xi xia xin yan yang yi ying"
    " yuan yun zhang zhi zhou zhu zi zuo"
)
SYLLABLES = _SYLLABLES.split()


def passphrase() -> str:
    """A password to hand over: seven syllables and two digits, about 47 bits, easy to read out."""
    words = "-".join(secrets.choice(SYLLABLES) for _ in range(7))
    return f"{words}-{secrets.randbelow(90) + 10}"


def set_password(username: str, password: str) -> None:
    """Give the login this password, making it if absent. Its open sessions end."""
    User.objects.update_or_create(username=username, defaults={"password": make_password(password)})


def add(
    db: Store,
    username: str,
    password: str,
    role: Role,
    number: int = 0,
    fields: Sequence[Topic] = (),
    *,
    by: Officer | None = None,
) -> Officer:
    """A new account; raises ``RuleBroken`` where the name or number is taken."""
    officer = officers.add(db, username, role, number, fields, by=by)
    set_password(username, password)
    return officer


def ensure(
    db: Store,
    username: str,
    password: str,
    role: Role,
    number: int = 0,
    fields: Sequence[Topic] = (),
) -> Officer:
    """The account with this name and password, made if absent. For installation and the demo."""
    officer = officers.by_username(db, username)
    if officer is None:
        return add(db, username, password, role, number, fields)
    set_password(username, password)
    return officer


def reset(db: Store, officer: Officer, *, by: Officer) -> str:
    """A new password for an officer, told once to the administrator who asked."""
    password = passphrase()
    with db.atomic():
        officers.require(db, by, "accounts")
        audit.append(db, by, "officer.password", f"officer:{officer.id}", {})
    set_password(officer.username, password)
    return password


def account_key(username: str) -> str:
    """What the back-off counts by: the typed name, keyed, so that the store holds no typed names."""
    typed = username.strip().casefold()[:150].encode("utf-8", "replace")
    return hmac.new(settings.SECRET_KEY.encode(), typed, hashlib.sha256).hexdigest()
