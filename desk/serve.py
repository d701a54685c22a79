"""The desk as a process: Django behind the doors (``desk.doors``), static files included."""

from __future__ import annotations

import models.driver  # noqa: F401  isort: skip  (first: one SQLite library)

import os
from collections.abc import Callable

from desk import heart
from desk.doors import server as doors
from models import store
from models.casework import uploads
from models.config import Config

THREADS = 8
# threads that strangers leave to officers, as all that run share one interpreter; of the three that are left two may wait
# for a hash (desk.accounts.lanes), and one answers
RESERVE = 5
EACH = 3  # threads one officer may hold: a page and what it loads
BODY = 17 * 2**20  # an original of evidence and its form


def prepare(config: Config) -> None:
    """Make Django ready in this process and its tables present. May be called again."""
    os.environ["PIYAO_CONFIG"] = str(config.path)
    # a DJANGO_SETTINGS_MODULE of the shell belongs to another program; tests name theirs
    os.environ["DJANGO_SETTINGS_MODULE"] = os.environ.get("PIYAO_SETTINGS", "desk.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def serve(
    config: Config,
    ready: Callable[[str], None] | None = None,
    beat: Callable[[], None] = lambda: None,
) -> None:
    """Serve the desk until interrupted. ``ready`` is told the address once the port is bound;
    ``beat`` is called every few seconds as long as requests are served."""
    prepare(config)
    from desk import passes
    from desk.wsgi import application

    with store.using(config.store) as db:
        uploads.set_limits(db, config.uploads)
    server = doors.create(
        heart.counted(application, beat),
        config.desk.host,
        config.desk.port,
        threads=THREADS,
        body=BODY,
        officer=passes.officer,
        reserve=RESERVE,
        each=EACH,
        proxy=config.desk.proxy,
        https=config.desk.https,
    )
    heart.run(server, config.desk.host, ready, beat)
