"""The desk as a process: waitress in front of Django, static files included."""

from __future__ import annotations

import models.driver  # noqa: F401  isort: skip  (first: one SQLite library)

import os
from collections.abc import Callable
from typing import Any

from waitress.server import create_server

from desk import heart
from models.config import Config

THREADS = 8


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
    from desk.wsgi import application

    server = create_server(
        heart.counted(application, beat),
        host=config.desk.host,
        port=config.desk.port,
        threads=THREADS,
        ident=None,
        max_request_body_size=17 * 2**20,
        channel_timeout=60,
        clear_untrusted_proxy_headers=True,
    )
    if ready is not None:
        ready(f"http://{reachable(config.desk.host)}:{_port(server)}/")
    heart.watch(server, beat)
    try:
        server.run()
    finally:
        server.close()


def _port(server: Any) -> int:
    """The port in fact bound; a name with two addresses (localhost) makes two sockets."""
    port = getattr(server, "effective_port", None)
    return int(port if port is not None else server.effective_listen[0][1])


def reachable(host: str) -> str:
    """An address a browser on this machine can open."""
    return "127.0.0.1" if host in ("", "0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104
