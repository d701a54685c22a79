"""Starting a desk: its processes, its first account, its own page servers."""

from __future__ import annotations

from models import driver  # noqa: F401  # isort: skip  (first: one SQLite library)

import os
import signal
import socket
import time
from collections.abc import Callable, Sequence

from desk import serve
from desk.doors import server as doors
from desk.public import server as public_site
from models import beginning, damage, folders, store
from models.config import Config
from models.errors import ConfigError, NotFound
from models.harm import Topic
from models.people import officers
from models.roles import Officer, Role
from models.upkeep import settings
from operations import processes

Say = Callable[[str], object]


def up(config: Config, say: Say) -> None:
    """Run pages, clock and public site until Ctrl-C; says where they are once the desk answers."""
    desk, public = config.desk, config.public
    if not desk.port:
        raise ConfigError("port 0 cannot be kept over a restart", str(config.path), "name a port")
    _free(config, "desk", desk.host, desk.port)
    if public.serve:
        _free(config, "public", public.host, public.port)
    for mended in folders.close(config.store):
        say(mended)
    beginning.refuse_new_desk(config)
    look(config, say)
    first_account(config, say)
    for seen in unreadable(config):
        say(seen)
    address = f"http://{doors.reachable(desk.host)}:{desk.port}"
    site = f"http://{doors.reachable(public.host)}:{public.port}" if public.serve else public.dir
    keeper = processes.Keeper(processes.commands(config), say)
    processes.until_signalled(keeper.stop)

    def ready() -> None:
        if processes.wait_for(f"{address}/login/", keeper.stop):
            say(f"The desk is at {address}/  the public site at {site}/  (Ctrl-C stops)")

    keeper.keep(ready)
    say("Stopped. Nothing is lost.")


def look(config: Config, say: Say) -> None:
    """Say which of the newest rows are damaged, no reason to stop a desk. Raises ``StoreError`` where the
    pages of the store do not fit together."""
    with store.using(config.store) as db:
        damage.quick(db)
        for found in damage.of_rows(db, damage.NEWEST):
            say(f"Damage in the store: {found}; `piyao restore` puts a whole one back")


PATIENCE = 3.0  # seconds in which the pages of a desk killed just now may let go of the port


def unreadable(config: Config) -> list[str]:
    """What a web server would miss that serves the site's folder as another account, in sentences."""
    site = config.public.dir
    if site.resolve().is_relative_to(config.data_dir.resolve()):
        return [
            f"The public site is inside the data folder ({site}), which only this account may enter; "
            f"for a web server of another account stop the desk, move it to "
            f"{folders.beside(config.data_dir)} and take dir out of [public]"
        ]
    shut = None if config.public.serve else folders.shut_above(site)
    return [f"A web server of another account may not enter {shut}, above the site"] if shut else []


def _free(config: Config, section: str, host: str, port: int) -> None:
    """Raise ``ConfigError`` where the port is taken.

    Without this check whatever holds the port would answer, and the desk be said to be there.
    """
    limit = time.monotonic() + PATIENCE
    while (problem := _problem(host, port)) and time.monotonic() < limit:
        time.sleep(0.1)
    if problem:
        raise ConfigError(
            f"nothing can listen on {host}:{port} ({problem})",
            str(config.path),
            f"end the program that holds the port, or name another under [{section}]",
        )


def _problem(host: str, port: int) -> str:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror or str(error)
    return ""


def first_account(config: Config, say: Say) -> None:
    """An administrator for a desk that has none; its one-time code is said once."""
    with store.using(config.store) as db:
        if officers.all(db):
            return
    say("This desk has no account yet. An administrator was made; note the code now:")
    add_officer(config, "admin", Role.ADMIN, (), say)
    say("Sign in with it and make the other accounts under 账号, or with: piyao officer add")


def add_officer(config: Config, username: str, role: str, fields: Sequence[str], say: Say) -> None:
    """Make an account and say its code once. Raises ``ConfigError`` for an unknown field."""
    known = {topic.value: topic for topic in Topic if topic.hazard}
    for name in fields:
        if name not in known:
            raise ConfigError(
                f"“{name}” is no hazard topic", "--field", "choose from " + ", ".join(known)
            )
    beginning.refuse_new_desk(config)
    serve.prepare(config)
    from desk.accounts import service

    with store.using(config.store) as db:
        topics = [known[name] for name in fields]
        officer, code = service.invite(db, username, Role(role), fields=topics)
    _say_code(say, officer, code)


def reset_officer(config: Config, username: str, say: Say) -> None:
    """Give an account a new one-time code, said once. Raises ``NotFound`` for an unknown name."""
    beginning.refuse_new_desk(config)
    serve.prepare(config)
    from desk.accounts import service

    with store.using(config.store) as db:
        officer = officers.by_username(db, username)
        if officer is None:
            raise NotFound(f"no account is called “{username}”", mend="the page 账号 lists them")
        officer, code = service.reset(db, officer)
    _say_code(say, officer, code)


def _say_code(say: Say, officer: Officer, code: str) -> None:
    say(f"  {officer.role.label} {officer.username}  one-time code: {code}")
    say("  It signs in once, within 24 hours, and asks for a password of the owner's own.")


def read_settings(config: Config) -> None:
    """Note in the log which settings changed since the desk last ran."""
    with store.using(config.store) as db:
        settings.note(db, config)


def pages(config: Config, child: bool) -> None:
    """Be the page server until a signal, or until the parent is gone."""
    _until_ended(child)
    beginning.refuse_new_desk(config)
    read_settings(config)
    serve.serve(config, beat=processes.heart())


def site(config: Config, child: bool) -> None:
    """Be the server of the public site until a signal, or until the parent is gone."""
    _until_ended(child)
    public_site.serve(config, beat=processes.heart())


def _until_ended(child: bool) -> None:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if child:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        processes.end_with_parent(lambda: os._exit(0))
