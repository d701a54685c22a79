"""Accounts: Django keeps name and password, ``models.people`` what the person may do, and codes.

The officer is written first: an officer without a login can do nothing and gets it with the first
code used; a login without an officer is refused by ``desk.web``.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, check_password, make_password
from django.contrib.auth.models import User

from models.errors import Conflict
from models.harm import Topic
from models.people import codes, officers
from models.roles import Officer, Role
from models.store import Store

_SYLLABLES = (
    "an bai cao chun dong fan gang guo hai he hua jiang jin ke lan lin lu mei ming nan ning pei ping"
    " qiao qing qiu ru shan shi shu song tan tao tian tong wan wei wen xi xia xin yan yang yi ying"
    " yuan yun zhang zhi zhou zhu zi zuo"
)
SYLLABLES = _SYLLABLES.split()


def passphrase() -> str:
    """A code to hand over: seven syllables and two digits, about 47 bits, easy to read out."""
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
) -> Officer:
    """A new account with a password of its own, for the demo: no person chooses one there.

    Raises ``RuleBroken`` where the name or number is taken."""
    officer = officers.add(db, username, role, number, fields)
    set_password(username, password)
    return officer


def invite(
    db: Store,
    username: str,
    role: Role,
    number: int = 0,
    fields: Sequence[Topic] = (),
    *,
    by: Officer | None = None,
) -> tuple[Officer, str]:
    """A new account, and the one-time code for its owner. ``by``: as in ``officers.add``.

    Raises ``RuleBroken`` where the name or number is taken."""
    code = passphrase()
    hashed = make_password(code)  # before the store is locked: it takes its time
    with db.atomic():
        officer = officers.add(db, username, role, number, fields, by=by)
        codes.give_first(db, officer, hashed)
        officer = officers.get(db, officer.id)
    return officer, code


def reset(db: Store, officer: Officer, *, by: Officer | None = None) -> tuple[Officer, str]:
    """A one-time code for an officer, told once to who asked; the old password is dead."""
    code = passphrase()
    return codes.reset(db, officer.id, make_password(code), by=by), code


def choose(db: Store, officer: Officer, password: str) -> tuple[User, int]:
    """Keep the password that the owner chose; every session of before ends. Returns the login and
    the account's new epoch, for the session that goes on. Raises ``Conflict`` where an
    administrator had the account in hand meanwhile: the password is then nobody's."""
    login, _ = User.objects.update_or_create(
        username=officer.username, defaults={"password": make_password(password)}
    )
    try:
        return login, codes.chosen(db, officer)
    except Conflict:
        login.set_unusable_password()
        login.save(update_fields=["password"])
        raise


def identify(db: Store, username: str, password: str) -> tuple[Officer, User] | None:
    """The active officer whose password, or standing code, this is; a code is used up by it.

    Costs one hash whoever is asked for: an unknown name takes as long as a wrong password.
    """
    officer = officers.by_username(db, username)
    login = User.objects.filter(username=username).first() if officer else None
    hashed = ""
    if officer is not None and officer.active:
        hashed = codes.standing(db, officer.id) if officer.owes else login.password if login else ""
    if not hashed or hashed.startswith(UNUSABLE_PASSWORD_PREFIX):
        make_password(password)
        return None
    if officer is None or not check_password(password, hashed):
        return None
    if officer.owes and not codes.use(db, officer, hashed):
        return None
    if login is None:
        login, _ = User.objects.get_or_create(username=username)
    return officer, login


def account_key(username: str) -> str:
    """What the back-off counts by: the typed name, keyed, so that the store holds no typed names."""
    typed = username.strip().casefold()[:150].encode("utf-8", "replace")
    return hmac.new(settings.SECRET_KEY.encode(), typed, hashlib.sha256).hexdigest()
